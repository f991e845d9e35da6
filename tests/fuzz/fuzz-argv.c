/* SPDX-License-Identifier: MIT
 *
 * The docker front door: one word of the command a line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/error.h"
#include "request/argv/argv.h"
#include "request/equal.h"
#include "request/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST_WORDS 200u

static StringList split(const char *data, size_t size, Arena *arena)
{
	StringList words = { 0 };

	for (const char *at = data, *end = data + size; at < end && words.count < MOST_WORDS;) {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((line ? line : end) - at);
		const char *word = arena_strndup(arena, at, length);
		LIST_APPEND(arena, &words, word);
		at += length + (line != NULL);
	}
	return words;
}

/* What was read can be shown, and reading it again gives the same. */
static void check(const ArgvReading *reading, const StringList *words, const ArgvContext *context, Arena *arena)
{
	const char *difference;
	Request *again = argv_read(words->items, words->count, context, arena, NULL);

	if (!again || !request_equal(reading->request, again, arena, &difference) || reading->words.count != words->count)
		abort();
	if (!g_utf8_validate(reading->command, -1, NULL) || !g_utf8_validate(reading->request->summary, -1, NULL))
		abort();
	for (size_t i = 0; i < reading->words.count; i++)
		if (!g_utf8_validate(reading->words.items[i], -1, NULL))
			abort();
	for (size_t i = 0; i < reading->parts.count; i++)
		if (reading->parts.items[i].index + reading->parts.items[i].words > words->count)
			abort();
}

/* Every call of the line can be read, and says the same of the line. */
static void check_calls(const ArgvReading *first, const StringList *words, const ArgvContext *given, Arena *arena)
{
	ArgvContext context = *given;
	ArgvReading reading;

	if (first->made != ARGV_MADE || !first->calls)
		abort();
	for (context.call = 1; context.call < first->calls; context.call++) {
		if (!argv_read_line(words->items, words->count, &context, arena, &reading, NULL) || reading.calls != first->calls)
			abort();
		if (strcmp(reading.words.items[0], first->words.items[0]) != 0 || reading.name_index >= (int32_t)words->count)
			abort();
		if (reading.name_index >= 0 && reading.name_index == first->name_index)
			abort();
	}
	if (argv_read_line(words->items, words->count, &context, arena, &reading, NULL))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static Pair env[] = { { "HOME", "/home/dev" }, { "DOCKER_BUILDKIT", "0" } };
	static Pair files[] = { { "f", "A=1\n#x\nHOME\n B=\r\n" }, { "p", "{\"a\": [1]}" } };
	static const PairList env_list = { env, G_N_ELEMENTS(env) }, file_list = { files, G_N_ELEMENTS(files) };
	static const ArgvContext context = { .cwd = "/w", .home = "/home/dev", .env = &env_list, .files = &file_list };
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *text = g_utf8_make_valid((const char *)data, (gssize)size); /* as on the bus */
	StringList words = split(text, strlen(text), arena);
	ArgvReading reading;

	if (argv_read_line(words.items, words.count, &context, arena, &reading, &error)) {
		check(&reading, &words, &context, arena);
		check_calls(&reading, &words, &context, arena);
	} else if (!error || !*error->message || !g_utf8_validate(error->message, -1, NULL)) {
		abort();
	}
	return 0;
}
