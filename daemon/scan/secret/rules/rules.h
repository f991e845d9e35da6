/* SPDX-License-Identifier: MIT
 *
 * What the detector knows to be secret, as tables.  The rules are our own, written from what the vendors
 * publish of the form of their tokens and from the manuals of the programs whose files these are.
 *
 * A rule with keywords is tried where one of them stands, and its expression (pcre2syntax(3)) begins there.
 * A file rule without keywords is tried on each line of the files that `where` names.  Group 1 is the secret.
 *
 * Examples are tests (tests/unit/test-secret-rules.c).  No example is a token: <b36> stands for 36 characters
 * that are drawn when the test runs, by the first letter: a A letters, b letters and digits, d digits, x hexadecimal
 * digits, X capitals and digits, 2 base32, w letters, digits, _ and -, B base64; <crc> for the checksum of what came before.
 */
#pragma once

#include "scan/report.h"
#include "scan/secret/text/piece.h"

/* Grows whenever a rule changes what is found: what was looked at by an older set may be looked at again. */
#define SECRET_RULES_VERSION "6"

typedef enum RuleKind {
	RULE_TOKEN,   /* plain from its form */
	RULE_KEY,     /* a private key */
	RULE_FILE,    /* a line of a file whose form is known by its name */
	RULE_GENERIC, /* a value that is called a password, a key, a token */
	RULE_KIND_COUNT
} RuleKind;

typedef enum RuleAnswer {
	RULE_NO,
	RULE_WEAK,   /* of the form, but its checksum is wrong */
	RULE_YES,
	RULE_PROVEN, /* its checksum is right */
} RuleAnswer;

#define RULE_EXAMPLES 3u

typedef struct SecretRule {
	const char *id, *title;
	ScanSeverity severity;
	const char *keywords; /* in lower case, separated by ' '; NULL: each line of the files in `where`, or `find` */
	const char *regex;    /* NULL: `find`, or the file itself by its name */
	double entropy;       /* bits a character that the secret has at least */
	bool shipped;         /* vendors have such keys in the programs that they give to everybody */
	RuleAnswer (*check)(Span secret);
	/* Instead of an expression: the keyword stands at text[start..end).  Without keywords: asked once, of the beginning of each file. */
	bool (*find)(const Piece *piece, size_t start, size_t end, Span *ret_secret);
	const char *where; /* path_fits(); NULL: anywhere */
	const char *yes[RULE_EXAMPLES], *no[RULE_EXAMPLES];
} SecretRule;

typedef struct RuleTable {
	RuleKind kind;
	const SecretRule *items;
	size_t count;
} RuleTable;

extern const RuleTable rules_cloud, rules_azure, rules_code, rules_service, rules_ai, rules_vendor, rules_key, rules_file, rules_more_files, rules_command, rules_generic;
/* All of them. */
#define RULE_TABLES 11u
extern const RuleTable *const rule_tables[RULE_TABLES];
