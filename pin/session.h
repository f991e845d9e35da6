/* SPDX-License-Identifier: MIT
 *
 * Whether a user is logged in, as systemd-logind writes it down (sd-login(3)).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

typedef enum Session {
	SESSION_NONE, /* all have ended, or there never was one; what still runs, or lingers, is none */
	SESSION_THERE,
	SESSION_UNKNOWN, /* logind's word cannot be read */
} Session;

Session session_of(uint32_t uid);

typedef struct SessionMonitor SessionMonitor;

/* `changed` is called when somebody has come or gone.  NULL: nobody says. */
SessionMonitor *session_monitor_new(sd_event *event, void (*changed)(void *data), void *data);
void session_monitor_free(SessionMonitor *monitor); /* NULL is accepted */
