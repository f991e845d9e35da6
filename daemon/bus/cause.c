/* SPDX-License-Identifier: MIT
 *
 * The word that caused a finding is the one without which it would not be there: the line is read
 * and judged again without each of its flags.  That asks nothing of the rules.
 */
#include <string.h>
#include <time.h>
#include "base/limits.h"
#include "bus/cause.h"
#include "policy/wants.h"

/* Findings that say the same. */
static bool same(const Finding *a, const Finding *b)
{
	return !strcmp(a->rule, b->rule) && a->action == b->action && !strcmp(a->message, b->message);
}

static size_t count_same(const Decision *decision, const Finding *finding)
{
	size_t count = 0;

	for (size_t i = 0; i < decision->finding_count; i++)
		count += same(&decision->findings[i], finding);
	return count;
}

static const Decision *judge(const Cause *cause, const Request *request)
{
	const Request *seen = host_view_apply(cause->view, 0, policy_paths(cause->policy), false, request, cause->arena);

	return policy_evaluate(cause->policy, seen, &cause->situation, cause->arena);
}

/* What the policy says of the same call of the line without some words; NULL when docker would not take it. */
static const Decision *judge_without(const Cause *cause, size_t index, size_t words)
{
	static const Decision nothing = { .allowed = true };
	ArgvReading reading;
	const char **argv = arena_alloc(cause->arena, (cause->argc + 1) * sizeof *argv);
	size_t count = 0;

	for (size_t i = 0; i < cause->argc; i++)
		if (i < index || i >= index + words)
			argv[count++] = cause->argv[i];
	if (!argv_read_line(argv, count, cause->context, cause->arena, &reading, NULL))
		return NULL;
	return reading.made == ARGV_NOT_MADE ? &nothing : judge(cause, reading.request);
}

/* Flags that share a word with one whose value stands apart go with it. */
static size_t words_at(const ArgvPartList *parts, size_t index)
{
	size_t words = 0;

	for (size_t i = 0; i < parts->count; i++)
		if (parts->items[i].index == index)
			words = MAX(words, parts->items[i].words);
	return words;
}

/* Gives the findings that are gone to the word at `index`. */
static void trace(const Decision *whole, const Decision *without, const Decision *decision, size_t index, int32_t *ret)
{
	for (size_t i = 0; i < whole->finding_count; i++) {
		const Finding *finding = &whole->findings[i];
		bool first = true;
		for (size_t j = 0; j < i; j++)
			first = first && !same(&whole->findings[j], finding);
		size_t gone = first ? count_same(whole, finding) - MIN(count_same(without, finding), count_same(whole, finding)) : 0;
		for (size_t j = 0; j < decision->finding_count && gone; j++) {
			if (ret[j] >= 0 || !same(&decision->findings[j], finding))
				continue;
			ret[j] = (int32_t)index;
			gone--;
		}
	}
}

/* The last flag of one value that the finding is about: when the finding stays without it, what was given does not help.  -1: none. */
static int32_t find_flag(const ArgvReading *reading, const char *argument)
{
	int32_t found = -1;

	for (size_t i = 0; g_str_has_prefix(argument, "--") && i < reading->parts.count; i++)
		if (reading->parts.items[i].one && !strcmp(reading->parts.items[i].flag, argument + strlen("--")))
			found = (int32_t)reading->parts.items[i].index;
	return found;
}

static int32_t first_argument(const ArgvReading *reading)
{
	for (size_t i = 0; i < reading->parts.count; i++)
		if (!*reading->parts.items[i].flag)
			return (int32_t)reading->parts.items[i].index;
	return -1;
}

/* The name that the call is about, or the first argument. */
static int32_t find_name(const ArgvReading *reading)
{
	return reading->name_index >= 0 ? reading->name_index : first_argument(reading);
}

/* What no flag caused: the image, the command itself, or the name whose call it is. */
static int32_t remaining(const Cause *cause, const Finding *finding)
{
	const Request *request = cause->reading->request;
	int32_t flag = find_flag(cause->reading, finding->argument);

	if (flag >= 0)
		return flag;
	if (!strcmp(finding->category, "images") && request->kind == KIND_IMAGE_TAG && cause->reading->parts.count)
		return (int32_t)cause->reading->parts.items[cause->reading->parts.count - 1].index;
	if (!strcmp(finding->category, "images") || *request->remote)
		return find_name(cause->reading);
	return strcmp(finding->category, "endpoints") != 0 ? cause->reading->name_index : (int32_t)cause->reading->command_index;
}

/* Of this thread: what others do meanwhile makes no cause harder to find. */
static int64_t spent_us(void)
{
	struct timespec spent;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
	return spent.tv_sec * INT64_C(1000000) + spent.tv_nsec / 1000;
}

const int32_t *cause_find(const Cause *cause, const Decision *decision)
{
	const ArgvPartList *parts = &cause->reading->parts;
	int32_t *indexes = arena_alloc(cause->arena, (decision->finding_count + 1) * sizeof *indexes);

	for (size_t i = 0; i < decision->finding_count; i++)
		indexes[i] = -1;
	if (!cause->policy || !decision->finding_count)
		return indexes;
	const Decision *whole = judge(cause, cause->reading->request);
	int64_t end_us = spent_us() + LIMIT_TRACE_MS * (int64_t)1000;
	for (size_t i = 0; i < parts->count && i < LIMIT_TRACED_FLAGS && whole->finding_count; i++) {
		bool seen = i && parts->items[i].index == parts->items[i - 1].index;
		if (seen || !*parts->items[i].flag || spent_us() > end_us)
			continue;
		const Decision *without = judge_without(cause, parts->items[i].index, words_at(parts, parts->items[i].index));
		if (without)
			trace(whole, without, decision, parts->items[i].index, indexes);
	}
	for (size_t i = 0; i < decision->finding_count; i++)
		if (indexes[i] < 0)
			indexes[i] = remaining(cause, &decision->findings[i]);
	return indexes;
}

const int32_t *cause_widths(const Cause *cause, const int32_t *indexes, size_t count)
{
	const ArgvPartList *parts = &cause->reading->parts;
	int32_t *widths = arena_alloc(cause->arena, (count + 1) * sizeof *widths);

	for (size_t i = 0; i < count; i++)
		widths[i] = indexes[i] < 0 ? 0 : MAX(1, (int32_t)words_at(parts, (size_t)indexes[i]));
	return widths;
}
