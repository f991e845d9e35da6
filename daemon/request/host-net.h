/* SPDX-License-Identifier: MIT
 *
 * The host's network: interfaces, routes, addresses, and the servers that it mounts file systems of.  The service has a network
 * namespace of its own, so this is read where the kernel shows that of process 1: /proc/1/net (proc_pid_net(5); world-readable,
 * and no question of ptrace) and /proc/1/mountinfo.  Only the main table of IPv4 is there; what policy routing adds is not seen.
 */
#pragma once

#include "request/net-range.h"
#include "request/request.h"

typedef struct HostRoute {
	NetRange range;
	const char *interface;
} HostRoute;

typedef struct HostNet {
	bool known; /* false: it could not be read, or is larger than LIMIT_HOST_NET_BYTES */
	StringList interfaces;
	struct {
		HostRoute *items;
		size_t count;
	} routes;            /* but the default ones */
	NetRanges addresses; /* its own */
	StringList servers;  /* of its network file systems: names and addresses as the mount says them */
} HostNet;

/* Each reads one file's text; false: that is not what the kernel writes. */
bool host_net_read_interfaces(const char *text, HostNet *net, Arena *arena); /* net/dev */
bool host_net_read_routes(const char *text, HostNet *net, Arena *arena);     /* net/route */
bool host_net_read_routes6(const char *text, HostNet *net, Arena *arena);    /* net/ipv6_route */
bool host_net_read_addresses(const char *text, HostNet *net, Arena *arena);  /* net/fib_trie */
bool host_net_read_addresses6(const char *text, HostNet *net, Arena *arena); /* net/if_inet6 */
bool host_net_read_mounts(const char *text, HostNet *net, Arena *arena);     /* mountinfo */

/* As it is now, of process 1.  Any thread. */
const HostNet *host_net_now(Arena *arena);
