/* SPDX-License-Identifier: MIT
 *
 * Plain data as a JSON object, and back: a struct's members by one table for both.  What is "", 0, false, empty or NULL is left out.
 * Lossless; what must not be written down is taken out before (core/kept.h).  Pure, any thread.
 */
#pragma once

#include "base/text.h"
#include "request/json.h"

typedef enum NormalForm {
	NORMAL_TEXT,
	NORMAL_MAYBE,   /* a text that may be NULL, which "" is not */
	NORMAL_FLAG,    /* bool */
	NORMAL_NUMBER,  /* int64_t, uint64_t, size_t */
	NORMAL_SMALL,   /* uint32_t, and what is as large: uid_t, enums without words */
	NORMAL_WORD,    /* an enum; Choice of its words, the first of which is left out */
	NORMAL_WORDS,   /* StringList */
	NORMAL_PART,    /* a struct within; NormalPart */
	NORMAL_POINTER, /* a struct, or NULL; NormalPart */
	NORMAL_LIST,    /* {items, count} of structs; NormalPart */
} NormalForm;

typedef struct NormalWords {
	const char *const *words;
	size_t count;
} NormalWords;

typedef struct NormalMember {
	const char *text; /* ",\"name\":" */
	size_t length;    /* of it */
	NormalForm form;
	size_t offset;
	const void *detail;
} NormalMember;

typedef struct NormalPart {
	const NormalMember *members;
	size_t count, size;
} NormalPart;

#define NORMAL_NAMED(name, Struct, member, form, detail) { ",\"" name "\":", sizeof(",\"" name "\":") - 1, form, offsetof(Struct, member), detail }
#define NORMAL(Struct, member, form, detail) NORMAL_NAMED(#member, Struct, member, form, detail)
#define NORMAL_PART_OF(Struct, members) { members, G_N_ELEMENTS(members), sizeof(Struct) }

/* Everything of a Request but its summary and its fit; `stored` as well. */
extern const NormalPart normal_request;
extern const NormalPart normal_builder; /* request/builder.h */

void normal_put(Buffer *out, const NormalPart *part, const void *base);
/* `base` is filled anew; false with json->problem set, also when a member is there that the table does not have: what is not understood
 * is not judged. */
bool normal_get(Json *json, const NormalPart *part, void *base);
