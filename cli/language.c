/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include "cli/language.h"
#include "config.h"

#define DOMAIN "docker-sentinel"

/* The catalogues of a build directory, for a program that was not installed from it. */
void language_begin(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *here = self ? g_path_get_dirname(self) : NULL;
	g_autofree char *built = here ? g_build_filename(here, "..", "po", NULL) : NULL;

	(void)bindtextdomain(DOMAIN, built && g_file_test(built, G_FILE_TEST_IS_DIR) ? built : SENTINEL_LOCALE_DIR);
	(void)bind_textdomain_codeset(DOMAIN, "UTF-8"); /* as everything that is printed */
	(void)textdomain(DOMAIN);
}

const char *language_of(const char *text)
{
	return *text ? gettext(text) : text;
}
