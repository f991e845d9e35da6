/* SPDX-License-Identifier: MIT
 *
 * The running dockerd, and the plugin as dockerd would meet it.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

typedef struct Docker {
	pid_t pid;         /* 0: it does not run */
	char *config_file; /* "/etc/docker/daemon.json", or what --config-file says */
	bool listed;       /* its command line has --authorization-plugin: daemon.json must not say it as well */
	bool names_us;     /* ... and names the plugin there */
	bool by_unit;      /* ... and says that systemd's socket unit has its sockets: -H fd:// */
	char *elsewhere;   /* ... and says another place to listen at; NULL: none */
} Docker;

/* The process of Docker's own file, if it is root's and runs dockerd. */
void docker_find(Docker *ret, const char *plugin);
void docker_clear(Docker *docker);
/* Docker reads its configuration again; containers run on. */
bool docker_reload(const Docker *docker, GError **error);
/* Whether Docker asks the service, by the service itself; waits for it a little. */
bool docker_asks(void);
typedef struct DockerContainers {
	int running;
	bool keeps; /* live-restore: they run on while Docker is restarted */
} DockerContainers;

/* What the Docker at this socket says; false: nothing that can be read. */
bool docker_containers(const char *socket_path, DockerContainers *ret);
/* A ping; waits for it a little. */
bool docker_answers(const char *socket_path);
/* Whether Docker would take the configuration; versions that cannot say so take it. */
bool docker_validate(const char *config_file, GError **error);

/* Asks at the plugin's socket what dockerd asks first, and about one harmless call. */
bool plugin_probe(const char *socket_path, GError **error);
