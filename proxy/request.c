/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "proxy/connection.h"
#include "proxy/head-write.h"

#define AHEAD "bytes came before Docker had agreed to the upgrade"

/* Docker's own readers take these streams as they come, and no policy judges them (request/endpoint.h). */
static bool is_stream(const Connection *connection)
{
	return connection->row && connection->row->body == BODY_RAW;
}

static void find_row(Connection *connection)
{
	const Head *head = &connection->head;
	const char *subject;
	Arena *arena = connection->proxy->arena;

	arena_reset(arena);
	Target target = target_parse(arena_strndup(arena, head->target.at, head->target.length), arena);
	connection->row = endpoint_find(arena_strndup(arena, head->method.at, head->method.length), target.path, arena, &subject);
}

static bool ask(Connection *connection)
{
	const Head *head = &connection->head;
	bool whole = connection->request != REQUEST_STREAM;
	g_autofree char *length = NULL;

	if (head->upgrade != UPGRADE_NONE && head->upgrade != UPGRADE_H2C && connection_came_ahead(connection))
		return reply(connection, 400, AHEAD, true);
	if (whole && connection->body.small.length && judge_link_is_full(connection->proxy->judge))
		return true; /* it stays whole: connection_retry() */
	if (!body_seal(&connection->body))
		return reply(connection, 503, "the body cannot be kept", true);
	if (whole ? connection->body.length || head->says_length || head->framing == FRAMING_CHUNKS : head->framing == FRAMING_LENGTH)
		length = g_strdup_printf("%" G_GUINT64_FORMAT, whole ? connection->body.length : head->length);
	const JudgeCase what = { .socket = connection->door->name, .length = length ? length : "", .who = &connection->who, .head = head, .body = whole ? &connection->body : NULL };
	connection->number = judge_link_ask(connection->proxy->judge, &what, connection);
	if (!connection->number)
		return reply(connection, 503, sentinel_is_gone, true);
	connection->request = REQUEST_JUDGED;
	return true;
}

/* What Docker takes over, and to speak what: elsewhere an upgrade would open a way that nobody judges. */
static bool is_upgrade(const Connection *connection)
{
	static const struct { const char *id; UpgradeKind kind; } upgrades[] = {
		{ "container.attach", UPGRADE_TCP }, { "exec.start", UPGRADE_TCP }, { "container.attach", UPGRADE_WEBSOCKET }, { "buildkit.session", UPGRADE_H2C }, { "buildkit.grpc", UPGRADE_H2C },
	};
	UpgradeKind kind = connection->head.upgrade;

	for (size_t i = 0; connection->row && i < G_N_ELEMENTS(upgrades); i++)
		if (kind == upgrades[i].kind && !strcmp(connection->row->id, upgrades[i].id))
			return true;
	return kind == UPGRADE_NONE;
}

/* These say how long their body is also when there is none. */
static bool has_body(Piece method)
{
	return piece_is(method, "POST") || piece_is(method, "PUT") || piece_is(method, "PATCH");
}

static bool begin(Connection *connection)
{
	const Head *head = &connection->head;

	find_row(connection);
	connection->head.says_length |= has_body(head->method);
	connection->closes = head->close || head->old;
	connection->left = head->length;
	connection->chunks = (Chunks){ 0 };
	if (!is_upgrade(connection))
		return reply(connection, 400, "this call is not one that Docker upgrades", true);
	if (head->framing != FRAMING_NONE && is_stream(connection)) {
		connection->request = REQUEST_STREAM;
		return ask(connection);
	}
	if (head->framing == FRAMING_LENGTH && head->length > LIMIT_JUDGE_BODY_BYTES)
		return reply(connection, 413, "the body is larger than what can be judged", true);
	connection->request = REQUEST_BODY;
	if (head->framing == FRAMING_NONE)
		connection->request = REQUEST_WHOLE;
	bool waits = head->expects && head->framing != FRAMING_NONE;
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	return !waits || side_write(&connection->client, go_on, strlen(go_on));
}

static bool take_head(Connection *connection)
{
	const char *problem = "", *bytes = connection->in.at;
	size_t length = 0;
	int status = 0;

	if (!connection->since_us)
		connection->since_us = g_get_monotonic_time();
	HeadResult result = head_find_end(bytes, connection->in.length, &connection->scanned, &length, &status, &problem);
	if (result == HEAD_MORE)
		return connection->in.length <= LIMIT_SOCKET_LEAN_BYTES || !bytes_are_full() || reply(connection, 503, "there is no room for a head of this length: too much comes at a time", true);
	if (result == HEAD_WHOLE) {
		connection->head_bytes = bytes_split(&connection->in, length);
		connection->scanned = 0;
		if (head_read_request(connection->head_bytes.at, length, &connection->head, &status, &problem))
			return begin(connection);
	}
	g_autofree char *text = g_strdup_printf("Docker Sentinel does not read this as HTTP: %s", problem);
	return reply(connection, status, text, true);
}

static bool keep(Connection *connection, const char *bytes, size_t length)
{
	switch (body_add(&connection->body, bytes, length)) {
	case BODY_TAKEN:
		return true;
	case BODY_TOO_LARGE:
		(void)reply(connection, 413, "the body is larger than what can be judged", true);
		return false;
	default:
		(void)reply(connection, 503, "there is no room for the body", true);
		return false;
	}
}

static bool pass(Connection *connection, const char *bytes, size_t length)
{
	return side_write(&connection->docker, bytes, length);
}

/* One piece of it: `ret_used` bytes of what came, of which those at `data` are the body's. */
static ChunkResult next_piece(Connection *connection, const char *bytes, size_t length, size_t *ret_used, Piece *ret_data)
{
	if (connection->head.framing == FRAMING_CHUNKS)
		return chunks_read(&connection->chunks, bytes, length, ret_used, ret_data);
	*ret_data = (Piece){ bytes, (size_t)MIN((uint64_t)length, connection->left) };
	*ret_used = ret_data->length;
	connection->left -= ret_data->length;
	return ret_data->length ? CHUNK_DATA : connection->left ? CHUNK_MORE : CHUNK_END;
}

bool request_feed(Connection *connection, const char *bytes, size_t length, size_t *ret_used)
{
	bool streams = connection->request == REQUEST_STREAM;
	ChunkResult result;

	*ret_used = 0;
	do {
		size_t used = 0;
		Piece data = { NULL, 0 };
		result = next_piece(connection, bytes + *ret_used, length - *ret_used, &used, &data);
		if (result == CHUNK_BAD) {
			if (streams)
				return false; /* Docker has had a part of it: it sees that this is not all */
			(void)reply(connection, 400, "Docker Sentinel does not read this as HTTP: a chunk of the body is none", true);
			return true;
		}
		if (!streams && data.length && !keep(connection, data.at, data.length))
			return true;
		*ret_used += used;
	} while (result == CHUNK_DATA);
	if (streams && !pass(connection, bytes, *ret_used))
		return false;
	if (result != CHUNK_END)
		return true;
	connection->request = streams ? REQUEST_SENT : REQUEST_WHOLE;
	return true;
}

static bool take_one(Connection *connection)
{
	RequestState state = connection->request;
	bool feeds = state == REQUEST_BODY || (state == REQUEST_STREAM && !side_waits(&connection->docker));
	size_t used = 0;

	if (state == REQUEST_WHOLE)
		return ask(connection);
	if (!connection->in.length)
		return true;
	if (state == REQUEST_HEAD)
		return take_head(connection);
	if (!feeds)
		return true;
	bool good = request_feed(connection, connection->in.at, connection->in.length, &used);
	bytes_drop(&connection->in, used);
	return good;
}

bool request_take(Connection *connection)
{
	RequestState state;
	size_t before;

	do {
		state = connection->request;
		before = connection->in.length;
		if (!take_one(connection))
			return false;
	} while (connection->request != state || connection->in.length != before);
	return true;
}

static bool connect_docker(Connection *connection)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (connection->docker.fd >= 0)
		return true;
	if (g_strlcpy(address.sun_path, *connection->upstream ? connection->upstream : connection->proxy->docker, sizeof address.sun_path) >= sizeof address.sun_path)
		return false;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 && side_begin(&connection->docker, connection->proxy->event, fd, connection_on_docker, connection))
		return true;
	(void)close(fd);
	return false;
}

static Framing sent_framing(const Connection *connection, bool streams)
{
	if (streams)
		return connection->head.framing;
	return connection->body.length || connection->head.framing == FRAMING_CHUNKS ? FRAMING_LENGTH : FRAMING_NONE;
}

static bool send_small(Connection *connection)
{
	bool good = side_write(&connection->docker, connection->body.small.at, connection->body.small.length);

	body_clear(&connection->body);
	return good;
}

/* The head that was judged, written anew, and the very bytes of its body that were. */
bool request_go(Connection *connection)
{
	g_autoptr(GString) out = g_string_new(NULL);
	bool streams = connection->head.framing != FRAMING_NONE && is_stream(connection);
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (!connect_docker(connection))
		return reply(connection, 503, "Docker is not there: nobody listens at its socket", true);
	Head head = connection->head;
	if (connection->target)
		head.target = (Piece){ connection->target, strlen(connection->target) };
	head_write_request(&head, sent_framing(connection, streams), streams ? connection->head.length : connection->body.length, *connection->mark ? connection->mark : JUDGE_NO_MARK, out);
	connection->answer = ANSWER_HEAD;
	connection->request = streams ? REQUEST_STREAM : connection->body.file >= 0 ? REQUEST_FILE : REQUEST_SENT;
	if (!side_write(&connection->docker, out->str, out->len))
		return answer_end(connection);
	if (streams && connection->head.expects && !side_write(&connection->client, go_on, strlen(go_on)))
		return false;
	if (!streams && connection->body.file < 0)
		return send_small(connection);
	return streams ? request_take(connection) : request_send_file(connection);
}

bool request_send_file(Connection *connection)
{
	while ((uint64_t)connection->sent < connection->body.length && !side_waits(&connection->docker)) {
		ssize_t part = sendfile(connection->docker.fd, connection->body.file, &connection->sent, connection->body.length - (uint64_t)connection->sent);
		if (part < 0 && errno == EAGAIN)
			return true;
		if (part <= 0 && errno != EINTR)
			return true; /* Docker has hung up, and may have said why */
	}
	if ((uint64_t)connection->sent == connection->body.length) {
		connection->request = REQUEST_SENT;
		body_clear(&connection->body);
	}
	return true;
}
