/* SPDX-License-Identifier: MIT
 *
 * What a process can take from itself before it reads hostile bytes, without any right and without a unit: seccomp(2) leaves it memory, the
 * clock, and the descriptors that it has.  It can open nothing, connect to nothing, start nothing and signal nobody.
 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/* For good, and for what the calling thread starts.  False: the kernel cannot do it. */
bool cage_enter(GError **error);
