/* SPDX-License-Identifier: MIT
 *
 * A desktop for tests: private buses of the session and of the system, the real notifier on them, and, played by the test itself, what
 * shows notifications and what decides.  All in one thread: desktop_wait() lets them answer.
 */
#pragma once

#include <stdbool.h>
#include "tests/bus/bus-fixture.h"

/* A bubble as it was asked for. */
typedef struct Shown {
	uint32_t id, replaces;
	char *title, *body, *actions; /* "why allow-once" */
	int urgency;
	char *category;
	bool transient;
} Shown;

typedef struct Desktop {
	BusFixture fixture, system; /* the session's bus, with the directory of the settings; the other one */
	sd_bus *server, *service;   /* NULL: nobody has the name */
	GPid notifier;
	sd_event *inside; /* of a notifier within the test; NULL: there is none */
	/* how they behave */
	const char *capabilities;        /* words */
	bool server_silent, server_lies; /* no answers; answers of another type */
	bool same_ids;                   /* all notifications have the one number that the first had */
	bool trail_fails, reads_all;
	const char *record;                       /* of each denial */
	bool clipboard;                           /* there is one: a program that keeps what it is given */
	bool trial_silent, limited, still_denied; /* a trial is not answered; it saw less; also without --privileged */
	bool grant_silent;                        /* who asks for a grant is not answered */
	const char *grant_error;                  /* NULL: a grant is made */
	unsigned warned, used; /* decisions that the trail has of allowed calls; the number of that with the grant, 0: none */
	/* what came */
	GPtrArray *shown; /* of Shown */
	unsigned asked_capabilities, subscribed, queries, warned_queries, grants, grants_interactive;
	uint64_t granted;
	unsigned trials;
	char *tried;        /* the last one's words */
	unsigned decisions; /* in the trail, with ids from 1 on */
	const char *image, *state, *warning;
} Desktop;

void desktop_start(Desktop *desktop);
void desktop_stop(Desktop *desktop);
void desktop_start_notifier(Desktop *desktop);
void desktop_stop_notifier(Desktop *desktop);
void desktop_start_server(Desktop *desktop);
void desktop_stop_server(Desktop *desktop);
void desktop_start_service(Desktop *desktop);
void desktop_stop_service(Desktop *desktop);
/* The system's bus ends, with whoever is on it; another one comes, with the service. */
void desktop_lose_system(Desktop *desktop);
void desktop_find_system(Desktop *desktop);

typedef bool (*DesktopTest)(const Desktop *desktop);
/* Until it holds; fails when it does not within 30 s. */
void desktop_wait(Desktop *desktop, DesktopTest holds);
/* What the buses hold is answered, and nothing more comes for so long. */
void desktop_settle(Desktop *desktop, unsigned ms);
/* A decision is in the trail and told of, by `from` (NULL: by the service). */
void desktop_decide(Desktop *desktop, sd_bus *from);
/* A person clicks; `from`: NULL: the server says so. */
void desktop_click(Desktop *desktop, sd_bus *from, uint32_t id, const char *action);
const Shown *desktop_last(const Desktop *desktop);
