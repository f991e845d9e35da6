/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <glib.h>
#include "base/scanner-names.h"
#include "policy/purl.h"
#include "policy/verdict-words.h"
#include "request/list.h"

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

typedef struct Severities {
	bool critical, high, medium, verified;
} Severities;

static bool read_severity(const char *word, bool secrets, Severities *ret)
{
	*ret = (Severities){ !strcmp(word, "critical"), !strcmp(word, "high"), !strcmp(word, "medium"), secrets && !strcmp(word, "verified") };
	return ret->critical || ret->high || ret->medium || ret->verified;
}

/* A package by its name, or by a package URL. */
static void name_package(VerdictVulnerability *one, const char *place, Arena *arena)
{
	Purl purl;

	one->package = place;
	if (!purl_parse(place, &purl, arena))
		return;
	const char *slash = strrchr(purl.name, '/');
	one->purl = place;
	one->package = slash ? slash + 1 : purl.name;
	one->version = purl.version;
}

/* "CVE-2026-1 high in openssl fixed", "netrc-password high in /root/.netrc" */
static bool add_single(Verdict *verdict, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	const guint count = g_strv_length(words), placed = count > 3 && !strcmp(words[2], "in") ? 4 : 2;
	const bool fixed = !verdict->secrets && count == placed + 1 && !strcmp(words[placed], "fixed");
	Severities is;

	if (count < 2 || !*words[0] || g_ascii_isdigit(*words[0]) || !read_severity(words[1], verdict->secrets, &is) || count != placed + fixed)
		return false;
	const char *id = arena_strdup(verdict->arena, words[0]), *place = placed == 4 ? arena_strdup(verdict->arena, words[3]) : "";
	VerdictVulnerability known = { .id = id, .version = "", .purl = "", .critical = is.critical, .high = is.high, .medium = is.medium, .fixed = fixed };
	const VerdictSecret secret = { .detector = id, .path = place, .critical = is.critical || is.verified, .high = is.high, .medium = is.medium, .verified = is.verified };
	name_package(&known, place, verdict->arena);
	if (verdict->secrets)
		LIST_APPEND(verdict->arena, &verdict->listed, secret);
	else
		LIST_APPEND(verdict->arena, &verdict->known, known);
	verdict->critical += is.critical;
	verdict->high += is.high;
	verdict->medium += is.medium;
	verdict->verified += is.verified;
	return true;
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
		if (!add_count(verdict, *part) && !add_single(verdict, *part))
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
	*ret_problem = "expected a scanner and what it found, as in builtin: clean, trufflehog: 2 verified, 1 high, or trivy: CVE-2026-1234 critical in openssl fixed, 1 high";
	if (!colon || !scanner || (secrets && !scanner->secrets))
		return NULL;
	verdict->image_id = VERDICT_WORDS_IMAGE;
	verdict->scanner = scanner->name;
	verdict->secrets = secrets || !scanner->vulnerabilities;
	if (!read_found(verdict, colon + 2) || (verdict->verified && !verdict->secrets))
		return NULL;
	return g_steal_pointer(&verdict);
}
