/* SPDX-License-Identifier: MIT
 *
 * What one scanner says of one image, whatever the scanner: the form that adapters, the built-in
 * detector, the verdicts and the bus share.  Plain data; strings and findings are in the arena of
 * whoever made the report, never NULL.  No text of a secret is ever in it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum ScanKind { SCAN_VULNERABILITY, SCAN_SECRET, SCAN_SIGNATURE, SCAN_KIND_COUNT } ScanKind;

/* From the least to the worst.  Scout's UNSPECIFIED is UNKNOWN. */
typedef enum ScanSeverity {
	SCAN_UNKNOWN, SCAN_NEGLIGIBLE, SCAN_LOW, SCAN_MEDIUM, SCAN_HIGH, SCAN_CRITICAL, SCAN_SEVERITY_COUNT
} ScanSeverity;

/* Only SCAN_CLEAN and SCAN_FOUND are whole answers. */
typedef enum ScanOutcome {
	SCAN_FAILED,     /* no scanner, an error of its own, no time left, an answer that cannot be read */
	SCAN_INCOMPLETE, /* a part was not looked at; what was found is there */
	SCAN_FOUND,
	SCAN_CLEAN,
	SCAN_OUTCOME_COUNT
} ScanOutcome;

#define SCAN_FINGERPRINT_LENGTH 64u /* HMAC-SHA256 of the secret's text, in hexadecimal */

typedef struct ScanFinding {
	ScanKind kind;
	ScanSeverity severity;
	const char *id;    /* CVE-2024-1, GHSA-...; of a secret the rule or detector */
	const char *title; /* for people, one line */
	const char *package, *version, *fixed_version, *purl; /* of a vulnerability */
	const char *path, *layer; /* where in the image; layer is a digest */
	const char *url;
	uint64_t line;           /* of the file; 0 unknown */
	bool verified;           /* the secret was seen to work */
	const char *fingerprint; /* of a secret: SCAN_FINGERPRINT_LENGTH digits, or "" */
} ScanFinding;

typedef struct ScanReport {
	const char *scanner, *version; /* "trivy", "0.58.1" */
	ScanOutcome outcome;
	const char *detail; /* for people: why it failed or is not complete; else "" */
	ScanFinding *items;
	size_t count;
	const char *end_of_life; /* "debian 9", when the image is of a system that nobody mends any more; "" or NULL: it is not */
	const char *database; /* when the scanner's database was made, as it says it; "" or NULL: it has none */
	struct { const char **items; size_t count; } gaps; /* of SCAN_INCOMPLETE: files that were not wholly looked at */
	bool only_gaps; /* and nothing else is missing */
} ScanReport;
