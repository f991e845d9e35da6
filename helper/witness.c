/* SPDX-License-Identifier: MIT
 *
 * sentinel-witness: says which sockets a process holds (base/held.h), to whom systemd connects with it (sentinel-witness.socket).
 * It is apart from sentineld because it has the right to look into other processes, and nothing but a number reaches it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include "base/held.h"

int main(void)
{
	static HeldAnswer answer;
	HeldQuestion question;

	if (sd_listen_fds(1) != 1)
		return EXIT_FAILURE;
	(void)signal(SIGPIPE, SIG_IGN);
	while (read(SD_LISTEN_FDS_START, &question, sizeof question) == (ssize_t)sizeof question) {
		answer.number = question.number;
		held_look((pid_t)question.pid, &answer);
		/* Whoever asked may be gone, with the question still to be read: that is no failure of ours.  (send(2) is none of the calls
		 * that the unit permits.) */
		if (write(SD_LISTEN_FDS_START, &answer, held_size(&answer)) < 0)
			return errno == EPIPE ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
