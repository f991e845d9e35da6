/* SPDX-License-Identifier: MIT
 *
 * The system bus: what Docker Sentinel tells.  It may be stopped, upgraded or restarted, and so may the bus; nobody starts the service for
 * a notification.
 */
#pragma once

#include <systemd/sd-event.h>
#include "notifier/fetch.h"
#include "notifier/peer.h"
#include "notifier/settings.h"

typedef struct Guard {
	const Settings *settings;
	sd_event *event;
	sd_bus *bus; /* NULL: there is no connection */
	Peer service;
	Fetch fetch;
	char *path;    /* from which decisions come; NULL: not subscribed */
	char *state;   /* as it was last told; NULL: not known */
	char *relaxed; /* the policy of which PolicyRelaxed just told; NULL: none */
	sd_event_source *retry, *gone;
	unsigned grant_s; /* how long a call may be repeated that was allowed once */
	unsigned retry_s;
	bool seen;          /* the service was there */
	bool told_gone;     /* that it is not there */
	bool administrator; /* hears of the guard itself */
	bool reads_all;     /* of the trail: knows names */
	sd_bus_slot *disconnected, *signals[6];
	void (*tell)(News *news, void *data); /* takes it */
	void (*missed)(unsigned count, NewsSeverity severity, void *data);
	void *data;
} Guard;

/* Takes over what is set of `guard`: settings, event, grant_s, tell, missed, data.  A bus that is not there is tried again.  Negative
 * errno. */
int guard_start(Guard *guard);
void guard_stop(Guard *guard);

/* guard-signals.c */
int guard_match_signals(Guard *guard);
/* The service is there: state and policy as they are. */
void guard_ask_state(Guard *guard);
void guard_is_gone(Guard *guard);

/* guard-author.c.  Takes `news`, of a policy that somebody changed, and tells it with their name when that can be found out. */
void guard_tell_author(Guard *guard, News *news);
