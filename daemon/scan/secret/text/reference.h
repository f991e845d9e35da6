/* SPDX-License-Identifier: MIT
 *
 * Values that are none, because they say where one comes from, or what one looks like.  Pure; any thread.
 */
#pragma once

#include "scan/secret/text/piece.h"

/* Has something to be put in: ${NAME}, {{ name }}, $(command); of which the brackets do not fit, it is a value after all. */
bool reference_is_expression(Span value);
/* $NAME, $NAME/more, %NAME%, @name, &name, *name */
bool reference_variable(Span value);
/* /run/secrets/db, ./a, ~/a, .a */
bool reference_path(Span value);
/* A path, an address, a call, a member, a format, a variable, a pattern: what programs write where a value is to come from.  A password may
 * have all signs: so it is the whole that must be of such a form, not one sign in it. */
bool reference_is(Span value);
/* Has something in it that programs and patterns have, and passwords seldom. */
bool reference_is_code(Span value);
