/* SPDX-License-Identifier: MIT
 *
 * authz install, uninstall, start and stop: the helper does it, as root.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli/agent.h"
#include "cli/ask.h"
#include "cli/authz.h"
#include "cli/client.h"
#include "cli/doctor.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "config.h"

/* pkexec(1) */
#define PKEXEC_DISMISSED 126
#define PKEXEC_REFUSED 127

/* One verb's are the beginning of the other's. */
typedef struct Options {
	gboolean systemd, restart_docker, builder;
} Options;

#define COMMON_OPTIONS                                                                                                             \
	OPTION(Options, systemd, "systemd", 0, NULL, "enable and start the service as well; it always does"),                      \
	OPTION(Options, restart_docker, "restart-docker", 0, NULL, "restart Docker, which stops containers, instead of reloading it")

static const Option install_rows[] = {
	COMMON_OPTIONS,
	OPTION(Options, builder, "builder", 0, NULL, "take from Docker's builder what gives builds the host's network"),
};
static const Option uninstall_rows[] = { COMMON_OPTIONS };

static int finish(const Cli *cli, int status, char *said, char *problem)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	(void)g_strchomp(said);
	(void)g_strchomp(problem);
	if (code == PKEXEC_DISMISSED && geteuid() != 0)
		return output_error(cli, EXIT_UNAUTHORISED, "dismissed", _("the question for a password was dismissed"));
	if (code == PKEXEC_REFUSED && geteuid() != 0)
		return output_error(cli, EXIT_UNAUTHORISED, "not_authorised", _("you are not authorised to do this; use sudo"));
	if (code != 0)
		return output_error(cli, EXIT_UNDONE, "failed", "%s", *problem ? problem : "the helper ended without a word");
	if (!cli->json) {
		(void)puts(said);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	output_set_text(data, "message", said);
	output_object(true, data);
	return EXIT_DONE;
}

static int run_helper(Cli *cli, const char *word, const Options *options)
{
	const char *argv[8];
	g_autofree char *said = NULL, *problem = NULL;
	g_autoptr(GError) error = NULL;
	int count = 0, status = 0;

	if (cli->local || (cli->bus && !strcmp(cli->bus, "session")))
		return output_error(cli, EXIT_USAGE, "usage", _("%s is for the system's service"), cli->verb);
	if (geteuid() != 0 && (cli->no_ask_password || !g_find_program_in_path("pkexec")))
		return output_error(cli, EXIT_UNAUTHORISED, "not_authorised", _("this is for root; use sudo, or pkexec and a password"));
	if (geteuid() != 0)
		argv[count++] = "pkexec";
	/* pkexec's own text agent fails in sessions without a seat ("No session for cookie"). */
	agent_start(cli);
	argv[count++] = SENTINEL_DOCKER_HELPER;
	argv[count++] = word;
	if (options->restart_docker)
		argv[count++] = "--restart-docker";
	if (options->builder)
		argv[count++] = "--builder";
	argv[count] = NULL;
	if (!g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &said, &problem, &status, &error))
		return output_error(cli, EXIT_UNDONE, "not_installed", _("%s; is the package installed?"), error->message);
	return finish(cli, status, said, problem);
}

bool authz_offer_builder(JsonArray *checks)
{
	for (guint i = 0; i < json_array_get_length(checks); i++) {
		JsonObject *check = json_array_get_object_element(checks, i);
		if (strcmp(json_object_get_string_member(check, "name"), "builder") != 0 || !strstr(json_object_get_string_member(check, "advice"), "--builder"))
			continue;
		(void)fprintf(stderr, "%s.\n", json_object_get_string_member(check, "message"));
		return ask_yes(_("Take that from Docker's builder? It counts when Docker has been restarted.")) == ANSWER_YES;
	}
	return false;
}

int authz_helper(Cli *cli, const char *word, bool restart_docker)
{
	const Options options = { .restart_docker = restart_docker };

	return run_helper(cli, word, &options);
}

int authz_install(Cli *cli, bool builder)
{
	const Options options = { .builder = builder };

	return run_helper(cli, "install", &options);
}

static int run_install(Cli *cli, const void *data)
{
	Options options = *(const Options *)data;
	g_autoptr(JsonArray) checks = NULL;
	bool asks = ask_possible(cli) && !options.builder && !cli->local;
	int code = asks ? client_connect(cli) : 0;

	if (asks && code == 0)
		code = doctor_checks(cli, &checks);
	if (code != 0)
		return code;
	options.builder = options.builder || (checks && authz_offer_builder(checks));
	return run_helper(cli, "install", &options);
}

static int run_uninstall(Cli *cli, const void *data)
{
	return run_helper(cli, "uninstall", data);
}

static int run_start(Cli *cli, const void *options)
{
	(void)options;
	return run_helper(cli, "start", &(const Options){ 0 });
}

static int run_stop(Cli *cli, const void *options)
{
	(void)options;
	return run_helper(cli, "stop", &(const Options){ 0 });
}

const Verb verb_authz_start = {
	"authz start", run_start, 0, 0, "", N_("start the service"), { 0 },
	"authz start", .answer = true,
};
const Verb verb_authz_stop = {
	"authz stop", run_stop, 0, 0, "", N_("stop it until authz start, or the next boot"), { 0 },
	"authz stop", .answer = true,
};
const Verb verb_authz_install = {
	"authz install", run_install, 0, 0, "", N_("make Docker ask the guard; containers run on"), OPTION_TABLE(Options, install_rows),
	"authz install --restart-docker", .answer = true,
};
const Verb verb_authz_uninstall = {
	"authz uninstall", run_uninstall, 0, 0, "", N_("make Docker ask it no longer"), OPTION_TABLE(Options, uninstall_rows),
	"authz uninstall", .answer = true,
};
