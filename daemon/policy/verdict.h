/* SPDX-License-Identifier: MIT
 *
 * What scanners said of images, as decisions see it.  A verdict is of one image by its id, one scanner
 * and one kind of scan; a table of them is immutable and shared by reference between threads.
 */
#pragma once

#include "policy/decision.h"
#include "policy/vex.h"
#include "request/request.h"

/* A secret, as far as a policy can tell it from others.  No text of it. */
typedef struct VerdictSecret {
	const char *detector, *path;
	bool critical, high, medium, verified;
	int64_t line; /* of the file; 0: not known */
} VerdictSecret;

/* A known vulnerability, as far as a policy can tell it from others.  Each stands once for its id, package and version. */
typedef struct VerdictVulnerability {
	const char *id, *package, *version, *purl; /* purl: "" when the scanner gives none */
	bool critical, high, medium, fixed;        /* fixed: there is a version without it */
} VerdictVulnerability;
/* What a check of signatures said of an image, which is named with its digest. */
typedef struct VerdictSigned {
	const char *image, *revision; /* SignatureTrust.revision: what was believed */
	int64_t time_us;
	bool good;     /* it is signed by that */
	bool answered; /* else nobody knows: the registry did not answer */
} VerdictSigned;

typedef struct VerdictSignedList {
	VerdictSigned *items;
	size_t count;
} VerdictSignedList;

#define VERDICT_SIGNATURES "signatures" /* the scanner of a verdict on signatures */

typedef struct Verdict {
	const char *image_id, *scanner; /* "sha256:...", "trivy" */
	bool secrets;                   /* the kind: else vulnerabilities */
	bool whole;                     /* everything was looked at; else `detail` says what went wrong */
	bool failed;                    /* not whole, and nothing was looked at: it says nothing of the image */
	const char *detail, *version, *database;
	const char *end_of_life; /* "debian 9": of what nobody mends any more; "" */
	int64_t time_us; /* realtime, of its end */
	unsigned critical, high, medium, verified; /* verified ones are also counted by their severity */
	StringList gaps; /* when nothing but these files was not wholly looked at; a policy may excuse them */
	struct { VerdictSecret *items; size_t count; } listed; /* of the secrets those that have room; the others are only counted */
	struct { VerdictVulnerability *items; size_t count; } known; /* of the vulnerabilities that are counted here the worst that have room */
	bool signatures; /* of signatures, and of no scan: what counts is `names` */
	bool stated;     /* ... or that the test of a policy says so */
	VerdictSignedList names;
	Arena *arena; /* has its strings */
} Verdict;

typedef struct VerdictTable VerdictTable;

/* An empty one to be filled before anybody else sees it; all strings "". */
Verdict *verdict_new(void);
void verdict_free(Verdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)

VerdictTable *verdict_table_new(void); /* empty */
VerdictTable *verdict_table_ref(const VerdictTable *table);
void verdict_table_unref(VerdictTable *table); /* NULL is accepted */
/* A copy with `verdict` (taken) in it, in the place of the one that it replaces.  Beyond LIMIT_VERDICTS the oldest goes. */
VerdictTable *verdict_table_with(const VerdictTable *table, Verdict *verdict);
/* A copy with these statements (its own reference; may be NULL). */
VerdictTable *verdict_table_with_vex(const VerdictTable *table, const VexTable *vex);
const VexTable *verdict_table_vex(const VerdictTable *table); /* NULL: there are none */
/* scanner NULL: the newest whole one of any scanner (never of signatures), else the newest.  NULL: there is none. */
const Verdict *verdict_table_find(const VerdictTable *table, const char *image_id, const char *scanner, bool secrets);
/* What `old` knows of other names than those on which `verdict` has an answer stays known, from `since_us` on. */
void verdict_take_over(Verdict *verdict, const Verdict *old, int64_t since_us);
/* Whether `old` (may be NULL) stays when `verdict` is there: it is whole and not older than `lasts_us`, the new one is not and found nothing. */
bool verdict_outlasts(const Verdict *old, const Verdict *verdict, int64_t lasts_us);
/* What `old` found is there still when a scan that is not whole found nothing. */
void verdict_take_findings(Verdict *verdict, const Verdict *old);
