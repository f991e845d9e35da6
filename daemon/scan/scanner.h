/* SPDX-License-Identifier: MIT
 *
 * The scanners that are known: how each is called, and what its answer is read by.
 */
#pragma once

#include <stdatomic.h>
#include "scan/adapters.h"
#include "scan/run.h"

/* One scan of one image that is there as a file (what `docker save` writes). */
typedef struct ScanTask {
	ScanKind kind;
	int archive_fd;        /* open for reading; of a scanner that is part of this program */
	int directory_fd;      /* of the directory that holds the archive and nothing else, for a sandbox; 0: none */
	const char *archive;   /* its path */
	const char *rules;     /* of the file with the site's own rules for secrets, which may be empty */
	const char *directory; /* of this scan alone: what programs write goes with it */
	const char *cache;     /* that programs may keep things in */
	const char *const *program_dirs;
	bool offline; /* no databases are fetched, nobody is asked */
	bool verify;  /* found secrets are tried on the services that they are for */
	unsigned timeout_ms;
	const unsigned char *key; /* SCAN_KEY_BYTES */
	const char *subject, *identity, *issuer; /* of a check of signatures: the image with its digest; who must have signed it, or NULL */
	const _Atomic bool *cancelled;
} ScanTask;

typedef struct Scanner {
	const ScannerName *is;
	const char *program;
	ScanParser parse;
	bool own;     /* part of this program: sentinel-scan reads the archive on its stdin, in as much of a cage as a process can make for itself */
	bool fetches; /* its databases, or what it needs at all, from the network; unless it is told to do without */
	/* Arguments, and environment.  In them @archive, @tree, @rules, @cache, @answer, @kind and @seconds are filled in. */
	const char *const *secret_env; /* when it looks for secrets */
	const char *const *words, *const *offline_words, *const *verify_words, *const *no_verify_words, *const *env, *const *offline_env;
	const char *const *older_words; /* of releases that do not know the others, and end with a status and without an answer; NULL: all know them */
	bool unpacked; /* it looks at the image's files, in @tree (scan/unpack.h), not at its archive */
	const char *const *version_words; /* with which it says its version, and needs nothing but itself */
	const char *database_file; /* where it says in JSON, as UpdatedAt, when its database was made; NULL: its answer does */
	bool verifies;          /* signatures: where its answer comes from, it has a sandbox of its own */
	const char *answer;     /* the file of the answer, when it is not called that */
	bool answers_in_file;   /* the @answer; stdout when there is none */
	int incomplete_status;  /* of an exit that tells of a part that failed; 0: there is none */
} Scanner;

extern const Scanner scanners[];
extern const size_t scanner_count;
extern const char *const scanner_directories[]; /* where programs are looked for */

/* By either of its names.  NULL: there is none. */
const Scanner *scanner_find(const char *name);
bool scanner_finds(const Scanner *scanner, ScanKind kind);
/* Where its program is; NULL: nowhere.  Freed by the caller. */
char *scanner_program(const Scanner *scanner, const char *const *program_dirs);
unsigned scanner_timeout_ms(const Scanner *scanner, const ScanTask *task);
/* Runs the program as a process of ours, and reads what it wrote into a file. */
void scanner_run(const Scanner *scanner, const char *program, const ScanTask *task, Arena *arena, RunResult *ret);
/* The same, in its sandbox where there is one; an absent program is a problem. */
void scanner_ask(const Scanner *scanner, const ScanTask *task, Arena *arena, RunResult *ret);
/* Runs it.  Blocks; never on main or where decisions are made. */
ScanReport scanner_scan(const Scanner *scanner, const ScanTask *task, Arena *arena);
