/* SPDX-License-Identifier: MIT
 *
 * Which policy: by number or by name, beside what each would deny of what is there.
 */
#include <stdio.h>
#include <string.h>
#include "base/nearest.h"
#include "cli/ask.h"
#include "cli/init.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/table.h"

static const PolicyRow *find_row(const Setup *setup, const char *name)
{
	for (guint i = 0; i < setup->rows->len; i++) {
		const PolicyRow *row = g_ptr_array_index(setup->rows, i);
		if (!strcmp(row->name, name))
			return row;
	}
	return NULL;
}

/* NULL: it can be used.  The caller frees it. */
static char *objection(const Setup *setup, const char *name)
{
	g_autofree const char **names = g_new(const char *, setup->rows->len + 1);
	const PolicyRow *row = find_row(setup, name);

	if (row)
		return *row->mode ? NULL : g_strdup_printf(_("the policy %s %s"), name, row->description);
	for (guint i = 0; i < setup->rows->len; i++)
		names[i] = ((const PolicyRow *)g_ptr_array_index(setup->rows, i))->name;
	const char *near = nearest_word(name, names, setup->rows->len);
	return g_strdup_printf(_("there is no policy \"%s\"%s%s%s"), name, near ? _("; did you mean ") : _("; see: sentinel policy list"), near ? near : "", near ? "?" : "");
}

/* How many of the containers that exist a policy would not let start again; "-": it is not known. */
static char *would_deny(Setup *setup, const PolicyRow *row, bool *unknown)
{
	g_autoptr(JsonObject) judged = NULL;

	if (*unknown || !*row->mode || policy_judge_containers(setup->cli, row->name, &judged, unknown) != 0 || !judged)
		return g_strdup("-");
	return g_strdup_printf("%u of %" G_GINT64_FORMAT, json_array_get_length(json_object_get_array_member(judged, "denied")),
		json_object_get_int_member(judged, "judged"));
}

/* With numbers to choose by, and what each would deny of what is there. */
static void print_choice(Setup *setup)
{
	static const char *const heading[] = { "", "NO", "NAME", "MODE", "WOULD DENY", "DESCRIPTION" };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
	bool unknown = false;

	for (size_t i = 0; i < G_N_ELEMENTS(heading); i++)
		g_ptr_array_add(cells, g_strdup(heading[i]));
	for (guint i = 0; i < setup->rows->len; i++) {
		const PolicyRow *row = g_ptr_array_index(setup->rows, i);
		g_ptr_array_add(cells, g_strdup(row->active ? "*" : ""));
		g_ptr_array_add(cells, g_strdup_printf("%u", i + 1));
		g_ptr_array_add(cells, g_strdup(row->name));
		g_ptr_array_add(cells, g_strdup(*row->mode ? row->mode : "-"));
		g_ptr_array_add(cells, would_deny(setup, row, &unknown));
		g_ptr_array_add(cells, g_strdup(row->description));
	}
	table_print(setup->cli, cells, G_N_ELEMENTS(heading));
	(void)puts(unknown ? _("Docker does not say which containers there are.") :
			     _("WOULD DENY: of the containers that exist, at their next start; in the modes warn and audit they would start."));
}

/* The name that a number in the table means, or the word itself. */
static const char *chosen_name(const Setup *setup, const char *word)
{
	guint64 number = 0;

	if (!g_ascii_string_to_unsigned(word, 10, 1, setup->rows->len, &number, NULL))
		return word;
	return ((const PolicyRow *)g_ptr_array_index(setup->rows, (guint)number - 1))->name;
}

static int ask_policy(Setup *setup)
{
	g_autofree char *question = setup->active ? g_strdup_printf(_("Which policy? [%s]"), setup->active) : g_strdup(_("Which policy?"));

	print_choice(setup);
	if (*setup->problem)
		(void)fprintf(stderr, "%s\n", setup->problem);
	for (;;) {
		g_autofree char *line = ask_line(question);
		if (!line)
			return output_error(setup->cli, EXIT_UNDONE, "cancelled", _("no answer: nothing was changed"));
		const char *name = *line || !setup->active ? chosen_name(setup, line) : setup->active;
		g_autofree char *problem = *name ? objection(setup, name) : g_strdup(_("a name is needed: there is no valid policy in force"));
		if (!problem) {
			setup->chosen = g_strdup(name);
			return 0;
		}
		(void)fprintf(stderr, "%s\n", problem);
	}
}

/* Without a question: the one that is named, or the one in force, when it is all that config.yaml says. */
int init_choose(Setup *setup)
{
	const Cli *cli = setup->cli;
	const char *policy = setup->options->policy, *name = policy ? policy : setup->active;

	if (!policy && setup->asks)
		return ask_policy(setup);
	if (!policy && !setup->options->no_interactive && !cli->json)
		return output_error(cli, EXIT_UNDONE, "no_terminal",
			_("there is no terminal to ask on: nothing was changed; say --policy NAME, or --no-interactive to keep what is in force"));
	if (!policy && *setup->problem)
		return output_error(cli, EXIT_UNDONE, "policy_invalid", _("%s; correct it, or choose: sentinel init --policy NAME"), setup->problem);
	if (!name)
		return output_error(cli, EXIT_UNDONE, "lockdown", _("there is no valid policy in force; choose one: sentinel init --policy NAME"));
	g_autofree char *problem = objection(setup, name);
	if (problem)
		return output_error(cli, EXIT_UNDONE, find_row(setup, name) ? "policy_invalid" : "not_found", "%s", problem);
	setup->chosen = g_strdup(name);
	return 0;
}
