/* SPDX-License-Identifier: MIT
 *
 * Every kind of secret in every context: is it found, and what is found where there is none.  The same texts each time.
 */
#pragma once

#include "scan/secret/text/packed-text.h"
#include "secret-fixture.h"
#include "secret-kinds.h"
#include "secret-contexts.h"

/* DB_PASSWORD as another language writes it: `join` between the words (0: none), the first letter of each but the first (or of
 * all) in upper case. */
static inline void put_name(GString *out, const char *name, char join, bool camel, bool pascal)
{
	bool first = true;

	for (const char *at = name; *at; at++) {
		const bool begins = at == name || at[-1] == '_';
		if (*at == '_') {
			if (join)
				g_string_append_c(out, join);
			continue;
		}
		g_string_append_c(out, begins && ((camel && !first) || pascal) ? *at : g_ascii_tolower(*at));
		first = false;
	}
}

static inline void put_part(GString *out, char part, const char *name, const char *value)
{
	g_autofree char *packed = part == '6' ? g_base64_encode((const guchar *)value, strlen(value)) : NULL;

	if (part == 'v' || part == 'N' || part == '6')
		(void)g_string_append(out, part == 'v' ? value : part == 'N' ? name : packed);
	else
		put_name(out, name, part == 'n' ? '_' : part == 'k' ? '-' : part == 'd' ? '.' : 0, part == 'c', part == 'C');
}

static inline char *fill(const char *form, const char *name, const char *value)
{
	GString *out = g_string_new(NULL);

	for (const char *at = form; *at; at++) {
		if (*at == '{' && at[1] && strchr("Nncckdv6C", at[1]) && at[2] == '}') {
			put_part(out, at[1], name, value);
			at += 2;
		} else {
			g_string_append_c(out, *at);
		}
	}
	return g_string_free(out, FALSE);
}

/* The worst that is found in the text as the service looks at it, also in its base64; SCAN_UNKNOWN: nothing. */
typedef struct MatrixLook {
	SecretEngine *engine;
	ScanSeverity worst;
	const char *rule;
} MatrixLook;

static inline void matrix_found(const EngineMatch *match, void *data)
{
	MatrixLook *look = data;

	if (match->severity > look->worst) {
		look->worst = match->severity;
		look->rule = match->rule->id;
	}
}

static inline ScanSeverity matrix_look(MatrixLook *look, const char *path, const char *text)
{
	const Span whole = { text, strlen(text) };
	Piece piece = { .path = path, .place = place_of(path), .text = text, .length = whole.length, .to = whole.length, .line = 1 };
	Span run;

	look->worst = SCAN_UNKNOWN;
	look->rule = "";
	(void)engine_look(look->engine, &piece);
	for (size_t at = 0; packed_next(whole, at, &run); at = (size_t)(run.at - text) + run.length) {
		size_t length = 0;
		g_autofree char *unpacked = packed_read(run, &length);
		const Piece inner = { .path = path, .place = piece.place, .text = unpacked, .length = length, .to = length, .tokens_only = piece.place.syntax != SYNTAX_CONFIG };
		if (unpacked)
			(void)engine_look(look->engine, &inner);
	}
	return look->worst;
}

static inline ScanSeverity matrix_cell(MatrixLook *look, const SecretKind *kind, const SecretContext *context, guint32 seed)
{
	g_autofree char *value = draw(kind->form, seed), *path = fill(context->path, kind->name, value), *text = fill(context->form, kind->name, value);

	return matrix_look(look, path, text);
}
