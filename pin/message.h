/* SPDX-License-Identifier: MIT
 *
 * One question as it comes from a socket.
 */
#pragma once

#include "base/pin-wire.h"

/* False: the other end is gone, or sends something else; close it.  `ret_directory`: the caller's to close; -1: none came, as must be for
 * all but PIN_MAKE. */
bool pin_message_receive(int fd, PinQuestion *ret, int *ret_directory);
/* Whether a question is one: what a caller of ours may send. */
bool pin_question_valid(const PinQuestion *question);
