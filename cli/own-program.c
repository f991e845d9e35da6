/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include "cli/own-program.h"

char *own_program_find(const char *variable, const char *folder, const char *name, const char *installed)
{
	const char *set = g_getenv(variable);
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *here = self ? g_path_get_dirname(self) : NULL;
	g_autofree char *built = here ? g_build_filename(here, "..", folder, name, NULL) : NULL;

	if (set && *set)
		return g_strdup(set);
	return g_strdup(built && g_file_test(built, G_FILE_TEST_IS_EXECUTABLE) ? built : installed);
}
