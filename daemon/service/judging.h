/* SPDX-License-Identifier: MIT
 *
 * The judge of sockets (authz/judge.h) with what only its own thread may use.
 */
#pragma once

#include "authz/judge.h"
#include "scan/redactor.h"

typedef struct Judging {
	Judge *judge; /* NULL: there are no sockets */
	HostView *view;
	Pinning *pinning;
	TextRedactor *redactor;
} Judging;

/* `plugin`: as it answers Docker; `path`: where it listens.  When that cannot be, sockets stay closed, which is said; Docker is answered all the same. */
void judging_start(Judging *judging, const Plugin *plugin, const char *path, const char *pin_socket, PinBook *book);
void judging_stop(Judging *judging);
