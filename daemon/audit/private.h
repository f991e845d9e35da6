/* SPDX-License-Identifier: MIT
 *
 * The files of the audit trail: readable for its owner and its group, whatever the umask was when they were made.
 */
#pragma once

/* As open(2); made with 0640 when it is not there, and what one that is there has beyond that is taken from it.  -1: see errno. */
int private_open(const char *path, int flags);
