/* SPDX-License-Identifier: MIT
 *
 * What the reader of VEX documents and the table share.
 */
#pragma once

#include "policy/vex.h"
#include "request/json.h"

/* A product is an image or a package; `parts`: packages in it, "" among them: all. */
typedef struct VexProduct {
	const char *name; /* what identifies it */
	StringList parts, versions; /* versions: of CycloneDX, those that are meant; none: any */
} VexProduct;

typedef struct VexProducts {
	VexProduct *items;
	size_t count;
} VexProducts;

/* Takes one statement, by each of the names of its vulnerability. */
void vex_put(VexTable *table, const StringList *names, const VexStatement *statement, const VexProducts *products);
Arena *vex_arena(VexTable *table);

/* vex-read.c: a document of either kind; false with json->problem. */
bool vex_read(Json *json, VexTable *table, const char *file);
