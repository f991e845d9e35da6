/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib.h>
#include "base/limits.h"
#include "base/log.h"
#include "core/vex-files.h"

#define SUFFIX ".json"

struct VexFiles {
	char *directory;
	char *seen; /* of vex_files_changed(); NULL: it was not asked */
};

VexFiles *vex_files_new(const char *directory)
{
	VexFiles *files = g_new0(VexFiles, 1);

	files->directory = g_strdup(directory);
	return files;
}

void vex_files_free(VexFiles *files)
{
	if (!files)
		return;
	g_free(files->directory);
	g_free(files->seen);
	g_free(files);
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* In order: of too many it is always the same that count. */
static GPtrArray *names_in(const char *directory)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name;

	while (dir && names->len <= LIMIT_VEX_FILES && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, SUFFIX) && *name != '.')
			g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, compare_names);
	return names;
}

bool vex_files_changed(VexFiles *files)
{
	g_autoptr(GPtrArray) names = names_in(files->directory);
	g_autoptr(GString) seen = g_string_new("");
	struct stat status;

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_autofree char *path = g_build_filename(files->directory, name, NULL);
		if (stat(path, &status) == 0)
			g_string_append_printf(seen, "%s/%lu %ld %ld.%ld %ld.%ld %o %u\n", name, (unsigned long)status.st_ino, (long)status.st_size, (long)status.st_mtim.tv_sec,
				status.st_mtim.tv_nsec, (long)status.st_ctim.tv_sec, status.st_ctim.tv_nsec, status.st_mode, status.st_uid);
	}
	bool changed = g_strcmp0(seen->str, files->seen) != 0;
	g_free(files->seen);
	files->seen = g_string_free(g_steal_pointer(&seen), FALSE);
	return changed;
}

/* NULL: `ret_why` says why it does not count. */
static char *read_document(const char *path, size_t most, gsize *ret_length, const char **ret_why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	char *text = NULL;
	ssize_t got = 0;

	*ret_length = 0;
	*ret_why = "it cannot be read";
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		bool ours = status.st_uid == 0 || status.st_uid == geteuid();
		*ret_why = !ours || (status.st_mode & S_IWOTH) ? "somebody else could have written it" : (uint64_t)status.st_size > most ? "the documents are too large" : NULL;
		text = *ret_why ? NULL : g_malloc((gsize)status.st_size + 1);
		while (text && *ret_length < (gsize)status.st_size && (got = read(fd, text + *ret_length, (gsize)status.st_size - *ret_length)) > 0)
			*ret_length += (gsize)got;
	}
	if (fd >= 0)
		(void)close(fd);
	return text;
}

VexTable *vex_files_read(const VexFiles *files)
{
	g_autoptr(GPtrArray) names = names_in(files->directory);
	VexTable *table = vex_new();
	size_t left = LIMIT_VEX_BYTES;

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i), *why = "there are too many documents";
		g_autofree char *path = g_build_filename(files->directory, name, NULL);
		gsize length = 0;
		g_autofree char *text = i < LIMIT_VEX_FILES ? read_document(path, left, &length, &why) : NULL;
		bool good = text && vex_add(table, name, text, length, &why);
		left -= length;
		if (!good)
			log_warning("%s: nothing of it counts: %s", path, why);
	}
	vex_end(table);
	if (vex_count(table))
		return table;
	vex_unref(table);
	return NULL;
}
