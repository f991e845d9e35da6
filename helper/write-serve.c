/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "helper/write-serve.h"
#include "policy/store.h"

typedef struct Serving {
	int connection, lock;
	const Paths *paths;
	WriteQuestion question;
	char *sender, *name, *why, *text;
	Order order;
	WriteRight right;
	bool may_relax;
} Serving;

/* All of it, and no text of several readings. */
static char *read_text(int fd, uint32_t length, uint32_t limit)
{
	char *text = length <= limit ? g_malloc0((gsize)length + 1) : NULL;

	if (text && (!length || recv(fd, text, length, MSG_WAITALL) == (ssize_t)length) && strlen(text) == length)
		return text;
	g_free(text);
	return NULL;
}

static bool read_question(Serving *serving)
{
	WriteQuestion *question = &serving->question;
	const struct timeval patience = { .tv_sec = LIMIT_WRITE_PATIENCE_S }, none = { 0 };
	int fd = serving->connection;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0 ||
		recv(fd, question, sizeof *question, MSG_WAITALL) != (ssize_t)sizeof *question || question->kind >= WRITE_KIND_COUNT ||
		(question->flags & ~(uint32_t)WRITE_KNOWN_FLAGS) != 0 ||
		!(serving->sender = read_text(fd, question->sender, LIMIT_WRITE_SENDER)) ||
		!(serving->name = read_text(fd, question->name, LIMIT_POLICY_NAME)) ||
		!(serving->why = read_text(fd, question->why, LIMIT_WRITE_TEXT_BYTES)) ||
		!(serving->text = read_text(fd, question->text, LIMIT_POLICY_BYTES)))
		return false;
	serving->order = (Order){ question->kind, serving->name, order_has_text(question->kind) ? serving->text : NULL };
	return (order_has_text(question->kind) || !question->text) && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof none) == 0;
}

static void say(const Serving *serving, WriteResult result, const GError *error)
{
	WriteAnswer answer = { .result = result, .right = serving->right };

	if (error) {
		answer.code = error->domain == SENTINEL_ERROR ? error->code : SENTINEL_ERROR_IO;
		(void)g_strlcpy(answer.text, error->message, sizeof answer.text);
	}
	(void)send(serving->connection, &answer, sizeof answer, MSG_NOSIGNAL);
}

static bool is_step(const Serving *serving, WriteStep step)
{
	char byte;

	return recv(serving->connection, &byte, sizeof byte, 0) == (ssize_t)sizeof byte && byte == (char)step;
}

/* A name that the bus gave to one connection, and never gives again; not one that anybody may have after it. */
static bool is_unique_name(const char *sender)
{
	return *sender == ':' && sender[1] && strspn(sender + 1, "0123456789.") == strlen(sender + 1);
}

/* What the files say comes before what the service says: that one can only ask for more. */
static WriteResult ask_for(Serving *serving, WriteAskFn ask, void *data)
{
	const Order *order = &serving->order;
	const char *mode = NULL;
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *why = order_laxer(serving->paths, order, serving->question.flags & WRITE_MATTERS, &mode);
	const char *laxer = order->kind == WRITE_ADOPT ? NULL : why ? why : *serving->why ? serving->why : NULL;
	uid_t uid = (uid_t)-1;

	if (!is_unique_name(serving->sender))
		return WRITE_LEFT;
	serving->right = order->kind == WRITE_DELETE ? WRITE_RIGHT_DELETE : laxer ? WRITE_RIGHT_RELAX : WRITE_RIGHT_MANAGE;
	const WriteAsk asked = {
		.sender = serving->sender,
		.right = serving->right,
		.policy = store_name_valid(order->name) ? order->name : "",
		.mode = mode,
		.why = laxer ? text_printable(arena, laxer, LIMIT_RECORD_WAIVED_FIELD) : NULL,
		.interactive = serving->question.flags & WRITE_INTERACTIVE,
		.connection = serving->connection,
	};
	WriteResult result = ask(&asked, &uid, data);
	serving->may_relax = order->kind != WRITE_ADOPT && (serving->right == WRITE_RIGHT_RELAX || uid == 0);
	return result;
}

/* One change at a time, whoever asked: what was looked at is what is written over. */
static bool set_lock(const Serving *serving, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	return fcntl(serving->lock, F_SETLKW, &lock) == 0;
}

static bool still_may(const Serving *serving, GError **error)
{
	g_autofree char *why = NULL;

	if (!order_check(serving->paths, &serving->order, error))
		return false;
	if (serving->may_relax || !(why = order_laxer(serving->paths, &serving->order, serving->question.flags & WRITE_MATTERS, NULL)))
		return true;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY,
		"the policies changed while you were asked, and now this would let more through (%s); try again", why);
	return false;
}

static bool commit(const Serving *serving, Before *before, GError **error)
{
	if (!set_lock(serving, F_WRLCK)) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "other changes cannot be kept out: %s", g_strerror(errno));
		return false;
	}
	bool done = still_may(serving, error) && order_apply(serving->paths, &serving->order, NULL, before, error);
	(void)set_lock(serving, F_UNLCK);
	return done;
}

static bool undo(const Serving *serving, const Before *before, GError **error)
{
	(void)set_lock(serving, F_WRLCK);
	bool done = order_undo(serving->paths, &serving->order, before, error);
	(void)set_lock(serving, F_UNLCK);
	return done;
}

static void change(Serving *serving, WriteAskFn ask, void *data)
{
	g_autoptr(GError) error = NULL;
	Before before = { 0 };

	if (!is_step(serving, WRITE_ASK))
		return;
	WriteResult result = ask_for(serving, ask, data);
	say(serving, result, NULL);
	if (result != WRITE_YES || !is_step(serving, WRITE_COMMIT))
		return;
	bool done = commit(serving, &before, &error);
	say(serving, done ? WRITE_YES : WRITE_FAILED, error);
	if (done && is_step(serving, WRITE_UNDO)) {
		done = undo(serving, &before, &error);
		say(serving, done ? WRITE_YES : WRITE_FAILED, error);
	}
	before_clear(&before);
}

/* Ours, and only where nothing is: nobody need ask. */
static void install(const Serving *serving)
{
	g_autoptr(GError) error = NULL;
	Before before = { 0 };
	bool done =
		order_check(serving->paths, &serving->order, &error) && order_apply(serving->paths, &serving->order, NULL, &before, &error);

	say(serving, done ? WRITE_YES : WRITE_FAILED, error);
	before_clear(&before);
}

void write_serve(int connection, const Paths *paths, int lock, WriteAskFn ask, void *data)
{
	Serving serving = { .connection = connection, .lock = lock, .paths = paths };

	if (read_question(&serving)) {
		if (serving.order.kind == WRITE_TEMPLATE || serving.order.kind == WRITE_CONFIG)
			install(&serving);
		else
			change(&serving, ask, data);
	}
	g_free(serving.sender);
	g_free(serving.name);
	g_free(serving.why);
	g_free(serving.text);
}
