/* SPDX-License-Identifier: MIT
 *
 * A process between us and a program: what the program starts and leaves behind, in a session of its own or not, becomes the keeper's
 * (PR_SET_CHILD_SUBREAPER) and ends with the program, with the keeper's SIGTERM, and with the thread that has made it.
 */
#pragma once

#include <sys/types.h>
#include <glib.h>

/* In a process that was just forked: async-signal-safe calls only.  `become` turns a child into the program and does not return; its number
 * is written to `told`.  Ends as the program does: with its status, or by SIGKILL. */
G_GNUC_NORETURN void keeper_run(int told, void (*become)(const void *data), const void *data);
