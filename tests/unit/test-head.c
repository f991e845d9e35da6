/* SPDX-License-Identifier: MIT
 *
 * Heads and chunks of HTTP: what has one meaning is read, what could have two is refused.
 */
#include <string.h>
#include "core/lookup.h"
#include "proxy/chunk.h"
#include "proxy/head-write.h"

#define HOST "Host: docker\r\n"
#define END "\r\n"

typedef struct Attack {
	const char *name, *bytes;
	size_t length; /* 0: it ends at the NUL */
	const char *problem; /* a part of it */
} Attack;

/* Each of them is read differently by one server or another. */
static const Attack attacks[] = {
	{ "two lengths", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n" END, 0, "twice" },
	{ "the same length twice", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 5\r\n" END, 0, "twice" },
	{ "a list of lengths", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n" END, 0, "Content-Length" },
	{ "a length with a sign", "POST /a HTTP/1.1\r\n" HOST "Content-Length: +5\r\n" END, 0, "Content-Length" },
	{ "a negative length", "POST /a HTTP/1.1\r\n" HOST "Content-Length: -1\r\n" END, 0, "Content-Length" },
	{ "a hexadecimal length", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n" END, 0, "Content-Length" },
	{ "a length with zeros before it", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 010\r\n" END, 0, "Content-Length" },
	{ "a length that overflows", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551621\r\n" END, 0, "Content-Length" },
	{ "an empty length", "POST /a HTTP/1.1\r\n" HOST "Content-Length: \r\n" END, 0, "Content-Length" },
	{ "CL.TE", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END, 0, "Content-Length and a Transfer-Encoding" },
	{ "TE.CL", "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n" END, 0, "Content-Length and a Transfer-Encoding" },
	{ "TE.TE", "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n" END, 0, "twice" },
	{ "another coding", "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n" END, 0, "chunked" },
	{ "a coding that looks like it", "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n" END, 0, "chunked" },
	{ "a vertical tab before the coding", "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: \vchunked\r\n" END, 0, "characters" },
	{ "a space before the colon", "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n" END, 0, "name of a header" },
	{ "two hosts", "GET /a HTTP/1.1\r\n" HOST "Host: other\r\n" END, 0, "twice" },
	{ "no host", "GET /a HTTP/1.1\r\n" END, 0, "no Host" },
	{ "a host with a user in it", "GET /a HTTP/1.1\r\nHost: docker@other\r\n" END, 0, "Host" },
	{ "two content types", "POST /a HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\ncontent-type: application/json\r\n" END, 0, "twice" },
	{ "credentials twice", "POST /a HTTP/1.1\r\n" HOST "X-Registry-Auth: a\r\nX-Registry-Auth: b\r\n" END, 0, "twice" },
	{ "bare LF", "GET /a HTTP/1.1\nHost: docker\n\n", 0, "carriage return" },
	{ "bare LF in the middle", "GET /a HTTP/1.1\r\n" HOST "A: b\nTransfer-Encoding: chunked\r\n" END, 0, "carriage return" },
	{ "bare CR", "GET /a HTTP/1.1\r\n" HOST "A: b\rTransfer-Encoding: chunked\r\n" END, 0, "carriage return" },
	{ "obs-fold", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 5\r\n 0\r\n" END, 0, "goes on" },
	{ "obs-fold with a tab, at the beginning", "POST /a HTTP/1.1\r\n\tHost: a\r\n" HOST END, 0, "goes on" },
	{ "NUL in a value", "GET /a HTTP/1.1\r\n" HOST "Accept: a\0b\r\n" END, sizeof("GET /a HTTP/1.1\r\n" HOST "Accept: a\0b\r\n" END) - 1, "characters" },
	{ "NUL in a name", "GET /a HTTP/1.1\r\n" HOST "Tra\0nsfer-Encoding: chunked\r\n" END, sizeof("GET /a HTTP/1.1\r\n" HOST "Tra\0nsfer-Encoding: chunked\r\n" END) - 1, "name of a header" },
	{ "an absolute target", "GET http://other/a HTTP/1.1\r\n" HOST END, 0, "not a path" },
	{ "an authority", "CONNECT docker:80 HTTP/1.1\r\n" HOST END, 0, "not a path" },
	{ "a star", "OPTIONS * HTTP/1.1\r\n" HOST END, 0, "not a path" },
	{ "an encoded slash", "GET /containers%2fjson HTTP/1.1\r\n" HOST END, 0, "escape" },
	{ "an encoded backslash", "GET /containers%5Cjson HTTP/1.1\r\n" HOST END, 0, "escape" },
	{ "encoded dots", "GET /a/%2e%2e/b HTTP/1.1\r\n" HOST END, 0, "escape" },
	{ "an escape of an escape", "GET /a%252fb HTTP/1.1\r\n" HOST END, 0, "escape" },
	{ "an escape of NUL", "GET /a%00b HTTP/1.1\r\n" HOST END, 0, "escape" },
	{ "an escape of a line feed", "GET /a%0Ab HTTP/1.1\r\n" HOST END, 0, "escape" },
	{ "an escape of DEL", "GET /a%7Fb HTTP/1.1\r\n" HOST END, 0, "escape" },
	{ "half an escape", "GET /a%2 HTTP/1.1\r\n" HOST END, 0, "escape" },
	{ "two dots", "POST /v1.41/images/../containers/create HTTP/1.1\r\n" HOST END, 0, "cleaned" },
	{ "two dots at the end", "GET /a/.. HTTP/1.1\r\n" HOST END, 0, "cleaned" },
	{ "one dot", "GET /a/./b HTTP/1.1\r\n" HOST END, 0, "cleaned" },
	{ "two slashes", "GET //containers/json HTTP/1.1\r\n" HOST END, 0, "cleaned" },
	{ "a backslash", "GET /a\\b HTTP/1.1\r\n" HOST END, 0, "character" },
	{ "a fragment", "GET /a#b HTTP/1.1\r\n" HOST END, 0, "characters" },
	{ "a space in the target", "GET /a b HTTP/1.1\r\n" HOST END, 0, "characters" },
	{ "a tab for a space", "GET\t/a HTTP/1.1\r\n" HOST END, 0, "three parts" },
	{ "HTTP/0.9", "GET /a\r\n" END, 0, "three parts" },
	{ "another version", "GET /a HTTP/1.2\r\n" HOST END, 0, "version" },
	{ "a version in other letters", "GET /a http/1.1\r\n" HOST END, 0, "version" },
	{ "HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, "HTTP/2" },
	{ "HTTP/1.0 with a body", "POST /a HTTP/1.0\r\nContent-Length: 5\r\n" END, 0, "HTTP/1.0" },
	{ "HTTP/1.0 in chunks", "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" END, 0, "HTTP/1.0" },
	{ "a method in small letters", "post /a HTTP/1.1\r\n" HOST END, 0, "method" },
	{ "an empty line first", "\r\nGET /a HTTP/1.1\r\n" HOST END, 0, "empty line" },
	{ "Connection names what is judged", "POST /a HTTP/1.1\r\n" HOST "Connection: close, Content-Type\r\n" END, 0, "Connection" },
	{ "Connection twice", "POST /a HTTP/1.1\r\n" HOST "Connection: close\r\nConnection: upgrade\r\n" END, 0, "twice" },
	{ "Upgrade without Connection", "POST /a HTTP/1.1\r\n" HOST "Upgrade: tcp\r\n" END, 0, "different things" },
	{ "an upgrade to something else", "POST /a HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: tcp, h2c\r\n" END, 0, "upgraded" },
	{ "another expectation", "POST /a HTTP/1.1\r\n" HOST "Expect: 200-ok\r\n" END, 0, "expected" },
	{ "a line without a colon", "GET /a HTTP/1.1\r\n" HOST "chunked\r\n" END, 0, "colon" },
	{ "a name without letters", "GET /a HTTP/1.1\r\n" HOST ": chunked\r\n" END, 0, "name of a header" },
	{ "letters beyond ASCII", "GET /a HTTP/1.1\r\n" HOST "Transfer-Encod\xc4\xb1ng: chunked\r\n" END, 0, "name of a header" },
};

/* As bytes come: what is bad may be found before the end. */
static HeadResult read_head(const char *bytes, size_t length, Head *ret, const char **ret_problem)
{
	size_t scanned = 0, end = 0;
	int status;
	HeadResult result = head_find_end(bytes, length, &scanned, &end, &status, ret_problem);

	if (result != HEAD_WHOLE)
		return result;
	return head_read_request(bytes, end, ret, &status, ret_problem) ? HEAD_WHOLE : HEAD_BAD;
}

static void test_attacks(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(attacks); i++) {
		const Attack *row = &attacks[i];
		const char *problem = "";
		Head head;
		g_test_message("%s", row->name);
		g_assert_cmpint(read_head(row->bytes, row->length ? row->length : strlen(row->bytes), &head, &problem), ==, HEAD_BAD);
		if (!strstr(problem, row->problem))
			g_error("%s: %s", row->name, problem);
	}
}

/* What comes in, and what goes out of it. */
static const struct {
	const char *in, *out;
} passed[] = {
	{ "GET /_ping HTTP/1.1\r\n" HOST END, "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n" },
	{ "HEAD /_ping HTTP/1.0\r\n" END, "HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n" },
	{ "GET /a?b=%2F..//%00 HTTP/1.1\r\nhost:/var/run/docker.sock\r\n" END, "GET /a?b=%2F..//%00 HTTP/1.1\r\nHost: docker\r\n\r\n" },
	{ "GET /images/a%3A1/json HTTP/1.1\r\n" HOST END, "GET /images/a%3A1/json HTTP/1.1\r\nHost: docker\r\n\r\n" },
	{ "GET /networks/two%20words HTTP/1.1\r\n" HOST END, "GET /networks/two%20words HTTP/1.1\r\nHost: docker\r\n\r\n" },
	{ "GET /networks/b%C3%BCro HTTP/1.1\r\n" HOST END, "GET /networks/b%C3%BCro HTTP/1.1\r\nHost: docker\r\n\r\n" },
	{ "POST /a HTTP/1.1\r\n" HOST "content-length: 0\r\n" END, "POST /a HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n" },
	{ "POST /a HTTP/1.1\r\n" HOST "CONTENT-LENGTH:\t12 \r\nContent-Type: application/json\r\nExpect: 100-Continue\r\n" END,
		"POST /a HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n" },
	{ "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\nTE: trailers\r\nTrailer: X-Sentinel-Call\r\nConnection: keep-alive, TE\r\n" END,
		"POST /a HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n" },
	{ "POST /a HTTP/1.1\r\n" HOST "X-Sentinel-Call: 1\r\nx-sentinel-call: 2\r\nX_Sentinel_Call: 3\r\nAuthorization: x\r\nProxy-Authorization: y\r\nCookie: z\r\n" END,
		"POST /a HTTP/1.1\r\nHost: docker\r\n\r\n" },
	{ "POST /a HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: TCP\r\nx-registry-auth: abc=\r\n" END,
		"POST /a HTTP/1.1\r\nHost: docker\r\nx-registry-auth: abc=\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n" },
	{ "POST /session HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: h2c\r\nX-Docker-Expose-Session-Grpc-Method: a\r\nX-Docker-Expose-Session-Grpc-Method: b\r\n" END,
		"POST /session HTTP/1.1\r\nHost: docker\r\nX-Docker-Expose-Session-Grpc-Method: a\r\nX-Docker-Expose-Session-Grpc-Method: b\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" },
	{ "GET /a HTTP/1.1\r\n" HOST "Sec-WebSocket-Key: a\r\nSec-WebSocke: b\r\n" END, "GET /a HTTP/1.1\r\nHost: docker\r\nSec-WebSocket-Key: a\r\n\r\n" },
};

static void test_passed(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(passed); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		const char *problem = "";
		Head head;
		if (read_head(passed[i].in, strlen(passed[i].in), &head, &problem) != HEAD_WHOLE)
			g_error("%s: %s", passed[i].in, problem);
		head_write_request(&head, head.framing, head.length, NULL, out);
		g_assert_cmpstr(out->str, ==, passed[i].out);
	}
}

/* The mark is the last header, so nothing of a client's comes behind it. */
static void test_mark(void)
{
	const char *in = "GET /a HTTP/1.1\r\n" HOST LOOKUP_HEADER ": theirs\r\nAccept: x\r\n" END, *problem;
	g_autoptr(GString) out = g_string_new(NULL);
	Head head;

	g_assert_cmpint(read_head(in, strlen(in), &head, &problem), ==, HEAD_WHOLE);
	head_write_request(&head, FRAMING_NONE, 0, "ours", out);
	g_assert_cmpstr(out->str, ==, "GET /a HTTP/1.1\r\nHost: docker\r\nAccept: x\r\n" LOOKUP_HEADER ": ours\r\n\r\n");
}

/* Byte by byte it is the same. */
static void test_slow(void)
{
	const char *in = "GET /a HTTP/1.1\r\n" HOST END "more", *problem;
	size_t scanned = 0, end = 0, whole = strlen(in) - strlen("more");
	int status;

	for (size_t i = 0; i < whole; i++)
		g_assert_cmpint(head_find_end(in, i, &scanned, &end, &status, &problem), ==, HEAD_MORE);
	g_assert_cmpint(head_find_end(in, strlen(in), &scanned, &end, &status, &problem), ==, HEAD_WHOLE);
	g_assert_cmpuint(end, ==, whole);
}

static void test_limits(void)
{
	const char *problem = "";
	g_autoptr(GString) in = g_string_new("GET /a HTTP/1.1\r\n" HOST "X: ");
	size_t scanned = 0, end = 0;
	int status = 0;
	Head head;

	while (in->len < LIMIT_HEAD_BYTES - 4)
		g_string_append_c(in, 'x');
	g_string_append(in, "\r\n\r\n");
	g_assert_cmpint(head_find_end(in->str, in->len, &scanned, &end, &status, &problem), ==, HEAD_WHOLE);
	g_string_insert_c(in, (gssize)(in->len - 4), 'x');
	scanned = 0;
	g_assert_cmpint(head_find_end(in->str, in->len, &scanned, &end, &status, &problem), ==, HEAD_BAD);
	g_assert_cmpint(status, ==, 431);
	g_string_assign(in, "GET /a HTTP/1.1\r\n" HOST);
	for (unsigned i = 0; i < LIMIT_HEAD_FIELDS; i++)
		g_string_append(in, "Sec-WebSocket-X: 1\r\n");
	g_autofree char *most = g_strconcat(in->str, END, NULL), *more = g_strconcat(in->str, "Accept: 1\r\n" END, NULL);
	g_assert_cmpint(read_head(most, strlen(most), &head, &problem), ==, HEAD_WHOLE);
	g_assert_cmpint(read_head(more, strlen(more), &head, &problem), ==, HEAD_BAD);
	g_autofree char *name = g_strnfill(LIMIT_URI_BYTES - 1, 'a');
	g_autofree char *longest = g_strconcat("GET /", name, " HTTP/1.1\r\n" HOST END, NULL), *longer = g_strconcat("GET /b", name, " HTTP/1.1\r\n" HOST END, NULL);
	g_assert_cmpint(read_head(longest, strlen(longest), &head, &problem), ==, HEAD_WHOLE);
	g_assert_cmpint(read_head(longer, strlen(longer), &head, &problem), ==, HEAD_BAD);
}

static const struct {
	const char *bytes, *body; /* NULL: refused */
	const char *rest;
} chunked[] = {
	{ "5\r\nhello\r\n0\r\n\r\nrest", "hello", "rest" },
	{ "1\r\na\r\n0002\r\nbc\r\n0\r\n\r\n", "abc", "" },
	{ "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", "" },
	{ "0\r\n\r\nGET /", "", "GET /" },
	{ "00000000\r\n\r\n", "", "" },
	{ "000000000\r\n\r\n", NULL, NULL },
	{ "5;a=b\r\nhello\r\n0\r\n\r\n", NULL, NULL },
	{ "5 \r\nhello\r\n0\r\n\r\n", NULL, NULL },
	{ " 5\r\nhello\r\n0\r\n\r\n", NULL, NULL },
	{ "0x5\r\nhello\r\n0\r\n\r\n", NULL, NULL },
	{ "+5\r\nhello\r\n0\r\n\r\n", NULL, NULL },
	{ "-1\r\nhello\r\n0\r\n\r\n", NULL, NULL },
	{ "\r\nhello\r\n0\r\n\r\n", NULL, NULL },
	{ "5\nhello\n0\n\n", NULL, NULL },
	{ "5\rhello\r\n0\r\n\r\n", NULL, NULL },
	{ "5\r\nhelloX\r\n0\r\n\r\n", NULL, NULL },
	{ "5\r\nhello0\r\n\r\n", NULL, NULL },
	{ "100000000\r\n", NULL, NULL },
	{ "0\r\nX-Sentinel-Call: 1\r\n\r\n", NULL, NULL },
	{ "0\r\n\n", NULL, NULL },
};

/* In pieces of `step` bytes; the body, or NULL. */
static char *read_chunks(const char *bytes, size_t step, const char **ret_rest)
{
	g_autoptr(GString) body = g_string_new(NULL);
	const char *end = bytes + strlen(bytes);
	Chunks chunks = { 0 };

	for (ChunkResult result = CHUNK_MORE; bytes < end;) {
		size_t used = 0;
		Piece data;
		result = chunks_read(&chunks, bytes, MIN(step, (size_t)(end - bytes)), &used, &data);
		if (result == CHUNK_BAD)
			return NULL;
		if (result == CHUNK_DATA)
			g_string_append_len(body, data.at, (gssize)data.length);
		bytes += used;
		*ret_rest = bytes;
		if (result == CHUNK_END)
			return g_string_free(g_steal_pointer(&body), FALSE);
	}
	return NULL;
}

static void test_chunks(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(chunked); i++)
		for (size_t step = 1; step < 40; step += 3) {
			const char *rest = "";
			g_autofree char *body = read_chunks(chunked[i].bytes, step, &rest);
			g_test_message("%s", chunked[i].bytes);
			g_assert_cmpstr(body, ==, chunked[i].body);
			if (body)
				g_assert_cmpstr(rest, ==, chunked[i].rest);
		}
	/* Behind a chunk's head there is no data yet. */
	Chunks chunks = { 0 };
	size_t used = 0;
	Piece data;
	g_assert_cmpint(chunks_read(&chunks, "5\r\n", 3, &used, &data), ==, CHUNK_MORE);
	g_assert_cmpuint(used, ==, 3);
}

static const struct {
	const char *method, *in, *out; /* NULL: refused */
	Framing framing;
	bool close;
} answers[] = {
	{ "GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nServer: Docker\r\n\r\n", "HTTP/1.1 200 OK\r\nServer: Docker\r\nContent-Length: 3\r\n\r\n", FRAMING_LENGTH, false },
	{ "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", FRAMING_NONE, false },
	{ "POST", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n", FRAMING_NONE, false },
	{ "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: a\r\nTransfer-Encoding: chunked\r\n\r\n", FRAMING_CHUNKS, false },
	{ "POST", "HTTP/1.1 200 OK\r\nContent-Type: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: a\r\n\r\n", FRAMING_CLOSE, true },
	{ "POST", "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n", "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n", FRAMING_NONE, false },
	{ "GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", NULL, FRAMING_NONE, false },
	{ "GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", NULL, FRAMING_NONE, false },
	{ "GET", "HTTP/1.1 2000 OK\r\n\r\n", NULL, FRAMING_NONE, false },
	{ "GET", "HTTP/1.1 20 OK\r\n\r\n", NULL, FRAMING_NONE, false },
	{ "GET", "hello\r\n\r\n", NULL, FRAMING_NONE, false },
};

static void test_answers(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		const char *problem = "";
		Head head;
		g_test_message("%s", answers[i].in);
		bool good = head_read_answer(answers[i].in, strlen(answers[i].in), (Piece){ answers[i].method, strlen(answers[i].method) }, &head, &problem);
		g_assert_cmpint(good, ==, answers[i].out != NULL);
		if (!good)
			continue;
		head_write_answer(&head, head.framing, false, out);
		g_assert_cmpstr(out->str, ==, answers[i].out);
		g_assert_cmpint(head.framing, ==, answers[i].framing);
		g_assert_cmpint(head.close, ==, answers[i].close);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/head/attacks", test_attacks);
	g_test_add_func("/head/passed", test_passed);
	g_test_add_func("/head/mark", test_mark);
	g_test_add_func("/head/slow", test_slow);
	g_test_add_func("/head/limits", test_limits);
	g_test_add_func("/head/chunks", test_chunks);
	g_test_add_func("/head/answers", test_answers);
	return g_test_run();
}
