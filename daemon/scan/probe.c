/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <glib.h>
#include "base/limits.h"
#include "scan/agent.h"
#include "scan/probe.h"


/* What was found out about one program; another file under the same name is another program. */
typedef struct Tried {
	dev_t device;
	ino_t inode;
	struct timespec changed;
	int64_t at_us;
	ScannerState state;
} Tried;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static Tried tried[SCANNER_NAMES];

static bool is_same(const Tried *one, const struct stat *program)
{
	return one->at_us && one->device == program->st_dev && one->inode == program->st_ino && one->changed.tv_sec == program->st_ctim.tv_sec &&
	       one->changed.tv_nsec == program->st_ctim.tv_nsec;
}

static Tried recall(const Scanner *scanner)
{
	(void)pthread_mutex_lock(&lock);
	Tried one = tried[scanner - scanners];
	(void)pthread_mutex_unlock(&lock);
	return one;
}

static ScannerState look(const Scanner *scanner, const char *const *program_dirs, struct stat *ret, char **ret_program, Tried *ret_known)
{
	*ret_known = recall(scanner);
	*ret_program = scanner->own ? NULL : scanner_program(scanner, program_dirs);
	if (scanner->own)
		return SCANNER_READY;
	if (!*ret_program || stat(*ret_program, ret) < 0)
		return SCANNER_ABSENT;
	return is_same(ret_known, ret) ? ret_known->state : SCANNER_UNTRIED;
}

ScannerState scanner_state(const Scanner *scanner, const char *const *program_dirs)
{
	g_autofree char *program = NULL;
	struct stat status;
	Tried known;

	return look(scanner, program_dirs, &status, &program, &known);
}

void scanner_ask_version(const Scanner *scanner, const char *program, const _Atomic bool *cancelled, RunResult *ret)
{
	static const char *const environment[] = { "HOME=/nonexistent", "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "NO_COLOR=1", "TRIVY_SKIP_VERSION_CHECK=true",
		"GRYPE_CHECK_FOR_APP_UPDATE=false", NULL };
	const char *words[4] = { scanner->program };

	for (size_t i = 0; i < G_N_ELEMENTS(words) - 2 && scanner->version_words[i]; i++)
		words[i + 1] = scanner->version_words[i];
	const RunPlan plan = { .program = program, .argv = words, .env = environment, .directory = "/", .timeout_ms = LIMIT_SCANNER_PROBE_MS, .cancelled = cancelled };
	program_run(&plan, ret);
}

static ScannerState try(const Scanner *scanner, const char *program, const _Atomic bool *cancelled)
{
	static const _Atomic bool never = false;
	RunResult result = { 0 };

	if (remote_used())
		remote_probe(scanner, program, cancelled ? cancelled : &never, &result);
	else
		scanner_ask_version(scanner, program, cancelled ? cancelled : &never, &result);
	ScannerState state = result.problem == run_problems[RUN_NO_SANDBOX] ? SCANNER_SHUT_OUT : !result.problem && result.exit_status == 0 ? SCANNER_READY : SCANNER_BROKEN;
	run_result_clear(&result);
	return state;
}

ScannerState scanner_probe(const Scanner *scanner, const char *const *program_dirs, const _Atomic bool *cancelled)
{
	g_autofree char *program = NULL;
	struct stat status;
	Tried known;
	ScannerState state = look(scanner, program_dirs, &status, &program, &known);

	bool known_now = (state == SCANNER_READY || state == SCANNER_BROKEN) && g_get_monotonic_time() < known.at_us + LIMIT_SCANNER_PROBED_S * G_USEC_PER_SEC;
	if (!program || state == SCANNER_ABSENT || known_now)
		return state;
	state = try(scanner, program, cancelled);
	if (cancelled && atomic_load(cancelled))
		return state;
	(void)pthread_mutex_lock(&lock);
	tried[scanner - scanners] = (Tried){ status.st_dev, status.st_ino, status.st_ctim, g_get_monotonic_time(), state };
	(void)pthread_mutex_unlock(&lock);
	return state;
}

void scanners_probe(const char *const *program_dirs, const _Atomic bool *cancelled)
{
	for (size_t i = 0; i < scanner_count && !(cancelled && atomic_load(cancelled)); i++)
		(void)scanner_probe(&scanners[i], program_dirs, cancelled);
}
