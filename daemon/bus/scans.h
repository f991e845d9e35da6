/* SPDX-License-Identifier: MIT
 *
 * Scans on the bus: Manager.Scan and the objects of its jobs.
 */
#pragma once

#include "bus/internal.h"

int scans_publish(Bus *bus); /* for each connection */
/* Who is gone waits for none of its scans. */
void scans_left(Bus *bus, const char *name);
/* scan-result.c: what a job that is done found, and what of it the policy in force does not count, as the contents of one a{sv}. */
int scan_append_result(sd_bus_message *reply, const ScanJob *job, const World *world);
