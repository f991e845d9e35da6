/* SPDX-License-Identifier: MIT
 *
 * Is everything as it should be?  The checks of "sentinel doctor".
 */
#pragma once

#include "core/lookup.h"
#include "core/paths.h"
#include "core/status.h"
#include "request/builder.h"

typedef enum CheckStatus { CHECK_OK, CHECK_WARNING, CHECK_FAILED, CHECK_STATUS_COUNT } CheckStatus;

typedef struct Check {
	const char *name; /* "docker", "policies", ...: stable */
	CheckStatus status;
	const char *message, *advice; /* for people; advice "" when there is nothing to do */
} Check;

typedef struct CheckList {
	Check *items;
	size_t count;
} CheckList;

const char *check_status_name(CheckStatus status); /* "ok", "warning", "failed" */
void check_add(CheckList *checks, Arena *arena, const char *name, CheckStatus status, const char *message, const char *advice);
/* What Docker must be asked: put these into a list, let them be answered. */
void diagnose_questions(FactList *facts, Arena *arena);
/* Docker, from the answers.  Pure. */
void diagnose_docker(const FactList *facts, Bodies bodies, CheckList *checks, Arena *arena);
/* Whether Docker asks this process, which serves the plugin's socket or does not. */
typedef struct Guarded {
	const char *word; /* "asked", "unasked", "refused", "unknown", "elsewhere" (a private instance cannot tell): stable */
	CheckStatus status;
	const char *message, *advice;
} Guarded;

const Guarded *guarded(Probe probe, bool serves);
void diagnose_guard(const Guarded *state, CheckList *checks, Arena *arena);
/* What takes from Docker's builder what gives a build more than its container. */
#define BUILDER_CLOSED "\"builder\": {\"entitlements\": {\"network-host\": false, \"security-insecure\": false}}"
/* `allowed`: BuildKit by the policy, `if_closed`: when the builder gave nothing.  Pure. */
void diagnose_builder(bool allowed, bool if_closed, const Builder *builder, CheckList *checks, Arena *arena);
/* Whether every push is looked at for secrets, from the answers; `looks`: the policy wants it, `builds`: BuildKit is allowed by it.  Pure. */
void diagnose_pushes(const FactList *facts, bool looks, bool builds, CheckList *checks, Arena *arena);
/* Of the containers that exist: how many were judged, how many the policy would not let start again, and which of them for what they mount.  Pure. */
void diagnose_mounts(size_t judged, size_t denied, const StringList *by_mounts, CheckList *checks, Arena *arena);
/* Whether a container's ids are the host's, from the answers.  Pure. */
void diagnose_ids(const FactList *facts, CheckList *checks, Arena *arena);
/* Whether it is known who asks on Docker's Unix socket; nothing before a call has come.  Pure. */
void diagnose_identity(IdentityState state, CheckList *checks, Arena *arena);
/* What pins depend on. */
typedef struct PinsSeen {
	const char *release; /* uname(2): "6.1.0-13-amd64" */
	bool answers;        /* the helper */
	const struct MountTable *mounts; /* the host's; NULL: they cannot be read */
	const char *users;   /* passwd(5) */
} PinsSeen;

/* Blocks, so on the worker. */
void diagnose_pins(const PinsSeen *seen, CheckList *checks, Arena *arena);
/* Files; blocks, so on the worker. */
void diagnose_files(const Paths *paths, CheckList *checks, Arena *arena);
