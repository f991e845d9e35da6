/* SPDX-License-Identifier: MIT
 *
 * The audit trail on a system bus: who may read, hear of and remove what.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "base/limits.h"
#include "callers.h"
#include "trail-answers.h"
#include "trail-entries.h"
#include "tests/unit/scratch.h"

static int said_fd; /* where the service's log goes */

static unsigned count_entries(sd_bus *bus, const char *user)
{
	return count_of(bus, user ? "user" : NULL, user);
}

static void read_own(sd_bus *bus)
{
	g_assert_cmpuint(count_entries(bus, NULL), ==, 1);
	g_assert_cmpuint(count_entries(bus, "nobody"), ==, 1);
	g_assert_cmpuint(count_entries(bus, "alice"), ==, 0);
	g_assert_cmpuint(count_of(bus, "command", "run"), ==, 1);
	g_assert_cmpuint(count_of(bus, "command", "exec"), ==, 0);
	g_assert_cmpuint(count_of(bus, "kind", "event"), ==, 0);
	expect_points(bus, 40, "2 ");
	expect_points(bus, 41, "");
	expect_record(bus, 2, true);
	expect_record(bus, 1, false);
	expect_record(bus, 3, false);
	expect_record(bus, 1001, false);
	(void)call(bus, false, "AccessDenied", SENTINEL_INTERFACE_AUDIT, "Stats", "a{sv}", 0);
	(void)call(bus, false, "AccessDenied", SENTINEL_INTERFACE_AUDIT, "Verify", "");
	(void)call(bus, false, "AccessDenied", SENTINEL_INTERFACE_AUDIT, "Reindex", "");
}

static void read_all(sd_bus *bus)
{
	g_assert_cmpuint(count_entries(bus, NULL), ==, 8);
	g_assert_cmpuint(count_of(bus, "command", "run"), ==, 5);
	expect_points(bus, 40, "1003 1002 1001 5 4 3 2 1 ");
	expect_record(bus, 1, true);
	expect_record(bus, 1004, true); /* the start */
	g_assert_cmpuint(count_entries(bus, "alice"), ==, 4);
}

/* Each member of an entry, by its name. */
static void read_members(sd_bus *bus)
{
	static const struct { const char *name, *type, *text; uint64_t number; } rows[] = {
		{ "id", "t", NULL, 2 }, { "time", "t", NULL, 5 }, { "score", "u", NULL, 40 }, { "max_score", "u", NULL, 50 }, { "duration_us", "t", NULL, 3 }, { "kind", "s", "decision" },
		{ "decision", "s", "denied" }, { "mode", "s", "enforce" }, { "policy", "s", "p" }, { "user", "s", "nobody" }, { "method", "s", "POST" }, { "uri", "s", "/x" },
		{ "endpoint", "s", "container.create" }, { "command", "s", "=docker create x" }, { "image", "s", "x" }, { "subject", "s", "" },
	};
	sd_bus_message *reply = call(bus, false, NULL, MANAGER, "AuditQuery", "a{sv}ut", 0, 1, (uint64_t)3);

	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "a{sv}"), >, 0);
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "{sv}"), >, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		union { uint64_t wide; uint32_t narrow; const char *text; } value = { 0 };
		const char *name;
		g_assert_cmpint(sd_bus_message_enter_container(reply, 'e', "sv"), >, 0);
		g_assert_cmpint(sd_bus_message_read_basic(reply, 's', &name), >, 0);
		g_assert_cmpstr(name, ==, rows[i].name);
		g_assert_cmpint(sd_bus_message_read(reply, "v", rows[i].type, &value), >, 0);
		if (rows[i].text)
			g_assert_cmpstr(value.text, ==, rows[i].text);
		else
			g_assert_cmpuint(*rows[i].type == 't' ? value.wide : value.narrow, ==, rows[i].number);
		g_assert_cmpint(sd_bus_message_exit_container(reply), >, 0);
	}
	sd_bus_message_unref(reply);
}

static void test_audit(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "audit.read-own", "yes");
	as_nobody(read_own);
	mock_polkit_say(&fixture, "audit.read", "yes");
	as_nobody(read_all);
	as_nobody(read_members);
}

static char *export_as(const char *format)
{
	uint64_t entries;
	int fds[2];
	char text[8192];

	g_assert_cmpint(pipe(fds), ==, 0);
	sd_bus_message *reply = call(fixture.bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Export", "a{sv}sh", 1, "user", "s", "nobody", format, fds[1]);
	g_assert_cmpint(sd_bus_message_read_basic(reply, 't', &entries), >, 0);
	g_assert_cmpuint(entries, ==, 1);
	sd_bus_message_unref(reply);
	(void)close(fds[1]);
	ssize_t got = read(fds[0], text, sizeof text - 1);
	g_assert_cmpint(got, >, 0);
	/* The service has let go of it: who reads sees the end. */
	struct pollfd end = { .fd = fds[0], .events = POLLIN };
	g_assert_cmpint(poll(&end, 1, 5000), ==, 1);
	g_assert_true(end.revents & POLLHUP);
	(void)close(fds[0]);
	return g_strndup(text, (gsize)got);
}

static void test_reports(void)
{
	sd_bus_message *reply = call(fixture.bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Stats", "a{sv}", 0);
	const char *name, *detail;
	uint64_t total, entries;
	int intact;

	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "{sv}"), >, 0);
	g_assert_cmpint(sd_bus_message_read(reply, "{sv}", &name, "t", &total), >, 0);
	g_assert_cmpstr(name, ==, "total");
	g_assert_cmpuint(total, ==, 8);
	sd_bus_message_unref(reply);
	g_autofree char *csv = export_as("csv"), *json = export_as("json"), *lines = export_as("jsonl");
	g_assert_true(g_str_has_prefix(csv, "id,time,decision,"));
	g_assert_nonnull(strstr(csv, "\"2\",\"1970-01-01T00:00:00.000005Z\",\"denied\",\"40\",\"nobody\",\"p\",\"enforce\",\"'=docker create x\""));
	g_assert_true(g_str_has_prefix(json, "[{\"v\":1,\"id\":2,") && g_str_has_suffix(json, "}]\n"));
	g_assert_true(g_str_has_prefix(lines, "{\"v\":1,\"id\":2,") && g_str_has_suffix(lines, "}\n"));
	(void)call(fixture.bus, false, "Error.InvalidArgs", SENTINEL_INTERFACE_AUDIT, "Export", "a{sv}sh", 0, "xml", STDERR_FILENO);

	reply = call(fixture.bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Reindex", "");
	g_assert_cmpint(sd_bus_message_read_basic(reply, 't', &entries), >, 0);
	g_assert_cmpuint(entries, ==, 8);
	sd_bus_message_unref(reply);
	reply = call(fixture.bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Verify", "");
	g_assert_cmpint(sd_bus_message_read(reply, "bts", &intact, &entries, &detail), >, 0);
	g_assert_true(intact);
	g_assert_cmpuint(entries, >=, 8 + 2 + 3); /* the start, what is in force, and who wrote it out */
	g_assert_cmpuint(count_of(fixture.bus, "kind", "event"), ==, entries - 8);
	sd_bus_message_unref(reply);
}

/* Percent of the call of that number, as this connection is told; -1: it is told nothing. */
static int progress_of(sd_bus *bus, uint64_t serial)
{
	sd_bus_message *reply = call(bus, false, NULL, MANAGER, "Progress", "");
	uint32_t number, percent;
	int found = -1;

	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "(uu)"), >=, 0);
	while (sd_bus_message_read(reply, "(uu)", &number, &percent) > 0)
		if (number == serial)
			found = (int)percent;
	sd_bus_message_unref(reply);
	return found;
}

static int on_end(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	(void)error;
	g_assert_true(sd_bus_message_is_method_error(reply, NULL)); /* whom it was for is gone */
	*(bool *)data = true;
	return 0;
}

/* An export that waits for who reads it: its caller is told how far it is, another connection of the same user is not. */
static void test_progress(void)
{
	sd_bus *other = bus_fixture_connect(&fixture);
	sd_bus_message *export = NULL;
	sd_bus_slot *slot = NULL;
	bool ended = false;
	uint64_t serial = 0;
	int fds[2];

	g_assert_cmpint(pipe2(fds, O_CLOEXEC | O_NONBLOCK), ==, 0);
	while (write(fds[1], "full", 1) == 1)
		;
	g_assert_cmpint(sd_bus_message_new_method_call(fixture.bus, &export, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_AUDIT, "Export"), >=, 0);
	g_assert_cmpint(sd_bus_message_append(export, "a{sv}sh", 0, "jsonl", fds[1]), >=, 0);
	g_assert_cmpint(sd_bus_call_async(fixture.bus, &slot, export, on_end, &ended, 30 * SECOND_US), >=, 0);
	g_assert_cmpint(sd_bus_message_get_cookie(export, &serial), >=, 0);
	int64_t until = g_get_monotonic_time() + 30 * (int64_t)SECOND_US;
	while (progress_of(fixture.bus, serial) != 0 && g_get_monotonic_time() < until)
		g_usleep(1000);
	g_assert_cmpint(progress_of(fixture.bus, serial), ==, 0);
	g_assert_cmpint(progress_of(other, serial), ==, -1);
	(void)close(fds[0]);
	(void)close(fds[1]);
	while (!ended && sd_bus_wait(fixture.bus, 30 * SECOND_US) >= 0)
		while (sd_bus_process(fixture.bus, NULL) > 0)
			;
	g_assert_true(ended);
	g_assert_cmpint(progress_of(fixture.bus, serial), ==, -1);
	sd_bus_slot_unref(slot);
	sd_bus_message_unref(export);
	sd_bus_flush_close_unref(other);
}

static void test_verify_finds(void)
{
	g_autofree char *path = g_build_filename(fixture.dir, "audit", "audit.jsonl", NULL);
	FILE *journal = fopen(path, "ae");
	const char *detail;
	uint64_t entries;
	int intact;

	(void)fprintf(journal, ENTRY, 2u, "alice");
	(void)fclose(journal);
	sd_bus_message *reply = call(fixture.bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Verify", "");
	g_assert_cmpint(sd_bus_message_read(reply, "bts", &intact, &entries, &detail), >, 0);
	g_assert_false(intact);
	g_assert_nonnull(strstr(detail, "a line without a hash among lines that have one"));
	sd_bus_message_unref(reply);
}

static void subscribe_own(sd_bus *bus)
{
	sd_bus_message *reply = call(bus, false, NULL, MANAGER, "Subscribe", "");
	const char *path;

	g_assert_cmpint(sd_bus_message_read_basic(reply, 'o', &path), >, 0);
	g_assert_cmpstr(path, ==, SENTINEL_OBJECT_PATH "/subscriber");
	sd_bus_message_unref(reply);
	sd_bus_message_unref(call(bus, false, NULL, MANAGER, "Unsubscribe", ""));
}

static void test_subscribe(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "audit.read-own", "yes");
	mock_polkit_say(&fixture, "status", "yes");
	as_nobody(subscribe_own);
	sd_bus_message *reply = call(fixture.bus, false, NULL, MANAGER, "Subscribe", "");
	const char *path;
	g_assert_cmpint(sd_bus_message_read_basic(reply, 'o', &path), >, 0);
	g_assert_cmpstr(path, ==, SENTINEL_OBJECT_PATH);
	sd_bus_message_unref(reply);
}

/* A connection to the plugin socket, made as root: dockerd. */
static int docker;

static void connect_docker(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	docker = socket(AF_UNIX, SOCK_STREAM, 0);
	(void)snprintf(address.sun_path, sizeof address.sun_path, "%s/authz", fixture.dir);
	g_assert_cmpint(connect(docker, (const struct sockaddr *)&address, sizeof address), ==, 0);
}

static void ask_as_docker(void)
{
	static const char message[] = "{\"User\":\"nobody\",\"UserAuthNMethod\":\"TLS\",\"RequestMethod\":\"POST\",\"RequestUri\":\"/v1.41/swarm/init\"}";
	g_autofree char *request = g_strdup_printf("POST /AuthZPlugin.AuthZReq HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n%s", strlen(message), message);
	char answer[4096] = { 0 };

	g_assert_cmpint(write(docker, request, strlen(request)), ==, (gssize)strlen(request));
	while (!strstr(answer, "\"Allow\":"))
		g_assert_cmpint(read(docker, answer + strlen(answer), sizeof answer - strlen(answer) - 1), >, 0);
}

static int on_decision(sd_bus_message *signal, void *data, sd_bus_error *error)
{
	const char *decision, *user, *summary;
	uint64_t id;
	uint32_t score;

	(void)error;
	g_assert_cmpint(sd_bus_message_read(signal, "tsuss", &id, &decision, &score, &user, &summary), >, 0);
	g_assert_cmpstr(decision, ==, "warned");
	g_assert_cmpstr(user, ==, "tls:nobody");
	g_assert_cmpstr(summary, ==, "docker swarm init");
	++*(unsigned *)data;
	return 0;
}

/* How many signals come from the path of one's own within a while, or until `enough`. */
static unsigned hear(sd_bus *bus, unsigned enough, uint64_t while_us)
{
	gint64 end = g_get_monotonic_time() + (gint64)while_us;
	unsigned heard = 0;

	sd_bus_message_unref(call(bus, false, NULL, MANAGER, "Subscribe", ""));
	g_assert_cmpint(sd_bus_match_signal(bus, NULL, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH "/subscriber", MANAGER, "DecisionMade", on_decision, &heard), >=, 0);
	ask_as_docker();
	while (heard < enough && g_get_monotonic_time() < end)
		if (sd_bus_process(bus, NULL) == 0)
			(void)sd_bus_wait(bus, 50000);
	return heard;
}

static void hear_own(sd_bus *bus)
{
	g_assert_cmpuint(hear(bus, 1, SECOND_US / 2), ==, 0);
}

static void hear_all(sd_bus *bus)
{
	g_assert_cmpuint(hear(bus, 1, 10 * SECOND_US), ==, 1);
}

/* The holder of a certificate is not the user of that name; who may read everything hears of it. */
static void test_decision_made(void)
{
	connect_docker();
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "audit.read-own", "yes");
	as_nobody(hear_own);
	mock_polkit_say(&fixture, "audit.read", "yes");
	as_nobody(hear_all);
	(void)close(docker);
}

static void clear_as_reader(sd_bus *bus)
{
	(void)call(bus, false, "AccessDenied", SENTINEL_INTERFACE_AUDIT, "Clear", "a{sv}", 0);
	g_assert_cmpuint(count_entries(bus, "alice"), >, 0);
}

static void clear_as_manager(sd_bus *bus)
{
	uint64_t entries = 0;

	(void)call(bus, false, "Error.InvalidArgs", SENTINEL_INTERFACE_AUDIT, "Clear", "a{sv}", 1, "user", "s", "alice");
	sd_bus_message *reply = call(bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Clear", "a{sv}", 1, "until", "t", (uint64_t)5);
	g_assert_cmpint(sd_bus_message_read_basic(reply, 't', &entries), >, 0);
	g_assert_cmpuint(entries, ==, 0);
	sd_bus_message_unref(reply);
	reply = call(bus, false, NULL, SENTINEL_INTERFACE_AUDIT, "Clear", "a{sv}", 0);
	g_assert_cmpint(sd_bus_message_read_basic(reply, 't', &entries), >, 0);
	g_assert_cmpuint(entries, >, 3);
	sd_bus_message_unref(reply);
}

/* What the service has said so far. */
static char *said(void)
{
	char text[65536];
	ssize_t length = pread(said_fd, text, sizeof text - 1, 0);

	g_assert_cmpint(length, >=, 0);
	text[length] = 0;
	return g_strdup(text);
}

/* Who may read may not remove; what remains says who did, and so does the log, but not when nothing was removed. */
static void test_clear(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "audit.read", "yes");
	as_nobody(clear_as_reader);
	mock_polkit_say(&fixture, "audit.manage", "yes");
	as_nobody(clear_as_manager);
	g_autofree char *trail = scratch_get(fixture.dir, "audit/audit.jsonl");
	g_assert_nonnull(strstr(trail, "\"user\":\"nobody\""));
	g_assert_nonnull(strstr(trail, "\"endpoint\":\"sentinel.clear\""));
	g_assert_cmpuint(count_entries(fixture.bus, NULL), ==, 0);
	g_assert_cmpuint(count_of(fixture.bus, "kind", "event"), ==, 1);
	g_autofree char *log = said();
	const char *first = strstr(log, "nobody removed ");
	g_assert_true(first && !strstr(first + 1, "nobody removed "));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_autofree char *trail = first_trail();
	bus_fixture_first_trail(trail);
	int standard_error = dup(STDERR_FILENO);
	said_fd = memfd_create("said", MFD_CLOEXEC);
	g_assert_true(standard_error >= 0 && dup2(said_fd, STDERR_FILENO) >= 0);
	bus_fixture_start(&fixture, "system");
	g_assert_cmpint(dup2(standard_error, STDERR_FILENO), >=, 0);
	polkit = mock_polkit_start(&fixture);
	g_test_add_func("/trail/audit", test_audit);
	g_test_add_func("/trail/reports", test_reports);
	g_test_add_func("/trail/progress", test_progress);
	g_test_add_func("/trail/verify-finds", test_verify_finds);
	g_test_add_func("/trail/subscribe", test_subscribe);
	g_test_add_func("/trail/decision-made", test_decision_made);
	g_test_add_func("/trail/clear", test_clear);
	int failures = g_test_run();
	mock_polkit_stop(polkit);
	bus_fixture_stop(&fixture);
	g_autofree char *log = said(); /* a sanitizer's words, too */
	(void)fputs(log, stderr);
	(void)close(said_fd);
	(void)close(standard_error);
	return failures;
}
