/* SPDX-License-Identifier: MIT
 *
 * The fields of a Request by the names that custom rules use (docs/POLICY.md, "Fields").
 */
#pragma once

#include "request/request.h"

#define REQUEST_KINDS(kind) (1u << (kind))
#define REQUEST_KINDS_ALL (REQUEST_KINDS(KIND_COUNT) - 1)
/* Containers come into being; in all other requests a field that is not named says nothing. */
#define REQUEST_KINDS_RUN (REQUEST_KINDS(KIND_CONTAINER_CREATE) | REQUEST_KINDS(KIND_SERVICE))

typedef enum ValueType { VALUE_TEXT, VALUE_FLAG, VALUE_NUMBER } ValueType;

typedef struct RequestField {
	const char *name;  /* "mounts[].source"; "labels" with a key: "labels.NAME" */
	ValueType type;
	size_t offset;     /* into Request */
	size_t item_size;  /* of a list's element; 0: it is no list */
	size_t member;     /* offset into the element */
	unsigned kinds;    /* bits of RequestKind that have it */
	bool keyed;        /* a PairList, or NAME=value words */
	int special;       /* read by code of its own */
	bool known;        /* nothing is a value as well, whatever the request */
} RequestField;

extern const RequestField request_fields[];
extern const size_t request_field_count;

/* "labels.team" -> the field labels and the key "team"; key NULL: none was given. */
const RequestField *request_field_find(const char *written, Arena *arena, const char **ret_key);

typedef struct RequestValue {
	const char *key;  /* of a keyed field, else NULL */
	const char *text; /* "true", "false" for flags; NULL for numbers */
	int64_t number;
} RequestValue;

typedef bool (*RequestValueFn)(const RequestValue *value, void *data);
/* Every value that the request has there; none when it does not name the field.  True when `each`
 * said enough.  `who` is the caller's name, "" unknown. */
bool request_field_each(const RequestField *field, const Request *request, const char *who, Arena *arena, RequestValueFn each, void *data);

/* "create" -> the bits of the kinds; 0: there is no such word. */
unsigned request_kinds_parse(const char *word);
#define REQUEST_KIND_WORDS 16u
extern const char *const request_kind_words[REQUEST_KIND_WORDS];
