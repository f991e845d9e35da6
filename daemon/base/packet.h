/* SPDX-License-Identifier: MIT
 *
 * Questions to a helper of root's, one packet each (SOCK_SEQPACKET), answered by one packet with the question's number.  What the packets
 * are is base/held.h's and base/pin-wire.h's.  A client belongs to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PacketClient PacketClient;

typedef struct PacketQuestion {
	const void *bytes;
	size_t length;
	uint32_t number;
	int descriptor; /* goes with it; -1: none */
	unsigned patience_ms;
	void *answer;   /* room for it */
	size_t size;
	/* Whether so many bytes are an answer, and to which number. */
	bool (*whole)(const void *answer, size_t length, uint32_t *ret_number);
} PacketQuestion;

PacketClient *packet_client_new(const char *path);
void packet_client_free(PacketClient *client); /* NULL is accepted */
/* Nothing needs it before a question, but systemd then starts the helper before it is needed. */
bool packet_client_connect(PacketClient *client);
/* False: nobody answered in time, or not as the helper would; what is in `answer` is none.  A connection of before may be of a helper that has ended
 * since: then the next one is asked.  A question that was heard and not answered in time is not put twice. */
bool packet_client_ask(PacketClient *client, const PacketQuestion *question);
