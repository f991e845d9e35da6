/* SPDX-License-Identifier: MIT */
#pragma once

#include "core/image-source.h"
#include "docker/client.h"

/* The save() of an ImageSource whose data is the Client: GET /images/ID/get.  Any thread; the client must live
 * until it returns. */
bool client_save(void *client, const char *image_id, int fd, ImageTransfer *transfer, const _Atomic bool *cancelled, GError **error);
bool client_names(void *client, const char *image_id, const _Atomic bool *cancelled, Arena *arena, StringList *ret, GError **error); /* its names(): GET /images/ID/json */
