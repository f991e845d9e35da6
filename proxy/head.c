/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>
#include <glib.h>
#include "proxy/fields.h"
#include "proxy/target.h"
#include "proxy/head.h"

#define BAD_REQUEST 400
#define TOO_LARGE 431

bool piece_is(Piece piece, const char *text)
{
	return piece.length == strlen(text) && !strncasecmp(piece.at, text, piece.length);
}

const char *upgrade_name(UpgradeKind kind)
{
	static const char *const names[] = { [UPGRADE_NONE] = "", [UPGRADE_TCP] = "tcp", [UPGRADE_H2C] = "h2c", [UPGRADE_WEBSOCKET] = "websocket" };

	return names[kind];
}

static bool refuse(const char **ret_problem, const char *problem)
{
	*ret_problem = problem;
	return false;
}

HeadResult head_find_end(const char *bytes, size_t length, size_t *scanned, size_t *ret_bytes, int *ret_status, const char **ret_problem)
{
	*ret_status = BAD_REQUEST;
	for (size_t at = *scanned; at < MIN(length, (size_t)LIMIT_HEAD_BYTES); at++) {
		char c = bytes[at], before = at ? bytes[at - 1] : 0;
		if (c == '\n' && before != '\r')
			return (void)refuse(ret_problem, "a line of the head ends without a carriage return"), HEAD_BAD;
		if (c != '\n' && before == '\r')
			return (void)refuse(ret_problem, "a carriage return stands within a line of the head"), HEAD_BAD;
		*scanned = at + 1;
		if (c == '\n' && at >= 3 && !memcmp(bytes + at - 3, "\r\n\r\n", 4))
			return *ret_bytes = at + 1, HEAD_WHOLE;
	}
	if (length < LIMIT_HEAD_BYTES)
		return HEAD_MORE;
	*ret_status = TOO_LARGE;
	return (void)refuse(ret_problem, "the head is too long"), HEAD_BAD;
}

/* The next line, without its end; false: it is the empty one. */
static bool next_line(Piece *rest, Piece *ret)
{
	const char *end = memchr(rest->at, '\r', rest->length);
	size_t length = end ? (size_t)(end - rest->at) : rest->length;

	*ret = (Piece){ rest->at, length };
	rest->at += MIN(length + 2, rest->length);
	rest->length -= MIN(length + 2, rest->length);
	return length > 0;
}

/* RFC 9110, 5.6.2 */
static bool is_token_character(char c)
{
	return g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(Piece piece)
{
	for (size_t i = 0; i < piece.length; i++)
		if (!is_token_character(piece.at[i]))
			return false;
	return piece.length > 0;
}

static Piece trim(Piece piece)
{
	while (piece.length && (*piece.at == ' ' || *piece.at == '\t'))
		piece = (Piece){ piece.at + 1, piece.length - 1 };
	while (piece.length && (piece.at[piece.length - 1] == ' ' || piece.at[piece.length - 1] == '\t'))
		piece.length--;
	return piece;
}

static bool is_text(Piece piece, bool foreign)
{
	for (size_t i = 0; i < piece.length; i++) {
		unsigned char c = (unsigned char)piece.at[i];
		if (c != '\t' && (c < ' ' || c == 0x7f || (c > 0x7f && !foreign)))
			return false;
	}
	return true;
}

/* `foreign`: letters beyond ASCII, which are Docker's own in an answer. */
static bool split_field(Piece line, bool foreign, Field *ret, const char **ret_problem)
{
	const char *colon = memchr(line.at, ':', line.length);

	if (*line.at == ' ' || *line.at == '\t')
		return refuse(ret_problem, "a line of the head goes on from the one before");
	if (!colon)
		return refuse(ret_problem, "a line of the head has no colon");
	ret->name = (Piece){ line.at, (size_t)(colon - line.at) };
	ret->value = trim((Piece){ colon + 1, line.length - ret->name.length - 1 });
	if (!is_token(ret->name))
		return refuse(ret_problem, "the name of a header is not one");
	return is_text(ret->value, foreign) || refuse(ret_problem, "a header has characters that no header has");
}

static bool read_fields(Piece rest, bool answer, Head *head, const char **ret_problem)
{
	Fields fields = { .head = head, .answer = answer };
	Piece line;

	while (next_line(&rest, &line)) {
		Field field;
		if (!split_field(line, answer, &field, ret_problem) || !fields_take(&fields, &field, ret_problem))
			return false;
	}
	return fields_end(&fields, ret_problem);
}

static bool read_version(Piece word, Head *head)
{
	bool now = word.length == 8 && !memcmp(word.at, "HTTP/1.1", 8);

	head->old = word.length == 8 && !memcmp(word.at, "HTTP/1.0", 8);
	return now || head->old;
}

static bool is_method(Piece piece)
{
	for (size_t i = 0; i < piece.length; i++)
		if (!g_ascii_isupper(piece.at[i]))
			return false;
	return piece.length > 0 && piece.length <= LIMIT_METHOD_BYTES;
}

static bool read_request_line(Piece line, Head *head, const char **ret_problem)
{
	const char *first = memchr(line.at, ' ', line.length), *last = memrchr(line.at, ' ', line.length);

	if (line.length >= 3 && !memcmp(line.at, "PRI", 3))
		return refuse(ret_problem, "HTTP/2 is not spoken here: its calls could not be judged one by one");
	if (!first || first == last)
		return refuse(ret_problem, "the request line has not three parts");
	head->method = (Piece){ line.at, (size_t)(first - line.at) };
	head->target = (Piece){ first + 1, (size_t)(last - first - 1) };
	if (!is_method(head->method))
		return refuse(ret_problem, "the method is not one");
	if (!read_version((Piece){ last + 1, line.length - (size_t)(last + 1 - line.at) }, head))
		return refuse(ret_problem, "the version of HTTP is neither 1.1 nor 1.0");
	return target_check(head->target, ret_problem);
}

/* RFC 9112, 3.2 and 6.1: what a body may follow. */
static bool check_request(const Head *head, const char **ret_problem)
{
	if (!head->old && !head->host)
		return refuse(ret_problem, "there is no Host");
	if (head->old && (head->framing != FRAMING_NONE || head->expects || head->upgrade != UPGRADE_NONE))
		return refuse(ret_problem, "HTTP/1.0 is taken without a body only");
	return true;
}

bool head_read_request(const char *bytes, size_t length, Head *ret, int *ret_status, const char **ret_problem)
{
	Piece rest = { bytes, length }, line;

	*ret = (Head){ 0 };
	*ret_status = BAD_REQUEST;
	if (!next_line(&rest, &line))
		return refuse(ret_problem, "there is an empty line where a request should begin");
	return read_request_line(line, ret, ret_problem) && read_fields(rest, false, ret, ret_problem) && check_request(ret, ret_problem);
}

/* "HTTP/1.1 200 OK" */
static bool read_status_line(Piece line, Head *head, const char **ret_problem)
{
	if (line.length < 12 || !read_version((Piece){ line.at, 8 }, head) || line.at[8] != ' ')
		return refuse(ret_problem, "the answer does not begin as one");
	for (size_t i = 9; i < 12; i++) {
		if (!g_ascii_isdigit(line.at[i]))
			return refuse(ret_problem, "the answer's status is no number");
		head->status = head->status * 10 + (line.at[i] - '0');
	}
	if (line.length > 12 && line.at[12] != ' ')
		return refuse(ret_problem, "the answer's status is no number");
	if (line.length > 13)
		head->reason = (Piece){ line.at + 13, line.length - 13 };
	return head->status >= 100 && is_text(head->reason, true) ? true : refuse(ret_problem, "the answer's status is no number");
}

/* RFC 9112, 6.3 */
static void frame_answer(Head *head, Piece method)
{
	bool none = head->status < 200 || head->status == 204 || head->status == 304 || piece_is(method, "HEAD");

	if (none)
		head->framing = FRAMING_NONE;
	else if (head->framing == FRAMING_NONE && !head->says_length)
		head->framing = FRAMING_CLOSE;
	if (head->framing == FRAMING_CLOSE || head->old)
		head->close = true;
}

bool head_read_answer(const char *bytes, size_t length, Piece method, Head *ret, const char **ret_problem)
{
	Piece rest = { bytes, length }, line;

	*ret = (Head){ 0 };
	if (!next_line(&rest, &line))
		return refuse(ret_problem, "there is an empty line where an answer should begin");
	if (!read_status_line(line, ret, ret_problem) || !read_fields(rest, true, ret, ret_problem))
		return false;
	frame_answer(ret, method);
	return true;
}
