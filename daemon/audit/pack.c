/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/journal-internal.h"
#include "audit/pack.h"
#include "audit/private.h"
#include "base/limits.h"

/* One file, from its beginning to its end. */
typedef struct Packing {
	Journal *journal;
	const char *dir;
	Segment *plain;
	char *fresh, *path; /* path: of the plain one */
	bool (*may_go_on)(void *data);
	void *data;
} Packing;

/* What was written says the same, to the byte. */
static int compare(const Packing *packing, const Segment *packed)
{
	g_autofree char *one = g_malloc(ZSTD_TEXT_FRAME_BYTES), *other = g_malloc(ZSTD_TEXT_FRAME_BYTES);
	const int64_t end = segment_text_bytes(packing->plain);

	if (segment_text_bytes(packed) != end)
		return -EIO;
	for (int64_t at = 0; at < end;) {
		const size_t length = (size_t)MIN((int64_t)ZSTD_TEXT_FRAME_BYTES, end - at);
		if (!packing->may_go_on(packing->data))
			return -ECANCELED;
		if (segment_read_text(packing->plain, one, length, at) != (ssize_t)length ||
			segment_read_text(packed, other, length, at) != (ssize_t)length || memcmp(one, other, length) != 0)
			return -EIO;
		at += (int64_t)length;
	}
	return 0;
}

static int compare_fresh(const Packing *packing, int fd)
{
	Segment packed = { .fd = fd, .packed = zstd_text_open(fd) };
	int r = packed.packed ? compare(packing, &packed) : -errno;

	zstd_text_free(packed.packed);
	return r;
}

/* As readable as the other one, and on the disk before that goes. */
static int write_fresh(const Packing *packing)
{
	const Segment *plain = packing->plain;
	struct stat status;

	if (unlink(packing->fresh) < 0 && errno != ENOENT)
		return -errno;
	int fd = private_open(packing->fresh, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = fstat(plain->fd, &status) < 0 ? -errno : 0;
	if (r == 0 && status.st_gid != getegid() && fchown(fd, (uid_t)-1, status.st_gid) < 0)
		r = errno == EPERM ? 0 : -errno;
	if (r == 0 && fchmod(fd, status.st_mode & 07777) < 0)
		r = -errno;
	if (r == 0)
		r = zstd_text_write(plain->fd, status.st_size, plain->head_bytes, fd, packing->may_go_on, packing->data);
	if (r == 0)
		r = compare_fresh(packing, fd);
	if (r == 0 && fdatasync(fd) < 0)
		r = -errno;
	(void)close(fd);
	return r;
}

static void sync_names(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	(void)close(fd);
}

/* A removal that came meanwhile has taken the file, or put what remains of it in its place: then this is not needed. */
static int change_names(const Packing *packing)
{
	g_autofree char *packed = segment_packed_name(packing->path);
	struct stat named, opened;

	if (fstat(packing->plain->fd, &opened) < 0 || fstatat(AT_FDCWD, packing->path, &named, AT_SYMLINK_NOFOLLOW) < 0 ||
		named.st_dev != opened.st_dev || named.st_ino != opened.st_ino)
		return -ESTALE;
	if (rename(packing->fresh, packed) < 0)
		return -errno;
	sync_names(packing->dir);
	return unlink(packing->path) < 0 ? -errno : 0;
}

static int pack(const Packing *packing, PackResult *ret)
{
	struct stat before, after;
	int r = write_fresh(packing);

	if (r == 0 && (fstat(packing->plain->fd, &before) < 0 || lstat(packing->fresh, &after) < 0))
		r = -errno;
	if (r == 0) {
		(void)pthread_mutex_lock(&packing->journal->names);
		r = change_names(packing);
		(void)pthread_mutex_unlock(&packing->journal->names);
	}
	if (r == 0)
		*ret = (PackResult){ g_strdup(packing->plain->name), before.st_size, after.st_size };
	else
		(void)unlink(packing->fresh);
	return r;
}

static bool is_plain(const char *name)
{
	return strcmp(name, SEGMENT_ACTIVE) != 0 && !segment_is_packed(name);
}

/* Longer than what is read again stays as it is. */
static Segment *find(const char *dir, unsigned newest, int *ret_errno)
{
	g_autoptr(GPtrArray) names = segment_list(dir, ret_errno);

	for (guint i = 0; names && i + newest + 1 < names->len; i++) { /* the last name is that of the file that is written */
		if (!is_plain(g_ptr_array_index(names, i)))
			continue;
		g_autoptr(Segment) segment = segment_open(dir, g_ptr_array_index(names, i), ret_errno);
		if (segment && !segment->packed && segment_text_bytes(segment) < (int64_t)(LIMIT_PACKED_FRAMES - 1) * ZSTD_TEXT_FRAME_BYTES)
			return g_steal_pointer(&segment);
	}
	return NULL;
}

int pack_run(Journal *journal, const char *dir, unsigned newest, bool (*may_go_on)(void *data), void *data, PackResult *ret)
{
	int cause = 0;
	g_autoptr(Segment) plain = find(dir, newest, &cause);

	*ret = (PackResult){ 0 };
	if (!plain)
		return cause == ENOENT ? 0 : -cause; /* it was removed meanwhile */
	g_autofree char *fresh = g_build_filename(dir, SEGMENT_PACKING, NULL), *path = g_build_filename(dir, plain->name, NULL);
	const Packing packing = { journal, dir, plain, fresh, path, may_go_on, data };
	return pack(&packing, ret);
}
