/* SPDX-License-Identifier: MIT
 *
 * Package URLs (github.com/package-url/purl-spec): pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS#SUBPATH.  Pure, any thread.
 */
#pragma once

#include <stdbool.h>
#include "base/arena.h"
#include "request/request.h"

typedef struct Purl {
	const char *type, *name; /* in lower case; with its namespace: "debian/openssl" */
	const char *version;     /* "" : any */
	PairList qualifiers;
	const char *subpath;
} Purl;

/* False: it is none.  What it has is decoded, and in `arena`. */
bool purl_parse(const char *text, Purl *ret, Arena *arena);
/* Whether `by` stands for `one`: the same package; version, qualifiers and subpath as far as `by` names them. */
bool purl_covers(const Purl *by, const Purl *one);
/* "" : it is not said. */
const char *purl_qualifier(const Purl *purl, const char *name);
