/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/log.h"
#include "proxy/connection.h"

#define SECOND_US INT64_C(1000000)

static unsigned users_add(Proxy *proxy, uid_t uid, int change)
{
	gpointer key = GUINT_TO_POINTER(uid);
	unsigned count = GPOINTER_TO_UINT(g_hash_table_lookup(proxy->users, key)) + (unsigned)change;

	if (count)
		(void)g_hash_table_insert(proxy->users, key, GUINT_TO_POINTER(count));
	else
		(void)g_hash_table_remove(proxy->users, key);
	return count;
}

static void clear_filter(Connection *connection)
{
	g_clear_pointer(&connection->target, g_free);
	g_clear_pointer(&connection->labels, g_free);
	connection->hides_environment = false;
	bytes_clear(&connection->shown);
	bytes_clear(&connection->shown_raw);
}

void connection_end(Connection *connection)
{
	Proxy *proxy = connection->proxy;
	Bytes *all[] = { &connection->in, &connection->head_bytes, &connection->from };

	if (connection->number && connection->request == REQUEST_JUDGED)
		judge_link_forget(proxy->judge, connection->number);
	else
		exchange_over(connection);
	g_queue_unlink(&proxy->connections, &connection->link);
	(void)users_add(proxy, connection->who.uid, -1);
	side_close(&connection->client);
	side_close(&connection->docker);
	body_clear(&connection->body);
	for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
		bytes_clear(all[i]);
	clear_filter(connection);
	g_free(connection);
}

/* For the next request. */
static void reset(Connection *connection)
{
	exchange_over(connection);
	body_clear(&connection->body);
	bytes_clear(&connection->head_bytes);
	clear_filter(connection);
	connection->head = (Head){ 0 };
	connection->row = NULL;
	connection->sent = 0;
	connection->status = 0;
	connection->since_us = 0;
	connection->show_answer = false;
	connection->request = REQUEST_HEAD;
	connection->answer = ANSWER_NONE;
}

bool connection_came_ahead(const Connection *connection)
{
	int unread = 0;

	return connection->in.length || (ioctl(connection->client.fd, FIONREAD, &unread) == 0 && unread);
}

/* Whether what a client sends is read: not faster than Docker takes it, and nothing of a call while another one is under way. */
static bool reads_client(const Connection *connection)
{
	if (connection->answer == ANSWER_TUNNEL)
		return !connection->client.ended && !side_waits(&connection->docker);
	if (connection->answer == ANSWER_LAST || connection->answer == ANSWER_LEFT || side_waits(&connection->client))
		return false;
	if (connection->request == REQUEST_STREAM)
		return !side_waits(&connection->docker);
	return connection->request == REQUEST_HEAD || connection->request == REQUEST_BODY;
}

/* Also one that is idle: it says that it ends. */
static bool reads_docker(const Connection *connection)
{
	return connection->docker.fd >= 0 && !connection->docker.ended && !side_waits(&connection->client);
}

static void watch(Connection *connection)
{
	bool file = connection->request == REQUEST_FILE && connection->answer != ANSWER_LEFT;

	side_watch(&connection->client, (reads_client(connection) ? EPOLLIN : 0) | (side_waits(&connection->client) ? EPOLLOUT : 0));
	side_watch(&connection->docker, (reads_docker(connection) ? EPOLLIN : 0) | (side_waits(&connection->docker) || file ? EPOLLOUT : 0));
	/* That it has hung up is told again and again; what it has said before is read when there is room for it. */
	side_mute(&connection->client, connection->client.hung_up && !reads_client(connection));
	side_mute(&connection->docker, connection->docker.hung_up && !reads_docker(connection));
}

/* What ended at one end ends at the other when all of it has gone there.  False: both have. */
static bool go_on_tunnel(Connection *connection)
{
	Side *client = &connection->client, *docker = &connection->docker;

	if (client->ended)
		side_shut(docker);
	if (docker->ended)
		side_shut(client);
	if (client->ended && client->hung_up && !side_waits(docker))
		return false;
	if (docker->ended && docker->hung_up && !side_waits(client))
		return false;
	return !(client->shut && docker->shut);
}

/* After each event.  `connection` may be gone. */
static void settle(Connection *connection, bool lives)
{
	while (lives && connection->answer == ANSWER_WHOLE && !side_waits(&connection->client)) {
		if (connection->closes || connection->request != REQUEST_SENT) {
			lives = false;
			break;
		}
		reset(connection);
		lives = request_take(connection);
		if (connection->answer == ANSWER_NONE)
			break;
	}
	if (lives && connection->answer == ANSWER_LAST && !side_waits(&connection->client))
		lives = false;
	if (lives && connection->answer == ANSWER_TUNNEL)
		lives = go_on_tunnel(connection);
	if (lives)
		watch(connection);
	else
		connection_end(connection);
}

/* The client has left.  What Docker was told to do it may still be doing: its end of the connection says when that is over. */
static bool leave(Connection *connection)
{
	AnswerState state = connection->answer;

	if (connection->docker.fd < 0 || (state != ANSWER_HEAD && state != ANSWER_SHOWN && state != ANSWER_BODY))
		return false;
	side_close(&connection->client);
	connection->answer = ANSWER_LEFT;
	side_drop(&connection->docker);
	side_shut(&connection->docker);
	return true;
}

static bool take_client(Connection *connection, const char *bytes, size_t length)
{
	size_t used = 0;

	if (connection->answer == ANSWER_TUNNEL)
		return side_write(&connection->docker, bytes, length);
	if (!connection->in.length && (connection->request == REQUEST_BODY || connection->request == REQUEST_STREAM) && !request_feed(connection, bytes, length, &used))
		return false;
	bytes_add(&connection->in, bytes + used, length - used);
	return request_take(connection);
}

static bool read_client(Connection *connection)
{
	char *scratch = connection->proxy->scratch;
	size_t most = connection->body.file >= 0 ? LIMIT_SOCKET_READ_BYTES : bytes_read_most(); /* a file keeps it */
	ssize_t length = recv(connection->client.fd, scratch, most, MSG_DONTWAIT);

	if (length < 0)
		return errno == EAGAIN || errno == EINTR;
	if (length)
		return take_client(connection, scratch, (size_t)length);
	connection->client.ended = true;
	return connection->answer == ANSWER_TUNNEL || leave(connection);
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *data)
{
	Connection *connection = data;
	bool lives = true;

	(void)source;
	(void)fd;
	if (events & (EPOLLHUP | EPOLLERR))
		connection->client.hung_up = true;
	if (events & EPOLLOUT)
		lives = side_flush(&connection->client) && request_take(connection);
	if (lives && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && reads_client(connection))
		lives = read_client(connection);
	else if (lives && connection->client.hung_up && connection->answer != ANSWER_TUNNEL)
		lives = leave(connection);
	settle(connection, lives || (connection->answer != ANSWER_LEFT && leave(connection)));
	return 0;
}

static bool read_docker(Connection *connection)
{
	char *scratch = connection->proxy->scratch;
	ssize_t length = recv(connection->docker.fd, scratch, bytes_read_most(), MSG_DONTWAIT);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (length <= 0)
		return answer_end(connection);
	if (connection->answer == ANSWER_NONE || connection->answer == ANSWER_WHOLE)
		return false; /* Docker says nothing that it was not asked */
	return answer_take(connection, scratch, (size_t)length);
}

int connection_on_docker(sd_event_source *source, int fd, uint32_t events, void *data)
{
	Connection *connection = data;
	bool lives = true;

	(void)source;
	(void)fd;
	if ((events & EPOLLOUT) && !side_flush(&connection->docker))
		side_drop(&connection->docker); /* it may have said why */
	if ((events & EPOLLOUT) && connection->request == REQUEST_FILE)
		lives = request_send_file(connection);
	if (lives && (events & EPOLLOUT))
		lives = request_take(connection);
	if (events & (EPOLLHUP | EPOLLERR))
		connection->docker.hung_up = true;
	if (lives && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && reads_docker(connection))
		lives = read_docker(connection);
	settle(connection, lives || (connection->answer != ANSWER_LEFT && leave(connection)));
	return 0;
}

void connection_verdict(Connection *connection, const Verdict *verdict)
{
	bool lives;

	if (verdict->verdict != JUDGE_ALLOWED)
		connection->number = 0;
	if (verdict->verdict == JUDGE_ALLOWED) {
		(void)g_strlcpy(connection->mark, verdict->mark, sizeof connection->mark);
		connection->show_answer = verdict->show_answer;
		connection->followed = verdict->followed;
		if (strcmp(connection->upstream, verdict->upstream) != 0)
			side_close(&connection->docker); /* of the call before: the configuration has changed */
		(void)g_strlcpy(connection->upstream, verdict->upstream, sizeof connection->upstream);
		connection->target = *verdict->target ? g_strdup(verdict->target) : NULL;
		connection->labels = *verdict->labels ? g_strdup(verdict->labels) : NULL;
		connection->hides_environment = verdict->hides_environment;
		lives = request_go(connection);
	} else if (verdict->verdict == JUDGE_DENIED) {
		lives = reply(connection, 403, verdict->text, connection->closes || connection->head.framing != FRAMING_NONE);
	} else {
		lives = reply(connection, 503, *verdict->text ? verdict->text : sentinel_is_gone, true);
	}
	settle(connection, lives);
}

void connection_retry(Connection *connection)
{
	if (connection->request == REQUEST_WHOLE)
		settle(connection, request_take(connection));
}

void connection_tick(Connection *connection, int64_t now_us)
{
	int64_t age_us = connection->since_us ? now_us - connection->since_us : 0;
	bool late = (connection->request == REQUEST_HEAD && age_us > LIMIT_SOCKET_HEAD_S * SECOND_US) ||
		    (connection->request == REQUEST_BODY && age_us > LIMIT_SOCKET_BODY_S * SECOND_US);

	if (late)
		settle(connection, reply(connection, 408, "the request does not come to its end", true));
}

/* Accepted and refused. */
static void refuse(int fd, int status, const char *text)
{
	reply_unheard(fd, status, text);
	(void)close(fd);
}

void connection_begin(Door *door, int fd)
{
	Proxy *proxy = door->proxy;
	const char *problem = "";

	if (proxy->connections.length >= LIMIT_SOCKET_CONNECTIONS) {
		refuse(fd, 503, "there are too many connections to this socket");
		return;
	}
	Connection *connection = g_new0(Connection, 1);
	bool known = peer_look(fd, &proxy->host, &connection->who, &problem);
	if (!known || users_add(proxy, connection->who.uid, 1) > LIMIT_SOCKET_PER_USER || !side_begin(&connection->client, proxy->event, fd, on_client, connection)) {
		g_autofree char *text = known ? g_strdup("there are too many connections of yours to this socket") : g_strdup(problem);
		if (known)
			(void)users_add(proxy, connection->who.uid, -1);
		else
			log_warning("socket %s: refused uid %u (pid %d): %s", door->name, (unsigned)connection->who.uid, (int)connection->who.pid, problem);
		refuse(fd, known ? 429 : 403, text);
		g_free(connection);
		return;
	}
	connection->proxy = proxy;
	connection->door = door;
	connection->docker = SIDE_INIT;
	connection->body = BODY_INIT;
	connection->link.data = connection;
	g_queue_push_tail_link(&proxy->connections, &connection->link);
	watch(connection);
}
