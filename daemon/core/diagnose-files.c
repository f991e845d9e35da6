/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>
#include "core/config.h"
#include "core/diagnose.h"
#include "policy/store.h"
#include "policy/template-store.h"
#include "policy/templates.h"

static void check_config(const Paths *paths, CheckList *checks, Arena *arena)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Config) config = config_load(paths->config_file, diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);

	if (config && config->says_nothing && access(paths->applied_file, F_OK) == 0)
		check_add(checks, arena, "configuration", CHECK_FAILED,
			arena_printf(arena, "%s %s: what was applied before stays in force", paths->config_file, config->there ? "says nothing" : "is not there"),
			"write it again, or put a policy in force: sentinel policy use NAME");
	else if (config)
		check_add(checks, arena, "configuration", CHECK_OK, arena_printf(arena, "%s is in order, the policy is %s", paths->config_file, config->active_policy), "");
	else
		check_add(checks, arena, "configuration", CHECK_FAILED, arena_strdup(arena, problem), "correct it; until then the old settings stay");
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
		check_add(checks, arena, "policies", CHECK_FAILED, arena_printf(arena, "the policy %s %s", policy->name, policy->description), "correct it, or delete it");
	}
	if (!policies || !policies->len)
		check_add(checks, arena, "policies", CHECK_FAILED, error ? arena_strdup(arena, error->message) : "there is no policy file",
			"restart sentineld: it puts the templates back; then choose one: sentinel init");
	else if (!broken)
		check_add(checks, arena, "policies", CHECK_OK, arena_printf(arena, "%u policies load", policies->len), "");
}

/* The templates of one state, as words behind each other. */
static const char *templates_in(const Paths *paths, TemplateState state, const char *after, Arena *arena)
{
	const char *names = "";

	for (size_t i = 0; i < template_count; i++)
		if (template_store_compare(paths->policies_dir, paths->templates_file, i) == state)
			names = arena_printf(arena, "%s%s%s%s", names, *names ? " " : "", templates[i].name, after);
	return names;
}

/* What somebody made of a template is theirs, and no fault; only that there is a newer one is said. */
static void check_templates(const Paths *paths, CheckList *checks, Arena *arena)
{
	static const struct { TemplateState state; const char *message; bool theirs; } rows[] = {
		{ TEMPLATE_OLDER, "of an earlier version, and unchanged since", false },
		{ TEMPLATE_EDITED_OLDER, "changed here, and made of an earlier version's", true },
		{ TEMPLATE_UNKNOWN, "not as in this version; whether somebody changed them is not known", true },
	};
	size_t before = checks->count;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *names = templates_in(paths, rows[i].state, "", arena), *files = templates_in(paths, rows[i].state, ".yaml", arena);
		const char *one = arena_strndup(arena, names, strcspn(names, " "));
		if (!*names)
			continue;
		check_add(checks, arena, "templates", CHECK_WARNING, arena_printf(arena, "templates that are %s: %s", rows[i].message, names),
			rows[i].theirs ? arena_printf(arena, "see what is new in each: diff -u %s/%s.yaml %s/%s.yaml", paths->policies_dir, one, template_store_source, one)
				       : arena_printf(arena, "cd %s && sudo cp %s %s/", template_store_source, files, paths->policies_dir));
	}
	if (checks->count == before)
		check_add(checks, arena, "templates", CHECK_OK, "the templates are this version's, or were made of them", "");
}

void diagnose_files(const Paths *paths, CheckList *checks, Arena *arena)
{
	check_config(paths, checks, arena);
	check_policies(paths, checks, arena);
	check_templates(paths, checks, arena);
}
