/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "base/packet.h"
#include "base/pin-client.h"

struct PinClient {
	PacketClient *packets;
	uint32_t number;
	PinAnswer answer;
};

PinClient *pin_client_new(const char *socket)
{
	PinClient *client = g_new0(PinClient, 1);

	client->packets = packet_client_new(socket);
	return client;
}

void pin_client_free(PinClient *client)
{
	if (!client)
		return;
	packet_client_free(client->packets);
	g_free(client);
}

static bool text_ends(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static bool whole(const void *bytes, size_t length, uint32_t *ret_number)
{
	const PinAnswer *answer = bytes;

	if (length < offsetof(PinAnswer, items) || answer->count > LIMIT_PIN_ITEMS || length != pin_answer_size(answer) ||
		answer->result >= PIN_RESULT_COUNT || !text_ends(answer->text, sizeof answer->text))
		return false;
	for (uint32_t i = 0; i < answer->count; i++) {
		const PinItem *item = &answer->items[i];
		if (!text_ends(item->name, sizeof item->name) || !text_ends(item->container, sizeof item->container) ||
			!text_ends(item->origin, sizeof item->origin))
			return false;
	}
	*ret_number = answer->number;
	return true;
}

bool pin_client_ask(PinClient *client, const PinQuestion *question, int directory, unsigned patience_ms, const PinAnswer **ret)
{
	PinQuestion numbered = *question;
	const PacketQuestion packet = {
		.bytes = &numbered, .length = sizeof numbered, .number = ++client->number, .descriptor = directory, .patience_ms = patience_ms,
		.answer = &client->answer, .size = sizeof client->answer, .whole = whole,
	};

	numbered.number = packet.number;
	*ret = &client->answer;
	return packet_client_ask(client->packets, &packet);
}
