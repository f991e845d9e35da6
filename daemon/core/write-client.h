/* SPDX-License-Identifier: MIT
 *
 * The service's end of a change that the helper writes (helper/write.c, base/write-wire.h).
 */
#pragma once

#include "core/order.h"

typedef struct WriteClient WriteClient;

typedef struct WriteWish {
	Order order;
	const char *sender; /* on whose behalf: the name of a connection to the bus */
	const char *why;    /* what it would let through, as the service knows it; NULL: nothing */
	bool interactive, matters;
} WriteWish;

/* Connects and says what is to be written; nothing happens yet.  Blocking; a reader.  NULL: the helper cannot be reached. */
WriteClient *write_client_new(const char *socket, const WriteWish *wish, GError **error);
void write_client_free(WriteClient *client); /* NULL is accepted; what was not committed is not done */
/* The answer to this will be read by write_client_hear() when it can be read from the descriptor. */
bool write_client_ask(WriteClient *client);
int write_client_descriptor(const WriteClient *client);
/* False: that was no answer. */
bool write_client_hear(WriteClient *client, WriteAnswer *ret);
/* One more step, and its end.  Blocking; the writer. */
bool write_client_step(WriteClient *client, WriteStep step, GError **error);
/* A template, or the default configuration, where it is not there.  Blocking; at the start. */
bool write_client_install(const char *socket, const Order *order, GError **error);
