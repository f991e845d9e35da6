/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/users.h"
#include "request/path.h"
#include "request/pins.h"

#define PREFIX PIN_DIR "/"
#define ASSUMED_UID 1000u

static bool lies_there(const char *path, Arena *arena)
{
	const char *canonical = path_canonical_run(path, arena);
	size_t length = strlen(PIN_DIR);

	return !strncmp(canonical, PIN_DIR, length) && (canonical[length] == '\0' || canonical[length] == '/');
}

bool pin_concerns(const Mount *mount, Arena *arena)
{
	return mount->kind == MOUNT_BIND && (lies_there(mount->clean, arena) || lies_there(mount->resolved, arena));
}

const char *pin_name(const char *source)
{
	bool exact = g_str_has_prefix(source, PREFIX) && pin_is_hex(source + strlen(PREFIX), PIN_NAME_LENGTH);

	return exact ? source + strlen(PREFIX) : NULL;
}

static PinFacts facts_of(const PinItem *item, const char *name, Arena *arena)
{
	return (PinFacts){
		.known = true,
		.live = true,
		.state = item->state,
		.uid = item->uid,
		.read_only = item->flags & PIN_READ_ONLY,
		.kept = item->flags & PIN_KEEP,
		.token = item->token,
		.name = name,
		.container = arena_strdup(arena, item->container),
	};
}

const PinFacts *pin_look(PinClient *client, const Mount *mount, Arena *arena)
{
	PinFacts *facts = arena_alloc(arena, sizeof *facts);
	PinQuestion question = { .ask = PIN_LOOK };
	const char *name = pin_name(mount->source);
	const PinAnswer *answer;

	*facts = (PinFacts){ .known = name == NULL, .name = "", .container = "" };
	if (!name || !client)
		return facts;
	(void)g_strlcpy(question.name, name, sizeof question.name);
	if (!pin_client_ask(client, &question, -1, LIMIT_PIN_LOOK_MS, &answer))
		return facts;
	facts->known = answer->result == PIN_NOT_FOUND;
	if (answer->result == PIN_OK && answer->count == 1 && !strcmp(answer->items[0].name, name))
		*facts = facts_of(&answer->items[0], arena_strdup(arena, name), arena);
	return facts;
}

const PinFacts *pin_assume(const Mount *mount, Arena *arena)
{
	PinFacts *facts = arena_alloc(arena, sizeof *facts);
	const char *name = pin_name(mount->source);

	*facts = (PinFacts){
		.known = true, .live = name != NULL, .state = PIN_UNUSED, .uid = ASSUMED_UID, .name = name ? name : "", .container = ""
	};
	return facts;
}
