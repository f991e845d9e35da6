/* SPDX-License-Identifier: MIT
 *
 * What others say of known vulnerabilities (VEX): which do not matter in which image or package.  Read from OpenVEX 0.0 and 0.2
 * (github.com/openvex/spec) and CycloneDX 1.4 to 1.6 (its vulnerabilities with an analysis).  A table is immutable and shared
 * by reference between threads.  What cannot be understood, or is not certain to be meant, sets nothing aside.
 */
#pragma once

#include "policy/purl.h"

/* Of one vulnerability in some products, by one document. */
typedef struct VexStatement {
	bool aside;                  /* not affected or fixed: it does not matter there */
	const char *status, *reason; /* "not_affected", "vulnerable_code_not_present"; reason may be "" */
	const char *file;            /* the document's name */
	int64_t time_us;             /* when it was made; 0: not said */
} VexStatement;

typedef struct VexTable VexTable;

VexTable *vex_new(void); /* empty; filled, and ended, before anybody else sees it */
VexTable *vex_ref(const VexTable *table); /* NULL gives NULL */
void vex_unref(VexTable *table);          /* NULL is accepted */
/* The statements of a document.  False: `ret_problem` says why there are none of it. */
bool vex_add(VexTable *table, const char *file, const char *text, size_t length, const char **ret_problem);
void vex_end(VexTable *table); /* after the last document */
size_t vex_count(const VexTable *table);

/* What is asked about. */
typedef struct VexCase {
	const char *vulnerability, *purl;
	const ImageRef *image; /* NULL: its name says nothing of where it comes from */
	const char *digest, *image_id; /* "sha256:..." or "" */
} VexCase;

/* The newest statement about it when that sets it aside; of several of the same time one that does not goes before.  NULL: none. */
const VexStatement *vex_find(const VexTable *table, const VexCase *about, Arena *arena);
