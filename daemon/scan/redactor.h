/* SPDX-License-Identifier: MIT
 *
 * The built-in detector behind core/redactor.h.
 */
#pragma once

#include "core/redactor.h"

typedef struct TextRedactor TextRedactor;

TextRedactor *text_redactor_new(void);
void text_redactor_free(TextRedactor *redactor); /* NULL is accepted */
/* Belongs to `redactor`. */
const Redactor *text_redactor_get(TextRedactor *redactor);
