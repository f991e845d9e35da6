/* SPDX-License-Identifier: MIT
 *
 * init: a policy is chosen and put in force, Docker is made to ask.  The files are the service's: it made them
 * when it started.
 */
#include <stdio.h>
#include <string.h>
#include "base/nearest.h"
#include "cli/ask.h"
#include "cli/authz.h"
#include "cli/client.h"
#include "cli/doctor.h"
#include "cli/init-adapt.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/table.h"
#include "cli/verb.h"

typedef struct Options {
	char *policy;
	gboolean no_interactive;
} Options;

static const Option option_rows[] = {
	OPTION(Options, policy, "policy", 'p', "NAME", "the policy to put in force"),
	OPTION(Options, no_interactive, "no-interactive", 0, NULL, "ask nothing; without --policy the one in force stays"),
};

/* What init works on and what it found. */
typedef struct Setup {
	Cli *cli;
	const Options *options;
	GPtrArray *rows;     /* of PolicyRow */
	const char *active;  /* in `rows`; NULL: lockdown */
	char *problem;       /* of the newest policy or config.yaml; "": none */
	char *chosen, *mode; /* what is in force at the end */
	JsonArray *checks;   /* doctor's */
	JsonObject *docker;  /* authz_probe() */
	JsonObject *existing; /* what the policy would say of containers; NULL: it is not known which there are */
	Adapted adapted;     /* what is otherwise on this machine */
	bool asks, changed;  /* asks: somebody can be asked */
	bool whole;          /* ... about everything: nothing is done before the last yes */
	bool install;        /* that says that Docker is to ask */
} Setup;

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
static int choose(Setup *setup)
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
	(void)printf(
		"%8s: %s (%s), %s: %s\n", _("Policy"), setup->chosen, setup->mode, setup->changed ? _("now in force") : _("in force as before"), language_of(meaning));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		JsonObject *check = find_check(setup, rows[i].check);
		if (check)
			(void)printf("%8s: %s\n", _(rows[i].left), json_object_get_string_member(check, "message"));
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
	(void)printf("%8s: sentinel%s%s%s doctor\n", installed ? _("Next") : _("Then"), setup->cli->local ? " --local" : "",
		dir ? " --config-dir " : "", dir ? dir : "");
	return EXIT_DONE;
}

static int run(Cli *cli, const void *data)
{
	const Options *options = data;
	Setup setup = { .cli = cli, .options = options, .asks = ask_possible(cli) && !options->no_interactive };
	setup.whole = setup.asks && !options->policy;
	/* What is shown is asked about. */
	cli->no_pager = TRUE;
	int code = look(&setup);

	if (code == 0)
		code = choose(&setup);
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
	"init", run, 0, 0, "", N_("set the guard up: choose a policy, make Docker ask"), OPTION_TABLE(Options, option_rows),
	"init --policy production",
};
