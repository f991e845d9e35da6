/* SPDX-License-Identifier: MIT
 *
 * Tables that say which keys a YAML map may have and where their values go.
 */
#pragma once

#include "policy/rules.h"
#include "policy/schema/yaml.h"
#include "request/request.h"

typedef struct Loader {
	const char *file;
	Arena *arena;
	GPtrArray *diagnostics;
	int64_t now_us; /* realtime: what has expired */
	bool by_image;  /* an exception goes by the names of images */
	bool by_label;  /* ... or by labels */
	bool by_command; /* ... or by what is run */
	bool rules_by_fact; /* an exception of a rule goes by images or labels */
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

/* Which way a value is stricter: laxer.c compares policies by it.  Actions, severities, modes and groups of keys say it by their
 * reader; of every other key somebody has to say it (a test asks), until then any difference counts as laxer. */
typedef enum Stricter {
	STRICTER_UNSAID,
	STRICTER_SAME,    /* there is no direction: any difference counts as laxer */
	STRICTER_SILENT,  /* it says nothing about what is allowed */
	STRICTER_KEY,     /* says which element of a list it is */
	STRICTER_TRUE,    /* what is required or blocked */
	STRICTER_FALSE,   /* what is let through */
	STRICTER_LOWER,
	STRICTER_HIGHER,
	STRICTER_MOST,    /* lower; 0: no limit */
	STRICTER_COUNT,   /* lower; -1: no limit */
	STRICTER_MORE,    /* a list of what is blocked or required */
	STRICTER_ENTRIES, /* ... whose elements say what happens: one that is new must block */
	STRICTER_FEWER,   /* a list of what is allowed; what it does not have is not */
	STRICTER_LISTED,  /* ... but without an element everything is */
	STRICTER_SUBSET,  /* only a part of it, not nothing */
	STRICTER_PATHS,   /* directories that are allowed with what is below */
	STRICTER_WARNED,  /* what is warned about; what is not is as the section's default says */
	STRICTER_BLOCK,   /* a word: "block" is stricter than all others, which have no order */
	STRICTER_WAYS
} Stricter;

struct Field {
	const char *name;
	FieldReader read;
	size_t offset;
	const void *detail; /* Section, Range or NULL, as the reader needs it */
	Stricter stricter;
	const RuleId *rules; /* of the catalogue, up to 0, that it switches (no key switches the rule 0); NULL: none */
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
/* "rules.mounts.blocked[2]" */
void field_put_path(GString *out, const KeyPath *path);
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
