/* SPDX-License-Identifier: MIT
 *
 * exec: asks what the policy would say, then becomes docker; with pins, where these are enough.  With --force a denial is turned into a
 * grant first, for those who may make one.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli/client.h"
#include "cli/exec.h"
#include "cli/grant.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "dbus/names.h"

#define DURATION_S 600
#define SIGNALLED 128

typedef struct Options {
	gboolean force;
	char *reason;
} Options;

static const Option rows[] = {
	OPTION(Options, force, "force", 0, NULL, "ask for a grant when it is denied (an administrator's password)"),
	OPTION(Options, reason, "reason", 0, "TEXT", "with --force: why, for the audit trail", .fallback = "sentinel exec --force"),
};

/* Two NULL-terminated lists in one; freed by the caller. */
static char **with_words(const char *const *before, char **words)
{
	GPtrArray *all = g_ptr_array_new();

	for (; *before; before++)
		g_ptr_array_add(all, g_strdup(*before));
	for (; *words; words++)
		g_ptr_array_add(all, g_strdup(*words));
	g_ptr_array_add(all, NULL);
	return (char **)g_ptr_array_free(all, FALSE);
}

int exec_validate(const Cli *cli, bool json, char **ret_said)
{
	const char *before[8] = { "/proc/self/exe", "validate" };
	g_autoptr(GError) error = NULL;
	int count = 2, status = 0;

	if (json)
		before[count++] = "--json";
	if (cli->bus) {
		before[count++] = "--bus";
		before[count++] = cli->bus;
	}
	before[count++] = "--";
	g_auto(GStrv) argv = with_words(before, cli->words);
	g_auto(GStrv) surroundings = g_environ_unsetenv(g_get_environ(), "SENTINEL_CONFIG_DIR"); /* what is to be said of it was said */
	if (!g_spawn_sync(NULL, argv, surroundings, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, ret_said, NULL, &status, &error))
		return output_error(cli, EXIT_UNDONE, "failed", "%s", error->message);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_UNDONE;
}

static char **docker_command(const Cli *cli)
{
	static const char *const docker[] = { "docker", NULL };

	return with_words(docker, strcmp(cli->words[0], "docker") == 0 ? cli->words + 1 : cli->words);
}

static int become_docker(Cli *cli)
{
	g_auto(GStrv) argv = docker_command(cli);

	client_close(cli);
	(void)execvp(argv[0], argv);
	return output_error(cli, EXIT_UNDONE, "failed", "docker cannot be started: %s", g_strerror(errno));
}

/* Runs docker, as become_docker() would. */
static int try_docker(const Cli *cli)
{
	g_auto(GStrv) argv = docker_command(cli);
	g_autoptr(GError) error = NULL;
	int status = 0;

	if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN | G_SPAWN_CHILD_INHERITS_STDOUT | G_SPAWN_CHILD_INHERITS_STDERR, NULL, NULL, NULL, NULL, &status,
		    &error))
		return output_error(cli, EXIT_UNDONE, "failed", "docker cannot be started: %s", error->message);
	/* As a shell says that a signal ended it. */
	return WIFEXITED(status) ? WEXITSTATUS(status) : WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : EXIT_UNDONE;
}

/* Docker, which is allowed; with a look at what it built. */
static int go_on(Cli *cli)
{
	if (!exec_is_build(cli))
		return become_docker(cli);
	int code = try_docker(cli);
	if (code == EXIT_DONE)
		exec_scan_after(cli);
	return code;
}

/* What is allowed with findings is told; the standard output is docker's. */
static void warn(const Cli *cli, const char *said)
{
	/* As validate says it, in the same language. */
	const char *const titles[] = { _("⚠️ ALLOWED, but enforce would block it"), _("✅ ALLOWED, with warnings") };

	for (size_t i = 0; said && !cli->json && !cli->quiet && i < G_N_ELEMENTS(titles); i++)
		if (g_str_has_prefix(said, titles[i]))
			(void)fputs(said, stderr);
}

/* The denied call, as the audit trail names it; freed by the caller. */
static char *call_of(const char *validated)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonNode *root = validated && json_parser_load_from_data(parser, validated, -1, NULL) ? json_parser_get_root(parser) : NULL;
	JsonObject *answer = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
	JsonObject *data = answer && json_object_has_member(answer, "data") ? json_object_get_object_member(answer, "data") : NULL;

	return g_strdup(data ? json_object_get_string_member_with_default(data, "logged_as", "") : "");
}

static int make_grant(Cli *cli, const char *reason, uint64_t decision)
{
	const GrantWanted wanted = { .reason = reason ? reason : "sentinel exec --force", .duration_s = DURATION_S, .uses = 1 };
	uint64_t grant = 0;
	int code = grant_make(cli, decision, &wanted, &grant);

	if (code == 0)
		(void)fprintf(stderr, "sentinel: grant %" PRIu64 " for decision %" PRIu64 "; trying again\n", grant, decision);
	return code;
}

/* What validate foretold was tried, and denied: by which decision the service says. */
static int force(Cli *cli, const char *reason, const char *validated)
{
	g_autofree char *call = call_of(validated);
	int64_t begun_us = g_get_real_time();
	uint64_t decision = 0;
	int code = try_docker(cli);

	if (code == EXIT_DONE)
		return code;
	int found = exec_find_decision(cli, call, begun_us, &decision);
	if (found == 0 && !decision)
		return code;
	if (found == 0)
		found = make_grant(cli, reason, decision);
	return found == 0 ? become_docker(cli) : found;
}

/* Whether it is allowed with pins, which are there then. */
static bool pin(Cli *cli, const char *said)
{
	g_autofree char *json = cli->json ? g_strdup(said) : NULL;

	return (json || exec_validate(cli, true, &json) == EXIT_DENIED) && exec_pin(cli, json);
}

static int run(Cli *cli, const void *data)
{
	const Options *options = data;
	g_autofree char *said = NULL;

	if (cli->local)
		return output_error(cli, EXIT_USAGE, "usage", "exec is for the system's service; sentinel --local validate asks without one");
	int code = exec_scan_before(cli);
	if (code != 0)
		return code;
	code = exec_validate(cli, cli->json || options->force, &said);
	if (code == EXIT_DONE) {
		warn(cli, said);
		return go_on(cli);
	}
	if (code == EXIT_DENIED && options->force)
		return force(cli, options->reason, said);
	if (code == EXIT_DENIED && pin(cli, said))
		return become_docker(cli);
	if (said)
		(void)fputs(said, cli->json ? stdout : stderr);
	return code;
}

const Verb verb_exec = {
	"exec", run, 1, -1, "-- docker ...", N_("run a docker command when the policy allows it"), OPTION_TABLE(Options, rows),
	"exec -- docker run --rm alpine true", N_("denied; else docker's own"),
};
