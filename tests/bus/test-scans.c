/* SPDX-License-Identifier: MIT
 *
 * Scans on a system bus: jobs, whose they are, and what becomes of them.  Docker is a few answers of the
 * test's own, the scanner a shell script.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/limits.h"
#include "bus/scans.h"
#include "callers.h"
#include "tests/unit/scratch.h"

#define JOB SENTINEL_INTERFACE_JOB
#define ID "sha256:00000000000000000000000000000000000000000000000000000000000000aa"
#define REPORT "{\"SchemaVersion\":2,\"ArtifactName\":\"a\",\"Results\":[{\"Target\":\"t\",\"Vulnerabilities\":[" \
	"{\"VulnerabilityID\":\"CVE-1\",\"PkgName\":\"p\",\"Severity\":\"LOW\"},{\"VulnerabilityID\":\"CVE-2\",\"PkgName\":\"p\",\"Severity\":\"HIGH\"}]}]}"

static GPid docker;
static char *place; /* Docker's socket and the scanners */

static const char *answer_to(const char *request)
{
	if (g_str_has_prefix(request, "GET /images/a:1/json "))
		return "200 OK\r\nConnection: close\r\n\r\n{\"Id\":\"" ID "\",\"Config\":{}}";
	if (g_str_has_prefix(request, "GET /images/" ID "/get "))
		return "200 OK\r\nConnection: close\r\n\r\ntar";
	return "404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
}

static void serve(int fd)
{
	char request[4096];

	for (;;) {
		int peer = accept(fd, NULL, NULL);
		ssize_t length = read(peer, request, sizeof request - 1);
		request[length > 0 ? length : 0] = 0;
		g_autofree char *answer = g_strdup_printf("HTTP/1.1 %s", answer_to(request));
		/* Who only looks whether somebody listens is gone already. */
		(void)send(peer, answer, strlen(answer), MSG_NOSIGNAL);
		(void)close(peer);
	}
}

static void start_docker(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(bind(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(fd, 16), ==, 0);
	docker = fork();
	if (docker == 0)
		serve(fd);
	(void)close(fd);
}

static void put_scanner(const char *script)
{
	g_autofree char *path = g_build_filename(place, "trivy", NULL), *text = g_strdup_printf("#!/bin/sh\n%s\n", script);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(chmod(path, 0755), ==, 0);
}

static char *scan(sd_bus *bus)
{
	sd_bus_message *reply = call_at(bus, NULL, SENTINEL_OBJECT_PATH, MANAGER, "Scan", "sa{sv}", "a:1", 1, "scanners", "as", 1, "trivy");
	const char *job = NULL;

	g_assert_cmpint(sd_bus_message_read_basic(reply, 'o', &job), >, 0);
	char *copy = g_strdup(job);
	sd_bus_message_unref(reply);
	return copy;
}

static void wait_for(sd_bus *bus, const char *job, const char *expected)
{
	g_autofree char *state = NULL;

	for (int i = 0; i < 300 && g_strcmp0(state, expected) != 0; i++) {
		g_free(state);
		state = NULL;
		g_assert_cmpint(sd_bus_get_property_string(bus, SENTINEL_BUS_NAME, job, JOB, "State", NULL, &state), >=, 0);
		g_usleep(i ? 50000 : 0);
	}
	g_assert_cmpstr(state, ==, expected);
}

static void append_value(sd_bus_message *message, GString *out)
{
	const char *contents, *text;
	uint64_t number = 0;
	char type;

	g_assert_cmpint(sd_bus_message_peek_type(message, &type, &contents), >, 0);
	switch (type) {
	case SD_BUS_TYPE_ARRAY:
	case SD_BUS_TYPE_VARIANT:
	case SD_BUS_TYPE_DICT_ENTRY:
		g_assert_cmpint(sd_bus_message_enter_container(message, type, contents), >, 0);
		while (sd_bus_message_at_end(message, false) == 0)
			append_value(message, out);
		g_assert_cmpint(sd_bus_message_exit_container(message), >, 0);
		break;
	case SD_BUS_TYPE_STRING:
		g_assert_cmpint(sd_bus_message_read_basic(message, 's', &text), >, 0);
		g_string_append_printf(out, "%s ", text);
		break;
	default:
		g_assert_cmpint(sd_bus_message_read_basic(message, type, &number), >, 0);
		g_string_append_printf(out, "%u ", (unsigned)number);
	}
}

/* All of the result in one line, "" when it is empty. */
static char *result_of(sd_bus *bus, const char *job)
{
	sd_bus_message *reply = NULL;
	g_autoptr(GString) out = g_string_new(NULL);

	g_assert_cmpint(sd_bus_get_property(bus, SENTINEL_BUS_NAME, job, JOB, "Result", NULL, &reply, "a{sv}"), >=, 0);
	append_value(reply, out);
	sd_bus_message_unref(reply);
	return g_strdup(out->str);
}

static void test_result(void)
{
	put_scanner("echo '" REPORT "'");
	g_autofree char *job = scan(fixture.bus);
	wait_for(fixture.bus, job, "done");
	g_autofree char *result = result_of(fixture.bus, job);
	g_test_message("%s", result);
	g_assert_nonnull(strstr(result, "image a:1 image_id " ID));
	g_assert_nonnull(strstr(result, "outcome found"));
	g_assert_nonnull(strstr(result, "low 1 medium 0 high 1 critical 0"));
	const char *first = strstr(result, "id CVE-2"), *second = strstr(result, "id CVE-1");
	g_assert_true(first && second && first < second);
	g_assert_nonnull(strstr(result, "truncated 0"));
}

/* A scanner that fails in each of its ways ends the job all the same. */
static void test_failures(void)
{
	static const char *const scripts[] = { "exit 1", "kill -9 $$", "echo nonsense", "yes | head -c 70000000" };

	for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++) {
		put_scanner(scripts[i]);
		g_autofree char *job = scan(fixture.bus);
		wait_for(fixture.bus, job, "done");
		g_autofree char *result = result_of(fixture.bus, job);
		g_assert_nonnull(strstr(result, "outcome failed"));
	}
}

static void test_errors(void)
{
	static const struct { const char *image, *scanner, *error; } rows[] = {
		{ "absent:1", "trivy", "Error.NotFound" }, { "-a", "trivy", "Error.InvalidArgs" },  { "", "trivy", "Error.InvalidArgs" },
		{ "a:1", "clamav", "Error.InvalidArgs" },  { "a:1", "trufflehog", "Error.InvalidArgs" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		(void)call_at(fixture.bus, rows[i].error, SENTINEL_OBJECT_PATH, MANAGER, "Scan", "sa{sv}", rows[i].image, 1, "scanners", "as", 1, rows[i].scanner);
	(void)call_at(fixture.bus, "Error.InvalidArgs", SENTINEL_OBJECT_PATH, MANAGER, "Scan", "sa{sv}", "a:1", 1, "secret", "b", 1);
	(void)call_at(fixture.bus, "Error.InvalidArgs", SENTINEL_OBJECT_PATH, MANAGER, "Scan", "sa{sv}", "a:1", 1, "secrets", "s", "yes");
	(void)call_at(fixture.bus, "UnknownObject", SENTINEL_OBJECT_PATH "/jobs/4000", JOB, "Cancel", "");
	(void)call_at(fixture.bus, "UnknownObject", SENTINEL_OBJECT_PATH "/jobs/x", JOB, "Cancel", "");
}

static unsigned finished;

static int on_finished(sd_bus_message *message, void *data, sd_bus_error *error)
{
	const char *state;

	(void)data;
	(void)error;
	g_assert_cmpint(sd_bus_message_read_basic(message, 's', &state), >, 0);
	g_assert_cmpstr(state, ==, "cancelled");
	finished++;
	return 0;
}

static void test_cancel(void)
{
	sd_bus_slot *slot = NULL;

	put_scanner("sleep 60");
	g_autofree char *job = scan(fixture.bus);
	wait_for(fixture.bus, job, "running");
	g_assert_cmpint(sd_bus_match_signal(fixture.bus, &slot, SENTINEL_BUS_NAME, job, JOB, "Finished", on_finished, NULL), >=, 0);
	sd_bus_message_unref(call_at(fixture.bus, NULL, job, JOB, "Cancel", ""));
	wait_for(fixture.bus, job, "cancelled");
	for (int i = 0; i < 100 && !finished; i++)
		if (sd_bus_process(fixture.bus, NULL) == 0)
			(void)sd_bus_wait(fixture.bus, SECOND_US / 10);
	g_assert_cmpuint(finished, ==, 1);
	g_autofree char *result = result_of(fixture.bus, job);
	g_assert_cmpstr(result, ==, "");
	sd_bus_slot_unref(slot);
}

static char *roots_job;

static void ask_refused(sd_bus *bus)
{
	(void)call_at(bus, "AccessDenied", SENTINEL_OBJECT_PATH, MANAGER, "Scan", "sa{sv}", "a:1", 0);
}

static void meddle(sd_bus *bus)
{
	(void)call_at(bus, "AccessDenied", roots_job, JOB, "Cancel", "");
	g_autofree char *result = result_of(bus, roots_job);
	g_assert_cmpstr(result, ==, "");
	g_autofree char *own = scan(bus);
	wait_for(bus, own, "done");
	g_autofree char *seen = result_of(bus, own);
	g_assert_nonnull(strstr(seen, "outcome found"));
}

static void test_owners(void)
{
	mock_polkit_say(&fixture, "status", "yes");
	as_nobody(ask_refused);
	put_scanner("echo '" REPORT "'");
	roots_job = scan(fixture.bus);
	wait_for(fixture.bus, roots_job, "done");
	mock_polkit_say(&fixture, "scan", "yes");
	as_nobody(meddle);
	/* Root may see everybody's. */
	g_autofree char *theirs = g_strdup_printf(SENTINEL_OBJECT_PATH "/jobs/%lu", strtoul(strrchr(roots_job, '/') + 1, NULL, 10) + 1), *seen = result_of(fixture.bus, theirs);
	g_assert_nonnull(strstr(seen, "outcome found"));
	g_free(roots_job);
}

static void test_too_many(void)
{
	GPtrArray *jobs = g_ptr_array_new_with_free_func(g_free);

	put_scanner("sleep 60");
	for (unsigned i = 0; i < LIMIT_SCANS_PER_USER; i++)
		g_ptr_array_add(jobs, scan(fixture.bus));
	(void)call_at(fixture.bus, "Error.LimitExceeded", SENTINEL_OBJECT_PATH, MANAGER, "Scan", "sa{sv}", "a:1", 0);
	for (guint i = jobs->len; i > 0; i--)
		sd_bus_message_unref(call_at(fixture.bus, NULL, g_ptr_array_index(jobs, i - 1), JOB, "Cancel", ""));
	for (guint i = 0; i < jobs->len; i++)
		wait_for(fixture.bus, g_ptr_array_index(jobs, i), "cancelled");
	g_ptr_array_unref(jobs);
}

/* Takes one answer more, and the job that it names. */
static int on_scan(sd_bus_message *answer, void *data, sd_bus_error *error)
{
	GPtrArray *answers = data;
	const char *job = NULL;

	(void)error;
	if (sd_bus_message_is_method_error(answer, NULL))
		g_ptr_array_add(answers, g_strdup(sd_bus_message_get_error(answer)->name));
	else if (sd_bus_message_read_basic(answer, 'o', &job) > 0)
		g_ptr_array_add(answers, g_strdup(job));
	return 0;
}

static void await_answers(sd_bus *bus, const GPtrArray *answers, guint count)
{
	while (answers->len < count) {
		int r = sd_bus_process(bus, NULL);
		g_assert_cmpint(r, >=, 0);
		if (r == 0)
			g_assert_cmpint(sd_bus_wait(bus, 30 * SECOND_US), >, 0);
	}
}

/* Scans count from the call on, not when Docker has said which image it is. */
static void test_too_many_wait(void)
{
	GPtrArray *answers = g_ptr_array_new_with_free_func(g_free);

	put_scanner("sleep 60");
	(void)kill(docker, SIGSTOP);
	for (unsigned i = 0; i < LIMIT_SCANS_PER_USER + 1; i++)
		g_assert_cmpint(sd_bus_call_method_async(fixture.bus, NULL, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "Scan", on_scan, answers, "sa{sv}", "a:1", 1,
			"scanners", "as", 1, "trivy"), >=, 0);
	await_answers(fixture.bus, answers, 1);
	g_assert_true(g_str_has_suffix(g_ptr_array_index(answers, 0), "Error.LimitExceeded"));
	(void)kill(docker, SIGCONT);
	await_answers(fixture.bus, answers, LIMIT_SCANS_PER_USER + 1);
	for (guint i = answers->len - 1; i > 0; i--)
		sd_bus_message_unref(call_at(fixture.bus, NULL, g_ptr_array_index(answers, i), JOB, "Cancel", ""));
	for (guint i = 1; i < answers->len; i++)
		wait_for(fixture.bus, g_ptr_array_index(answers, i), "cancelled");
	g_ptr_array_unref(answers);
}

static void test_introspection(void)
{
	put_scanner("echo '" REPORT "'");
	g_autofree char *job = scan(fixture.bus), *file = NULL;
	sd_bus_message *reply = call_at(fixture.bus, NULL, job, "org.freedesktop.DBus.Introspectable", "Introspect", "");
	const char *live;

	g_assert_cmpint(sd_bus_message_read_basic(reply, 's', &live), >, 0);
	g_assert_true(g_file_get_contents(g_getenv("JOB_INTROSPECTION"), &file, NULL, NULL));
	g_autoptr(GHashTable) documented = bus_fixture_members(file), real = bus_fixture_members(live);
	GHashTableIter iter;
	gpointer key, value;
	g_assert_cmpuint(g_hash_table_size(documented), ==, 6);
	g_assert_cmpuint(g_hash_table_size(documented), ==, g_hash_table_size(real));
	g_hash_table_iter_init(&iter, real);
	while (g_hash_table_iter_next(&iter, &key, &value))
		g_assert_cmpstr(g_hash_table_lookup(documented, key), ==, value);
	sd_bus_message_unref(reply);
}

static void configure(void)
{
	g_autofree char *text = g_strdup_printf("active_policy: default\nscanning: {program_dirs: [\"%s\"], timeout: 30s}\n", place);

	scratch_put(fixture.dir, "config.yaml", text);
	sd_bus_message_unref(call_at(fixture.bus, NULL, SENTINEL_OBJECT_PATH, MANAGER, "ReloadPolicy", ""));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	place = scratch_new();
	g_autofree char *path = g_build_filename(place, "docker.sock", NULL), *host = g_strconcat("unix://", path, NULL);
	start_docker(path);
	bus_fixture_start_with(&fixture, "system", host);
	polkit = mock_polkit_start(&fixture);
	configure();
	g_test_add_func("/scans/result", test_result);
	g_test_add_func("/scans/failures", test_failures);
	g_test_add_func("/scans/errors", test_errors);
	g_test_add_func("/scans/cancel", test_cancel);
	g_test_add_func("/scans/owners", test_owners);
	g_test_add_func("/scans/too-many", test_too_many);
	g_test_add_func("/scans/too-many-wait", test_too_many_wait);
	g_test_add_func("/scans/introspection", test_introspection);
	int failures = g_test_run();
	mock_polkit_stop(polkit);
	bus_fixture_stop(&fixture);
	(void)kill(docker, SIGKILL);
	(void)waitpid(docker, NULL, 0);
	scratch_free(place);
	return failures;
}
