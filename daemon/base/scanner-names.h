/* SPDX-License-Identifier: MIT
 *
 * The scanners by their names: what a policy may ask for, whose findings count, what can be called (scan/scanners.c), what a shell offers.  One row a scanner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Name; whether it finds vulnerabilities, and secrets; whether image_scanning may name it; what else it is called (or NONE).
 * Those that need nothing, or that most people have, come first: of one kind the first that works is taken when nobody names one. */
#define SCANNERS(ROW)                                              \
	ROW(BUILTIN, "builtin", NO, YES, YES, NONE)                \
	ROW(TRUFFLEHOG, "trufflehog", NO, YES, NO, NONE)           \
	ROW(GITLEAKS, "gitleaks", NO, YES, NO, NONE)               \
	ROW(TRIVY, "trivy", YES, YES, YES, NONE)                   \
	ROW(GRYPE, "grype", YES, NO, YES, NONE)                    \
	ROW(SCOUT, "scout", YES, NO, YES, ONE("docker-scout"))

#define SCANNER_ID(id, ...) SCANNER_##id,
typedef enum ScannerId { SCANNERS(SCANNER_ID) SCANNER_NAMES } ScannerId;
#undef SCANNER_ID

typedef struct ScannerName {
	const char *name, *other; /* other NULL: it has one name */
	bool vulnerabilities, secrets;
} ScannerName;

extern const ScannerName scanner_names[SCANNER_NAMES];

/* By either name; NULL: there is none. */
const ScannerName *scanner_name_find(const char *word);
