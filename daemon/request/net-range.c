/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <glib.h>
#include <string.h>
#include "request/net-range.h"

#define IPV4_BYTES 4u
#define LONGEST_ADDRESS 64u
#define LONGEST_PREFIX 3u

bool net_address_parse(const char *text, NetRange *ret)
{
	static const uint8_t mapped[NET_BYTES - IPV4_BYTES] = { [10] = 0xff, [11] = 0xff };
	uint8_t bytes[IPV4_BYTES];

	ret->prefix = NET_BITS;
	if (inet_pton(AF_INET, text, bytes) != 1)
		return inet_pton(AF_INET6, text, ret->address) == 1;
	memcpy(ret->address, mapped, sizeof mapped);
	memcpy(ret->address + sizeof mapped, bytes, sizeof bytes);
	return true;
}

static void drop_rest(NetRange *range)
{
	for (unsigned bit = range->prefix; bit < NET_BITS; bit++)
		range->address[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
}

bool net_range_parse(const char *text, NetRange *ret)
{
	const char *slash = strchr(text, '/');
	size_t length = slash ? (size_t)(slash - text) : 0, digits = slash ? strspn(slash + 1, "0123456789") : 0;
	char address[LONGEST_ADDRESS];

	if (!length || length >= sizeof address || !digits || digits > LONGEST_PREFIX || slash[1 + digits] ||
		(slash[1] == '0' && digits > 1))
		return false;
	memcpy(address, text, length);
	address[length] = 0;
	unsigned prefix = (unsigned)g_ascii_strtoull(slash + 1, NULL, 10), before = strchr(address, ':') ? 0 : NET_IPV4_BITS;
	if (!net_address_parse(address, ret) || prefix > NET_BITS - before)
		return false;
	ret->prefix = before + prefix;
	drop_rest(ret);
	return true;
}

static bool same_bits(const NetRange *a, const NetRange *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00u >> rest);

	return !memcmp(a->address, b->address, whole) && (!rest || !((a->address[whole] ^ b->address[whole]) & mask));
}

bool net_range_holds(const NetRange *outer, const NetRange *inner)
{
	return outer->prefix <= inner->prefix && same_bits(outer, inner, outer->prefix);
}

bool net_range_overlaps(const NetRange *a, const NetRange *b)
{
	return same_bits(a, b, MIN(a->prefix, b->prefix));
}
