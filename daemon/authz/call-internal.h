/* SPDX-License-Identifier: MIT
 *
 * What call.c (judging), call-scan.c (waiting for scans) and call-told.c (who is told) share of one call.
 */
#pragma once

#include "authz/call.h"

struct Call {
	const Plugin *plugin;
	Envelope envelope;
	CallWait wait;
	const char *user;       /* base/users.h */
	Caller caller;
	bool looked; /* for this call alone */
	const Request *request; /* with the facts that are there */
	const World *world;
	const Decision *decision;
	Resolve resolve;
	bool waited; /* for Docker: what was seen of paths is old */
	bool scanned; /* it has waited for a scan */
	const World *seen; /* after that: what scanners have said by then; NULL: as `world` has it */
	Builder *builder; /* NULL: of no interest */
	uint64_t id;    /* 0: not in the journal */
	uint64_t grant; /* that lets it through; 0: none */
	int64_t started_us;
	Arena *arena;
};

/* Whether it has a line of its own; what needs none is counted here, if it is to be. */
bool call_wants_line(const Call *call);
void call_tell(const Call *call, uint64_t duration_us);
/* Scans are made later: only a push waits for its own. */
void call_ask_for_scans(const Call *call);
bool call_wants_scan(const Call *call);
void call_wait_for_scan(Call *call);
