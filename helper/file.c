/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "helper/file.h"

#define DEFAULT_MODE 0644
#define DEFAULT_DIR_MODE 0755
#define ATTRIBUTE_BYTES 65536 /* the most that the kernel takes, see xattr(7) */

static bool fail(const char *what, const char *file, GError **error)
{
	int cause = errno;

	g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(cause), "cannot %s %s: %s", what, file, g_strerror(cause));
	return false;
}

bool file_read(const char *file, char **ret, GError **error)
{
	g_autoptr(GError) problem = NULL;

	gsize length = 0;

	*ret = NULL;
	if (g_file_get_contents(file, ret, &length, &problem) && strlen(*ret) != length) {
		g_clear_pointer(ret, g_free);
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "there is a byte 0 in %s", file);
		return false;
	}
	if (!problem || g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		return true;
	g_propagate_error(error, g_steal_pointer(&problem));
	return false;
}

static void sync_directory(const char *file)
{
	g_autofree char *dir = g_path_get_dirname(file);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	(void)close(fd);
}

/* Access lists, labels and the like of the old file.  What the file system of the new one does not have was not there before either. */
static bool copy_attributes(const char *from, int to)
{
	char names[ATTRIBUTE_BYTES], value[ATTRIBUTE_BYTES];
	ssize_t length = listxattr(from, names, sizeof names);

	if (length < 0)
		return errno == ENOTSUP || errno == ENOENT;
	for (const char *name = names; name < names + length; name += strlen(name) + 1) {
		ssize_t size = getxattr(from, name, value, sizeof value);
		if (size < 0 || fsetxattr(to, name, value, (size_t)size, 0) < 0)
			return false;
	}
	return true;
}

/* A new file with this text, on disk; with the rights and attributes of `from`. */
static bool put(const char *file, const char *text, const char *from, const struct stat *like, GError **error)
{
	(void)unlink(file);
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	size_t length = strlen(text);

	if (fd < 0)
		return fail("write", file, error);
	bool good = fchown(fd, like->st_uid, like->st_gid) == 0 && fchmod(fd, like->st_mode & 07777) == 0 && copy_attributes(from, fd) && write(fd, text, length) == (ssize_t)length &&
		    fsync(fd) == 0;
	if (!good)
		(void)fail("write", file, error);
	(void)close(fd);
	return good;
}

/* The file itself, not a link to it. */
static char *resolve(const char *file)
{
	char *path = realpath(file, NULL);
	char *copy = g_strdup(path ? path : file);

	free(path);
	return copy;
}

bool file_replace(const char *link, const char *text, bool (*accept)(const char *new_file, GError **error), GError **error)
{
	g_autofree char *file = resolve(link), *dir = g_path_get_dirname(file);
	g_autofree char *fresh = g_strconcat(file, ".new-sentinel", NULL), *kept = g_strconcat(file, FILE_KEPT, NULL), *before = NULL;
	struct stat like = { .st_mode = DEFAULT_MODE };

	if (g_mkdir_with_parents(dir, DEFAULT_DIR_MODE) < 0)
		return fail("make", dir, error);
	if (stat(file, &like) < 0 && errno != ENOENT)
		return fail("read", file, error);
	if (!file_read(file, &before, error) || (before && !put(kept, before, file, &like, error)) || !put(fresh, text, file, &like, error))
		return false;
	bool good = !accept || accept(fresh, error);
	if (good && rename(fresh, file) < 0)
		good = fail("replace", file, error);
	if (!good)
		(void)unlink(fresh);
	sync_directory(file);
	return good;
}

bool file_delete(const char *file, GError **error)
{
	if (unlink(file) < 0)
		return fail("delete", file, error);
	sync_directory(file);
	return true;
}
