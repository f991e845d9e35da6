/* SPDX-License-Identifier: MIT
 *
 * YAML files as trees that know where everything stands.  The subset that people write by hand:
 * one document, no anchors, aliases or tags, no key twice.
 */
#pragma once

#include "policy/policy.h"

typedef enum YamlKind { YAML_SCALAR, YAML_LIST, YAML_MAP } YamlKind;

typedef struct YamlNode {
	YamlKind kind;
	unsigned line, column; /* from 1 */
	const char *text;      /* scalar: its value */
	bool plain;            /* scalar: written without quotes */
	struct YamlNode **items; /* list: elements; map: values */
	struct YamlNode **keys;  /* map: scalars */
	size_t count;
} YamlNode;

/* NULL with errors in `diagnostics`.  An empty file is an empty map.  Memory comes from `arena`. */
YamlNode *yaml_parse(const char *file, const char *text, size_t length, Arena *arena, GPtrArray *diagnostics);
/* A plain ~, null or nothing: the key is there and says nothing. */
bool yaml_is_null(const YamlNode *node);
