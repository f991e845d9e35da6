/* SPDX-License-Identifier: MIT
 *
 * policy bundle: makes what "policy fetch" takes, but for the signature, whose key is its owner's and not here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/limits.h"
#include "cli/client.h"
#include "cli/output.h"
#include "cli/policy-bundle.h"
#include "cli/policy.h"
#include "cli/verb.h"
#include "cli/when.h"

#define DEFAULT_SPAN "90d"

typedef struct Options {
	int64_t number;
	char *span;
} Options;

static const Option rows[] = {
	OPTION(Options, number, "number", 'n', "NUMBER", "its number: one more than that of the bundle before"),
	OPTION(Options, span, "for", 0, "SPAN", "how long it may be taken", .fallback = DEFAULT_SPAN),
};

/* What the policy calls itself, which is its name on the machines. */
static char *own_name(const char *text)
{
	g_autoptr(GRegex) line = g_regex_new("^name:[ \\t]*[\"']?([A-Za-z0-9._-]+)", G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	return g_regex_match(line, text, 0, &match) ? g_match_info_fetch(match, 1) : NULL;
}

static int put(const char *dir, const char *name, const char *text, Problem *problem)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autoptr(GError) error = NULL;

	if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &error))
		return 0;
	return problem_set(problem, EXIT_UNDONE, "failed", "%s", error->message);
}

static bool has_policy(const Bundle *bundle, const char *name)
{
	for (guint i = 0; i < bundle->policies->len; i++)
		if (!strcmp(((const BundlePolicy *)g_ptr_array_index(bundle->policies, i))->name, name))
			return true;
	return false;
}

/* A policy that the machines would refuse is not put into a bundle. */
static int add_file(Cli *cli, const char *dir, const char *file, Bundle *bundle, Problem *problem)
{
	g_autofree char *text = NULL;
	int code = policy_read_file(cli, file, &text);

	if (code != 0)
		return code;
	g_autofree char *name = own_name(text);
	if (!name)
		return problem_set(problem, EXIT_DENIED, "policy_invalid", "%s does not say its name at the beginning of a line: name: NAME", file);
	if (has_policy(bundle, name) || bundle->policies->len == LIMIT_BUNDLE_POLICIES)
		return problem_set(problem, EXIT_USAGE, "usage", "%s: a bundle has each policy once, and at most %u", file, LIMIT_BUNDLE_POLICIES);
	if ((code = bundle_test(cli, name, text, problem)) != 0)
		return code;
	g_autofree char *copy = g_strdup_printf("%s-%" PRId64 ".yaml", name, bundle->number);
	g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
	bundle_add(bundle, name, copy, bytes);
	return put(dir, copy, text, problem);
}

/* The manifest that is there is of a bundle before. */
static int see_rise(const char *dir, int64_t number, Problem *problem)
{
	g_autofree char *path = g_build_filename(dir, BUNDLE_MANIFEST, NULL), *text = NULL;
	Problem unreadable = { 0 };
	Bundle old;
	gsize length;
	int code = 0;

	if (!g_file_get_contents(path, &text, &length, NULL))
		return 0;
	g_autoptr(GBytes) bytes = g_bytes_new_static(text, length);
	if (bundle_read(bytes, &old, &unreadable) != 0)
		code = problem_set(problem, EXIT_UNDONE, "failed", "%s is there, and is no manifest: remove it, or choose another directory", path);
	else if (old.number >= number)
		code = problem_set(problem, EXIT_USAGE, "usage", "%s has the number %" PRId64 " already: --number %" PRId64 " or more", path, old.number, old.number + 1);
	bundle_clear(&old);
	g_free(unreadable.text);
	return code;
}

static void show(const Cli *cli, const char *dir, const Bundle *bundle)
{
	g_autofree char *end = time_show(bundle->expires_us);

	if (!cli->json) {
		(void)printf("Bundle %" PRId64 " with %u policies, to be taken until %s\nSign it: minisign -Sm %s/" BUNDLE_MANIFEST "\n", bundle->number, bundle->policies->len, end, dir);
		return;
	}
	JsonObject *data = json_object_new();
	json_object_set_int_member(data, "number", bundle->number);
	json_object_set_int_member(data, "policies", bundle->policies->len);
	output_set_text(data, "manifest", BUNDLE_MANIFEST);
	output_object(true, data);
}

static int make(Cli *cli, const Options *options, Bundle *bundle, Problem *problem)
{
	const char *dir = cli->words[0];
	int64_t span_us;

	if (!options->number)
		return problem_set(problem, EXIT_USAGE, "usage", "say its number: --number, one more than that of the bundle before (1 for the first)");
	if (!span_parse(options->span ? options->span : DEFAULT_SPAN, &span_us))
		return problem_set(problem, EXIT_USAGE, "usage", "--for %s: expected a span such as 90d", options->span);
	bundle->number = options->number;
	bundle->expires_us = g_get_real_time() + span_us;
	int code = see_rise(dir, bundle->number, problem);
	if (code == 0)
		code = policy_connect_for_files(cli);
	for (int i = 1; code == 0 && i < cli->word_count; i++)
		code = add_file(cli, dir, cli->words[i], bundle, problem);
	if (code != 0)
		return code;
	g_autofree char *text = bundle_text(bundle);
	return put(dir, BUNDLE_MANIFEST, text, problem);
}

static int run_bundle(Cli *cli, const void *data)
{
	Problem problem = { 0 };
	Bundle bundle;

	bundle_start(&bundle);
	int code = make(cli, data, &bundle, &problem);

	if (code == 0)
		show(cli, cli->words[0], &bundle);
	else if (problem.text)
		(void)output_error(cli, problem.code, problem.word, "%s", problem.text);
	bundle_clear(&bundle);
	g_free(problem.text);
	return code;
}

const Verb verb_policy_bundle = {
	"policy bundle", run_bundle, 2, -1, "DIR FILE...", N_("put policies into a directory for other machines, to be signed"), OPTION_TABLE(Options, rows),
	"policy bundle --number 7 ./bundle policies/team.yaml", N_("a policy is refused"), .answer = true, .alone = true,
};
