/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include "audit/line.h"
#include "audit/place.h"
#include "base/limits.h"

#define TRIES 5u /* a file may get another name between two looks */
#define LINE_BYTES (2 * (int64_t)LIMIT_RECORD_BYTES) /* one that stands behind a torn one */

struct Places {
	char *dir;
	GPtrArray *names;
	Segment **segments; /* NULL: not open yet */
};

/* The first and the last file are held from the beginning: each may get another name at any moment, or none. */
static Places *try_new(const char *dir, int *ret_errno)
{
	GPtrArray *names = segment_list(dir, ret_errno);

	if (!names || !names->len) {
		*ret_errno = names ? ENOENT : *ret_errno;
		g_clear_pointer(&names, g_ptr_array_unref);
		return NULL;
	}
	Places *places = g_new0(Places, 1);
	*places = (Places){ g_strdup(dir), names, g_new0(Segment *, names->len) };
	for (guint i = 0; i < names->len; i += MAX(names->len - 1, 1)) {
		places->segments[i] = segment_open(dir, g_ptr_array_index(names, i), ret_errno);
		if (!places->segments[i]) {
			places_free(places);
			return NULL;
		}
	}
	return places;
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
	for (guint i = 0; i < places->names->len; i++)
		segment_free(places->segments[i]);
	g_free(places->segments);
	g_ptr_array_unref(places->names);
	g_free(places->dir);
	g_free(places);
}

static const Segment *open_at(Places *places, guint i)
{
	int cause;

	if (!places->segments[i])
		places->segments[i] = segment_open(places->dir, g_ptr_array_index(places->names, i), &cause);
	return places->segments[i];
}

/* The last one that begins at or before the position; NULL: it was removed. */
static const Segment *find(Places *places, int64_t position)
{
	guint low = 0, high = places->names->len; /* the answer is in [low - 1, high - 1] */

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const Segment *segment = open_at(places, middle);
		if (segment && segment->head.position > position)
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
	return line_find_record(text, id) ? g_steal_pointer(&text) : NULL;
}

int64_t places_begin(Places *places)
{
	return places->segments[0]->head.position;
}

int64_t places_end(Places *places)
{
	return segment_end(places->segments[places->names->len - 1]);
}

uint64_t places_print(Places *places, int64_t position)
{
	const Segment *segment = find(places, position);

	return segment ? segment_print(segment, position) : 0;
}

int64_t places_end_of(const char *dir)
{
	g_autoptr(Places) places = places_new(dir);

	return places ? places_end(places) : -1;
}
