/* SPDX-License-Identifier: MIT
 *
 * Bodies that name a driver and its options: volumes/create (moby api/types/volume: CreateOptions)
 * and networks/create (api/types/network: CreateRequest).
 */
#pragma once

#include "request/json.h"

/* One whole body each; false with json->problem set. */
bool volume_read(Json *json, Request *request);
bool network_read(Json *json, Request *request);
bool network_read_connect(Json *json, Request *request);
