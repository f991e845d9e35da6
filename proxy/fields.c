/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>
#include <glib.h>
#include "proxy/fields.h"

#define LENGTH_DIGITS 18 /* of a number that fits */

typedef struct Row {
	const char *name;
	bool (*read)(Head *head, Piece value, const char **ret_problem); /* NULL: it means nothing here */
	bool prefix; /* of a name */
	bool many;   /* it may be there several times */
	bool ends;   /* it is about this connection: not sent on */
} Row;

static bool refuse(const char **ret_problem, const char *problem)
{
	*ret_problem = problem;
	return false;
}

static bool read_host(Head *head, Piece value, const char **ret_problem)
{
	for (size_t i = 0; i < value.length; i++)
		if (!g_ascii_isalnum(value.at[i]) && !strchr(".-_:[]%/", value.at[i]))
			return refuse(ret_problem, "the Host is none");
	head->host = true;
	return true;
}

static bool read_length(Head *head, Piece value, const char **ret_problem)
{
	if (!value.length || value.length > LENGTH_DIGITS || (value.length > 1 && *value.at == '0'))
		return refuse(ret_problem, "the Content-Length is no number");
	for (size_t i = 0; i < value.length; i++) {
		if (!g_ascii_isdigit(value.at[i]))
			return refuse(ret_problem, "the Content-Length is no number");
		head->length = head->length * 10 + (uint64_t)(value.at[i] - '0');
	}
	head->says_length = true;
	return true;
}

static bool read_coding(Head *head, Piece value, const char **ret_problem)
{
	if (!piece_is(value, "chunked"))
		return refuse(ret_problem, "the Transfer-Encoding is not \"chunked\"");
	head->framing = FRAMING_CHUNKS;
	return true;
}

static bool take_option(Head *head, Piece option, const char **ret_problem)
{
	if (piece_is(option, "close"))
		head->close = true;
	else if (piece_is(option, "upgrade"))
		head->upgrades = true;
	else if (!piece_is(option, "keep-alive") && !piece_is(option, "te"))
		return refuse(ret_problem, "Connection names a header that would not be sent on");
	return true;
}

/* RFC 9110, 7.6.1: a list; what it names ends here. */
static bool read_connection(Head *head, Piece value, const char **ret_problem)
{
	while (value.length) {
		const char *comma = memchr(value.at, ',', value.length);
		size_t length = comma ? (size_t)(comma - value.at) : value.length;
		Piece option = { value.at, length };
		while (option.length && (*option.at == ' ' || *option.at == '\t'))
			option = (Piece){ option.at + 1, option.length - 1 };
		while (option.length && (option.at[option.length - 1] == ' ' || option.at[option.length - 1] == '\t'))
			option.length--;
		if (!take_option(head, option, ret_problem))
			return false;
		length += comma != NULL;
		value = (Piece){ value.at + length, value.length - length };
	}
	return true;
}

static bool read_upgrade(Head *head, Piece value, const char **ret_problem)
{
	for (int kind = UPGRADE_TCP; kind <= UPGRADE_WEBSOCKET; kind++)
		if (piece_is(value, upgrade_name((UpgradeKind)kind)))
			head->upgrade = (UpgradeKind)kind;
	return head->upgrade != UPGRADE_NONE || refuse(ret_problem, "nothing can be upgraded to that protocol");
}

static bool read_expect(Head *head, Piece value, const char **ret_problem)
{
	head->expects = piece_is(value, "100-continue");
	return head->expects || refuse(ret_problem, "what is expected is not known");
}

static bool read_type(Head *head, Piece value, const char **ret_problem G_GNUC_UNUSED)
{
	head->content_type = value;
	head->has_content_type = true;
	return true;
}

/* What Docker reads of a request (moby: registry credentials, BuildKit's sessions, golang.org/x/net/websocket), and what traces it.  A name that is not here
 * is Docker's to ignore, and ours to leave out. */
static const Row rows[] = {
	{ "Host", read_host, false, false, true },
	{ "Content-Length", read_length, false, false, true },
	{ "Transfer-Encoding", read_coding, false, false, true },
	{ "Connection", read_connection, false, false, true },
	{ "Upgrade", read_upgrade, false, false, true },
	{ "Expect", read_expect, false, false, true },
	{ "Keep-Alive", NULL, false, true, true },
	{ "Proxy-", NULL, true, true, true },
	{ "TE", NULL, false, true, true },
	{ "Trailer", NULL, false, true, true },
	{ "Content-Type", read_type, false, false, false },
	{ "Accept", NULL, false, false, false },
	{ "Accept-Encoding", NULL, false, false, false },
	{ "Origin", NULL, false, false, false },
	{ "User-Agent", NULL, false, false, false },
	{ "X-Registry-Auth", NULL, false, false, false },
	{ "X-Registry-Config", NULL, false, false, false },
	{ "X-Docker-Expose-Session-", NULL, true, true, false },
	{ "Sec-WebSocket-", NULL, true, true, false },
	{ "Traceparent", NULL, false, false, false },
	{ "Tracestate", NULL, false, false, false },
	{ "Baggage", NULL, false, false, false },
};
G_STATIC_ASSERT(G_N_ELEMENTS(rows) <= 64);

static const Row *find_row(Piece name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		size_t length = strlen(rows[i].name);
		if (rows[i].prefix ? name.length >= length && !strncasecmp(name.at, rows[i].name, length) : piece_is(name, rows[i].name))
			return &rows[i];
	}
	return NULL;
}

static bool keep(Head *head, const Field *field, const char **ret_problem)
{
	if (head->field_count == LIMIT_HEAD_FIELDS)
		return refuse(ret_problem, "there are too many headers");
	head->fields[head->field_count++] = *field;
	return true;
}

bool fields_take(Fields *fields, const Field *field, const char **ret_problem)
{
	const Row *row = find_row(field->name);
	Head *head = fields->head;

	if (!row)
		return !fields->answer || keep(head, field, ret_problem);
	uint64_t bit = UINT64_C(1) << (row - rows);
	if (!row->many && (!fields->answer || row->ends) && (fields->seen & bit))
		return refuse(ret_problem, "a header is there twice");
	fields->seen |= bit;
	if (row->read && !row->read(head, field->value, ret_problem))
		return false;
	return row->ends || keep(head, field, ret_problem);
}

bool fields_end(const Fields *fields, const char **ret_problem)
{
	Head *head = fields->head;

	if (head->framing == FRAMING_CHUNKS && head->says_length)
		return refuse(ret_problem, "there are a Content-Length and a Transfer-Encoding");
	if (!fields->answer && (head->upgrade != UPGRADE_NONE) != head->upgrades)
		return refuse(ret_problem, "Upgrade and Connection say different things");
	if (head->framing == FRAMING_NONE && head->length)
		head->framing = FRAMING_LENGTH;
	return true;
}
