/* SPDX-License-Identifier: MIT
 *
 * What the adapters share: a scanner's answer becomes a ScanReport.  Members that nobody asked for are
 * passed over; a record that cannot be read makes the report incomplete.  Pure, any thread.
 */
#pragma once

#include "request/json.h"
#include "scan/report.h"

#define SCAN_KEY_BYTES 32u

/* What a scanner left behind. */
typedef struct ScannerOutput {
	const char *text; /* its answer */
	size_t length;
	const char *log; /* the end of what it said on stderr */
	size_t log_length;
	const unsigned char *key; /* SCAN_KEY_BYTES: of the fingerprints of secrets */
} ScannerOutput;

/* A report in the making; adapters put it first in what they hand to their readers. */
typedef struct Reading {
	ScanReport report;
	const ScannerOutput *output;
	Arena *arena;
	size_t unreadable;
	bool unknown_system; /* the scanner does not know the vulnerabilities of the image's system */
	const char *problem; /* NULL, or why nothing can be made of it */
} Reading;

Json reading_json(const ScannerOutput *output, Arena *arena); /* what nobody reads in it may be no text */
Reading reading_begin(const char *scanner, const ScannerOutput *output, Arena *arena);
/* A finding with all strings "". */
ScanFinding reading_finding(ScanKind kind);
/* Takes it; texts for people are made printable, and cut. */
void reading_add(Reading *reading, const ScanFinding *finding);
/* One element of an array: when `read` refuses it, it counts as unreadable and what comes behind it is
 * read; false: its end cannot be found. */
bool reading_record(Json *json, Reading *reading, JsonReader read, void *target);
/* The report; `json` (may be NULL) has the problem when `good` is false. */
ScanReport reading_end(Reading *reading, bool good, const Json *json);
/* A report of a scan that did not work. */
ScanReport scan_failure(const char *scanner, const char *detail);

/* The first byte that is no white space, 0: there is none. */
char reading_first(const ScannerOutput *output);
/* The fingerprint of what has this one without a key: the detector in its cage has none. */
const char *reading_rekey(const Reading *reading, const char *plain);
/* "", or the digits of SCAN_FINGERPRINT_LENGTH; the secret's text is wiped. */
const char *reading_fingerprint(const Reading *reading, char *secret);
