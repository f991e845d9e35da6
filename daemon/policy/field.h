/* SPDX-License-Identifier: MIT
 *
 * Tables that say which keys a YAML map may have and where their values go.
 */
#pragma once

#include "policy/yaml.h"
#include "request/request.h"

typedef struct Loader {
	const char *file;
	Arena *arena;
	GPtrArray *diagnostics;
	int64_t now_us; /* realtime: what has expired */
} Loader;

/* Where a value stands: "rules.mounts.blocked[2]".  Lives on the stack; written out only for a message. */
typedef struct KeyPath {
	const struct KeyPath *parent;
	const char *name; /* NULL: an element of a list */
	size_t index;
} KeyPath;

typedef struct Field Field;
/* Puts the value of `node` into `target`; what is wrong goes to the diagnostics. */
typedef void (*FieldReader)(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target);

struct Field {
	const char *name;
	FieldReader read;
	size_t offset;
	const void *detail; /* Section, Range or NULL, as the reader needs it */
};

typedef struct Section {
	const Field *fields;
	size_t count;
	size_t size; /* of one element, for lists of sections */
	void (*init)(void *element); /* its defaults; NULL: zero */
	void (*check)(Loader *loader, const YamlNode *node, const KeyPath *path, void *element); /* NULL: none */
	/* For the JSON Schema, what the check says of keys that must be there; NULL: nothing.  Words: "a"
	 * must be there, "a|b" one of them at least, "a^b" just one of them, "a>b" where a is, b must be. */
	const char *required;
} Section;

typedef struct Range {
	int64_t least, most;
} Range;

/* One of some words. */
typedef struct Choice {
	const char *const *words;
	size_t count;
} Choice;

/* A message about a node; `path` may be NULL. */
void field_error(Loader *loader, const YamlNode *node, const KeyPath *path, const char *format, ...) G_GNUC_PRINTF(4, 5);
void field_warning(Loader *loader, const YamlNode *node, const KeyPath *path, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* "expected %s, found ..." */
void field_wrong(Loader *loader, const YamlNode *node, const KeyPath *path, const char *expected);
/* The value of a key of a map, NULL when it is not there. */
const YamlNode *field_find(const YamlNode *map, const char *key);

/* A whole map into `base`: unknown keys are errors that name the nearest known one. */
void section_read(Loader *loader, const YamlNode *node, const KeyPath *path, const Section *section, void *base);

#define FIELD_READER(name) void name(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
FIELD_READER(field_text);     /* const char * */
FIELD_READER(field_flag);     /* bool */
FIELD_READER(field_number);   /* int64_t, Range */
FIELD_READER(field_words);    /* StringList */
FIELD_READER(field_size);     /* int64_t bytes */
FIELD_READER(field_cpus);     /* int64_t 10^-9 */
FIELD_READER(field_duration); /* int64_t microseconds */
FIELD_READER(field_action);   /* Action */
FIELD_READER(field_severity); /* Severity */
FIELD_READER(field_mode);     /* Mode */
FIELD_READER(field_section);  /* Section */
FIELD_READER(field_sections); /* {items, count} of elements, each read by the Section */

/* "512m", "2g": as docker run --memory (go-units RAMInBytes, powers of 1024).  False: it is none. */
bool size_parse(const char *text, int64_t *ret);
/* "2026-12-31" (its end, UTC) or RFC 3339 with a zone.  False: it is none. */
bool date_parse(const char *text, int64_t *ret_us);
