/* SPDX-License-Identifier: MIT
 *
 * The API door, and the command that would make such a call: the first line is the request target, the rest the body.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "request/typed/typed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(Arena) arena = arena_new();
	const char *line = size ? memchr(data, '\n', size) : NULL;
	size_t target = line ? (size_t)(line - (const char *)data) : size, rest = line ? size - target - 1 : 0;
	ApiCall call = {
		.method = "POST", .uri = arena_strndup(arena, (const char *)data, target), .body = rest ? line + 1 : NULL, .body_length = rest,
		.content_type = "application/json", .content_length = rest ? "1" : "0",
	};

	Request *request = api_read(&call, arena);
	if (!g_utf8_validate(request->summary, -1, NULL) || (request->kind == KIND_CONTAINER_CREATE && !request->problem && !request->has_container))
		abort();
	StringList words;
	if (typed_words(&call, arena, &words) && (words.count < 2 || strcmp(words.items[0], "run") != 0))
		abort();
	return 0;
}
