/* SPDX-License-Identifier: MIT
 *
 * What the options of Docker's own volume driver mount (moby volume/local/local_unix.go; moby/sys/mount parseOptions takes
 * the words that are flags out of `o`, the rest goes to the kernel).  The kernel's side: linux fs/overlayfs/params.c
 * (ovl_parse_param_split_lowerdirs, ovl_unescape), fs/nfs/fs_context.c, fs/smb/client/fs_context.c.
 */
#pragma once

#include "request/request.h"

/* Adds what is behind the volume to spec->local_volumes, and the host paths in it to spec->mounts.  `driver`: of a volume
 * that is there already; "" for one that is made now. */
void local_volume_add(
	ContainerSpec *spec, const char *driver, const PairList *options, const char *target, const char *origin, Arena *arena);
