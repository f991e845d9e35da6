/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "proxy/connection.h"
#include "proxy/filter.h"
#include "proxy/head-write.h"

#define SWITCHING 101
#define FOUND 200

void exchange_over(Connection *connection)
{
	JudgeLink *judge = connection->proxy->judge;

	if (connection->number && connection->request != REQUEST_JUDGED && connection->followed)
		judge_link_done(judge, connection->number, connection->status, "", 0);
	else if (connection->number && connection->request != REQUEST_JUDGED)
		judge_link_over(judge, connection->number, connection->status);
	connection->number = 0;
}

static bool fail(Connection *connection)
{
	exchange_over(connection);
	side_close(&connection->docker);
	return reply(connection, 502, "Docker's answer cannot be read", true);
}

/* Docker takes the connection over without an upgrade, for clients that did not ask for one: old ones, of attach and exec. */
static bool is_taken_over(const Connection *connection)
{
	const char *id = connection->row ? connection->row->id : "";

	return connection->framing == FRAMING_CLOSE && connection->status == 200 && (!strcmp(id, "container.attach") || !strcmp(id, "exec.start"));
}

static bool begin_tunnel(Connection *connection, const Head *head)
{
	g_autoptr(GString) out = g_string_new(NULL);
	bool ahead = connection->head.upgrade != UPGRADE_H2C && connection_came_ahead(connection);

	if (connection->request != REQUEST_SENT || ahead) {
		exchange_over(connection);
		side_close(&connection->docker);
		return reply(connection, 400, "bytes came before Docker had agreed to the upgrade", true);
	}
	head_write_answer(head, head->framing == FRAMING_CLOSE ? FRAMING_CLOSE : FRAMING_NONE, false, out);
	connection->answer = ANSWER_TUNNEL;
	if (!side_write(&connection->client, out->str, out->len) || !side_write(&connection->docker, connection->in.at, connection->in.length))
		return false;
	bytes_clear(&connection->in);
	return true;
}

/* The head is kept until it is known how long what is left is. */
static bool begin_filtered(Connection *connection, const Head *head)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Head kept = *head;

	if (head->framing == FRAMING_CLOSE)
		return fail(connection);
	connection->closes |= head->close;
	kept.says_length = false;
	head_write_answer(&kept, FRAMING_NONE, connection->closes, out);
	bytes_add(&connection->shown_raw, out->str, out->len - strlen("\r\n"));
	connection->answer = ANSWER_FILTERED;
	return true;
}

static bool begin_body(Connection *connection, const Head *head)
{
	g_autoptr(GString) out = g_string_new(NULL);
	bool decoded = connection->head.old && head->framing == FRAMING_CHUNKS;

	connection->closes |= head->close || decoded;
	head_write_answer(head, decoded ? FRAMING_CLOSE : head->framing, connection->closes, out);
	if (connection->show_answer && head->framing != FRAMING_CLOSE) {
		connection->answer = ANSWER_SHOWN;
		bytes_add(&connection->shown_raw, out->str, out->len);
		return true;
	}
	connection->answer = ANSWER_BODY;
	return side_write(&connection->client, out->str, out->len);
}

/* 1: there was one; 0: it is not all there; less than 0: the connection is over, or an answer of ours was given. */
static int take_head(Connection *connection)
{
	const char *problem, *bytes = connection->from.at;
	size_t length = 0;
	int status;
	Head head;

	HeadResult result = head_find_end(bytes, connection->from.length, &connection->from_scanned, &length, &status, &problem);
	if (result == HEAD_MORE)
		return 0;
	if (result == HEAD_BAD || !head_read_answer(bytes, length, connection->head.method, &head, &problem))
		return fail(connection) ? 0 : -1;
	bool upgraded = head.status == SWITCHING, good = true;
	connection->status = head.status;
	connection->framing = head.framing;
	connection->answer_left = head.length;
	connection->answer_chunks = (Chunks){ 0 };
	if (upgraded && (connection->head.upgrade == UPGRADE_NONE || head.upgrade != connection->head.upgrade))
		return fail(connection) ? 0 : -1;
	if (upgraded || is_taken_over(connection))
		good = begin_tunnel(connection, &head);
	else if (head.status == FOUND && (connection->labels || connection->hides_environment))
		good = begin_filtered(connection, &head);
	else if (head.status >= 200)
		good = begin_body(connection, &head);
	if (connection->answer == ANSWER_LAST)
		return good ? 0 : -1;
	bytes_drop(&connection->from, length);
	connection->from_scanned = 0;
	return good ? 1 : -1;
}

/* As a request's body is (request.c). */
static ChunkResult next_piece(Connection *connection, const char *bytes, size_t length, size_t *ret_used, Piece *ret_data)
{
	if (connection->framing == FRAMING_CHUNKS)
		return chunks_read(&connection->answer_chunks, bytes, length, ret_used, ret_data);
	*ret_data = (Piece){ bytes, connection->framing == FRAMING_CLOSE ? length : (size_t)MIN((uint64_t)length, connection->answer_left) };
	*ret_used = ret_data->length;
	if (connection->framing == FRAMING_LENGTH)
		connection->answer_left -= ret_data->length;
	bool end = connection->framing == FRAMING_NONE || (connection->framing == FRAMING_LENGTH && !connection->answer_left);
	return ret_data->length ? CHUNK_DATA : end ? CHUNK_END : CHUNK_MORE;
}

/* The judge has seen it, or it is too long for that: the client may. */
static bool show(Connection *connection)
{
	judge_link_done(connection->proxy->judge, connection->number, connection->status, connection->shown.at, connection->shown.length);
	connection->number = 0;
	connection->answer = ANSWER_BODY;
	bool good = side_write(&connection->client, connection->shown_raw.at, connection->shown_raw.length);
	bytes_clear(&connection->shown);
	bytes_clear(&connection->shown_raw);
	return good;
}

/* All of it is there: the client gets what is left. */
static bool filter(Connection *connection)
{
	g_autoptr(Arena) arena = arena_new();
	const char *body = "", *subject = "";
	size_t length = 0;

	exchange_over(connection);
	FilterResult result = filter_answer(connection->shown.at ? connection->shown.at : "", connection->shown.length, connection->labels ? connection->labels : "", connection->hides_environment, arena, &body, &length);
	if (result == FILTER_BAD)
		return fail(connection);
	if (result == FILTER_HIDDEN) {
		Target target = target_parse(arena_strndup(arena, connection->head.target.at, connection->head.target.length), arena);
		(void)endpoint_find("GET", target.path, arena, &subject);
		return reply(connection, 404, arena_concat(arena, "No such container: ", subject), connection->closes);
	}
	const char *end = arena_printf(arena, "Content-Length: %zu\r\n\r\n", length);
	connection->answer = ANSWER_WHOLE;
	return side_write(&connection->client, connection->shown_raw.at, connection->shown_raw.length) && side_write(&connection->client, end, strlen(end)) &&
	       side_write(&connection->client, body, length);
}

static bool collect(Connection *connection, const char *bytes, size_t used, const Piece *data)
{
	bool decoded = connection->head.old && connection->framing == FRAMING_CHUNKS;

	if (connection->answer == ANSWER_FILTERED) {
		bytes_add(&connection->shown, data->at, data->length);
		return connection->shown.length <= LIMIT_SOCKET_FILTERED_BYTES || fail(connection);
	}
	if (connection->answer == ANSWER_SHOWN) {
		bytes_add(&connection->shown, data->at, data->length);
		bytes_add(&connection->shown_raw, decoded ? data->at : bytes, decoded ? data->length : used);
		if (connection->shown.length <= LIMIT_SOCKET_READ_BYTES)
			return true;
		bytes_clear(&connection->shown);
		return show(connection);
	}
	return decoded ? side_write(&connection->client, data->at, data->length) : side_write(&connection->client, bytes, used);
}

static bool take_body(Connection *connection, const char *bytes, size_t length)
{
	ChunkResult result;

	do {
		size_t used = 0;
		Piece data = { bytes, 0 };
		result = next_piece(connection, bytes, length, &used, &data);
		if (result == CHUNK_BAD || !collect(connection, bytes, used, &data))
			return false;
		if (connection->answer == ANSWER_LAST)
			return true;
		bytes += used;
		length -= used;
	} while (result == CHUNK_DATA);
	if (result != CHUNK_END)
		return true;
	if (connection->answer == ANSWER_FILTERED)
		return filter(connection) && (!length || connection->answer == ANSWER_LAST);
	if (connection->answer == ANSWER_SHOWN && !show(connection))
		return false;
	connection->answer = ANSWER_WHOLE;
	return !length; /* Docker says nothing that it was not asked */
}

bool answer_take(Connection *connection, const char *bytes, size_t length)
{
	if (connection->answer == ANSWER_LEFT)
		return true;
	if (connection->answer == ANSWER_TUNNEL)
		return side_write(&connection->client, bytes, length);
	if (connection->answer != ANSWER_HEAD)
		return take_body(connection, bytes, length);
	bytes_add(&connection->from, bytes, length);
	while (connection->answer == ANSWER_HEAD) {
		int taken = take_head(connection);
		if (taken <= 0)
			return taken == 0;
	}
	Bytes rest = bytes_split(&connection->from, connection->from.length);
	bool good = connection->answer == ANSWER_TUNNEL ? side_write(&connection->client, rest.at, rest.length) : take_body(connection, rest.at ? rest.at : "", rest.length);
	bytes_clear(&rest);
	return good;
}

bool answer_end(Connection *connection)
{
	AnswerState state = connection->answer;

	if (state == ANSWER_TUNNEL) {
		connection->docker.ended = true;
		return true;
	}
	side_close(&connection->docker);
	if (state == ANSWER_HEAD) {
		exchange_over(connection);
		return reply(connection, 502, "Docker has hung up", true);
	}
	if (state != ANSWER_BODY || connection->framing != FRAMING_CLOSE)
		return state == ANSWER_NONE || state == ANSWER_WHOLE || state == ANSWER_LAST;
	connection->answer = ANSWER_WHOLE;
	return true;
}
