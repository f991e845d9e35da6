/* SPDX-License-Identifier: MIT
 *
 * What a record keeps of a call so that another policy can judge it again: the Request without what must not be written down, and what
 * else the decision depended on.
 *
 * Taken out: every value of an environment variable, a build argument and a label, every value in a query, and what the detector of secrets
 * finds in command and options.  What stands instead of a value tells how the judge's own look at secrets (check/secret-shape.h) met
 * it; what else a policy may ask of it cannot be known any more, and `hidden` names the members that have such a hole.
 */
#pragma once

#include "core/redactor.h"
#include "policy/policy.h"
#include "request/normal.h"

#define KEPT_FORM 1 /* of the tables; another one is not read */

typedef struct KeptVerdict {
	const char *image_id, *scanner;
	bool secrets, whole;
	int64_t time_us;
	uint32_t critical, high, medium, verified;
} KeptVerdict;

typedef struct KeptVerdicts {
	KeptVerdict *items;
	size_t count;
} KeptVerdicts;

/* What was known of the signature of an image of the request: VerdictSigned, of the image with this id or digest. */
typedef struct KeptSigned {
	const char *image_id, *image, *revision;
	int64_t time_us;
	bool good, answered;
} KeptSigned;

typedef struct KeptSignedList {
	KeptSigned *items;
	size_t count;
} KeptSignedList;

typedef struct KeptCall {
	int64_t form;
	uint32_t wants, paths;  /* WANT_ and PATHS_ bits: what was looked at */
	bool scans;             /* there was a table of verdicts */
	Request *request;
	Caller caller;
	Builder *builder;       /* NULL: not looked at */
	KeptVerdicts verdicts;  /* of the images of the request */
	KeptSignedList signatures;
	StringList hidden;      /* "env", "command", "uri" ...: members of the Request with something taken out */
} KeptCall;

/* What can be written down of `request` and `situation`.  `redactor` NULL: no text is known to be free of credentials. */
const KeptCall *kept_new(const Request *request, const Situation *situation, unsigned wants, unsigned paths, const Redactor *redactor, Arena *arena);
void kept_put(Buffer *out, const KeptCall *kept);
/* The object at the read position; the values that were taken out stand there by what is known of them.  False: it is none, or of another form. */
bool kept_get(Json *json, KeptCall *ret);
/* Of a Request as kept_get() gives it. */
bool kept_hides(const KeptCall *kept, const char *member);
