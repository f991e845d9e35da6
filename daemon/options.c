/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/pin-wire.h"
#include "config.h"
#include "options.h"

#define DEFAULT_SOCKET "/run/docker/plugins/sentinel.sock"
#define DEFAULT_DOCKER "unix:///var/run/docker.sock"
#define EXIT_USAGE 2

static int usage_error(const char *what, const char *value, const char *expected)
{
	(void)fprintf(stderr, "sentineld: %s%s%s: %s\n", what, value ? " " : "", value ? value : "", expected);
	return EXIT_USAGE;
}

static bool bus_parse(const char *word, BusKind *ret)
{
	static const struct { const char *word; BusKind kind; } kinds[] = { { "system", BUS_SYSTEM }, { "session", BUS_SESSION }, { "none", BUS_NONE } };

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (!strcmp(word, kinds[i].word)) {
			*ret = kinds[i].kind;
			return true;
		}
	}
	return false;
}

/* What GOption does not check itself. */
static int check(Options *options, const char *bus, const char *level, int rest, char **argv)
{
	LogLevel parsed;

	if (rest > 1)
		return usage_error("unexpected argument", argv[1], "sentineld takes options only");
	if (!bus_parse(bus ? bus : "system", &options->bus))
		return usage_error("--bus", bus, "expected system, session or none");
	if (!log_level_parse(level ? level : "info", &parsed))
		return usage_error("--log-level", level, "expected error, warning, notice, info or debug");
	log_set_level(parsed);
	if (!options->pin_socket)
		options->pin_socket = g_strdup(PIN_SOCKET);
	if (options->bus_fd >= 0) {
		if (fcntl(options->bus_fd, F_SETFD, FD_CLOEXEC) < 0)
			return usage_error("--bus-fd", NULL, "this descriptor is not open");
		options->bus = BUS_PEER;
		return -1;
	}
	if (options->write_socket && options->bus != BUS_SYSTEM)
		return usage_error("--write-socket", NULL, "it asks callers of the system bus, so it goes with --bus system alone");
	if (!options->authz_socket)
		options->authz_socket = g_strdup(DEFAULT_SOCKET);
	return -1;
}

int options_parse(Options *options, int argc, char **argv)
{
	g_autofree char *bus = NULL, *level = NULL;
	gboolean version = FALSE, stopped = FALSE;
	*options = (Options){ .bus_fd = -1 };
	const GOptionEntry entries[] = {
		{ "config-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->config_dir, "Configuration, policies and audit trail below DIR", "DIR" },
		{ "authz-socket", 0, 0, G_OPTION_ARG_FILENAME, &options->authz_socket, "Listen for dockerd at PATH", "PATH" },
		{ "judge-socket", 0, 0, G_OPTION_ARG_FILENAME, &options->judge_socket, "Listen for sentinel-proxy at PATH", "PATH" },
		{ "bus", 0, 0, G_OPTION_ARG_STRING, &bus, "D-Bus to publish on: system, session or none", "BUS" },
		{ "bus-fd", 0, 0, G_OPTION_ARG_INT, &options->bus_fd, "Serve one D-Bus peer on this descriptor and end with it", "N" },
		{ "docker-host", 0, 0, G_OPTION_ARG_STRING, &options->docker_host, "Where Docker listens (" DEFAULT_DOCKER ")", "URI" },
		{ "pin-socket", 0, 0, G_OPTION_ARG_FILENAME, &options->pin_socket, "Where the helper that makes pins listens (" PIN_SOCKET ")", "PATH" },
		{ "scan-sockets", 0, 0, G_OPTION_ARG_FILENAME, &options->scan_sockets, "Run scanners in the sandboxes behind the sockets in DIR", "DIR" },
		{ "write-socket", 0, 0, G_OPTION_ARG_FILENAME, &options->write_socket, "Have policies written by the helper that listens at PATH", "PATH" },
		{ "stopped", 0, 0, G_OPTION_ARG_NONE, &stopped, "Deny everything, with the word that the guard is stopped", NULL },
		{ "log-level", 0, 0, G_OPTION_ARG_STRING, &level, "error, warning, notice, info or debug", "LEVEL" },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- answer Docker's authorization questions");
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return usage_error(error->message, NULL, "see sentineld --help");
	if (version) {
		(void)printf("sentineld %s\n", SENTINEL_VERSION);
		return EXIT_SUCCESS;
	}
	options->stopped = stopped;
	return check(options, bus, level, argc, argv);
}

void options_clear(Options *options)
{
	g_free(options->config_dir);
	g_free(options->authz_socket);
	g_free(options->judge_socket);
	g_free(options->docker_host);
	g_free(options->pin_socket);
	g_free(options->scan_sockets);
	g_free(options->write_socket);
}
