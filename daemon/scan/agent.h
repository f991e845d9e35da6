/* SPDX-License-Identifier: MIT
 *
 * Scanners run in a process that is not the guard's: sentinel-scan, of another user, in a sandbox of its own, which systemd starts for each
 * scan (sentinel-scan@.service).  The guard names a scanner of the table, and passes the directory that holds the image as a
 * descriptor; what comes back is what the scanner wrote, for the guard's adapters.  Both are of one build.
 */
#pragma once

#include <stdint.h>
#include "scan/run.h"
#include "scan/scanner.h"

#define AGENT_IMAGE "image.tar" /* in the directory that is passed, and beside it */
#define AGENT_RULES "rules.yaml"
#define AGENT_NAME_BYTES 32u
#define AGENT_PATH_BYTES 4096u
#define AGENT_TEXT_BYTES 2048u

typedef enum AgentFlags { AGENT_OFFLINE = 1, AGENT_VERIFY = 2, AGENT_PROBE = 4 /* its version only; no directory is passed */ } AgentFlags;

typedef struct AgentQuestion {
	uint32_t size; /* of this struct */
	uint32_t kind, flags, timeout_ms;
	char scanner[AGENT_NAME_BYTES];
	char program[AGENT_PATH_BYTES]; /* "" of one that is part of this program */
	char subject[AGENT_TEXT_BYTES], identity[AGENT_TEXT_BYTES], issuer[AGENT_TEXT_BYTES]; /* of a check of signatures */
} AgentQuestion;

/* The scanner's answer, the end of its stderr, and what it says of its database (fewer than AGENT_PATH_BYTES) follow. */
typedef struct AgentAnswer {
	uint32_t problem; /* RunProblem */
	int32_t exit_status;
	uint64_t length, log_length;
	uint32_t log_cut, database_length;
} AgentAnswer;

/* The sandbox's side: answers the one question that comes on `connection`, and ends what it runs when the connection goes.  False: that was none. */
bool agent_serve(int connection);

/* The guard's side.  `sockets` is the directory of the sockets: one leads to a sandbox without network, another to one with it, for
 * what needs it, the third to one for checks of signatures; NULL: scanners are processes of our own.  Once, before there are threads; the text must last. */
void remote_use(const char *sockets);
bool remote_used(void);
/* Block; as program_run(). */
void remote_scan(const Scanner *scanner, const char *program, const ScanTask *task, RunResult *ret);
void remote_probe(const Scanner *scanner, const char *program, const _Atomic bool *cancelled, RunResult *ret);
