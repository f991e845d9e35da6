/* SPDX-License-Identifier: MIT
 *
 * What items of public standards forbid, as calls of Docker's that a policy which covers them must refuse.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What scanners said of the image of a probe. */
typedef enum ProbeImage { PROBE_IMAGE_CLEAN, PROBE_IMAGE_UNSCANNED, PROBE_IMAGE_VULNERABLE, PROBE_IMAGE_SECRETS, PROBE_IMAGE_COUNT } ProbeImage;

/* One thing that is not allowed: a container that has only this against it, or another call. */
typedef struct CoverageProbe {
	const char *member, *value;     /* of the body of the create call instead of probe_members; value NULL: without it */
	const char *method, *uri, *body; /* the other call; method NULL: the create call */
	ProbeImage image;
	const char *rule; /* the only one whose finding counts; NULL: all that the harmless call does not have */
} CoverageProbe;

typedef struct CoverageItem {
	const char *item, *title;
	const CoverageProbe *probes; /* NULL: no call shows it */
	size_t count;
} CoverageItem;

extern const CoverageItem coverage_items[];
extern const size_t coverage_item_count;

/* A container that no item says anything against. */
typedef struct ProbeMember {
	const char *name, *value; /* JSON */
	bool host;                /* of HostConfig */
} ProbeMember;

extern const ProbeMember probe_members[];
extern const size_t probe_member_count;
