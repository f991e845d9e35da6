/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/log.h"
#include "core/applied.h"
#include "policy/review/laxer.h"
#include "policy/store.h"

#define UNREADABLE "unreadable: true\n" /* no configuration: nothing is applied by it */

/* Why the default may not take the place of what holds; NULL: it may. */
static char *default_laxer(const Applied *applied, const Config *config, const Config *last)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) by_default = store_load(applied->policies_dir, config->active_policy, diagnostics);
	g_autoptr(Policy) before = applied->in_force ? NULL : store_load(applied->policies_dir, last->active_policy, diagnostics);
	const Policy *in_force = applied->in_force ? applied->in_force : before;

	return by_default ? policy_laxer_why(in_force, by_default) : NULL;
}

static char *explain(const Applied *applied, const Config *config, const Config *last)
{
	if (config->says_nothing)
		return g_strdup_printf("%s %s: what was applied before stays in force (active_policy: %s). Write the file again, or: sentinel policy use %s",
			applied->config_file, config->there ? "says nothing" : "is not there", last->active_policy, last->active_policy);
	g_autofree char *why = default_laxer(applied, config, last);
	if (!why)
		return NULL;
	return g_strdup_printf("%s does not say active_policy, and the default, %s, lets more through than what is in force (%s): nothing of the file is applied. "
			       "Write active_policy: %s into it, or: sentinel policy use %s",
		applied->config_file, config->active_policy, why, last->active_policy, config->active_policy);
}

Config *applied_choose(const Applied *applied, GPtrArray *diagnostics, char **ret_notice)
{
	g_autoptr(Config) config = config_load(applied->config_file, diagnostics);

	if (!config || config->names_policy || !applied->kept)
		return g_steal_pointer(&config);
	g_autoptr(Config) last = config_parse("the configuration that was applied before", applied->kept, strlen(applied->kept), diagnostics);
	if (!last)
		return NULL;
	*ret_notice = explain(applied, config, last);
	return *ret_notice ? g_steal_pointer(&last) : g_steal_pointer(&config);
}

char *applied_read(const char *file)
{
	g_autoptr(GError) error = NULL;
	gsize length = 0;
	char *text = NULL;

	if (g_file_get_contents(file, &text, &length, &error) && length <= LIMIT_CONFIG_BYTES && !memchr(text, 0, length))
		return text;
	g_free(text);
	if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
		return NULL;
	log_error("%s, which says what was applied before, cannot be read: %s", file, error ? error->message : "it is too long");
	return g_strdup(UNREADABLE);
}

/* What was applied, on its way to the disk. */
typedef struct Keeping {
	char *file, *text;
} Keeping;

static void keep_run(void *data)
{
	const Keeping *keeping = data;
	g_autoptr(GError) error = NULL;

	if (!config_put(keeping->file, keeping->text, &error))
		log_error("what is applied cannot be kept for the next start: %s", error->message);
}

static void keep_done(void *data)
{
	Keeping *keeping = data;

	g_free(keeping->file);
	g_free(keeping->text);
	g_free(keeping);
}

void applied_keep(Worker *worker, const char *file, const char *text)
{
	Keeping *keeping = g_new0(Keeping, 1);

	*keeping = (Keeping){ g_strdup(file), g_strdup(text) };
	if (worker_submit(worker, keep_run, keep_done, keeping))
		return;
	keep_run(keeping); /* a full queue is no reason to forget it */
	keep_done(keeping);
}
