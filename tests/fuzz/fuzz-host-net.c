/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "request/host-net.h"
#include "request/local-volume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Options of an overlay: no layer is longer than what was written, and each is a path. */
static void read_layers(const char *text, size_t size, Arena *arena)
{
	Pair pairs[] = { { "type", "overlay" }, { "device", "x" }, { "o", text } };
	const PairList options = { pairs, G_N_ELEMENTS(pairs) };
	ContainerSpec spec = { 0 };

	local_volume_add(&spec, "", &options, "", "fuzz", arena);
	for (size_t i = 0; i < spec.mounts.count; i++)
		if (*spec.mounts.items[i].source != '/' || strlen(spec.mounts.items[i].source) > size + 1)
			abort();
}

/* The first byte chooses which reader gets the rest. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool (*const readers[])(const char *text, HostNet *net, Arena *arena) = { host_net_read_interfaces, host_net_read_routes,
		host_net_read_routes6, host_net_read_addresses, host_net_read_addresses6, host_net_read_mounts };
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *text = size ? g_strndup((const char *)data + 1, size - 1) : NULL;
	HostNet net = { 0 };

	if (!size)
		return 0;
	size_t reader = data[0] % (G_N_ELEMENTS(readers) + 1);
	if (reader == G_N_ELEMENTS(readers))
		read_layers(text, size, arena);
	else
		(void)readers[reader](text, &net, arena);
	for (size_t i = 0; i < net.routes.count; i++)
		if (net.routes.items[i].range.prefix > NET_BITS)
			abort();
	return 0;
}
