/* SPDX-License-Identifier: MIT
 *
 * Checkpoints: where they lie.  In Docker's own directory, or in one of the caller's, which is judged as if it were mounted (moby
 * daemon/checkpoint.go, getCheckpointDir).
 */
#pragma once

#include "request/json.h"
#include "request/query.h"
#include "request/request.h"

/* Lists and deletes: false when a name is there twice. */
bool checkpoint_query(Request *request, const PairList *query, Arena *arena);
/* A start from one; also false when its name leads elsewhere. */
bool checkpoint_query_start(Request *request, const PairList *query, Arena *arena);
/* The body of a create. */
bool checkpoint_read(Json *json, Request *request);
