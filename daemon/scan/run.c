/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <glib.h>
#include "base/limits.h"
#include "scan/keeper.h"
#include "scan/run.h"

#define EXEC_TRIES 20u
#define EXEC_PAUSE_NS 10000000
#define LOOK_MS 100 /* how soon a cancellation is noticed */
#define MS_US ((gint64)1000)
#define FIRST_FREE_FD 3u
#define EXIT_NOT_STARTED 127
#define READ_BYTES 65536u

enum { END_OUT, END_LOG, END_COUNT };

const char *const run_problems[RUN_PROBLEM_COUNT] = {
	[RUN_NOT_STARTED] = "it cannot be started", [RUN_WROTE_TOO_MUCH] = "it wrote more than it may", [RUN_CANCELLED] = "it was cancelled",
	[RUN_TOO_LATE] = "it did not end in time", [RUN_KILLED] = "it was killed", [RUN_BAD_ANSWER] = "its answer cannot be read, or is too large",
	[RUN_NO_SANDBOX] = "its sandbox cannot be reached; see: systemctl status sentinel-scan.socket sentinel-scan-online.socket",
	[RUN_BAD_IMAGE] = "the image is damaged, too large or has files that cannot be unpacked for it",
	[RUN_NOT_INSTALLED] = "it is not installed",
	[RUN_SANDBOX_ENDED] = "its sandbox ended; see: journalctl -u 'sentinel-scan*'",
};

typedef struct OutputStream {
	int fd; /* -1: at its end */
	char *bytes;
	size_t length, room, most;
	bool cut;
	bool tail; /* of more than `most` the end is kept */
} OutputStream;

typedef struct Run {
	const RunPlan *plan;
	pid_t keeper, program;
	int exit_fd;
	OutputStream streams[END_COUNT];
	RunProblem problem;
	bool expendable;
} Run;

/* `plan->kept` in its place, where the program inherits it. */
static bool pass_on(const RunPlan *plan)
{
	if (!plan->kept)
		return true;
	return (unsigned)plan->kept == FIRST_FREE_FD ? fcntl(plan->kept, F_SETFD, 0) == 0 : dup2(plan->kept, FIRST_FREE_FD) >= 0;
}

typedef struct Ends {
	const RunPlan *plan;
	int fds[END_COUNT];
} Ends;

/* Between fork and exec: async-signal-safe calls only (signal-safety(7)), other threads hold locks. */
static void become(const void *data)
{
	const RunPlan *plan = ((const Ends *)data)->plan;
	const int *ends = ((const Ends *)data)->fds;
	sigset_t none;
	int input = plan->input ? plan->input : open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)setpgid(0, 0);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	if (input < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(ends[END_OUT], STDOUT_FILENO) < 0 || dup2(ends[END_LOG], STDERR_FILENO) < 0 || !pass_on(plan))
		_exit(EXIT_NOT_STARTED);
	(void)close_range(FIRST_FREE_FD + (plan->kept != 0), ~0U, 0);
	/* What reads hostile files may read no more than its user; it goes when the keeper goes. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
		chdir(plan->directory) < 0)
		_exit(EXIT_NOT_STARTED);
	/* A program that was just put there may still be open for writing in a child that another thread has made (execve(2), ETXTBSY).
	 * execve() changes neither list, but its parameters are not const. */
	for (unsigned i = 0; i < EXEC_TRIES; i++) {
		(void)execve(plan->program, (char *const *)(uintptr_t)plan->argv, (char *const *)(uintptr_t)plan->env);
		if (errno != ETXTBSY)
			break;
		(void)nanosleep(&(const struct timespec){ .tv_nsec = EXEC_PAUSE_NS }, NULL);
	}
	_exit(EXIT_NOT_STARTED);
}

/* The program's number, which the keeper tells. */
static bool hear(Run *run, int told)
{
	ssize_t got;

	while ((got = read(told, &run->program, sizeof run->program)) < 0 && errno == EINTR)
		;
	return got == (ssize_t)sizeof run->program;
}

static bool start_keeper(Run *run, const Ends *ends)
{
	int told[2];

	if (pipe2(told, O_CLOEXEC) < 0)
		return false;
	run->keeper = fork();
	if (run->keeper == 0)
		keeper_run(told[1], become, ends);
	(void)close(told[1]);
	bool heard = run->keeper > 0 && hear(run, told[0]);
	(void)close(told[0]);
	if (run->keeper > 0)
		run->exit_fd = pidfd_open(run->keeper, 0);
	return heard && run->exit_fd >= 0;
}

static bool start(Run *run)
{
	Ends ends = { run->plan, { -1, -1 } };

	for (int i = 0; i < END_COUNT; i++) {
		int pair[2];
		if (pipe2(pair, O_CLOEXEC) < 0)
			break;
		(void)fcntl(pair[0], F_SETFL, O_NONBLOCK);
		run->streams[i].fd = pair[0];
		ends.fds[i] = pair[1];
	}
	bool started = ends.fds[END_LOG] >= 0 && start_keeper(run, &ends);
	for (int i = 0; i < END_COUNT; i++)
		if (ends.fds[i] >= 0)
			(void)close(ends.fds[i]);
	return started;
}

/* When memory is short it goes before the guard does.  Only once it runs the program: before, it is a copy
 * of this process, whose files below /proc are root's (PR_SET_DUMPABLE in prctl(2)). */
static bool make_expendable(pid_t child)
{
	g_autofree char *file = g_strdup_printf("/proc/%d/oom_score_adj", (int)child);
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, "500", strlen("500")) > 0;

	if (fd >= 0)
		(void)close(fd);
	return done;
}

static void make_room(OutputStream *stream, size_t more)
{
	if (stream->length + more <= stream->room)
		return;
	size_t room = MAX(stream->room * 2, stream->length + more);
	char *grown = g_malloc(room);
	if (stream->length)
		memcpy(grown, stream->bytes, stream->length);
	if (stream->bytes)
		explicit_bzero(stream->bytes, stream->length);
	g_free(stream->bytes);
	stream->bytes = grown;
	stream->room = room;
}

static void take(OutputStream *stream, const char *bytes, size_t length)
{
	make_room(stream, length);
	memcpy(stream->bytes + stream->length, bytes, length);
	stream->length += length;
	if (stream->length <= stream->most)
		return;
	stream->cut = true;
	if (stream->tail)
		memmove(stream->bytes, stream->bytes + stream->length - stream->most, stream->most);
	stream->length = stream->most;
}

/* What is there now. */
static void drain(OutputStream *stream)
{
	char bytes[READ_BYTES];
	ssize_t length = 0;

	while (stream->fd >= 0 && (!stream->cut || stream->tail) && (length = read(stream->fd, bytes, sizeof bytes)) > 0)
		take(stream, bytes, (size_t)length);
	explicit_bzero(bytes, sizeof bytes);
	if (stream->fd < 0 || (length < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	(void)close(stream->fd);
	stream->fd = -1;
}

/* True when there is nothing more to wait for. */
static bool look(Run *run, gint64 deadline)
{
	struct pollfd fds[END_COUNT + 1] = { { run->streams[END_OUT].fd, POLLIN, 0 }, { run->streams[END_LOG].fd, POLLIN, 0 }, { run->exit_fd, POLLIN, 0 } };

	(void)poll(fds, G_N_ELEMENTS(fds), LOOK_MS);
	if (!run->expendable)
		run->expendable = make_expendable(run->program);
	for (int i = 0; i < END_COUNT; i++)
		drain(&run->streams[i]);
	if (run->streams[END_OUT].cut)
		run->problem = RUN_WROTE_TOO_MUCH;
	else if (fds[END_COUNT].revents)
		return true;
	else if (atomic_load(run->plan->cancelled))
		run->problem = RUN_CANCELLED;
	else if (g_get_monotonic_time() > deadline)
		run->problem = RUN_TOO_LATE;
	return run->problem != RUN_FINE;
}

/* With the keeper goes all that the program has started. */
static int end(Run *run)
{
	int status = 0;

	(void)kill(run->keeper, SIGTERM);
	while (waitpid(run->keeper, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static void hand_over(OutputStream *stream, char **ret, size_t *ret_length)
{
	if (stream->fd >= 0)
		(void)close(stream->fd);
	make_room(stream, 1);
	stream->bytes[stream->length] = 0;
	*ret = stream->bytes;
	*ret_length = stream->length;
}

void program_run(const RunPlan *plan, RunResult *ret)
{
	Run run = {
		.plan = plan, .exit_fd = -1,
		.streams = { [END_OUT] = { .fd = -1, .most = LIMIT_SCAN_OUTPUT_BYTES }, [END_LOG] = { .fd = -1, .most = LIMIT_SCAN_LOG_BYTES, .tail = true } },
	};
	gint64 deadline = g_get_monotonic_time() + plan->timeout_ms * MS_US;
	bool started = start(&run);
	int status = 0;

	while (started && !look(&run, deadline))
		;
	if (run.keeper > 0)
		status = end(&run);
	for (int i = 0; i < END_COUNT; i++)
		drain(&run.streams[i]);
	if (run.exit_fd >= 0)
		(void)close(run.exit_fd);
	if (!started)
		run.problem = RUN_NOT_STARTED;
	else if (!run.problem && WIFSIGNALED(status))
		run.problem = RUN_KILLED;
	*ret = (RunResult){ .problem = run_problems[run.problem], .log_cut = run.streams[END_LOG].cut };
	ret->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	hand_over(&run.streams[END_OUT], &ret->text, &ret->length);
	hand_over(&run.streams[END_LOG], &ret->log, &ret->log_length);
}

void run_result_clear(RunResult *result)
{
	if (result->text)
		explicit_bzero(result->text, result->length);
	if (result->log)
		explicit_bzero(result->log, result->log_length);
	g_free(result->text);
	g_free(result->log);
	g_free(result->database);
	*result = (RunResult){ 0 };
}

char *program_find(const char *name, const char *const *directories)
{
	struct stat status;

	for (size_t i = 0; directories[i]; i++) {
		g_autofree char *path = g_build_filename(directories[i], name, NULL);
		bool ours = stat(path, &status) == 0 && S_ISREG(status.st_mode) && (status.st_uid == 0 || status.st_uid == geteuid());
		if (ours && !(status.st_mode & S_IWOTH) && access(path, X_OK) == 0)
			return g_steal_pointer(&path);
	}
	return NULL;
}
