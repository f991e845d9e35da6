/* SPDX-License-Identifier: MIT
 *
 * Whether what was kept of a call (core/kept.h) is enough for a policy that did not judge it then.  Pure, any thread.
 */
#pragma once

#include "policy/policy.h"
#include "policy/verdict.h"

typedef struct Recorded {
	const Request *request;
	unsigned wants, paths;    /* WANT_ and PATHS_ bits: what was looked at */
	const StringList *hidden; /* members of the request with something taken out */
	bool scanned, has_secrets; /* verdicts on its images are there; also some of a search for secrets */
	const VerdictTable *signatures; /* NULL: nothing is known of any */
	int64_t now_us;                 /* when it was judged */
} Recorded;

/* What the policy asks and the record does not have, one of a few texts for people; NULL: nothing, but where an image came from. */
const char *policy_lacks(const Policy *policy, const Recorded *recorded);
/* Whether that is asked, and not there: then each answer must be tried. */
bool policy_lacks_origin(const Policy *policy, const Recorded *recorded);
/* Whether a denial may come of it that nobody asked what the image of a container runs. */
bool policy_lacks_command(const Policy *policy, const Recorded *recorded);
extern const char recorded_unasked[];
/* Whether the decision denies for what the call says itself, whatever else would have been known. */
bool policy_denies_anyway(const Policy *policy, const Decision *decision);
