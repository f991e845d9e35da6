/* SPDX-License-Identifier: MIT
 *
 * What is in force in the running dockerd that its API does not tell: it reads the builder's part of daemon.json when it
 * starts, and never again (moby daemon/reload.go has no builder in it).  So what the file says is known to be in force only when
 * the file is as it was then: its last change (ctime) lies before the start of the process, by the process's age and by the
 * time at which Docker wrote its process file, whichever way the clock was set meanwhile.  What was known once of a process stays so.
 */
#pragma once

#include <sys/types.h>
#include "request/builder.h"
#include "request/defaults.h"

/* `docker`: its process; 0: the one that asked last, or that /run/docker.pid names.  Reads a few small files: some 100 µs.  Any thread. */
Builder dockerd_builder(pid_t docker, Arena *arena);
/* What it gives containers that say nothing (moby daemon/reload.go: log-opts and default-ulimits are read at the start alone).  False: it is not known. */
bool dockerd_defaults(pid_t docker, Arena *arena, Defaults *ret);
/* The process that is meant by 0; 0: none is known. */
pid_t dockerd_process(Arena *arena);
/* Looks, once for each process, before somebody changes the file.  Any thread. */
void dockerd_notice(pid_t docker);
