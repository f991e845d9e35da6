/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <glib.h>
#include "policy/scanner-names.h"
#include "policy/verdict-words.h"

#define MOST 1000000u

static bool add_count(Verdict *verdict, const char *text)
{
	const struct { const char *word; unsigned *count; } rows[] = {
		{ "critical", &verdict->critical }, { "high", &verdict->high }, { "medium", &verdict->medium }, { "verified", &verdict->verified },
	};
	char *end = NULL;
	unsigned long count = g_ascii_isdigit(*text) ? strtoul(text, &end, 10) : 0;

	if (!count || count > MOST || *end != ' ')
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!strcmp(end + 1, rows[i].word)) {
			*rows[i].count += (unsigned)count;
			return true;
		}
	return false;
}

static bool read_found(Verdict *verdict, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, ", ", -1);

	verdict->whole = strcmp(text, "failed") != 0;
	if (!verdict->whole)
		verdict->detail = "it failed";
	if (!verdict->whole || !strcmp(text, "clean"))
		return true;
	for (char **part = parts; *part; part++)
		if (!add_count(verdict, *part))
			return false;
	verdict->critical += verdict->verified; /* a secret that is one is critical, too */
	return true;
}

/* "signed", "unsigned", "failed" */
static Verdict *read_signatures(Verdict *verdict, const char *text)
{
	verdict->image_id = VERDICT_WORDS_IMAGE;
	verdict->scanner = VERDICT_SIGNATURES;
	verdict->signatures = true;
	verdict->stated = !strcmp(text, "signed");
	verdict->whole = verdict->stated || !strcmp(text, "unsigned");
	verdict->detail = verdict->stated ? "" : verdict->whole ? "no signature of a key of the policy" : "it failed";
	return verdict->whole || !strcmp(text, "failed") ? verdict : NULL;
}

Verdict *verdict_words_read(const char *words, const char **ret_problem)
{
	static const char apart[] = " secrets";
	const char *colon = strstr(words, ": ");
	g_autofree char *name = colon ? g_strndup(words, (size_t)(colon - words)) : g_strdup("");
	const bool secrets = g_str_has_suffix(name, apart);
	g_autoptr(Verdict) verdict = verdict_new();

	if (secrets)
		name[strlen(name) - strlen(apart)] = 0;
	if (colon && !strcmp(name, VERDICT_SIGNATURES)) {
		*ret_problem = "expected signatures: signed, unsigned or failed";
		return read_signatures(verdict, colon + 2) ? g_steal_pointer(&verdict) : NULL;
	}
	const ScannerName *scanner = scanner_name_find(name);
	*ret_problem = "expected a scanner and what it found, as in builtin: clean, or trufflehog: 2 verified, 1 high";
	if (!colon || !scanner || (secrets && !scanner->secrets))
		return NULL;
	verdict->image_id = VERDICT_WORDS_IMAGE;
	verdict->scanner = scanner->name;
	verdict->secrets = secrets || !scanner->vulnerabilities;
	if (!read_found(verdict, colon + 2) || (verdict->verified && !verdict->secrets))
		return NULL;
	return g_steal_pointer(&verdict);
}
