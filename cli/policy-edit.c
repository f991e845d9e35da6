/* SPDX-License-Identifier: MIT
 *
 * policy create, edit, delete.  What somebody wrote is never lost: it stays in a file that is named.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "cli/ask.h"
#include "cli/client.h"
#include "cli/editor.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/verb.h"

typedef struct Options {
	char *template;
} Options;

static const Option rows[] = {
	OPTION(Options, template, "template", 't', "NAME", "the policy to start from", .fallback = "default"),
};

static int find_policy(Cli *cli, const char *name, bool *ret)
{
	sd_bus_message *reply = NULL;
	const char *other, *mode, *description;
	int active, code = policy_call(cli, "List", NULL, NULL, &reply), r = code == 0 ? sd_bus_message_enter_container(reply, 'a', "(sssb)") : 0;

	*ret = false;
	while (code == 0 && r >= 0 && (r = sd_bus_message_read(reply, "(sssb)", &other, &mode, &description, &active)) > 0)
		*ret |= !strcmp(other, name);
	sd_bus_message_unref(reply);
	return code != 0 ? code : r < 0 ? client_bad_answer(cli, r) : 0;
}

/* The template with the new name in its top-level key; everything else stays. */
static char *rename_in(const char *text, const char *name)
{
	g_autoptr(GRegex) line = g_regex_new("^name:.*$", G_REGEX_MULTILINE, 0, NULL);
	g_autofree char *with = g_strdup_printf("name: %s", name);

	if (!g_regex_match(line, text, 0, NULL))
		return g_strdup_printf("%s\n%s", with, text);
	return g_regex_replace_literal(line, text, -1, 0, with, 0, NULL);
}

static int done(const Cli *cli, const char *name, const char *what)
{
	if (!cli->json) {
		(void)printf("Policy %s %s\n", name, what);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	output_set_text(data, "policy", name);
	output_set_text(data, "result", what);
	output_object(true, data);
	return EXIT_DONE;
}

static int run_create(Cli *cli, const void *data)
{
	const Options *options = data;
	const char *name = cli->words[0], *template = options->template ? options->template : "default";
	g_autofree char *text = NULL;
	bool there = false;
	int code = client_connect(cli);

	if (code == 0)
		code = find_policy(cli, name, &there);
	if (code == 0 && there)
		return output_error(cli, EXIT_USAGE, "usage", "there is a policy %s already; change it with: sentinel policy edit %s", name, name);
	if (code == 0)
		code = policy_get(cli, template, &text);
	if (code != 0)
		return code;
	g_autofree char *renamed = rename_in(text, name);
	code = policy_replace(cli, name, renamed, NULL);
	return code != 0 ? code : done(cli, name, "was created");
}

const Verb verb_policy_create = {
	"policy create", run_create, 1, 1, "NEW-NAME", N_("make a new policy from a template"), OPTION_TABLE(Options, rows),
	"policy create my-policy --template strict", .answer = true,
};

typedef struct DeleteOptions {
	gboolean yes;
} DeleteOptions;

static const Option delete_rows[] = {
	OPTION(DeleteOptions, yes, "yes", 'y', NULL, "do not ask"),
};

/* Somebody at a terminal may have meant another one. */
static int ask_delete(const Cli *cli, const DeleteOptions *options)
{
	g_autofree char *question = g_strdup_printf(_("Delete the policy %s for good?"), cli->words[0]);

	if (options->yes || !ask_possible(cli) || ask_yes(question) == ANSWER_YES)
		return 0;
	return output_error(cli, EXIT_UNDONE, "cancelled", _("nothing was deleted"));
}

static int run_delete(Cli *cli, const void *options)
{
	sd_bus_message *reply = NULL;
	int code = ask_delete(cli, options);

	if (code == 0)
		code = client_connect(cli);
	if (code == 0)
		code = policy_call(cli, "Delete", cli->words[0], NULL, &reply);
	sd_bus_message_unref(reply);
	return code != 0 ? code : done(cli, cli->words[0], "was deleted");
}

const Verb verb_policy_delete = {
	"policy delete", run_delete, 1, 1, "NAME", N_("delete a policy that is not in force"), OPTION_TABLE(DeleteOptions, delete_rows),
	"policy delete my-policy", .answer = true,
};

static char *copy_to_edit(const Cli *cli, const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *pattern = g_strdup_printf("sentinel-%s-XXXXXX.yaml", name);
	char *file = NULL;
	int fd = g_file_open_tmp(pattern, &file, &error);

	if (fd >= 0)
		(void)close(fd);
	if (fd >= 0 && g_file_set_contents(file, text, -1, &error))
		return file;
	(void)output_error(cli, EXIT_UNDONE, "failed", "there is no place for a copy to edit: %s", error->message);
	g_free(file);
	return NULL;
}

static bool ask_again(void)
{
	char answer[16];

	if (!isatty(STDIN_FILENO))
		return false;
	(void)fputs("Edit again? [Y/n] ", stderr);
	return fgets(answer, sizeof answer, stdin) && *answer != 'n' && *answer != 'N';
}

/* 0: it loads; EXIT_DENIED: it does not, and that was said. */
static int check_text(Cli *cli, const char *file, const char *text)
{
	sd_bus_message *reply = NULL;
	int code = policy_call(cli, "Check", text, NULL, &reply);
	int errors = code == 0 ? policy_read_diagnostics(cli, reply, file, NULL) : 0;

	sd_bus_message_unref(reply);
	if (code != 0 || errors < 0)
		return code != 0 ? code : client_bad_answer(cli, errors);
	return errors ? EXIT_DENIED : 0;
}

/* Until it loads or somebody has had enough.  0 and the text. */
static int edit_until_good(Cli *cli, const char *file, char **ret)
{
	int code;

	do {
		g_clear_pointer(ret, g_free);
		code = editor_run(cli, file);
		if (code == 0)
			code = policy_read_file(cli, file, ret);
		if (code == 0)
			code = check_text(cli, file, *ret);
	} while (code == EXIT_DENIED && ask_again());
	if (code == EXIT_DENIED)
		code = output_error(cli, EXIT_UNDONE, "policy_invalid", "the policy was not changed; your text is in %s", file);
	return code;
}

static int run_edit(Cli *cli, const void *options)
{
	const char *name = cli->words[0];
	g_autofree char *before = NULL, *after = NULL;
	int code = client_connect(cli);

	(void)options;
	if (code == 0)
		code = policy_get(cli, name, &before);
	g_autofree char *file = code == 0 ? copy_to_edit(cli, name, before) : NULL;
	if (!file)
		return code != 0 ? code : EXIT_UNDONE;
	code = edit_until_good(cli, file, &after);
	if (code != 0 || !before || !after)
		return code;
	bool same = !strcmp(before, after);
	code = same ? 0 : policy_replace(cli, name, after, before);
	if (code != 0) {
		(void)fprintf(stderr, "sentinel: your text is in %s\n", file);
		return code;
	}
	(void)g_unlink(file);
	return done(cli, name, same ? "was not changed" : "was changed");
}

const Verb verb_policy_edit = {
	"policy edit", run_edit, 1, 1, "NAME", N_("change a policy in your editor; it is checked before it replaces the old one"), { 0 },
	"policy edit my-policy", .answer = true,
};
