/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "cli/output.h"
#include "notifier/news.h"

static const char *const severities[] = { "low", "medium", "high", "critical", "none" };

bool severity_parse(const char *word, NewsSeverity *ret)
{
	for (size_t i = 0; i < G_N_ELEMENTS(severities); i++)
		if (!strcmp(word, severities[i])) {
			*ret = (NewsSeverity)i;
			return true;
		}
	return false;
}

const char *severity_word(NewsSeverity severity)
{
	return severities[severity];
}

void news_set(char **text, const char *to)
{
	g_autofree char *clean = output_clean(to ? to : "");

	g_strdelimit(clean, "\n\t", ' ');
	g_free(*text);
	if (g_utf8_strlen(clean, -1) <= (glong)LIMIT_NOTIFIER_TEXT) {
		*text = g_steal_pointer(&clean);
		return;
	}
	g_autofree char *begin = g_utf8_substring(clean, 0, LIMIT_NOTIFIER_TEXT - 1);
	*text = g_strconcat(begin, "…", NULL);
}

News *news_new(NewsKind kind)
{
	News *news = g_new0(News, 1);
	char **const texts[] = { &news->user, &news->command, &news->reason, &news->fix, &news->rule, &news->image, &news->policy };

	news->kind = kind;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*texts[i] = g_strdup("");
	return news;
}

void news_free(News *news)
{
	if (!news)
		return;
	char *const texts[] = { news->user, news->command, news->reason, news->fix, news->rule, news->image, news->policy };
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
	g_strfreev(news->typed);
	g_free(news->fixed);
	g_free(news);
}

News *news_of_guard(NewsKind kind, const char *user, const char *sentence, const char *reason)
{
	News *news = news_new(kind);

	news_set(&news->user, user);
	news_set(&news->command, sentence);
	news_set(&news->reason, reason);
	return news;
}

static const char *text_of(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : "";
}

static gint64 number_of(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && json_node_get_value_type(node) == G_TYPE_INT64 ? json_node_get_int(node) : 0;
}

static JsonArray *array_of(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

/* What blocks before what does not, then by weight, then the first. */
static JsonObject *worst_of(JsonArray *findings, NewsSeverity *ret)
{
	JsonObject *worst = NULL;
	bool worst_blocks = false;

	*ret = SEVERITY_LOW;
	for (guint i = 0; findings && i < json_array_get_length(findings); i++) {
		JsonObject *finding = json_array_get_object_element(findings, i);
		bool blocks = !strcmp(text_of(finding, "action"), "block");
		NewsSeverity severity = SEVERITY_LOW;
		(void)severity_parse(text_of(finding, "severity"), &severity);
		if (worst && (blocks < worst_blocks || (blocks == worst_blocks && severity <= *ret)))
			continue;
		worst = finding;
		worst_blocks = blocks;
		*ret = severity;
	}
	return worst;
}

/* What Docker is asked for by docker run is the create call; which of the two was typed it does not say. */
static char *as_typed(const char *command)
{
	static const char create[] = "docker create ";

	return g_str_has_prefix(command, create) ? g_strconcat("docker run/create ", command + strlen(create), NULL) : g_strdup(command);
}

static bool is_judged(JsonArray *findings)
{
	for (guint i = 0; findings && i < json_array_get_length(findings); i++)
		if (g_str_has_prefix(text_of(json_array_get_object_element(findings, i), "rule"), "builtin."))
			return false;
	return findings && json_array_get_length(findings) > 0;
}

static char **words_of(JsonObject *object, const char *name)
{
	JsonArray *array = array_of(object, name);
	const guint count = array ? json_array_get_length(array) : 0;
	g_auto(GStrv) words = g_new0(char *, count + 1);

	for (guint i = 0; i < count; i++) {
		JsonNode *word = json_array_get_element(array, i);
		if (json_node_get_value_type(word) != G_TYPE_STRING)
			return NULL;
		words[i] = g_strdup(json_node_get_string(word));
	}
	return count ? g_steal_pointer(&words) : NULL;
}

/* A call that can be granted has a fit, and nothing in it that could not be judged. */
static void read_record(News *news, const char *text, JsonArray *findings)
{
	g_autoptr(JsonNode) record = json_from_string(text, NULL);

	if (!record || !JSON_NODE_HOLDS_OBJECT(record))
		return;
	JsonObject *object = json_node_get_object(record);
	news->grantable = *text_of(object, "fit") && !json_object_has_member(object, "truncated") && is_judged(findings);
	news->typed = words_of(object, "typed");
}

News *news_of_decision(NewsKind kind, JsonObject *entry, const char *self)
{
	gint64 id = number_of(entry, "id");
	JsonArray *findings = array_of(entry, "findings"), *fixes = array_of(entry, "fixes");

	if (id <= 0 || strcmp(text_of(entry, "decision"), kind == NEWS_DENIED ? "denied" : "warned") != 0)
		return NULL;
	News *news = news_new(kind);
	JsonObject *worst = worst_of(findings, &news->severity);
	g_autofree char *typed = as_typed(text_of(entry, "command"));
	news->id = (uint64_t)id;
	news->own = !strcmp(text_of(entry, "user"), self);
	if (kind == NEWS_DENIED)
		read_record(news, text_of(entry, "record"), findings);
	news_set(&news->user, text_of(entry, "user"));
	news_set(&news->command, typed);
	news_set(&news->image, text_of(entry, "image"));
	news_set(&news->policy, text_of(entry, "policy"));
	news_set(&news->rule, worst ? text_of(worst, "rule") : "");
	news_set(&news->reason, worst ? text_of(worst, "message") : "");
	if (fixes && json_array_get_length(fixes))
		news_set(&news->fix, json_array_get_string_element(fixes, 0));
	return news;
}

News *news_of_image(const NewsImage *image, const char *self)
{
	const bool found = !strcmp(image->outcome, "found"), unscanned = !strcmp(image->outcome, "unscanned");

	if (!found && !unscanned)
		return NULL;
	News *news = news_new(found ? NEWS_FOUND : NEWS_UNSCANNED);
	news->own = !strcmp(image->user, self);
	if (!severity_parse(image->severity, &news->severity))
		news->severity = SEVERITY_HIGH;
	news_set(&news->user, news->own ? "" : *image->user ? image->user : "an unknown user");
	news_set(&news->command, image->image);
	news_set(&news->image, image->image);
	news_set(&news->reason, image->summary);
	return news;
}

bool news_is_decision(const News *news)
{
	return news->kind <= NEWS_MISSED;
}

Urgency news_urgency(const News *news)
{
	static const Urgency urgencies[NEWS_KIND_COUNT] = {
		[NEWS_DENIED] = URGENCY_NORMAL,
		[NEWS_WARNED] = URGENCY_LOW,
		[NEWS_MISSED] = URGENCY_NORMAL,
		[NEWS_FOUND] = URGENCY_NORMAL,
		[NEWS_UNSCANNED] = URGENCY_NORMAL,
		[NEWS_CHANGED] = URGENCY_LOW,
		[NEWS_REJECTED] = URGENCY_NORMAL,
		[NEWS_RELAXED] = URGENCY_CRITICAL,
		[NEWS_DEGRADED] = URGENCY_CRITICAL,
		[NEWS_LOCKDOWN] = URGENCY_CRITICAL,
		[NEWS_RECOVERED] = URGENCY_LOW,
		[NEWS_STOPPED] = URGENCY_CRITICAL,
		[NEWS_DISK] = URGENCY_CRITICAL,
		[NEWS_SETTINGS] = URGENCY_NORMAL,
		[NEWS_TEST] = URGENCY_NORMAL,
	};

	if ((news->kind == NEWS_DENIED || news->kind == NEWS_MISSED || news->kind == NEWS_FOUND) && news->severity == SEVERITY_CRITICAL)
		return URGENCY_CRITICAL;
	return urgencies[news->kind];
}

char *news_key(const News *news)
{
	if (news->kind == NEWS_DENIED || news->kind == NEWS_WARNED)
		return g_strdup_printf("%d\n%s\n%s\n%s", (int)news->kind, news->rule, news->image, news->user);
	if (news->kind == NEWS_FOUND || news->kind == NEWS_UNSCANNED)
		return g_strdup_printf("%d\n%s\n%s", (int)news->kind, news->image, news->user);
	return g_strdup_printf("%d", (int)news->kind);
}
