/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <glib.h>
#include "pin/below.h"

#define ROW_FIELDS 6 /* the last one is the rest */
#define DECIMAL 10u

/* The kernel writes space, tab, line feed and backslash as \ooo; such a text is the same length or longer, so it fits. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (from[0] == '\\' && from[1] && from[2] && from[3]) {
			*to = (char)(((from[1] & 7) << 6) | ((from[2] & 7) << 3) | (from[3] & 7));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

static bool within(const char *point, const char *path)
{
	size_t length = strcmp(path, "/") ? strlen(path) : 0;

	return !strncmp(point, path, length) && (point[length] == '/' || point[length] == '\0');
}

/* "36 35 98:0 /root /mnt/point rw,noatime shared:1 - ext4 ...": id, parent, device, root, point. */
static bool read_row(const char *line, guint64 *ret_id, guint64 *ret_parent, char **ret_point)
{
	g_auto(GStrv) fields = g_strsplit(line, " ", ROW_FIELDS);

	if (g_strv_length(fields) != ROW_FIELDS || !g_ascii_string_to_unsigned(fields[0], DECIMAL, 0, UINT64_MAX, ret_id, NULL) ||
		!g_ascii_string_to_unsigned(fields[1], DECIMAL, 0, UINT64_MAX, ret_parent, NULL))
		return false;
	*ret_point = g_strdup(fields[4]);
	unescape(*ret_point);
	return **ret_point == '/';
}

Below below_look(const char *table, uint64_t mount, const char *path)
{
	FILE *file = fopen(table, "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false, mounts = false, bad = !file;

	while (!bad && getline(&line, &size, file) > 0) {
		guint64 id, parent;
		g_autofree char *point = NULL;
		if (!read_row(line, &id, &parent, &point)) {
			bad = true;
			break;
		}
		found |= id == mount;
		mounts |= parent == mount && id != mount && within(point, path);
	}
	bad = bad || ferror(file);
	free(line);
	if (file)
		(void)fclose(file);
	if (bad)
		return BELOW_UNKNOWN;
	return !found ? BELOW_FOREIGN : mounts ? BELOW_MOUNTS : BELOW_NOTHING;
}
