/* SPDX-License-Identifier: MIT
 *
 * Runs somebody else's program with as little as it needs: an argument list and never a shell, a
 * keeper that ends all that it starts, an environment of its own, none of this process's descriptors and capabilities, an
 * end in time, and no more output than it may have.  Blocks; any thread but main and those that decide.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* What can be the matter, and the words for it. */
typedef enum RunProblem {
	RUN_FINE, RUN_NOT_STARTED, RUN_WROTE_TOO_MUCH, RUN_CANCELLED, RUN_TOO_LATE, RUN_KILLED, RUN_BAD_ANSWER, RUN_NO_SANDBOX, RUN_SANDBOX_ENDED, RUN_BAD_IMAGE, RUN_NOT_INSTALLED, RUN_PROBLEM_COUNT
} RunProblem;
extern const char *const run_problems[RUN_PROBLEM_COUNT];

#define RUN_KEPT_PATH "/proc/self/fd/3" /* where the program finds `kept` */

typedef struct RunPlan {
	const char *program;    /* an absolute path */
	const char *const *argv; /* with the program's name first; ends with NULL */
	const char *const *env;
	const char *directory; /* where it starts */
	int input; /* a descriptor for its stdin; 0: there is nothing to read */
	int kept;  /* a descriptor that it gets as the third; 0: none */
	unsigned timeout_ms;
	const _Atomic bool *cancelled; /* when it becomes true the program is ended */
} RunPlan;

typedef struct RunResult {
	const char *problem; /* one of run_problems: "it did not end in time"; NULL: it ended by itself, with exit_status */
	int exit_status;
	char *text, *log; /* stdout, the end of stderr; not NULL */
	size_t length, log_length;
	char *database; /* what the scanner keeps beside its database, a small JSON text; NULL: nothing (scanner.c) */
	bool log_cut; /* stderr had more than LIMIT_SCAN_LOG_BYTES */
} RunResult;

void program_run(const RunPlan *plan, RunResult *ret);
/* Wipes and frees: a scanner's answer may hold secrets. */
void run_result_clear(RunResult *result);

/* "trivy" in the first of `directories` that has it: a file that may be run and that nobody but root, or
 * who we are, can write.  NULL: it is in none; freed by the caller. */
char *program_find(const char *name, const char *const *directories);
