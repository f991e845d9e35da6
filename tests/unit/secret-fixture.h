/* SPDX-License-Identifier: MIT
 *
 * Secrets that exist only while a test runs, by the templates of scan/secret/rules/rules.h.
 */
#pragma once

#include <stdlib.h>
#include <string.h>
#include <glib.h>
#include "scan/secret/rules/checksum.h"
#include "scan/secret/text/engine.h"

#define DRAWN_PART 30u

static inline const char *draw_alphabet(char letter)
{
	switch (letter) {
	case 'A':
		return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	case 'b':
		return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	case 'd':
		return "0123456789";
	case 'x':
		return "0123456789abcdef";
	case 'X':
		return "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	case '2':
		return "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	case 'w':
		return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	case 'B':
		return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";
	default:
		return NULL;
	}
}

/* "<b36>": the letter's alphabet, and how many. */
static inline bool draw_one(GString *out, const char *at, GRand *chance, const char **ret_end)
{
	const char *alphabet = at[0] == '<' && at[1] ? draw_alphabet(at[1]) : NULL;
	char *end = NULL;
	unsigned long count = alphabet && g_ascii_isdigit(at[2]) ? strtoul(at + 2, &end, 10) : 0;

	if (!count || *end != '>')
		return false;
	for (unsigned long i = 0; i < count; i++)
		g_string_append_c(out, alphabet[g_rand_int_range(chance, 0, (gint32)strlen(alphabet))]);
	*ret_end = end + 1;
	return true;
}

static inline char *draw(const char *pattern, guint32 seed)
{
	g_autoptr(GRand) chance = g_rand_new_with_seed(seed);
	GString *out = g_string_new(NULL);
	char digits[CHECKSUM_DIGITS];

	for (const char *at = pattern; *at;) {
		if (g_str_has_prefix(at, "<crc>")) {
			checksum_digits((Span){ out->str + out->len - DRAWN_PART, DRAWN_PART }, digits);
			g_string_append_len(out, digits, CHECKSUM_DIGITS);
			at += strlen("<crc>");
		} else if (!draw_one(out, at, chance, &at)) {
			g_string_append_c(out, *at++);
		}
	}
	return g_string_free(out, FALSE);
}

/* What one text gave. */
typedef struct Seen {
	const char *wanted; /* id of a rule; NULL: any */
	unsigned count;
	ScanSeverity severity;
	uint64_t line;
	char secret[1024];
} Seen;

static inline void seen_found(const EngineMatch *match, void *data)
{
	Seen *seen = *(Seen **)data;

	if (seen->wanted && strcmp(seen->wanted, match->rule->id) != 0)
		return;
	seen->count++;
	seen->severity = match->severity;
	seen->line = match->line;
	/* no end is behind it */
	const size_t length = MIN(match->secret.length, sizeof seen->secret - 1);
	memcpy(seen->secret, match->secret.at, length);
	seen->secret[length] = 0;
}

static inline bool never_stop(void *data)
{
	(void)data;
	return false;
}

/* One engine for all texts: what it is made of takes longer than a look.  An exact copy: the sanitizer sees a read behind the end. */
static inline Seen look_for(const char *wanted, const char *path, const char *text)
{
	static Seen *current;
	static SecretEngine *engine;
	Seen seen = { .wanted = wanted };
	const EngineCalls calls = { seen_found, never_stop, &current };

	current = &seen;
	if (!engine)
		engine = engine_new(NULL, calls);
	const size_t length = strlen(text);
	g_autofree char *copy = g_memdup2(text, length ? length : 1);
	const Piece piece = { .path = path, .place = place_of(path), .text = copy, .length = length, .to = length, .line = 1 };

	g_assert_true(engine_look(engine, &piece));
	return seen;
}
