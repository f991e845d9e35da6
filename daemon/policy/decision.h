/* SPDX-License-Identifier: MIT
 *
 * What a policy makes of a Request.  Plain data in the arena that policy_evaluate() was given.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

typedef enum Severity { SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL, SEVERITY_COUNT } Severity;
typedef enum Action { ACTION_ALLOW, ACTION_WARN, ACTION_BLOCK, ACTION_COUNT } Action;
typedef enum Mode { MODE_ENFORCE, MODE_WARN, MODE_AUDIT, MODE_COUNT } Mode;
typedef enum Outcome { OUTCOME_ALLOWED, OUTCOME_DENIED, OUTCOME_WARNED, OUTCOME_COUNT } Outcome;

const char *severity_name(Severity severity); /* "critical" */
unsigned severity_points(Severity severity);  /* 40, 25, 15, 5 */
const char *action_name(Action action);       /* "allow", "warn", "block" */
const char *mode_name(Mode mode);             /* "enforce", "warn", "audit" */
const char *outcome_name(Outcome outcome);    /* "allowed", "denied", "warned" */
bool severity_parse(const char *word, Severity *ret);
bool action_parse(const char *word, Action *ret);
bool mode_parse(const char *word, Mode *ret);

typedef struct Finding {
	const char *rule;     /* stable id: "privileged", "mounts.blocked", "builtin.ambiguous-body" */
	const char *category; /* "privileged", "namespaces", "capabilities", "mounts", ... */
	Severity severity;
	Action action; /* ACTION_WARN or ACTION_BLOCK */
	const char *message; /* for people, printable: "Privileged containers are not allowed" */
	const char *what;     /* the value that was found, a path or a name; "" where the rule says it all */
	const char *also;     /* the same by another name that counts as well: where a path leads; "" */
	bool read_only;       /* of a mount that cannot be written */
	const struct Request *request; /* what was judged: the call, what is stored, an image that is mounted */
	const char *argument; /* what in the request caused it: "HostConfig.Privileged", "--privileged", or "" */
	unsigned points;        /* that it adds to the score */
	const char *references; /* items of public standards: "CIS-5.5, PSS-baseline", or "" */
} Finding;

/* A finding that an exception of the policy set aside. */
typedef struct Waived {
	const char *rule, *reason, *owner; /* reason, owner: "" when the exception says none */
} Waived;

typedef struct Decision {
	bool allowed;
	Outcome outcome;
	Mode mode;
	unsigned score, max_score; /* 0 to 100 */
	const char *policy;        /* its name; "" without a policy */
	const char *digest;        /* SHA-256 of its text, in hexadecimal digits; NULL or "" without one */
	Finding *findings;         /* blocking ones first, then by severity, highest first */
	size_t finding_count;
	Waived *waived; /* not part of the score */
	size_t waived_count;
	const char **mitigations; /* fixes, each once, in the order of the findings */
	size_t mitigation_count;
	const char *heading;    /* what a denial is headed by, for people; NULL: nothing more */
	const char *scan_image; /* the id of an image that should be scanned, for another time; "" */
	unsigned scans;         /* ... and for what: bits of SCANS_ (policy/policy.h) */
} Decision;

/* Of the calls that one command makes the first that is denied is told of, else the one with the most
 * points: whether `next` takes the place of `told` (NULL: there is none yet). */
bool decision_outweighs(const Decision *next, const Decision *told);
