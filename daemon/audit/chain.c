/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/chain.h"
#include "audit/line.h"

#define LAYOUT_AT 5u /* {"v":1 */

void chain_begin(Chain *chain, const char *digits)
{
	*chain = (Chain){ 0 };
	if (digits && strlen(digits) == CHAIN_DIGITS)
		memcpy(chain->digits, digits, CHAIN_DIGITS);
	else
		memset(chain->digits, '0', CHAIN_DIGITS);
}

void chain_clear(Chain *chain)
{
	g_clear_pointer(&chain->under_way, g_checksum_free);
}

void chain_piece(Chain *chain, const char *text, size_t length, bool ends)
{
	if (!chain->under_way) {
		chain->under_way = g_checksum_new(G_CHECKSUM_SHA256);
		g_checksum_update(chain->under_way, (const guchar *)chain->digits, CHAIN_DIGITS);
	}
	g_checksum_update(chain->under_way, (const guchar *)text, (gssize)length);
	if (!ends)
		return;
	memcpy(chain->digits, g_checksum_get_string(chain->under_way), CHAIN_DIGITS);
	chain_clear(chain);
}

void chain_torn(Chain *chain, const char *text, size_t length)
{
	chain_piece(chain, text, length, true);
}

void chain_whole(Chain *chain, const char *text, size_t length)
{
	g_autofree char *digits = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);

	memcpy(chain->digits, digits, CHAIN_DIGITS);
}

void chain_line(Chain *chain, const char *text, size_t length)
{
	g_autoptr(Arena) arena = arena_new();
	AuditLine line;

	if (audit_line_is_whole(text, length, arena, &line))
		chain_whole(chain, text, length);
	else
		chain_torn(chain, text, length);
}

size_t chain_link(const Chain *chain, const char *line, size_t length, char *into)
{
	static const char member[] = ",\"prev\":\"", end[] = "\"}\n";
	char *at = into;

	memcpy(into, line, length);
	if (!audit_line_id(line, length) || length < 2 || memcmp(line + length - 2, "}\n", 2) != 0)
		return length;
	into[LAYOUT_AT] = '2';
	at += length - 2;
	at = (char *)memcpy(at, member, strlen(member)) + strlen(member);
	at = (char *)memcpy(at, chain->digits, CHAIN_DIGITS) + CHAIN_DIGITS;
	at = (char *)memcpy(at, end, strlen(end)) + strlen(end);
	return (size_t)(at - into);
}
