/* SPDX-License-Identifier: MIT
 *
 * init: a policy is chosen and put in force, Docker is made to ask.  The files are the service's: it made them
 * when it started.
 */
#include <stdio.h>
#include <string.h>
#include "cli/ask.h"
#include "cli/authz.h"
#include "cli/client.h"
#include "cli/doctor.h"
#include "cli/init.h"
#include "cli/language.h"
#include "cli/layout.h"
#include "cli/output.h"
#include "cli/verb.h"

#define LABEL_COLUMNS 8

static const Option option_rows[] = {
	OPTION(InitOptions, policy, "policy", 'p', "NAME", "the policy to put in force"),
	OPTION(InitOptions, no_interactive, "no-interactive", 0, NULL, "ask nothing; without --policy the one in force stays"),
};

static int look(Setup *setup)
{
	int code = client_connect(setup->cli);

	if (code == 0)
		code = policy_rows(setup->cli, &setup->rows);
	if (code == 0 && !setup->rows->len)
		code = policy_none(setup->cli);
	if (code == 0)
		code = client_property(setup->cli, "PolicyError", &setup->problem);
	for (guint i = 0; code == 0 && i < setup->rows->len; i++) {
		const PolicyRow *row = g_ptr_array_index(setup->rows, i);
		if (row->active)
			setup->active = row->name;
	}
	return code;
}

/* What runs today and would not start again; what could be written into the policy is only shown. */
static int judge_existing(Setup *setup)
{
	bool unknown;
	int code = policy_judge_containers(setup->cli, setup->chosen, &setup->existing, &unknown);

	if (code != 0 || setup->cli->json || !setup->existing || !json_array_get_length(json_object_get_array_member(setup->existing, "denied")))
		return code;
	policy_print_containers(setup->cli, setup->existing);
	(void)puts("");
	return 0;
}

/* "asked", "unasked", or a word for: it is not known. */
static bool docker_is(const Setup *setup, const char *word)
{
	return !strcmp(json_object_get_string_member_with_default(setup->docker, "Docker", ""), word);
}

/* The private sentineld guards nothing, and one on the session bus is not what Docker's configuration means. */
static bool may_install(const Setup *setup)
{
	return !setup->cli->local && (!setup->cli->bus || strcmp(setup->cli->bus, "session") != 0) && !docker_is(setup, "asked");
}

static bool will_change(const Setup *setup)
{
	return setup->adapted.yaml || !setup->active || strcmp(setup->active, setup->chosen) != 0 || *setup->problem;
}

/* Everything else that can be asked, and whether all of it is meant. */
static int ask_rest(Setup *setup)
{
	int code = doctor_checks(setup->cli, &setup->checks);

	setup->docker = json_object_new();
	if (code == 0)
		code = authz_probe(setup->cli, setup->docker);
	if (code == 0)
		code = init_adapt(setup->cli, setup->chosen, setup->existing, setup->checks, &setup->adapted);
	if (code != 0 || !may_install(setup) || !docker_is(setup, "unasked"))
		return code;
	Answer answer = ask_yes(_("\nMake Docker ask the guard now? Containers run on."));
	setup->install = answer == ANSWER_YES;
	return answer == ANSWER_NONE ? output_error(setup->cli, EXIT_UNDONE, "cancelled", _("no answer: nothing was changed")) : 0;
}

static int confirm(const Setup *setup)
{
	const char *name = setup->adapted.yaml ? setup->adapted.name : setup->chosen;

	if (!will_change(setup) && !setup->install)
		return 0;
	(void)puts(_("\nTo be done:"));
	if (setup->adapted.yaml)
		(void)printf(_("  the policy %s is made of %s\n"), name, setup->chosen);
	for (guint i = 0; setup->adapted.yaml && i < setup->adapted.changes->len; i++) {
		g_autofree char *change = output_clean(g_ptr_array_index(setup->adapted.changes, i));
		(void)printf("    %s\n", change);
	}
	if (will_change(setup))
		(void)printf(_("  the policy %s is put in force\n"), name);
	if (setup->install)
		(void)puts(_("  Docker asks the guard from then on (/etc/docker/daemon.json)"));
	return ask_yes(_("Do this?")) == ANSWER_YES ? 0 : output_error(setup->cli, EXIT_UNDONE, "cancelled", _("nothing was changed"));
}

/* With a problem the policy in force may not be the one that config.yaml names: then it is written there. */
static int put_in_force(Setup *setup)
{
	int code = 0;

	setup->changed = will_change(setup);
	if (setup->adapted.yaml) {
		code = policy_replace(setup->cli, setup->adapted.name, setup->adapted.yaml, NULL);
		g_free(setup->chosen);
		setup->chosen = g_strdup(setup->adapted.name);
	}
	if (code == 0 && setup->changed)
		code = policy_call(setup->cli, "Use", setup->chosen, NULL, NULL);
	if (code == 0)
		code = client_property(setup->cli, "Mode", &setup->mode);
	g_clear_pointer(&setup->checks, json_array_unref);
	g_clear_pointer(&setup->docker, json_object_unref);
	if (code == 0)
		code = doctor_checks(setup->cli, &setup->checks);
	if (code != 0)
		return code;
	setup->docker = json_object_new();
	return authz_probe(setup->cli, setup->docker);
}

static JsonObject *find_check(const Setup *setup, const char *name)
{
	for (guint i = 0; i < json_array_get_length(setup->checks); i++) {
		JsonObject *check = json_array_get_object_element(setup->checks, i);
		if (!strcmp(json_object_get_string_member(check, "name"), name))
			return check;
	}
	return NULL;
}

static void print_json(const Setup *setup)
{
	JsonObject *data = json_object_new();

	output_set_text(data, "policy", setup->chosen);
	output_set_text(data, "mode", setup->mode);
	json_object_set_boolean_member(data, "changed", setup->changed);
	if (docker_is(setup, "asked") || docker_is(setup, "unasked"))
		json_object_set_boolean_member(data, "docker_asks", docker_is(setup, "asked"));
	if (setup->existing)
		json_object_set_object_member(data, "containers", json_object_ref(setup->existing));
	output_object(true, data);
}

/* Labels end at the same column, in whatever language. */
static void print_label(const char *label)
{
	(void)printf("%*s%s: ", (int)MAX(LABEL_COLUMNS - layout_width(label), 0), "", label);
}

static void print_summary(const Setup *setup)
{
	static const struct {
		const char *mode, *meaning;
	} modes[] = {
		{ "enforce", N_("what it blocks is denied") },
		{ "warn", N_("nothing is denied, what it finds is reported") },
		{ "audit", N_("nothing is denied, what it finds is written down") },
	};
	static const struct {
		const char *left, *check;
	} rows[] = { { N_("Settings"), "configuration" }, { N_("Docker"), "docker" }, { N_("Guard"), "plugin" } };
	const char *meaning = "";

	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++)
		if (!strcmp(modes[i].mode, setup->mode))
			meaning = modes[i].meaning;
	print_label(_("Policy"));
	(void)printf(
		"%s (%s), %s: %s\n", setup->chosen, setup->mode, setup->changed ? _("now in force") : _("in force as before"), language_of(meaning));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		JsonObject *check = find_check(setup, rows[i].check);
		if (!check)
			continue;
		print_label(_(rows[i].left));
		(void)puts(json_object_get_string_member(check, "message"));
	}
}

static int offer_install(const Setup *setup, bool *ret_installed)
{
	*ret_installed = setup->install;
	if (setup->install)
		return authz_install(setup->cli, authz_offer_builder(setup->checks));
	if (setup->whole || !setup->asks || !docker_is(setup, "unasked"))
		return 0;
	Answer answer = ask_yes(_("Make Docker ask the guard now? Containers run on."));
	if (answer == ANSWER_NONE)
		return output_error(setup->cli, EXIT_UNDONE, "cancelled",
			_("no answer: Docker's configuration was not changed; it is done by: sudo sentinel authz install"));
	*ret_installed = answer == ANSWER_YES;
	if (!*ret_installed)
		return 0;
	return authz_install(setup->cli, authz_offer_builder(setup->checks));
}

static int finish(const Setup *setup)
{
	const char *dir = setup->cli->config_dir;
	bool installed = true;

	if (setup->cli->json) {
		print_json(setup);
		return EXIT_DONE;
	}
	print_summary(setup);
	int code = may_install(setup) ? offer_install(setup, &installed) : 0;
	if (code != 0)
		return code;
	if (!installed)
		(void)puts(_("    Next: sudo sentinel authz install    (Docker asks from then on; containers run on)"));
	print_label(installed ? _("Next") : _("Then"));
	(void)printf("sentinel%s%s%s doctor\n", setup->cli->local ? " --local" : "",
		dir ? " --config-dir " : "", dir ? dir : "");
	return EXIT_DONE;
}

static int run(Cli *cli, const void *data)
{
	const InitOptions *options = data;
	Setup setup = { .cli = cli, .options = options, .asks = ask_possible(cli) && !options->no_interactive };
	setup.whole = setup.asks && !options->policy;
	/* What is shown is asked about. */
	cli->no_pager = TRUE;
	int code = look(&setup);

	if (code == 0)
		code = init_choose(&setup);
	if (code == 0)
		code = judge_existing(&setup);
	if (code == 0 && setup.whole && (code = ask_rest(&setup)) == 0)
		code = confirm(&setup);
	if (code == 0)
		code = put_in_force(&setup);
	if (code == 0)
		code = finish(&setup);
	g_clear_pointer(&setup.rows, g_ptr_array_unref);
	g_clear_pointer(&setup.checks, json_array_unref);
	g_clear_pointer(&setup.docker, json_object_unref);
	g_clear_pointer(&setup.existing, json_object_unref);
	init_adapt_clear(&setup.adapted);
	g_free(setup.problem);
	g_free(setup.chosen);
	g_free(setup.mode);
	return code;
}

const Verb verb_init = {
	"init", run, 0, 0, "", N_("set the guard up: choose a policy, make Docker ask"), OPTION_TABLE(InitOptions, option_rows),
	"init --policy production",
};
