/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "scan/keeper.h"

#define CHILDREN "/proc/thread-self/children" /* proc(5): numbers with a space behind each */
#define SWEEPS 5000u /* what cannot be killed is waited for no longer */
#define PAUSE_NS 1000000
#define READ_BYTES 4096u
#define EXIT_FAILED 127
#define BASE 10

typedef struct Keeper {
	pid_t program;
	bool ended;
	int status;
} Keeper;

/* Without the C library: between fork and exec a thread sanitizer takes threads that only the parent can join for leaks, and would
 * end with a status of its own. */
static _Noreturn void leave(int status)
{
	for (;;)
		(void)syscall(SYS_exit_group, status);
}

/* False: there is none left. */
static bool reap(Keeper *keeper)
{
	for (;;) {
		int status = 0;
		pid_t child = waitpid(-1, &status, WNOHANG);
		if (child < 0 && errno == EINTR)
			continue;
		if (child <= 0)
			return child == 0;
		if (child != keeper->program)
			continue;
		keeper->ended = true;
		keeper->status = status;
	}
}

/* A number that is cut at the end of what was read is another process's: the next sweep has it. */
static void kill_children(void)
{
	char text[READ_BYTES];
	int fd = open(CHILDREN, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd >= 0 ? read(fd, text, sizeof text) : -1;
	pid_t child = 0;

	if (fd >= 0)
		(void)close(fd);
	for (ssize_t i = 0; i < length; i++) {
		if (text[i] >= '0' && text[i] <= '9') {
			child = child * BASE + (text[i] - '0');
			continue;
		}
		if (child > 1)
			(void)kill(child, SIGKILL);
		child = 0;
	}
}

/* What a child leaves behind when it is killed is a child of ours in the next sweep. */
static void sweep(Keeper *keeper)
{
	(void)kill(-keeper->program, SIGKILL);
	for (unsigned i = 0; i < SWEEPS && reap(keeper); i++) {
		kill_children();
		(void)nanosleep(&(const struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
	}
}

/* Whether the program has ended; it is not waited for yet: until then the number of its group is nobody else's. */
static bool has_ended(const Keeper *keeper)
{
	for (;;) {
		siginfo_t info = { .si_pid = 0 };
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
			return errno != EINTR;
		if (info.si_pid == 0 || info.si_pid == keeper->program)
			return info.si_pid != 0;
		(void)waitpid(info.si_pid, NULL, WNOHANG);
	}
}

/* Until the program ends, or somebody wants it to. */
static void wait_for_end(const Keeper *keeper, const sigset_t *heard)
{
	int number = 0;

	while (number != SIGTERM && !has_ended(keeper))
		(void)sigwait(heard, &number);
}

void keeper_run(int told, void (*become)(const void *data), const void *data)
{
	Keeper keeper = { 0 };
	sigset_t heard;

	(void)sigemptyset(&heard);
	(void)sigaddset(&heard, SIGTERM);
	(void)sigaddset(&heard, SIGCHLD);
	(void)signal(SIGCHLD, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	if (setpgid(0, 0) < 0 || sigprocmask(SIG_SETMASK, &heard, NULL) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		leave(EXIT_FAILED);
	keeper.program = fork();
	if (keeper.program == 0) {
		become(data);
		leave(EXIT_FAILED);
	}
	if (keeper.program > 0 && write(told, &keeper.program, sizeof keeper.program) != (ssize_t)sizeof keeper.program)
		(void)kill(keeper.program, SIGKILL);
	(void)close_range(0, ~0U, 0);
	if (keeper.program < 0)
		leave(EXIT_FAILED);
	wait_for_end(&keeper, &heard);
	sweep(&keeper);
	if (!keeper.ended || !WIFEXITED(keeper.status))
		(void)kill(getpid(), SIGKILL);
	leave(WEXITSTATUS(keeper.status));
}
