/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib.h>
#include "base/limits.h"
#include "scan/agent.h"

#define LOOK_MS 100
#define START_MS 10000u /* for systemd to start the sandbox, and to end what runs there */
#define MS_US ((gint64)1000)

static const char *sockets;

typedef struct Remote {
	int connection;
	gint64 deadline;
	const _Atomic bool *cancelled;
	RunProblem problem;
} Remote;

void remote_use(const char *directory)
{
	sockets = directory;
}

bool remote_used(void)
{
	return sockets != NULL;
}

static int connect_to(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	g_autofree char *path = g_build_filename(sockets, name, NULL);

	if (strlen(path) >= sizeof address.sun_path)
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

/* The first message of a connection: it has room for it. */
static bool ask(int connection, const AgentQuestion *question, int directory)
{
	union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct iovec part = { (void *)(uintptr_t)question, sizeof *question };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (directory >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof control.bytes;
		*CMSG_FIRSTHDR(&message) = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &directory, sizeof(int));
	}
	return sendmsg(connection, &message, MSG_NOSIGNAL) == (ssize_t)sizeof *question;
}

static bool take(Remote *remote, void *bytes, size_t length)
{
	for (size_t done = 0; done < length && !remote->problem;) {
		struct pollfd input = { .fd = remote->connection, .events = POLLIN };
		(void)poll(&input, 1, LOOK_MS);
		ssize_t got = input.revents ? recv(remote->connection, (char *)bytes + done, length - done, 0) : -1;
		if (got > 0)
			done += (size_t)got;
		else if (got == 0 || (input.revents && errno != EAGAIN && errno != EINTR))
			remote->problem = RUN_SANDBOX_ENDED;
		else if (atomic_load(remote->cancelled))
			remote->problem = RUN_CANCELLED;
		else if (g_get_monotonic_time() > remote->deadline)
			remote->problem = RUN_TOO_LATE;
	}
	return !remote->problem;
}

static char *take_text(Remote *remote, uint64_t length)
{
	char *text = g_malloc(length + 1);

	text[take(remote, text, length) ? length : 0] = 0;
	return text;
}

/* What comes from the sandbox is believed no more than what a scanner writes. */
static void take_answer(Remote *remote, RunResult *ret)
{
	AgentAnswer head;

	if (!take(remote, &head, sizeof head))
		return;
	if (head.problem >= RUN_PROBLEM_COUNT || head.length > LIMIT_SCAN_OUTPUT_BYTES || head.log_length > LIMIT_SCAN_LOG_BYTES || head.database_length >= AGENT_PATH_BYTES) {
		remote->problem = RUN_SANDBOX_ENDED;
		return;
	}
	remote->problem = RUN_FINE;
	run_result_clear(ret);
	*ret = (RunResult){ .exit_status = head.exit_status, .log_cut = head.log_cut, .text = take_text(remote, head.length), .log = take_text(remote, head.log_length) };
	ret->database = head.database_length ? take_text(remote, head.database_length) : NULL;
	ret->length = remote->problem ? 0 : head.length;
	ret->log_length = remote->problem ? 0 : head.log_length;
	if (!remote->problem)
		remote->problem = (RunProblem)head.problem;
}

static void converse(const char *name, const AgentQuestion *question, int directory, const _Atomic bool *cancelled, RunResult *ret)
{
	Remote remote = { .connection = connect_to(name), .cancelled = cancelled,
		.deadline = g_get_monotonic_time() + (question->timeout_ms + (gint64)START_MS) * MS_US };

	*ret = (RunResult){ .text = g_strdup(""), .log = g_strdup("") };
	if (remote.connection < 0 || !ask(remote.connection, question, directory))
		remote.problem = RUN_NO_SANDBOX;
	else
		take_answer(&remote, ret);
	if (remote.connection >= 0)
		(void)close(remote.connection);
	ret->problem = run_problems[remote.problem];
}

static AgentQuestion question_of(const Scanner *scanner, const char *program)
{
	AgentQuestion question = { .size = sizeof question };

	(void)g_strlcpy(question.scanner, scanner->is->name, sizeof question.scanner);
	(void)g_strlcpy(question.program, program ? program : "", sizeof question.program);
	return question;
}

void remote_scan(const Scanner *scanner, const char *program, const ScanTask *task, RunResult *ret)
{
	AgentQuestion question = question_of(scanner, scanner->own ? NULL : program);
	bool online = (scanner->fetches && !task->offline) || (scanner->verify_words && task->verify && !task->offline);

	if (g_strlcpy(question.subject, task->subject ? task->subject : "", sizeof question.subject) >= sizeof question.subject ||
		g_strlcpy(question.identity, task->identity ? task->identity : "", sizeof question.identity) >= sizeof question.identity ||
		g_strlcpy(question.issuer, task->issuer ? task->issuer : "", sizeof question.issuer) >= sizeof question.issuer) {
		*ret = (RunResult){ .problem = run_problems[RUN_NOT_STARTED], .text = g_strdup(""), .log = g_strdup("") };
		return;
	}
	question.kind = task->kind;
	question.timeout_ms = scanner_timeout_ms(scanner, task);
	question.flags = (task->offline ? AGENT_OFFLINE : 0u) | (task->verify ? AGENT_VERIFY : 0u);
	converse(scanner->verifies ? "verify" : online ? "online" : "offline", &question, task->directory_fd, task->cancelled, ret);
}

void remote_probe(const Scanner *scanner, const char *program, const _Atomic bool *cancelled, RunResult *ret)
{
	AgentQuestion question = question_of(scanner, program);

	question.timeout_ms = LIMIT_SCANNER_PROBE_MS;
	question.flags = AGENT_PROBE;
	converse("offline", &question, -1, cancelled, ret);
}
