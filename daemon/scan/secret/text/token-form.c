/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/token-form.h"

#define NUMBER_LEAST 24u
#define NUMBER_MOST 28u
#define TIME 6u
#define CODE_LEAST 27u
#define CODE_MOST 40u

/* Of base64 for addresses. */
static bool packs(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '-';
}

bool token_form_discord(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	const char *text = piece->text;
	size_t begin = start, code = start + TIME + 2, behind = code;
	bool digit = false, upper = false, lower = false;

	(void)end;
	if (start < NUMBER_LEAST || code >= piece->length || text[code - 1] != '.' || !packs(text[start - 1]))
		return false;
	for (size_t i = start + 1; i < code - 1; i++)
		if (!packs(text[i]))
			return false;
	while (begin && start - begin <= NUMBER_MOST && packs(text[begin - 1]))
		begin--;
	for (; behind < piece->length && behind - code <= CODE_MOST && packs(text[behind]); behind++) {
		digit |= g_ascii_isdigit(text[behind]) != 0;
		upper |= g_ascii_isupper(text[behind]) != 0;
		lower |= g_ascii_islower(text[behind]) != 0;
	}
	if (start - begin < NUMBER_LEAST || start - begin > NUMBER_MOST || !strchr("MNO", text[begin]) || behind - code < CODE_LEAST || behind - code > CODE_MOST || !digit || !upper || !lower)
		return false;
	*ret_secret = (Span){ text + begin, behind - begin };
	return true;
}
