/* SPDX-License-Identifier: MIT
 *
 * Request targets: whatever is taken without a problem is a clean path.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "request/endpoint.h"
#include "request/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(Arena) arena = arena_new();
	const char *subject, *value;
	PairList query;
	Target target = target_parse(arena_strndup(arena, (const char *)data, size), arena);

	(void)endpoint_find("POST", target.path, arena, &subject);
	if (!target.problem && (*target.path != '/' || strstr(target.path, "//") || strstr(target.path, "/../")))
		abort();
	if (query_parse(target.query, &query, arena))
		(void)query_take(&query, &(QueryWant){ "fromImage", &value }, 1);
	return 0;
}
