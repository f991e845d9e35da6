/* SPDX-License-Identifier: MIT
 *
 * Text to secrets: keywords in one pass, and where one stands the expressions of its rules, in a window of
 * LIMIT_SECRET_WINDOW bytes.  PCRE2 without its compiler (the service may not make memory executable), with limits of
 * steps, depth and memory.  Not thread-safe: an engine belongs to one scan.
 */
#pragma once

#include "base/arena.h"
#include "scan/secret/rules/rules.h"

typedef struct SecretEngine SecretEngine;

typedef struct EngineMatch {
	const SecretRule *rule;
	RuleKind kind;
	ScanSeverity severity; /* by rule, place and checksum */
	Span secret;           /* in the piece */
	uint64_t line;
} EngineMatch;

typedef struct EngineCalls {
	void (*found)(const EngineMatch *match, void *data);
	bool (*stop)(void *data); /* asked now and then */
	void *data;
} EngineCalls;

/* `ignore`: ids of rules that are left out; ends with NULL, or is NULL. */
SecretEngine *engine_new(const char *const *ignore, EngineCalls calls);
/* With more tables, up to one without rules (NULL: none), which live as long as the engine; and with nothing but these. */
SecretEngine *engine_new_with(const char *const *ignore, const RuleTable *more, EngineCalls calls);
SecretEngine *engine_new_alone(const RuleTable *tables, EngineCalls calls);
void engine_free(SecretEngine *engine); /* NULL is accepted */
/* False: an expression gave up, so that something may be missing. */
bool engine_look(SecretEngine *engine, const Piece *piece);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecretEngine, engine_free)
