/* SPDX-License-Identifier: MIT
 *
 * What a path says of the secrets in the file: whether they are likely to be meant, and how they are written.
 */
#pragma once

#include <stdbool.h>

typedef enum PlaceClass {
	PLACE_ORDINARY,
	PLACE_EXAMPLE,          /* somebody's own tests, examples, documents */
	PLACE_PACKAGED,         /* what a distribution or a package manager puts there */
	PLACE_PACKAGED_EXAMPLE, /* the tests, examples and documents in that; keys that a package makes for everybody */
	PLACE_CLASS_COUNT
} PlaceClass;

typedef enum PlaceSyntax {
	SYNTAX_PROSE,  /* nobody knows: a value counts in quotes only */
	SYNTAX_CODE,   /* the same, and what stands without quotes is a name of the program's */
	SYNTAX_CONFIG, /* a value needs no quotes */
	SYNTAX_LOCK,   /* hashes of packages, maps of sources: long random text that means nothing */
} PlaceSyntax;

typedef struct SecretPlace {
	PlaceClass kind;
	PlaceSyntax syntax;
	bool program; /* compiled: keys in it may be those of its own tests */
	/* How values are given there: what stands without quotes is an expression; a blank is enough; a comma is a sign. */
	bool expressions, blanks, commas;
} SecretPlace;

/* Any thread. */
SecretPlace place_of(const char *path);
/* Whether the path is one of `forms`, separated by '|': "a/b" is its end in whole names, "*.x" of any; "a/b/" and a star, what lies below such a folder. */
bool path_fits(const char *path, const char *forms);
