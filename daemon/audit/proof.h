/* SPDX-License-Identifier: MIT
 *
 * One look over the chain of the trail, line by line: what was changed, removed, put in or moved since it was written.
 */
#pragma once

#include "audit/line.h"
#include "audit/walk.h"

typedef struct Proof Proof;

Proof *proof_new(void);
void proof_free(Proof *proof); /* NULL is accepted */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Proof, proof_free)

/* The next line (or the rest at the end) of `segment`.  NULL, or what is wrong, for people; then proof_place() says where. */
const char *proof_line(Proof *proof, const Segment *segment, const TrailLine *text);
/* After the last one: what only the whole trail can show. */
const char *proof_end(Proof *proof);
/* Whether a file that begins so is what a removal leaves of the one that it ends in; both are there when it was interrupted. */
bool proof_knows_rest(const Proof *proof, const SegmentHead *head);
/* "audit.jsonl:17", free with g_free(). */
char *proof_place(const Proof *proof);
/* The same of the last line that was looked at. */
char *proof_here(const Proof *proof);

typedef struct ProofCounts {
	uint64_t records, unchained, torn, files;
	uint64_t last_id;
	uint64_t cut_id; /* of the record that says that what was before the trail's begin was removed; 0: there is none */
	char cut_by[16]; /* "retention", "clear" */
} ProofCounts;
ProofCounts proof_counts(const Proof *proof);
/* What the chain is behind the last line. */
const char *proof_digits(const Proof *proof);
