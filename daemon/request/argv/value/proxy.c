/* SPDX-License-Identifier: MIT
 *
 * "proxies" of the CLI's config.json (docker/cli cli/config/configfile/file.go ParseProxyConfig).
 * Only what the caller sent is looked at; nobody is asked for it, because it changes no decision.
 */
#include <string.h>
#include "request/argv/call/container.h"
#include "request/json.h"
#include "request/list.h"

typedef struct Proxies {
	const char *http, *https, *no, *ftp, *all;
} Proxies;

static bool read_entry(Json *json, const char *host, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("httpProxy", Proxies, http, json_string), JSON_FIELD("httpsProxy", Proxies, https, json_string),
		JSON_FIELD("noProxy", Proxies, no, json_string),     JSON_FIELD("ftpProxy", Proxies, ftp, json_string),
		JSON_FIELD("allProxy", Proxies, all, json_string),
	};

	return !strcmp(host, "default") ? json_object(json, fields, G_N_ELEMENTS(fields), target) : json_skip(json, NULL);
}

static bool read_proxies(Json *json, void *target)
{
	return json_map(json, read_entry, target);
}

static const char *find(const PairList *pairs, const char *key)
{
	for (size_t i = 0; pairs && i < pairs->count; i++)
		if (!strcmp(pairs->items[i].key, key))
			return pairs->items[i].value;
	return NULL;
}

static const char *configuration(const Line *line)
{
	const ArgvContext *context = line->context;
	const char *directory = find(context->env, "DOCKER_CONFIG");

	if (*line_global(line, FLAG_CONFIG))
		directory = line_global(line, FLAG_CONFIG);
	else if (!directory || !*directory)
		directory = context->home ? arena_printf(line->arena, "%s/.docker", context->home) : "";
	return find(context->files, arena_printf(line->arena, "%s/config.json", directory));
}

static void add(Line *line, StringList *settings, const char *name, const char *value)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < settings->count; i++)
		if (!strncmp(settings->items[i], name, length) && (!settings->items[i][length] || settings->items[i][length] == '='))
			return;
	const char *setting = arena_printf(line->arena, "%s=%s", name, value);
	LIST_APPEND(line->arena, settings, setting);
}

void argv_add_proxies(Line *line, StringList *settings)
{
	const char *content = configuration(line);
	Proxies proxies = { "", "", "", "", "" };
	const JsonField fields[] = { { "proxies", strlen("proxies"), 0, read_proxies } };

	if (!content)
		return;
	Json json = json_begin(content, strlen(content), line->arena);
	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &proxies))
		return;
	const struct { const char *name, *lower, *value; } all[] = {
		{ "HTTP_PROXY", "http_proxy", proxies.http }, { "HTTPS_PROXY", "https_proxy", proxies.https }, { "NO_PROXY", "no_proxy", proxies.no },
		{ "FTP_PROXY", "ftp_proxy", proxies.ftp },    { "ALL_PROXY", "all_proxy", proxies.all },
	};
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		if (!*all[i].value)
			continue;
		add(line, settings, all[i].name, all[i].value);
		add(line, settings, all[i].lower, all[i].value);
	}
}
