/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "cli/language.h"
#include "cli/service.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define DOCKER_SOCKET "/run/docker.sock"
#define PATIENCE_S 3
#define ANSWER_BYTES 4096

bool service_is_absent(const sd_bus_error *error)
{
	static const char *const names[] = {
		SD_BUS_ERROR_NAME_HAS_NO_OWNER, SD_BUS_ERROR_SERVICE_UNKNOWN, "org.freedesktop.systemd1.UnitMasked", "org.freedesktop.systemd1.NoSuchUnit",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (sd_bus_error_has_name(error, names[i]))
			return true;
	return false;
}

static char *unit_property(Cli *cli, const char *unit, const char *name)
{
	g_autofree char *path = NULL;
	char *encoded = NULL, *value = NULL;

	if (sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &encoded) < 0)
		return g_strdup("");
	path = encoded;
	if (sd_bus_get_property_string(cli->connection, SYSTEMD, path, SYSTEMD ".Unit", name, NULL, &value) < 0)
		return g_strdup("");
	return value;
}

static int connect_docker(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = DOCKER_SOCKET };
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) < 0 ||
		connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		int cause = errno;
		(void)close(fd);
		return -cause;
	}
	return fd;
}

/* The answer to a ping; NULL: none in time. */
static char *ping(int fd)
{
	static const char call[] = "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n";
	g_autoptr(GString) answer = g_string_new(NULL);
	char piece[512];
	ssize_t got = 0;

	if (send(fd, call, sizeof call - 1, MSG_NOSIGNAL) != (ssize_t)sizeof call - 1)
		return NULL;
	while (answer->len < ANSWER_BYTES && (got = recv(fd, piece, sizeof piece, 0)) > 0)
		(void)g_string_append_len(answer, piece, got);
	return got == 0 && answer->len ? g_string_free(g_steal_pointer(&answer), FALSE) : NULL;
}

/* Nobody but the service's socket unit serves the plugin: when Docker answers while that is down, it does not ask. */
static void look_at_docker(Absence *absence, bool socket_waits)
{
	static const struct { int error; const char *message, *advice; } failures[] = {
		{ -EACCES, N_("it is not known whether Docker asks Sentinel: you may not talk to Docker"), N_("ask as root: sudo sentinel doctor") },
		{ -ENOENT, N_("it is not known whether Docker asks Sentinel: Docker does not run"), "systemctl start docker" },
		{ -ECONNREFUSED, N_("it is not known whether Docker asks Sentinel: Docker does not run"), "systemctl start docker" },
	};

	absence->docker = N_("it is not known whether Docker asks Sentinel: Docker does not answer");
	absence->docker_advice = N_("see: journalctl -u docker");
	if (socket_waits) {
		absence->docker = N_("it is not known whether Docker asks Sentinel: the service does not run, and Docker's next question would start it");
		absence->docker_advice = "sudo sentinel authz start";
		return;
	}
	int fd = connect_docker();
	for (size_t i = 0; fd < 0 && i < G_N_ELEMENTS(failures); i++)
		if (failures[i].error == fd) {
			absence->docker = failures[i].message;
			absence->docker_advice = failures[i].advice;
		}
	g_autofree char *answer = fd >= 0 ? ping(fd) : NULL;
	if (fd >= 0)
		(void)close(fd);
	if (!answer)
		return;
	if (strstr(answer, "DOCKER SENTINEL is not there")) {
		absence->docker = N_("everything is denied: Docker's socket is Sentinel's, which does not run");
		absence->docker_advice = N_("sudo sentinel authz start, or give it back: sudo sentinel socket takeover --undo");
		return;
	}
	bool done = g_str_has_prefix(answer, "HTTP/1.0 200") || g_str_has_prefix(answer, "HTTP/1.1 200");
	absence->docker = done ? N_("Docker does not ask Sentinel: nothing is guarded") :
		strstr(answer, "plugin sentinel") ? N_("Docker denies everything: it is told to ask Sentinel, which does not run") :
		N_("it is not known whether Docker asks Sentinel: Docker refuses calls");
	absence->docker_advice = done ? "sudo sentinel authz install" : strstr(answer, "plugin sentinel") ? N_("sudo sentinel authz start, or take it out: sudo sentinel authz uninstall") :
		N_("see: docker version; journalctl -u docker");
}

Absence service_absence(Cli *cli)
{
	static const struct { const char *load, *active; Absence absence; } rows[] = {
		{ "masked", "", { "stopped", N_("Docker Sentinel was stopped by an administrator, and stays so until it is started or the machine boots"),
			"sudo sentinel authz start", "", "" } },
		{ "not-found", "", { "not_installed", N_("Docker Sentinel is not installed as a service; is the package installed?"), N_("--local needs no service"), "", "" } },
		{ "", "failed", { "failed", N_("Docker Sentinel has failed"), N_("see: systemctl status sentineld"), "", "" } },
		{ "", "", { "not_running", N_("Docker Sentinel does not run"), N_("sudo sentinel authz start; or see: systemctl status sentineld"), "", "" } },
	};
	g_autofree char *load = unit_property(cli, "sentineld.service", "LoadState"), *active = unit_property(cli, "sentineld.service", "ActiveState");
	g_autofree char *socket = unit_property(cli, "sentineld.socket", "ActiveState");
	Absence absence = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(rows) && !absence.word; i++)
		if ((!*rows[i].load || !strcmp(rows[i].load, load)) && (!*rows[i].active || !strcmp(rows[i].active, active)))
			absence = rows[i].absence;
	look_at_docker(&absence, !strcmp(socket, "active"));
	absence.message = language_of(absence.message);
	absence.advice = language_of(absence.advice);
	absence.docker = language_of(absence.docker);
	absence.docker_advice = language_of(absence.docker_advice);
	return absence;
}
