/* SPDX-License-Identifier: MIT */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>
#include "base/budget.h"
#include "base/limits.h"
#include "policy/match/regex.h"

#define PROBLEM_BYTES 120u

struct Regex {
	pcre2_code *code;
	pcre2_match_context *limits;
};

static void *take(PCRE2_SIZE size, void *arena)
{
	return arena_alloc(arena, size);
}

static void keep(void *memory, void *arena)
{
	(void)memory;
	(void)arena;
}

static const char *problem_at(int code, PCRE2_SIZE offset, Arena *arena)
{
	PCRE2_UCHAR text[PROBLEM_BYTES];

	if (pcre2_get_error_message(code, text, sizeof text) < 0)
		return "it is no regular expression";
	return arena_printf(arena, "%s, at character %zu", (const char *)text, offset + 1);
}

Regex *regex_compile(const char *pattern, Arena *arena, const char **ret_problem)
{
	PCRE2_SIZE offset = 0;
	int code = 0;
	Regex *regex = arena_alloc(arena, sizeof *regex);

	if (strlen(pattern) > LIMIT_REGEX_BYTES) {
		*ret_problem = arena_printf(arena, "it has more than %u bytes", LIMIT_REGEX_BYTES);
		return NULL;
	}
	pcre2_general_context *memory = pcre2_general_context_create(take, keep, arena);
	pcre2_compile_context *context = pcre2_compile_context_create(memory);
	regex->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &offset,
		context);
	if (!regex->code) {
		*ret_problem = problem_at(code, offset, arena);
		return NULL;
	}
	regex->limits = pcre2_match_context_create(memory);
	(void)pcre2_set_match_limit(regex->limits, LIMIT_REGEX_STEPS);
	(void)pcre2_set_depth_limit(regex->limits, LIMIT_REGEX_STEPS);
	(void)pcre2_set_heap_limit(regex->limits, LIMIT_REGEX_HEAP_KIB);
	return regex;
}

RegexAnswer regex_match(const Regex *regex, const char *text)
{
	if (!budget_spend(1))
		return REGEX_GAVE_UP;
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int found = data ? pcre2_match(regex->code, (PCRE2_SPTR)text, strlen(text), 0, 0, data, regex->limits) : PCRE2_ERROR_NOMEMORY;

	pcre2_match_data_free(data);
	if (found >= 0)
		return REGEX_YES;
	if (found == PCRE2_ERROR_NOMATCH)
		return REGEX_NO;
	(void)budget_spend(LIMIT_REGEX_STEPS);
	return REGEX_GAVE_UP;
}

/* How many bytes of the pattern at `at` stand for themselves, the last not repeated or left out. */
static size_t literal_run(const char *at)
{
	size_t length = 0;

	while (g_ascii_isalnum(at[length]) || (at[length] && strchr("-_/:@,=", at[length])))
		length++;
	return length && at[length] && strchr("*?{+", at[length]) ? length - 1 : length;
}

/* The next place behind one piece that is no literal; NULL: better not to read on. */
static const char *skip_piece(const char *at)
{
	switch (*at) {
	case '\\':
		return g_ascii_ispunct(at[1]) ? at + 2 : NULL;
	case '[':
		at += 1 + (at[1] == '^');
		at = *at ? strchr(at + 1, ']') : NULL;
		return at ? at + 1 : NULL;
	case '{':
		at = strchr(at, '}');
		return at ? at + 1 : NULL;
	default:
		return at + 1;
	}
}

TextNeed regex_need(const char *pattern)
{
	TextNeed need = { TEXT_ANY, "", 0 };
	bool anchored = *pattern == '^';

	if (strpbrk(pattern, "|(#"))
		return need;
	for (const char *at = pattern + anchored; at && *at;) {
		size_t run = literal_run(at);
		if (anchored && at == pattern + 1 && run)
			return (TextNeed){ TEXT_BEGINS, at, run };
		if (run >= 3 && run > need.length)
			need = (TextNeed){ TEXT_CONTAINS, at, run };
		at = skip_piece(at + run);
		if (!at)
			return (TextNeed){ TEXT_ANY, "", 0 };
	}
	return need;
}
