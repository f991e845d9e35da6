/* SPDX-License-Identifier: MIT
 *
 * Who writes policies: what is asked before anything is written, what is refused, and that then nothing was changed.
 */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "core/write-client.h"
#include "helper/write-serve.h"
#include "policy/store.h"
#include "policy/templates.h"
#include "scratch.h"

#define SENDER ":1.7"
#define POLICY(name, mode) "version: \"1.0\"\nname: " name "\nmode: " mode "\n"
#define CONFIG "# ours\nactive_policy: now\nfail_mode: closed\n"

/* The service at one end, what writes at the other, as a thread; polkit is this. */
typedef struct Bed {
	char *dir, *socket;
	Paths *paths;
	int listener;
	FILE *lock;
	GThread *thread;
	WriteResult says;
	uid_t uid;
	unsigned asked;
	WriteRight right;
	char *details;
	const char *meanwhile; /* config.yaml becomes this while they are asked */
} Bed;

static WriteResult play(const WriteAsk *ask, uid_t *ret_uid, void *data)
{
	Bed *bed = data;

	bed->asked++;
	bed->right = ask->right;
	g_free(bed->details);
	bed->details = g_strdup_printf("%s|%s|%s|%s|%d", ask->sender, ask->policy, ask->mode ? ask->mode : "-", ask->why ? ask->why : "-", ask->interactive);
	if (bed->meanwhile)
		scratch_put(bed->dir, "config.yaml", bed->meanwhile);
	*ret_uid = bed->uid;
	return bed->says;
}

static gpointer serve(gpointer data)
{
	Bed *bed = data;
	int connection = accept(bed->listener, NULL, NULL);

	write_serve(connection, bed->paths, fileno(bed->lock), play, bed);
	(void)close(connection);
	return NULL;
}

static void put_policy(const Bed *bed, const char *name, const char *text)
{
	g_autofree char *file = g_strconcat(name, ".yaml", NULL);

	scratch_put(bed->paths->policies_dir, file, text);
}

static void bed_start(Bed *bed)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	g_autoptr(GError) error = NULL;

	*bed = (Bed){ .dir = scratch_new(), .uid = 1000 };
	bed->lock = tmpfile();
	bed->paths = paths_new(bed->dir);
	bed->socket = g_build_filename(bed->dir, "socket", NULL);
	g_assert_true(paths_prepare(bed->paths, &error));
	scratch_put(bed->dir, "config.yaml", CONFIG);
	put_policy(bed, "now", POLICY("now", "warn"));
	put_policy(bed, "lax", POLICY("lax", "audit"));
	put_policy(bed, "hard", POLICY("hard", "enforce"));
	put_policy(bed, "bad", "name: [\n");
	bed->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)g_strlcpy(address.sun_path, bed->socket, sizeof address.sun_path);
	g_assert_cmpint(bind(bed->listener, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(bed->listener, 4), ==, 0);
}

static void bed_stop(Bed *bed)
{
	(void)close(bed->listener);
	(void)fclose(bed->lock);
	paths_free(bed->paths);
	g_free(bed->socket);
	g_free(bed->details);
	scratch_free(bed->dir);
}

/* The answer to a question, which `client` goes on with; NULL: the helper has hung up. */
static WriteClient *begin(Bed *bed, const WriteWish *wish, WriteAnswer *ret)
{
	g_autoptr(GError) error = NULL;

	bed->thread = g_thread_new("writer", serve, bed);
	WriteClient *client = write_client_new(bed->socket, wish, &error);
	g_assert_no_error(error);
	g_assert_true(write_client_ask(client));
	char byte;
	if (recv(write_client_descriptor(client), &byte, 1, MSG_PEEK) == 1 && write_client_hear(client, ret))
		return client;
	write_client_free(client);
	g_thread_join(bed->thread);
	return NULL;
}

static void end(Bed *bed, WriteClient *client)
{
	write_client_free(client);
	g_thread_join(bed->thread);
}

static char *state(const Bed *bed)
{
	g_autoptr(GPtrArray) infos = store_list(bed->paths->policies_dir, NULL);
	GString *all = g_string_new(NULL);

	for (guint i = 0; i < infos->len; i++) {
		const PolicyInfo *info = g_ptr_array_index(infos, i);
		g_string_append_printf(all, "%s %s\n", info->name, info->mode);
	}
	g_autofree char *config = scratch_get(bed->dir, "config.yaml");
	g_string_append(all, config);
	return g_string_free(all, FALSE);
}

#define WISH(kind_, name_, text_) ((WriteWish){ .order = { kind_, name_, text_ }, .sender = SENDER })

/* What is written, and put back. */
static void test_steps(void)
{
	static const struct {
		WriteWish wish;
		const char *file, *after; /* NULL: it is gone */
	} rows[] = {
		{ WISH(WRITE_USE, "hard", NULL), "config.yaml", "# ours\nactive_policy: hard\nfail_mode: closed\n" },
		{ WISH(WRITE_POLICY, "new", POLICY("new", "warn")), "policies/new.yaml", POLICY("new", "warn") },
		{ WISH(WRITE_POLICY, "hard", POLICY("hard", "warn")), "policies/hard.yaml", POLICY("hard", "warn") },
		{ WISH(WRITE_ADOPT, "new", POLICY("new", "enforce")), "config.yaml", "# ours\nactive_policy: new\nfail_mode: closed\n" },
		{ WISH(WRITE_ADOPT_LAXER, "new", POLICY("new", "audit")), "policies/new.yaml", POLICY("new", "audit") },
		{ WISH(WRITE_DELETE, "hard", NULL), "policies/hard.yaml", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Bed bed;
		WriteAnswer answer;
		g_autoptr(GError) error = NULL;
		bed_start(&bed);
		g_autofree char *before = state(&bed), *path = g_build_filename(bed.dir, rows[i].file, NULL);
		WriteClient *client = begin(&bed, &rows[i].wish, &answer);
		g_assert_cmpuint(answer.result, ==, WRITE_YES);
		g_autofree char *asked = state(&bed);
		g_assert_cmpstr(asked, ==, before); /* nothing before it is told to */
		g_assert_true(write_client_step(client, WRITE_COMMIT, &error));
		g_assert_no_error(error);
		g_assert_cmpint(g_file_test(path, G_FILE_TEST_EXISTS), ==, rows[i].after != NULL);
		g_autofree char *after = rows[i].after ? scratch_get(bed.dir, rows[i].file) : NULL;
		g_assert_cmpstr(after, ==, rows[i].after);
		if (rows[i].wish.order.kind != WRITE_DELETE) {
			g_assert_true(write_client_step(client, WRITE_UNDO, &error));
			g_autofree char *undone = state(&bed);
			g_assert_cmpstr(undone, ==, before);
		}
		end(&bed, client);
		g_assert_cmpuint(bed.asked, ==, 1);
		bed_stop(&bed);
	}
}

/* Which right is asked for: what the files say, and never less. */
static void test_rights(void)
{
	static const struct {
		WriteWish wish;
		const char *config; /* NULL: CONFIG */
		WriteRight right;
		const char *details;
	} rows[] = {
		{ WISH(WRITE_USE, "hard", NULL), NULL, WRITE_RIGHT_MANAGE, ":1.7|hard|enforce|-|0" },
		{ WISH(WRITE_USE, "lax", NULL), NULL, WRITE_RIGHT_RELAX, ":1.7|lax|audit|mode: warn, now audit|0" },
		{ WISH(WRITE_USE, "bad", NULL), NULL, WRITE_RIGHT_MANAGE, ":1.7|bad|-|-|0" },
		{ WISH(WRITE_USE, "../now", NULL), NULL, WRITE_RIGHT_MANAGE, ":1.7||-|-|0" },
		{ WISH(WRITE_POLICY, "now", POLICY("now", "audit")), NULL, WRITE_RIGHT_RELAX, ":1.7|now|audit|mode: warn, now audit|0" },
		{ WISH(WRITE_POLICY, "other", POLICY("other", "audit")), NULL, WRITE_RIGHT_MANAGE, ":1.7|other|audit|-|0" },
		{ WISH(WRITE_POLICY, "ghost", POLICY("ghost", "audit")), "active_policy: ghost\n", WRITE_RIGHT_RELAX, NULL },
		{ WISH(WRITE_POLICY, "other", POLICY("other", "audit")), "# nothing\n", WRITE_RIGHT_RELAX, NULL },
		/* One that a socket has: what was written of it, or nothing. */
		{ WISH(WRITE_POLICY, "other", POLICY("other", "audit")), "active_policy: now\nsockets:\n  tools:\n    policy: other\n", WRITE_RIGHT_RELAX, NULL },
		{ WISH(WRITE_POLICY, "hard", POLICY("hard", "warn")), "active_policy: now\nsockets:\n  tools:\n    policy: hard\n", WRITE_RIGHT_RELAX, NULL },
		{ WISH(WRITE_POLICY, "hard", POLICY("hard", "enforce")), "active_policy: now\nsockets:\n  tools:\n    policy: hard\n", WRITE_RIGHT_MANAGE, NULL },
		{ WISH(WRITE_USE, "hard", NULL), "active_policy: bad\n", WRITE_RIGHT_RELAX, NULL },
		{ WISH(WRITE_USE, "hard", NULL), "no_such_key: 1\n", WRITE_RIGHT_RELAX, NULL },
		{ WISH(WRITE_ADOPT_LAXER, "other", POLICY("other", "audit")), NULL, WRITE_RIGHT_RELAX, NULL },
		{ WISH(WRITE_ADOPT, "other", POLICY("other", "audit")), NULL, WRITE_RIGHT_MANAGE, ":1.7|other|audit|-|0" },
		{ WISH(WRITE_DELETE, "hard", NULL), NULL, WRITE_RIGHT_DELETE, ":1.7|hard|-|-|0" },
		/* What the service knows better asks for more; what it says otherwise, for no less. */
		{ { .order = { WRITE_POLICY, "other", POLICY("other", "audit") }, .sender = SENDER, .matters = true }, NULL, WRITE_RIGHT_RELAX, NULL },
		{ { .order = { WRITE_USE, "hard", NULL }, .sender = SENDER, .why = "a\nkey", .interactive = true }, NULL, WRITE_RIGHT_RELAX, ":1.7|hard|enforce|a?key|1" },
		{ { .order = { WRITE_USE, "lax", NULL }, .sender = SENDER, .why = "nothing to see" }, NULL, WRITE_RIGHT_RELAX, ":1.7|lax|audit|mode: warn, now audit|0" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Bed bed;
		WriteAnswer answer = { 0 };
		bed_start(&bed);
		bed.says = WRITE_NO;
		if (rows[i].config)
			scratch_put(bed.dir, "config.yaml", rows[i].config);
		end(&bed, begin(&bed, &rows[i].wish, &answer));
		g_assert_cmpuint(answer.result, ==, WRITE_NO);
		g_assert_cmpuint(answer.right, ==, rows[i].right);
		g_assert_cmpuint(bed.right, ==, rows[i].right);
		if (rows[i].details)
			g_assert_cmpstr(bed.details, ==, rows[i].details);
		bed_stop(&bed);
	}
}

/* Whatever the answer was but yes, nothing more is heard. */
static void test_refused(void)
{
	for (WriteResult says = WRITE_NO; says < WRITE_RESULT_COUNT; says++) {
		Bed bed;
		WriteAnswer answer;
		g_autoptr(GError) error = NULL;
		bed_start(&bed);
		bed.says = says;
		g_autofree char *before = state(&bed);
		WriteClient *client = begin(&bed, &WISH(WRITE_USE, "hard", NULL), &answer);
		g_assert_cmpuint(answer.result, ==, says);
		g_assert_false(write_client_step(client, WRITE_COMMIT, &error));
		g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE);
		end(&bed, client);
		g_autofree char *after = state(&bed);
		g_assert_cmpstr(after, ==, before);
		bed_stop(&bed);
	}
}

/* What was permitted is looked at again before it is written. */
static void test_committed(void)
{
	static const struct {
		WriteWish wish;
		const char *meanwhile;
		uid_t uid;
		int code; /* -1: it is written */
		const char *says;
	} rows[] = {
		{ WISH(WRITE_USE, "bad", NULL), NULL, 0, SENTINEL_ERROR_INVALID, "bad.yaml" },
		{ WISH(WRITE_USE, "none", NULL), NULL, 0, SENTINEL_ERROR_INVALID, "there is no policy" },
		{ WISH(WRITE_USE, "../now", NULL), NULL, 0, SENTINEL_ERROR_ARGUMENT, "a policy's name" },
		{ WISH(WRITE_POLICY, "a/b", POLICY("a/b", "warn")), NULL, 0, SENTINEL_ERROR_ARGUMENT, "a policy's name" },
		{ WISH(WRITE_POLICY, ".hidden", POLICY(".hidden", "warn")), NULL, 0, SENTINEL_ERROR_ARGUMENT, "a policy's name" },
		{ WISH(WRITE_POLICY, "new", POLICY("now", "warn")), NULL, 0, SENTINEL_ERROR_INVALID, "calls itself now" },
		{ WISH(WRITE_POLICY, "new", "name: ["), NULL, 0, SENTINEL_ERROR_INVALID, "new" },
		{ WISH(WRITE_ADOPT, "new", POLICY("new", "audit")), NULL, 0, SENTINEL_ERROR_BUSY, "let more through (mode: warn, now audit)" },
		{ WISH(WRITE_ADOPT, "new", POLICY("new", "audit")), NULL, 1000, SENTINEL_ERROR_BUSY, "let more through" },
		{ WISH(WRITE_DELETE, "now", NULL), NULL, 0, SENTINEL_ERROR_BUSY, "policy in force" },
		{ WISH(WRITE_DELETE, "hard", NULL), "active_policy: hard\n", 1000, SENTINEL_ERROR_BUSY, "policy in force" },
		{ WISH(WRITE_DELETE, "hard", NULL), "no_such_key: 1\n", 1000, SENTINEL_ERROR_BUSY, "config.yaml does not load" },
		{ WISH(WRITE_DELETE, "none", NULL), NULL, 1000, SENTINEL_ERROR_NOT_FOUND, "there is no policy" },
		{ WISH(WRITE_POLICY, "lax", POLICY("lax", "audit")), "active_policy: hard\n", 1000, -1, "" },
		{ WISH(WRITE_USE, "now", NULL), "active_policy: hard\n", 1000, SENTINEL_ERROR_BUSY, "let more through (mode: enforce, now warn)" },
		{ WISH(WRITE_USE, "now", NULL), "active_policy: hard\n", 0, -1, "" }, /* root may */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Bed bed;
		WriteAnswer answer;
		g_autoptr(GError) error = NULL;
		bed_start(&bed);
		bed.meanwhile = rows[i].meanwhile;
		bed.uid = rows[i].uid;
		WriteClient *client = begin(&bed, &rows[i].wish, &answer);
		g_autofree char *before = state(&bed);
		g_assert_cmpint(write_client_step(client, WRITE_COMMIT, &error), ==, rows[i].code < 0);
		end(&bed, client);
		g_autofree char *after = state(&bed);
		if (rows[i].code >= 0) {
			g_assert_error(error, SENTINEL_ERROR, rows[i].code);
			g_assert_nonnull(strstr(error->message, rows[i].says));
			g_assert_cmpstr(after, ==, before);
		}
		bed_stop(&bed);
	}
}

/* Only a name that the bus gave to one connection: another one could be anybody's by the time it is asked. */
static void test_senders(void)
{
	static const char *const names[] = { "", "org.freedesktop.systemd1", ":", "::1", "1.7", ":1.7 ", ":1.x" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		Bed bed;
		WriteAnswer answer;
		WriteWish wish = WISH(WRITE_USE, "hard", NULL);
		bed_start(&bed);
		wish.sender = names[i];
		end(&bed, begin(&bed, &wish, &answer));
		g_assert_cmpuint(answer.result, ==, WRITE_LEFT);
		g_assert_cmpuint(bed.asked, ==, 0);
		bed_stop(&bed);
	}
}

/* Bytes that are no question, or not in this order. */
static void test_bytes(void)
{
	static const struct {
		WriteQuestion question;
		const char *texts;
		size_t length;
		const char *steps;
	} rows[] = {
		{ { WRITE_KIND_COUNT, 0, 4, 4, 0, 0 }, ":1.7hard", 8, "ac" },
		{ { WRITE_USE, 1 << 2, 4, 4, 0, 0 }, ":1.7hard", 8, "ac" },
		{ { WRITE_USE, 0, 4, 4, 0, 3 }, ":1.7hardabc", 11, "ac" },
		{ { WRITE_USE, 0, LIMIT_WRITE_SENDER + 1, 4, 0, 0 }, ":1.7hard", 8, "ac" },
		{ { WRITE_USE, 0, 4, LIMIT_POLICY_NAME + 1, 0, 0 }, ":1.7hard", 8, "ac" },
		{ { WRITE_USE, 0, 4, 4, LIMIT_WRITE_TEXT_BYTES + 1, 0 }, ":1.7hard", 8, "ac" },
		{ { WRITE_POLICY, 0, 4, 4, 0, LIMIT_POLICY_BYTES + 1 }, ":1.7hard", 8, "ac" },
		{ { WRITE_USE, 0, 4, 5, 0, 0 }, ":1.7hard\0", 9, "ac" },
		{ { WRITE_USE, 0, 4, 5, 0, 0 }, ":1.7hard", 8, "" },
		{ { WRITE_USE, 0, 4, 4, 0, 0 }, ":1.7hard", 8, "cu" },
		{ { WRITE_USE, 0, 4, 4, 0, 0 }, ":1.7hard", 8, "u" },
		{ { WRITE_USE, 0, 4, 4, 0, 0 }, ":1.7hard", 8, "x" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		int ends[2];
		Bed bed;
		WriteAnswer answer;
		bed_start(&bed);
		g_autofree char *before = state(&bed);
		g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
		g_assert_cmpint(send(ends[0], &rows[i].question, sizeof rows[i].question, 0), ==, (ssize_t)sizeof rows[i].question);
		g_assert_cmpint(send(ends[0], rows[i].texts, rows[i].length, 0), ==, (ssize_t)rows[i].length);
		g_assert_cmpint(send(ends[0], rows[i].steps, strlen(rows[i].steps), 0), ==, (ssize_t)strlen(rows[i].steps));
		g_assert_cmpint(shutdown(ends[0], SHUT_WR), ==, 0);
		write_serve(ends[1], bed.paths, fileno(bed.lock), play, &bed);
		(void)close(ends[1]);
		g_assert_cmpint(recv(ends[0], &answer, sizeof answer, MSG_WAITALL), <=, 0);
		(void)close(ends[0]);
		g_autofree char *after = state(&bed);
		g_assert_cmpstr(after, ==, before);
		g_assert_cmpuint(bed.asked, ==, 0);
		bed_stop(&bed);
	}
}

/* What is ours and missing needs nobody's word, and nothing is written over. */
static void test_install(void)
{
	static const struct {
		Order order;
		const char *file;
		bool there;
		int code; /* -1: done */
	} rows[] = {
		{ { WRITE_TEMPLATE, "strict", NULL }, "policies/strict.yaml", false, -1 },
		{ { WRITE_TEMPLATE, "strict", NULL }, "policies/strict.yaml", true, -1 },
		{ { WRITE_TEMPLATE, "mine", NULL }, "policies/mine.yaml", false, SENTINEL_ERROR_NOT_FOUND },
		{ { WRITE_TEMPLATE, "../strict", NULL }, "strict.yaml", false, SENTINEL_ERROR_ARGUMENT },
		{ { WRITE_CONFIG, NULL, NULL }, "config.yaml", true, -1 },
		{ { WRITE_CONFIG, NULL, NULL }, "config.yaml", false, -1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Bed bed;
		g_autoptr(GError) error = NULL;
		bed_start(&bed);
		g_autofree char *path = g_build_filename(bed.dir, rows[i].file, NULL);
		(void)remove(path);
		if (rows[i].there)
			scratch_put(bed.dir, rows[i].file, "mine\n");
		bed.thread = g_thread_new("writer", serve, &bed);
		g_assert_cmpint(write_client_install(bed.socket, &rows[i].order, &error), ==, rows[i].code < 0);
		g_thread_join(bed.thread);
		if (rows[i].code >= 0)
			g_assert_error(error, SENTINEL_ERROR, rows[i].code);
		g_assert_cmpint(g_file_test(path, G_FILE_TEST_EXISTS), ==, rows[i].code < 0);
		g_autofree char *text = rows[i].code < 0 ? scratch_get(bed.dir, rows[i].file) : g_strdup("");
		g_assert_cmpint(!strcmp(text, "mine\n"), ==, rows[i].there);
		g_assert_cmpuint(bed.asked, ==, 0);
		bed_stop(&bed);
	}
}

/* Nobody there, or one who says what nobody would. */
static void test_absent(void)
{
	g_autoptr(GError) error = NULL;
	Bed bed;
	WriteAnswer answer;

	bed_start(&bed);
	bed.says = WRITE_RESULT_COUNT;
	g_assert_null(begin(&bed, &WISH(WRITE_USE, "hard", NULL), &answer));
	g_assert_null(write_client_new("/nonexistent/socket", &WISH(WRITE_USE, "hard", NULL), &error));
	g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE);
	g_assert_nonnull(strstr(error->message, "nothing was changed"));
	bed_stop(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/write/steps", test_steps);
	g_test_add_func("/write/rights", test_rights);
	g_test_add_func("/write/refused", test_refused);
	g_test_add_func("/write/committed", test_committed);
	g_test_add_func("/write/senders", test_senders);
	g_test_add_func("/write/bytes", test_bytes);
	g_test_add_func("/write/install", test_install);
	g_test_add_func("/write/absent", test_absent);
	return g_test_run();
}
