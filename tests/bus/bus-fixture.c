/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bus-fixture.h"
#include "dbus/names.h"
#include "tests/unit/scratch.h"

#define PEER_FD 3

/* Anybody may connect, own and send: what is refused is refused by sentineld. */
static const char bus_config[] =
	"<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \"busconfig.dtd\">\n"
	"<busconfig><type>custom</type><listen>unix:path=%s/bus</listen><auth>EXTERNAL</auth>\n"
	"<policy context=\"default\"><allow user=\"*\"/><allow own=\"*\"/><allow send_destination=\"*\"/><allow receive_sender=\"*\"/></policy></busconfig>\n";

static void spawn(char **argv, char **env, int peer, GPid *ret)
{
	*ret = fork();
	if (*ret == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
		if (peer >= 0 && (peer == PEER_FD ? fcntl(peer, F_SETFD, 0) : dup2(peer, PEER_FD)) < 0)
			_exit(127);
		execve(argv[0], argv, env);
		_exit(127);
	}
	g_assert_cmpint(*ret, >, 0);
}

static char *make_config(const char *dir)
{
	g_auto(GStrv) parts = g_strsplit(bus_config, "%s", 2);

	return g_strjoinv(dir, parts);
}

/* The file of a socket is there before anybody listens on it. */
static bool listens(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	bool good = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
	(void)close(fd);
	return good;
}

static void start_dbus(BusFixture *fixture)
{
	g_autofree char *text = make_config(fixture->dir), *socket_path = g_build_filename(fixture->dir, "bus", NULL);
	g_autofree char *option = g_strdup_printf("--config-file=%s/bus.conf", fixture->dir);
	char *argv[] = { (char *)(uintptr_t)"/usr/bin/dbus-daemon", (char *)(uintptr_t)"--nofork", (char *)(uintptr_t)"--nopidfile", option, NULL };

	scratch_put(fixture->dir, "bus.conf", text);
	g_auto(GStrv) env = g_get_environ();
	spawn(argv, env, -1, &fixture->dbus);
	fixture->address = g_strdup_printf("unix:path=%s", socket_path);
	for (int i = 0; i < 500 && !listens(socket_path); i++)
		g_usleep(10000);
}

static void start_daemon(BusFixture *fixture, char **extra, int peer)
{
	g_autofree char *authz = g_build_filename(fixture->dir, "authz", NULL);
	const char *address = fixture->address ? fixture->address : "";
	g_auto(GStrv) env = g_environ_setenv(g_environ_setenv(g_get_environ(), "DBUS_SESSION_BUS_ADDRESS", address, TRUE), "DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *pins = g_build_filename(fixture->dir, "pins", NULL);
	const char *const common[] = { g_getenv("SENTINELD"), "--config-dir", fixture->dir, "--log-level", "warning", "--pin-socket", pins };

	for (size_t i = 0; i < G_N_ELEMENTS(common); i++)
		g_ptr_array_add(argv, (char *)(uintptr_t)common[i]);
	for (size_t i = 0; extra[i]; i++)
		g_ptr_array_add(argv, extra[i]);
	if (peer < 0) {
		g_ptr_array_add(argv, (char *)(uintptr_t)"--authz-socket");
		g_ptr_array_add(argv, authz);
	}
	g_ptr_array_add(argv, NULL);
	spawn((char **)argv->pdata, env, peer, &fixture->daemon);
}

sd_bus *bus_fixture_connect(const BusFixture *fixture)
{
	sd_bus *bus = NULL;

	g_assert_cmpint(sd_bus_new(&bus), >=, 0);
	g_assert_cmpint(sd_bus_set_address(bus, fixture->address), >=, 0);
	g_assert_cmpint(sd_bus_set_bus_client(bus, true), >=, 0);
	g_assert_cmpint(sd_bus_start(bus), >=, 0);
	return bus;
}

static void wait_for_name(const BusFixture *fixture)
{
	for (int i = 0; i < 500; i++) {
		sd_bus_creds *creds = NULL;
		int r = sd_bus_get_name_creds(fixture->bus, SENTINEL_BUS_NAME, 0, &creds);
		sd_bus_creds_unref(creds);
		if (r >= 0)
			return;
		g_usleep(10000);
	}
	g_error("sentineld did not take its name");
}

void bus_fixture_lose_bus(BusFixture *fixture)
{
	(void)kill(fixture->dbus, SIGKILL);
	(void)waitpid(fixture->dbus, NULL, 0);
	fixture->dbus = 0;
	fixture->bus = sd_bus_close_unref(fixture->bus);
}

void bus_fixture_next_bus(BusFixture *fixture)
{
	g_free(fixture->address);
	start_dbus(fixture);
	fixture->bus = bus_fixture_connect(fixture);
}

void bus_fixture_find_bus(BusFixture *fixture)
{
	bus_fixture_next_bus(fixture);
	wait_for_name(fixture);
}

void bus_fixture_start_bus(BusFixture *fixture)
{
	*fixture = (BusFixture){ .dir = scratch_new(), .service = SENTINEL_BUS_NAME };
	g_assert_cmpint(chmod(fixture->dir, 0755), ==, 0);
	start_dbus(fixture);
	fixture->bus = bus_fixture_connect(fixture);
}

/* As systemd starts it: with the socket that it has made. */
static void start_writer(BusFixture *fixture, const char *path, const char *user)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char *argv[] = { (char *)(uintptr_t)g_getenv("SENTINEL_WRITE"), fixture->dir, (char *)(uintptr_t)user, NULL };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(bind(listener, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(listener, 16), ==, 0);
	g_assert_cmpint(chmod(path, 0666), ==, 0); /* who connects is looked at, too */
	fixture->writer = fork();
	if (fixture->writer == 0) {
		g_autofree char *number = g_strdup_printf("%d", (int)getpid());
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)g_setenv("LISTEN_FDS", "1", TRUE);
		(void)g_setenv("LISTEN_PID", number, TRUE);
		(void)g_setenv("DBUS_SYSTEM_BUS_ADDRESS", fixture->address, TRUE);
		if ((listener == PEER_FD ? fcntl(listener, F_SETFD, 0) : dup2(listener, PEER_FD)) < 0)
			_exit(127);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	g_assert_cmpint(fixture->writer, >, 0);
	(void)close(listener);
}

void bus_fixture_start_written(BusFixture *fixture, const char *user)
{
	*fixture = (BusFixture){ .dir = scratch_new(), .service = SENTINEL_BUS_NAME };
	g_autofree char *path = g_build_filename(fixture->dir, "write", NULL);
	char *extra[] = { (char *)(uintptr_t)"--bus", (char *)(uintptr_t)"system", (char *)(uintptr_t)"--write-socket", path, NULL };

	g_assert_cmpint(chmod(fixture->dir, 0755), ==, 0);
	start_dbus(fixture);
	start_writer(fixture, path, user);
	start_daemon(fixture, extra, -1);
	fixture->bus = bus_fixture_connect(fixture);
	wait_for_name(fixture);
}

static const char *first_trail;

void bus_fixture_first_trail(const char *text)
{
	first_trail = text;
}

static void put_first_trail(const BusFixture *fixture)
{
	g_autofree char *dir = g_build_filename(fixture->dir, "audit", NULL), *file = g_build_filename(dir, "audit.jsonl", NULL);

	if (!first_trail)
		return;
	g_assert_cmpint(mkdir(dir, 0750), ==, 0);
	g_assert_true(g_file_set_contents(file, first_trail, -1, NULL));
}

void bus_fixture_start(BusFixture *fixture, const char *kind)
{
	bus_fixture_start_with(fixture, kind, NULL);
}

void bus_fixture_start_with(BusFixture *fixture, const char *kind, const char *docker_host)
{
	char *extra[] = { (char *)(uintptr_t)"--bus", (char *)(uintptr_t)kind, docker_host ? (char *)(uintptr_t)"--docker-host" : NULL,
		(char *)(uintptr_t)docker_host, NULL };

	*fixture = (BusFixture){ .dir = scratch_new(), .service = SENTINEL_BUS_NAME };
	g_assert_cmpint(chmod(fixture->dir, 0755), ==, 0);
	start_dbus(fixture);
	put_first_trail(fixture);
	start_daemon(fixture, extra, -1);
	fixture->bus = bus_fixture_connect(fixture);
	wait_for_name(fixture);
}

void bus_fixture_start_peer(BusFixture *fixture)
{
	char number[] = { '0' + PEER_FD, 0 };
	char *extra[] = { (char *)(uintptr_t)"--bus", (char *)(uintptr_t)"none", (char *)(uintptr_t)"--bus-fd", number, NULL };
	int fds[2];

	*fixture = (BusFixture){ .dir = scratch_new() };
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
	start_daemon(fixture, extra, fds[1]);
	(void)close(fds[1]);
	g_assert_cmpint(sd_bus_new(&fixture->bus), >=, 0);
	g_assert_cmpint(sd_bus_set_fd(fixture->bus, fds[0], fds[0]), >=, 0);
	g_assert_cmpint(sd_bus_start(fixture->bus), >=, 0);
}

static void end(GPid pid)
{
	if (pid <= 0)
		return;
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
}

void bus_fixture_stop(BusFixture *fixture)
{
	sd_bus_close_unref(fixture->bus);
	end(fixture->daemon);
	end(fixture->writer);
	end(fixture->dbus);
	g_free(fixture->address);
	scratch_free(fixture->dir);
}

GHashTable *bus_fixture_members(const char *xml)
{
	GHashTable *members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GRegex) interfaces = g_regex_new("<interface name=\"(io\\.github[^\"]*)\">(.*?)</interface>", G_REGEX_DOTALL, 0, NULL);
	g_autoptr(GRegex) items = g_regex_new("<(method|signal|property) name=\"([^\"]*)\"([^>]*?)(/>|>(.*?)</\\1>)", G_REGEX_DOTALL, 0, NULL);
	g_autoptr(GRegex) space = g_regex_new("\\s+|\"/|direction=\"in\"| ?/>", 0, 0, NULL);
	g_autoptr(GRegex) unprivileged = g_regex_new("<annotation name=\"org\\.(freedesktop\\.systemd1\\.Privileged|gtk\\.GDBus\\.DocString)\"[^>]*>", 0, 0, NULL);
	GMatchInfo *found = NULL, *item = NULL;

	for (g_regex_match(interfaces, xml, 0, &found); g_match_info_matches(found); g_match_info_next(found, NULL)) {
		g_autofree char *interface = g_match_info_fetch(found, 1), *body = g_match_info_fetch(found, 2);
		for (g_regex_match(items, body, 0, &item); g_match_info_matches(item); g_match_info_next(item, NULL)) {
			g_autofree char *kind = g_match_info_fetch(item, 1), *name = g_match_info_fetch(item, 2), *attributes = g_match_info_fetch(item, 3);
			g_autofree char *content = g_match_info_fetch(item, 5);
			g_autofree char *text = g_strconcat(attributes, content, NULL);
			g_autofree char *plain = g_regex_replace(unprivileged, text, -1, 0, "", 0, NULL);
			g_hash_table_insert(members, g_strdup_printf("%s %s.%s", kind, interface, name), g_regex_replace(space, plain, -1, 0, "", 0, NULL));
		}
		g_clear_pointer(&item, g_match_info_free);
	}
	g_match_info_free(found);
	return members;
}
