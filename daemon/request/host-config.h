/* SPDX-License-Identifier: MIT
 *
 * HostConfig (moby api/types/container: HostConfig with Resources): how a container is tied to its host.
 */
#pragma once

#include "request/json.h"

#define HOST_CONFIG_FIELDS 45u

/* In Docker's order; offsets into a ContainerSpec. */
extern const JsonField host_config_fields[HOST_CONFIG_FIELDS];

/* "cap_sys_admin" -> "SYS_ADMIN"; Docker upper-cases with Unicode rules, so U+017F counts as S. */
const char *capability_normalise(const char *name, Arena *arena);
/* JsonReaders, as services have these fields too: a StringList of capabilities, an UlimitList. */
bool host_config_read_capabilities(Json *json, void *target);
bool host_config_read_ulimits(Json *json, void *target);
