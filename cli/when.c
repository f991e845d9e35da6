/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <glib.h>
#include "cli/when.h"

static int64_t unit_us(char unit)
{
	static const struct { char unit; int64_t seconds; } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (units[i].unit == unit)
			return units[i].seconds * G_USEC_PER_SEC;
	return 0;
}

bool span_parse(const char *text, int64_t *ret_us)
{
	const int64_t longest = (int64_t)100 * 365 * 86400 * G_USEC_PER_SEC;
	int64_t total = 0;

	while (*text) {
		char *end;
		if (!g_ascii_isdigit(*text))
			return false;
		int64_t number = g_ascii_strtoll(text, &end, 10), unit = unit_us(*end);
		if (!unit || number > longest / unit)
			return false;
		total += number * unit;
		text = end + 1;
	}
	*ret_us = total;
	return total > 0 && total <= longest;
}

bool time_parse(const char *text, int64_t *ret_us)
{
	g_autoptr(GTimeZone) here = g_time_zone_new_local();
	g_autofree char *midnight = strlen(text) == strlen("2026-01-31") ? g_strconcat(text, "T00:00:00", NULL) : g_strdup(text);
	int64_t span;

	if (span_parse(text, &span)) {
		*ret_us = g_get_real_time() - span;
		return true;
	}
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(midnight, here);
	if (!time)
		return false;
	*ret_us = g_date_time_to_unix(time) * G_USEC_PER_SEC;
	return true;
}

char *time_show(int64_t us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(us / G_USEC_PER_SEC);

	return time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : g_strdup("?");
}
