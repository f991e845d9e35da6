/* SPDX-License-Identifier: MIT
 *
 * Tokens that have no mark to begin with, by what stands in the middle of them.  Pure; any thread.
 */
#pragma once

#include "scan/secret/text/piece.h"

/* A bot's number, the time and a code in base64, joined by dots, as Discord's documentation has it; the first dot stands at text[start]. */
bool token_form_discord(const Piece *piece, size_t start, size_t end, Span *ret_secret);
