/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib.h>
#include "proxy/proxy.h"

#define OVER_MOST 64u /* that are told together */

/* A packet that could not be written yet. */
typedef struct Packet {
	GByteArray *bytes;
	int file; /* that goes with it; -1 */
} Packet;

struct JudgeLink {
	sd_event *event;
	const char *path;
	int fd; /* -1: there is no judge */
	sd_event_source *source;
	uint64_t number, first; /* the last one that was given; the first one of this judge */
	GHashTable *open; /* number -> Connection, or NULL: it has gone */
	GQueue waiting, over; /* of Packet; what has time until there is a question */
	size_t waiting_bytes;
	bool full;        /* who asked was told to come again */
	JudgeRoomFn has_room;
	void *data;
	char *room;
};

static void packet_free(void *data)
{
	Packet *packet = data;

	if (packet->file >= 0)
		(void)close(packet->file);
	(void)g_byte_array_free(packet->bytes, TRUE);
	g_free(packet);
}

JudgeLink *judge_link_new(sd_event *event, const char *path, JudgeRoomFn has_room, void *data)
{
	JudgeLink *link = g_new0(JudgeLink, 1);

	*link = (JudgeLink){ .event = event, .path = path, .fd = -1, .has_room = has_room, .data = data, .room = g_malloc(LIMIT_JUDGE_PACKET_BYTES + 1) };
	link->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	g_queue_init(&link->waiting);
	g_queue_init(&link->over);
	return link;
}

static void close_link(JudgeLink *link)
{
	if (link->fd < 0)
		return;
	(void)sd_event_source_disable_unref(link->source);
	link->source = NULL;
	(void)close(link->fd);
	link->fd = -1;
	g_queue_clear_full(&link->waiting, packet_free);
	g_queue_clear_full(&link->over, packet_free);
	link->waiting_bytes = 0;
}

void judge_link_free(JudgeLink *link)
{
	close_link(link);
	g_hash_table_unref(link->open);
	g_free(link->room);
	g_free(link);
}

/* Everybody who waits is told. */
static void lose(JudgeLink *link)
{
	const Verdict none = { .text = "" };
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	GHashTableIter iterator;
	void *connection;

	close_link(link);
	link->full = false;
	g_hash_table_iter_init(&iterator, link->open);
	while (g_hash_table_iter_next(&iterator, NULL, &connection))
		if (connection)
			g_ptr_array_add(all, connection);
	g_hash_table_remove_all(link->open);
	for (guint i = 0; i < all->len; i++)
		connection_verdict(all->pdata[i], &none);
	link->has_room(link->data);
}

static bool send_packet(const JudgeLink *link, const Packet *packet)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec place = { packet->bytes->data, packet->bytes->len };
	struct msghdr message = { .msg_iov = &place, .msg_iovlen = 1 };

	if (packet->file >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof control;
		struct cmsghdr *passed = CMSG_FIRSTHDR(&message);
		*passed = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) };
		memcpy(CMSG_DATA(passed), &packet->file, sizeof(int));
	}
	return sendmsg(link->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

/* False: the judge is gone. */
static bool flush(JudgeLink *link)
{
	Packet *packet;

	while ((packet = g_queue_peek_head(&link->waiting))) {
		if (!send_packet(link, packet)) {
			if (errno != EAGAIN && errno != ENOBUFS)
				return false;
			break;
		}
		link->waiting_bytes -= packet->bytes->len;
		packet_free(g_queue_pop_head(&link->waiting));
	}
	(void)sd_event_source_set_io_events(link->source, g_queue_is_empty(&link->waiting) && !link->full ? EPOLLIN : EPOLLIN | EPOLLOUT);
	return true;
}

typedef struct Texts {
	char *items[JUDGE_SAYS];
} Texts;

static void texts_clear(Texts *texts)
{
	for (int i = 0; i < JUDGE_SAYS; i++)
		g_free(texts->items[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Texts, texts_clear)

/* False: there is less of them than is said, or more. */
static bool take_texts(const JudgeAnswer *answer, const char *bytes, size_t length, Texts *ret)
{
	for (int i = 0; i < JUDGE_SAYS; i++) {
		if (answer->texts[i] > length)
			return false;
		ret->items[i] = g_strndup(bytes, answer->texts[i]);
		bytes += answer->texts[i];
		length -= answer->texts[i];
	}
	return !length;
}

/* One answer; false: the judge is gone, or none. */
static bool take(JudgeLink *link)
{
	g_auto(Texts) texts = { { NULL } };
	JudgeAnswer answer;
	ssize_t length = recv(link->fd, link->room, LIMIT_JUDGE_PACKET_BYTES, MSG_DONTWAIT);
	void *connection;

	if (length < 0)
		return errno == EAGAIN || errno == EINTR;
	if (length < (ssize_t)sizeof answer)
		return false;
	memcpy(&answer, link->room, sizeof answer);
	if (answer.version != JUDGE_VERSION || !take_texts(&answer, link->room + sizeof answer, (size_t)length - sizeof answer, &texts) ||
		!g_hash_table_lookup_extended(link->open, &answer.number, NULL, &connection))
		return false;
	(void)g_hash_table_remove(link->open, &answer.number);
	Verdict verdict = { .verdict = (JudgeVerdict)answer.verdict, .show_answer = answer.flags & JUDGE_SHOW_ANSWER, .followed = answer.flags & JUDGE_FOLLOWED, .text = texts.items[JUDGE_SAYS_TEXT],
		.upstream = texts.items[JUDGE_SAYS_UPSTREAM], .target = texts.items[JUDGE_SAYS_TARGET], .labels = texts.items[JUDGE_SAYS_LABELS],
		.hides_environment = answer.flags & JUDGE_HIDE_ENVIRONMENT };
	memcpy(verdict.mark, answer.mark, JUDGE_MARK_DIGITS);
	if (connection)
		connection_verdict(connection, &verdict);
	else if (verdict.verdict == JUDGE_ALLOWED)
		judge_link_done(link, answer.number, 0, "", 0);
	return true;
}

/* Who was told so. */
static void come_again(JudgeLink *link)
{
	if (!link->full || !g_queue_is_empty(&link->waiting))
		return;
	link->full = false;
	link->has_room(link->data);
}

bool judge_link_is_full(JudgeLink *link)
{
	link->full |= link->waiting_bytes >= LIMIT_SOCKET_ASKED_BYTES;
	return link->full;
}

static int on_judge(sd_event_source *source, int fd, uint32_t events, void *data)
{
	JudgeLink *link = data;
	bool lives = true;

	(void)source;
	(void)fd;
	if (events & EPOLLOUT)
		lives = flush(link);
	if (lives && (events & EPOLLOUT))
		come_again(link);
	if (link->fd >= 0 && lives && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		lives = take(link);
	if (!lives)
		lose(link);
	return 0;
}

static bool connect_link(JudgeLink *link)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (link->fd >= 0)
		return true;
	if (g_strlcpy(address.sun_path, link->path, sizeof address.sun_path) >= sizeof address.sun_path)
		return false;
	link->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (link->fd < 0)
		return false;
	if (connect(link->fd, (const struct sockaddr *)&address, sizeof address) < 0 || sd_event_add_io(link->event, &link->source, link->fd, EPOLLIN, on_judge, link) < 0) {
		(void)close(link->fd);
		link->fd = -1;
		return false;
	}
	link->first = link->number + 1;
	return true;
}

static void put(JudgeLink *link, GByteArray *bytes, int file)
{
	Packet *packet = g_new(Packet, 1);

	*packet = (Packet){ bytes, file };
	link->waiting_bytes += bytes->len;
	g_queue_push_tail(&link->waiting, packet);
	(void)flush(link); /* that it is gone, its socket says */
}

static void put_text(GByteArray *bytes, JudgeQuestion *question, JudgeText text, const void *at, size_t length)
{
	question->texts[text] = (uint32_t)length;
	(void)g_byte_array_append(bytes, at, (guint)length);
}

static GByteArray *make_question(const JudgeCase *what, JudgeQuestion *question)
{
	GByteArray *bytes = g_byte_array_new();
	const Head *head = what->head;

	(void)g_byte_array_append(bytes, (const guint8 *)question, sizeof *question);
	(void)g_byte_array_append(bytes, (const guint8 *)what->who->groups, (guint)(what->who->group_count * sizeof *what->who->groups));
	put_text(bytes, question, JUDGE_TEXT_SOCKET, what->socket, strlen(what->socket));
	put_text(bytes, question, JUDGE_TEXT_PROGRAM, what->who->program, strlen(what->who->program));
	put_text(bytes, question, JUDGE_TEXT_CONTAINER, what->who->container, strlen(what->who->container));
	put_text(bytes, question, JUDGE_TEXT_STRANGER, what->who->stranger, strlen(what->who->stranger));
	put_text(bytes, question, JUDGE_TEXT_METHOD, head->method.at, head->method.length);
	put_text(bytes, question, JUDGE_TEXT_TARGET, head->target.at, head->target.length);
	put_text(bytes, question, JUDGE_TEXT_TYPE, head->content_type.at, head->content_type.length);
	put_text(bytes, question, JUDGE_TEXT_LENGTH, what->length, strlen(what->length));
	if (what->body && what->body->small.length)
		put_text(bytes, question, JUDGE_TEXT_BODY, what->body->small.at, what->body->small.length);
	memcpy(bytes->data, question, sizeof *question);
	return bytes;
}

void judge_link_tick(JudgeLink *link)
{
	Packet *packet;

	if (g_queue_is_empty(&link->over))
		return;
	while ((packet = g_queue_pop_head(&link->over))) {
		link->waiting_bytes += packet->bytes->len;
		g_queue_push_tail(&link->waiting, packet);
	}
	(void)flush(link);
}

uint64_t judge_link_ask(JudgeLink *link, const JudgeCase *what, struct Connection *connection)
{
	if (!connect_link(link))
		return 0;
	bool file = what->body && what->body->file >= 0;
	JudgeQuestion question = { .version = JUDGE_VERSION, .ask = JUDGE_ASK, .number = ++link->number, .uid = what->who->uid, .gid = what->who->gid, .pid = what->who->pid,
		.groups = what->who->group_count, .flags = (what->head->has_content_type ? JUDGE_HAS_TYPE : 0) | (what->body ? JUDGE_HAS_BODY : 0) | (file ? JUDGE_DESCRIPTOR : 0),
		.body_bytes = file ? what->body->length : 0 };
	int copy = file ? fcntl(what->body->file, F_DUPFD_CLOEXEC, 0) : -1;
	if (file && copy < 0)
		return 0;
	GByteArray *bytes = make_question(what, &question);
	if (bytes->len > LIMIT_JUDGE_PACKET_BYTES) {
		(void)g_byte_array_free(bytes, TRUE);
		return 0;
	}
	(void)g_hash_table_insert(link->open, g_memdup2(&link->number, sizeof link->number), connection);
	put(link, bytes, copy);
	judge_link_tick(link);
	return link->number;
}

static GByteArray *make_done(uint64_t number, int status, const char *body, size_t length)
{
	JudgeQuestion question = { .version = JUDGE_VERSION, .ask = JUDGE_DONE, .number = number, .status = status };
	GByteArray *bytes = g_byte_array_new();

	(void)g_byte_array_append(bytes, (const guint8 *)&question, sizeof question);
	put_text(bytes, &question, JUDGE_TEXT_BODY, body, length);
	memcpy(bytes->data, &question, sizeof question);
	return bytes;
}

static bool knows(const JudgeLink *link, uint64_t number)
{
	return link->fd >= 0 && number >= link->first;
}

void judge_link_done(JudgeLink *link, uint64_t number, int status, const char *body, size_t length)
{
	if (knows(link, number))
		put(link, make_done(number, status, body, length), -1);
}

/* It wakes the judge up for nothing else. */
void judge_link_over(JudgeLink *link, uint64_t number, int status)
{
	Packet *packet;

	if (!knows(link, number))
		return;
	packet = g_new(Packet, 1);
	*packet = (Packet){ make_done(number, status, "", 0), -1 };
	g_queue_push_tail(&link->over, packet);
	if (link->over.length >= OVER_MOST)
		judge_link_tick(link);
}

void judge_link_forget(JudgeLink *link, uint64_t number)
{
	if (g_hash_table_contains(link->open, &number))
		(void)g_hash_table_insert(link->open, g_memdup2(&number, sizeof number), NULL);
}
