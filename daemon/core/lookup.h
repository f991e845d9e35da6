/* SPDX-License-Identifier: MIT
 *
 * Asking Docker, as those who decide see it; docker/ stands behind it (sentineld.c connects the two).
 */
#pragma once

#include <sys/types.h>
#include "core/pulls.h"
#include "policy/policy.h"
#include "request/facts.h"

/* The header by which a question of ours is known when dockerd asks us about it: a secret of this process. */
#define LOOKUP_HEADER "X-Sentinel-Call"

typedef void (*LookupFn)(void *data);

/* What became of a harmless call that was sent to Docker with a mark of its own: Docker's own account of its plugins (/info) is
 * that of its start, a reload changes them and not the account. */
typedef enum Probe {
	PROBE_NOBODY,  /* nobody listens on Docker's socket */
	PROBE_SILENT,  /* no answer in time */
	PROBE_REFUSED, /* Docker did not do it, and did not ask this process either */
	PROBE_UNASKED, /* Docker did it, and did not ask this process */
	PROBE_ASKED,   /* this process was asked */
} Probe;
typedef void (*ProbeFn)(Probe probe, void *data);

/* Whether Docker shows its plugins bodies of 1 MiB and more. */
typedef enum Bodies {
	BODIES_UNKNOWN,
	BODIES_SHOWN,
	BODIES_HIDDEN,
} Bodies;

/* Where facts come from.  All members may be called from any thread. */
typedef struct Lookup {
	void *data;
	/* Answers what is at hand; true when nothing is open any more. */
	bool (*recall)(void *data, FactList *facts, Arena *arena);
	/* Asks for what is open and calls done(done_data) once, on any thread (also before it returns), when
	 * nothing is: `facts` and `arena` are not touched by anybody else until then. */
	void (*ask)(void *data, FactList *facts, Arena *arena, LookupFn done, void *done_data);
	/* Whether a call carries this process's own mark: it is one of our questions on its way. */
	bool (*is_own)(void *data, const char *mark, bool body_shown);
	/* A call of Docker's has come: it lives, and its events are listened to from now on.  True: they are heard already.  Any thread. */
	bool (*met)(void *data);
	/* Whether Docker asks this process; done() runs once.  Main thread. */
	void (*probe)(void *data, ProbeFn done, void *done_data);
	/* What was found out about large bodies when Docker's events were first heard. */
	Bodies (*bodies)(void *data);
} Lookup;

/* One request on its way to what can be judged. */
typedef struct Resolve {
	const Lookup *lookup; /* NULL: nobody to ask */
	const Policy *policy; /* what it wants to know grows with what is known; NULL: nothing */
	Pulls *pulls;         /* NULL: nobody remembers which images were pulled */
	const Request *request;
	pid_t docker;         /* its process; 0: it is looked for */
	bool fresh;           /* what is remembered of Docker may be a moment old */
	unsigned wants, rounds;
	FactList facts;
	Arena *arena;
} Resolve;

/* The request with its facts; or NULL: then resolve->facts must be asked, and this be called again. */
const Request *resolve_step(Resolve *resolve);
