/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include "notifier/words.h"

static const struct {
	const char *title, *category;
} kinds[NEWS_KIND_COUNT] = {
	[NEWS_DENIED] = { "Docker command blocked", "x-dockersentinel.denied" },
	[NEWS_WARNED] = { "Docker command allowed with a warning", "x-dockersentinel.warned" },
	[NEWS_MISSED] = { "More Docker commands were blocked", "x-dockersentinel.denied" },
	[NEWS_FOUND] = { "Docker image with findings", "x-dockersentinel.image" },
	[NEWS_UNSCANNED] = { "Docker image not scanned", "x-dockersentinel.image" },
	[NEWS_CHANGED] = { "Docker policy changed", "x-dockersentinel.policy" },
	[NEWS_REJECTED] = { "Docker policy not loaded", "x-dockersentinel.policy" },
	[NEWS_RELAXED] = { "Docker policy allows more than before", "x-dockersentinel.policy" },
	[NEWS_DEGRADED] = { "Docker Sentinel is degraded", "x-dockersentinel.state" },
	[NEWS_LOCKDOWN] = { "Docker Sentinel has no policy", "x-dockersentinel.state" },
	[NEWS_RECOVERED] = { "Docker Sentinel works as usual again", "x-dockersentinel.state" },
	[NEWS_STOPPED] = { "Docker Sentinel does not run", "x-dockersentinel.state" },
	[NEWS_DISK] = { "The disk of the audit trail is nearly full", "x-dockersentinel.state" },
	[NEWS_SETTINGS] = { "The settings of notifications have an error", "x-dockersentinel.settings" },
	[NEWS_TEST] = { "This is a test of Docker Sentinel", "x-dockersentinel.test" },
};

const char *words_category(NewsKind kind)
{
	return kinds[kind].category;
}

char *words_title(const News *news, unsigned count)
{
	if (news->kind == NEWS_MISSED)
		return count == 1 ? g_strdup("1 more Docker command was blocked")
				  : g_strdup_printf("%u more Docker commands were blocked", count);
	if (count <= 1)
		return g_strdup(kinds[news->kind].title);
	return g_strdup_printf("%s (%u times)", kinds[news->kind].title, count);
}

/* A line of the body; what is empty has none. */
static void add(GString *body, bool markup, const char *before, const char *text, const char *behind)
{
	g_autofree char *escaped = markup ? g_markup_escape_text(text, -1) : NULL;

	if (*text)
		g_string_append_printf(body, "%s%s%s%s", body->len ? "\n" : "", before, escaped ? escaped : text, behind);
}

static void add_decision(GString *body, bool markup, const News *news)
{
	g_autofree char *word = g_ascii_strup(severity_word(news->severity), -1), *before = g_strdup_printf("[%s] ", word);
	g_autofree char *who = news->own ? g_strdup("") : g_strconcat(" of ", *news->user ? news->user : "an unknown user", NULL);
	g_autofree char *where = *news->policy ? g_strconcat(", policy ", news->policy, NULL) : g_strdup("");
	g_autofree char *last = g_strdup_printf("Decision %" PRIu64 "%s%s", news->id, who, where);

	add(body, markup, markup ? "<b>" : "", news->command, markup ? "</b>" : "");
	add(body, markup, *news->rule ? before : "", news->reason, "");
	add(body, markup, "→ ", news->fix, "");
	add(body, markup, "", last, "");
}

char *words_body(const News *news, bool markup, const char *note)
{
	GString *body = g_string_new("");

	if (note)
		add(body, markup, markup ? "<b>" : "", note, markup ? "</b>" : "");
	if (news->kind == NEWS_DENIED || news->kind == NEWS_WARNED) {
		add_decision(body, markup, news);
		return g_string_free(body, FALSE);
	}
	add(body, markup, "", news->command, "");
	add(body, markup, "", news->reason, "");
	add(body, markup, "By ", news->user, "");
	add(body, markup, "→ ", news->fix, "");
	return g_string_free(body, FALSE);
}

char *words_plain(const News *news)
{
	g_autofree char *body = words_body(news, false, NULL), *title = words_title(news, 1);
	g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
	g_autofree char *indented = g_strjoinv("\n  ", lines);

	return g_strdup_printf("%s\n  %s", title, indented);
}
