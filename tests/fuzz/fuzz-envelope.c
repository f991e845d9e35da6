/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include "authz/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(Arena) arena = arena_new();
	Envelope envelope;

	if (envelope_read((const char *)data, size, arena, &envelope)) {
		if (!*envelope.call.method || !*envelope.call.uri)
			abort();
		(void)api_read(&envelope.call, arena);
	}
	return 0;
}
