/* SPDX-License-Identifier: MIT */
#include "proxy/head-write.h"
#include "core/lookup.h"

static void put(GString *out, Piece piece)
{
	g_string_append_len(out, piece.at, (gssize)piece.length);
}

static void put_fields(const Head *head, GString *out)
{
	for (size_t i = 0; i < head->field_count; i++) {
		put(out, head->fields[i].name);
		g_string_append(out, ": ");
		put(out, head->fields[i].value);
		g_string_append(out, "\r\n");
	}
}

static void put_framing(const Head *head, Framing framing, uint64_t length, GString *out)
{
	if (framing == FRAMING_CHUNKS)
		g_string_append(out, "Transfer-Encoding: chunked\r\n");
	else if (framing == FRAMING_LENGTH || (framing == FRAMING_NONE && head->says_length))
		g_string_append_printf(out, "Content-Length: %" G_GUINT64_FORMAT "\r\n", length);
	if (head->upgrade != UPGRADE_NONE)
		g_string_append_printf(out, "Connection: Upgrade\r\nUpgrade: %s\r\n", upgrade_name(head->upgrade));
}

void head_write_request(const Head *head, Framing framing, uint64_t length, const char *mark, GString *ret)
{
	put(ret, head->method);
	g_string_append(ret, " ");
	put(ret, head->target);
	g_string_append(ret, " HTTP/1.1\r\nHost: docker\r\n");
	put_fields(head, ret);
	put_framing(head, framing, length, ret);
	if (mark)
		g_string_append_printf(ret, LOOKUP_HEADER ": %s\r\n", mark);
	g_string_append(ret, "\r\n");
}

void head_write_answer(const Head *head, Framing framing, bool close, GString *ret)
{
	g_string_append_printf(ret, "HTTP/1.1 %d ", head->status);
	put(ret, head->reason);
	g_string_append(ret, "\r\n");
	put_fields(head, ret);
	put_framing(head, framing, head->length, ret);
	if (close)
		g_string_append(ret, "Connection: close\r\n");
	g_string_append(ret, "\r\n");
}
