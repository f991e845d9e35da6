/* SPDX-License-Identifier: MIT
 *
 * What the signals of decisions do not say is asked of the trail: some at a time, one question after the other.  Of more than that only the
 * number is known.
 */
#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include "base/limits.h"
#include "notifier/news.h"
#include "notifier/peer.h"

typedef struct Fetch Fetch;

/* The decisions of one kind. */
typedef struct Stream {
	Fetch *fetch;
	NewsKind kind;
	const char *decision;    /* "denied" */
	uint64_t last;           /* newest that was told; 0: none */
	uint64_t newest, bound;  /* that a signal told of; the same when the question was asked */
	unsigned waiting, asked; /* signals since the last question; those that it is about */
	unsigned tries;
	bool due;
	sd_bus_slot *question;
	News *latest; /* what its signal said */
} Stream;

struct Fetch {
	sd_bus *bus; /* NULL: there is no connection */
	const Peer *service;
	char *self; /* the name of who is told */
	sd_event_source *timer;
	uint64_t next_us;
	Stream streams[2];
	void (*tell)(News *news, void *data); /* takes it */
	void (*missed)(unsigned count, NewsSeverity severity, void *data);
	void *data;
};

typedef struct FetchSignal {
	uint64_t id;
	const char *decision, *user, *summary;
} FetchSignal;

/* Takes over what is set of `fetch`: service, tell, missed, data.  Negative errno. */
int fetch_start(Fetch *fetch, sd_event *event);
void fetch_stop(Fetch *fetch);
/* `bus`: NULL when it is gone. */
void fetch_set_bus(Fetch *fetch, sd_bus *bus);
/* A decision was made. */
void fetch_signal(Fetch *fetch, const FetchSignal *signal);
/* The service was away: what was decided meanwhile. */
void fetch_catch_up(Fetch *fetch);
