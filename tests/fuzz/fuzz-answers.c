/* SPDX-License-Identifier: MIT
 *
 * Docker's answers: whatever they are, a reading or none; and what facts make of them is a request.
 */
#include <stdint.h>
#include <stdlib.h>
#include "request/engine.h"
#include "request/facts.h"
#include "request/list.h"
#include "request/stored.h"
#include "request/use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(Arena) arena = arena_new();
	const char *json = arena_strndup(arena, (const char *)data, size);
	StoredVolume volume;
	StoredImage image = { NULL, NULL };
	Request *request = request_new(arena), *start = request_new(arena);
	const Fact fact = { .kind = FACT_CONTAINER, .name = "web", .state = FACT_KNOWN, .json = json, .length = size };
	const Fact list = { .kind = FACT_IDS, .name = "containers", .state = FACT_KNOWN, .json = json, .length = size };
	FactList facts = { 0 };
	StringList ids;

	(void)stored_read_ids(json, size, arena, &ids);
	(void)stored_read_volume(json, size, arena, &volume);
	if (stored_read_ids(json, size, arena, &ids))
		for (size_t i = 0; i < ids.count; i++)
			if (!*ids.items[i])
				abort();
	if (stored_read_image(json, size, arena, &image) && (!image.id || !image.user))
		abort();
	if (stored_read_container(json, size, arena, request) && !request->has_container)
		abort();
	(void)engine_version(json, size, arena);
	LIST_APPEND(arena, &facts, fact);
	LIST_APPEND(arena, &facts, list);
	start->kind = KIND_CONTAINER_START;
	start->subject = "web";
	start->endpoint = "container.start";
	start->use = use_of(start->endpoint);
	const Request *judged = facts_apply(start, WANT_VOLUMES | WANT_JOINED | WANT_STORED, &facts, arena);
	if (!judged->stored && !judged->unresolved.count)
		abort();
	return 0;
}
