/* SPDX-License-Identifier: MIT
 *
 * The grammar of image names (github.com/distribution/reference: regexp.go, normalize.go).
 */
#pragma once

#include "request/argv/line.h"

typedef struct Reference {
	const char *name;   /* "docker.io/library/alpine" */
	const char *tag;    /* "" when absent */
	const char *digest; /* "" when absent */
} Reference;

/* ParseNormalizedNamed: NULL, or why it is none. */
const char *reference_parse(const char *text, Arena *arena, Reference *ret);
/* The same; false after line_refuse(). */
bool reference_check(Line *line, const char *text, Reference *ret);
/* 64 hexadecimal digits. */
bool reference_is_id(const char *text);
/* ParseAnyReference: also an image's id. */
bool reference_check_any(Line *line, const char *text);
/* Without docker.io/library/, as people write it. */
const char *reference_familiar(const Reference *reference);
/* What the API takes as `tag`: the digest, the tag, or "latest". */
const char *reference_api_tag(const Reference *reference);
