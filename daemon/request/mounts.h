/* SPDX-License-Identifier: MIT
 *
 * What a container or a volume takes from the host's file system, by every spelling Docker has
 * (moby volume/mounts/linux_parser.go, volume/local/local_unix.go).
 */
#pragma once

#include "request/json.h"

/* JsonReaders whose target is a ContainerSpec. */
bool mounts_read_binds(Json *json, void *target);
bool mounts_read_mounts(Json *json, void *target);
bool mounts_read_volumes(Json *json, void *target); /* Config.Volumes: anonymous volumes by their target */
bool mounts_read_tmpfs(Json *json, void *target);   /* HostConfig.Tmpfs */

/* "/srv:/data:ro" as HostConfig.Binds has it. */
void mounts_add_bind(ContainerSpec *spec, const char *bind, const char *origin, Arena *arena);
/* A host path that becomes visible in a container. */
void mounts_add_path(ContainerSpec *spec, const char *source, const char *target, bool read_only, const char *origin, Arena *arena);
/* A volume by its name. */
void mounts_add_volume(ContainerSpec *spec, const char *name, const char *target, bool read_only, const char *origin, Arena *arena);
/* Any other type, by its word. */
void mounts_add_typed(ContainerSpec *spec, const char *type, const char *source, const char *target, bool read_only, const char *origin, Arena *arena);
