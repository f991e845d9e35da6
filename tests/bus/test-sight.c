/* SPDX-License-Identifier: MIT
 *
 * What a trial tells to whom: where links lead that the caller may not read, and what Docker knows, only to those who can ask Docker.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "bus-fixture.h"
#include "callers.h"
#include "tests/unit/scratch.h"

static int docker = -1; /* listens, and never answers */
static char *closed, *docker_path;

static bool was_asked(unsigned wait_ms)
{
	for (unsigned waited = 0; waited <= wait_ms; waited += 10) {
		int connection = accept4(docker, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (connection >= 0)
			return close(connection) == 0;
		g_usleep(10000);
	}
	return false;
}

/* All that a trial says, as one text; with "limited" when it says that it is. */
static char *validate(sd_bus *bus, const char *source)
{
	g_autofree char *volume = g_strconcat(source, ":/x", NULL);
	sd_bus_message *reply = call(bus, false, NULL, MANAGER, "Validate", "asa{sv}", 5, "docker", "run", "-v", volume, "busybox:1.36", 1, "policy", "s", "production");
	GString *all = g_string_new(NULL);
	const char *words[5];
	unsigned allowed, score;

	g_assert_cmpint(sd_bus_message_read(reply, "bu", &allowed, &score), >=, 0);
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "(sssss)"), >=, 0);
	while (sd_bus_message_read(reply, "(sssss)", &words[0], &words[1], &words[2], &words[3], &words[4]) > 0)
		g_string_append_printf(all, "%s: %s\n", words[0], words[4]);
	g_assert_cmpint(sd_bus_message_exit_container(reply), >=, 0);
	g_assert_cmpint(sd_bus_message_skip(reply, "as"), >=, 0);
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "{sv}"), >=, 0);
	while (sd_bus_message_enter_container(reply, 'e', "sv") > 0) {
		g_assert_cmpint(sd_bus_message_read_basic(reply, 's', &words[0]), >=, 0);
		if (!strcmp(words[0], "limited"))
			g_string_append(all, "limited\n");
		g_assert_cmpint(sd_bus_message_skip(reply, "v"), >=, 0);
		g_assert_cmpint(sd_bus_message_exit_container(reply), >=, 0);
	}
	sd_bus_message_unref(reply);
	return g_string_free(all, FALSE);
}

static void look_at_closed(sd_bus *bus)
{
	static const char *const names[] = { "link", "nothing", "directory" };
	g_autofree char *first = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(closed, names[i], NULL), *said = validate(bus, path), *rest = NULL;
		g_test_message("%s", said);
		g_assert_null(strstr(said, "/etc"));
		g_assert_nonnull(strstr(said, "builtin.unresolved"));
		g_auto(GStrv) parts = g_strsplit(said, names[i], -1);
		rest = g_strjoinv("", parts);
		if (first)
			g_assert_cmpstr(rest, ==, first); /* what is there makes no difference */
		else
			first = g_steal_pointer(&rest);
	}
}

/* The link in a directory that is root's alone. */
static void test_links(void)
{
	g_autofree char *link = g_build_filename(closed, "link", NULL), *said = validate(fixture.bus, link);

	g_assert_nonnull(strstr(said, "/etc"));
	as_nobody(look_at_closed);
}

static void look_at_process(sd_bus *bus)
{
	g_autofree char *said = validate(bus, "/proc/self/cwd");

	g_assert_nonnull(strstr(said, "builtin.unresolved"));
	g_autofree char *open_one = g_build_filename(fixture.dir, "open-link", NULL), *seen = validate(bus, open_one);
	g_assert_nonnull(strstr(seen, "/etc")); /* what everybody may read */
}

static void test_process(void)
{
	as_nobody(look_at_process);
}

static char *test_policy(sd_bus *bus)
{
	g_autofree char *yaml = g_strdup_printf("name: x\nmode: enforce\nrules:\n  mounts:\n    blocked: [{path: /etc, action: block}]\ntests:\n  - {name: a, command: 'docker run -v %s/link:/x b', expect: {decision: allowed}}\n", closed);
	sd_bus_message *reply = call(bus, false, NULL, POLICIES, "Test", "s", yaml);
	const char *words[3];
	unsigned line;
	char *said = NULL;

	g_assert_cmpint(sd_bus_message_skip(reply, "a(suuss)"), >=, 0);
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "(suss)"), >=, 0);
	while (sd_bus_message_read(reply, "(suss)", &words[0], &line, &words[1], &words[2]) > 0)
		said = g_strconcat(words[1], ": ", words[2], NULL);
	sd_bus_message_unref(reply);
	g_test_message("%s", said ? said : "(nothing)");
	g_assert_nonnull(said);
	return said;
}

static void test_own_policy(sd_bus *bus)
{
	g_autofree char *said = test_policy(bus);

	g_assert_null(strstr(said, "/etc"));
}

/* A policy of one's own, whose tests look at a path of one's choice. */
static void test_policies(void)
{
	g_autofree char *said = test_policy(fixture.bus);

	g_assert_nonnull(strstr(said, "/etc"));
	mock_polkit_say(&fixture, "evaluate", "yes");
	as_nobody(test_own_policy);
}

static void ask_of_volume(sd_bus *bus)
{
	g_autofree char *said = validate(bus, "data");

	g_test_message("%s", said);
	g_assert_cmpint(strstr(said, "limited") != NULL, ==, !g_file_test(docker_path, G_FILE_TEST_EXISTS) || access(docker_path, W_OK) != 0);
}

/* Names of containers and what they mount are Docker's to tell. */
static void ask_of_containers(sd_bus *bus)
{
	sd_bus_message_unref(call(bus, false, "org.freedesktop.DBus.Error.AccessDenied", MANAGER, "JudgeContainers", "a{sv}", 0));
	sd_bus_message_unref(call(bus, false, NULL, MANAGER, "Diagnose", ""));
}

static void test_containers(void)
{
	mock_polkit_say(&fixture, "status", "yes");
	while (was_asked(0))
		continue;
	as_nobody(ask_of_containers);
}

/* Docker is asked for nobody who may not ask it himself. */
static void test_docker(void)
{
	as_nobody(ask_of_volume);
	g_assert_false(was_asked(200));
	g_assert_cmpint(chmod(docker_path, 0666), ==, 0);
	as_nobody(ask_of_volume);
	g_assert_true(was_asked(2000));
	g_assert_cmpint(chmod(docker_path, 0660), ==, 0);
	/* By the group of the socket: who is in it, and then only by its rights. */
	g_assert_cmpint(chown(docker_path, 0, NOBODY), ==, 0);
	while (was_asked(0))
		continue;
	as_nobody(ask_of_volume);
	g_assert_true(was_asked(2000));
	g_assert_cmpint(chown(docker_path, 0, 0), ==, 0);
}

static void listen_as_docker(const char *dir)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	docker_path = g_build_filename(dir, "docker.sock", NULL);
	(void)g_strlcpy(address.sun_path, docker_path, sizeof address.sun_path);
	docker = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	g_assert_cmpint(bind(docker, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(docker, 64), ==, 0);
	g_assert_cmpint(chmod(docker_path, 0660), ==, 0);
}

int main(int argc, char **argv)
{
	g_autoptr(Scratch) dir = scratch_new();

	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(chmod(dir, 0755), ==, 0);
	listen_as_docker(dir);
	g_autofree char *host = g_strconcat("unix://", docker_path, NULL);
	bus_fixture_start_with(&fixture, "system", host);
	polkit = mock_polkit_start(&fixture);
	mock_polkit_say(&fixture, "evaluate", "yes");
	closed = g_build_filename(fixture.dir, "closed", NULL);
	g_autofree char *link = g_build_filename(closed, "link", NULL), *inner = g_build_filename(closed, "directory", NULL), *open_one = g_build_filename(fixture.dir, "open-link", NULL);
	g_assert_cmpint(mkdir(closed, 0700), ==, 0);
	g_assert_cmpint(mkdir(inner, 0755), ==, 0);
	g_assert_cmpint(symlink("/etc", link), ==, 0);
	g_assert_cmpint(symlink("/etc", open_one), ==, 0);
	g_test_add_func("/sight/docker", test_docker); /* the first: later Docker's events are listened to */
	g_test_add_func("/sight/containers", test_containers);
	g_test_add_func("/sight/links", test_links);
	g_test_add_func("/sight/process", test_process);
	g_test_add_func("/sight/policies", test_policies);
	int status = g_test_run();
	mock_polkit_stop(polkit);
	bus_fixture_stop(&fixture);
	(void)close(docker);
	g_free(closed);
	g_free(docker_path);
	return status;
}
