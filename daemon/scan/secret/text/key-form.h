/* SPDX-License-Identifier: MIT
 *
 * Private keys that are bytes and no text, by their structure alone: DER (PKCS#1, RFC 8017; PKCS#8, RFC 5208 and 5958; SEC1, RFC 5915; DSA
 * as OpenSSL writes it) and keys of OpenPGP (RFC 4880, 5.5.3).  The file is the key, or begins with it.  Pure; any thread.
 */
#pragma once

#include "scan/secret/text/piece.h"

/* The numbers stand for those of rules.h's `find`: the whole piece is looked at. */
bool key_form_der(const Piece *piece, size_t start, size_t end, Span *ret_secret);
bool key_form_der_encrypted(const Piece *piece, size_t start, size_t end, Span *ret_secret);
bool key_form_openpgp(const Piece *piece, size_t start, size_t end, Span *ret_secret);
bool key_form_openpgp_encrypted(const Piece *piece, size_t start, size_t end, Span *ret_secret);
