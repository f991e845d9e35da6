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
} Loader;

typedef struct Field Field;
/* Puts the value of `node` into `target`; what is wrong goes to the diagnostics with `path`, the key's
 * full name ("rules.mounts.blocked"). */
typedef void (*FieldReader)(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);

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
	void (*check)(Loader *loader, const YamlNode *node, const char *path, void *element); /* NULL: none */
} Section;

typedef struct Range {
	int64_t least, most;
} Range;

void field_error(Loader *loader, const YamlNode *node, const char *format, ...) G_GNUC_PRINTF(3, 4);
void field_warning(Loader *loader, const YamlNode *node, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A whole map into `base`: unknown keys are errors that name the nearest known one. */
void section_read(Loader *loader, const YamlNode *node, const char *path, const Section *section, void *base);

void field_text(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);     /* const char * */
void field_flag(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);     /* bool */
void field_number(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);   /* int64_t, Range */
void field_words(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);    /* StringList */
void field_size(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);     /* int64_t bytes */
void field_cpus(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);     /* int64_t 10^-9 */
void field_action(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);   /* Action */
void field_severity(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target); /* Severity */
void field_mode(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);     /* Mode */
void field_section(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);  /* Section */
/* {items, count} of elements, each read by the Section. */
void field_sections(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);
/* Accepted and checked for its type only; says by a warning that it has no effect in this version. */
void field_later(Loader *loader, const YamlNode *node, const char *path, const Field *field, void *target);
