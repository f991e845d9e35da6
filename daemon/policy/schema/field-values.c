/* SPDX-License-Identifier: MIT
 *
 * Readers of single values and of lists of words.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "policy/schema/field.h"
#include "request/list.h"

#define NANO 1000000000.0
#define SECOND_US INT64_C(1000000)
#define LONGEST_US 1e18 /* 31,000 years: a time of day and several of these fit into 64 bits */

FIELD_READER(field_text)
{
	(void)field;
	if (node->kind != YAML_SCALAR || yaml_is_null(node))
		field_wrong(loader, node, path, "text");
	else
		*(const char **)target = node->text;
}

FIELD_READER(field_flag)
{
	(void)field;
	bool yes = node->kind == YAML_SCALAR && node->plain && !strcmp(node->text, "true");
	bool no = node->kind == YAML_SCALAR && node->plain && !strcmp(node->text, "false");

	if (yes || no)
		*(bool *)target = yes;
	else
		field_wrong(loader, node, path, "true or false");
}

/* As YAML's core schema writes decimal integers: no sign but '-', no leading zeros. */
static bool number_parse(const char *text, int64_t *ret)
{
	const char *digits = text + (*text == '-');
	char *end = NULL;

	if (!g_ascii_isdigit(*digits) || (*digits == '0' && digits[1]))
		return false;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	return !*end && !errno;
}

FIELD_READER(field_number)
{
	const Range *range = field->detail;
	int64_t value = 0;

	if (node->kind != YAML_SCALAR || !node->plain || !number_parse(node->text, &value) || value < range->least || value > range->most)
		field_wrong(loader, node, path, arena_printf(loader->arena, "a number from %lld to %lld", (long long)range->least, (long long)range->most));
	else
		*(int64_t *)target = value;
}

FIELD_READER(field_words)
{
	StringList *words = target;

	(void)field;
	if (node->kind != YAML_LIST) {
		field_wrong(loader, node, path, "a list");
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		const YamlNode *item = node->items[i];
		if (item->kind != YAML_SCALAR || yaml_is_null(item) || !*item->text)
			field_wrong(loader, item, path, "a word in each place of the list");
		else
			LIST_APPEND(loader->arena, words, item->text);
	}
}

bool size_parse(const char *text, int64_t *ret)
{
	static const char units[] = "bkmgt";
	char *end = NULL;

	if (!g_ascii_isdigit(*text))
		return false;
	double value = g_ascii_strtod(text, &end);
	const char *unit = *end ? strchr(units, g_ascii_tolower(*end)) : units;
	bool tail = *end && end[1] && g_ascii_strcasecmp(end + 1, "b") != 0 && g_ascii_strcasecmp(end + 1, "ib") != 0;
	if (!unit || tail)
		return false;
	for (; unit > units; unit--)
		value *= 1024;
	*ret = value < (double)INT64_MAX ? (int64_t)value : INT64_MAX;
	return true;
}

FIELD_READER(field_size)
{
	int64_t value = 0;

	(void)field;
	if (node->kind != YAML_SCALAR || !size_parse(node->text, &value) || value <= 0)
		field_wrong(loader, node, path, "a size such as 512m or 2g");
	else
		*(int64_t *)target = value;
}

FIELD_READER(field_cpus)
{
	char *end = NULL;
	double value = 0;

	(void)field;
	if (node->kind == YAML_SCALAR && strspn(node->text, "0123456789.") == strlen(node->text) && g_ascii_isdigit(*node->text))
		value = g_ascii_strtod(node->text, &end);
	if (!end || *end || value <= 0 || value > 1e6)
		field_wrong(loader, node, path, "a number of CPUs such as 1.5");
	else
		*(int64_t *)target = (int64_t)(value * NANO);
}

/* "90s", "1h30m", "7d": numbers with units, as Go writes durations, and days. */
static bool duration_parse(const char *text, int64_t *ret)
{
	static const struct { const char *unit; int64_t us; } units[] = {
		{ "ms", 1000 }, { "s", SECOND_US }, { "m", 60 * SECOND_US }, { "h", 3600 * SECOND_US }, { "d", 86400 * SECOND_US },
	};
	int64_t sum = 0;

	do {
		char *end = NULL;
		size_t i = 0;
		if (!g_ascii_isdigit(*text))
			return false;
		double value = g_ascii_strtod(text, &end);
		size_t length = strspn(end, "mshd");
		while (i < G_N_ELEMENTS(units) && (strlen(units[i].unit) != length || strncmp(units[i].unit, end, length) != 0))
			i++;
		if (i == G_N_ELEMENTS(units) || value * (double)units[i].us > LONGEST_US - (double)sum)
			return false;
		sum += (int64_t)(value * (double)units[i].us);
		text = end + length;
	} while (*text);
	*ret = sum;
	return true;
}

FIELD_READER(field_duration)
{
	(void)field;
	if (node->kind != YAML_SCALAR || !duration_parse(node->text, target))
		field_wrong(loader, node, path, "a duration such as 90s, 24h or 7d");
}

bool date_parse(const char *text, int64_t *ret_us)
{
	static const char shape[] = "0000-00-00";
	bool day = strlen(text) == strlen(shape);

	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == '-' ? text[i] != '-' : !g_ascii_isdigit(text[i]))
			return false;
	if (!day && text[strlen(shape)] != 'T')
		return false;
	g_autofree char *whole = day ? g_strconcat(text, "T00:00:00Z", NULL) : g_strdup(text);
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(whole, NULL); /* no zone: refused */
	if (!time)
		return false;
	*ret_us = (g_date_time_to_unix(time) + (day ? 86400 : 0)) * SECOND_US;
	return true;
}

FIELD_READER(field_action)
{
	(void)field;
	if (node->kind != YAML_SCALAR || !action_parse(node->text, target))
		field_wrong(loader, node, path, "allow, warn or block");
}

FIELD_READER(field_severity)
{
	(void)field;
	if (node->kind != YAML_SCALAR || !severity_parse(node->text, target))
		field_wrong(loader, node, path, "low, medium, high or critical");
}

FIELD_READER(field_mode)
{
	(void)field;
	if (node->kind != YAML_SCALAR || !mode_parse(node->text, target))
		field_wrong(loader, node, path, "enforce, warn or audit");
}
