/* SPDX-License-Identifier: MIT
 *
 * What some secrets hold to be recognised by.  Pure; any thread.
 */
#pragma once

#include "scan/secret/rules/rules.h"

#define CHECKSUM_DIGITS 6u

/* CRC-32 (ISO 3309) of `bytes` in base 62, as GitHub and npm end their tokens with
 * (github.blog, 2021-04-05 "Behind GitHub's new authentication token formats", and npm's of 2021-09-23). */
void checksum_digits(Span bytes, char ret_digits[CHECKSUM_DIGITS]);

/* prefix_, 30 characters, their checksum. */
RuleAnswer check_crc_token(Span secret);
/* Three parts of base64url, the first a JSON object that names its algorithm (RFC 7515). */
RuleAnswer check_web_token(Span secret);
/* Base64 of USER:PASSWORD. */
RuleAnswer check_basic(Span secret);
/* Anything but what stands where the secret is to be put: in such a file even a bad password is one. */
RuleAnswer check_filled_in(Span secret);
