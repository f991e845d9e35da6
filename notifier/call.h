/* SPDX-License-Identifier: MIT
 *
 * Calls of the notifier: none is waited for.
 */
#pragma once

#include <stdint.h>
#include <systemd/sd-bus.h>

#define NOTIFIER_ID "io.github.dockersentinel.Notifier" /* desktop entry, icon, AppStream */
#define NOTIFIER_BUS_NAME "io.github.dockersentinel.Notifier1"

/* Sends it; `answered` gets `data`, which `done` frees when the answer was there, or nobody waits any more (NULL: it is not freed); on
 * error at once. */
int call_send(sd_bus *bus, sd_bus_message *call, unsigned patience_s, sd_bus_message_handler_t answered, void *data, sd_bus_destroy_t done);
/* CLOCK_MONOTONIC. */
uint64_t call_now_us(void);
