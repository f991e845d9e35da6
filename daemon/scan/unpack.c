/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "scan/secret/image/stream.h"
#include "scan/unpack.h"

#define HEAD_BYTES 4096u
#define PIECE_BYTES 65536u
#define LOOK_BYTES (UINT64_C(16) << 20)
#define TWINS 10 /* entries of one name in one layer */
#define DIRECTORY_MODE 0700
#define FILE_MODE 0600
#define BLOBS "blobs/sha256/"
#define OLD_LAYER "/layer.tar"

typedef struct Unpacking {
	int tree;
	uint64_t bytes;
	unsigned entries, layers;
	GError **error;
} Unpacking;

static bool fail(const Unpacking *unpacking, const char *what)
{
	if (unpacking->error && !*unpacking->error)
		g_set_error(unpacking->error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "%s", what);
	return false;
}

/* The directory of that name below `at`, made when it is missing; -1: there is something else, or no room. */
static int enter(int at, const char *name)
{
	if (mkdirat(at, name, DIRECTORY_MODE) < 0 && errno != EEXIST)
		return -1;
	return openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int make(int at, const char *name)
{
	for (int twin = 0; twin < TWINS; twin++) {
		g_autofree char *other = twin ? g_strdup_printf("%s~%d", name, twin) : g_strdup(name);
		int fd = openat(at, other, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* A file of that path below `at`, which it does not leave; -1: it cannot be made. */
static int make_below(int at, const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);
	int place = fcntl(at, F_DUPFD_CLOEXEC, 0);
	const char *name = NULL;

	for (char **part = parts; *part && place >= 0; part++) {
		if (!**part || !strcmp(*part, ".") || !strcmp(*part, ".."))
			continue;
		int inner = name ? enter(place, name) : fcntl(place, F_DUPFD_CLOEXEC, 0);
		(void)close(place);
		place = inner;
		name = *part;
	}
	int fd = place >= 0 && name ? make(place, name) : -1;
	if (place >= 0)
		(void)close(place);
	return fd;
}

static bool has_room(const Unpacking *unpacking, int fd)
{
	struct statvfs disk;

	return unpacking->bytes <= LIMIT_SCAN_IMAGE_BYTES && (fstatvfs(fd, &disk) < 0 || (uint64_t)disk.f_bavail * disk.f_frsize >= LIMIT_SCAN_FREE_BYTES);
}

static bool put(Unpacking *unpacking, int fd, const char *bytes, size_t length)
{
	if (unpacking->bytes / LOOK_BYTES != (unpacking->bytes + length) / LOOK_BYTES && !has_room(unpacking, fd))
		return fail(unpacking, "there is too little room to unpack the image");
	unpacking->bytes += length;
	while (length) {
		ssize_t written = write(fd, bytes, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return fail(unpacking, "the image cannot be unpacked: nothing more can be written");
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

/* What is left of the entry, behind its head. */
static bool copy(Unpacking *unpacking, Stream *stream, int at, const char *path, const char *head, size_t length)
{
	char piece[PIECE_BYTES];
	int fd = make_below(at, path);

	if (fd < 0)
		return fail(unpacking, "a file of the image cannot be unpacked");
	bool good = put(unpacking, fd, head, length);
	while (good && (length = stream_fill(stream, piece, sizeof piece)) > 0)
		good = put(unpacking, fd, piece, length);
	return close(fd) == 0 && good;
}

static bool count_entry(Unpacking *unpacking)
{
	return ++unpacking->entries <= LIMIT_SECRET_ENTRIES || fail(unpacking, "the image has too many files");
}

static bool unpack_layer(Unpacking *unpacking, Stream *layer, const char *name)
{
	StreamEntry entry = { 0 };
	StreamAnswer answer = STREAM_END;
	int at = enter(unpacking->tree, name);
	bool good = at >= 0 || fail(unpacking, "a directory for a layer cannot be made");

	while (good && (answer = stream_next(layer, &entry)) == STREAM_ENTRY && (good = count_entry(unpacking)))
		if (stream_is_single(layer)) {
			good = fail(unpacking, "a layer of the image is no archive");
		} else if (entry.kind == STREAM_FILE) {
			g_autofree char *path = g_strdup(entry.path);
			good = copy(unpacking, layer, at, path, "", 0);
		}
	if (at >= 0)
		(void)close(at);
	unpacking->layers++;
	if (good && (answer == STREAM_BROKEN || stream_is_damaged(layer)))
		good = fail(unpacking, "a layer of the image is damaged");
	return good;
}

/* "blobs/sha256/HEX": the digits; else a name that is no digest ("ID/layer.tar" says none). */
static char *name_of(const char *path)
{
	const char *blob = g_str_has_prefix(path, BLOBS) ? path + strlen(BLOBS) : "";

	if (strlen(blob) == DIGEST_HEX_LENGTH && digest_is_hex(blob, DIGEST_HEX_LENGTH))
		return g_strdup(blob);
	g_autofree char *first = g_strndup(path, strcspn(path, "/"));
	return g_strconcat("of-", first, NULL);
}

static bool take_entry(Unpacking *unpacking, Stream *archive, const char *path, int texts)
{
	bool blob = g_str_has_prefix(path, BLOBS), old = g_str_has_suffix(path, OLD_LAYER);
	g_autofree char *name = name_of(path);
	char head[HEAD_BYTES];
	size_t length = stream_fill(archive, head, sizeof head);

	if (!length)
		return !old || fail(unpacking, "a layer of the image is empty");
	if (!old && (*head == '{' || *head == '['))
		return copy(unpacking, archive, texts, name, head, length);
	if (!old && !blob)
		return true; /* VERSION and the like */
	g_autoptr(Stream) layer = stream_from_entry(archive, head, length);
	return layer ? unpack_layer(unpacking, layer, name) : fail(unpacking, "a layer of the image cannot be read");
}

static bool unpack_archive(Unpacking *unpacking, Stream *archive, int texts)
{
	StreamEntry entry = { 0 };
	StreamAnswer answer;
	bool good = true;

	while (good && (answer = stream_next(archive, &entry)) == STREAM_ENTRY && (good = count_entry(unpacking)))
		if (entry.kind == STREAM_FILE) {
			g_autofree char *path = g_strdup(entry.path);
			good = take_entry(unpacking, archive, path, texts);
		}
	if (good && (answer == STREAM_BROKEN || stream_is_damaged(archive)))
		return fail(unpacking, "the archive of the image is damaged");
	return good && (unpacking->layers || fail(unpacking, "there is no layer in the archive of the image"));
}

bool unpack_image(int archive, int at, GError **error)
{
	Unpacking unpacking = { .tree = enter(at, UNPACK_TREE), .error = error };
	int texts = unpacking.tree >= 0 ? enter(unpacking.tree, UNPACK_TEXTS) : -1;
	g_autoptr(Stream) stream = texts >= 0 ? stream_from_fd(archive) : NULL;
	bool good = texts < 0 ? fail(&unpacking, "a directory for the image cannot be made") : stream ? unpack_archive(&unpacking, stream, texts) : fail(&unpacking, "the image is no archive");

	if (texts >= 0)
		(void)close(texts);
	if (unpacking.tree >= 0)
		(void)close(unpacking.tree);
	return good;
}
