/* SPDX-License-Identifier: MIT
 *
 * Bodies of swarm services (api/types/swarm: ServiceSpec, ContainerSpec).
 */
#pragma once

#include "request/json.h"

/* Whether it is a rollback (moby daemon/cluster/services.go, UpdateService). */
bool service_query(Request *request, const PairList *query, Arena *arena);
/* What a rollback brings back, out of Docker's answer about a service: as the call that would make it; without has_container there is
 * nothing. */
bool service_read_previous(const char *json, size_t length, Request *request, Arena *arena);
bool service_read(Json *json, Request *request);
