/* SPDX-License-Identifier: MIT
 *
 * Addresses and ranges of them; IPv4 is kept as IPv6 does (::ffff:a.b.c.d, RFC 4291 2.5.5.2), so that there is one comparison.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NET_BYTES 16u
#define NET_BITS 128u
#define NET_IPV4_BITS 96u /* in front of an IPv4 address */

typedef struct NetRange {
	uint8_t address[NET_BYTES];
	unsigned prefix; /* of the 128 bits */
} NetRange;

typedef struct NetRanges {
	NetRange *items;
	size_t count;
} NetRanges;

/* "10.1.2.3", "fd00::1"; "10.0.0.0/8" as Go's net.ParseCIDR takes it: the mask is plain, bits behind it are dropped. */
bool net_address_parse(const char *text, NetRange *ret);
bool net_range_parse(const char *text, NetRange *ret);
/* Whether all of `inner` lies in `outer`; whether they have an address in common. */
bool net_range_holds(const NetRange *outer, const NetRange *inner);
bool net_range_overlaps(const NetRange *a, const NetRange *b);
