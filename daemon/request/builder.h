/* SPDX-License-Identifier: MIT
 *
 * What Docker's own BuildKit lets a build have beyond its container, as daemon.json says (moby daemon/config/builder.go,
 * builder/builder-next/controller.go): the host's network is given unless it is switched off, a process without
 * confinement only when it is switched on.  Pure.
 */
#pragma once

#include "request/request.h"

typedef enum Entitlement { ENTITLEMENT_UNKNOWN, ENTITLEMENT_OFF, ENTITLEMENT_ON } Entitlement;

typedef struct Builder {
	Entitlement network_host, security_insecure;
	Entitlement device;   /* devices of the host by CDI; Docker older than 29 gives none, and ignores the key */
	const char *unknown;  /* why they are ENTITLEMENT_UNKNOWN, for people; "" when they are known */
	const char *pid_file; /* what the same file says of Docker's process file; NULL: nothing */
} Builder;

Builder builder_unknown(const char *why);
/* `text`: daemon.json; NULL: there is none. */
Builder builder_read(const char *text, size_t length, Arena *arena);
/* Whether a builder of buildx's own is being made (docker/buildx driver/docker-container): what its docker driver falls back to when BuildKit's
 * channel is denied.  Its image is moby/buildkit:buildx-stable-*, its containers are buildx_buildkit_*. */
bool builder_is_fallback(const Request *request);
/* Whether it is certain that a build gets neither the host's network nor a process without confinement. */
bool builder_closed(const Builder *builder);
