/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>
#include "helper/units.h"

#define GUARD "sentineld.socket", "sentineld.service"
#define STAND_IN "sentinel-stopped.socket", "sentinel-stopped.service"

bool run(const char *const *words, GError **error)
{
	g_autofree char *problem = NULL;
	int status;

	if (!g_spawn_sync(NULL, (char **)(uintptr_t)words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &problem, &status, error))
		return false;
	if (g_spawn_check_wait_status(status, NULL))
		return true;
	g_set_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED, "%s %s: %s", words[0], words[1], g_strchomp(problem));
	return false;
}

char *unit_property(const char *unit, const char *property)
{
	g_autofree char *what = g_strconcat("--property=", property, NULL), *said = NULL;
	const char *const words[] = { "systemctl", "show", "--value", what, unit, NULL };

	if (!g_spawn_sync(NULL, (char **)(uintptr_t)words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &said, NULL, NULL, NULL))
		return g_strdup("");
	return g_strdup(g_strstrip(said));
}

bool units_enable(GError **error)
{
	static const char *const words[] = { "systemctl", "enable", "--now", GUARD, NULL };

	return units_release(error) && run(words, error);
}

bool units_disable(GError **error)
{
	static const char *const words[] = { "systemctl", "disable", "--now", "sentineld.service", "sentineld.socket", NULL };

	return run(words, error);
}

/* A unit file in /etc comes before the mask in /run: then a stop does not hold, and that is said. */
static bool is_masked(GError **error)
{
	static const char *const words[] = { "systemctl", "show", "--value", "--property=LoadState", GUARD, NULL };
	g_autofree char *said = NULL;

	if (!g_spawn_sync(NULL, (char **)(uintptr_t)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &said, NULL, NULL, error))
		return false;
	if (!strcmp(said, "masked\n\nmasked\n"))
		return true;
	g_set_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED,
		"it is stopped, but does not stay so: a unit file in /etc/systemd/system comes before the mask; see: systemctl cat sentineld.socket sentineld.service");
	return false;
}

bool units_stop(GError **error)
{
	static const char *const steps[][6] = {
		{ "systemctl", "mask", "--runtime", GUARD, NULL },
		{ "systemctl", "stop", GUARD, NULL },
		{ "systemctl", "start", "sentinel-stopped.socket", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
		if (!run(steps[i], error))
			return false;
	return is_masked(error);
}

bool units_release(GError **error)
{
	static const char *const unmask[] = { "systemctl", "unmask", "--runtime", GUARD, NULL };
	static const char *const stop[] = { "systemctl", "stop", STAND_IN, NULL };

	return run(unmask, error) && run(stop, error);
}

bool units_start(GError **error)
{
	static const char *const words[] = { "systemctl", "start", GUARD, NULL };

	return units_release(error) && run(words, error);
}
