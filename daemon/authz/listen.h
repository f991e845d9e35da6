/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* A listening Unix socket at `path` (0600), put in place by rename so that there is no moment without
 * one.  A stale socket is replaced, a live one and anything that is not a socket are errors.
 * Returns the descriptor, or -1. */
int listen_at(const char *path, GError **error);
/* The path of a listening Unix socket, "" when it has none; freed by the caller. */
char *listen_path(int fd);
