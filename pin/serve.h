/* SPDX-License-Identifier: MIT
 *
 * The helper's loop: connections of sentineld's, and the processes that make pins.
 */
#pragma once

#include <systemd/sd-event.h>
#include "pin/keep.h"

/* Until nobody asked and no pin was there for LIMIT_PIN_IDLE_S, or SIGTERM.  `socket`: listens, SOCK_SEQPACKET.  0, or a negative errno. */
int pin_serve(PinKeeper *keeper, int socket);
