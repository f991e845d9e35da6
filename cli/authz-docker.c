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
#include "cli/output.h"
#include "config.h"

/* pkexec(1) */
#define PKEXEC_DISMISSED 126
#define PKEXEC_REFUSED 127

const Option authz_install_options[] = {
	{ "systemd", 0, OPTION_FLAG, offsetof(Cli, systemd), NULL, "enable and start the service as well; it always does" },
	{ "restart-docker", 0, OPTION_FLAG, offsetof(Cli, restart_docker), NULL, "restart Docker, which stops containers, instead of reloading it" },
	{ "builder", 0, OPTION_FLAG, offsetof(Cli, builder), NULL, "take from Docker's builder what gives builds the host's network" },
};
const size_t authz_install_option_count = G_N_ELEMENTS(authz_install_options);

static int finish(const Cli *cli, int status, char *said, char *problem)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	(void)g_strchomp(said);
	(void)g_strchomp(problem);
	if (code == PKEXEC_DISMISSED && geteuid() != 0)
		return output_error(cli, EXIT_UNAUTHORISED, "dismissed", "the question for a password was dismissed");
	if (code == PKEXEC_REFUSED && geteuid() != 0)
		return output_error(cli, EXIT_UNAUTHORISED, "not_authorised", "you are not authorised to do this; use sudo");
	if (code != 0)
		return output_error(cli, EXIT_UNDONE, "failed", "%s", *problem ? problem : "the helper ended without a word");
	if (!cli->json) {
		(void)puts(said);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);
	json_object_set_string_member(data, "message", said);
	json_node_take_object(node, data);
	output_json(true, node);
	return EXIT_DONE;
}

static int run_helper(Cli *cli, const char *word)
{
	const char *argv[8];
	g_autofree char *said = NULL, *problem = NULL;
	g_autoptr(GError) error = NULL;
	int count = 0, status = 0;

	if (cli->local || (cli->bus && !strcmp(cli->bus, "session")))
		return output_error(cli, EXIT_USAGE, "usage", "%s is for the system's service", cli->verb);
	if (geteuid() != 0 && (cli->no_ask_password || !g_find_program_in_path("pkexec")))
		return output_error(cli, EXIT_UNAUTHORISED, "not_authorised", "this is for root; use sudo, or pkexec and a password");
	if (geteuid() != 0)
		argv[count++] = "pkexec";
	/* pkexec's own text agent fails in sessions without a seat ("No session for cookie"). */
	agent_start(cli);
	argv[count++] = SENTINEL_DOCKER_HELPER;
	argv[count++] = word;
	if (cli->restart_docker)
		argv[count++] = "--restart-docker";
	if (cli->builder)
		argv[count++] = "--builder";
	argv[count] = NULL;
	if (!g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &said, &problem, &status, &error))
		return output_error(cli, EXIT_UNDONE, "not_installed", "%s; is the package installed?", error->message);
	return finish(cli, status, said, problem);
}

void authz_offer_builder(Cli *cli, JsonArray *checks)
{
	for (guint i = 0; !cli->builder && i < json_array_get_length(checks); i++) {
		JsonObject *check = json_array_get_object_element(checks, i);
		if (strcmp(json_object_get_string_member(check, "name"), "builder") != 0 || !strstr(json_object_get_string_member(check, "advice"), "--builder"))
			continue;
		(void)fprintf(stderr, "%s.\n", json_object_get_string_member(check, "message"));
		cli->builder = ask_yes("Take that from Docker's builder? It counts when Docker has been restarted.") == ANSWER_YES;
	}
}

int authz_install(Cli *cli)
{
	return run_helper(cli, "install");
}

int run_authz_install(Cli *cli)
{
	g_autoptr(JsonArray) checks = NULL;
	bool asks = ask_possible(cli) && !cli->builder && !cli->local;
	int code = asks ? client_connect(cli) : 0;

	if (asks && code == 0)
		code = doctor_checks(cli, &checks);
	if (code != 0)
		return code;
	if (checks)
		authz_offer_builder(cli, checks);
	return authz_install(cli);
}

int run_authz_uninstall(Cli *cli)
{
	return run_helper(cli, "uninstall");
}

int run_authz_start(Cli *cli)
{
	return run_helper(cli, "start");
}

int run_authz_stop(Cli *cli)
{
	return run_helper(cli, "stop");
}
