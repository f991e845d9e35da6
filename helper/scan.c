/* SPDX-License-Identifier: MIT
 *
 * sentinel-scan: what touches the bytes of images, apart from sentineld.  Without arguments it serves the connection on its standard
 * input (sentinel-scan@.service); with --detect it is the built-in detector of secrets, with --detect FILE also by the rules in that file; with --unpack it
 * writes the files of the image on its standard input into the directory where it stands.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "scan/agent.h"
#include "scan/builtin-text.h"
#include "scan/unpack.h"

int main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;

	(void)signal(SIGPIPE, SIG_IGN);
	if (argc == 1)
		return agent_serve(STDIN_FILENO) ? EXIT_SUCCESS : EXIT_FAILURE;
	if (argc == 2 && !strcmp(argv[1], "--unpack")) {
		if (unpack_image(STDIN_FILENO, AT_FDCWD, &error))
			return EXIT_SUCCESS;
		(void)dprintf(STDERR_FILENO, "%s\n", error->message);
		return EXIT_FAILURE;
	}
	if (argc > 3 || strcmp(argv[1], "--detect") != 0)
		return EXIT_FAILURE;
	if (builtin_detect(STDIN_FILENO, STDOUT_FILENO, argc > 2 && *argv[2] ? argv[2] : NULL, &error))
		_exit(EXIT_SUCCESS); /* nothing is left to do, and little is permitted */
	(void)dprintf(STDERR_FILENO, "%s\n", error->message);
	_exit(EXIT_FAILURE);
}
