/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include "audit/line.h"
#include "audit/place.h"
#include "base/limits.h"

#define LINE_BYTES (2 * (int64_t)LIMIT_RECORD_BYTES) /* one that stands behind a torn one */

struct Places {
	char *dir;
	GPtrArray *names;
	Segment **segments; /* NULL: not open yet */
};

Places *places_new(const char *dir)
{
	int cause = ENOENT;
	GPtrArray *names = segment_list(dir, &cause);

	if (!names || !names->len) {
		g_clear_pointer(&names, g_ptr_array_unref);
		errno = cause;
		return NULL;
	}
	Places *places = g_new0(Places, 1);
	*places = (Places){ g_strdup(dir), names, g_new0(Segment *, names->len) };
	/* It may be put away at any moment, so it is held from the beginning. */
	places->segments[names->len - 1] = segment_open(dir, g_ptr_array_index(names, names->len - 1), &cause);
	if (places->segments[names->len - 1])
		return places;
	places_free(places);
	errno = cause;
	return NULL;
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
	for (guint i = 0; i < places->names->len; i++)
		if (open_at(places, i))
			return places->segments[i]->head.position;
	return 0;
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
