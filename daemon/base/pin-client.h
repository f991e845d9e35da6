/* SPDX-License-Identifier: MIT
 *
 * Questions to the helper that makes pins and keeps the list of them (base/pin-wire.h).  A client belongs to one thread.
 */
#pragma once

#include "base/pin-wire.h"

typedef struct PinClient PinClient;

/* `socket`: a path, PIN_SOCKET where it is installed. */
PinClient *pin_client_new(const char *socket);
void pin_client_free(PinClient *client); /* NULL is accepted */
/* `directory` goes with PIN_MAKE; else -1.  False: nobody answered within `patience_ms`, or not as the helper would.  The answer belongs to
 * the client, until the next question. */
bool pin_client_ask(PinClient *client, const PinQuestion *question, int directory, unsigned patience_ms, const PinAnswer **ret);
