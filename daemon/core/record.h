/* SPDX-License-Identifier: MIT
 *
 * The audit record of one decision: one line of JSON, the same whether it is read from audit.jsonl,
 * audit.db or the bus.  Fields (docs/ARCHITECTURE.md, "Audit record"): v (the layout of the line: 1, and 2 when the journal has written it with `prev`),
 *   id (number), time (µs since the epoch), decision, mode, policy, generation and digest of that policy (RECORD_DIGEST of its digits), score, max_score, user, method,
 *   socket and program (of what came to a socket of Sentinel's: its name, and what the caller's process calls itself), caller_container (the id of the container that the caller is in, when it is known),
 *   uri (query values left out), endpoint, command (the summary), image, subject, duration_us,
 *   argv (what runs, as a shell would write it, without credentials), ports, volumes (named ones), memory (bytes): where the call has them,
 *   waived [{rule, reason}] (only when an exception set a finding aside),
 *   fit (of a denied call that a grant could fit: core/grant.h), typed (of a denied create: the words of a docker run that makes it again, request/typed),
 *   grant (only when one let it through),
 *   findings [{rule, severity, category, action, message, references (where a standard asks for it), key (of a denied one: core/grant.h)}],
 *   request: what another policy would need to judge the call again (core/kept.h); `unkept` instead when that has no room.
 * Nothing else of the request is ever in it: no value of the environment, no body, no header.
 * What happened to the guard itself has lines of another kind: core/audit-event.h.
 */
#pragma once

#include "core/kept.h"
#include "policy/decision.h"
#include "request/request.h"

/* Room that the end of a line needs: "],\"truncated\":true,\"unkept\":true}\n", and what the journal adds (audit/chain.h). */
#define RECORD_END_BYTES (64u + 80u)

/* Digits of a policy's digest in a line: they tell it from others, and the event that it came in force with has all of them. */
#define RECORD_DIGEST 16

/* Where what was removed ended. */
typedef struct RecordCut {
	int64_t position;
	const char *prev; /* the chain there (audit/chain.h) */
} RecordCut;

typedef struct Record {
	uint64_t id;      /* increases by one with every decision of a journal, across restarts */
	int64_t time_us;  /* CLOCK_REALTIME */
	uint64_t duration_us;
	uint64_t grant;   /* that let it through; 0: none */
	uint64_t generation; /* of the World that decided; 0: none */
	const char *user; /* "" unknown */
	const char *socket, *program, *caller_container; /* NULL: it came to Docker's own socket */
	const Request *request;
	const Decision *decision;
	const StringList *typed; /* of a denied call; NULL: there is no such line */
	const KeptCall *kept; /* NULL: nothing is kept, as the record is of no call of Docker's */
} Record;

/* The line with its "\n", at most LIMIT_RECORD_BYTES; in `arena`. */
const char *record_format(const Record *record, Arena *arena, size_t *ret_length);
