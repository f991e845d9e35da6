/* SPDX-License-Identifier: MIT
 *
 * What AuditQuery, Stats and Export ask for.  What a filter means is filter_matches(); the index finds the same.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>
#include "audit/line.h"

/* Which lines are meant at all. */
typedef enum FilterKind { FILTER_DECISIONS, FILTER_EVENTS, FILTER_ALL } FilterKind;

typedef struct AuditFilter {
	FilterKind kind;
	uint64_t since_us, until_us; /* 0: open */
	const char *decision, *user, *image, *rule, *text; /* NULL or "": any */
	const char *command;         /* "run", "docker volume create", "container.create" */
	uint64_t min_score;          /* 0: any */
} AuditFilter;

/* SENTINEL_ERROR_INVALID: no record could ever be meant. */
bool filter_check(const AuditFilter *filter, GError **error);
/* "decision", "event", "any" */
bool filter_kind_parse(const char *word, FilterKind *ret);
bool filter_matches(const AuditFilter *filter, const AuditLine *line);
/* The endpoints that a command stands for, ended by NULL; free with g_free(). */
const char **filter_endpoints(const char *command);
/* Whether `image` is what a filter `wanted` means: itself, and a name without tag and digest stands for all of its tags. */
bool filter_is_image(const char *wanted, const char *image);
/* Whether a name has neither tag nor digest. */
bool filter_is_bare(const char *image);
