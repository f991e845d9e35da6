/* SPDX-License-Identifier: MIT
 *
 * The verbs as a table, and the words on the command line.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include "base/nearest.h"
#include "cli/client.h"
#include "cli/output.h"

static const Option global_options[] = {
	{ "json", 0, OPTION_FLAG, offsetof(Cli, json), NULL, "answer as JSON: {success, timestamp, data or error}" },
	{ "local", 0, OPTION_FLAG, offsetof(Cli, local), NULL, "use a private sentineld: no bus, no root, no service" },
	{ "bus", 0, OPTION_TEXT, offsetof(Cli, bus), "BUS", "system (the default) or session" },
	{ "config-dir", 0, OPTION_TEXT, offsetof(Cli, config_dir), "DIR", "with --local: the configuration directory" },
	{ "no-color", 0, OPTION_FLAG, offsetof(Cli, no_color), NULL, "no colours, also on a terminal" },
	{ "no-ask-password", 0, OPTION_FLAG, offsetof(Cli, no_ask_password), NULL, "fail instead of asking for a password" },
	{ "help", 'h', OPTION_FLAG, offsetof(Cli, help), NULL, "show this help" },
};

static int run_help(Cli *cli);

static const Verb verbs[] = {
	{ "version", run_version, NULL, 0, 0, 0, "", "show the version" },
	{ "doctor", run_doctor, NULL, 0, 0, 0, "", "see whether everything is as it should be" },
	{ "init", run_init, init_options, 2, 0, 0, "", "set the guard up: choose a policy, make Docker ask" },
	{ "validate", run_validate, validate_options, 5, 1, -1, "-- docker ...", "say what the policy would decide about a docker command" },
	{ "exec", run_exec, exec_options, 2, 1, -1, "-- docker ...", "run a docker command when the policy allows it" },
	{ "scan", run_scan, scan_options, 5, 1, 1, "IMAGE", "look for known vulnerabilities in an image that Docker has" },
	{ "scan-secrets", run_scan_secrets, scan_secrets_options, 2, 1, 1, "IMAGE", "look for secrets in it" },
	{ "audit list", run_audit_list, audit_list_options, 8, 0, 0, "", "show the newest decisions" },
	{ "audit tail", run_audit_tail, audit_tail_options, 2, 0, 0, "", "show decisions as they are made" },
	{ "audit stats", run_audit_stats, audit_stats_options, 7, 0, 0, "", "count decisions, rules, users and images" },
	{ "audit export", run_audit_export, audit_export_options, 9, 0, 0, "", "write the audit trail to a file" },
	{ "audit verify", run_audit_verify, NULL, 0, 0, 0, "", "look whether the audit trail is whole" },
	{ "audit clear", run_audit_clear, audit_clear_options, 2, 0, 0, "", "remove old records from the audit trail" },
	{ "policy list", run_policy_list, NULL, 0, 0, 0, "", "show the policies" },
	{ "policy show", run_policy_show, policy_show_options, 1, 0, 1, "[NAME]", "show a policy's file, by default the one in force" },
	{ "policy use", run_policy_use, NULL, 0, 1, 1, "NAME", "put a policy in force" },
	{ "policy create", run_policy_create, policy_create_options, 1, 1, 1, "NAME", "make a new policy from a template" },
	{ "policy edit", run_policy_edit, NULL, 0, 1, 1, "NAME", "change a policy in $EDITOR; it is checked before it replaces the old one" },
	{ "policy validate", run_policy_validate, NULL, 0, 1, -1, "FILE...", "check policy files: FILE:LINE:COL: message" },
	{ "policy test", run_policy_test, policy_test_options, 1, 1, -1, "FILE...", "run the tests that policy files hold" },
	{ "policy digest", run_policy_digest, NULL, 0, 1, -1, "FILE...", "say by which name a policy allows a seccomp profile" },
	{ "policy delete", run_policy_delete, NULL, 0, 1, 1, "NAME", "delete a policy that is not in force" },
	{ "authz status", run_authz_status, NULL, 0, 0, 0, "", "show the state of the guard" },
	{ "authz start", run_authz_start, NULL, 0, 0, 0, "", "start the service" },
	{ "authz stop", run_authz_stop, NULL, 0, 0, 0, "", "stop it until authz start, or the next boot" },
	{ "authz install", run_authz_install, authz_install_options, 3, 0, 0, "", "make Docker ask the guard; containers run on" },
	{ "authz uninstall", run_authz_uninstall, authz_install_options, 2, 0, 0, "", "make Docker ask it no longer" },
	{ "authz reload", run_authz_reload, NULL, 0, 0, 0, "", "read the policy again" },
	{ "help", run_help, NULL, 0, 0, 0, "", "show this help" },
};

static int run_help(Cli *cli)
{
	(void)cli;
	(void)puts("sentinel - security for Docker before anything runs\n\nUsage: sentinel [OPTIONS] VERB ...\n");
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		g_autofree char *left = g_strdup_printf("%s %s", verbs[i].words, verbs[i].arguments);
		(void)printf("  %-24s %s\n", left, verbs[i].help);
	}
	(void)puts("\nOptions:");
	for (size_t i = 0; i < G_N_ELEMENTS(global_options); i++) {
		g_autofree char *left = g_strdup_printf("--%s %s", global_options[i].name, global_options[i].value ? global_options[i].value : "");
		(void)printf("  %-24s %s\n", left, global_options[i].help);
	}
	(void)puts("\nsentinel VERB --help says more.  Manual: sentinel(1)");
	return EXIT_DONE;
}

static int verb_help(const Verb *verb)
{
	(void)printf("Usage: sentinel %s %s\n\n%s\n", verb->words, verb->arguments, verb->help);
	for (size_t i = 0; i < verb->option_count; i++) {
		const Option *option = &verb->options[i];
		g_autofree char *left = g_strdup_printf("--%s %s", option->name, option->value ? option->value : "");
		(void)printf("%s  %-24s %s\n", i ? "" : "\n", left, option->help);
	}
	return EXIT_DONE;
}

static const Option *find_option(const Option *options, size_t count, const char *word, size_t length)
{
	for (size_t i = 0; i < count; i++) {
		bool spelled = strlen(options[i].name) == length && !memcmp(options[i].name, word, length);
		if (spelled || (length == 1 && options[i].letter && options[i].letter == *word))
			return &options[i];
	}
	return NULL;
}

static int unknown_option(const Cli *cli, const Verb *verb, const char *word)
{
	const char *names[G_N_ELEMENTS(global_options) + 16];
	size_t count = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(global_options); i++)
		names[count++] = global_options[i].name;
	for (size_t i = 0; verb && i < verb->option_count; i++)
		names[count++] = verb->options[i].name;
	g_autofree char *bare = g_strndup(word, strcspn(word, "="));
	const char *near = nearest_word(bare, names, count);
	return output_error(cli, EXIT_USAGE, "usage", "unknown option --%s%s%s%s%s", bare, near ? "; did you mean --" : "", near ? near : "", near ? "?" : "",
		verb && !near ? "; if it is docker's, put -- before the docker command" : "");
}

static int set_option(Cli *cli, const Option *option, const char *value)
{
	void *target = (char *)cli + option->offset;
	char *end = NULL;

	switch (option->kind) {
	case OPTION_FLAG:
		*(gboolean *)target = TRUE;
		return 0;
	case OPTION_TEXT:
		g_free(*(char **)target);
		*(char **)target = g_strdup(value);
		return 0;
	case OPTION_COUNT:
		*(int64_t *)target = g_ascii_strtoll(value, &end, 10);
		if (*value && !*end && *(int64_t *)target > 0 && *(int64_t *)target <= UINT32_MAX)
			return 0;
		break;
	}
	return output_error(cli, EXIT_USAGE, "usage", "--%s %s: expected a number above 0", option->name, value);
}

/* One option at words[*at]; moves on behind its value. */
static int read_option(Cli *cli, const Verb *verb, char **words, int *at)
{
	const char *word = words[*at] + strspn(words[*at], "-");
	size_t length = strcspn(word, "=");
	const Option *option = verb ? find_option(verb->options, verb->option_count, word, length) : NULL;

	if (!option)
		option = find_option(global_options, G_N_ELEMENTS(global_options), word, length);
	if (!option)
		return unknown_option(cli, verb, word);
	++*at;
	if (option->kind == OPTION_FLAG && word[length])
		return output_error(cli, EXIT_USAGE, "usage", "--%s takes no value", option->name);
	const char *value = word[length] ? word + length + 1 : NULL;
	if (option->kind != OPTION_FLAG && !value && !(value = words[*at]))
		return output_error(cli, EXIT_USAGE, "usage", "--%s: expected %s", option->name, option->value);
	if (option->kind != OPTION_FLAG && !word[length])
		++*at;
	return set_option(cli, option, value);
}

static const Verb *find_verb(char *const *words, int *used)
{
	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
		const char *space = strchr(verbs[i].words, ' ');
		g_autofree char *two = words[0] && words[1] ? g_strconcat(words[0], " ", words[1], NULL) : NULL;
		*used = space ? 2 : 1;
		if (space ? two && !strcmp(verbs[i].words, two) : words[0] && !strcmp(verbs[i].words, words[0]))
			return &verbs[i];
	}
	return NULL;
}

static int unknown_verb(const Cli *cli, char *const *words)
{
	const char *names[G_N_ELEMENTS(verbs)];
	g_autofree char *typed = words[0] && words[1] && *words[1] != '-' ? g_strconcat(words[0], " ", words[1], NULL) : g_strdup(words[0]);

	for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
		names[i] = verbs[i].words;
	const char *near = nearest_word(typed, names, G_N_ELEMENTS(names));
	return output_error(cli, EXIT_USAGE, "usage", "there is no verb \"%s\"%s%s%s; see: sentinel help", typed, near ? "; did you mean " : "", near ? near : "",
		near ? "?" : "");
}

/* Options before and behind the verb, then its arguments; behind -- everything is an argument. */
static int read_words(Cli *cli, char **words, const Verb **ret_verb)
{
	g_autoptr(GPtrArray) arguments = g_ptr_array_new();
	const Verb *verb = NULL;
	int code = 0, at = 0, used;

	while (code == 0 && words[at]) {
		if (!strcmp(words[at], "--")) {
			for (at++; words[at]; at++)
				g_ptr_array_add(arguments, words[at]);
		} else if (*words[at] == '-' && words[at][1]) {
			code = read_option(cli, verb, words, &at);
		} else if (!verb) {
			verb = find_verb(words + at, &used);
			code = verb ? 0 : unknown_verb(cli, words + at);
			at += verb ? used : 0;
		} else {
			g_ptr_array_add(arguments, words[at++]);
		}
	}
	cli->word_count = (int)arguments->len;
	g_ptr_array_add(arguments, NULL);
	cli->words = g_strdupv((char **)arguments->pdata);
	*ret_verb = verb;
	return code;
}

static int check(const Cli *cli, const Verb *verb)
{
	if (cli->bus && strcmp(cli->bus, "system") != 0 && strcmp(cli->bus, "session") != 0)
		return output_error(cli, EXIT_USAGE, "usage", "--bus %s: expected system or session", cli->bus);
	if (cli->config_dir && !cli->local)
		return output_error(cli, EXIT_USAGE, "usage", "--config-dir goes with --local; the service has its own");
	if (cli->word_count < verb->least)
		return output_error(cli, EXIT_USAGE, "usage", "sentinel %s: expected %s", verb->words, verb->arguments);
	if (verb->most >= 0 && cli->word_count > verb->most)
		return output_error(cli, EXIT_USAGE, "usage", "sentinel %s: \"%s\" is too much", verb->words, cli->words[verb->most]);
	return 0;
}

static void clear(Cli *cli)
{
	char **texts[] = { &cli->bus, &cli->config_dir, &cli->policy, &cli->decision, &cli->user, &cli->image, &cli->rule, &cli->text, &cli->since, &cli->until,
		&cli->reason, &cli->format, &cli->output, &cli->template, &cli->junit, &cli->scanner, &cli->max_critical,
		&cli->max_high, &cli->max_medium, &cli->uid, &cli->gid, &cli->groups };

	client_close(cli);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(*texts[i]);
	g_strfreev(cli->words);
}

int main(int argc, char **argv)
{
	const Verb *verb = NULL;
	Cli cli = { 0 };

	(void)argc;
	(void)setlocale(LC_ALL, "");
	int code = read_words(&cli, argv + 1, &verb);
	if (code == 0 && !verb)
		code = cli.help ? run_help(&cli) : output_error(&cli, EXIT_USAGE, "usage", "a verb was expected; see: sentinel help");
	else if (code == 0 && cli.help)
		code = verb_help(verb);
	else if (code == 0 && (code = check(&cli, verb)) == 0)
		code = verb->run(&cli);
	clear(&cli);
	return code;
}
