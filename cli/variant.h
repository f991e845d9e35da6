/* SPDX-License-Identifier: MIT
 *
 * D-Bus values as JSON.
 */
#pragma once

#include "cli/cli.h"

/* The a{sv} at the read position; NULL when it is none. */
JsonObject *variant_read_dict(sd_bus_message *message);
/* The aa{sv} there; NULL when it is none. */
JsonArray *variant_read_dicts(sd_bus_message *message);
/* The a(sssss) of findings at the read position, as objects with these member names. */
JsonArray *variant_read_findings(sd_bus_message *message);
/* The "as" at the read position. */
JsonArray *variant_read_strings(sd_bus_message *message);
