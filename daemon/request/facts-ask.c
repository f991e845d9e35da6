/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/facts-ask.h"
#include "request/list.h"
#include "request/stored.h"

const char *fact_title(const Fact *fact, Arena *arena)
{
	static const char *const kinds[FACT_KIND_COUNT] = { [FACT_VOLUME] = "volume", [FACT_CONTAINER] = "container", [FACT_IMAGE] = "image",
		[FACT_NETWORK] = "network", [FACT_DAEMON] = "daemon", [FACT_ENGINE] = "daemon",
		[FACT_EXEC] = "exec", [FACT_SERVICE] = "service", [FACT_IDS] = "list of", [FACT_IMAGES] = "list of" };

	return arena_printf(arena, "%s %s", kinds[fact->kind], text_printable(arena, fact->name, SHOWN_NAME_BYTES));
}

const Fact *facts_find(const Pass *pass, FactKind kind, const char *name)
{
	static const Fact too_many = { .name = "", .state = FACT_FAILED };

	for (size_t i = 0; i < pass->facts->count; i++)
		if (pass->facts->items[i].kind == kind && !strcmp(pass->facts->items[i].name, name))
			return &pass->facts->items[i];
	if (pass->facts->count == LIMIT_FACTS)
		return &too_many;
	const Fact fact = { .kind = kind, .name = name, .state = FACT_OPEN };
	LIST_APPEND(pass->arena, pass->facts, fact);
	return &pass->facts->items[pass->facts->count - 1];
}

void facts_unresolved(const Pass *pass, const char *title)
{
	LIST_APPEND(pass->arena, &pass->request->unresolved, title);
}

const Fact *facts_need(const Pass *pass, FactKind kind, const char *name)
{
	const Fact *fact = facts_find(pass, kind, name);

	if (fact->state == FACT_FAILED)
		facts_unresolved(pass, *fact->name ? fact_title(fact, pass->arena) : "more things than one call may name");
	return fact->state == FACT_KNOWN ? fact : NULL;
}

bool facts_readable(const Pass *pass, const Fact *fact, bool good)
{
	if (!good)
		facts_unresolved(pass, fact_title(fact, pass->arena));
	return good;
}

/* Docker takes a whole id, then a name, then the beginning of an id: who renames or removes a container of their own whose name is the
 * beginning of another's id would have it judged, and use the other.  What Docker says of the name is no help: it changes meanwhile. */
static void refuse_ambiguous(const Pass *pass, const char *name, const Request *stored)
{
	StringList ids;

	if (!strcmp(stored->container_id, name) || name[strspn(name, "0123456789abcdef")])
		return;
	const Fact *fact = facts_need(pass, FACT_IDS, FACT_CONTAINERS);
	if (!fact || !facts_readable(pass, fact, stored_read_ids(fact->json, fact->length, pass->arena, &ids)))
		return;
	for (size_t i = 0; i < ids.count; i++)
		if (g_str_has_prefix(ids.items[i], name) && strcmp(ids.items[i], stored->container_id) != 0) {
			facts_unresolved(pass, arena_printf(pass->arena, "which container is meant by %s: the id of another one begins so; say the whole id", name));
			return;
		}
}

Request *facts_container(const Pass *pass, const char *name)
{
	const Fact *fact = facts_need(pass, FACT_CONTAINER, name);
	Request *stored = request_new(pass->arena);

	if (!fact || !facts_readable(pass, fact, stored_read_container(fact->json, fact->length, pass->arena, stored)))
		return NULL;
	refuse_ambiguous(pass, name, stored);
	return stored;
}
