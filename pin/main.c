/* SPDX-License-Identifier: MIT
 *
 * sentinel-pin: makes pins for sentineld (sentinel-pin.socket), keeps the list of them and answers from it.  It is apart because it has
 * the right to mount, and it is in the host's own mount namespace: what it mounts must be seen by Docker.  With --boot it only makes
 * again what is kept, before Docker starts (sentinel-pin-boot.service).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include "pin/serve.h"

int main(int argc, char **argv)
{
	bool boot = argc > 1 && !strcmp(argv[1], "--boot");
	char **places = argv + (boot ? 2 : 1);
	int count = argc - (boot ? 2 : 1);
	PinKeeper keeper;

	(void)signal(SIGPIPE, SIG_IGN);
	if ((count != 0 && count != 2) || (!boot && sd_listen_fds(1) != 1)) {
		(void)fprintf(stderr, "sentinel-pin: systemd starts this, with sentinel-pin.socket\n");
		return EXIT_FAILURE;
	}
	int r = pin_keeper_open(&keeper, &pin_databases, count ? places[0] : PIN_DIR, count ? places[1] : PIN_KEPT_FILE);
	if (r >= 0 && !boot)
		r = pin_serve(&keeper, SD_LISTEN_FDS_START);
	pin_keeper_close(&keeper);
	if (r < 0)
		(void)fprintf(stderr, "sentinel-pin: %s: %s\n", count ? places[0] : PIN_DIR, strerror(-r));
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
