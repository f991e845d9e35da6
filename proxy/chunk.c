/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include "proxy/chunk.h"

typedef enum State { SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF, LAST_CR, LAST_LF, END } State;

static bool take_digit(Chunks *chunks, char c)
{
	if (!g_ascii_isxdigit(c) || chunks->digits == LIMIT_CHUNK_DIGITS)
		return false;
	chunks->digits++;
	chunks->left = chunks->left * 16 + (uint64_t)g_ascii_xdigit_value(c);
	return true;
}

/* One byte that is not the body's. */
static bool step(Chunks *chunks, char c)
{
	switch ((State)chunks->state) {
	case SIZE:
		if (c != '\r')
			return take_digit(chunks, c);
		chunks->state = SIZE_LF;
		return chunks->digits > 0;
	case SIZE_LF:
		chunks->state = chunks->left ? DATA : LAST_CR;
		chunks->digits = 0;
		return c == '\n';
	case DATA_CR:
		chunks->state = DATA_LF;
		return c == '\r';
	case DATA_LF:
		chunks->state = SIZE;
		return c == '\n';
	case LAST_CR:
		chunks->state = LAST_LF;
		return c == '\r';
	case LAST_LF:
		chunks->state = END;
		return c == '\n';
	default:
		return false;
	}
}

ChunkResult chunks_read(Chunks *chunks, const char *bytes, size_t length, size_t *ret_used, Piece *ret_data)
{
	size_t at = 0;

	while (at < length && chunks->state != END && chunks->state != DATA)
		if (!step(chunks, bytes[at++]))
			return CHUNK_BAD;
	*ret_used = at;
	if (chunks->state == END)
		return CHUNK_END;
	if (chunks->state != DATA || at == length)
		return CHUNK_MORE;
	*ret_data = (Piece){ bytes + at, (size_t)MIN((uint64_t)(length - at), chunks->left) };
	chunks->left -= ret_data->length;
	if (!chunks->left)
		chunks->state = DATA_CR;
	*ret_used = at + ret_data->length;
	return CHUNK_DATA;
}
