/* SPDX-License-Identifier: MIT
 *
 * A policy: loaded from YAML, immutable, shared by reference between threads.
 */
#pragma once

#include <glib.h>
#include "policy/caller.h"
#include "policy/decision.h"
#include "request/builder.h"
#include "request/request.h"

typedef struct Policy Policy;

typedef enum DiagnosticLevel { DIAGNOSTIC_ERROR, DIAGNOSTIC_WARNING } DiagnosticLevel;

typedef struct Diagnostic {
	char *file;
	unsigned line, column; /* from 1; 0 when it concerns the file as a whole */
	DiagnosticLevel level;
	char *message; /* key's path, what was expected, nearest known key */
} Diagnostic;

/* A GPtrArray of Diagnostic * that frees its elements. */
GPtrArray *diagnostics_new(void);
void diagnostics_add(GPtrArray *list, DiagnosticLevel level, const char *file, unsigned line, unsigned column, const char *format, ...)
	G_GNUC_PRINTF(6, 7);
bool diagnostics_have_error(const GPtrArray *list);
/* "FILE:LINE:COL: message", or "FILE: message" when it concerns the whole file; freed by the caller. */
char *diagnostic_text(const Diagnostic *diagnostic);
/* The same of the first error; NULL when there is none. */
char *diagnostics_first_error(const GPtrArray *list);

/* NULL when there is an error in `diagnostics`.  `file` is only a name for messages.  Any thread. */
Policy *policy_parse(const char *file, const char *text, size_t length, GPtrArray *diagnostics);
Policy *policy_ref(Policy *policy);
void policy_unref(Policy *policy); /* NULL is accepted */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, policy_unref)

const char *policy_name(const Policy *policy);
const char *policy_digest(const Policy *policy); /* SHA-256 of its text, in hexadecimal digits */
const char *policy_file_name(const Policy *policy); /* of policies/NAME.yaml, "" when it was read from elsewhere; the file may call itself otherwise */
const char *policy_description(const Policy *policy);
Mode policy_mode(const Policy *policy);
unsigned policy_max_risk_score(const Policy *policy);

/* What the policy's own section tests expects.  Exactly one of command and method is given. */
typedef struct PolicyTest {
	const char *name;
	const char *command;            /* "docker run --privileged ubuntu"; NULL for a call */
	const char *method, *uri, *body; /* body may be "" */
	CallerWords caller;
	int64_t at_us;    /* when it is asked; 0: now */
	StringList verdicts; /* what scanners had said of its image: "clean", "trufflehog: 2 verified" (verdict-words.h) */
	const char *decision; /* "allowed", "denied", "warned" */
	int64_t score;        /* -1: any */
	bool exact;           /* `findings` are all */
	StringList findings, includes; /* rule ids */
	unsigned line;
} PolicyTest;

typedef struct PolicyTestList {
	PolicyTest *items;
	size_t count;
} PolicyTestList;

const PolicyTestList *policy_tests(const Policy *policy);

/* settings.image_scanning.scanners, as written; empty: any scanner of vulnerabilities will do. */
const StringList *policy_image_scanners(const Policy *policy);
const char *policy_secret_scanner(const Policy *policy);
/* Which scans the policy makes use of: bits of SCANS_.  NULL: none. */
enum { SCANS_IMAGE = 1 << 0, SCANS_SECRETS = 1 << 1, SCANS_SIGNATURES = 1 << 2 };
unsigned policy_scans(const Policy *policy);
int64_t policy_scan_lasts_us(const Policy *policy); /* how long a verdict counts */

/* Why nothing is let through at a socket of Sentinel's, before any policy is asked; each is a row of the fail-closed table. */
typedef enum Refusal {
	REFUSAL_NONE,
	REFUSAL_UNKNOWN, /* builtin.socket-unknown: the socket */
	REFUSAL_POLICY,  /* builtin.socket-policy */
	REFUSAL_CALLER,  /* builtin.socket-caller */
	REFUSAL_READ,    /* builtin.socket-read */
	REFUSAL_COUNT
} Refusal;

typedef struct Refused {
	Refusal why;
	const char *detail; /* for people; what stands for '%' in the rule's message */
} Refused;

/* What evaluation needs to know besides the request. */
typedef struct VerdictTable VerdictTable; /* policy/verdict.h */
typedef struct HostNet HostNet;           /* request/host-net.h */

typedef struct Situation {
	bool audit_down; /* the journal could not be written: builtin.audit-down for what mutates */
	Refused refused; /* REFUSAL_NONE: a policy may be asked; else none is, and nothing lets it through */
	const char *user; /* who asks, as base/users.h writes it; NULL or "": not known */
	Caller caller;    /* the same with uids and groups */
	int64_t now_us;   /* realtime; 0: not known, then exceptions with an end do not apply */
	const VerdictTable *verdicts; /* NULL: nothing is scanned here */
	const HostNet *host;          /* the host's network; NULL: it is read when it is needed */
	const char *const *own_paths; /* what this guard has and is not where it usually is; ends with NULL; NULL: nothing */
	const Builder *builder;       /* of a KIND_BUILDKIT: what is in force in Docker's builder; NULL: not looked at */
	bool trial;       /* nobody queues the scans that the decision asks for */
} Situation;

/* Pure, any thread, no I/O.  policy NULL: lockdown, everything but read-only calls is denied
 * (builtin.lockdown).  All memory comes from `arena`; strings may point into `request` and `policy`. */
Decision *policy_evaluate(const Policy *policy, const Request *request, const Situation *situation, Arena *arena);

/* The text that a docker user sees when a call is denied, ending with a line that
 * names the decision id and the policy.  id 0: no such line. */
const char *decision_explain(const Decision *decision, uint64_t id, Arena *arena);
