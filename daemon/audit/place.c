/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include "audit/line.h"
#include "audit/place.h"
#include "base/limits.h"

#define TRIES 5u /* a file may get another name between two looks */
#define LINE_BYTES (2 * (int64_t)LIMIT_RECORD_BYTES) /* one that stands behind a torn one */

#define PIECE_BYTES ((int64_t)16 * 1024)
#define UNKNOWN (-1) /* where a file begins: not looked at yet */

/* There may be more files than a process may open: the first and the last one are held, and the one that was read last. */
struct Places {
	char *dir;
	GPtrArray *names;
	int64_t *begins;
	Segment *first, *active, *other;
	guint other_at;
};

/* The oldest one that is not damaged. */
static Segment *open_first(const char *dir, GPtrArray *names, int *ret_errno)
{
	for (;;) {
		Segment *first = segment_open(dir, g_ptr_array_index(names, 0), ret_errno);
		if (first || *ret_errno != EBADMSG || names->len == 1)
			return first;
		g_ptr_array_remove_index(names, 0);
	}
}

/* Between the list and the opening the file that is written may have got another name, and another file its own: what was opened is what the list
 * says only while the list is the same.  `names`: without those that were left out at its beginning; `count`: with them. */
static bool is_same_list(const char *dir, const GPtrArray *names, guint count)
{
	int cause = 0;
	g_autoptr(GPtrArray) now = segment_list(dir, &cause);

	if (!now || now->len != count)
		return false;
	for (guint i = 0; i < names->len; i++)
		if (strcmp(g_ptr_array_index(names, i), g_ptr_array_index(now, i + count - names->len)) != 0)
			return false;
	return true;
}

/* The first and the last file are held from the beginning: each may get another name at any moment, or none. */
static Places *try_new(const char *dir, int *ret_errno)
{
	GPtrArray *names = segment_list(dir, ret_errno);

	if (!names || !names->len) {
		*ret_errno = names ? ENOENT : *ret_errno;
		g_clear_pointer(&names, g_ptr_array_unref);
		return NULL;
	}
	const guint count = names->len;
	Places *places = g_new0(Places, 1);
	*places = (Places){ .dir = g_strdup(dir), .names = names, .begins = g_new0(int64_t, names->len) };
	for (guint i = 0; i < names->len; i++)
		places->begins[i] = UNKNOWN;
	places->active = segment_open(dir, g_ptr_array_index(names, names->len - 1), ret_errno);
	places->first = places->active ? open_first(dir, names, ret_errno) : NULL;
	if (places->first && is_same_list(dir, names, count))
		return places;
	if (places->first)
		*ret_errno = ENOENT;
	places_free(places);
	return NULL;
}

Places *places_new(const char *dir)
{
	Places *places = NULL;
	int cause = ENOENT;

	for (unsigned i = 0; i < TRIES && !places && cause == ENOENT; i++)
		places = try_new(dir, &cause);
	errno = cause;
	return places;
}

void places_free(Places *places)
{
	if (!places)
		return;
	segment_free(places->first);
	segment_free(places->active);
	segment_free(places->other);
	g_free(places->begins);
	g_ptr_array_unref(places->names);
	g_free(places->dir);
	g_free(places);
}

/* NULL: see errno. */
static const Segment *open_at(Places *places, guint i)
{
	int cause = 0;

	if (i + 1 == places->names->len)
		return places->active;
	if (i == 0)
		return places->first;
	if (!places->other || places->other_at != i) {
		segment_free(places->other);
		places->other = segment_open(places->dir, g_ptr_array_index(places->names, i), &cause);
		places->other_at = i;
	}
	errno = cause;
	return places->other;
}

/* One that cannot be opened (it is damaged, or gone) holds nothing: it begins where the next one does. */
static int64_t begin_at(Places *places, guint i)
{
	guint known = i;

	while (places->begins[known] == UNKNOWN) {
		const Segment *segment = open_at(places, known);
		if (segment)
			places->begins[known] = segment->head.position;
		else
			known++; /* the last one is held */
	}
	places->begins[i] = places->begins[known];
	return places->begins[i];
}

/* The last one that begins at or before the position; NULL: it was removed. */
static const Segment *find(Places *places, int64_t position)
{
	guint low = 0, high = places->names->len; /* the answer is in [low - 1, high - 1] */

	while (low < high) {
		guint middle = low + (high - low) / 2;
		if (begin_at(places, middle) > position)
			high = middle;
		else
			low = middle + 1;
	}
	return low ? open_at(places, low - 1) : NULL;
}

char *places_read(Places *places, uint64_t id, int64_t position, int64_t length)
{
	const Segment *segment = find(places, position);

	if (!segment || length <= 0 || length > LINE_BYTES)
		return NULL;
	g_autofree char *text = g_malloc((size_t)length + 1);
	if (segment_read(segment, text, (size_t)length, position) != length)
		return NULL;
	text[length] = 0;
	return audit_line_find_record(text, id) ? g_steal_pointer(&text) : NULL;
}

int64_t places_begin(Places *places)
{
	return places->first->head.position;
}

int64_t places_end(Places *places)
{
	return segment_end(places->active);
}

uint64_t places_print(Places *places, int64_t position)
{
	const Segment *segment = find(places, position);

	return segment ? segment_print(segment, position) : 0;
}

/* What was torn stays behind every reader until the next line ends it.  Looked for as far as a reader holds a line back. */
static int64_t behind_last_line(const Segment *segment)
{
	g_autofree char *text = g_malloc(PIECE_BYTES);
	const int64_t end = segment_end(segment), begin = MAX(segment->head.position, end - (int64_t)LIMIT_WALK_BYTES);

	for (int64_t at = end; at > begin;) {
		int64_t from = MAX(at - PIECE_BYTES, begin);
		ssize_t got = segment_read(segment, text, (size_t)(at - from), from);
		const char *feed = got > 0 ? memrchr(text, '\n', (size_t)got) : NULL;
		if (feed)
			return from + (feed + 1 - text);
		at = from;
	}
	return MIN(begin, end);
}

int64_t places_end_of(const char *dir)
{
	g_autoptr(Places) places = places_new(dir);

	return places ? behind_last_line(places->active) : -1;
}

int64_t places_begin_of(const char *dir)
{
	g_autoptr(Places) places = places_new(dir);

	return places ? places_begin(places) : 0;
}
