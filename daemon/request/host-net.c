/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/limits.h"
#include "request/host-net.h"
#include "request/list.h"

#define HEX "0123456789abcdefABCDEF"
#define HEX_IPV4 8u
#define HEX_IPV6 32u
/* Halves of all addresses are how some VPNs write a default route. */
#define SHORTEST_ROUTE 2u

typedef bool (*LineReader)(char **words, unsigned count, HostNet *net, Arena *arena);

/* Each line that is not empty, as words. */
static bool each_line(const char *text, unsigned skip, LineReader read, HostNet *net, Arena *arena)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (size_t i = 0; lines[i]; i++) {
		g_auto(GStrv) words = g_strsplit_set(lines[i], " \t", -1);
		unsigned count = 0;
		if (i < skip)
			continue;
		for (size_t w = 0; words[w]; w++) {
			if (*words[w]) {
				char *word = words[w];
				words[w] = words[count];
				words[count++] = word;
			}
		}
		if (count && !read(words, count, net, arena))
			return false;
	}
	return true;
}

/* "  eth0: 1 2", "eth0:1 2" */
static bool read_interface(char **words, unsigned count, HostNet *net, Arena *arena)
{
	size_t length = strcspn(words[0], ":");

	(void)count;
	if (!words[0][length] || !length)
		return false;
	LIST_APPEND(arena, &net->interfaces, arena_strndup(arena, words[0], length));
	return true;
}

bool host_net_read_interfaces(const char *text, HostNet *net, Arena *arena)
{
	return each_line(text, 2, read_interface, net, arena);
}

static bool is_hex(const char *word, size_t digits)
{
	return strlen(word) == digits && strspn(word, HEX) == digits;
}

static void add_route(HostNet *net, const NetRange *range, unsigned before, const char *interface, Arena *arena)
{
	const HostRoute route = { *range, arena_strdup(arena, interface) };

	if (range->prefix - before >= SHORTEST_ROUTE)
		LIST_APPEND(arena, &net->routes, route);
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask ...: the number is the address as it lies in memory. */
static bool read_route(char **words, unsigned count, HostNet *net, Arena *arena)
{
	NetRange range = { .address = { [10] = 0xff, [11] = 0xff }, .prefix = NET_IPV4_BITS };

	if (count < 8 || !is_hex(words[1], HEX_IPV4) || !is_hex(words[7], HEX_IPV4))
		return false;
	uint32_t address = (uint32_t)g_ascii_strtoull(words[1], NULL, 16), mask = (uint32_t)g_ascii_strtoull(words[7], NULL, 16);
	memcpy(range.address + NET_BYTES - sizeof address, &address, sizeof address);
	range.prefix += (unsigned)__builtin_popcount(mask);
	add_route(net, &range, NET_IPV4_BITS, words[0], arena);
	return true;
}

bool host_net_read_routes(const char *text, HostNet *net, Arena *arena)
{
	return each_line(text, 1, read_route, net, arena);
}

static bool read_hex6(const char *word, NetRange *ret)
{
	if (!is_hex(word, HEX_IPV6))
		return false;
	for (size_t i = 0; i < NET_BYTES; i++)
		ret->address[i] = (uint8_t)(g_ascii_xdigit_value(word[i * 2]) * 16 + g_ascii_xdigit_value(word[i * 2 + 1]));
	return true;
}

/* Destination, its length, source, its length, next hop, metric, count, use, flags, interface. */
static bool read_route6(char **words, unsigned count, HostNet *net, Arena *arena)
{
	NetRange range = { .prefix = 0 };

	if (count != 10 || !read_hex6(words[0], &range) || !is_hex(words[1], 2))
		return false;
	range.prefix = (unsigned)g_ascii_strtoull(words[1], NULL, 16);
	if (range.prefix > NET_BITS)
		return false;
	add_route(net, &range, 0, words[9], arena);
	return true;
}

bool host_net_read_routes6(const char *text, HostNet *net, Arena *arena)
{
	return each_line(text, 0, read_route6, net, arena);
}

/* "|-- ADDRESS" and below it what it is: "/32 host LOCAL". */
bool host_net_read_addresses(const char *text, HostNet *net, Arena *arena)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	NetRange address = { .prefix = 0 };

	for (size_t i = 0; lines[i]; i++) {
		const char *leaf = strstr(lines[i], "|-- ");
		if (leaf && !net_address_parse(leaf + strlen("|-- "), &address))
			return false;
		if (address.prefix && strstr(lines[i], "/32 host LOCAL"))
			LIST_APPEND(arena, &net->addresses, address);
	}
	return true;
}

static bool read_address6(char **words, unsigned count, HostNet *net, Arena *arena)
{
	NetRange address = { .prefix = NET_BITS };

	if (count != 6 || !read_hex6(words[0], &address))
		return false;
	LIST_APPEND(arena, &net->addresses, address);
	return true;
}

bool host_net_read_addresses6(const char *text, HostNet *net, Arena *arena)
{
	return each_line(text, 0, read_address6, net, arena);
}

/* "nas:/export" and "//nas/share" -> "nas"; "[fd00::1]:/x" -> "fd00::1" */
static void add_source(const char *source, HostNet *net, Arena *arena)
{
	const char *start = source + strspn(source, "/["), *end = start + strcspn(start, *source == '/' ? "/" : *source == '[' ? "]" : ":");

	if (end > start)
		LIST_APPEND(arena, &net->servers, arena_strndup(arena, start, (size_t)(end - start)));
}

/* ID PARENT DEVICE ROOT POINT OPTIONS [TAG ...] - TYPE SOURCE OPTIONS (proc_pid_mountinfo(5)) */
static bool read_mount(char **words, unsigned count, HostNet *net, Arena *arena)
{
	unsigned at = 6;

	while (at < count && strcmp(words[at], "-") != 0)
		at++;
	if (at + 3 > count)
		return false;
	const char *type = words[at + 1];
	if (strcmp(type, "nfs") != 0 && strcmp(type, "nfs4") != 0 && strcmp(type, "cifs") != 0 && strcmp(type, "smb3") != 0)
		return true;
	add_source(words[at + 2], net, arena);
	g_auto(GStrv) options = g_strsplit(at + 3 < count ? words[at + 3] : "", ",", -1);
	for (size_t i = 0; options[i]; i++)
		if (g_str_has_prefix(options[i], "addr=") || g_str_has_prefix(options[i], "mountaddr="))
			LIST_APPEND(arena, &net->servers, arena_strdup(arena, strchr(options[i], '=') + 1));
	return true;
}

bool host_net_read_mounts(const char *text, HostNet *net, Arena *arena)
{
	return each_line(text, 0, read_mount, net, arena);
}

/* "" when there is no such file (a kernel without IPv6); NULL when it cannot be read whole. */
static char *read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	g_autoptr(GString) text = g_string_new("");
	char piece[16384];
	ssize_t got = fd < 0 && errno == ENOENT ? 0 : -1;

	while (fd >= 0 && (got = read(fd, piece, sizeof piece)) > 0 && text->len <= LIMIT_HOST_NET_BYTES)
		g_string_append_len(text, piece, got);
	if (fd >= 0)
		(void)close(fd);
	return got == 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

const HostNet *host_net_now(Arena *arena)
{
	static const struct {
		const char *path;
		bool (*read)(const char *text, HostNet *net, Arena *arena);
	} files[] = {
		{ "/proc/1/net/dev", host_net_read_interfaces },
		{ "/proc/1/net/route", host_net_read_routes },
		{ "/proc/1/net/ipv6_route", host_net_read_routes6 },
		{ "/proc/1/net/fib_trie", host_net_read_addresses },
		{ "/proc/1/net/if_inet6", host_net_read_addresses6 },
		{ "/proc/1/mountinfo", host_net_read_mounts },
	};
	HostNet *net = arena_alloc(arena, sizeof *net);

	*net = (HostNet){ .known = true };
	for (size_t i = 0; net->known && i < G_N_ELEMENTS(files); i++) {
		g_autofree char *text = read_text(files[i].path);
		net->known = text && files[i].read(text, net, arena);
	}
	net->known = net->known && net->interfaces.count; /* lo is always there */
	return net;
}
