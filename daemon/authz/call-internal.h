/* SPDX-License-Identifier: MIT
 *
 * What call.c (judging), call-doubt.c (waiting until it is certain who asks), call-scan.c (waiting for scans), call-journal.c (its line in the trail)
 * and call-told.c (who is told) share of one call.
 */
#pragma once

#include "authz/call.h"
#include "authz/doubt.h"

struct Call {
	const Plugin *plugin;
	Envelope envelope;
	CallWait wait;
	const char *user;       /* base/users.h */
	Caller caller;
	bool looked; /* for this call alone */
	const Request *request; /* with the facts that are there */
	const World *world;
	const Policy *policy; /* of it: the one in force, or a socket's */
	const Decision *decision;
	Resolve resolve;
	Doubt doubt;
	bool waited; /* for Docker, or for others to leave: what was seen of paths is old */
	bool scanned; /* it has waited for a scan */
	bool entered; /* nobody else gives the name that it pushes, or pushes one that it gives (core/pushes.h), until it is denied or done */
	bool crowded; /* too many wait for that: it is not known what the name means */
	int64_t turn_asked_us; /* when it first asked for that; 0: not yet */
	const World *seen; /* after that: what scanners have said by then; NULL: as `world` has it */
	Builder *builder; /* NULL: of no interest */
	uint64_t id;    /* 0: not in the journal */
	uint64_t grant; /* that lets it through; 0: none */
	int64_t started_us;
	Arena *arena;
};

Situation call_situation(const Call *call, bool audit_down);
void call_evaluate(Call *call, bool audit_down);
/* Who asks is looked for, for this call alone, and it is judged by that. */
void call_look(Call *call);
/* What Docker says of it is asked for from the beginning. */
void call_begin(Call *call);
/* True: it waits until it is certain who asks, at first and then. */
bool call_doubts(Call *call);
bool call_doubt_lasts(Call *call);
void call_end_doubt(Call *call);
/* The line comes before the answer; without it nothing may change (unless fail_mode says open). */
void call_journal(Call *call);
/* Whether it has a line of its own; what needs none is counted here, if it is to be. */
bool call_wants_line(const Call *call);
void call_tell(const Call *call, uint64_t duration_us);
/* Scans are made later: only a push waits for its own. */
void call_ask_for_scans(const Call *call);
bool call_wants_scan(const Call *call);
void call_wait_for_scan(Call *call);
/* False: it waits until nobody is at the name. */
bool call_take_turn(Call *call);
void call_give_turn(Call *call);
