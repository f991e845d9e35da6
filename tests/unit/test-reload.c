/* SPDX-License-Identifier: MIT
 *
 * Files change, the World follows; what does not load changes nothing.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/limits.h"
#include "core/reload.h"
#include "policy/store.h"
#include "policy/template-store.h"
#include "scratch.h"

#define CONFIG "active_policy: p\nreload: {quiet_ms: 20}\n"
#define POLICY(mode) "name: p\nmode: " mode "\n"
#define STEP_US 20000u
#define STEPS 200

typedef struct Setup {
	char *dir;
	Paths *paths;
	sd_event *event;
	Worker *worker;
	WorldCell *cell;
	Reload *reload;
	unsigned results, waiters;
	char *error;
} Setup;

static void on_result(const ReloadResult *result, void *data)
{
	Setup *setup = data;

	setup->results++;
	g_free(setup->error);
	setup->error = g_strdup(result->error);
	g_assert_true(result->changed == (result->error == NULL));
}

static void setup_start(Setup *setup, const char *policy)
{
	*setup = (Setup){ .dir = scratch_new() };
	setup->paths = paths_new(setup->dir);
	g_assert_true(paths_prepare(setup->paths, NULL));
	scratch_put(setup->dir, "config.yaml", CONFIG);
	scratch_put(setup->paths->policies_dir, "p.yaml", policy);
	g_assert_cmpint(sd_event_new(&setup->event), >=, 0);
	setup->worker = worker_new(setup->event, &worker_loader, NULL);
	setup->cell = world_cell_new();
	setup->reload = reload_new(setup->event, setup->worker, setup->paths, setup->cell, NULL);
	reload_keep(setup->reload);
	reload_set_observer(setup->reload, on_result, setup);
	reload_now(setup->reload);
}

static void setup_stop(Setup *setup)
{
	worker_free(setup->worker);
	reload_free(setup->reload);
	world_cell_free(setup->cell);
	sd_event_unref(setup->event);
	paths_free(setup->paths);
	scratch_free(setup->dir);
	g_free(setup->error);
}

static void wait_for(Setup *setup, unsigned results)
{
	for (int i = 0; i < STEPS && setup->results < results; i++)
		g_assert_cmpint(sd_event_run(setup->event, STEP_US), >=, 0);
	g_assert_cmpuint(setup->results, >=, results);
}

static void settle(Setup *setup)
{
	for (int i = 0; i < 10; i++)
		g_assert_cmpint(sd_event_run(setup->event, STEP_US), >=, 0);
}

static void check(Setup *setup, uint64_t generation, Mode mode)
{
	const World *world = world_acquire(setup->cell);

	g_assert_cmpuint(world->generation, ==, generation);
	g_assert_cmpint(policy_mode(world->policy), ==, mode);
	world_release(world);
}

static void test_edit(void)
{
	Setup setup;

	setup_start(&setup, POLICY("enforce"));
	check(&setup, 1, MODE_ENFORCE);
	scratch_put(setup.paths->policies_dir, "p.yaml", POLICY("warn"));
	wait_for(&setup, 2);
	check(&setup, 2, MODE_WARN);
	setup_stop(&setup);
}

/* Each ends with the new text in place, however the editor got there. */
static void edit_in_place(const char *file, const char *text)
{
	FILE *stream = fopen(file, "we");

	(void)fputs(text, stream);
	(void)fclose(stream);
}

static void edit_beside(const char *file, const char *text)
{
	g_autofree char *beside = g_strconcat(file, "~", NULL);

	edit_in_place(beside, text);
	g_assert_cmpint(rename(beside, file), ==, 0);
}

static void edit_move_away(const char *file, const char *text)
{
	g_autofree char *backup = g_strconcat(file, ".bak", NULL);

	g_assert_cmpint(rename(file, backup), ==, 0);
	edit_in_place(file, text);
	(void)unlink(backup);
}

static void edit_delete(const char *file, const char *text)
{
	(void)unlink(file);
	edit_in_place(file, text);
}

/* A new directory in the place of the old one, at once or after a while, is watched as well. */
static void test_directory(void)
{
	for (int later = 0; later < 2; later++) {
		Setup setup;
		setup_start(&setup, POLICY("enforce"));
		g_autofree char *away = g_strconcat(setup.paths->policies_dir, ".old", NULL);
		g_assert_cmpint(rename(setup.paths->policies_dir, away), ==, 0);
		if (later) {
			settle(&setup);
			check(&setup, 1, MODE_ENFORCE);
		}
		g_assert_true(paths_prepare(setup.paths, NULL));
		scratch_put(setup.paths->policies_dir, "p.yaml", POLICY("warn"));
		for (int i = 0; i < STEPS && (setup.error || setup.results < 2); i++)
			g_assert_cmpint(sd_event_run(setup.event, STEP_US), >=, 0);
		settle(&setup);
		check(&setup, 2, MODE_WARN);
		scratch_put(setup.paths->policies_dir, "p.yaml", POLICY("audit"));
		unsigned before = setup.results;
		wait_for(&setup, before + 1);
		check(&setup, 3, MODE_AUDIT);
		setup_stop(&setup);
	}
}

static void test_dances(void)
{
	static void (*const dances[])(const char *, const char *) = { edit_in_place, edit_beside, edit_move_away, edit_delete };

	for (size_t i = 0; i < G_N_ELEMENTS(dances); i++) {
		Setup setup;
		setup_start(&setup, POLICY("enforce"));
		g_autofree char *file = g_build_filename(setup.paths->policies_dir, "p.yaml", NULL);
		dances[i](file, POLICY("audit"));
		wait_for(&setup, 2);
		check(&setup, 2, MODE_AUDIT);
		g_assert_cmpstr(reload_error(setup.reload), ==, "");
		setup_stop(&setup);
	}
}

static void test_broken(void)
{
	static const struct { const char *text, *message; } rows[] = {
		{ "name: p\nmode: wrong\n", "p.yaml:2:7: mode: expected" }, { "name: [\n", "this is not valid YAML" }, { NULL, "there is no policy file in" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Setup setup;
		setup_start(&setup, POLICY("enforce"));
		g_autofree char *file = g_build_filename(setup.paths->policies_dir, "p.yaml", NULL);
		if (rows[i].text)
			edit_beside(file, rows[i].text);
		else
			(void)unlink(file);
		wait_for(&setup, 2);
		check(&setup, 1, MODE_ENFORCE);
		g_assert_nonnull(strstr(reload_error(setup.reload), rows[i].message));
		g_assert_nonnull(strstr(setup.error, rows[i].message));
		edit_beside(file, POLICY("warn"));
		wait_for(&setup, 3);
		check(&setup, 2, MODE_WARN);
		g_assert_cmpstr(reload_error(setup.reload), ==, "");
		setup_stop(&setup);
	}
}

static void test_config(void)
{
	Setup setup;

	setup_start(&setup, POLICY("enforce"));
	scratch_put(setup.paths->policies_dir, "q.yaml", "name: q\nmode: audit\n");
	settle(&setup);
	check(&setup, 1, MODE_ENFORCE); /* not the active one: nobody cares */
	g_assert_cmpuint(setup.results, ==, 1);
	g_assert_true(config_set_active_policy(setup.paths->config_file, NULL, "q", NULL));
	wait_for(&setup, 2);
	check(&setup, 2, MODE_AUDIT);
	scratch_put(setup.dir, "config.yaml", "unknown: 1\n");
	wait_for(&setup, 3);
	check(&setup, 2, MODE_AUDIT);
	g_assert_nonnull(strstr(setup.error, "config.yaml:1:1: unknown"));
	setup_stop(&setup);
}

/* The service ends and starts again over the same files. */
static void restart(Setup *setup)
{
	worker_free(setup->worker);
	reload_free(setup->reload);
	world_cell_free(setup->cell);
	setup->worker = worker_new(setup->event, &worker_loader, NULL);
	setup->cell = world_cell_new();
	setup->reload = reload_new(setup->event, setup->worker, setup->paths, setup->cell, NULL);
	reload_keep(setup->reload);
	reload_set_observer(setup->reload, on_result, setup);
	reload_now(setup->reload);
}

static void test_config_gone(void)
{
	static const struct { const char *text, *message; bool holds; } rows[] = {
		{ NULL, "config.yaml is not there", true },
		{ "", "config.yaml says nothing", true },
		{ "# active_policy: p\n", "config.yaml says nothing", true },
		{ "---\n", "config.yaml says nothing", true },
		{ "fail_mode: open\n", "does not say active_policy, and the default, default, lets more through than what is in force (mode: enforce, now warn)", true },
		{ "active_policy: default\n", "", false }, /* somebody has said it */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Setup setup;
		setup_start(&setup, POLICY("enforce"));
		g_assert_true(template_store_install(setup.paths->policies_dir, NULL, NULL));
		if (rows[i].text)
			edit_beside(setup.paths->config_file, rows[i].text);
		else
			(void)unlink(setup.paths->config_file);
		wait_for(&setup, 2);
		for (int round = 0; round < 3; round++) { /* as it is, and after two starts */
			const World *world = world_acquire(setup.cell);
			g_assert_cmpint(policy_mode(world->policy), ==, rows[i].holds ? MODE_ENFORCE : MODE_WARN);
			g_assert_cmpint(world->fail_mode, ==, FAIL_CLOSED);
			world_release(world);
			g_assert_cmpuint(reload_config(setup.reload)->reload_quiet_ms, ==, rows[i].holds ? 20u : LIMIT_RELOAD_QUIET_MS);
			g_assert_nonnull(strstr(reload_error(setup.reload), rows[i].message));
			g_assert_cmpint(*reload_error(setup.reload) != 0, ==, rows[i].holds);
			restart(&setup);
		}
		setup_stop(&setup);
	}
}

/* What was kept and cannot be read is not nothing. */
static void test_kept_broken(void)
{
	Setup setup;

	setup_start(&setup, POLICY("enforce"));
	settle(&setup);
	scratch_put(setup.paths->audit_dir, "applied.yaml", "colour: red\n");
	(void)unlink(setup.paths->config_file);
	restart(&setup);
	const World *world = world_acquire(setup.cell);
	g_assert_null(world->policy);
	world_release(world);
	setup_stop(&setup);
}

/* Settings come with their policy or not at all. */
static void test_whole(void)
{
	Setup setup;

	setup_start(&setup, POLICY("enforce"));
	edit_beside(setup.paths->config_file, "active_policy: nonesuch\nfail_mode: open\nreload: {quiet_ms: 30}\n");
	wait_for(&setup, 2);
	check(&setup, 1, MODE_ENFORCE);
	g_assert_cmpstr(reload_config(setup.reload)->active_policy, ==, "p");
	g_assert_cmpuint(reload_config(setup.reload)->reload_quiet_ms, ==, 20);
	g_assert_cmpstr(reload_wanted(setup.reload), ==, "nonesuch");
	scratch_put(setup.paths->policies_dir, "nonesuch.yaml", "name: nonesuch\nmode: enforce\n"); /* it is waited for */
	wait_for(&setup, 3);
	const World *world = world_acquire(setup.cell);
	g_assert_cmpint(world->fail_mode, ==, FAIL_OPEN);
	g_assert_cmpstr(policy_file_name(world->policy), ==, "nonesuch");
	world_release(world);
	g_assert_cmpuint(reload_config(setup.reload)->reload_quiet_ms, ==, 30);
	setup_stop(&setup);
}

static void test_guard(void)
{
	Setup setup;

	setup_start(&setup, POLICY("enforce"));
	reload_guard(setup.reload, true);
	scratch_put(setup.paths->policies_dir, "p.yaml", POLICY("warn"));
	wait_for(&setup, 2);
	check(&setup, 1, MODE_ENFORCE);
	g_assert_nonnull(strstr(setup.error, "was not asked for (mode: enforce, now warn)"));
	scratch_put(setup.paths->policies_dir, "p.yaml", POLICY("enforce") "rules: {privileged: {}}\n");
	wait_for(&setup, 3);
	check(&setup, 2, MODE_ENFORCE);
	scratch_put(setup.paths->policies_dir, "p.yaml", POLICY("audit"));
	wait_for(&setup, 4);
	check(&setup, 2, MODE_ENFORCE);
	reload_guard(setup.reload, false); /* now it is tried again */
	wait_for(&setup, 5);
	check(&setup, 3, MODE_AUDIT);
	setup_stop(&setup);
}

static void test_lockdown_at_start(void)
{
	Setup setup;

	setup_start(&setup, "broken: 1\n");
	const World *world = world_acquire(setup.cell);
	g_assert_null(world->policy);
	world_release(world);
	scratch_put(setup.paths->policies_dir, "p.yaml", POLICY("enforce"));
	wait_for(&setup, 2);
	check(&setup, 1, MODE_ENFORCE);
	setup_stop(&setup);
}

/* Writing all the time does not put a load off for ever, and does not make one for each write. */
static void test_debounce(void)
{
	enum { QUIET_MS = 200, SECONDS = 20 };
	unsigned writes = 0;
	Setup setup;

	setup_start(&setup, POLICY("enforce"));
	scratch_put(setup.dir, "config.yaml", "active_policy: p\nreload: {quiet_ms: 200}\n");
	wait_for(&setup, 2);
	unsigned before = setup.results;
	gint64 start = g_get_monotonic_time(), until = start + SECONDS * G_USEC_PER_SEC;
	/* Far more often than the time in which it must be quiet. */
	while (g_get_monotonic_time() < until && setup.results < before + 2) {
		scratch_put(setup.paths->policies_dir, "p.yaml", POLICY("warn"));
		writes++;
		g_assert_cmpint(sd_event_run(setup.event, 5000), >=, 0);
	}
	g_assert_cmpuint(setup.results, ==, before + 2);
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 2 * QUIET_MS * 1000);
	g_assert_cmpuint(writes, >, 4);
	setup_stop(&setup);
}

static void on_waiter(const ReloadResult *result, void *data)
{
	g_assert_cmpuint(result->generation, >=, 2);
	++*(unsigned *)data;
}

static void test_waiters(void)
{
	Setup setup;

	setup_start(&setup, POLICY("enforce"));
	for (int i = 0; i < 5; i++)
		reload_start(setup.reload, on_waiter, &setup.waiters);
	for (int i = 0; i < STEPS && setup.waiters < 5; i++)
		g_assert_cmpint(sd_event_run(setup.event, STEP_US), >=, 0);
	settle(&setup);
	g_assert_cmpuint(setup.waiters, ==, 5);
	g_assert_cmpuint(setup.results, ==, 3); /* at start, the first, and one for the four that came meanwhile */
	setup_stop(&setup);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reload/directory", test_directory);
	g_test_add_func("/reload/edit", test_edit);
	g_test_add_func("/reload/dances", test_dances);
	g_test_add_func("/reload/broken", test_broken);
	g_test_add_func("/reload/config", test_config);
	g_test_add_func("/reload/config-gone", test_config_gone);
	g_test_add_func("/reload/kept-broken", test_kept_broken);
	g_test_add_func("/reload/whole", test_whole);
	g_test_add_func("/reload/guard", test_guard);
	g_test_add_func("/reload/lockdown-at-start", test_lockdown_at_start);
	g_test_add_func("/reload/debounce", test_debounce);
	g_test_add_func("/reload/waiters", test_waiters);
	return g_test_run();
}
