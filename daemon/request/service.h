/* SPDX-License-Identifier: MIT
 *
 * Bodies of swarm services (api/types/swarm: ServiceSpec, ContainerSpec) and of volumes.
 */
#pragma once

#include "request/json.h"

bool service_read(Json *json, Request *request);
/* volumes/create (api/types/volume: CreateOptions). */
bool volume_read(Json *json, Request *request);
