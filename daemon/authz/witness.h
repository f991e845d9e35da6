/* SPDX-License-Identifier: MIT
 *
 * What dockerd holds: seen with this process's own rights where they suffice, else asked of sentinel-witness.service.
 * The thread that answers Docker.
 */
#pragma once

#include "base/held.h"

typedef struct Witness Witness;

/* Connects, so that systemd starts it before it is needed. */
Witness *witness_new(const char *socket_path);
void witness_free(Witness *witness); /* NULL is accepted */
/* Waits LIMIT_WITNESS_MS at most, and after a silence not at all for LIMIT_WITNESS_RETRY_MS.  `known` 0: nobody can say.
 * Good until the next call. */
const HeldAnswer *witness_ask(Witness *witness, pid_t pid);
