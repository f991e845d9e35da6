/* SPDX-License-Identifier: MIT
 *
 * Names on the bus, shared by the service, its clients and the tests.
 */
#pragma once

#define SENTINEL_BUS_NAME "io.github.dockersentinel.Sentinel1"
#define SENTINEL_OBJECT_PATH "/io/github/dockersentinel/Sentinel1"
#define SENTINEL_INTERFACE_MANAGER SENTINEL_BUS_NAME ".Manager"
#define SENTINEL_INTERFACE_POLICIES SENTINEL_BUS_NAME ".Policies"
#define SENTINEL_INTERFACE_AUDIT SENTINEL_BUS_NAME ".Audit"
#define SENTINEL_INTERFACE_PINS SENTINEL_BUS_NAME ".Pins"
#define SENTINEL_INTERFACE_SOCKETS SENTINEL_BUS_NAME ".Sockets"
#define SENTINEL_INTERFACE_JOB SENTINEL_BUS_NAME ".Job"
#define SENTINEL_ERROR_PREFIX SENTINEL_BUS_NAME ".Error."
