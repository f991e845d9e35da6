/* SPDX-License-Identifier: MIT
 *
 * The calls that one line leads to: one for each of its names, then what its command does besides.
 */
#pragma once

#include "request/argv/line.h"

/* Writes the call of the number that the context asks for; the words of the command have been read.  False after line_refuse(). */
bool calls_write(Line *line);
/* What was written, through front door 1: what dockerd would show the plugin of it. */
Request *calls_request(const Line *line);
