/* SPDX-License-Identifier: MIT
 *
 * The limits of who writes policies (helper/write.c), and of who asks for it.
 */
#pragma once

/* Who calls, as the bus names connections (its own limit), and what an answer says for people. */
#define LIMIT_WRITE_SENDER 255u
#define LIMIT_WRITE_TEXT_BYTES 1024u
/* Changes that wait for an answer of polkit's or for their turn; each is a process.  More than LIMIT_POLKIT_QUESTIONS and root's. */
#define LIMIT_WRITE_CHANGES 128u
/* How long either waits for the other's next bytes, and for the bus. */
#define LIMIT_WRITE_PATIENCE_S 10u
/* The writer ends when there was nothing to write for so long. */
#define LIMIT_WRITE_IDLE_S 60u
