/* SPDX-License-Identifier: MIT
 *
 * Is everything as it should be?  The checks of "sentinel doctor".
 */
#pragma once

#include "core/paths.h"
#include "core/status.h"
#include "request/facts.h"

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
/* What Docker must be asked: put these into a list, let them be answered. */
void diagnose_questions(FactList *facts, Arena *arena);
/* Docker and the plugin's place in it, from the answers.  Pure. */
void diagnose_docker(const FactList *facts, CheckList *checks, Arena *arena);
/* Whether it is known who asks on Docker's Unix socket; nothing before a call has come.  Pure. */
void diagnose_identity(IdentityState state, CheckList *checks, Arena *arena);
/* Files; blocks, so on the worker. */
void diagnose_files(const Paths *paths, CheckList *checks, Arena *arena);
