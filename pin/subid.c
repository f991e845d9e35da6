/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "pin/subid.h"

#define DECIMAL 10u
#define RANGE_FIELDS 3u
#define ID_FIELD 2u
#define FIRST_USABLE 1000u /* below are the system's own */

typedef struct Range {
	bool own;
	uint64_t first, count;
} Range;

/* False: the end.  A line that is too long is no answer: `ret_bad`. */
static bool next_line(FILE *file, char *line, size_t size, bool *ret_bad)
{
	while (fgets(line, (int)size, file)) {
		size_t length = strlen(line);
		*ret_bad |= length + 1 == size && line[length - 1] != '\n';
		g_strchomp(line);
		if (*line && *line != '#')
			return true;
	}
	return false;
}

static bool read_number(const char *text, uint64_t *ret)
{
	guint64 number = 0;
	bool good = g_ascii_string_to_unsigned(text, DECIMAL, 0, UINT32_MAX, &number, NULL);

	*ret = number;
	return good;
}

static bool is_number_of(const char *text, uint32_t uid)
{
	uint64_t number;

	return read_number(text, &number) && number == uid;
}

static bool read_range(const char *line, const char *name, uint32_t uid, Range *ret)
{
	g_auto(GStrv) fields = g_strsplit(line, ":", -1);

	if (g_strv_length(fields) != RANGE_FIELDS || !read_number(fields[1], &ret->first) || !read_number(fields[2], &ret->count))
		return false;
	ret->own = !strcmp(fields[0], name) || is_number_of(fields[0], uid);
	return ret->first + ret->count <= UINT32_MAX;
}

/* All lines, since one that comes later may overlap. */
static bool read_ranges(FILE *file, const char *name, uint32_t uid, GArray *ret)
{
	char line[LIMIT_SUBID_LINE_BYTES];
	bool bad = false;

	while (next_line(file, line, sizeof line, &bad)) {
		Range range;
		if (!read_range(line, name, uid, &range))
			return false;
		g_array_append_val(ret, range);
	}
	return !bad && !ferror(file);
}

static bool accounts_within(FILE *accounts, uint64_t first, uint64_t end, bool *ret_within)
{
	char line[LIMIT_GROUP_BYTES];
	bool bad = false;

	while (next_line(accounts, line, sizeof line, &bad)) {
		g_auto(GStrv) fields = g_strsplit(line, ":", -1);
		uint64_t id;
		if (g_strv_length(fields) <= ID_FIELD || !read_number(fields[ID_FIELD], &id))
			return false;
		*ret_within |= id >= first && id < end;
	}
	return !bad && !ferror(accounts);
}

/* Another line with one of its ids, whosever it is: twice given is not one's own. */
static bool overlapped(const GArray *ranges, guint index, uint64_t first, uint64_t end)
{
	for (guint i = 0; i < ranges->len; i++) {
		const Range *other = &g_array_index(ranges, Range, i);
		if (i != index && !other->own && other->first < end && first < other->first + other->count)
			return true;
	}
	return false;
}

SubidAnswer subid_find(FILE *ranges, FILE *accounts, const char *name, uint32_t uid, uint32_t *ret_first)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Range));
	guint i = 0;
	bool within = false;

	if (!ranges || !accounts || !read_ranges(ranges, name, uid, all))
		return SUBID_UNKNOWN;
	while (i < all->len && !(g_array_index(all, Range, i).own && g_array_index(all, Range, i).count >= LIMIT_PIN_RANGE))
		i++;
	if (i == all->len)
		return SUBID_NONE;
	uint64_t first = g_array_index(all, Range, i).first, end = first + LIMIT_PIN_RANGE;
	if (!accounts_within(accounts, first, end, &within))
		return SUBID_UNKNOWN;
	if (within || first < FIRST_USABLE || overlapped(all, i, first, end))
		return SUBID_SHARED;
	*ret_first = (uint32_t)first;
	return SUBID_FOUND;
}
