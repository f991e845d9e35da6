/* SPDX-License-Identifier: MIT
 *
 * The files of the audit trail: readable for its owner and its group, whatever the umask was when they were made.
 */
#pragma once

#include <stdbool.h>

/* As open(2); made with 0640 when it is not there, and what one that is there has beyond that is taken from it.  -1: see errno. */
int private_open(const char *path, int flags);
/* False: what is there is no regular file (a directory, a pipe, a link), so that opening it may hang, or lead elsewhere. */
bool private_is_file(const char *path);
