/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/segment.h"
#include "request/json.h"

#define HEAD_START "{\"v\":2,\"segment\":"
#define HEAD_ROOM 512u
#define PREFIX "audit-"
#define SUFFIX ".jsonl"
#define PACKED_SUFFIX ".zst"
#define DIGITS 20u
#define PRINT_BYTES 256

char *segment_name(uint64_t first_id)
{
	return g_strdup_printf(PREFIX "%020" G_GUINT64_FORMAT SUFFIX, first_id);
}

uint64_t segment_number(const char *name)
{
	return g_str_has_prefix(name, PREFIX) ? g_ascii_strtoull(name + strlen(PREFIX), NULL, 10) : 0;
}

bool segment_is_packed(const char *name)
{
	return g_str_has_suffix(name, SUFFIX PACKED_SUFFIX);
}

char *segment_packed_name(const char *name)
{
	return g_strconcat(name, segment_is_packed(name) ? "" : PACKED_SUFFIX, NULL);
}

char *segment_plain_name(const char *name)
{
	return g_strndup(name, strlen(name) - (segment_is_packed(name) ? strlen(PACKED_SUFFIX) : 0));
}

char *segment_head_format(const SegmentHead *head)
{
	return g_strdup_printf(HEAD_START "{\"position\":%" G_GINT64_FORMAT ",\"prev\":\"%s\"}}\n", head->position, head->chain.digits);
}

/* As it is written. */
typedef struct HeadLine {
	int64_t position;
	const char *prev;
} HeadLine;

static bool read_members(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("position", HeadLine, position, json_int),
		JSON_FIELD("prev", HeadLine, prev, json_string),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_line(const char *text, size_t length, SegmentHead *ret)
{
	static const JsonField fields[] = { { "segment", strlen("segment"), 0, read_members } };
	g_autoptr(Arena) arena = arena_new();
	Json json = json_begin(text, length, arena);

	HeadLine head = { -1, "" };
	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &head) || !json_finish(&json) || head.position < 0)
		return false;
	*ret = (SegmentHead){ .position = head.position };
	chain_begin(&ret->chain, head.prev);
	g_autofree char *written = segment_head_format(ret); /* as we write it, to the letter: nothing in it is there for no reason */
	return strlen(written) == length + 1 && !memcmp(written, text, length);
}

/* A first line that is no head: the trail begins here. */
bool segment_read_head(Segment *segment)
{
	char text[HEAD_ROOM];
	SegmentHead *ret = &segment->head;
	ssize_t got = segment_read_text(segment, text, sizeof text, 0);

	Chain none;
	chain_begin(&none, NULL);
	*ret = (SegmentHead){ .chain = none };
	segment->head_bytes = 0;
	if (got < 0)
		return false;
	const char *feed = memchr(text, '\n', (size_t)got);
	if (!feed || (size_t)got < strlen(HEAD_START) || memcmp(text, HEAD_START, strlen(HEAD_START)) != 0)
		return true;
	if (read_line(text, (size_t)(feed - text), ret))
		segment->head_bytes = (size_t)(feed - text) + 1;
	else
		*ret = (SegmentHead){ .chain = none };
	return true;
}

/* By this name, or by that which it has when it is packed. */
static void open_file(Segment *segment, const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL), *packed = segment_packed_name(path);
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

	segment->fd = open(path, flags);
	bool again = segment->fd < 0 && errno == ENOENT && strcmp(name, SEGMENT_ACTIVE) != 0;
	if (again)
		segment->fd = open(packed, flags);
	segment->name = again ? segment_packed_name(name) : g_strdup(name);
}

Segment *segment_open(const char *dir, const char *name, int *ret_errno)
{
	g_autoptr(Segment) segment = g_new0(Segment, 1);
	struct stat status;

	open_file(segment, dir, name);
	bool good = segment->fd >= 0 && fstat(segment->fd, &status) == 0;
	if (good && !S_ISREG(status.st_mode)) {
		errno = EINVAL;
		good = false;
	}
	if (good && segment_is_packed(segment->name))
		good = (segment->packed = zstd_text_open(segment->fd)) != NULL;
	good = good && segment_read_head(segment);
	if (!good) {
		*ret_errno = errno;
		return NULL;
	}
	segment->device = status.st_dev;
	segment->inode = status.st_ino;
	return g_steal_pointer(&segment);
}

void segment_free(Segment *segment)
{
	if (!segment)
		return;
	if (segment->fd >= 0)
		(void)close(segment->fd);
	zstd_text_free(segment->packed);
	g_free(segment->name);
	g_free(segment);
}

ssize_t segment_read_text(const Segment *segment, char *into, size_t length, int64_t at)
{
	return segment->packed ? zstd_text_read(segment->packed, into, length, at) : pread(segment->fd, into, length, (off_t)at);
}

int64_t segment_text_bytes(const Segment *segment)
{
	struct stat status;

	if (segment->packed)
		return zstd_text_bytes(segment->packed);
	return fstat(segment->fd, &status) < 0 ? -1 : (int64_t)status.st_size;
}

int64_t segment_behind_damage(const Segment *segment, int64_t position)
{
	const int64_t shift = (int64_t)segment->head_bytes - segment->head.position;

	return segment->packed ? zstd_text_behind(segment->packed, position + shift) - shift : segment_end(segment);
}

ssize_t segment_read(const Segment *segment, char *into, size_t length, int64_t position)
{
	if (position < segment->head.position) {
		errno = EINVAL;
		return -1;
	}
	return segment_read_text(segment, into, length, position - segment->head.position + (int64_t)segment->head_bytes);
}

int64_t segment_end(const Segment *segment)
{
	const int64_t bytes = segment_text_bytes(segment);

	return bytes < 0 ? -1 : segment->head.position + MAX(bytes - (int64_t)segment->head_bytes, 0);
}

/* FNV-1a (isthe.com/chongo/tech/comp/fnv). */
uint64_t segment_print(const Segment *segment, int64_t position)
{
	char text[PRINT_BYTES];
	int64_t length = MIN((int64_t)sizeof text, position - segment->head.position);
	uint64_t print = UINT64_C(0xcbf29ce484222325);

	if (length <= 0 || segment_read(segment, text, (size_t)length, position - length) != length)
		return 0;
	for (int64_t i = 0; i < length; i++)
		print = (print ^ (uint8_t)text[i]) * UINT64_C(0x100000001b3);
	return MAX(print & INT64_MAX, 1);
}

bool segment_is_named(const Segment *segment, const char *dir)
{
	g_autofree char *path = g_build_filename(dir, segment->name, NULL);
	struct stat status;

	return fstatat(AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_dev == segment->device && status.st_ino == segment->inode;
}

static bool is_finished(const char *name)
{
	g_autofree char *plain = segment_plain_name(name);

	if (!g_str_has_prefix(plain, PREFIX) || strlen(plain) != strlen(PREFIX) + DIGITS + strlen(SUFFIX))
		return false;
	return strspn(plain + strlen(PREFIX), "0123456789") == DIGITS && g_str_has_suffix(plain, SUFFIX);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool segment_same_file(int fd, const char *a, const char *b)
{
	struct stat one, other;

	return fstatat(fd, a, &one, AT_SYMLINK_NOFOLLOW) == 0 && fstatat(fd, b, &other, AT_SYMLINK_NOFOLLOW) == 0 && one.st_dev == other.st_dev &&
		one.st_ino == other.st_ino;
}

/* Until a file that was packed is removed it has two names: what is packed may not be whole, or may be what was before a removal. */
static void drop_twins(GPtrArray *names)
{
	for (guint i = 1; i < names->len;) {
		g_autofree char *packed = segment_packed_name(g_ptr_array_index(names, i - 1));
		if (strcmp(packed, g_ptr_array_index(names, i)) == 0)
			g_ptr_array_remove_index(names, i);
		else
			i++;
	}
}

GPtrArray *segment_list(const char *dir, int *ret_errno)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	DIR *stream = opendir(dir);
	const struct dirent *entry;
	int fd = stream ? dirfd(stream) : -1;

	if (fd < 0) {
		*ret_errno = errno;
		return NULL;
	}
	while ((errno = 0, entry = readdir(stream)))
		if (is_finished(entry->d_name))
			g_ptr_array_add(names, g_strdup(entry->d_name));
	int cause = errno;
	g_ptr_array_sort(names, by_name);
	drop_twins(names);
	/* Between link(2) and rename(2) of a rotation the file has both names. */
	if (names->len && segment_same_file(fd, g_ptr_array_index(names, names->len - 1), SEGMENT_ACTIVE))
		g_ptr_array_remove_index(names, names->len - 1);
	if (faccessat(fd, SEGMENT_ACTIVE, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		g_ptr_array_add(names, g_strdup(SEGMENT_ACTIVE));
	(void)closedir(stream);
	if (cause) {
		*ret_errno = cause;
		return NULL;
	}
	return g_steal_pointer(&names);
}
