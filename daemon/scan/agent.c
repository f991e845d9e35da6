/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <glib.h>
#include <glib/gstdio.h>
#include "base/limits.h"
#include "scan/agent.h"
#include "scan/probe.h"
#include "scan/signers.h"

#define SELF "/proc/self/exe"

typedef struct Session {
	int connection, directory; /* -1: none was passed */
	AgentQuestion question;
	const Scanner *scanner;
	_Atomic bool cancelled;
} Session;

/* The question is one message; a second descriptor would be nobody's. */
static bool receive(Session *session)
{
	union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct iovec part = { &session->question, sizeof session->question };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
	ssize_t got = recvmsg(session->connection, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	const struct cmsghdr *passed = CMSG_FIRSTHDR(&message);

	if (passed && passed->cmsg_level == SOL_SOCKET && passed->cmsg_type == SCM_RIGHTS && passed->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&session->directory, CMSG_DATA(passed), sizeof(int));
	return got == (ssize_t)sizeof session->question && !(message.msg_flags & MSG_CTRUNC) && session->question.size == sizeof session->question;
}

/* What is asked for must be a row of the table, and the program one that only root (or who we are) can write. */
static bool accept_question(Session *session)
{
	AgentQuestion *question = &session->question;
	bool probe = question->flags & AGENT_PROBE;

	question->scanner[sizeof question->scanner - 1] = 0;
	question->program[sizeof question->program - 1] = 0;
	question->subject[sizeof question->subject - 1] = question->identity[sizeof question->identity - 1] = question->issuer[sizeof question->issuer - 1] = 0;
	session->scanner = scanner_find(question->scanner);
	if (!session->scanner)
		session->scanner = signer_find(question->scanner);
	if (!session->scanner || question->kind >= SCAN_KIND_COUNT || probe != (session->directory < 0))
		return false;
	if (session->scanner->own)
		return !*question->program && !probe;
	g_autofree char *name = g_path_get_basename(question->program), *place = g_path_get_dirname(question->program);
	const char *const places[] = { place, NULL };
	g_autofree char *found = *question->program == '/' && !strcmp(name, session->scanner->program) ? program_find(name, places) : NULL;
	return found != NULL;
}

/* Who asked has gone, or no longer wants it. */
static void *watch(void *data)
{
	Session *session = data;
	struct pollfd end = { .fd = session->connection, .events = POLLRDHUP };

	while (poll(&end, 1, -1) < 0 && errno == EINTR)
		;
	atomic_store(&session->cancelled, true);
	return NULL;
}

static void run(Session *session, RunResult *ret)
{
	const char *cache = g_getenv("CACHE_DIRECTORY");
	const AgentQuestion *question = &session->question;
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *directory = g_dir_make_tmp("scan-XXXXXX", NULL);
	ScanTask task = {
		.kind = (ScanKind)question->kind, .archive_fd = -1, .directory_fd = session->directory, .archive = session->scanner->verifies ? RUN_KEPT_PATH : RUN_KEPT_PATH "/" AGENT_IMAGE, .rules = RUN_KEPT_PATH "/" AGENT_RULES, .directory = directory,
		.cache = cache ? cache : directory, .offline = question->flags & AGENT_OFFLINE, .verify = question->flags & AGENT_VERIFY,
		.subject = question->subject, .identity = question->identity, .issuer = question->issuer, .timeout_ms = question->timeout_ms, .cancelled = &session->cancelled,
	};

	*ret = (RunResult){ .problem = run_problems[RUN_NOT_STARTED], .text = g_strdup(""), .log = g_strdup("") };
	if (!directory)
		return;
	if (session->scanner->own || (session->scanner->unpacked && session->directory >= 0))
		task.archive_fd = openat(session->directory, AGENT_IMAGE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (task.archive_fd >= 0 || !(session->scanner->own || (session->scanner->unpacked && session->directory >= 0))) {
		run_result_clear(ret);
		if (question->flags & AGENT_PROBE)
			scanner_ask_version(session->scanner, question->program, task.cancelled, ret);
		else
			scanner_run(session->scanner, session->scanner->own ? SELF : question->program, &task, arena, ret);
	}
	(void)g_rmdir(directory); /* with what a scanner left there it goes with the unit */
}

static bool send_all(int connection, const void *bytes, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t sent = send(connection, (const char *)bytes + done, length - done, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		done += (size_t)sent;
	}
	return true;
}

static bool answer(int connection, const RunResult *result)
{
	AgentAnswer head = {
		.exit_status = result->exit_status, .length = result->length, .log_length = result->log_length, .log_cut = result->log_cut,
		.database_length = result->database ? (uint32_t)strlen(result->database) : 0,
	};

	for (unsigned i = RUN_FINE + 1; i < RUN_PROBLEM_COUNT; i++)
		if (result->problem && !strcmp(result->problem, run_problems[i]))
			head.problem = i;
	return send_all(connection, &head, sizeof head) && send_all(connection, result->text, result->length) && send_all(connection, result->log, result->log_length) &&
	       (!head.database_length || send_all(connection, result->database, head.database_length));
}

bool agent_serve(int connection)
{
	Session session = { .connection = connection, .directory = -1 };
	RunResult result;
	pthread_t watcher;

	/* Scanners are of the same user: none of them looks into this. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (!receive(&session) || !accept_question(&session) || pthread_create(&watcher, NULL, watch, &session) != 0)
		return false;
	run(&session, &result);
	bool sent = answer(connection, &result);
	run_result_clear(&result);
	(void)shutdown(connection, SHUT_RDWR); /* ends the watch */
	(void)pthread_join(watcher, NULL);
	if (session.directory >= 0)
		(void)close(session.directory);
	return sent;
}
