/* SPDX-License-Identifier: MIT
 *
 * The helper that makes pins: its list, what it reads, and what it says.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "pin/account.h"
#include "pin/below.h"
#include "pin/keep.h"
#include "pin/message.h"
#include "pin/refusal.h"
#include "pin/subid.h"
#include "pin/table.h"
#include "scratch.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ID "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static const PinItem *add(PinTable *table, const char *name, uint32_t uid, uint64_t expires_us, const char *origin)
{
	PinItem item = { .uid = uid, .expires_us = expires_us, .made_us = 1, .device = 2, .inode = 3 };

	(void)g_strlcpy(item.name, name, sizeof item.name);
	(void)g_strlcpy(item.origin, origin, sizeof item.origin);
	return pin_table_add(table, &item);
}

static void test_table(void)
{
	PinTable *table = pin_table_new(), *again = pin_table_new();

	add(table, A, 1001, 10, "/home/a b\n\xff\\x");
	add(table, B, 1002, 20, "");
	g_assert_cmpuint(pin_table_count(table), ==, 2);
	g_assert_cmpuint(pin_table_count_of(table, 1001), ==, 1);
	g_assert_cmpuint(pin_table_next_end(table), ==, 10);
	g_assert_null(pin_table_expired(table, 9));
	g_assert_cmpstr(pin_table_expired(table, 10)->name, ==, A);
	g_assert_cmpstr(pin_table_next(table, 0, 1)->name, ==, B);
	g_assert_null(pin_table_next(table, 1001, 1));
	g_assert_true(pin_table_take(table, A, 5));
	g_assert_false(pin_table_take(table, A, 5));
	g_assert_false(pin_table_bind(table, A, 6, ID));
	g_assert_false(pin_table_bind(table, B, 0, ID));
	g_assert_true(pin_table_bind(table, A, 5, ID));
	g_assert_false(pin_table_bind(table, A, 5, ID));
	g_assert_true(pin_table_take(table, B, 7));
	g_assert_true(pin_table_bind(table, B, 7, ""));
	g_assert_cmpuint(pin_table_find(table, B)->state, ==, PIN_UNUSED);
	g_assert_cmpuint(pin_table_find(table, B)->token, ==, 7); /* which create it was */
	g_assert_cmpuint(pin_table_find(table, A)->token, ==, 0);
	g_autofree char *text = pin_table_print(table, 0), *same = NULL, *kept = pin_table_print(table, PIN_KEEP);
	g_assert_cmpstr(kept, ==, "sentinel-pins 1\n");
	g_assert_true(pin_table_read(again, text));
	same = pin_table_print(again, 0);
	g_assert_cmpstr(same, ==, text);
	g_assert_cmpstr(pin_table_find(again, A)->container, ==, ID);
	g_assert_cmpstr(pin_table_find(again, A)->origin, ==, "/home/a b\n\xff\\x");
	g_assert_cmpuint(add(again, "dddddddddddddddddddddddddddddddd", 1, 1, "")->serial, ==, 3);
	pin_table_remove(again, A);
	pin_table_remove(again, A);
	g_assert_null(pin_table_find(again, A));
	pin_table_free(again);
	pin_table_free(table);
}

/* One for a single command has less time, until a container has it; the container's end finds all of its pins, and no other. */
static void test_ends(void)
{
	static const struct { uint32_t flags, state; uint64_t expires_s, end_s; } rows[] = {
		{ 0, PIN_UNUSED, 9000, 9000 }, { PIN_ONCE, PIN_UNUSED, 9000, LIMIT_PIN_ONCE_S }, { PIN_ONCE, PIN_TAKEN, 9000, LIMIT_PIN_ONCE_S + LIMIT_PIN_CREATE_S },
		{ PIN_ONCE, PIN_BOUND, 9000, 9000 }, { PIN_ONCE, PIN_UNUSED, 60, 60 }, { PIN_SESSION, PIN_UNUSED, 9000, 9000 },
	};
	PinTable *table = pin_table_new();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const PinItem item = { .flags = rows[i].flags, .state = rows[i].state, .made_us = 5, .expires_us = rows[i].expires_s * 1000000 + 5 };
		g_assert_cmpuint(pin_table_end(&item), ==, rows[i].end_s * 1000000 + 5);
	}
	PinItem once = { .flags = PIN_ONCE, .uid = 1001, .expires_us = 9000000000, .name = B };
	add(table, A, 1001, 9000000000, "");
	(void)pin_table_add(table, &once);
	g_assert_cmpuint(pin_table_next_end(table), ==, LIMIT_PIN_ONCE_S * 1000000);
	g_assert_cmpstr(pin_table_expired(table, LIMIT_PIN_ONCE_S * 1000000)->name, ==, B);
	g_assert_true(pin_table_take(table, B, 5));
	g_assert_null(pin_table_of(table, ID));
	g_assert_true(pin_table_bind(table, B, 5, ID));
	g_assert_null(pin_table_expired(table, LIMIT_PIN_ONCE_S * 1000000));
	g_assert_cmpstr(pin_table_of(table, ID)->name, ==, B);
	pin_table_remove(table, B);
	g_assert_null(pin_table_of(table, ID));
	pin_table_free(table);
}

#define HEAD "sentinel-pins 1\n"
#define ROW(name, container, rest) name " " container " " rest " /home\n"
#define REST "1 1 10 2 3 0 1001 0 0 0"

static void test_table_texts(void)
{
	static const struct { const char *text; bool good; } rows[] = {
		{ HEAD, true }, { HEAD ROW(A, "-", REST), true }, { HEAD ROW(A, ID, "1 1 10 2 3 0 1001 0 0 2"), true }, { "", false }, { ROW(A, "-", REST), false },
		{ HEAD A " - " REST " /home", false }, { HEAD ROW(A, "-", REST) ROW(A, "-", "2 1 10 2 3 0 1001 0 0 0"), false },
		{ HEAD ROW(A, "-", REST) ROW(B, "-", REST), false }, { HEAD ROW("../" A, "-", REST), false }, { HEAD ROW(A, ID, REST), false },
		{ HEAD ROW(A, "-", "1 1 10 2 3 0 1001 0 0 2"), false }, { HEAD ROW(A, "-", "1 1 10 2 3 0 0 0 0 0"), false },
		{ HEAD ROW(A, "-", "1 1 10 2 3 0 1001 2 0 0"), false }, { HEAD ROW(A, "-", "1 1 10 2 3 0 1001 0 2 0"), false },
		{ HEAD ROW(A, "-", "1 1 18446744073709551615 2 3 0 1001 0 2 0"), true }, { HEAD ROW(A, "-", "1 1 18446744073709551615 2 3 0 1001 0 0 0"), false },
		{ HEAD ROW(A, "-", "1 1 10 2 3 0 1001 0 16 0"), true }, { HEAD ROW(A, "-", "1 1 18446744073709551615 2 3 0 1001 0 18 0"), false },
		{ HEAD ROW(A, "-", "1 1 10 2 3 0 1001 0 4 0"), true }, { HEAD ROW(A, "-", "1 1 10 2 3 0 1001 0 8 0"), false },
		{ HEAD ROW(A, "-", "1 1 10 2 3 0 1001 0 0 3"), false }, { HEAD ROW(A, "-", "1 1 -1 2 3 0 1001 0 0 0"), false },
		{ HEAD ROW(A, "-", "1 1 10 2 3 0 4294967296 0 0 0"), false }, { HEAD A " - 1 1\n", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		PinTable *table = pin_table_new();
		g_assert_true(pin_table_read(table, rows[i].text) == rows[i].good);
		g_assert_true(rows[i].good || pin_table_count(table) == 0);
		pin_table_free(table);
	}
}

static FILE *file_of(const char *text)
{
	return fmemopen((void *)(uintptr_t)text, strlen(text), "r");
}

#define PASSWD "root:x:0:0::/:/bin/sh\nalice:x:1001:1001::/:/bin/sh\n"

static void test_subid(void)
{
	static const struct { const char *title, *ranges, *accounts; SubidAnswer answer; uint32_t first; } rows[] = {
		{ "by name", "bob:300000:65536\nalice:100000:65536\n", PASSWD, SUBID_FOUND, 100000 },
		{ "by number", "1001:100000:65535\n", PASSWD, SUBID_FOUND, 100000 },
		{ "the first that is enough", "alice:100000:1000\nalice:300000:65536\n", PASSWD, SUBID_FOUND, 300000 },
		{ "comments and empty lines", "# ranges\n\nalice:100000:65536", PASSWD, SUBID_FOUND, 100000 },
		{ "none", "bob:100000:65536\n", PASSWD, SUBID_NONE, 0 },
		{ "too few", "alice:100000:65534\n", PASSWD, SUBID_NONE, 0 },
		{ "another's, too", "alice:100000:65536\nbob:165534:65536\n", PASSWD, SUBID_SHARED, 0 },
		{ "another's before", "bob:90000:10001\nalice:100000:65536\n", PASSWD, SUBID_SHARED, 0 },
		{ "beside another's", "bob:165535:65536\nalice:100000:65536\ncarol:90000:10000\n", PASSWD, SUBID_FOUND, 100000 },
		{ "an account in it", "alice:100000:65536\n", PASSWD "x:x:165534:1::/:/bin/sh\n", SUBID_SHARED, 0 },
		{ "an account behind it", "alice:100000:65536\n", PASSWD "x:x:165535:1::/:/bin/sh\n", SUBID_FOUND, 100000 },
		{ "the system's", "alice:0:65536\n", PASSWD, SUBID_SHARED, 0 },
		{ "beyond all ids", "alice:4294967000:65536\n", PASSWD, SUBID_UNKNOWN, 0 },
		{ "no numbers", "alice:x:65536\n", PASSWD, SUBID_UNKNOWN, 0 },
		{ "a field too many", "alice:100000:65536:\n", PASSWD, SUBID_UNKNOWN, 0 },
		{ "accounts nobody can read", "alice:100000:65536\n", "alice\n", SUBID_UNKNOWN, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		FILE *ranges = file_of(rows[i].ranges), *accounts = file_of(rows[i].accounts);
		uint32_t first = 0;
		g_test_message("%s", rows[i].title);
		g_assert_cmpint(subid_find(ranges, accounts, "alice", 1001, &first), ==, rows[i].answer);
		g_assert_cmpuint(first, ==, rows[i].first);
		(void)fclose(ranges);
		(void)fclose(accounts);
	}
	g_assert_cmpint(subid_find(NULL, NULL, "alice", 1001, &(uint32_t){ 0 }), ==, SUBID_UNKNOWN);
	g_autofree char *line = g_strnfill(LIMIT_SUBID_LINE_BYTES, 'x');
	FILE *ranges = file_of(line), *accounts = file_of(PASSWD);
	g_assert_cmpint(subid_find(ranges, accounts, "alice", 1001, &(uint32_t){ 0 }), ==, SUBID_UNKNOWN);
	(void)fclose(ranges);
	(void)fclose(accounts);
}

static void test_account(void)
{
	static const struct { uint32_t uid; PinMap map; bool good; uint32_t gid, range; } rows[] = {
		{ 1001, PIN_MAP_SELF, true, 1001, 0 }, { 1001, PIN_MAP_SUBUID, true, 1001, 100000 }, { 1002, PIN_MAP_SELF, true, 100, 0 },
		{ 998, PIN_MAP_SELF, true, 998, 0 },   { 1002, PIN_MAP_SUBUID, false, 0, 0 },        { 1003, PIN_MAP_SELF, false, 0, 0 },
		{ 1004, PIN_MAP_SELF, false, 0, 0 },   { 1005, PIN_MAP_SELF, false, 0, 0 },          { 0, PIN_MAP_SELF, false, 0, 0 },
		{ 65534, PIN_MAP_SELF, false, 0, 0 },  { UINT32_MAX, PIN_MAP_SELF, false, 0, 0 },    { 4711, PIN_MAP_SELF, false, 0, 0 },
	};
	g_autoptr(Scratch) dir = scratch_new();

	scratch_put(dir, "passwd", "root:x:0:0::/:/bin/sh\nalice:x:1001:1001::/:/bin/sh\nbob:x:1002:100::/:/bin/sh\nrunner:x:998:998::/:/bin/sh\n"
				   "power:x:1003:999::/:/bin/sh\nroots:x:1004:0::/:/bin/sh\ntwin:x:1005:1005::/:/bin/sh\ntwin2:x:1005:1005::/:/bin/sh\n");
	scratch_put(dir, "group", "root:x:0:\nalice:x:1001:\nusers:x:100:\nrunner:x:998:\ndocker:x:999:\ntwin:x:1005:\n");
	scratch_put(dir, "subid", "alice:100000:65536\n");
	g_autofree char *users = g_build_filename(dir, "passwd", NULL), *groups = g_build_filename(dir, "group", NULL), *ranges = g_build_filename(dir, "subid", NULL);
	const PinDatabases databases = { users, groups, ranges, ranges };
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		PinIds ids = { 0 };
		const char *problem = pin_account(&databases, rows[i].uid, rows[i].map, &ids);
		g_assert_true((problem == NULL) == rows[i].good);
		g_assert_cmpint(problem && strstr(problem, "pins are for people"), ==, rows[i].uid == 0 || rows[i].uid == 65534 || rows[i].uid == UINT32_MAX);
		g_assert_true(!rows[i].good || (ids.uid == rows[i].uid && ids.gid == rows[i].gid && ids.range == rows[i].range && ids.group_range == rows[i].range));
	}
}

#define ROOT_ROW "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"

static void test_below(void)
{
	static const struct { const char *rows; uint64_t mount; const char *path; Below below; } rows[] = {
		{ ROOT_ROW, 22, "/home/a", BELOW_NOTHING },
		{ ROOT_ROW, 23, "/home/a", BELOW_FOREIGN },
		{ ROOT_ROW "40 22 0:5 / /home/a/sub rw - tmpfs t rw\n", 22, "/home/a", BELOW_MOUNTS },
		{ ROOT_ROW "40 22 0:5 / /home/a rw - tmpfs t rw\n", 22, "/home/a", BELOW_MOUNTS },
		{ ROOT_ROW "40 22 0:5 / /home/ab rw - tmpfs t rw\n", 22, "/home/a", BELOW_NOTHING },
		{ ROOT_ROW "40 22 0:5 / /home rw - tmpfs t rw\n", 40, "/home/a", BELOW_NOTHING },
		{ ROOT_ROW "40 22 0:5 / /home/a\\040b/x rw - tmpfs t rw\n", 22, "/home/a b", BELOW_MOUNTS },
		{ ROOT_ROW "40 22 0:5 / /x rw - tmpfs t rw\n", 22, "/", BELOW_MOUNTS },
		{ ROOT_ROW "nonsense\n", 22, "/home/a", BELOW_UNKNOWN },
		{ "", 22, "/home/a", BELOW_FOREIGN },
	};
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "mountinfo", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		scratch_put(dir, "mountinfo", rows[i].rows);
		g_assert_cmpint(below_look(path, rows[i].mount, rows[i].path), ==, rows[i].below);
	}
	g_assert_cmpint(below_look("/nonexistent", 1, "/"), ==, BELOW_UNKNOWN);
}

/* What the kernel may say at each step, also one that is older or another than this machine's. */
static void test_refusals(void)
{
	static const struct { PinStep step; int error; const char *words; } rows[] = {
		{ PIN_STEP_CLONE, ENOSYS, "5.12" }, { PIN_STEP_IDMAP, ENOSYS, "5.12" }, { PIN_STEP_IDMAP, EINVAL, "ext4, xfs" }, { PIN_STEP_IDMAP, EPERM, "mapped already" },
		{ PIN_STEP_IDMAP, EBUSY, "did not map" }, { PIN_STEP_CLONE, EINVAL, "host's own" }, { PIN_STEP_CLONE, ENOSPC, "mount-max" }, { PIN_STEP_ATTACH, ENOSPC, "mount-max" },
		{ PIN_STEP_USERNS, ENOSPC, "max_user_namespaces" }, { PIN_STEP_USERNS, EPERM, "user namespace" }, { PIN_STEP_TYPE, EOPNOTSUPP, "tmpfs" },
		{ PIN_STEP_PLACE, ENOSPC, "full" }, { PIN_STEP_WRITE, ENOSPC, "/run is full" }, { PIN_STEP_TIME, ETIMEDOUT, "in time" }, { PIN_STEP_DESCRIPTOR, EBADF, "descriptor" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_nonnull(strstr(pin_refusal(rows[i].step, rows[i].error), rows[i].words));
	for (unsigned step = PIN_STEP_DONE + 1; step < PIN_STEP_COUNT; step++)
		g_assert_cmpstr(pin_refusal((PinStep)step, E2BIG), !=, "");
}

static void test_questions(void)
{
	static const struct { PinQuestion question; bool good; } rows[] = {
		{ { .ask = PIN_MAKE, .seconds = 1 }, true }, { { .ask = PIN_MAKE, .seconds = LIMIT_PIN_S }, true }, { { .ask = PIN_MAKE, .seconds = LIMIT_PIN_S + 1 }, false },
		{ { .ask = PIN_MAKE }, false }, { { .ask = PIN_MAKE, .seconds = 1, .map = PIN_MAP_COUNT }, false }, { { .ask = PIN_MAKE, .seconds = 1, .flags = PIN_KEEP }, false }, { { .ask = PIN_MAKE, .flags = PIN_KEEP | PIN_READ_ONLY }, true },
		{ { .ask = PIN_MAKE, .seconds = 1, .flags = PIN_SESSION }, false }, { { .ask = PIN_MAKE, .seconds = 1, .flags = PIN_ABSENT }, false },
		{ { .ask = PIN_LIST }, true }, { { .ask = PIN_DROP }, false }, { { .ask = PIN_DROP, .name = A }, true }, { { .ask = PIN_LOOK, .name = "../x" }, false },
		{ { .ask = PIN_TAKE, .name = A }, false }, { { .ask = PIN_TAKE, .name = A, .token = 1 }, true }, { { .ask = PIN_BIND, .name = A, .token = 1 }, true },
		{ { .ask = PIN_BIND, .name = A, .token = 1, .container = "x" }, false }, { { .ask = PIN_BIND, .name = A, .token = 1, .container = ID }, true },
		{ { .ask = PIN_MAKE, .seconds = 1, .flags = PIN_ONCE }, true }, { { .ask = PIN_MAKE, .flags = PIN_ONCE | PIN_KEEP }, false }, { { .ask = PIN_END }, false },
		{ { .ask = PIN_END, .container = "x" }, false }, { { .ask = PIN_END, .container = ID }, true }, { { .ask = PIN_ASK_COUNT }, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_true(pin_question_valid(&rows[i].question) == rows[i].good);
	PinQuestion endless = { .ask = PIN_LIST };
	memset(endless.name, 'a', sizeof endless.name);
	g_assert_false(pin_question_valid(&endless));
}

static void send_question(int fd, const PinQuestion *question, size_t length, unsigned descriptors)
{
	char control[CMSG_SPACE(8 * sizeof(int))] = { 0 };
	struct iovec part = { (void *)(uintptr_t)question, length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (descriptors) {
		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
		struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
		*rights = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(descriptors * sizeof(int)) };
		memset(CMSG_DATA(rights), 0, descriptors * sizeof(int));
	}
	g_assert_cmpint(sendmsg(fd, &message, 0), ==, (ssize_t)length);
}

static unsigned count_open(void)
{
	GDir *dir = g_dir_open("/proc/self/fd", 0, NULL);
	unsigned count = 0;

	while (g_dir_read_name(dir))
		count++;
	g_dir_close(dir);
	return count;
}

static void test_messages(void)
{
	static const struct { PinAsk ask; size_t less; unsigned descriptors; bool good; } rows[] = {
		{ PIN_MAKE, 0, 1, true }, { PIN_MAKE, 0, 0, false }, { PIN_MAKE, 0, 2, false }, { PIN_MAKE, 0, 8, false }, { PIN_LIST, 0, 0, true },
		{ PIN_LIST, 0, 1, false }, { PIN_LIST, 1, 0, false },
	};
	const unsigned open_before = count_open();
	int ends[2], directory;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const PinQuestion question = { .ask = rows[i].ask, .seconds = 1 };
		PinQuestion read;
		g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), ==, 0);
		send_question(ends[0], &question, sizeof question - rows[i].less, rows[i].descriptors);
		g_assert_true(pin_message_receive(ends[1], &read, &directory) == rows[i].good);
		g_assert_true((directory >= 0) == (rows[i].good && rows[i].descriptors));
		if (directory >= 0)
			(void)close(directory);
		(void)close(ends[0]);
		(void)close(ends[1]);
	}
	g_assert_cmpuint(count_open(), ==, open_before); /* none was left open */
}

/* How many may be made at a time, and be there: of one user, and of all.  One that has room is refused for its owner, whom nobody knows. */
static void test_room(void)
{
	static const struct { PinMaking making; unsigned own, others; PinResult result; const char *says; } rows[] = {
		{ { LIMIT_PIN_MAKING_PER_USER - 1, LIMIT_PIN_MAKING - 1 }, 0, 0, PIN_REFUSED, "" }, { { LIMIT_PIN_MAKING_PER_USER, 0 }, 0, 0, PIN_FULL, "are being made" },
		{ { 0, LIMIT_PIN_MAKING }, 0, 0, PIN_FULL, "are being made" }, { { 0, 0 }, LIMIT_PINS_PER_USER, 0, PIN_FULL, "as one user may have" },
		{ { 1, 1 }, LIMIT_PINS_PER_USER - 1, 0, PIN_FULL, "as one user may have" }, { { 1, 1 }, LIMIT_PINS_PER_USER - 2, 0, PIN_REFUSED, "" },
		{ { 0, 0 }, 0, LIMIT_PINS, PIN_FULL, "as this host may have" }, { { 0, 1 }, 0, LIMIT_PINS - 1, PIN_FULL, "as this host may have" }, { { 0, 0 }, 0, LIMIT_PINS - 1, PIN_REFUSED, "" },
	};
	static const PinDatabases nobody = { "/nonexistent", "/nonexistent", "/nonexistent", "/nonexistent" };
	const PinQuestion question = { .ask = PIN_MAKE, .uid = 1001, .seconds = 1 };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		PinKeeper keeper = { .databases = &nobody, .table = pin_table_new() };
		PinAnswer answer = { 0 };
		char name[PIN_NAME_LENGTH + 8];
		int userns;
		for (unsigned j = 0; j < rows[i].own + rows[i].others; j++) {
			PinItem item = { .expires_us = 1, .uid = j < rows[i].own ? question.uid : 2000 + j };
			(void)g_snprintf(item.name, sizeof item.name, "%032x", j);
			g_assert_nonnull(pin_table_add(keeper.table, &item));
		}
		g_assert_false(pin_keeper_prepare(&keeper, &question, rows[i].making, &answer, name, &userns));
		g_assert_cmpint(answer.result, ==, rows[i].result);
		g_assert_nonnull(strstr(answer.text, rows[i].says));
		pin_table_free(keeper.table);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pin/table", test_table);
	g_test_add_func("/pin/ends", test_ends);
	g_test_add_func("/pin/table-texts", test_table_texts);
	g_test_add_func("/pin/subid", test_subid);
	g_test_add_func("/pin/account", test_account);
	g_test_add_func("/pin/below", test_below);
	g_test_add_func("/pin/refusals", test_refusals);
	g_test_add_func("/pin/questions", test_questions);
	g_test_add_func("/pin/messages", test_messages);
	g_test_add_func("/pin/room", test_room);
	return g_test_run();
}
