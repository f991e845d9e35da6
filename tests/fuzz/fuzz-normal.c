/* SPDX-License-Identifier: MIT
 *
 * The reader of kept requests: what it takes it writes, and reads again as the same.
 */
#include <string.h>
#include "request/normal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(Arena) arena = arena_new();
	Json json = json_begin((const char *)data, size, arena);
	Buffer first = BUFFER_INIT(arena), second = BUFFER_INIT(arena);
	Request request, again;

	if (!normal_get(&json, &normal_request, &request) || !json_finish(&json)) {
		g_assert(json.problem);
		return 0;
	}
	normal_put(&first, &normal_request, &request);
	json = json_begin(first.data, first.length, arena);
	g_assert(normal_get(&json, &normal_request, &again) && json_finish(&json));
	normal_put(&second, &normal_request, &again);
	g_assert(!strcmp(first.data, second.data));
	return 0;
}
