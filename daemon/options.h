/* SPDX-License-Identifier: MIT
 *
 * sentineld's command line (sentineld(8)).
 */
#pragma once

#include "bus/bus.h"

typedef struct Options {
	char *config_dir;   /* NULL: the default */
	char *authz_socket; /* NULL: none of its own */
	char *judge_socket; /* NULL: there are no sockets */
	char *docker_host;
	char *pin_socket;   /* base/pin-wire.h */
	char *write_socket; /* NULL: the service writes its configuration itself */
	char *scan_sockets; /* NULL: scanners are processes of the service's */
	bool stopped; /* stopped.h */
	BusKind bus;
	int bus_fd; /* -1 */
} Options;

/* Less than 0: go on.  Otherwise the exit status; what there was to say has been said. */
int options_parse(Options *options, int argc, char **argv);
void options_clear(Options *options);
