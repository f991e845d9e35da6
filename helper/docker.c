/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "dbus/names.h"
#include "helper/docker.h"

#define PID_FILE "/run/docker.pid"
#define DEFAULT_CONFIG "/etc/docker/daemon.json"
#define PATIENCE_S 10
#define ANSWER_BYTES ((size_t)1024 * 1024)
#define PAUSE_US 100000

static bool lists(const char *value, const char *plugin)
{
	g_auto(GStrv) names = g_strsplit(value, ",", -1);

	return g_strv_contains((const char *const *)names, plugin);
}

static bool has_name(const char *name, size_t size, const char *wanted)
{
	return size == strlen(wanted) && !strncmp(name, wanted, size);
}

static void take_host(Docker *docker, const char *host)
{
	if (g_str_has_prefix(host, "fd://"))
		docker->by_unit = true;
	else if (!docker->elsewhere)
		docker->elsewhere = g_strdup(host);
}

static void read_arguments(Docker *docker, const char *plugin)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/cmdline", (int)docker->pid), *text = NULL;
	gsize length = 0;

	if (!g_file_get_contents(path, &text, &length, NULL))
		return;
	for (const char *word = text; word < text + length; word += strlen(word) + 1) {
		const char *name = word + strspn(word, "-"), *value = strchr(name, '=');
		size_t size = value ? (size_t)(value - name) : strlen(name);
		if (name == word)
			continue;
		const char *next = word + strlen(word) + 1, *given = value ? value + 1 : next < text + length ? next : "";
		if (has_name(name, size, "H") || has_name(name, size, "host"))
			take_host(docker, given);
		else if (word[1] != '-' && *name == 'H') /* -Hfd:// */
			take_host(docker, name + 1);
		if (has_name(name, size, "authorization-plugin")) {
			docker->listed = true;
			docker->names_us |= lists(given, plugin);
		}
		if (!has_name(name, size, "config-file"))
			continue;
		g_free(docker->config_file);
		docker->config_file = g_strdup(given);
	}
}

/* A name is given by whoever wants it (PR_SET_NAME in prctl(2)); the executable and the user are the kernel's word.  An upgrade removes the file of
 * the program that runs. */
static bool is_dockerd(long pid)
{
	g_autofree char *directory = g_strdup_printf("/proc/%ld", pid), *link = g_strconcat(directory, "/exe", NULL), *program = g_file_read_link(link, NULL);
	struct stat status;

	return program && (g_str_has_suffix(program, "/dockerd") || g_str_has_suffix(program, "/dockerd (deleted)")) && stat(directory, &status) == 0 && status.st_uid == 0;
}

/* The process file may be an old one. */
void docker_find(Docker *ret, const char *plugin)
{
	g_autofree char *number = NULL;

	*ret = (Docker){ .config_file = g_strdup(DEFAULT_CONFIG) };
	if (!g_file_get_contents(PID_FILE, &number, NULL, NULL))
		return;
	long pid = strtol(number, NULL, 10);
	if (pid <= 1 || !is_dockerd(pid))
		return;
	ret->pid = (pid_t)pid;
	read_arguments(ret, plugin);
}

void docker_clear(Docker *docker)
{
	g_free(docker->config_file);
	g_free(docker->elsewhere);
}

bool docker_reload(const Docker *docker, GError **error)
{
	if (kill(docker->pid, SIGHUP) == 0)
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "Docker cannot be told to read it again: %s", g_strerror(errno));
	return false;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct timeval patience = { .tv_sec = PATIENCE_S };

	if (strlen(path) >= sizeof address.sun_path)
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	int cause = errno;
	if (fd >= 0)
		(void)close(fd);
	errno = cause;
	return -1;
}

/* One HTTP call; the whole answer with its head, NULL when there is none. */
static char *ask(const char *socket_path, const char *call)
{
	int fd = connect_to(socket_path);
	g_autoptr(GString) answer = g_string_new(NULL);
	char piece[4096];
	ssize_t got = -1;

	if (fd < 0)
		return NULL;
	if (send(fd, call, strlen(call), MSG_NOSIGNAL) == (ssize_t)strlen(call))
		while ((got = recv(fd, piece, sizeof piece, 0)) > 0 && answer->len < ANSWER_BYTES)
			g_string_append_len(answer, piece, got);
	int cause = got < 0 ? errno : EBADMSG;
	(void)close(fd);
	errno = cause;
	return answer->len && got == 0 ? g_string_free(g_steal_pointer(&answer), FALSE) : NULL;
}

/* Docker's own account of its plugins (/info) is that of its start: the service finds out whether it is asked. */
bool docker_asks(void)
{
	static const char interface[] = SENTINEL_INTERFACE_MANAGER;
	const char *const words[] = { "busctl", "call", SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, interface, "ProbeDocker", NULL };
	gint64 until = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;

	do {
		g_autofree char *said = NULL;
		if (g_spawn_sync(NULL, (char **)(uintptr_t)words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &said, NULL, NULL, NULL) &&
			g_str_has_prefix(said, "ss \"asked\""))
			return true;
		g_usleep(PAUSE_US);
	} while (g_get_monotonic_time() < until);
	return false;
}

static bool is_good(const char *answer)
{
	return g_str_has_prefix(answer, "HTTP/1.0 200") || g_str_has_prefix(answer, "HTTP/1.1 200");
}

bool docker_containers(const char *socket_path, DockerContainers *ret)
{
	g_autofree char *answer = ask(socket_path, "GET /info HTTP/1.0\r\nHost: docker\r\n\r\n");
	const char *body = answer && is_good(answer) ? strstr(answer, "\r\n\r\n") : NULL;
	g_autoptr(JsonParser) parser = json_parser_new();

	if (!body || !json_parser_load_from_data(parser, body, -1, NULL) || !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
		return false;
	JsonObject *info = json_node_get_object(json_parser_get_root(parser));
	if (!json_object_has_member(info, "ContainersRunning") || !json_object_has_member(info, "LiveRestoreEnabled"))
		return false;
	*ret = (DockerContainers){ .running = (int)json_object_get_int_member(info, "ContainersRunning"), .keeps = json_object_get_boolean_member(info, "LiveRestoreEnabled") };
	return true;
}

bool docker_answers(const char *socket_path)
{
	gint64 until = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;

	do {
		g_autofree char *answer = ask(socket_path, "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n");
		if (answer && is_good(answer))
			return true;
		g_usleep(PAUSE_US);
	} while (g_get_monotonic_time() < until);
	return false;
}

bool docker_validate(const char *config_file, GError **error)
{
	char *argv[] = { (char *)(uintptr_t)"dockerd", (char *)(uintptr_t)"--validate", (char *)(uintptr_t)"--config-file", (char *)(uintptr_t)config_file, NULL };
	g_autofree char *problem = NULL;
	int status = 0;

	if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &problem, &status, NULL) ||
		g_spawn_check_wait_status(status, NULL) || strstr(problem, "unknown flag"))
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "Docker would not take it: %s", g_strchomp(problem));
	return false;
}

static bool expect(const char *socket_path, const char *path, const char *body, const char *wanted, GError **error)
{
	g_autofree char *call = g_strdup_printf("POST %s HTTP/1.0\r\nHost: plugin\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", path,
		strlen(body), body);
	g_autofree char *answer = ask(socket_path, call);

	if (answer && strstr(answer, wanted))
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the plugin does not answer at %s: %s; see: systemctl status sentineld", socket_path,
		answer ? "it says something else" : g_strerror(errno));
	return false;
}

bool plugin_probe(const char *socket_path, GError **error)
{
	static const char ping[] = "{\"RequestMethod\":\"GET\",\"RequestUri\":\"/_ping\"}";

	return expect(socket_path, "/Plugin.Activate", "", "\"authz\"", error) && expect(socket_path, "/AuthZPlugin.AuthZReq", ping, "\"Allow\":true", error);
}
