/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/error.h"
#include "base/limits.h"
#include "notifier/settings.h"

const Settings settings_default = {
	.denied = SEVERITY_LOW,
	.warned = SEVERITY_NONE,
	.administrator = CHOICE_AUTO,
	.fold_s = LIMIT_NOTIFIER_FOLD_S,
	.per_minute = LIMIT_NOTIFIER_NEW,
	.quiet_critical = true,
};

static bool read_severity(const char *text, void *target)
{
	return severity_parse(text, target);
}

static bool read_choice(const char *text, void *target)
{
	static const char *const words[] = { "auto", "yes", "no" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (!strcmp(text, words[i])) {
			*(Choice *)target = (Choice)i;
			return true;
		}
	return false;
}

static bool read_flag(const char *text, void *target)
{
	*(bool *)target = !strcmp(text, "yes");
	return *(bool *)target || !strcmp(text, "no");
}

static bool read_number(const char *text, guint64 most, void *target)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(text, 10, 1, most, &number, NULL))
		return false;
	*(unsigned *)target = (unsigned)number;
	return true;
}

static bool read_fold(const char *text, void *target)
{
	return read_number(text, LIMIT_NOTIFIER_FOLD_MOST_S, target);
}

static bool read_per_minute(const char *text, void *target)
{
	return read_number(text, LIMIT_NOTIFIER_NEW, target);
}

/* "22:00-07:00": into two numbers, of which the first is the target. */
static bool read_hours(const char *text, void *target)
{
	Settings *settings = target;
	static const char form[] = "dd:dd-dd:dd";

	for (size_t i = 0; i < sizeof form; i++)
		if (form[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != form[i])
			return false;
	int numbers[4];
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		numbers[i] = g_ascii_digit_value(text[i * 3]) * 10 + g_ascii_digit_value(text[i * 3 + 1]);
	if (numbers[0] > 23 || numbers[2] > 23 || numbers[1] > 59 || numbers[3] > 59)
		return false;
	settings->quiet_from = numbers[0] * 60 + numbers[1];
	settings->quiet_to = numbers[2] * 60 + numbers[3];
	return true;
}

static const struct {
	const char *group, *key, *expected;
	bool (*read)(const char *text, void *target);
	size_t offset;
} rows[] = {
	{ "show", "denied", "low, medium, high, critical or none", read_severity, offsetof(Settings, denied) },
	{ "show", "warned", "low, medium, high, critical or none", read_severity, offsetof(Settings, warned) },
	{ "show", "administrator", "auto, yes or no", read_choice, offsetof(Settings, administrator) },
	{ "quiet", "hours", "a span such as 22:00-07:00", read_hours, 0 },
	{ "quiet", "critical", "yes or no", read_flag, offsetof(Settings, quiet_critical) },
	{ "fold", "seconds", "a number from 1 to 3600", read_fold, offsetof(Settings, fold_s) },
	{ "fold", "per_minute", "a number from 1 to 6", read_per_minute, offsetof(Settings, per_minute) },
};

static bool read_key(GKeyFile *file, const char *group, const char *key, Settings *settings, GError **error)
{
	g_autofree char *value = g_key_file_get_string(file, group, key, error);

	if (!value)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strcmp(rows[i].group, group) != 0 || strcmp(rows[i].key, key) != 0)
			continue;
		if (rows[i].read(value, (char *)settings + rows[i].offset))
			return true;
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "[%s] %s: expected %s", group, key, rows[i].expected);
		return false;
	}
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "[%s] %s: there is no such key; see: man sentinel-notifier", group, key);
	return false;
}

static bool read_groups(GKeyFile *file, Settings *settings, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

	for (char **group = groups; *group; group++) {
		g_auto(GStrv) keys = g_key_file_get_keys(file, *group, NULL, error);
		for (char **key = keys; key && *key; key++)
			if (!read_key(file, *group, *key, settings, error))
				return false;
		if (!keys)
			return false;
	}
	return true;
}

bool settings_read(const char *path, Settings *ret, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	Settings settings = settings_default;
	struct stat status;

	*ret = settings_default;
	if (stat(path, &status) == 0 && (!S_ISREG(status.st_mode) || status.st_size > (off_t)LIMIT_NOTIFIER_CONFIG_BYTES)) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_LIMIT, "%s: expected a file of at most %u bytes", path,
			LIMIT_NOTIFIER_CONFIG_BYTES);
		return false;
	}
	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, error) || !read_groups(file, &settings, error)) {
		g_prefix_error(error, "%s: ", path);
		return false;
	}
	*ret = settings;
	return true;
}

char *settings_find(void)
{
	const char *const *dirs = g_get_system_config_dirs();
	g_autofree char *own = g_build_filename(g_get_user_config_dir(), "docker-sentinel", "notifier.conf", NULL);

	if (g_file_test(own, G_FILE_TEST_EXISTS))
		return g_steal_pointer(&own);
	for (; *dirs; dirs++) {
		g_autofree char *path = g_build_filename(*dirs, "docker-sentinel", "notifier.conf", NULL);
		if (g_file_test(path, G_FILE_TEST_EXISTS))
			return g_steal_pointer(&path);
	}
	return NULL;
}

bool settings_wants(const Settings *settings, const News *news)
{
	if (news->kind == NEWS_DENIED)
		return news->severity >= settings->denied;
	if (news->kind == NEWS_WARNED)
		return news->severity >= settings->warned;
	if (news->kind == NEWS_FOUND || news->kind == NEWS_UNSCANNED)
		return news->severity >= settings->denied;
	return true;
}

bool settings_is_quiet(const Settings *settings, int minute)
{
	int from = settings->quiet_from, to = settings->quiet_to;

	return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}
