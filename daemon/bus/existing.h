/* SPDX-License-Identifier: MIT
 *
 * The containers that Docker has, and what a policy would say if each were started now.  On readers, between questions to Docker.
 */
#pragma once

#include "bus/work.h"
#include "policy/review/proposal.h"

typedef struct Denial {
	const char *name, *image;
	const Finding *findings; /* those that block; else all, as their points are too many together */
	size_t finding_count;
	bool by_mounts; /* one that blocks is about what it mounts */
} Denial;

typedef struct DenialList {
	Denial *items;
	size_t count;
} DenialList;

typedef struct Existing {
	const Policy *policy;           /* of whoever judges */
	const VerdictTable *verdicts;
	FactList list;
	StringList ids;
	size_t next;
	Resolve resolve; /* of the one that is judged */
	Arena *arena;    /* of it; NULL: none */
	bool asked, known; /* known: Docker said which there are */
	bool more;       /* than were looked at */
	size_t looked;
	DenialList denials;
	Proposal proposal;
} Existing;

/* True: all are judged, or it is not known which there are.  False: work->facts must be asked, and this be called again. */
bool existing_judge(Existing *existing, Work *work);
void existing_clear(Existing *existing);
