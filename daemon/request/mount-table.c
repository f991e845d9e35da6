/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "request/list.h"
#include "request/mount-table.h"
#include "request/path.h"

/* What is left of a line. */
typedef struct MountLine {
	const char *at, *end;
} MountLine;

/* The next word; false at the end of the line. */
static bool next_word(MountLine *line, const char **ret, size_t *ret_length)
{
	while (line->at < line->end && *line->at == ' ')
		line->at++;
	const char *begin = line->at;
	while (line->at < line->end && *line->at != ' ')
		line->at++;
	*ret = begin;
	*ret_length = (size_t)(line->at - begin);
	return line->at > begin;
}

static bool is_octal(char byte)
{
	return byte >= '0' && byte <= '7';
}

/* Blanks, line feeds, backslashes and '#' are written as "\040" (linux/fs/proc_namespace.c, mangle()). */
static const char *unescape(const char *word, size_t length, Arena *arena)
{
	char *text = arena_strndup(arena, word, length), *to = text;

	for (const char *from = text; *from; to++) {
		bool escaped = from[0] == '\\' && is_octal(from[1]) && is_octal(from[2]) && is_octal(from[3]);
		*to = escaped ? (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0')) : *from;
		from += escaped ? 4 : 1;
	}
	*to = 0;
	return text;
}

/* A number that ends with the word, or with `stop`. */
static bool read_number(const char **at, const char *end, char stop, uint64_t *ret)
{
	const char *begin = *at;
	uint64_t value = 0;

	for (; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
		if (value > UINT32_MAX)
			return false;
		value = value * 10 + (uint64_t)(**at - '0');
	}
	*ret = value;
	if (*at == begin || (stop ? *at == end || **at != stop : *at != end))
		return false;
	*at += stop != 0;
	return true;
}

static bool next_number(MountLine *line, uint64_t *ret)
{
	const char *word;
	size_t length;

	return next_word(line, &word, &length) && read_number(&word, word + length, 0, ret);
}

static bool next_device(MountLine *line, uint64_t *ret)
{
	const char *word;
	size_t length;
	uint64_t major, minor;

	if (!next_word(line, &word, &length))
		return false;
	const char *end = word + length;
	if (!read_number(&word, end, ':', &major) || !read_number(&word, end, 0, &minor))
		return false;
	*ret = major << 32 | minor;
	return true;
}

static bool next_text(MountLine *line, Arena *arena, const char **ret)
{
	const char *word;
	size_t length;

	if (!next_word(line, &word, &length))
		return false;
	*ret = unescape(word, length, arena);
	return strlen(*ret) < LIMIT_PATH_BYTES;
}

/* Whether "rw,nosuid" has the word. */
static bool has_option(const char *options, size_t length, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = options, *end = options + length; at < end;) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		size_t part = (size_t)((comma ? comma : end) - at);
		if (part == size && !memcmp(at, word, size))
			return true;
		at += part + 1;
	}
	return false;
}

/* "36 35 98:0 /root /point rw,nosuid shared:1 master:2 - ext4 /dev/sda rw": what stands before the '-' may be none or several. */
static bool read_row(MountLine line, Arena *arena, MountRow *row)
{
	const char *options, *word;
	size_t length, size;

	if (!next_number(&line, &row->id) || !next_number(&line, &row->parent) || !next_device(&line, &row->device) || !next_text(&line, arena, &row->root) ||
		!next_text(&line, arena, &row->point) || *row->point != '/' || !next_word(&line, &options, &length))
		return false;
	row->read_only = has_option(options, length, "ro");
	row->nosuid = has_option(options, length, "nosuid");
	row->nodev = has_option(options, length, "nodev");
	do {
		if (!next_word(&line, &word, &size))
			return false;
	} while (size != 1 || *word != '-');
	if (!next_text(&line, arena, &row->type) || !next_word(&line, &word, &size))
		return false;
	if (next_word(&line, &word, &size)) /* a source without a name leaves two blanks: then these were the options */
		row->read_only |= has_option(word, size, "ro");
	return true;
}

bool mount_table_read(const char *text, size_t length, Arena *arena, MountTable *ret)
{
	const char *end = text + length;

	*ret = (MountTable){ 0 };
	for (const char *at = text, *stop; at < end; at = stop + 1) {
		MountRow row = { 0 };
		stop = memchr(at, '\n', (size_t)(end - at));
		if (!stop || memchr(at, 0, (size_t)(stop - at)) || ret->count == LIMIT_HOST_MOUNTS || !read_row((MountLine){ at, stop }, arena, &row))
			return false;
		LIST_APPEND(arena, ret, row);
	}
	return ret->count > 0;
}

static bool has_id(const MountTable *table, uint64_t id)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->items[i].id == id)
			return true;
	return false;
}

/* The root of the tree: what it lies on is not in the table. */
static const MountRow *find_root(const MountTable *table)
{
	for (size_t i = 0; i < table->count; i++) {
		const MountRow *row = &table->items[i];
		if (!strcmp(row->point, "/") && (row->parent == row->id || !has_id(table, row->parent)))
			return row;
	}
	return NULL;
}

static bool covers(const MountRow *row, const char *path)
{
	PathRelation relation = path_relation(path, row->point);

	return relation == PATH_EQUAL || relation == PATH_INSIDE;
}

/* The mount on `under` that a way along the path meets first: what lies deeper is covered by it. */
static const MountRow *next_mount(const MountTable *table, const MountRow *under, const char *path)
{
	const MountRow *first = NULL;
	size_t shortest = strlen(under->point);

	for (size_t i = 0; i < table->count; i++) {
		const MountRow *row = &table->items[i];
		if (row->parent != under->id || row == under || strlen(row->point) < shortest || !covers(row, path))
			continue;
		if (!first || strlen(row->point) < strlen(first->point))
			first = row;
	}
	return first;
}

const char *place_join(const char *above, const char *below, Arena *arena)
{
	if (!*below || !strcmp(below, "/"))
		return above;
	return !strcmp(above, "/") ? below : arena_concat(arena, above, below);
}

MountPlace mount_table_place(const MountTable *table, const char *path, Arena *arena)
{
	const MountRow *mount = find_root(table);

	/* A table that leads round in circles is none of the kernel's; it ends here all the same. */
	for (size_t steps = 0; mount && steps < table->count; steps++) {
		const MountRow *next = next_mount(table, mount, path);
		if (!next)
			break;
		mount = next;
	}
	if (!mount)
		return (MountPlace){ NULL, "" };
	size_t length = strcmp(mount->point, "/") != 0 ? strlen(mount->point) : 0;
	return (MountPlace){ mount, place_join(mount->root, path + length, arena) };
}

bool place_same(const MountPlace *left, const MountPlace *right)
{
	return left->mount && right->mount && left->mount->device == right->mount->device && !strcmp(left->path, right->path);
}
