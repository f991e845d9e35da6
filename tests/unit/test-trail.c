/* SPDX-License-Identifier: MIT
 *
 * The trail as the service holds it: it comes back, one has it, grants end in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/audit-event.h"
#include "scratch.h"
#include "service/trail.h"

typedef struct Scene {
	char *dir, *audit, *log;
	int stderr_before;
	Status status;
	Trail trail;
} Scene;

/* What is logged goes to a file. */
static void set_up(Scene *scene, gconstpointer data)
{
	(void)data;
	scene->dir = scratch_new();
	scene->audit = g_build_filename(scene->dir, "audit", NULL);
	scene->log = g_build_filename(scene->dir, "log", NULL);
	scene->stderr_before = dup(STDERR_FILENO);
	int fd = open(scene->log, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
	g_assert_cmpint(dup2(fd, STDERR_FILENO), ==, STDERR_FILENO);
	(void)close(fd);
}

static void tear_down(Scene *scene, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(dup2(scene->stderr_before, STDERR_FILENO), ==, STDERR_FILENO);
	(void)close(scene->stderr_before);
	g_free(scene->audit);
	g_free(scene->log);
	scratch_free(scene->dir);
}

/* How often `text` was logged. */
static unsigned logged(const Scene *scene, const char *text)
{
	g_autofree char *log = scratch_get(scene->dir, "log");
	g_auto(GStrv) parts = g_strsplit(log, text, -1);

	return MAX(g_strv_length(parts), 1) - 1; /* of an empty one there is no part */
}

static void start(Scene *scene, Trail *trail, bool private_instance)
{
	trail_start(trail, scene->audit, &scene->status, private_instance);
}

static int append(const Trail *trail, const char *line)
{
	return trail->ledger.append(trail->ledger.data, line, strlen(line));
}

static void test_comes_back(Scene *scene, gconstpointer data)
{
	(void)data;
	scratch_put(scene->dir, "audit", "a file where the directory was");
	start(scene, &scene->trail, false);
	g_assert_true(atomic_load(&scene->status.audit_down));
	g_assert_cmpuint(scene->trail.ledger.take_id(scene->trail.ledger.data), ==, 0);
	g_assert_cmpint(append(&scene->trail, "{}\n"), ==, -ENOLCK);
	g_assert_true(trail_tick(&scene->trail));
	g_assert_false(trail_tick(&scene->trail));
	g_assert_cmpuint(logged(scene, "degraded: the journal"), ==, 1);

	g_assert_cmpint(remove(scene->audit), ==, 0);
	g_assert_cmpint(mkdir(scene->audit, 0700), ==, 0);
	g_assert_true(trail_tick(&scene->trail));
	g_assert_false(atomic_load(&scene->status.audit_down));
	g_assert_false(trail_tick(&scene->trail));
	g_assert_cmpuint(logged(scene, "the journal can be written again"), ==, 1);
	g_assert_cmpuint(scene->trail.ledger.take_id(scene->trail.ledger.data), >, 0);
	g_assert_cmpint(append(&scene->trail, "{}\n"), ==, 0);
	trail_stop(&scene->trail);
}

/* The second on one directory: a trial may be, a service that guards is degraded until it is alone. */
static void test_second(Scene *scene, gconstpointer data)
{
	Trail trial, second;

	(void)data;
	g_assert_cmpint(mkdir(scene->audit, 0700), ==, 0);
	start(scene, &scene->trail, false);
	start(scene, &trial, true);
	g_assert_false(atomic_load(&scene->status.audit_down));
	g_assert_cmpint(append(&trial, "{}\n"), ==, -ENOLCK);
	start(scene, &second, false);
	g_assert_true(atomic_load(&scene->status.audit_down));
	trail_stop(&trial);
	trail_stop(&scene->trail);
	g_assert_true(trail_tick(&second) || !atomic_load(&scene->status.audit_down));
	g_assert_cmpint(append(&second, "{}\n"), ==, 0);
	trail_stop(&second);
}

/* An index that cannot start does not keep decisions waiting, is told of once, and starts when it can. */
static void test_index_comes_back(Scene *scene, gconstpointer data)
{
	g_autofree char *database = g_build_filename(scene->audit, "audit.db", NULL), *within = g_build_filename(database, "x", NULL);

	(void)data;
	g_assert_cmpint(mkdir(scene->audit, 0700), ==, 0);
	g_assert_cmpint(mkdir(database, 0700), ==, 0);
	g_assert_cmpint(mkdir(within, 0700), ==, 0);
	start(scene, &scene->trail, false);
	g_assert_cmpint(append(&scene->trail, "{}\n"), ==, 0);
	(void)trail_tick(&scene->trail);
	g_assert_null(writers_index(&scene->trail.writers));
	g_assert_false(atomic_load(&scene->status.audit_down));
	g_assert_cmpuint(logged(scene, "the audit index does not run"), ==, 1);
	g_assert_cmpint(rmdir(within), ==, 0);
	(void)trail_tick(&scene->trail);
	g_assert_nonnull(writers_index(&scene->trail.writers));
	g_assert_true(index_sync(writers_index(&scene->trail.writers), 60000));
	g_assert_cmpuint(logged(scene, "the audit index runs"), ==, 1);
	trail_stop(&scene->trail);
}

/* The file is looked after also when nothing is decided, and what was done to it is told once. */
static void test_taken(Scene *scene, gconstpointer data)
{
	g_autofree char *path = g_build_filename(scene->audit, "audit.jsonl", NULL), *away = g_strconcat(scene->audit, ".away", NULL);

	(void)data;
	g_assert_cmpint(mkdir(scene->audit, 0700), ==, 0);
	start(scene, &scene->trail, false);
	g_assert_cmpint(append(&scene->trail, "{}\n"), ==, 0);
	g_assert_cmpint(unlink(path), ==, 0);
	g_assert_false(trail_tick(&scene->trail));
	g_assert_false(trail_tick(&scene->trail));
	g_assert_cmpuint(logged(scene, "no record is missing"), ==, 1);
	g_autofree char *journal = scratch_get(scene->audit, "audit.jsonl");
	g_assert_true(g_str_has_prefix(journal, "{}\n"));
	g_assert_nonnull(strstr(journal, "\"kind\":\"gap\""));
	g_assert_cmpint(rename(scene->audit, away), ==, 0);
	g_assert_true(trail_tick(&scene->trail));
	g_assert_true(atomic_load(&scene->status.audit_down));
	g_assert_cmpint(rename(away, scene->audit), ==, 0);
	(void)trail_tick(&scene->trail);
	g_assert_false(atomic_load(&scene->status.audit_down));
	trail_stop(&scene->trail);
}

/* What is set for rotation and retention is done, on the writer's thread. */
static void test_retention(Scene *scene, gconstpointer data)
{
	const AuditSettings settings = { .rotate_bytes = 1, .rotate_age_us = INT64_MAX, .keep_bytes = 1 };
	sd_event *event = NULL;
	unsigned files = 0;

	(void)data;
	g_assert_cmpint(sd_event_new(&event), >=, 0);
	Worker *writer = worker_new(event, &worker_writer, NULL);
	g_assert_cmpint(mkdir(scene->audit, 0700), ==, 0);
	start(scene, &scene->trail, false);
	for (unsigned i = 0; i < 3; i++) {
		const AuditEvent event_line = { .kind = AUDIT_GAP, .summary = "x" };
		g_assert_cmpint(audit_event_write(&scene->trail.ledger, &event_line), ==, 0);
		if (i == 1)
			trail_configure(&scene->trail, &settings, NULL, NULL);
		(void)trail_tick(&scene->trail);
	}
	trail_configure(&scene->trail, &settings, writer, NULL);
	while (!logged(scene, "files (")) {
		scene->trail.retention_due_us = 0;
		(void)trail_tick(&scene->trail);
		(void)sd_event_run(event, 10000);
	}
	g_autoptr(GDir) names = g_dir_open(scene->audit, 0, NULL);
	for (const char *name; (name = g_dir_read_name(names));)
		files += g_str_has_suffix(name, ".jsonl");
	g_assert_cmpuint(files, <=, 4);
	worker_free(writer);
	trail_stop(&scene->trail);
	sd_event_unref(event);
}

/* What was put away is packed but for the newest, on the packer's thread; none: it is not. */
static void test_packing(Scene *scene, gconstpointer data)
{
	AuditSettings settings = { .rotate_bytes = 1, .rotate_age_us = INT64_MAX };
	sd_event *event = NULL;
	unsigned plain = 0, packed = 0;

	(void)data;
	g_assert_cmpint(sd_event_new(&event), >=, 0);
	Worker *packer = worker_new(event, &worker_packer, NULL);
	g_assert_cmpint(mkdir(scene->audit, 0700), ==, 0);
	start(scene, &scene->trail, false);
	trail_configure(&scene->trail, &settings, NULL, packer);
	for (unsigned i = 0; i < 4; i++) {
		g_assert_cmpint(audit_event_write(&scene->trail.ledger, &(AuditEvent){ .kind = AUDIT_GAP, .summary = "x" }), ==, 0);
		(void)trail_tick(&scene->trail);
		g_assert_false(scene->trail.packing);
	}
	settings.pack = true;
	trail_configure(&scene->trail, &settings, NULL, packer);
	while (logged(scene, " is packed: ") < 3) {
		(void)trail_tick(&scene->trail);
		(void)sd_event_run(event, 10000);
	}
	g_autoptr(GDir) names = g_dir_open(scene->audit, 0, NULL);
	for (const char *name; (name = g_dir_read_name(names));) {
		plain += g_str_has_suffix(name, ".jsonl");
		packed += g_str_has_suffix(name, ".jsonl.zst");
	}
	g_assert_cmpuint(plain, ==, 2);
	g_assert_cmpuint(packed, ==, 3);
	trail_give_up_packing(&scene->trail);
	worker_free(packer);
	trail_stop(&scene->trail);
	sd_event_unref(event);
}

/* Reads that were counted stand in the file of their time, and in the last one when the service ends. */
static void test_folds(Scene *scene, gconstpointer data)
{
	const AuditSettings settings = { .rotate_bytes = 1, .rotate_age_us = INT64_MAX };

	(void)data;
	g_assert_cmpint(mkdir(scene->audit, 0700), ==, 0);
	start(scene, &scene->trail, false);
	g_assert_cmpint(audit_event_write(&scene->trail.ledger, &(AuditEvent){ .kind = AUDIT_GAP, .summary = "x" }), ==, 0);
	folds_add(scene->trail.folds, &(FoldedRead){ "alice", "system.info", "", "p", "docker info", 1 });
	(void)trail_tick(&scene->trail);
	trail_configure(&scene->trail, &settings, NULL, NULL);
	(void)trail_tick(&scene->trail);
	g_autofree char *finished = scratch_get(scene->audit, "audit-00000000000000000001.jsonl");
	g_assert_nonnull(strstr(finished, "docker info, once"));
	folds_add(scene->trail.folds, &(FoldedRead){ "bob", "system.info", "", "p", "docker info", 1 });
	trail_settle(&scene->trail);
	g_autofree char *last = scratch_get(scene->audit, "audit.jsonl");
	g_assert_nonnull(strstr(last, "\"bob\""));
	g_assert_null(strstr(last, "\"alice\""));
	trail_stop(&scene->trail);
}

static uint64_t add_grant(const Trail *trail, int64_t expires_us)
{
	Grant *grant = g_new0(Grant, 1);
	g_autoptr(GError) error = NULL;

	*grant = (Grant){
		.decision_id = 7, .made_us = 1, .expires_us = expires_us, .uses_left = 1, .user = g_strdup("alice"), .image = g_strdup("x"),
		.endpoint = g_strdup("container.create"), .subject = g_strdup(""), .by = g_strdup("admin"), .reason = g_strdup("r"),
		.command = g_strdup("docker run x"), .fit = g_strdup("x"), .keys = g_new0(char *, 1),
	};
	uint64_t id = grant_add(trail->grants, grant, &error);
	g_assert_no_error(error);
	grant_free(grant);
	return id;
}

static void test_grants_end(Scene *scene, gconstpointer data)
{
	const int64_t hour_us = (int64_t)3600 * 1000 * 1000;

	(void)data;
	g_assert_cmpint(mkdir(scene->audit, 0700), ==, 0);
	start(scene, &scene->trail, false);
	add_grant(&scene->trail, g_get_real_time() - 1);
	add_grant(&scene->trail, g_get_real_time() + hour_us);
	(void)trail_tick(&scene->trail);
	(void)trail_tick(&scene->trail);
	g_assert_cmpuint(logged(scene, "has ended, 1 of its uses were left"), ==, 1);
	g_autofree char *journal = scratch_get(scene->audit, "audit.jsonl");
	g_auto(GStrv) lines = g_strsplit(journal, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 2);
	g_assert_nonnull(strstr(lines[0], "docker run x"));
	g_assert_cmpstr(lines[1], ==, "");
	trail_stop(&scene->trail);
}

/* The command line's own instance says nothing of the disk, and neither does one that has just looked. */
static void test_disk_not_due(Scene *scene, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(mkdir(scene->audit, 0700), ==, 0);
	start(scene, &scene->trail, true);
	g_assert_false(trail_look_at_disk(&scene->trail));
	g_assert_cmpint(scene->trail.disk_due_us, ==, 0);
	scene->trail.private_instance = false;
	(void)trail_look_at_disk(&scene->trail);
	g_assert_false(trail_look_at_disk(&scene->trail));
	trail_stop(&scene->trail);
}

static unsigned refusals;

static int refuse_line(void *data, const char *line, size_t length)
{
	(void)data, (void)line, (void)length;
	g_assert_cmpuint(++refusals, <, 10);
	return -ENOSPC;
}

/* What cannot be written down ends later: it is tried once a tick, and neither of the two is lost. */
static void test_grants_end_later(Scene *scene, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(mkdir(scene->audit, 0700), ==, 0);
	start(scene, &scene->trail, false);
	int (*const append_line)(void *, const char *, size_t) = scene->trail.ledger.append;
	add_grant(&scene->trail, g_get_real_time() - 1);
	add_grant(&scene->trail, g_get_real_time() - 1);
	scene->trail.ledger.append = refuse_line;
	(void)trail_tick(&scene->trail);
	g_assert_cmpuint(refusals, ==, 1);
	g_assert_cmpuint(logged(scene, "has ended"), ==, 0);
	scene->trail.ledger.append = append_line;
	(void)trail_tick(&scene->trail);
	g_assert_cmpuint(logged(scene, "has ended, 1 of its uses were left"), ==, 2);
	trail_stop(&scene->trail);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/trail/comes-back", Scene, NULL, set_up, test_comes_back, tear_down);
	g_test_add("/trail/index-comes-back", Scene, NULL, set_up, test_index_comes_back, tear_down);
	g_test_add("/trail/taken", Scene, NULL, set_up, test_taken, tear_down);
	g_test_add("/trail/retention", Scene, NULL, set_up, test_retention, tear_down);
	g_test_add("/trail/packing", Scene, NULL, set_up, test_packing, tear_down);
	g_test_add("/trail/folds", Scene, NULL, set_up, test_folds, tear_down);
	g_test_add("/trail/second", Scene, NULL, set_up, test_second, tear_down);
	g_test_add("/trail/grants-end", Scene, NULL, set_up, test_grants_end, tear_down);
	g_test_add("/trail/disk-not-due", Scene, NULL, set_up, test_disk_not_due, tear_down);
	g_test_add("/trail/grants-end-later", Scene, NULL, set_up, test_grants_end_later, tear_down);
	return g_test_run();
}
