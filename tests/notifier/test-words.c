/* SPDX-License-Identifier: MIT
 *
 * From an entry of the trail to what a bubble says; the settings.
 */
#include <string.h>
#include "base/limits.h"
#include "notifier/settings.h"
#include "notifier/words.h"
#include "tests/unit/scratch.h"

#define FINDING(rule, severity, action, message)                                                                                           \
	"{\"rule\":\"" rule "\",\"severity\":\"" severity "\",\"category\":\"c\",\"action\":\"" action "\",\"message\":\"" message "\"}"
#define ENTRY(decision, image, findings, record)                                                                                           \
	"{\"id\":7,\"decision\":\"" decision                                                                                               \
	"\",\"user\":\"alice\",\"policy\":\"production\",\"command\":\"docker create --privileged " image "\",\"image\":\"" image          \
	"\",\"findings\":[" findings "],\"fixes\":[\"Remove --privileged flag\",\"b\"],\"record\":\"" record "\"}"
#define PRIVILEGED FINDING("container.privileged", "critical", "block", "Privileged containers are not allowed")
#define ROOT FINDING("container.root", "critical", "warn", "The container runs as root")
#define LATEST FINDING("images.latest", "low", "block", "The tag can change")
#define WITH_FIT "{\\\"fit\\\":\\\"abc\\\"}"

static News *read_news(NewsKind kind, const char *text, const char *self)
{
	g_autoptr(JsonNode) node = json_from_string(text, NULL);

	g_assert_nonnull(node);
	return news_of_decision(kind, json_node_get_object(node), self);
}

static void test_decision(void)
{
	g_autoptr(News) news = read_news(NEWS_DENIED, ENTRY("denied", "ubuntu", ROOT "," LATEST "," PRIVILEGED, WITH_FIT), "alice");
	g_autofree char *title = words_title(news, 1), *again = words_title(news, 3), *body = words_body(news, false, NULL),
			*noted = words_body(news, false, "Done");

	g_assert_cmpuint(news->id, ==, 7);
	g_assert_cmpint(news->severity, ==, SEVERITY_CRITICAL);
	g_assert_cmpint(news_urgency(news), ==, URGENCY_CRITICAL);
	g_assert_true(news->grantable);
	g_assert_cmpstr(title, ==, "Docker command blocked");
	g_assert_cmpstr(again, ==, "Docker command blocked (3 times)");
	g_assert_cmpstr(body, ==,
		"docker run/create --privileged ubuntu\n[CRITICAL] Privileged containers are not allowed\n→ Remove --privileged "
		"flag\nDecision 7, policy production");
	g_assert_true(g_str_has_prefix(noted, "Done\ndocker run"));
	g_assert_null(read_news(NEWS_WARNED, ENTRY("denied", "ubuntu", PRIVILEGED, "{}"), "alice"));
	g_assert_null(read_news(NEWS_DENIED, ENTRY("warned", "ubuntu", PRIVILEGED, "{}"), "alice"));
	g_assert_null(read_news(NEWS_DENIED, "{\"decision\":\"denied\"}", "alice"));
}

static void test_others(void)
{
	g_autoptr(News) news = read_news(NEWS_DENIED, ENTRY("denied", "ubuntu", LATEST, "{}"), "admin");
	g_autofree char *body = words_body(news, false, NULL);

	g_assert_nonnull(strstr(body, "Decision 7 of alice, policy production"));
	g_assert_cmpint(news_urgency(news), ==, URGENCY_NORMAL);
	g_assert_false(news->grantable); /* no fit */
	g_autoptr(News) unjudged = read_news(
		NEWS_DENIED, ENTRY("denied", "ubuntu", FINDING("builtin.unresolved", "critical", "block", "m"), WITH_FIT), "alice");
	g_assert_false(unjudged->grantable);
	g_autoptr(News) cut =
		read_news(NEWS_DENIED, ENTRY("denied", "ubuntu", LATEST, "{\\\"fit\\\":\\\"abc\\\",\\\"truncated\\\":true}"), "alice");
	g_assert_false(cut->grantable);
}

static void test_image(void)
{
	static const struct { NewsImage image; NewsKind kind; Urgency urgency; const char *title, *body; } rows[] = {
		{ { "app:1", "found", "high", "alice", "Found 1 high secret(s)" }, NEWS_FOUND, URGENCY_NORMAL, "Docker image with findings", "app:1\nFound 1 high secret(s)" },
		{ { "app:1", "found", "critical", "bob", "Found 1" }, NEWS_FOUND, URGENCY_CRITICAL, "Docker image with findings", "app:1\nFound 1\nBy bob" },
		{ { "app:1", "unscanned", "high", "", "it failed" }, NEWS_UNSCANNED, URGENCY_NORMAL, "Docker image not scanned", "app:1\nit failed\nBy an unknown user" },
		{ { "app:1", "found", "dire", "alice", "x" }, NEWS_FOUND, URGENCY_NORMAL, "Docker image with findings", "app:1\nx" },
	};
	const NewsImage passed = { "app:1", "passed", "", "alice", "" }, strange = { "app:1", "", "", "alice", "" };
	Settings settings = settings_default;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(News) news = news_of_image(&rows[i].image, "alice");
		g_autofree char *title = words_title(news, 1), *body = words_body(news, false, NULL), *key = news_key(news);
		g_assert_cmpint(news->kind, ==, rows[i].kind);
		g_assert_cmpint(news_urgency(news), ==, rows[i].urgency);
		g_assert_cmpstr(title, ==, rows[i].title);
		g_assert_cmpstr(body, ==, rows[i].body);
		g_assert_nonnull(strstr(key, "app:1"));
		g_assert_false(news_is_decision(news));
		settings.denied = SEVERITY_HIGH;
		g_assert_true(settings_wants(&settings, news));
		settings.denied = SEVERITY_NONE;
		g_assert_false(settings_wants(&settings, news));
	}
	g_assert_null(news_of_image(&passed, "alice"));
	g_assert_null(news_of_image(&strange, "alice"));
}

/* Names of images are the caller's choice. */
static void test_markup(void)
{
	g_autoptr(News) news = read_news(NEWS_DENIED, ENTRY("denied", "<b>&a'", PRIVILEGED, "{}"), "alice");
	g_autofree char *marked = words_body(news, true, "x < y"), *plain = words_body(news, false, "x < y");

	g_assert_true(g_str_has_prefix(marked, "<b>x &lt; y</b>\n<b>docker run/create --privileged &lt;b&gt;&amp;a&apos;</b>\n"));
	g_assert_true(g_str_has_prefix(plain, "x < y\ndocker run/create --privileged <b>&a'\n"));
	g_autoptr(News) lines = news_of_guard(NEWS_REJECTED, "", "a\nb\033[1m\xe2\x80\x8b", "");
	g_assert_cmpstr(lines->command, ==, "a b?[1m?");
	g_autofree char *text = g_strnfill(LIMIT_NOTIFIER_TEXT + 1, 'a');
	g_autoptr(News) longer = news_of_guard(NEWS_REJECTED, "", text, "");
	text[LIMIT_NOTIFIER_TEXT] = 0;
	g_autoptr(News) whole = news_of_guard(NEWS_REJECTED, "", text, "");
	g_assert_cmpint(g_utf8_strlen(longer->command, -1), ==, LIMIT_NOTIFIER_TEXT);
	g_assert_true(g_str_has_suffix(longer->command, "a…"));
	g_assert_cmpstr(whole->command, ==, text);
}

static void test_kinds(void)
{
	for (NewsKind kind = 0; kind < NEWS_KIND_COUNT; kind++) {
		g_autoptr(News) news = news_new(kind);
		g_autofree char *title = words_title(news, 1), *key = news_key(news);
		g_assert_cmpstr(title, !=, "");
		g_assert_true(g_str_has_prefix(words_category(kind), "x-dockersentinel."));
		g_assert_cmpstr(key, !=, "");
	}
	g_autoptr(News) missed = news_new(NEWS_MISSED);
	g_autofree char *one = words_title(missed, 1), *two = words_title(missed, 2);
	g_assert_cmpstr(one, ==, "1 more Docker command was blocked");
	g_assert_cmpstr(two, ==, "2 more Docker commands were blocked");
}

static void test_settings(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "notifier.conf", NULL), *large = g_strnfill(LIMIT_NOTIFIER_CONFIG_BYTES + 1, '#');
	static const struct {
		const char *text, *error;
	} bad[] = {
		{ "[show]\ndenied=loud\n", "[show] denied: expected low, medium" },
		{ "[show]\nvolume=1\n", "[show] volume: there is no such key" },
		{ "[fold]\ndenied=low\n", "there is no such key" },
		{ "[quiet]\nhours=22:00\n", "expected a span such as" },
		{ "[quiet]\nhours=24:00-07:00\n", "expected a span such as" },
		{ "[quiet]\nhours=22:00-07:60\n", "expected a span such as" },
		{ "[quiet]\nhours=22:00-07:000\n", "expected a span such as" },
		{ "[quiet]\ncritical=true\n", "expected yes or no" },
		{ "[fold]\nseconds=0\n", "expected a number" },
		{ "[fold]\nseconds=3601\n", "expected a number" },
		{ "[fold]\nper_minute=7\n", "expected a number" },
		{ "denied=low\n", "group" },
	};
	Settings settings;

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		scratch_put(dir, "notifier.conf", bad[i].text);
		g_assert_false(settings_read(path, &settings, &error));
		if (!strstr(error->message, bad[i].error) || !strstr(error->message, path))
			g_error("%s: %s", bad[i].text, error->message);
		g_assert_cmpmem(&settings, sizeof settings, &settings_default, sizeof settings_default);
	}
	scratch_put(dir, "notifier.conf", large);
	g_assert_false(settings_read(path, &settings, NULL));
	large[LIMIT_NOTIFIER_CONFIG_BYTES] = 0;
	scratch_put(dir, "notifier.conf", large);
	g_assert_true(settings_read(path, &settings, NULL));
	scratch_put(dir, "notifier.conf",
		"[show]\ndenied=high\nwarned=medium\nadministrator=no\n[quiet]\nhours=22:30-07:05\ncritical=no\n[fold]\nseconds=3600\nper_"
		"minute=1\n");
	g_assert_true(settings_read(path, &settings, NULL));
	g_assert_cmpint(settings.denied, ==, SEVERITY_HIGH);
	g_assert_cmpint(settings.warned, ==, SEVERITY_MEDIUM);
	g_assert_cmpint(settings.administrator, ==, CHOICE_NO);
	g_assert_cmpuint(settings.fold_s, ==, 3600);
	g_assert_cmpuint(settings.per_minute, ==, 1);
	g_assert_false(settings.quiet_critical);
	g_assert_true(
		settings_is_quiet(&settings, 22 * 60 + 30) && settings_is_quiet(&settings, 0) && settings_is_quiet(&settings, 7 * 60 + 4));
	g_assert_false(settings_is_quiet(&settings, 22 * 60 + 29) || settings_is_quiet(&settings, 7 * 60 + 5));
	g_assert_false(settings_is_quiet(&settings_default, 0));
	scratch_put(dir, "notifier.conf", "[quiet]\nhours=12:00-13:00\n");
	g_assert_true(settings_read(path, &settings, NULL));
	g_assert_true(settings_is_quiet(&settings, 12 * 60) && !settings_is_quiet(&settings, 13 * 60) && !settings_is_quiet(&settings, 0));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/words/decision", test_decision);
	g_test_add_func("/words/others", test_others);
	g_test_add_func("/words/image", test_image);
	g_test_add_func("/words/markup", test_markup);
	g_test_add_func("/words/kinds", test_kinds);
	g_test_add_func("/words/settings", test_settings);
	return g_test_run();
}
