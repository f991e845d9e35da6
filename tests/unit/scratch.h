/* SPDX-License-Identifier: MIT
 *
 * A directory for one test.
 */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <glib.h>

static inline int scratch_remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void scratch_free(char *dir)
{
	(void)nftw(dir, scratch_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	g_free(dir);
}

typedef char Scratch;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scratch, scratch_free)

static inline char *scratch_new(void)
{
	char *dir = g_dir_make_tmp("sentinel-XXXXXX", NULL);

	g_assert_nonnull(dir);
	return dir;
}

static inline void scratch_put(const char *dir, const char *file, const char *text)
{
	g_autofree char *path = g_build_filename(dir, file, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static inline char *scratch_get(const char *dir, const char *file)
{
	g_autofree char *path = g_build_filename(dir, file, NULL);
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}
