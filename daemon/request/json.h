/* SPDX-License-Identifier: MIT
 *
 * A strict JSON reader for request bodies: one pass, no tree.  The caller says by a table which
 * members it wants and where they go; the rest is checked and skipped.
 *
 * It takes what Go's encoding/json takes (golang.org/src/encoding/json/decode.go) only where there
 * is one reading: member names match in any ASCII case and with U+017F for s and U+212A for k; a
 * member named twice, text after the value, bad UTF-8, lone surrogates, NUL, a wrong type, too much
 * depth are refused.  null leaves a member as it was, as in Go.
 *
 * Not thread-safe; the strings it returns live in the arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "request/request.h"

typedef struct Json {
	const char *start, *at, *end;
	Arena *arena;
	unsigned depth;
	bool lenient; /* what is skipped may have texts that are none (NUL, half a surrogate pair, bad UTF-8): nobody reads them */
	const char *problem; /* NULL, or what is wrong and where, for people */
} Json;

/* Reads one value into `target`; false with json->problem set. */
typedef bool (*JsonReader)(Json *json, void *target);

typedef struct JsonField {
	const char *name;
	size_t length, offset;
	JsonReader read;
} JsonField;

#define JSON_LONGEST_NAME 31u /* of a field; names are ASCII */
#define JSON_FIELD(name, type, member, reader) { name, sizeof(name) - 1, offsetof(type, member), reader }
/* The reader is given the whole struct: a member that feeds several places. */
#define JSON_FIELD_SELF(name, reader) { name, sizeof(name) - 1, 0, reader }
#define JSON_MAX_FIELDS 64u

Json json_begin(const char *bytes, size_t length, Arena *arena);
/* True when nothing but white space is left. */
bool json_finish(Json *json);

/* An object (or null) whose members go to `base` by the table. */
bool json_object(Json *json, const JsonField *fields, size_t count, void *base);
/* An array (or null): `element` for each. */
bool json_array(Json *json, JsonReader element, void *target);
/* An object (or null) with free keys: `value` is called with json at the value. */
typedef bool (*JsonMember)(Json *json, const char *key, void *target);
bool json_map(Json *json, JsonMember value, void *target);
/* Sets the problem (once) and returns false. */
bool json_refuse(Json *json, const char *what);
/* The first byte of the value that comes next; 0: there is none. */
char json_peek(Json *json);
/* Takes a null; false when something else stands there. */
bool json_null(Json *json);

typedef struct JsonBytes {
	const char *bytes; /* in the arena, with a NUL behind them */
	size_t length;
} JsonBytes;

/* A []byte as Go writes it: padded base64 in a string that needs no escapes (encoding/base64, StdEncoding). */
bool json_bytes(Json *json, void *target);   /* JsonBytes */
bool json_bool(Json *json, void *target);    /* bool */
bool json_string(Json *json, void *target);  /* const char * */
bool json_int(Json *json, void *target);     /* int64_t */
bool json_strings(Json *json, void *target); /* StringList */
bool json_string_or_strings(Json *json, void *target); /* StringList; moby strslice.StrSlice */
bool json_pairs(Json *json, void *target);   /* PairList */
bool json_count(Json *json, void *target);   /* size_t: elements of an array */
bool json_present(Json *json, void *target); /* bool: there is a value that is not null */
bool json_skip(Json *json, void *target);    /* nothing */
