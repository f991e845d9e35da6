/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/socket.h>
#include "base/text.h"
#include "proxy/connection.h"

const char sentinel_is_gone[] = "⛔ DOCKER SENTINEL is not there: nothing is let through until it runs again (systemctl status sentineld)";

static const char *reason(int status)
{
	static const struct { int status; const char *reason; } reasons[] = {
		{ 400, "Bad Request" }, { 403, "Forbidden" }, { 404, "Not Found" }, { 408, "Request Timeout" }, { 413, "Content Too Large" }, { 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" }, { 502, "Bad Gateway" }, { 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Error";
}

static char *write_reply(int status, const char *text, bool closes, bool with_body, Arena *arena)
{
	Buffer body = BUFFER_INIT(arena);

	buffer_puts(&body, "{\"message\":");
	buffer_json_string(&body, text, 0);
	buffer_puts(&body, "}\n");
	return arena_printf(arena, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n%s", status, reason(status), body.length,
		closes ? "Connection: close\r\n" : "", with_body ? body.data : "");
}

bool reply(Connection *connection, int status, const char *text, bool closes)
{
	g_autoptr(Arena) arena = arena_new();
	bool with_body = !connection->head_bytes.at || !piece_is(connection->head.method, "HEAD");
	const char *answer = write_reply(status, text, closes, with_body, arena);

	connection->answer = closes ? ANSWER_LAST : ANSWER_WHOLE;
	connection->request = REQUEST_SENT;
	return side_write(&connection->client, answer, strlen(answer));
}

void reply_unheard(int fd, int status, const char *text)
{
	g_autoptr(Arena) arena = arena_new();
	const char *answer = write_reply(status, text, true, true, arena);

	(void)!send(fd, answer, strlen(answer), MSG_DONTWAIT | MSG_NOSIGNAL);
}
