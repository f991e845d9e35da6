/* SPDX-License-Identifier: MIT
 *
 * authz install and uninstall: the helper does it, as root.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli/agent.h"
#include "cli/output.h"
#include "config.h"

/* pkexec(1) */
#define PKEXEC_DISMISSED 126
#define PKEXEC_REFUSED 127

const Option authz_install_options[] = {
	{ "systemd", 0, OPTION_FLAG, offsetof(Cli, systemd), NULL, "enable and start the service as well; it always does" },
	{ "restart-docker", 0, OPTION_FLAG, offsetof(Cli, restart_docker), NULL, "restart Docker, which stops containers, instead of reloading it" },
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
	const char *argv[6];
	g_autofree char *said = NULL, *problem = NULL;
	g_autoptr(GError) error = NULL;
	int count = 0, status = 0;

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
	argv[count] = NULL;
	if (!g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &said, &problem, &status, &error))
		return output_error(cli, EXIT_UNDONE, "not_installed", "%s; is the package installed?", error->message);
	return finish(cli, status, said, problem);
}

int run_authz_install(Cli *cli)
{
	return run_helper(cli, "install");
}

int run_authz_uninstall(Cli *cli)
{
	return run_helper(cli, "uninstall");
}
