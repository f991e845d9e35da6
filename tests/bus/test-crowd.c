/* SPDX-License-Identifier: MIT
 *
 * One user who asks for more than there is: the others go on.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "base/limits.h"
#include "callers.h"
#include "heavy.h"
#include "tests/unit/scratch.h"

#define SOON_US (5 * G_USEC_PER_SEC)

static int ready[2]; /* a crowd says that it is there */

static void say_all(void)
{
	static const char *const actions[] = { "status", "evaluate", "audit.read-own" };

	mock_polkit_clear(&fixture);
	for (size_t i = 0; i < G_N_ELEMENTS(actions); i++)
		mock_polkit_say(&fixture, actions[i], "yes");
}

static void expect_soon(gint64 begun)
{
	g_assert_cmpint(g_get_monotonic_time() - begun, <, SOON_US);
}

static void wait_for_crowd(void)
{
	char byte;

	g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
}

static void end_crowd(pid_t crowd)
{
	(void)kill(crowd, SIGKILL);
	(void)waitpid(crowd, NULL, 0);
}

/* Sends without waiting for an answer. */
static void send_call(sd_bus *bus, const char *interface, const char *member, const char *types, ...)
{
	va_list arguments;

	va_start(arguments, types);
	sd_bus_message *request = begin_call(bus, SENTINEL_OBJECT_PATH, interface, member, types, arguments);
	va_end(arguments);
	g_assert_cmpint(sd_bus_call_async(bus, NULL, request, NULL, NULL, 0), >=, 0);
	g_assert_cmpint(sd_bus_flush(bus), >=, 0);
	sd_bus_message_unref(request);
}

static void list_soon(sd_bus *bus)
{
	gint64 begun = g_get_monotonic_time();

	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "List", ""));
	expect_soon(begun);
}

/* An option has a bound where it is read. */
static void test_many_words(void)
{
	sd_bus_message *request = NULL;
	gint64 begun = g_get_monotonic_time();

	g_assert_cmpint(sd_bus_message_new_method_call(fixture.bus, &request, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "Validate"), >=, 0);
	g_assert_cmpint(sd_bus_message_append(request, "as", 4, "run", "-e", "A", "x"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'a', "{sv}"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'e', "sv"), >=, 0);
	g_assert_cmpint(sd_bus_message_append(request, "s", "unset"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'v', "as"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'a', "s"), >=, 0);
	for (unsigned i = 0; i < 100000; i++)
		g_assert_cmpint(sd_bus_message_append(request, "s", "A"), >=, 0);
	for (int i = 0; i < 4; i++)
		g_assert_cmpint(sd_bus_message_close_container(request), >=, 0);
	(void)finish_call(fixture.bus, request, "Error.LimitExceeded");
	expect_soon(begun);
}

static void test_options(void)
{
	g_autofree char *text = g_strnfill(LIMIT_OPTION_TEXT + 1, 'a');

	(void)call(fixture.bus, false, "Error.LimitExceeded", MANAGER, "Validate", "asa{sv}", 2, "run", "x", 1, "cwd", "s", text);
	text[LIMIT_OPTION_TEXT] = 0;
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "Validate", "asa{sv}", 2, "run", "x", 1, "cwd", "s", text));
	(void)call(fixture.bus, false, "Error.InvalidArgs", MANAGER, "Validate", "asa{sv}", 2, "run", "x", 2, "cwd", "s", "/", "cwd", "s", "/");
	(void)call(fixture.bus, false, "Error.InvalidCommand", MANAGER, "Validate", "asa{sv}", 0, 0);
}

/* `count` arguments of `length` bytes each, or so many variables. */
static void validate_many(unsigned arguments, size_t length, unsigned variables, const char *expected_error)
{
	sd_bus_message *request = NULL;
	g_autofree char *word = g_strnfill(length, 'a');

	g_assert_cmpint(sd_bus_message_new_method_call(fixture.bus, &request, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "Validate"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'a', "s"), >=, 0);
	g_assert_cmpint(sd_bus_message_append(request, "ss", "run", "ubuntu"), >=, 0);
	for (unsigned i = 2; i < arguments; i++)
		g_assert_cmpint(sd_bus_message_append(request, "s", word), >=, 0);
	g_assert_cmpint(sd_bus_message_close_container(request), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'a', "{sv}"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'e', "sv"), >=, 0);
	g_assert_cmpint(sd_bus_message_append(request, "s", "env"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'v', "a{ss}"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'a', "{ss}"), >=, 0);
	for (unsigned i = 0; i < variables; i++) {
		g_autofree char *name = g_strdup_printf("V%u", i);
		g_assert_cmpint(sd_bus_message_append(request, "{ss}", name, ""), >=, 0);
	}
	for (int i = 0; i < 4; i++)
		g_assert_cmpint(sd_bus_message_close_container(request), >=, 0);
	sd_bus_message_unref(finish_call(fixture.bus, request, expected_error));
}

static void test_many_arguments(void)
{
	static const struct { unsigned arguments; size_t length; unsigned variables; const char *error; } rows[] = {
		{ LIMIT_ARGV_COUNT, 1, 1, NULL }, { LIMIT_ARGV_COUNT + 1, 1, 1, "Error.LimitExceeded" },
		{ 5, LIMIT_ARGV_BYTES / 4, 1, NULL }, { 6, LIMIT_ARGV_BYTES / 4, 1, "Error.LimitExceeded" },
		{ 3, 1, LIMIT_OPTION_ITEMS, NULL }, { 3, 1, LIMIT_OPTION_ITEMS + 1, "Error.LimitExceeded" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%u arguments of %zu bytes, %u variables", rows[i].arguments, rows[i].length, rows[i].variables);
		validate_many(rows[i].arguments, rows[i].length, rows[i].variables, rows[i].error);
	}
}

static void judge_for_long(sd_bus *bus)
{
	sd_bus_message *request = NULL;

	g_assert_cmpint(sd_bus_message_new_method_call(bus, &request, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "Validate"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'a', "s"), >=, 0);
	g_assert_cmpint(sd_bus_message_append(request, "s", "start"), >=, 0);
	for (unsigned i = 0; i < LIMIT_ARGV_CALLS; i++)
		g_assert_cmpint(sd_bus_message_append(request, "s", HEAVY_SUBJECT), >=, 0);
	g_assert_cmpint(sd_bus_message_close_container(request), >=, 0);
	g_assert_cmpint(sd_bus_message_append(request, "a{sv}", 1, "policy", "s", "heavy"), >=, 0);
	g_assert_cmpint(write(ready[1], "", 1), ==, 1);
	(void)finish_call(bus, request, "Error.LimitExceeded");
}

/* A trial that takes long holds up nobody, and ends. */
static void test_long_trial(void)
{
	g_autofree char *text = heavy_policy("heavy", 0);
	gint64 begun = g_get_monotonic_time();

	say_all();
	scratch_put(fixture.dir, "policies/heavy.yaml", text);
	pid_t crowd = begin_as(NOBODY, judge_for_long);
	wait_for_crowd();
	g_usleep(300000);
	begun = g_get_monotonic_time();
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "ReloadPolicy", ""));
	end_good(begin_as(SOMEBODY, list_soon));
	expect_soon(begun);
	end_good(crowd);
}

static int on_refused(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	bool *refused = data;

	(void)error;
	g_assert_true(sd_bus_message_is_method_error(reply, SENTINEL_ERROR_PREFIX "LimitExceeded"));
	*refused = true;
	return 0;
}

/* The first has its turn at once, and is given up; how long the others wait for theirs is the machine's to say. */
static void run_tests_for_long(sd_bus *bus)
{
	g_autofree char *text = heavy_policy("x", 2000);
	bool refused = false;

	g_assert_cmpint(
		sd_bus_call_method_async(bus, NULL, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, POLICIES, "Test", on_refused, &refused, "s", text), >=, 0);
	for (unsigned i = 0; i < 2 * LIMIT_READERS_PER_USER; i++)
		send_call(bus, POLICIES, "Test", "s", text);
	g_assert_cmpint(write(ready[1], "", 1), ==, 1);
	while (!refused) {
		int r = sd_bus_process(bus, NULL);
		g_assert_cmpint(r, >=, 0);
		if (r == 0)
			g_assert_cmpint(sd_bus_wait(bus, 30 * SECOND_US), >, 0);
	}
}

/* So do tests of a policy, and a reload waits for none of them. */
static void test_long_tests(void)
{
	say_all();
	pid_t crowd = begin_as(NOBODY, run_tests_for_long);
	wait_for_crowd();
	g_usleep(300000);
	gint64 begun = g_get_monotonic_time();
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "ReloadPolicy", ""));
	end_good(begin_as(SOMEBODY, list_soon));
	expect_soon(begun);
	end_good(crowd);
}

/* More questions than the bus lets one connection wait for; polkit answers none of them. */
static void wait_for_polkit(sd_bus *bus)
{
	sd_bus *buses[5];

	for (size_t i = 0; i < G_N_ELEMENTS(buses); i++) {
		buses[i] = bus_fixture_connect(&fixture);
		for (unsigned j = 0; j < LIMIT_CALLS_PER_SENDER; j++)
			send_call(buses[i], MANAGER, "ReloadPolicy", "");
	}
	g_usleep(300000);
	g_assert_cmpint(write(ready[1], "", 1), ==, 1);
	for (;;)
		(void)pause();
}

static void test_full_polkit(void)
{
	say_all();
	mock_polkit_say(&fixture, "policy.reload", "hang");
	pid_t crowd = begin_as(NOBODY, wait_for_polkit);
	wait_for_crowd();
	end_good(begin_as(SOMEBODY, list_soon));
	end_crowd(crowd);
}

/* Who calls and leaves is not waited for: their places are free again. */
static void test_gone_callers(void)
{
	say_all();
	mock_polkit_say(&fixture, "policy.reload", "hang");
	pid_t crowd = begin_as(NOBODY, wait_for_polkit);
	wait_for_crowd();
	end_crowd(crowd);
	/* polkit still has their questions; other calls of theirs have room. */
	for (unsigned i = 0; i < LIMIT_POLKIT_ANSWER_S + 1; i++)
		g_usleep(G_USEC_PER_SEC);
	end_good(begin_as(NOBODY, list_soon));
}

/* What is done for somebody who left ends: an export that nobody takes would go on for LIMIT_EXPORT_STALL_MS. */
static void test_gone_work(void)
{
	sd_bus *bus = bus_fixture_connect(&fixture);
	int ends[2];

	g_assert_cmpint(pipe2(ends, O_CLOEXEC | O_NONBLOCK), ==, 0);
	while (write(ends[1], "", 1) == 1)
		continue;
	send_call(bus, SENTINEL_INTERFACE_AUDIT, "Export", "a{sv}sh", 0, "jsonl", ends[1]);
	(void)close(ends[1]);
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "List", "")); /* behind it: a thread has begun the export */
	struct pollfd end = { .fd = ends[0] };
	g_assert_cmpint(poll(&end, 1, 0), ==, 0);
	(void)sd_bus_close_unref(bus);
	g_assert_cmpint(poll(&end, 1, LIMIT_EXPORT_STALL_MS / 2), ==, 1);
	g_assert_true(end.revents & POLLHUP);
	(void)close(ends[0]);
}

static void subscribe_and_leave(sd_bus *bus)
{
	g_autofree char *text = heavy_policy("x", 2000);
	sd_bus *buses[LIMIT_CALLS_PER_USER + 6];

	for (unsigned i = 0; i < 4; i++)
		send_call(bus, POLICIES, "Test", "s", text);
	g_usleep(300000);
	for (size_t i = 0; i < G_N_ELEMENTS(buses); i++) {
		buses[i] = bus_fixture_connect(&fixture);
		send_call(buses[i], MANAGER, "Subscribe", "");
	}
	g_usleep(1000000);
	for (size_t i = 0; i < G_N_ELEMENTS(buses); i++)
		(void)sd_bus_close_unref(buses[i]);
	g_assert_cmpint(write(ready[1], "", 1), ==, 1);
	for (;;)
		(void)pause();
}

static void subscribe_too_often(sd_bus *bus)
{
	sd_bus *buses[LIMIT_SUBSCRIBERS_PER_USER];

	for (size_t i = 0; i < G_N_ELEMENTS(buses); i++) {
		buses[i] = bus_fixture_connect(&fixture);
		sd_bus_message_unref(call(buses[i], false, NULL, MANAGER, "Subscribe", ""));
		sd_bus_message_unref(call(buses[i], false, NULL, MANAGER, "Subscribe", "")); /* the same place */
	}
	(void)call(bus, false, "Error.LimitExceeded", MANAGER, "Subscribe", "");
	sd_bus_message_unref(call(buses[0], false, NULL, MANAGER, "Unsubscribe", ""));
	sd_bus_message_unref(call(bus, false, NULL, MANAGER, "Subscribe", ""));
}

static void test_subscribers(void)
{
	say_all();
	pid_t crowd = begin_as(NOBODY, subscribe_and_leave);
	wait_for_crowd();
	end_crowd(crowd);
	/* The work that held them up ends. */
	end_good(begin_as(SOMEBODY, list_soon));
	g_usleep(8 * G_USEC_PER_SEC);
	end_good(begin_as(SOMEBODY, subscribe_too_often));
	end_good(begin_as(SOMEBODY, subscribe_too_often)); /* who had all places has left without a word */
	end_good(begin_as(NOBODY, subscribe_too_often));
}

/* What only the bus says: that somebody left. */
static void say_gone(sd_bus *bus, const char *name)
{
	sd_bus_message *signal = NULL;

	g_assert_cmpint(sd_bus_message_new_signal(bus, &signal, "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged"), >=, 0);
	g_assert_cmpint(sd_bus_message_append(signal, "sss", name, name, ""), >=, 0);
	g_assert_cmpint(sd_bus_message_set_destination(signal, SENTINEL_BUS_NAME), >=, 0);
	g_assert_cmpint(sd_bus_send(bus, signal, NULL), >=, 0);
	sd_bus_message_unref(signal);
}

static void subscribe_and_lie(sd_bus *bus)
{
	sd_bus *buses[LIMIT_SUBSCRIBERS_PER_USER];
	const char *name;

	for (size_t i = 0; i < G_N_ELEMENTS(buses); i++) {
		buses[i] = bus_fixture_connect(&fixture);
		sd_bus_message_unref(call(buses[i], false, NULL, MANAGER, "Subscribe", ""));
		g_assert_cmpint(sd_bus_get_unique_name(buses[i], &name), >=, 0);
		say_gone(bus, name);
	}
	/* Behind them on the same connection: they have been heard. */
	(void)call(bus, false, "Error.LimitExceeded", MANAGER, "Subscribe", "");
}

/* Anybody may send anybody a signal; one that somebody else sent changes nothing. */
static void test_forged_signals(void)
{
	say_all();
	end_good(begin_as(SOMEBODY, subscribe_and_lie));
}

static unsigned count_descriptors(void)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/fd", (int)fixture.daemon);
	DIR *directory = opendir(path);
	unsigned count = 0;

	while (readdir(directory))
		count++;
	(void)closedir(directory);
	return count;
}

static void diagnose_all(sd_bus *bus)
{
	sd_bus *buses[16];

	for (size_t i = 0; i < G_N_ELEMENTS(buses); i++) {
		buses[i] = bus_fixture_connect(&fixture);
		for (unsigned j = 0; j < LIMIT_CALLS_PER_SENDER - 1; j++)
			send_call(buses[i], MANAGER, "Diagnose", "");
	}
	g_assert_cmpint(write(ready[1], "", 1), ==, 1);
	for (;;)
		(void)pause();
}

/* Docker takes connections and never answers. */
static void test_hung_docker(void)
{
	BusFixture kept = fixture;
	g_autofree char *dir = scratch_new(), *path = g_build_filename(dir, "docker.sock", NULL), *host = g_strconcat("unix://", path, NULL);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(bind(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(fd, 4096), ==, 0);
	bus_fixture_start_with(&fixture, "system", host);
	GPid other = mock_polkit_start(&fixture);
	say_all();
	unsigned before = count_descriptors();
	pid_t crowd = begin_as(NOBODY, diagnose_all);
	wait_for_crowd();
	g_usleep(2 * G_USEC_PER_SEC);
	g_assert_cmpuint(count_descriptors(), <, before + 100);
	end_good(begin_as(SOMEBODY, list_soon));
	end_crowd(crowd);
	mock_polkit_stop(other);
	bus_fixture_stop(&fixture);
	(void)close(fd);
	scratch_free(g_steal_pointer(&dir));
	fixture = kept;
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(pipe(ready), ==, 0);
	bus_fixture_start(&fixture, "system");
	polkit = mock_polkit_start(&fixture);
	g_test_add_func("/crowd/many-words", test_many_words);
	g_test_add_func("/crowd/options", test_options);
	g_test_add_func("/crowd/many-arguments", test_many_arguments);
	g_test_add_func("/crowd/long-trial", test_long_trial);
	g_test_add_func("/crowd/long-tests", test_long_tests);
	g_test_add_func("/crowd/full-polkit", test_full_polkit);
	g_test_add_func("/crowd/gone-callers", test_gone_callers);
	g_test_add_func("/crowd/gone-work", test_gone_work);
	g_test_add_func("/crowd/subscribers", test_subscribers);
	g_test_add_func("/crowd/forged-signals", test_forged_signals);
	g_test_add_func("/crowd/hung-docker", test_hung_docker);
	int failures = g_test_run();
	mock_polkit_stop(polkit);
	bus_fixture_stop(&fixture);
	return failures;
}
