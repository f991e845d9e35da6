/* SPDX-License-Identifier: MIT
 *
 * Bodies of swarm services (api/types/swarm: ServiceSpec, ContainerSpec).
 */
#pragma once

#include "request/json.h"

bool service_read(Json *json, Request *request);
