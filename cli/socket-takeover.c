/* SPDX-License-Identifier: MIT
 *
 * socket takeover: the helper does it, as root.
 */
#include "cli/authz.h"
#include "cli/verb.h"

typedef struct Options {
	gboolean undo, restart_docker;
} Options;

static const Option takeover_rows[] = {
	OPTION(Options, undo, "undo", 0, NULL, "give Docker its place back"),
	OPTION(Options, restart_docker, "restart-docker", 0, NULL, "also where containers stop when Docker is restarted"),
};

static int run_takeover(Cli *cli, const void *data)
{
	const Options *options = data;

	return authz_helper(cli, options->undo ? "give-back" : "takeover", options->restart_docker);
}

const Verb verb_socket_takeover = {
	"socket takeover", run_takeover, 0, 0, "", N_("put a socket of Sentinel's in the place of Docker's"), OPTION_TABLE(Options, takeover_rows),
	"socket takeover --undo", .answer = true,
};
