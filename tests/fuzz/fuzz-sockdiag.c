/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include "authz/clients.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the kernel's answer may hold, and then a judgement by it: whoever is found is in it, and never certain unproven. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SocketTable table = { .path = "/run/docker.sock" };
	KnownClients known = { 0 };
	Clients clients;

	if (sockdiag_read(data, size, 7, &table) != DIAG_BAD) {
		socket_table_sort(&table);
		clients_find(&table, NULL, NULL, &known, &clients);
		if (!clients.unseen || clients.count > LIMIT_LOOK_USERS || clients.count > table.count)
			abort();
	}
	socket_table_free(&table);
	return 0;
}
