/* SPDX-License-Identifier: MIT
 *
 * What the service does now and then: it seals the trail, and looks whether keys of signatures have changed.
 */
#include "audit/seals.h"
#include "base/limits.h"
#include "policy/store-keys.h"
#include "service/keys.h"
#include "service/sealing.h"
#include "service-fixture.h"

static bool seal_fails;

bool seal_write(Journal *journal, const char *dir, AuditSeal *ret, GError **error)
{
	(void)journal;
	(void)ret;
	g_assert_cmpstr(dir, ==, "/trail");
	note("seal");
	if (seal_fails)
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "no");
	return !seal_fails;
}

/* As often as config.yaml says, and at the end; never where nobody takes seals or there is no trail. */
static void test_sealing(void)
{
	AuditWriters writers = { NULL, NULL };
	Sealing sealing;

	g_assert_true(g_setenv("JOURNAL_STREAM", "8:1", TRUE));
	sealing_start(&sealing, &writers, "/trail");
	sealing_tick(&sealing);
	sealing_stop(&sealing);
	sealing_set_interval(&sealing, 60);
	g_assert_cmpint(sealing.due_us - g_get_monotonic_time(), >, 50 * G_USEC_PER_SEC);
	g_assert_cmpint(sealing.due_us - g_get_monotonic_time(), <=, 60 * G_USEC_PER_SEC);
	sealing.due_us = 1;
	sealing_set_interval(&sealing, 60);
	g_assert_cmpint(sealing.due_us, ==, 1); /* the same is no other */
	sealing_tick(&sealing);
	expect(""); /* no trail */
	atomic_store(&writers.journal, (Journal *)&writers);
	sealing_tick(&sealing);
	expect("");
	sealing.due_us = 1;
	sealing_tick(&sealing);
	expect("seal");
	g_assert_cmpint(sealing.due_us - g_get_monotonic_time(), >, 50 * G_USEC_PER_SEC);
	sealing_tick(&sealing);
	expect("");
	seal_fails = true;
	sealing_stop(&sealing);
	expect("seal");
	g_assert_true(sealing.complained);
	seal_fails = false;
	sealing_stop(&sealing);
	expect("seal");
	g_assert_false(sealing.complained);
	sealing_set_interval(&sealing, 0);
	sealing.due_us = 1;
	sealing_tick(&sealing);
	sealing_stop(&sealing);
	expect("");
	g_unsetenv("JOURNAL_STREAM");
	sealing_start(&sealing, &writers, "/trail");
	sealing_set_interval(&sealing, 60);
	sealing.due_us = 1;
	sealing_tick(&sealing);
	sealing_stop(&sealing);
	expect("");
}

/* One thread, which works when it is let. */
static struct {
	bool full;
	JobFn run, done;
	void *job;
} loader;

bool worker_submit(Worker *worker, JobFn run, JobFn then, void *job)
{
	(void)worker;
	note("look");
	if (!loader.full) {
		loader.run = run;
		loader.done = then;
		loader.job = job;
	}
	return !loader.full;
}

void reload_start(Reload *reload, ReloadFn then, void *data)
{
	(void)reload;
	(void)then;
	(void)data;
	note("reload");
}

static bool keys_differ;

bool store_keys_changed(const Policy *policy)
{
	g_assert_nonnull(policy);
	return keys_differ;
}

/* Looks now and then, one look at a time, and only where a policy names keys; what has changed is a reload. */
static void test_keys(void)
{
	WorldCell *cell = world_cell_new();
	KeysWatch watch = { .busy = false };

	keys_tick(&watch, cell);
	publish(cell, "rules: {images: {}}\n");
	keys_tick(&watch, cell);
	expect("");
	publish(cell, "rules: {images: {require_signed: true, signatures: [{registries: [a.net], keys: [/a]}]}}\n");
	for (unsigned changed = 0; changed < 2; changed++) {
		keys_differ = changed;
		watch.next_us = 0;
		keys_tick(&watch, cell);
		watch.next_us = 0;
		keys_tick(&watch, cell);
		expect("look");
		loader.run(loader.job);
		loader.done(loader.job);
		expect(changed ? "reload" : "");
	}
	watch.next_us = 0;
	loader.full = true;
	keys_tick(&watch, cell);
	keys_tick(&watch, cell); /* too early */
	expect("look");
	g_assert_cmpint(watch.next_us - g_get_monotonic_time(), >, (LIMIT_SIGNATURE_LOOK_S - 2) * G_USEC_PER_SEC);
	world_cell_free(cell);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	done = g_string_new(NULL);
	g_test_add_func("/service/sealing", test_sealing);
	g_test_add_func("/service/keys", test_keys);
	return g_test_run();
}
