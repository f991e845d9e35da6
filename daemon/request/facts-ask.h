/* SPDX-License-Identifier: MIT
 *
 * One question to the facts of a call, and what is noted when it has no answer (facts.c).
 */
#pragma once

#include "request/facts.h"

#define SHOWN_NAME_BYTES 100u

/* One pass over a request with the facts that are there. */
typedef struct Pass {
	Request *request;
	FactList *facts;
	unsigned wants;
	Arena *arena;
} Pass;

/* The fact, which is asked for when it is new.  A call that needs too many gets a failed one. */
const Fact *facts_find(const Pass *pass, FactKind kind, const char *name);
/* The fact when it is known; NULL when it is open, absent, or has failed (then it is noted). */
const Fact *facts_need(const Pass *pass, FactKind kind, const char *name);
void facts_unresolved(const Pass *pass, const char *title);
/* True when the answer could be read; else that is noted. */
bool facts_readable(const Pass *pass, const Fact *fact, bool good);
/* What Docker has under a name; NULL: it is not known, or not yet.  A name that may come to mean another one is noted. */
Request *facts_container(const Pass *pass, const char *name);
