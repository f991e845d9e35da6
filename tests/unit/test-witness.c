/* SPDX-License-Identifier: MIT
 *
 * Which sockets a process holds, and whose word for it counts.
 */
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "authz/witness.h"
#include "scratch.h"

#define NO_PROCESS ((pid_t)0x7fffffff) /* so that the witness is asked */

static const HeldSocket *find_held(const HeldAnswer *held, int fd)
{
	struct stat status;

	g_assert_cmpint(fstat(fd, &status), ==, 0);
	for (uint32_t i = 0; i < held->count; i++)
		if (held->items[i].ino == status.st_ino)
			return &held->items[i];
	return NULL;
}

static void test_held(void)
{
	static const struct { int family, type, protocol; HeldKind kind; } rows[] = {
		{ AF_UNIX, SOCK_STREAM, 0, HELD_UNIX },       { AF_UNIX, SOCK_DGRAM, 0, HELD_HARMLESS },
		{ AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG, HELD_HARMLESS }, { AF_INET, SOCK_DGRAM, 0, HELD_HARMLESS },
		{ AF_INET, SOCK_STREAM, 0, HELD_HARMLESS }, /* until one listens */
	};
	g_autofree HeldAnswer *held = g_new0(HeldAnswer, 1);
	int fds[G_N_ELEMENTS(rows)];

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(fds[i] = socket(rows[i].family, rows[i].type, rows[i].protocol), >=, 0);
	held_look(getpid(), held);
	g_assert_true(held->known);
	g_assert_cmpuint(held->uid, ==, geteuid());
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpuint(find_held(held, fds[i])->kind, ==, rows[i].kind);
	g_assert_cmpint(listen(fds[4], 1), ==, 0);
	held_look(getpid(), held);
	g_assert_cmpuint(find_held(held, fds[4])->kind, ==, HELD_OTHER);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		(void)close(fds[i]);
	held_look(0, held);
	g_assert_false(held->known);
	held_look(-1, held);
	g_assert_false(held->known);
}

/* What the witness writes, and whether it is believed.  The first question has the number 1. */
static const struct { const char *what; HeldAnswer answer; size_t less; bool older_first, known; } answers[] = {
	{ "an answer", { .number = 1, .known = 1, .uid = 7, .count = 1, .items[0] = { 10, HELD_UNIX } }, 0, false, true },
	{ "an answer behind an older one", { .number = 1, .known = 1, .count = 1 }, 0, true, true },
	{ "it could not see it", { .number = 1 }, 0, false, false },
	{ "an older one only", { .number = 9, .known = 1 }, 0, false, false },
	{ "less than it says", { .number = 1, .known = 1, .count = 2 }, sizeof(HeldSocket), false, false },
	{ "not even a head", { .number = 1, .known = 1 }, offsetof(HeldAnswer, items) - 1, false, false },
};

static void say(int fd, const HeldAnswer *answer, size_t less)
{
	size_t length = held_size(answer) - less;

	g_assert_cmpint(write(fd, answer, length), ==, (ssize_t)length);
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(bind(listener, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(listener, 2), ==, 0);
	return listener;
}

static void test_witness(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "witness", NULL);
	int listener = listen_at(path);
	const HeldAnswer older = { .number = 0, .known = 1 };
	HeldQuestion question;

	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
		Witness *witness = witness_new(path);
		int fd = accept(listener, NULL, NULL);
		if (answers[i].older_first)
			say(fd, &older, 0);
		say(fd, &answers[i].answer, answers[i].less);
		const HeldAnswer *heard = witness_ask(witness, NO_PROCESS);
		if ((heard->known == 1) != answers[i].known || (heard->known && heard->count != answers[i].answer.count))
			g_error("%s", answers[i].what);
		g_assert_cmpint(read(fd, &question, sizeof question), ==, (ssize_t)sizeof question);
		g_assert_cmpint(question.pid, ==, NO_PROCESS);
		witness_free(witness);
		(void)close(fd);
	}
	(void)close(listener);
}

/* After a silence it is not waited for again at once. */
static void test_witness_silent(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "witness", NULL);
	int listener = listen_at(path);

	Witness *witness = witness_new(path);
	int64_t start = g_get_monotonic_time();
	g_assert_false(witness_ask(witness, NO_PROCESS)->known);
	int64_t waited = g_get_monotonic_time() - start;
	g_assert_cmpint(waited, >=, LIMIT_WITNESS_MS * 1000);
	for (unsigned i = 0; i < 100; i++)
		g_assert_false(witness_ask(witness, NO_PROCESS)->known);
	g_assert_cmpint(g_get_monotonic_time() - start - waited, <, LIMIT_WITNESS_RETRY_MS * 1000);
	witness_free(witness);
	(void)close(listener);
}

static gpointer answer_one(gpointer data)
{
	int fd = accept(GPOINTER_TO_INT(data), NULL, NULL);
	HeldQuestion question;

	g_assert_cmpint(read(fd, &question, sizeof question), ==, (ssize_t)sizeof question);
	const HeldAnswer answer = { .number = question.number, .known = 1 };
	say(fd, &answer, 0);
	(void)close(fd);
	return NULL;
}

/* One that has ended since, and was started again, is asked at once. */
static void test_witness_again(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "witness", NULL);
	int listener = listen_at(path);

	Witness *witness = witness_new(path);
	(void)close(accept(listener, NULL, NULL));
	GThread *thread = g_thread_new("witness", answer_one, GINT_TO_POINTER(listener));
	g_assert_true(witness_ask(witness, NO_PROCESS)->known);
	g_thread_join(thread);
	witness_free(witness);
	(void)close(listener);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/witness/held", test_held);
	g_test_add_func("/witness/asked", test_witness);
	g_test_add_func("/witness/silent", test_witness_silent);
	g_test_add_func("/witness/again", test_witness_again);
	return g_test_run();
}
