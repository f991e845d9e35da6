/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <glib.h>
#include "cli/when.h"

#define MINUTE_S INT64_C(60)
#define HOUR_S (60 * MINUTE_S)
#define DAY_S (24 * HOUR_S)
#define MONTH_S (DAY_S * 3044 / 100) /* systemd.time(7): 30.44 days */
#define YEAR_S (DAY_S * 36525 / 100)

/* systemd.time(7), "Parsing time spans"; below a second nobody asks for a decision. */
static const struct {
	const char *names;
	int64_t seconds;
} units[] = {
	{ "s sec second seconds", 1 },
	{ "m min minute minutes", MINUTE_S },
	{ "h hr hour hours", HOUR_S },
	{ "d day days", DAY_S },
	{ "w week weeks", 7 * DAY_S },
	{ "M month months", MONTH_S },
	{ "y year years", YEAR_S },
};

/* The unit that a word names, 0: none. */
static int64_t unit_us(const char *word, size_t length)
{
	g_autofree char *name = g_strndup(word, length);

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		g_auto(GStrv) names = g_strsplit(units[i].names, " ", -1);
		if (g_strv_contains((const char *const *)names, name))
			return units[i].seconds * G_USEC_PER_SEC;
	}
	return 0;
}

bool span_parse(const char *text, int64_t *ret_us)
{
	const int64_t longest = 100 * YEAR_S * G_USEC_PER_SEC;
	int64_t total = 0;

	while (*text) {
		char *end;
		if (!g_ascii_isdigit(*text))
			return false;
		int64_t number = g_ascii_strtoll(text, &end, 10);
		end += strspn(end, " ");
		size_t length = 0;
		while (g_ascii_isalpha(end[length]))
			length++;
		int64_t unit = unit_us(end, length);
		if (!unit || number > longest / unit)
			return false;
		total += number * unit;
		if (total > longest)
			return false;
		text = end + length + strspn(end + length, " ");
	}
	*ret_us = total;
	return total > 0;
}

/* "5min ago", "-5min": systemd.time(7), "Parsing timestamps". */
static bool parse_ago(const char *text, int64_t *ret_us)
{
	g_autofree char *span = g_strdup(*text == '-' ? text + 1 : text);
	int64_t us;

	if (g_str_has_suffix(span, " ago"))
		span[strlen(span) - strlen(" ago")] = 0;
	if (!span_parse(span, &us))
		return false;
	*ret_us = g_get_real_time() - us;
	return true;
}

/* The midnight so many days from today, here. */
static int64_t midnight(GTimeZone *here, int days)
{
	g_autoptr(GDateTime) now = g_date_time_new_now(here), day = g_date_time_add_days(now, days);
	g_autoptr(GDateTime) begin =
		g_date_time_new(here, g_date_time_get_year(day), g_date_time_get_month(day), g_date_time_get_day_of_month(day), 0, 0, 0);

	return g_date_time_to_unix(begin) * G_USEC_PER_SEC;
}

static bool parse_word(const char *text, GTimeZone *here, int64_t *ret_us)
{
	static const struct {
		const char *word;
		int days;
	} words[] = { { "today", 0 }, { "yesterday", -1 }, { "tomorrow", 1 } };
	char *end;

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (!strcmp(text, words[i].word)) {
			*ret_us = midnight(here, words[i].days);
			return true;
		}
	}
	if (!strcmp(text, "now")) {
		*ret_us = g_get_real_time();
		return true;
	}
	if (*text != '@' || !g_ascii_isdigit(text[1]))
		return false;
	int64_t seconds = g_ascii_strtoll(text + 1, &end, 10);
	*ret_us = seconds * G_USEC_PER_SEC;
	return !*end && seconds <= G_MAXINT64 / G_USEC_PER_SEC;
}

/* "14:30", "2026-01-31", "2026-01-31 14:30": what is missing is today, midnight, 0 s. */
static char *complete(const char *text, GTimeZone *here)
{
	const char *colon = strchr(text, ':');
	g_autoptr(GDateTime) now = g_date_time_new_now(here);
	g_autofree char *today = g_date_time_format(now, "%Y-%m-%dT"), *whole = NULL;
	bool clock = colon && colon - text == 2 && strlen(text) <= strlen("14:30:00");

	whole = clock                                  ? g_strconcat(today, text, NULL)
		: strlen(text) == strlen("2026-01-31") ? g_strconcat(text, "T00:00:00", NULL)
						       : g_strdup(text);
	if (strlen(whole) > strlen("2026-01-31") && whole[10] == ' ')
		whole[10] = 'T';
	return strlen(whole) == strlen("2026-01-31T14:30") ? g_strconcat(whole, ":00", NULL) : g_steal_pointer(&whole);
}

bool time_parse(const char *text, int64_t *ret_us)
{
	g_autoptr(GTimeZone) here = g_time_zone_new_local();
	g_autofree char *whole = complete(text, here);

	if (parse_ago(text, ret_us) || parse_word(text, here, ret_us))
		return true;
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(whole, here);
	if (!time)
		return false;
	*ret_us = g_date_time_to_unix(time) * G_USEC_PER_SEC;
	return *ret_us >= 0;
}

char *time_show(int64_t us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(us / G_USEC_PER_SEC);

	return time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : g_strdup("?");
}
