/* SPDX-License-Identifier: MIT */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>
#include "base/limits.h"
#include "request/list.h"
#include "scan/secret/text/engine.h"
#include "scan/secret/text/keywords.h"
#include "scan/secret/severity.h"
#include "scan/secret/text/value.h"

#define HITS_BETWEEN_STOPS 256u
#define GROUPS 2u

typedef struct Item {
	const SecretRule *rule;
	RuleKind kind;
	pcre2_code *code;
	bool here; /* the file at hand is one that the rule is for */
} Item;

struct SecretEngine {
	Arena *arena;
	Item *items;
	size_t count;
	Keywords *keywords;
	pcre2_match_context *limits;
	pcre2_match_data *data;
	EngineCalls calls;
	/* of the piece at hand */
	const Piece *piece;
	size_t counted; /* up to where lines are counted, and how many there were */
	uint64_t line;
	unsigned hits;
	bool stopped, gave_up;
};

static bool is_ignored(const char *id, const char *const *ignore)
{
	return ignore && g_strv_contains(ignore, id);
}

static pcre2_code *compile(const SecretRule *rule)
{
	PCRE2_SIZE offset = 0;
	int problem = 0;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)rule->regex, PCRE2_ZERO_TERMINATED, rule->keywords ? PCRE2_ANCHORED : PCRE2_MULTILINE, &problem,
		&offset, NULL);

	if (!code)
		g_error("the rule %s has a bad expression, at character %zu (pcre2 %d)", rule->id, offset, problem);
	return code;
}

static void add_rule(SecretEngine *engine, const SecretRule *rule, RuleKind kind)
{
	const Item item = { rule, kind, rule->regex ? compile(rule) : NULL, !rule->where };
	const uint32_t index = (uint32_t)engine->count;

	LIST_APPEND(engine->arena, engine, item);
	for (const char *at = rule->keywords; at && *at;) {
		size_t length = strcspn(at, " ");
		keywords_add(engine->keywords, arena_strndup(engine->arena, at, length), index);
		at += length + (at[length] == ' ');
	}
}

static void add_table(SecretEngine *engine, const RuleTable *table, const char *const *ignore)
{
	for (size_t i = 0; i < table->count; i++)
		if (!is_ignored(table->items[i].id, ignore))
			add_rule(engine, &table->items[i], table->kind);
}

static SecretEngine *begin(EngineCalls calls)
{
	SecretEngine *engine = g_new0(SecretEngine, 1);

	engine->arena = arena_new();
	engine->calls = calls;
	engine->keywords = keywords_new(engine->arena);
	return engine;
}

static SecretEngine *finish(SecretEngine *engine)
{
	keywords_finish(engine->keywords);
	engine->limits = pcre2_match_context_create(NULL);
	engine->data = pcre2_match_data_create(GROUPS, NULL);
	if (!engine->limits || !engine->data)
		g_error("no memory for regular expressions");
	(void)pcre2_set_match_limit(engine->limits, LIMIT_REGEX_STEPS);
	(void)pcre2_set_depth_limit(engine->limits, LIMIT_REGEX_STEPS);
	(void)pcre2_set_heap_limit(engine->limits, LIMIT_REGEX_HEAP_KIB);
	return engine;
}

SecretEngine *engine_new_with(const char *const *ignore, const RuleTable *more, EngineCalls calls)
{
	SecretEngine *engine = begin(calls);

	for (size_t t = 0; t < RULE_TABLES; t++)
		add_table(engine, rule_tables[t], ignore);
	for (; more && more->items; more++)
		add_table(engine, more, ignore);
	return finish(engine);
}

SecretEngine *engine_new(const char *const *ignore, EngineCalls calls)
{
	return engine_new_with(ignore, NULL, calls);
}

SecretEngine *engine_new_alone(const RuleTable *tables, EngineCalls calls)
{
	SecretEngine *engine = begin(calls);

	for (; tables->items; tables++)
		add_table(engine, tables, NULL);
	return finish(engine);
}

void engine_free(SecretEngine *engine)
{
	if (!engine)
		return;
	for (size_t i = 0; i < engine->count; i++)
		pcre2_code_free(engine->items[i].code);
	pcre2_match_data_free(engine->data);
	pcre2_match_context_free(engine->limits);
	arena_free(engine->arena);
	g_free(engine);
}

/* Places come almost in order: what lies between two is short. */
static uint64_t line_at(SecretEngine *engine, size_t place)
{
	const char *text = engine->piece->text;

	for (; engine->counted < place; engine->counted++)
		engine->line += text[engine->counted] == '\n';
	for (; engine->counted > place; engine->counted--)
		engine->line -= text[engine->counted - 1] == '\n';
	return engine->line;
}

static RuleAnswer judge(const Item *item, Span secret)
{
	if (!secret.length || (item->rule->entropy > 0 && value_entropy(secret) < item->rule->entropy))
		return RULE_NO;
	if (item->kind == RULE_TOKEN && value_is_example(secret))
		return RULE_NO;
	const RuleAnswer answer = item->rule->check ? item->rule->check(secret) : RULE_YES;
	/* of the right form all the same: told, and nothing is held up for it */
	return answer == RULE_YES && item->kind == RULE_TOKEN && value_counts(secret) ? RULE_WEAK : answer;
}

static void report(SecretEngine *engine, const Item *item, Span secret)
{
	const Piece *piece = engine->piece;
	const RuleAnswer answer = judge(item, secret);

	if (answer == RULE_NO)
		return;
	const EngineMatch match = {
		.rule = item->rule, .kind = item->kind, .severity = secret_severity(item->rule, item->kind, piece->place, answer), .secret = secret,
		.line = piece->line ? line_at(engine, (size_t)(secret.at - piece->text)) : 0,
	};
	engine->calls.found(&match, engine->calls.data);
}

/* Where the expression is met at or behind `start`, before `end`: its first byte and behind its last. */
static bool match(SecretEngine *engine, const Item *item, size_t start, size_t end, size_t ret_range[2], Span *ret_secret)
{
	const char *text = engine->piece->text;
	int found = pcre2_match(item->code, (PCRE2_SPTR)text, end, start, 0, engine->data, engine->limits);

	if (found == PCRE2_ERROR_NOMATCH)
		return false;
	if (found < 0) {
		engine->gave_up = true;
		return false;
	}
	const PCRE2_SIZE *places = pcre2_get_ovector_pointer(engine->data);
	ret_range[0] = places[0];
	ret_range[1] = places[1];
	*ret_secret = found > 1 && places[2] != PCRE2_UNSET ? (Span){ text + places[2], places[3] - places[2] } : (Span){ "", 0 };
	return true;
}

static bool keyword_found(uint32_t value, size_t end, size_t length, void *data)
{
	SecretEngine *engine = data;
	const Item *item = &engine->items[value];
	const Piece *piece = engine->piece;
	const size_t start = end - length;
	size_t range[2];
	Span secret;

	if (++engine->hits % HITS_BETWEEN_STOPS == 0 && engine->calls.stop(engine->calls.data))
		engine->stopped = true;
	if (start >= piece->to || engine->stopped)
		return false;
	if (start < piece->from || !item->here || (piece->tokens_only && item->kind != RULE_TOKEN && item->kind != RULE_KEY))
		return true;
	if (item->rule->find ? item->rule->find(piece, start, end, &secret) :
			       match(engine, item, start, MIN(piece->length, start + LIMIT_SECRET_WINDOW), range, &secret))
		report(engine, item, secret);
	return true;
}

/* A rule for the lines of certain files, or for the file as it is. */
static void look_at_lines(SecretEngine *engine, const Item *item)
{
	const Piece *piece = engine->piece;
	size_t range[2];
	Span secret;

	if (item->rule->find) {
		if (piece->from == 0 && item->rule->find(piece, 0, 0, &secret))
			report(engine, item, secret);
		return;
	}
	if (!item->code && piece->from == 0)
		report(engine, item, (Span){ piece->text, piece->length });
	if (!item->code || piece->tokens_only)
		return;
	for (size_t at = piece->from; at < piece->to && !engine->stopped && match(engine, item, at, piece->length, range, &secret);) {
		if (range[0] >= piece->to)
			return;
		report(engine, item, secret);
		at = MAX(range[1], at + 1);
		engine->stopped = ++engine->hits % HITS_BETWEEN_STOPS == 0 && engine->calls.stop(engine->calls.data);
	}
}

bool engine_look(SecretEngine *engine, const Piece *piece)
{
	engine->piece = piece;
	engine->counted = 0;
	engine->line = piece->line;
	engine->gave_up = engine->stopped = false;
	for (size_t i = 0; i < engine->count; i++) {
		Item *item = &engine->items[i];
		item->here = !item->rule->where || (*piece->path && path_fits(piece->path, item->rule->where));
		if (item->here && !item->rule->keywords)
			look_at_lines(engine, item);
	}
	keywords_find(engine->keywords, piece->text, piece->length, keyword_found, engine);
	return !engine->gave_up;
}
