/* SPDX-License-Identifier: MIT
 *
 * The gate before every handler.  Main thread.
 */
#pragma once

#include "bus/polkit.h"
#include "bus/task.h"

int gate_prepare(Bus *bus); /* once, before there is a connection */
int gate_install(Bus *bus); /* for each connection */
void gate_clear(Bus *bus);  /* the connection goes */
/* sd-bus's handler of every method: the call is the one that was let through. */
int gate_dispatch(sd_bus_message *call, void *bus, sd_bus_error *error);
/* About the call that is in a handler of sd-bus; -1: it is another one. */
uid_t gate_uid(const Bus *bus, const sd_bus_message *call);
/* What came of the question to polkit that question_enter() put. */
void gate_answered(Task *task, PolkitAnswer answer);
