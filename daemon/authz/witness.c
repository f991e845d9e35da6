/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include "authz/witness.h"
#include "base/log.h"
#include "base/packet.h"

#define MS_US 1000

struct Witness {
	PacketClient *packets;
	uint32_t number;
	int64_t silent_until_us;
	HeldAnswer answer;
};

static void fall_silent(Witness *witness)
{
	witness->silent_until_us = g_get_monotonic_time() + (int64_t)LIMIT_WITNESS_RETRY_MS * MS_US;
}

Witness *witness_new(const char *socket_path)
{
	Witness *witness = g_new0(Witness, 1);

	witness->packets = packet_client_new(socket_path);
	if (!packet_client_connect(witness->packets))
		fall_silent(witness);
	return witness;
}

void witness_free(Witness *witness)
{
	if (!witness)
		return;
	packet_client_free(witness->packets);
	g_free(witness);
}

static bool whole(const void *bytes, size_t length, uint32_t *ret_number)
{
	const HeldAnswer *answer = bytes;

	if (length < offsetof(HeldAnswer, items) || answer->count > LIMIT_LOOK_HELD || length != held_size(answer))
		return false;
	*ret_number = answer->number;
	return true;
}

static bool ask(Witness *witness, pid_t pid)
{
	const HeldQuestion question = { (int32_t)pid, ++witness->number };
	const PacketQuestion packet = {
		.bytes = &question, .length = sizeof question, .number = question.number, .descriptor = -1, .patience_ms = LIMIT_WITNESS_MS,
		.answer = &witness->answer, .size = sizeof witness->answer, .whole = whole,
	};

	return packet_client_ask(witness->packets, &packet);
}

const HeldAnswer *witness_ask(Witness *witness, pid_t pid)
{
	held_look(pid, &witness->answer);
	if (witness->answer.known)
		return &witness->answer;
	bool asked = g_get_monotonic_time() >= witness->silent_until_us && packet_client_connect(witness->packets);
	if (asked && ask(witness, pid))
		return &witness->answer;
	if (asked)
		log_warning("the witness does not say what Docker holds: who is connected is not certain; see systemctl status sentinel-witness.socket");
	if (g_get_monotonic_time() >= witness->silent_until_us)
		fall_silent(witness);
	witness->answer = (HeldAnswer){ 0 };
	return &witness->answer;
}
