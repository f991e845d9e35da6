/* SPDX-License-Identifier: MIT
 *
 * The scanners that are known: how each is called, and what its answer is read by.
 */
#pragma once

#include <stdatomic.h>
#include "scan/adapters.h"

/* One scan of one image that is there as a file (what `docker save` writes). */
typedef struct ScanTask {
	ScanKind kind;
	int archive_fd;        /* open for reading */
	const char *archive;   /* its path */
	const char *directory; /* of this scan alone: what programs write goes with it */
	const char *cache;     /* that programs may keep things in */
	const char *const *program_dirs;
	bool offline; /* no databases are fetched, nobody is asked */
	bool verify;  /* found secrets are tried on the services that they are for */
	unsigned timeout_ms;
	const unsigned char *key; /* SCAN_KEY_BYTES */
	const _Atomic bool *cancelled;
} ScanTask;

typedef struct Scanner {
	const char *name, *program; /* program NULL: it is part of this one */
	unsigned kinds;             /* bits of ScanKind */
	ScanParser parse;
	/* Of a scanner that is part of this program. */
	ScanReport (*detect)(const ScanTask *task, Arena *arena);
	/* Arguments, and environment.  In them @archive, @cache, @answer, @kind and @seconds are filled in. */
	const char *const *words, *const *offline_words, *const *verify_words, *const *no_verify_words, *const *env, *const *offline_env;
	const char *const *version_words; /* with which it says its version, and needs nothing but itself */
	bool answers_in_file;   /* the @answer; stdout when there is none */
	int incomplete_status;  /* of an exit that tells of a part that failed; 0: there is none */
} Scanner;

/* scan/secret/detector.h as a scanner. */
ScanReport builtin_detect(const ScanTask *task, Arena *arena);

#define SCAN_KINDS(kind) (1u << (kind))

extern const Scanner scanners[];
extern const size_t scanner_count;
extern const char *const scanner_directories[]; /* where programs are looked for */

/* "docker-scout" is scout.  NULL: there is none. */
const Scanner *scanner_find(const char *name);
/* Where its program is; NULL: nowhere (or it has none).  Freed by the caller. */
char *scanner_program(const Scanner *scanner, const char *const *program_dirs);
/* Runs it.  Blocks; never on main or where decisions are made. */
ScanReport scanner_scan(const Scanner *scanner, const ScanTask *task, Arena *arena);
