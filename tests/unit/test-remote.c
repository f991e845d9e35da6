/* SPDX-License-Identifier: MIT
 *
 * What comes from the sandbox of a scanner is believed within limits: the sandbox is played by a thread.
 */
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/limits.h"
#include "scan/agent.h"
#include "scratch.h"

typedef struct Sandbox {
	int listener;
	AgentAnswer head;
} Sandbox;

/* Who asked may be gone before the end. */
static void send_all(int connection, const char *bytes, size_t length)
{
	for (ssize_t sent = 1; length && sent > 0; bytes += MAX(sent, 0), length -= (size_t)MAX(sent, 0))
		sent = send(connection, bytes, length, MSG_NOSIGNAL);
}

static void *answer(void *data)
{
	const Sandbox *sandbox = data;
	int connection = accept(sandbox->listener, NULL, NULL);
	AgentQuestion question;
	size_t length = sandbox->head.length + sandbox->head.log_length;
	g_autofree char *text = g_strnfill(length, 'a');

	g_assert_cmpint(recv(connection, &question, sizeof question, MSG_WAITALL), ==, sizeof question);
	send_all(connection, (const char *)&sandbox->head, sizeof sandbox->head);
	send_all(connection, text, length);
	(void)close(connection);
	return NULL;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(bind(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(fd, 1), ==, 0);
	return fd;
}

static void test_answers(void)
{
	static const struct { AgentAnswer head; RunProblem problem; } rows[] = {
		{ { .problem = RUN_FINE, .exit_status = 3, .length = 5, .log_length = 7 }, RUN_FINE },
		{ { .problem = RUN_FINE, .length = LIMIT_SCAN_OUTPUT_BYTES, .log_length = LIMIT_SCAN_LOG_BYTES }, RUN_FINE },
		{ { .problem = RUN_FINE, .length = LIMIT_SCAN_OUTPUT_BYTES + 1 }, RUN_SANDBOX_ENDED },
		{ { .problem = RUN_FINE, .log_length = LIMIT_SCAN_LOG_BYTES + 1 }, RUN_SANDBOX_ENDED },
		{ { .problem = RUN_TOO_LATE, .length = 5 }, RUN_TOO_LATE },
		{ { .problem = RUN_PROBLEM_COUNT }, RUN_SANDBOX_ENDED },
	};
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "offline", NULL);
	Sandbox sandbox = { .listener = listen_at(path) };
	const _Atomic bool cancelled = false;

	remote_use(dir);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		RunResult result;
		pthread_t thread;
		sandbox.head = rows[i].head;
		g_assert_cmpint(pthread_create(&thread, NULL, answer, &sandbox), ==, 0);
		remote_probe(scanner_find("trivy"), "/usr/bin/trivy", &cancelled, &result);
		g_test_message("row %zu: %s", i, result.problem ? result.problem : "fine");
		g_assert_cmpstr(result.problem, ==, run_problems[rows[i].problem]);
		g_assert_cmpuint(result.length, ==, rows[i].problem == RUN_SANDBOX_ENDED ? 0 : rows[i].head.length);
		g_assert_cmpuint(result.log_length, ==, rows[i].problem == RUN_SANDBOX_ENDED ? 0 : rows[i].head.log_length);
		g_assert_cmpint(result.exit_status, ==, rows[i].problem == RUN_SANDBOX_ENDED ? 0 : rows[i].head.exit_status);
		(void)pthread_join(thread, NULL);
		run_result_clear(&result);
	}
	remote_use(NULL);
	(void)close(sandbox.listener);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/remote/answers", test_answers);
	return g_test_run();
}
