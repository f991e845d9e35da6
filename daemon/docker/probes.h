/* SPDX-License-Identifier: MIT
 *
 * Whether Docker asks this process: a ping is sent to Docker with the mark and a number, and it is seen whether the same number
 * comes back by the plugin's socket before the answer does.
 */
#pragma once

#include "core/lookup.h"
#include "docker/client.h"

typedef struct Probes Probes;

Probes *probes_new(Client *client);
/* Behind client_free(), which ends those that are open. */
void probes_free(Probes *probes);
/* Main thread; done() may run before this returns. */
void probes_begin(Probes *probes, ProbeFn done, void *data);
/* Finds out whether Docker shows large bodies, by a ping that has one, and says so in the log when it does not.  Main thread. */
void probes_try_bodies(Probes *probes);
Bodies probes_bodies(const Probes *probes); /* any thread */
/* A call with the mark and this number has come to the plugin.  Any thread. */
void probes_arrived(Probes *probes, uint64_t number, bool body_shown);
