/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "proxy/chunk.h"
#include "proxy/head-write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static bool same(Piece a, Piece b)
{
	return a.length == b.length && (!a.length || !memcmp(a.at, b.at, a.length));
}

/* What was read means the same when it is written and read again. */
static void check_again(const Head *head)
{
	g_autoptr(GString) out = g_string_new(NULL);
	size_t scanned = 0, end = 0;
	const char *problem;
	int status;
	Head again;

	head_write_request(head, head->framing, head->length, NULL, out);
	if (out->len > LIMIT_HEAD_BYTES)
		return;
	check(head_find_end(out->str, out->len, &scanned, &end, &status, &problem) == HEAD_WHOLE && end == out->len);
	check(head_read_request(out->str, end, &again, &status, &problem));
	check(same(head->method, again.method) && same(head->target, again.target) && same(head->content_type, again.content_type));
	check(head->framing == again.framing && head->length == again.length && head->upgrade == again.upgrade && head->field_count == again.field_count);
	for (size_t i = 0; i < head->field_count; i++)
		check(same(head->fields[i].name, again.fields[i].name) && same(head->fields[i].value, again.fields[i].value));
}

static void try_chunks(const char *bytes, size_t length)
{
	Chunks chunks = { 0 };
	ChunkResult result = CHUNK_DATA;

	while (length && result == CHUNK_DATA) {
		size_t used = 0;
		Piece data = { 0 };
		result = chunks_read(&chunks, bytes, length, &used, &data);
		check(result == CHUNK_BAD || used <= length);
		check(result != CHUNK_DATA || (data.at >= bytes && data.at + data.length == bytes + used));
		if (result == CHUNK_BAD)
			return;
		bytes += used;
		length -= used;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data, *problem = NULL;
	size_t scanned = 0, end = 0;
	int status = 0;
	Head head;

	if (head_find_end(bytes, size, &scanned, &end, &status, &problem) == HEAD_WHOLE) {
		if (head_read_request(bytes, end, &head, &status, &problem))
			check_again(&head);
		else
			check(problem && status >= 400);
		(void)head_read_answer(bytes, end, (Piece){ "GET", 3 }, &head, &problem);
		try_chunks(bytes + end, size - end);
	}
	try_chunks(bytes, size);
	return 0;
}
