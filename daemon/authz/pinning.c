/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "authz/pinning.h"

#define SECOND_US INT64_C(1000000)
#define DIGITS 16u /* of a print, for a token */
#define HEXADECIMAL 16u

struct Pinning {
	PinClient *client;
	PinBook *book;
	int64_t until_us; /* answers to creates that were allowed before this process was there, or by this one */
};

static void expect(Pinning *pinning)
{
	pinning->until_us = g_get_monotonic_time() + LIMIT_PIN_CREATE_S * SECOND_US;
}

Pinning *pinning_new(const char *pin_socket, PinBook *book)
{
	Pinning *pinning = g_new0(Pinning, 1);

	pinning->client = pin_client_new(pin_socket);
	pinning->book = book;
	expect(pinning);
	return pinning;
}

void pinning_free(Pinning *pinning)
{
	if (!pinning)
		return;
	pin_client_free(pinning->client);
	g_free(pinning);
}

static uint64_t token_of(const char *print)
{
	char digits[DIGITS + 1];

	(void)g_strlcpy(digits, print, sizeof digits);
	return g_ascii_strtoull(digits, NULL, HEXADECIMAL) | 1;
}

static bool ask(const Pinning *pinning, PinAsk what, const char *name, uint64_t token, const char *container)
{
	PinQuestion question = { .ask = what, .token = token };
	const PinAnswer *answer;

	(void)g_strlcpy(question.name, name, sizeof question.name);
	(void)g_strlcpy(question.container, container, sizeof question.container);
	return pin_client_ask(pinning->client, &question, -1, LIMIT_PIN_LOOK_MS, &answer) && answer->result == PIN_OK;
}

static bool was_of_another(const PinFacts *pin, const char *print)
{
	return pin && pin->live && pin->state == PIN_UNUSED && pin->token && pin->token != token_of(print);
}

static const PinFacts *with_name_known(const PinFacts *pin, Arena *arena)
{
	PinFacts *named = arena_alloc(arena, sizeof *named);

	*named = *pin;
	named->named_before = true;
	return named;
}

/* docker run creates, pulls what is missing and creates again, the same: meanwhile its command line shows the name to all users of the host. */
const Request *pinning_compare(const Request *request, const char *print, Arena *arena)
{
	const MountList *mounts = &request->container.mounts;
	Request *copy = arena_alloc(arena, sizeof *copy);
	Mount *items = arena_alloc(arena, (mounts->count + 1) * sizeof *items);
	bool named = false;

	for (size_t i = 0; i < mounts->count; i++) {
		items[i] = mounts->items[i];
		if (!was_of_another(items[i].pin, print))
			continue;
		items[i].pin = with_name_known(items[i].pin, arena);
		named = true;
	}
	*copy = *request;
	copy->container.mounts.items = items;
	return named ? copy : request;
}

bool pinning_take(Pinning *pinning, const Request *request, const char *print)
{
	const MountList *mounts = &request->container.mounts;

	for (size_t i = 0; i < mounts->count; i++) {
		const PinFacts *pin = mounts->items[i].pin;
		if (!pin || !pin->live || pin->state != PIN_UNUSED)
			continue;
		expect(pinning);
		if (!ask(pinning, PIN_TAKE, pin->name, token_of(print), ""))
			return false;
	}
	return true;
}

bool pinning_expects(const Pinning *pinning)
{
	return g_get_monotonic_time() < pinning->until_us;
}

void pinning_unheard(Pinning *pinning, const Request *request)
{
	if (!strcmp(request->endpoint, "container.delete") || !strcmp(request->endpoint, "container.prune"))
		pin_book_miss(pinning->book);
}

void pinning_made(Pinning *pinning, const Request *request, const char *print, bool made, const char *container)
{
	const MountList *mounts = &request->container.mounts;

	if (request->kind != KIND_CONTAINER_CREATE || (made && !*container))
		return;
	for (size_t i = 0; i < mounts->count; i++) {
		const char *name = mounts->items[i].kind == MOUNT_BIND ? pin_name(mounts->items[i].source) : NULL;
		if (name && ask(pinning, PIN_BIND, name, token_of(print), made ? container : "") && made)
			pin_book_add(pinning->book, container);
	}
}
