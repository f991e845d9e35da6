/* SPDX-License-Identifier: MIT
 *
 * Bodies that describe a container: create, update, legacy start, exec (moby api/types/container:
 * Config, HostConfig, Resources; api/types: ExecConfig).
 */
#pragma once

#include "request/host-config.h"

/* One whole body each; false with json->problem set. */
bool container_read_create(Json *json, Request *request);
bool container_read_update(Json *json, Request *request);
bool container_read_start(Json *json, Request *request);
bool container_read_exec(Json *json, Request *request);

/* JsonReader whose target is a ContainerSpec: how it is connected to one network (api/types/network: EndpointSettings). */
bool container_read_endpoint(Json *json, void *target);

/* JsonReader for a bool: there is a health check, and it is not switched off. */
bool container_read_healthcheck(Json *json, void *target);

/* The two halves of a container as GET /containers/NAME/json has them.  The specs must be empty ones. */
typedef struct StoredContainer {
	ContainerSpec config, host;
	const char *image;
} StoredContainer;

/* JsonReaders whose target is a StoredContainer. */
bool container_read_config(Json *json, void *target);
bool container_read_host_config(Json *json, void *target);
/* `host` with what `config` says. */
void container_join(ContainerSpec *to, const StoredContainer *from, Arena *arena);
