/* SPDX-License-Identifier: MIT
 *
 * How the rows of token rules are written.
 */
#pragma once

#include <glib.h>
#include "scan/secret/rules/checksum.h"
#include "scan/secret/rules/rules.h"

/* Nothing of the same alphabet stands before or behind. */
#define FROM "(?<![A-Za-z0-9_])"
#define TO "(?![A-Za-z0-9_])"
#define TO_DASH "(?![A-Za-z0-9_-])"
/* Between a vendor's name and the value that is given to it: the rest of the name, perhaps its type, a sign (behind a name of a key
 * or before a quote a blank is one), a quote; or the value is another member of the same thing. */
#define GIVEN                                                                                                              \
	"[\\w.-]{0,40}+(?: (?i:api|access|auth|client|insert|insights|license|query|secret|user|token|key|id)\\b){0,3}+" \
	"(?:</key>\\s{0,20}+<string>|[\"']?(?:,|\\s?\\{)?\\s{1,60}+(?:type\\s{0,8}=\\s{0,4}\\w{2,20}\\s{1,40})?[\"']?(?:value|default)[\"']?\\s{0,8}[:=]\\s{0,4}[\"']?|(?:\\\\?[\"'\\]]{0,2}+|\\[\\d{0,4}\\])(?:: ?&?[\\w' ]{1,16}(?==)| [Ss]tring(?= =))?" \
	"(?:[ \\t]{0,4}+(?:>\\s{0,40}|(?:[=!]={1,2}|=>|:{0,3}+=|[.+?]=|:|,|\\|\\||\\?\\?|-(?= [\"']))[ \\t]{0,4})" \
	"|(?<=key|KEY|Key|ken|KEN|ret|RET|_ID)[ \\t]{1,4}+|[ \\t(](?=[\"']))[\\\\@]?[\"'`]?(?:[Bb]earer |[Tt]oken )?)"

/* A token that its form alone gives away; the last two are one example for and one against. */
#define TOKEN(name, what, weight, words, expression, bits, good, bad)                                                              \
	{ .id = (name), .title = (what), .severity = (weight), .keywords = (words), .regex = (expression), .entropy = (bits), \
	  .yes = { good }, .no = { bad } }
