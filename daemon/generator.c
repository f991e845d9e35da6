/* SPDX-License-Identifier: MIT
 *
 * sentinel-generator (systemd.generator(7)): units for the sockets of config.yaml, when systemd starts and when it reads its units again.  A configuration that does not load
 * makes none.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "core/config.h"

#define CONFIG_FILE "/etc/sentinel/config.yaml"
#define TEMPLATE_UNIT "/usr/lib/systemd/system/sentinel-proxy@.socket" /* systemd goes by the name of the link alone */
#define WANTS "sockets.target.wants"
#define CONFIG_ARGUMENT 4 /* behind systemd's three directories: another file, for tests */

static bool make_directory(const char *path)
{
	if (g_mkdir_with_parents(path, 0755) == 0)
		return true;
	log_error("cannot make %s: %s", path, g_strerror(errno));
	return false;
}

/* What is written is of letters that mean nothing to systemd (core/socket-keys.c). */
static bool write_settings(const Socket *socket, const char *config, const char *directory, Arena *arena)
{
	const char *path = arena_printf(arena, "%s/50-config.conf", directory);
	const char *text = arena_printf(arena,
		"# Written by sentinel-generator.\n[Unit]\nSourcePath=%s\n\n[Socket]\nListenStream=\nListenStream=%s\nSocketUser=%s\nSocketGroup=%s\nSocketMode=%04o\n", config,
		socket_path(socket, arena), socket->owner, socket->group, socket->mode);
	g_autoptr(GError) error = NULL;

	if (make_directory(directory) && g_file_set_contents(path, text, -1, &error))
		return true;
	if (error)
		log_error("%s", error->message);
	return false;
}

static bool make_unit(const Socket *socket, const char *config, const char *units, Arena *arena)
{
	const char *wants = arena_printf(arena, "%s/" WANTS, units), *link = arena_printf(arena, "%s/sentinel-proxy@%s.socket", wants, socket->name);

	if (!write_settings(socket, config, arena_printf(arena, "%s/sentinel-proxy@%s.socket.d", units, socket->name), arena) || !make_directory(wants))
		return false;
	if (symlink(TEMPLATE_UNIT, link) == 0 || errno == EEXIST)
		return true;
	log_error("cannot make %s: %s", link, g_strerror(errno));
	return false;
}

int main(int argc, char **argv)
{
	const char *config_file = argc > CONFIG_ARGUMENT ? argv[CONFIG_ARGUMENT] : CONFIG_FILE;
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Arena) arena = arena_new();

	if (argc < CONFIG_ARGUMENT || argc > CONFIG_ARGUMENT + 1) {
		(void)fprintf(stderr, "sentinel-generator: systemd calls it, with three directories: systemd.generator(7)\n");
		return 2;
	}
	g_autoptr(Config) config = config_load(config_file, diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);
	if (!config) {
		log_error("no sockets: %s", problem);
		return EXIT_FAILURE;
	}
	const Sockets *sockets = socket_set_all(config->sockets);
	bool good = true;
	for (size_t i = 0; sockets && i < sockets->count; i++)
		good &= make_unit(&sockets->items[i], config_file, argv[1], arena);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
