/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* A listening Unix socket at `path` (0600), put in place by rename so that there is no moment without
 * one.  A stale socket is replaced, a live one and anything that is not a socket are errors.
 * `type`: SOCK_STREAM, SOCK_SEQPACKET.  Returns the descriptor, or -1. */
int listen_at(const char *path, int type, GError **error);
/* The path of a listening Unix socket, "" when it has none; freed by the caller. */
char *listen_path(int fd);
/* The first of this family that systemd passed on (sentineld.socket); -1: there is none. */
int listen_passed(int family);
