/* SPDX-License-Identifier: MIT
 *
 * The service's units, by systemctl(1).
 */
#pragma once

#include <stdbool.h>
#include <glib.h>

bool run(const char *const *words, GError **error);
/* What systemctl show says of it, without line feeds around; "" when it says nothing. */
char *unit_property(const char *unit, const char *property);
/* From boot on, and now. */
bool units_enable(GError **error);
bool units_disable(GError **error);
/* Stopped until units_start() or the next boot: what is masked is not started by a call on the bus either, nor by Docker's own start.
 * sentinel-stopped answers Docker meanwhile. */
bool units_stop(GError **error);
bool units_start(GError **error);
/* As after a boot: what units_stop() did is undone, nothing is started. */
bool units_release(GError **error);
