/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "core/config.h"
#include "core/diagnose.h"
#include "policy/store.h"
#include "request/engine.h"
#include "request/json.h"
#include "request/list.h"

#define PLUGIN "sentinel"
#define SHOWN_VERSION_BYTES 60u

enum { ASK_VERSION, ASK_INFO, ASK_COUNT };

const char *check_status_name(CheckStatus status)
{
	static const char *const names[CHECK_STATUS_COUNT] = { [CHECK_OK] = "ok", [CHECK_WARNING] = "warning", [CHECK_FAILED] = "failed" };

	return names[status];
}

static void add(CheckList *checks, Arena *arena, const char *name, CheckStatus status, const char *message, const char *advice)
{
	const Check check = { name, status, message, advice };

	LIST_APPEND(arena, checks, check);
}

void diagnose_questions(FactList *facts, Arena *arena)
{
	static const char *const names[ASK_COUNT] = { [ASK_VERSION] = "version", [ASK_INFO] = "info" };

	for (size_t i = 0; i < ASK_COUNT; i++) {
		const Fact fact = { .kind = FACT_DAEMON, .name = names[i], .state = FACT_OPEN };
		LIST_APPEND(arena, facts, fact);
	}
}

static bool read_authorization(Json *json, void *target)
{
	const JsonField fields[] = { { "Authorization", strlen("Authorization"), 0, json_strings } };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* GET /info: Plugins.Authorization. */
static bool plugin_registered(const Fact *info, Arena *arena)
{
	const JsonField fields[] = { { "Plugins", strlen("Plugins"), 0, read_authorization } };
	Json json = json_begin(info->json, info->length, arena);
	StringList plugins = { 0 };

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &plugins))
		return false;
	for (size_t i = 0; i < plugins.count; i++)
		if (!strcmp(plugins.items[i], PLUGIN))
			return true;
	return false;
}

static void check_plugin(const Fact *info, CheckList *checks, Arena *arena)
{
	if (info->state != FACT_KNOWN)
		add(checks, arena, "plugin", CHECK_FAILED, "it cannot be found out whether Docker asks Sentinel", "see whether `docker info` answers");
	else if (plugin_registered(info, arena))
		add(checks, arena, "plugin", CHECK_OK, "Docker asks Sentinel about every call", "");
	else
		add(checks, arena, "plugin", CHECK_FAILED, "Docker does not ask Sentinel: nothing is guarded",
			"sudo sentinel authz install (or by hand: \"authorization-plugins\": [\"" PLUGIN "\"] in /etc/docker/daemon.json, and reload Docker)");
}

void diagnose_docker(const FactList *facts, CheckList *checks, Arena *arena)
{
	const Fact *version = &facts->items[ASK_VERSION];
	const char *number = version->state == FACT_KNOWN ? engine_version(version->json, version->length, arena) : NULL;

	if (!number) {
		add(checks, arena, "docker", CHECK_FAILED, version->state == FACT_NOBODY ? "there is no Docker at its usual socket" : "Docker does not answer",
			"start it: systemctl start docker; or say where it listens: sentineld --docker-host");
		return;
	}
	add(checks, arena, "docker", CHECK_OK, arena_printf(arena, "Docker %s answers", text_printable(arena, number, SHOWN_VERSION_BYTES)), "");
	check_plugin(&facts->items[ASK_INFO], checks, arena);
	const EngineRemarkList remarks = engine_remarks(number, arena);
	for (size_t i = 0; i < remarks.count; i++)
		add(checks, arena, remarks.items[i].name, CHECK_WARNING, remarks.items[i].message, remarks.items[i].advice);
}

void diagnose_identity(IdentityState state, CheckList *checks, Arena *arena)
{
	static const struct { CheckStatus status; const char *message, *advice; } rows[] = {
		[IDENTITY_PROVEN] = { CHECK_OK, "who asks on Docker's socket is known when one user is connected", "" },
		[IDENTITY_UNPROVEN] = { CHECK_WARNING, "who asks on Docker's socket is never certain: what Docker holds cannot be seen",
			"start the witness: systemctl start sentinel-witness.socket" },
		[IDENTITY_BLIND] = { CHECK_WARNING, "who asks on Docker's socket is not known: the kernel does not list its sockets",
			"see that the kernel has unix_diag, and that sentineld.socket has been restarted after an upgrade" },
	};

	if (state != IDENTITY_UNTRIED)
		add(checks, arena, "users", rows[state].status, rows[state].message, rows[state].advice);
}

static void check_config(const Paths *paths, CheckList *checks, Arena *arena)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Config) config = config_load(paths->config_file, diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);

	if (config)
		add(checks, arena, "configuration", CHECK_OK, arena_printf(arena, "%s is in order, the policy is %s", paths->config_file, config->active_policy), "");
	else
		add(checks, arena, "configuration", CHECK_FAILED, arena_strdup(arena, problem), "correct it; until then the old settings stay");
}

static void check_policies(const Paths *paths, CheckList *checks, Arena *arena)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) policies = store_list(paths->policies_dir, &error);
	unsigned broken = 0;

	for (guint i = 0; policies && i < policies->len; i++) {
		const PolicyInfo *policy = g_ptr_array_index(policies, i);
		if (*policy->mode)
			continue;
		broken++;
		add(checks, arena, "policies", CHECK_FAILED, arena_printf(arena, "the policy %s %s", policy->name, policy->description), "correct it, or delete it");
	}
	if (!policies || !policies->len)
		add(checks, arena, "policies", CHECK_FAILED, error ? arena_strdup(arena, error->message) : "there is no policy file",
			"restart sentineld: it puts the templates back; then choose one: sentinel init");
	else if (!broken)
		add(checks, arena, "policies", CHECK_OK, arena_printf(arena, "%u policies load", policies->len), "");
}

void diagnose_files(const Paths *paths, CheckList *checks, Arena *arena)
{
	check_config(paths, checks, arena);
	check_policies(paths, checks, arena);
}
