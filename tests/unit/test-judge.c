/* SPDX-License-Identifier: MIT
 *
 * The judge's door, as a proxy sees it; and the marks by which the plugin knows what was judged there.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "authz/judge-read.h"
#include "authz/judge.h"
#include "core/marks.h"
#include "plugin-fixture.h"

#define SECOND_US INT64_C(1000000)
#define TARGET "/v1.41/containers/create?name=a"
#define CONTAINER "0123456789abcdef"
#define JSON_TYPE "application/json"
#define ALL_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static const ApiCall judged = { .method = "POST", .uri = TARGET, .body = "{}", .body_length = 2, .content_type = JSON_TYPE, .content_length = "2" };

/* What Docker may show of another call, with a mark that is good. */
static void test_marks(void)
{
	const struct { const char *name; ApiCall call; int64_t after_us; bool passes; } rows[] = {
		{ "the same", judged, 0, true },
		{ "the last moment", judged, LIMIT_MARK_S * SECOND_US - 1, true },
		{ "too late", judged, LIMIT_MARK_S * SECOND_US, false },
		{ "another method", { .method = "PUT", .uri = TARGET, .body = "{}", .body_length = 2, .content_type = JSON_TYPE, .content_length = "2" }, 0, false },
		{ "another target", { .method = "POST", .uri = TARGET "b", .body = "{}", .body_length = 2, .content_type = JSON_TYPE, .content_length = "2" }, 0, false },
		{ "another body", { .method = "POST", .uri = TARGET, .body = "[]", .body_length = 2, .content_type = JSON_TYPE, .content_length = "2" }, 0, false },
		{ "another type", { .method = "POST", .uri = TARGET, .body = "{}", .body_length = 2, .content_type = "text/json", .content_length = "2" }, 0, false },
		{ "another length", { .method = "POST", .uri = TARGET, .content_type = JSON_TYPE, .content_length = "3" }, 0, false },
		{ "a body that is not shown", { .method = "POST", .uri = TARGET, .content_type = JSON_TYPE, .content_length = "2" }, 0, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Marks *marks = marks_new();
		char mark[JUDGE_MARK_DIGITS + 1];
		g_test_message("%s", rows[i].name);
		g_assert_true(marks_make(marks, &judged, SECOND_US, mark));
		g_assert_cmpuint(strlen(mark), ==, JUDGE_MARK_DIGITS);
		g_assert_false(marks_taken(marks, mark));
		g_assert_cmpint(marks_take(marks, mark, &rows[i].call, SECOND_US + rows[i].after_us), ==, rows[i].passes);
		g_assert_cmpint(marks_taken(marks, mark), ==, rows[i].passes);
		g_assert_false(marks_take(marks, mark, &rows[i].call, SECOND_US) && rows[i].passes); /* once */
		marks_end(marks, mark);
		g_assert_false(marks_taken(marks, mark));
		g_assert_false(marks_take(marks, mark, &judged, SECOND_US));
		marks_free(marks);
	}
}

static void test_marks_bounded(void)
{
	char mark[JUDGE_MARK_DIGITS + 1], first[JUDGE_MARK_DIGITS + 1];
	Marks *marks = marks_new();

	for (unsigned i = 0; i < LIMIT_JUDGE_CALLS; i++)
		g_assert_true(marks_make(marks, &judged, 0, i ? mark : first));
	g_assert_false(marks_make(marks, &judged, 0, mark));
	marks_end(marks, first);
	g_assert_true(marks_make(marks, &judged, 0, mark));
	g_assert_cmpstr(mark, !=, first);
	marks_free(marks);
}

/* A question as a proxy writes it. */
static GByteArray *question(JudgeQuestion head, const char *const texts[JUDGE_TEXTS])
{
	GByteArray *packet = g_byte_array_new();
	const uint32_t gids[] = { 0, 4242 };

	head.version = head.version ? head.version : JUDGE_VERSION;
	for (int i = 0; i < JUDGE_TEXTS; i++)
		head.texts[i] += (uint32_t)strlen(texts[i]);
	(void)g_byte_array_append(packet, (const guint8 *)&head, sizeof head);
	(void)g_byte_array_append(packet, (const guint8 *)gids, (guint)MIN(head.groups * sizeof *gids, sizeof gids));
	for (int i = 0; i < JUDGE_TEXTS; i++)
		(void)g_byte_array_append(packet, (const guint8 *)texts[i], (guint)strlen(texts[i]));
	return packet;
}

/* A body in memory, with these seals. */
static int make_file(const char *text, int seals)
{
	int fd = memfd_create("body", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, text, strlen(text)), ==, (ssize_t)strlen(text));
	g_assert_cmpint(fcntl(fd, F_ADD_SEALS, seals), ==, 0);
	return fd;
}

#define HAS (JUDGE_HAS_TYPE | JUDGE_HAS_BODY)
static const struct {
	const char *name;
	JudgeQuestion head;
	const char *texts[JUDGE_TEXTS];
	int seals; /* of a descriptor that comes with it; -1: none does */
	bool good;
} read_rows[] = {
	{ "whole", { .ask = JUDGE_ASK, .flags = HAS, .groups = 2 }, { "tools", "docker", "", "", "POST", TARGET, JSON_TYPE, "2", "{}" }, -1, true },
	{ "a stream", { .ask = JUDGE_ASK }, { "tools", "", "", "", "POST", "/build", "", "", "" }, -1, true },
	{ "in a descriptor", { .ask = JUDGE_ASK, .flags = HAS | JUDGE_DESCRIPTOR, .body_bytes = 2 }, { "tools", "", "", "", "POST", TARGET, JSON_TYPE, "2", "" }, ALL_SEALS, true },
	{ "that can be written", { .ask = JUDGE_ASK, .flags = HAS | JUDGE_DESCRIPTOR, .body_bytes = 2 }, { "tools", "", "", "", "POST", TARGET, "", "2", "" }, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL, false },
	{ "that can shrink", { .ask = JUDGE_ASK, .flags = HAS | JUDGE_DESCRIPTOR, .body_bytes = 2 }, { "tools", "", "", "", "POST", TARGET, "", "2", "" }, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SEAL, false },
	{ "without any seal", { .ask = JUDGE_ASK, .flags = HAS | JUDGE_DESCRIPTOR, .body_bytes = 2 }, { "tools", "", "", "", "POST", TARGET, "", "2", "" }, 0, false },
	{ "of another length", { .ask = JUDGE_ASK, .flags = HAS | JUDGE_DESCRIPTOR, .body_bytes = 3 }, { "tools", "", "", "", "POST", TARGET, "", "3", "" }, ALL_SEALS, false },
	{ "in none", { .ask = JUDGE_ASK, .flags = HAS | JUDGE_DESCRIPTOR, .body_bytes = 2 }, { "tools", "", "", "", "POST", TARGET, "", "2", "" }, -1, false },
	{ "in both", { .ask = JUDGE_ASK, .flags = HAS | JUDGE_DESCRIPTOR, .body_bytes = 2 }, { "tools", "", "", "", "POST", TARGET, "", "2", "{}" }, ALL_SEALS, false },
	{ "a body that is not said", { .ask = JUDGE_ASK }, { "tools", "", "", "", "POST", TARGET, "", "2", "{}" }, -1, false },
	{ "another version", { .version = JUDGE_VERSION + 1, .ask = JUDGE_ASK, .flags = HAS }, { "tools", "", "", "", "POST", TARGET, "", "2", "{}" }, -1, false },
	{ "another question", { .ask = JUDGE_DONE + 1, .flags = HAS }, { "tools", "", "", "", "POST", TARGET, "", "2", "{}" }, -1, false },
	{ "no socket", { .ask = JUDGE_ASK }, { "", "", "", "", "GET", "/info", "", "", "" }, -1, false },
	{ "no method", { .ask = JUDGE_ASK }, { "tools", "", "", "", "", "/info", "", "", "" }, -1, false },
	{ "nobody", { .ask = JUDGE_ASK, .uid = USER_NO_ID }, { "tools", "", "", "", "GET", "/info", "", "", "" }, -1, false },
	{ "a line feed", { .ask = JUDGE_ASK }, { "tools", "", "", "", "GET", "/in\nfo", "", "", "" }, -1, false },
	{ "groups that are not there", { .ask = JUDGE_ASK, .groups = 1000 }, { "tools", "", "", "", "GET", "/info", "", "", "" }, -1, false },
	{ "too many groups", { .ask = JUDGE_ASK, .groups = LIMIT_JUDGE_GROUPS + 1 }, { "tools", "", "", "", "GET", "/info", "", "", "" }, -1, false },
	{ "a text beyond its end", { .ask = JUDGE_ASK, .texts = { [JUDGE_TEXT_TARGET] = 1 } }, { "tools", "", "", "", "GET", "/info", "", "", "" }, -1, false },
	{ "over", { .ask = JUDGE_DONE, .status = 201 }, { "", "", "", "", "", "", "", "", "{\"Id\":\"a\"}" }, -1, true },
};

static void test_read(void)
{
	Accounts *accounts = accounts_new();

	for (size_t i = 0; i < G_N_ELEMENTS(read_rows); i++) {
		g_autoptr(GByteArray) packet = question(read_rows[i].head, read_rows[i].texts);
		g_autoptr(Arena) arena = arena_new();
		int fd = read_rows[i].seals < 0 ? -1 : make_file("{}", read_rows[i].seals);
		JudgeAsked asked;
		g_test_message("%s", read_rows[i].name);
		g_assert_cmpint(judge_read((const char *)packet->data, packet->len, fd, accounts, arena, &asked), ==, read_rows[i].good);
		if (read_rows[i].good && *read_rows[i].texts[JUDGE_TEXT_LENGTH])
			g_assert_cmpmem(asked.envelope.call.body, asked.envelope.call.body_length, "{}", 2);
		asked_clear(&asked);
		if (fd >= 0)
			(void)close(fd);
		for (guint cut = 0; cut < packet->len; cut++) {
			g_autoptr(Arena) other = arena_new();
			g_assert_false(judge_read((const char *)packet->data, cut, -1, accounts, other, &asked));
			asked_clear(&asked);
		}
	}
	accounts_free(accounts);
}

/* Groups that the process has, by the names that the database has for them; others by their numbers. */
static void test_groups(void)
{
	Accounts *accounts = accounts_new();
	g_autoptr(GByteArray) packet = question(read_rows[0].head, read_rows[0].texts);
	g_autoptr(Arena) arena = arena_new();
	JudgeAsked asked;

	g_assert_true(judge_read((const char *)packet->data, packet->len, -1, accounts, arena, &asked));
	g_assert_true(asked.caller.complete);
	g_assert_cmpuint(asked.caller.count, ==, 1);
	const Candidate *candidate = asked.caller.candidates;
	g_assert_cmpstr(candidate->name, ==, "root");
	g_assert_cmpuint(candidate->group_count, ==, 2);
	g_assert_cmpstr(candidate->groups[0].name, ==, "root");
	g_assert_cmpstr(candidate->groups[1].name, ==, "4242");
	accounts_free(accounts);
}

/* As many as there may be, and one more. */
static void test_many_groups(void)
{
	Accounts *accounts = accounts_new();

	for (uint32_t more = 0; more < 2; more++) {
		JudgeQuestion head = { .ask = JUDGE_ASK };
		g_autoptr(GByteArray) rest = question(head, read_rows[0].texts), packet = g_byte_array_new();
		g_autoptr(Arena) arena = arena_new();
		JudgeAsked asked;
		memcpy(&head, rest->data, sizeof head);
		head.groups = LIMIT_JUDGE_GROUPS + more;
		head.flags = read_rows[0].head.flags;
		(void)g_byte_array_append(packet, (const guint8 *)&head, sizeof head);
		for (uint32_t gid = 1000; gid < 1000 + head.groups; gid++)
			(void)g_byte_array_append(packet, (const guint8 *)&gid, sizeof gid);
		(void)g_byte_array_append(packet, rest->data + sizeof head, rest->len - (guint)sizeof head);
		g_assert_cmpint(judge_read((const char *)packet->data, packet->len, -1, accounts, arena, &asked), ==, !more);
		asked_clear(&asked);
	}
	accounts_free(accounts);
}

typedef struct Door {
	Fixture f;
	Judge *judge;
	int fd;
	char *dir;
} Door;

/* "tools" is as a socket is without any key. */
static void add_sockets(Fixture *f)
{
	static const char text[] = "sockets:\n  tools:\n  box: {identity: fixed}\n  away: {upstream: 'unix:///run/podman/podman.sock'}\n  absent: {policy: nowhere}\n"
		"  shut: {identity: fixed, policy: nowhere}\n  part: {read: {hide: [environment]}}\n";
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Config) config = config_parse("config.yaml", text, strlen(text), diagnostics);
	const World *world = world_acquire(f->plugin.cell);

	g_assert_nonnull(config);
	(void)world_publish_sockets(f->plugin.cell, world->policy, world->fail_mode, world->log_reads, config->sockets);
	world_release(world);
}

static void open_door(Door *door, gconstpointer data)
{
	door->dir = scratch_new();
	g_autofree char *path = g_build_filename(door->dir, "judge", NULL);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	g_autoptr(GError) error = NULL;

	set_up(&door->f, data);
	add_sockets(&door->f);
	door->f.plugin.marks = marks_new();
	door->judge = judge_start(&door->f.plugin, path, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(g_strlcpy(address.sun_path, path, sizeof address.sun_path), <, sizeof address.sun_path);
	door->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	g_assert_cmpint(connect(door->fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
}

static void close_door(Door *door, gconstpointer data)
{
	(void)close(door->fd);
	judge_stop(door->judge);
	judge_stop(NULL);
	g_autofree char *path = g_build_filename(door->dir, "judge", NULL);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS)); /* nobody comes any more */
	marks_free(door->f.plugin.marks);
	tear_down(&door->f, data);
	scratch_free(door->dir);
}

static void say_at(const Door *door, const char *socket, const char *stranger, uint64_t number, JudgeAsk ask, const char *body)
{
	const char *const texts[JUDGE_TEXTS] = { socket, "docker", *stranger ? CONTAINER : "", stranger, "POST", TARGET, JSON_TYPE, "9", body }, *const none[JUDGE_TEXTS] = { "", "", "", "", "", "", "", "", "" };
	g_autoptr(GByteArray) packet = question((JudgeQuestion){ .ask = ask, .number = number, .flags = ask == JUDGE_ASK ? HAS : 0 }, ask == JUDGE_ASK ? texts : none);

	g_assert_cmpint(send(door->fd, packet->data, packet->len, MSG_NOSIGNAL), ==, (ssize_t)packet->len);
}

static void say(const Door *door, uint64_t number, JudgeAsk ask, const char *body)
{
	say_at(door, "tools", "", number, ask, body);
}

/* The answer, with its text behind it; false: the judge has hung up. */
static bool hear(const Door *door, JudgeAnswer *ret, char text[4096])
{
	char room[LIMIT_JUDGE_PACKET_BYTES];
	ssize_t length = recv(door->fd, room, sizeof room, 0);

	if (length < (ssize_t)sizeof *ret)
		return false;
	memcpy(ret, room, sizeof *ret);
	size_t said = 0;
	for (int i = 0; i < JUDGE_SAYS; i++)
		said += ret->texts[i];
	g_assert_cmpuint(said + sizeof *ret, ==, (size_t)length);
	(void)g_strlcpy(text, room + sizeof *ret, MIN((size_t)4096, said + (size_t)1));
	return true;
}

static const char *marked(Fixture *f, const char *body, const char *mark)
{
	g_autofree char *base64 = g_base64_encode((const guchar *)body, strlen(body));

	return arena_printf(f->arena, "{\"RequestMethod\":\"POST\",\"RequestUri\":\"" TARGET "\",\"RequestBody\":\"%s\",\"RequestHeaders\":{\"Content-Type\":\"" JSON_TYPE
		"\",\"Content-Length\":\"9\",\"X-Sentinel-Call\":\"%.*s\"}}\n", base64, (int)JUDGE_MARK_DIGITS, mark);
}

/* So many sockets have a judge, and one more is sent away. */
static void test_proxies(Door *door, gconstpointer data)
{
	g_autofree char *path = g_build_filename(door->dir, "judge", NULL);
	const struct timeval patience = { .tv_sec = 10 };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fds[LIMIT_JUDGE_PROXIES];
	char byte;

	(void)data;
	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	for (size_t i = 0; i < G_N_ELEMENTS(fds); i++) {
		fds[i] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
		g_assert_cmpint(setsockopt(fds[i], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), ==, 0);
		g_assert_cmpint(connect(fds[i], (const struct sockaddr *)&address, sizeof address), ==, 0);
	}
	g_assert_cmpint(recv(fds[G_N_ELEMENTS(fds) - 1], &byte, sizeof byte, 0), ==, 0);
	g_assert_cmpint(recv(fds[G_N_ELEMENTS(fds) - 2], &byte, sizeof byte, MSG_DONTWAIT), ==, -1);
	for (size_t i = 0; i < G_N_ELEMENTS(fds); i++)
		(void)close(fds[i]);
}

static void test_door(Door *door, gconstpointer data)
{
	JudgeAnswer answer;
	char text[4096];
	Fixture *f = &door->f;

	(void)data;
	say(door, 1, JUDGE_ASK, privileged);
	g_assert_true(hear(door, &answer, text));
	g_assert_cmpint(answer.verdict, ==, JUDGE_DENIED);
	g_assert_nonnull(strstr(text, "BLOCKED BY SENTINEL"));
	g_assert_nonnull(strstr(f->memory.last, "\"user\":\"root\",\"socket\":\"tools\",\"program\":\"docker\""));
	say(door, 2, JUDGE_ASK, harmless);
	g_assert_true(hear(door, &answer, text));
	g_assert_cmpint(answer.verdict, ==, JUDGE_ALLOWED);
	g_assert_cmpuint(answer.flags, ==, JUDGE_SHOW_ANSWER | JUDGE_FOLLOWED);
	g_assert_cmpuint(f->memory.lines, ==, 2);
	/* Docker asks: what was judged passes once, and nothing else with that mark. */
	g_assert_nonnull(strstr(ask(f, REQUEST, marked(f, privileged, answer.mark)).body, "\"Allow\":false"));
	g_assert_cmpuint(f->memory.lines, ==, 3);
	g_assert_true(ask(f, REQUEST, marked(f, harmless, answer.mark)).body == plugin_allowed.body);
	g_assert_cmpuint(f->memory.lines, ==, 3);
	g_assert_true(ask(f, REQUEST, marked(f, harmless, answer.mark)).body == plugin_allowed.body);
	g_assert_cmpuint(f->memory.lines, ==, 4); /* judged */
	say(door, 2, JUDGE_DONE, "");
	say(door, 3, JUDGE_ASK, privileged);
	g_assert_true(hear(door, &answer, text)); /* after DONE was taken */
	g_assert_false(marks_taken(f->plugin.marks, answer.mark));
}

/* Which sockets there are, who calls at each, and where it is sent. */
static void test_sockets(Door *door, gconstpointer data)
{
	static const struct { const char *socket, *stranger; JudgeVerdict verdict; const char *text, *user, *rule; } rows[] = {
		{ "tools", "", JUDGE_ALLOWED, "", "\"user\":\"root\",\"socket\":\"tools\",\"program\":\"docker\",\"method\"", "" },
		{ "tools", "it is in a container", JUDGE_DENIED, "knows who calls only on this machine itself: it is in a container", "\"user\":\"\",\"socket\":\"tools\"", "builtin.socket-caller" },
		{ "box", "it is in a container", JUDGE_ALLOWED, "", "\"user\":\"socket:box\",\"socket\":\"box\",\"program\":\"docker\",\"caller_container\":\"" CONTAINER "\"", "" },
		{ "away", "", JUDGE_ALLOWED, "/run/podman/podman.sock", "\"socket\":\"away\"", "" },
		{ "other", "", JUDGE_DENIED, "socket other is not in config.yaml", "\"user\":\"root\",\"socket\":\"other\"", "builtin.socket-unknown" },
		{ "other", "it is in a container", JUDGE_DENIED, "socket other is not in config.yaml", "\"user\":\"\",\"socket\":\"other\"", "builtin.socket-unknown" },
		{ "absent", "", JUDGE_DENIED, "policy cannot be had, so nothing is let through: nowhere", "\"user\":\"root\",\"socket\":\"absent\"", "builtin.socket-policy" },
		{ "shut", "", JUDGE_DENIED, "policy cannot be had", "\"user\":\"socket:shut\",\"socket\":\"shut\"", "builtin.socket-policy" },
		{ "part", "", JUDGE_DENIED, "of this call nobody knows what it tells", "\"user\":\"root\",\"socket\":\"part\"", "builtin.socket-read" },
	};
	JudgeAnswer answer;
	char text[4096];

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].socket);
		unsigned lines = door->f.memory.lines;
		bool denied = rows[i].verdict == JUDGE_DENIED;
		say_at(door, rows[i].socket, rows[i].stranger, i + 1, JUDGE_ASK, harmless);
		g_assert_true(hear(door, &answer, text));
		g_assert_cmpint(answer.verdict, ==, rows[i].verdict);
		/* Who listens elsewhere could use a mark at Docker's own socket. */
		g_assert_cmpint(*answer.mark != 0, ==, !denied && strcmp(rows[i].socket, "away") != 0);
		g_assert_nonnull(strstr(text, rows[i].text));
		g_assert_cmpuint(door->f.memory.lines, ==, lines + 1);
		if (!strstr(door->f.memory.last, rows[i].user) || !strstr(door->f.memory.last, denied ? rows[i].rule : ""))
			g_error("%s", door->f.memory.last);
		g_assert_cmpint(strstr(door->f.memory.last, "\"decision\":\"denied\"") != NULL, ==, denied);
		g_assert_nonnull(strstr(door->f.memory.last, "\"method\":\"POST\",\"uri\":\"/v1.41/containers/create?name=\""));
		g_autofree char *told = g_strdup_printf("sentinel audit show %" G_GUINT64_FORMAT, door->f.memory.next_id);
		g_assert_cmpint(strstr(text, told) != NULL, ==, denied);
	}
	g_assert_cmpuint(door->f.status.denied, ==, 6);
}

/* Refused without a trail, too, and whatever fails: then with no number. */
static void test_refused_unwritten(Door *door, gconstpointer data)
{
	JudgeAnswer answer;
	char text[4096];

	(void)data;
	door->f.memory.failure = -ENOSPC;
	publish(&door->f, "audit", FAIL_OPEN, LOG_READS_NONE);
	say_at(door, "other", "", 1, JUDGE_ASK, harmless);
	g_assert_true(hear(door, &answer, text));
	g_assert_cmpint(answer.verdict, ==, JUDGE_DENIED);
	g_assert_nonnull(strstr(text, "socket other is not in config.yaml"));
	g_assert_null(strstr(text, "audit show"));
	g_assert_cmpuint(door->f.memory.lines, ==, 0);
}

/* What no proxy says ends the connection, and what it had open. */
static void test_nonsense(Door *door, gconstpointer data)
{
	const char *const number = data;
	JudgeAnswer answer;
	char text[4096];

	say(door, 1, JUDGE_ASK, harmless);
	g_assert_true(hear(door, &answer, text));
	if (*number)
		say(door, (uint64_t)g_ascii_strtoull(number, NULL, 10), *number == '1' ? JUDGE_ASK : JUDGE_DONE, harmless);
	else
		g_assert_cmpint(send(door->fd, "x", 1, MSG_NOSIGNAL), ==, 1);
	g_assert_false(hear(door, &answer, text));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/judge/marks", test_marks);
	g_test_add_func("/judge/marks-bounded", test_marks_bounded);
	g_test_add_func("/judge/read", test_read);
	g_test_add_func("/judge/groups", test_groups);
	g_test_add_func("/judge/many-groups", test_many_groups);
	g_test_add("/judge/door", Door, NULL, open_door, test_door, close_door);
	g_test_add("/judge/proxies", Door, NULL, open_door, test_proxies, close_door);
	g_test_add("/judge/sockets", Door, NULL, open_door, test_sockets, close_door);
	g_test_add("/judge/refused-unwritten", Door, NULL, open_door, test_refused_unwritten, close_door);
	g_test_add("/judge/nonsense", Door, "", open_door, test_nonsense, close_door);
	g_test_add("/judge/number-twice", Door, "1", open_door, test_nonsense, close_door);
	g_test_add("/judge/unknown-number", Door, "7", open_door, test_nonsense, close_door);
	return g_test_run();
}
