/* SPDX-License-Identifier: MIT
 *
 * Environment, labels, security options: flags whose values may stand in files of the caller
 * (docker/cli pkg/kvfile, cli/command/container/opts.go).
 */
#include <string.h>
#include "request/argv/call/body.h"
#include "request/argv/call/container.h"
#include "request/argv/value/value.h"
#include "request/json.h"
#include "request/list.h"

#define SHOWN_BYTES 100u
#define LONGEST_LINE (64u * 1024) /* bufio.MaxScanTokenSize */
#define UTF8_BOM "\357\273\277"

static const char *resolve(Line *line, const char *setting)
{
	const char *value = strchr(setting, '=') ? NULL : line_env(line, setting);

	return value ? arena_printf(line->arena, "%s=%s", setting, value) : setting;
}

/* One line of a file; NULL when it says nothing.  False after line_refuse(). */
static bool read_line(Line *line, const char *path, char *text, bool from_environment, const char **ret)
{
	size_t key;

	*ret = NULL;
	if (!g_utf8_validate(text, -1, NULL))
		return line_refuse(line, "%s: there is a line that is not UTF-8", path);
	while (g_unichar_isspace(g_utf8_get_char(text)))
		text = g_utf8_next_char(text);
	if (!*text || *text == '#')
		return true;
	key = strcspn(text, "=");
	if (!key)
		return line_refuse(line, "%s: there is a line without a name", path);
	if (strcspn(text, " \t") < key)
		return line_refuse(line, "%s: the name \"%.*s\" contains white space", path, (int)MIN(key, SHOWN_BYTES), text);
	if (text[key])
		*ret = text;
	else if (from_environment && line_env(line, text))
		*ret = resolve(line, text);
	return true;
}

static bool read_file(Line *line, const char *path, bool from_environment, StringList *ret)
{
	const char *content = line_file(line, path);

	if (content && g_str_has_prefix(content, UTF8_BOM))
		content += strlen(UTF8_BOM);
	for (const char *at = content; at && *at;) {
		size_t length = strcspn(at, "\n");
		if (length >= LONGEST_LINE)
			return line_refuse(line, "%s: there is a line of more than 64 KiB", path);
		char *text = arena_strndup(line->arena, at, length && at[length - 1] == '\r' ? length - 1 : length);
		const char *setting;
		if (!read_line(line, path, text, from_environment, &setting))
			return false;
		if (setting)
			LIST_APPEND(line->arena, ret, setting);
		at += length + (at[length] == '\n');
	}
	return true;
}

static bool read_files(Line *line, FlagName flag, bool from_environment, StringList *ret)
{
	StringList paths = line_list(line, flag);

	*ret = (StringList){ 0 };
	for (size_t i = 0; i < paths.count; i++) {
		if (!*paths.items[i])
			return line_refuse(line, "invalid value \"\" for --%s: expected a file", flag_text(flag));
		if (!read_file(line, paths.items[i], from_environment, ret))
			return false;
	}
	return true;
}

bool argv_environment(Line *line, bool once, StringList *ret)
{
	StringList settings = line_list(line, FLAG_ENV), own = { 0 };

	if (!read_files(line, FLAG_ENV_FILE, true, ret))
		return false;
	for (size_t i = 0; i < settings.count; i++) {
		size_t key = strcspn(settings.items[i], "=");
		bool later = false;
		for (size_t j = i + 1; once && j < settings.count; j++)
			later = later || (strcspn(settings.items[j], "=") == key && !memcmp(settings.items[i], settings.items[j], key));
		if (later)
			continue;
		const char *setting = resolve(line, settings.items[i]);
		LIST_APPEND(line->arena, &own, setting);
	}
	if (once)
		argv_add_proxies(line, &own);
	for (size_t i = 0; i < own.count; i++)
		LIST_APPEND(line->arena, ret, own.items[i]);
	return true;
}

bool argv_labels(Line *line, FlagName flag, PairList *ret)
{
	StringList settings = { 0 }, own = line_list(line, flag);

	*ret = (PairList){ 0 };
	if (flag == FLAG_LABEL && !read_files(line, FLAG_LABEL_FILE, false, &settings))
		return false;
	for (size_t i = 0; i < settings.count; i++)
		value_map_set(ret, value_pair(settings.items[i], line->arena), line->arena);
	for (size_t i = 0; i < own.count; i++)
		value_map_set(ret, value_pair(own.items[i], line->arena), line->arena);
	return true;
}

/* json.Compact: without the white space outside of strings. */
static const char *compact(const char *json, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);
	bool inside = false;

	buffer_puts(&out, "");
	for (const char *at = json; *at; at++) {
		if (*at == '"')
			inside = !inside;
		if (inside && *at == '\\' && at[1])
			buffer_append(&out, at++, 1);
		else if (!inside && strchr(" \t\r\n", *at))
			continue;
		buffer_append(&out, at, 1);
	}
	return out.data;
}

static const char *seccomp_profile(Line *line, const char *option, const char *profile)
{
	if (!strcmp(profile, "builtin") || !strcmp(profile, "unconfined"))
		return option;
	const char *content = line_file(line, profile);
	if (!content)
		return option;
	Json json = json_begin(content, strlen(content), line->arena);
	if (!json_skip(&json, NULL) || !json_finish(&json)) {
		(void)line_refuse(line, "--security-opt: the seccomp profile %s is not plain JSON: %s", text_printable(line->arena, profile, SHOWN_BYTES),
			json.problem ? json.problem : "");
		return NULL;
	}
	return arena_printf(line->arena, "seccomp=%s", compact(content, line->arena));
}

bool argv_security_options(Line *line, StringList *ret, bool *ret_unconfined_paths)
{
	StringList options = line_list(line, FLAG_SECURITY_OPT);

	*ret = (StringList){ 0 };
	*ret_unconfined_paths = false;
	for (size_t i = 0; i < options.count; i++) {
		const char *option = options.items[i];
		size_t key = strcspn(option, strchr(option, '=') ? "=" : ":");
		bool alone = key == strlen("no-new-privileges") && g_str_has_prefix(option, "no-new-privileges");
		if (!alone && (!option[key] || !option[key + 1]))
			return line_refuse(line, "invalid value \"%s\" for --security-opt: expected OPTION=VALUE or no-new-privileges",
				text_printable(line->arena, option, SHOWN_BYTES));
		if (!strcmp(option, "systempaths=unconfined")) {
			*ret_unconfined_paths = true;
			continue;
		}
		if (key == strlen("seccomp") && g_str_has_prefix(option, "seccomp"))
			option = seccomp_profile(line, option, option + key + 1);
		if (!option)
			return false;
		LIST_APPEND(line->arena, ret, option);
	}
	return true;
}

bool argv_health_write(Line *line)
{
	static const FlagName numbers[] = { FLAG_HEALTH_INTERVAL, FLAG_HEALTH_TIMEOUT, FLAG_HEALTH_START_PERIOD, FLAG_HEALTH_START_INTERVAL, FLAG_HEALTH_RETRIES };
	const char *command = line_text(line, FLAG_HEALTH_CMD);
	bool said = *command != 0;

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		said = said || line_number(line, numbers[i]);
	if (said && line_switch(line, FLAG_NO_HEALTHCHECK))
		return line_refuse(line, "--no-healthcheck does not go together with --health-* flags");
	const char *none = "NONE", *shell = "CMD-SHELL";
	StringList test = { 0 };
	if (line_switch(line, FLAG_NO_HEALTHCHECK))
		LIST_APPEND(line->arena, &test, none);
	if (*command) {
		LIST_APPEND(line->arena, &test, shell);
		LIST_APPEND(line->arena, &test, command);
	}
	body_open(line, "Healthcheck", '{');
	body_list(line, "Test", &test);
	body_close(line, '{');
	return true;
}

bool argv_restart_write(Line *line, const char *policy)
{
	size_t name = strcspn(policy, ":");
	const char *count = policy[name] ? policy + name + 1 : "";
	int64_t number = 0;

	if (policy[name] && !name)
		return line_refuse(line, "invalid value \"%s\" for --restart: expected a policy in front of the colon",
			text_printable(line->arena, policy, SHOWN_BYTES));
	if (*count && !value_int(count, 10, 64, &number))
		return line_refuse(line, "invalid value \"%s\" for --restart: expected a whole number of tries behind the colon",
			text_printable(line->arena, policy, SHOWN_BYTES));
	body_open(line, "RestartPolicy", '{');
	body_text(line, "Name", arena_strndup(line->arena, policy, name));
	body_number(line, "MaximumRetryCount", number);
	body_close(line, '{');
	return true;
}
