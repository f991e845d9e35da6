/* SPDX-License-Identifier: MIT */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "helper/file.h"
#include "helper/takeover.h"
#include "helper/units.h"

#define UNIT_DIR "/etc/systemd/system/"
/* Behind the names that people give theirs: what stands in it counts last. */
#define DROP_IN "zz-sentinel-takeover.conf"
#define USUAL "/run/docker.sock"
#define BEHIND "/run/sentinel-engine/docker.sock" /* the directory is of systemd/docker-sentinel.tmpfiles */
#define DOCKER_SOCKET_UNIT "docker.socket"
#define OURS "sentinel-proxy@docker.socket"
#define HEAD "# By \"sentinel socket takeover\"; the way back: sentinel socket takeover --undo\n"
#define ELSEWHERE HEAD "[Service]\nEnvironment=SENTINEL_DOCKER=" BEHIND "\n"

static const struct { const char *unit, *text; } drop_ins[] = {
	{ DOCKER_SOCKET_UNIT, HEAD "[Unit]\nWants=" OURS "\n\n[Socket]\nListenStream=\nListenStream=" BEHIND "\nSocketUser=root\nSocketGroup=sentinel-engine\nSocketMode=0660\n" },
	{ OURS, HEAD "[Socket]\nListenStream=" USUAL "\n" },
	{ "sentinel-proxy@.service", ELSEWHERE },
	{ "sentineld.service", ELSEWHERE },
};

static char *drop_in_path(const char *unit)
{
	return g_strconcat(UNIT_DIR, unit, ".d/", DROP_IN, NULL);
}

static bool put_drop_ins(GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(drop_ins); i++) {
		g_autofree char *path = drop_in_path(drop_ins[i].unit);
		if (!file_replace(path, drop_ins[i].text, NULL, error))
			return false;
	}
	return true;
}

/* Those that are there, and the directories in which nothing else is. */
static bool remove_drop_ins(GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(drop_ins); i++) {
		g_autofree char *path = drop_in_path(drop_ins[i].unit), *directory = g_path_get_dirname(path);
		if (g_file_test(path, G_FILE_TEST_EXISTS) && !file_delete(path, error))
			return false;
		(void)rmdir(directory);
	}
	return true;
}

static bool any_drop_in(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(drop_ins); i++) {
		g_autofree char *path = drop_in_path(drop_ins[i].unit);
		if (g_file_test(path, G_FILE_TEST_EXISTS))
			return true;
	}
	return false;
}

/* The units with what their files say now.  What is stopped goes by what they said before, so it comes first.  Docker's start is not counted with
 * those that fail. */
static bool change_places(bool docker_runs, const char *also, GError **error)
{
	static const char *const steps[][7] = {
		{ "systemctl", "stop", "docker.service", DOCKER_SOCKET_UNIT, OURS, "sentinel-proxy@docker.service", NULL },
		{ "systemctl", "daemon-reload", NULL },
		{ "systemctl", "try-restart", "sentineld.service", "sentinel-proxy@*.service", NULL },
		{ "systemctl", "reset-failed", "docker.service", NULL },
		{ "systemctl", "start", DOCKER_SOCKET_UNIT, "docker.service", NULL },
	};
	static const char *const without[][7] = {
		{ "systemctl", "stop", OURS, "sentinel-proxy@docker.service", NULL },
		{ "systemctl", "daemon-reload", NULL },
		{ "systemctl", "try-restart", "sentineld.service", "sentinel-proxy@*.service", DOCKER_SOCKET_UNIT, NULL },
	};
	const char *const start[] = { "systemctl", "start", also, NULL };

	for (size_t i = 0; i < (docker_runs ? G_N_ELEMENTS(steps) : G_N_ELEMENTS(without)); i++)
		if (!run(docker_runs ? steps[i] : without[i], error))
			return false;
	return !also || run(start, error);
}

static bool is(const char *unit, const char *property, const char *value)
{
	g_autofree char *said = unit_property(unit, property);

	return !strcmp(said, value);
}

static bool listens_at(const char *path)
{
	g_autofree char *line = g_strconcat(path, " (Stream)", NULL);

	return is(DOCKER_SOCKET_UNIT, "Listen", line);
}

/* By sentinel-generator's drop-in: at a socket that config.yaml does not name nothing is let through. */
static bool is_configured(void)
{
	g_autofree char *paths = unit_property(OURS, "DropInPaths");

	return strstr(paths, "/50-config.conf") != NULL;
}

static bool refuse(GError **error, const char *why)
{
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s; nothing was changed", why);
	return false;
}

/* Docker as its packages bring it: by its socket unit, and at nothing else. */
static bool may_take(const Docker *docker, GError **error)
{
	g_autofree char *pid = g_strdup_printf("%d", (int)docker->pid);

	if (!docker->pid)
		return refuse(error, "Docker does not run: start it first (systemctl start docker), so that it can be seen how");
	if (!is(DOCKER_SOCKET_UNIT, "LoadState", "loaded") || !is(DOCKER_SOCKET_UNIT, "ActiveState", "active"))
		return refuse(error, "systemd's unit docker.socket is not what Docker listens by");
	if (!is("docker.service", "MainPID", pid))
		return refuse(error, "dockerd was not started by systemd's docker.service");
	if (docker->elsewhere) {
		g_autofree char *why = g_strdup_printf("dockerd also listens at %s, where nobody would be asked: take that out first (systemctl cat docker)", docker->elsewhere);
		return refuse(error, why);
	}
	if (!docker->by_unit)
		return refuse(error, "dockerd was not started with -H fd://: it makes its socket itself");
	if (!listens_at(USUAL) && !listens_at("/var" USUAL))
		return refuse(error, "docker.socket listens at something else than " USUAL " (systemctl cat docker.socket)");
	if (!is_configured())
		return refuse(error, "there is no socket \"docker\" for this: put sockets: {docker: {group: docker}} into /etc/sentinel/config.yaml, and systemctl daemon-reload");
	return true;
}

/* What becomes of the containers, in words; NULL with an error where they would stop and may not. */
static const char *containers(const char *socket, bool may_stop, const char *words, GError **error)
{
	DockerContainers now = { 0 };
	bool known = docker_containers(socket, &now);

	if (known && (now.keeps || !now.running))
		return now.running ? "its containers run on" : "no container ran";
	if (may_stop)
		return "containers that ran were stopped, but for those that Docker starts again";
	if (known)
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
			"Docker must be restarted for this, and its %d running containers would stop: put \"live-restore\": true into daemon.json and systemctl reload docker, then they run on; "
			"or let them stop: sentinel socket takeover %s--restart-docker; nothing was changed", now.running, words);
	else
		(void)refuse(error, "Docker must be restarted for this, and does not say whether containers would stop; to let them: --restart-docker");
	return NULL;
}

static bool go_back(bool docker_runs, GError **error)
{
	if (!remove_drop_ins(error))
		return false;
	/* Without Docker's units there is nothing else to put back. */
	if (!is(DOCKER_SOCKET_UNIT, "LoadState", "loaded")) {
		static const char *const reload[] = { "systemctl", "daemon-reload", NULL };
		return run(reload, error);
	}
	if (!change_places(docker_runs, is_configured() ? OURS : NULL, error))
		return false;
	(void)unlink(BEHIND);
	return true;
}

bool takeover(const Docker *docker, bool containers_may_stop, GError **error)
{
	g_autoptr(GError) again = NULL;

	if (any_drop_in() && listens_at(BEHIND)) {
		(void)puts("Docker Sentinel has the place of Docker's socket already");
		return true;
	}
	const char *what = may_take(docker, error) ? containers(USUAL, containers_may_stop, "", error) : NULL;
	if (!what)
		return false;
	bool good = put_drop_ins(error) && change_places(true, NULL, error);
	if (good && !listens_at(BEHIND)) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "docker.socket listens at more than it was told: see systemctl cat docker.socket");
		good = false;
	}
	if (good && !docker_answers(USUAL)) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "Docker does not answer at Sentinel's socket; see: journalctl -u sentinel-proxy@docker.service -u sentineld");
		good = false;
	}
	if (good) {
		(void)printf("Docker was restarted, %s. " USUAL " is Docker Sentinel's now; Docker itself listens at " BEHIND ", for root\n", what);
		return true;
	}
	if (!go_back(true, &again))
		g_prefix_error(error, "it could not be put back (%s); ", again->message);
	else
		g_prefix_error(error, "it was put back as it was: ");
	return false;
}

bool takeover_undo(const Docker *docker, bool containers_may_stop, GError **error)
{
	if (!any_drop_in()) {
		(void)puts("Docker Sentinel has not the place of Docker's socket");
		return true;
	}
	const char *what = docker->pid ? containers(listens_at(BEHIND) ? BEHIND : USUAL, containers_may_stop, "--undo ", error) : "";
	if (!what || !go_back(docker->pid != 0, error))
		return false;
	if (docker->pid)
		(void)printf("Docker was restarted, %s. ", what);
	(void)puts(USUAL " is Docker's own again");
	return true;
}
