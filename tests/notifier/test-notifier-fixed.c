/* SPDX-License-Identifier: MIT
 *
 * The fixed command: offered when the service would allow it, copied or shown by a click.
 */
#include <string.h>
#include <unistd.h>
#include "base/limits.h"
#include "desktop.h"
#include "tests/unit/scratch.h"

#define TYPED(words) "{\"fit\":\"abc\",\"typed\":[" words "]}"
#define PRIVILEGED TYPED("\"run\",\"--privileged\",\"--rm\",\"ubuntu\",\"echo\",\"it's\"")
#define FIXED "docker run --rm ubuntu echo 'it'\\''s'"

static Desktop desktop;

static bool is_subscribed(const Desktop *d)
{
	return d->subscribed > 0;
}

static bool is_shown(const Desktop *d)
{
	return d->shown->len > 0;
}

static bool shown_twice(const Desktop *d)
{
	return d->shown->len == 2;
}

/* What the actions of the first bubble are. */
static const char *begin(const char *record)
{
	desktop.record = record;
	desktop_start_notifier(&desktop);
	desktop_wait(&desktop, is_subscribed);
	desktop_settle(&desktop, 100);
	desktop_decide(&desktop, NULL);
	desktop_wait(&desktop, is_shown);
	g_assert_cmpuint(desktop.shown->len, ==, 1);
	return desktop_last(&desktop)->actions;
}

static bool is_copied(const Desktop *d)
{
	g_autofree char *path = g_build_filename(d->fixture.dir, "copied", NULL);

	return access(path, R_OK) == 0;
}

static void test_copied(void)
{
	desktop_start(&desktop);
	desktop.clipboard = true;
	g_assert_cmpstr(begin(PRIVILEGED), ==, "default why copy-fixed allow-once");
	g_assert_cmpuint(desktop.trials, ==, 2);
	g_assert_cmpstr(desktop.tried, ==, "run --rm ubuntu echo it's");
	desktop_click(&desktop, NULL, desktop_last(&desktop)->id, "copy-fixed");
	desktop_wait(&desktop, is_copied);
	g_autofree char *copied = scratch_get(desktop.fixture.dir, "copied");
	g_assert_cmpstr(copied, ==, "-selection clipboard\n" FIXED);
	desktop_wait(&desktop, shown_twice);
	g_assert_true(g_str_has_prefix(desktop_last(&desktop)->body, "<b>Copied: docker run --rm ubuntu echo &apos;it&apos;"));
	g_assert_cmpstr(desktop_last(&desktop)->actions, ==, "default why copy-fixed allow-once");
	desktop_stop(&desktop);
}

static void test_shown(void)
{
	desktop_start(&desktop);
	g_assert_cmpstr(begin(PRIVILEGED), ==, "default why show-fixed allow-once");
	desktop_click(&desktop, NULL, desktop_last(&desktop)->id, "copy-fixed"); /* not offered */
	desktop_click(&desktop, NULL, desktop_last(&desktop)->id, "show-fixed");
	desktop_wait(&desktop, shown_twice);
	g_assert_true(g_str_has_prefix(desktop_last(&desktop)->body, "<b>Instead: docker run --rm ubuntu echo &apos;it&apos;"));
	g_assert_false(is_copied(&desktop));
	desktop_stop(&desktop);
}

typedef struct Row {
	const char *record;
	bool silent, limited, still_denied;
	unsigned trials;
} Row;

static const Row rows[] = {
	{ "{\"fit\":\"abc\"}", false, false, false, 0 }, { TYPED(""), false, false, false, 0 },
	{ TYPED("\"run\",7"), false, false, false, 0 },
	{ TYPED("\"run\",\"ubuntu\""), false, false, false, 1 },              /* is not what was denied */
	{ TYPED("\"run\",\"-i\",\"--privileged\""), false, false, false, 1 }, /* another word than the finding's */
	{ PRIVILEGED, true, false, false, 1 }, { PRIVILEGED, false, true, false, 2 },
	{ PRIVILEGED, false, false, true, 1 }, /* denied for what is not mechanical, too */
};

static void test_not_offered(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		desktop_start(&desktop);
		desktop.clipboard = true;
		desktop.trial_silent = rows[i].silent;
		desktop.limited = rows[i].limited;
		desktop.still_denied = rows[i].still_denied;
		g_assert_cmpstr(begin(rows[i].record), ==, "default why allow-once");
		g_assert_cmpuint(desktop.trials, ==, rows[i].trials);
		desktop_stop(&desktop);
	}
}

/* A line that would be cut is not shown as if it were whole. */
static void test_long(void)
{
	g_autofree char *word = g_strnfill(LIMIT_NOTIFIER_TEXT, 'a'),
			*record = g_strdup_printf(TYPED("\"run\",\"--privileged\",\"ubuntu\",\"%s\""), word);

	desktop_start(&desktop);
	g_assert_cmpstr(begin(record), ==, "default why allow-once");
	desktop_stop(&desktop);
}

/* Nobody tries for a desktop that shows no actions. */
static void test_without_actions(void)
{
	desktop_start(&desktop);
	desktop.capabilities = "body";
	g_assert_cmpstr(begin(PRIVILEGED), ==, "");
	g_assert_cmpuint(desktop.trials, ==, 0);
	desktop_stop(&desktop);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fixed/copied", test_copied);
	g_test_add_func("/fixed/shown", test_shown);
	g_test_add_func("/fixed/not-offered", test_not_offered);
	g_test_add_func("/fixed/long", test_long);
	g_test_add_func("/fixed/without-actions", test_without_actions);
	return g_test_run();
}
