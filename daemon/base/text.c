/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define PRINTED_BYTES 128u /* most of what is printed is shorter */

static void buffer_reserve(Buffer *buffer, size_t more)
{
	if (buffer->size - buffer->length > more)
		return;
	size_t size = MAX(buffer->size * 2, buffer->length + more + 1);
	size = MAX(size, 256);
	char *data = arena_bytes(buffer->arena, size);
	if (buffer->length)
		memcpy(data, buffer->data, buffer->length);
	buffer->data = data;
	buffer->size = size;
}

void buffer_append(Buffer *buffer, const char *bytes, size_t length)
{
	buffer_reserve(buffer, length);
	memcpy(buffer->data + buffer->length, bytes, length);
	buffer->length += length;
	buffer->data[buffer->length] = 0;
}

void buffer_puts(Buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

void buffer_printf(Buffer *buffer, const char *format, ...)
{
	va_list arguments;

	buffer_reserve(buffer, PRINTED_BYTES);
	size_t room = buffer->size - buffer->length;
	va_start(arguments, format);
	int length = vsnprintf(buffer->data + buffer->length, room, format, arguments);
	va_end(arguments);
	g_assert(length >= 0);
	if ((size_t)length >= room) {
		buffer_reserve(buffer, (size_t)length);
		va_start(arguments, format);
		(void)vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, arguments);
		va_end(arguments);
	}
	buffer->length += (size_t)length;
}

/* The length of the UTF-8 sequence at `text`, 0 when it is not one.  `length` > 0. */
static size_t sequence_length(const char *text, size_t length, gunichar *ret)
{
	gunichar c = g_utf8_get_char_validated(text, (gssize)MIN(length, 6));

	*ret = c;
	if (c == (gunichar)-1 || c == (gunichar)-2)
		return 0;
	return (size_t)g_utf8_skip[(unsigned char)*text];
}

static void json_escape(Buffer *buffer, unsigned char c)
{
	static const char *const names[128] = {
		['"'] = "\\\"", ['\\'] = "\\\\", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t", ['\b'] = "\\b", ['\f'] = "\\f",
	};

	if (names[c])
		buffer_puts(buffer, names[c]);
	else
		buffer_printf(buffer, "\\u%04x", c);
}

/* What stands in a JSON string as it is. */
static bool byte_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

static void append_quoted(Buffer *buffer, const char *text, size_t length)
{
	buffer_reserve(buffer, length + 2);
	char *to = buffer->data + buffer->length;
	*to++ = '"';
	memcpy(to, text, length);
	to[length] = '"';
	to[length + 1] = 0;
	buffer->length += length + 2;
}

void buffer_json_string(Buffer *buffer, const char *text, size_t limit)
{
	size_t length = strlen(text), end = limit && limit < length ? limit : length, start = 0, i = 0;
	gunichar c;

	while (i < end && byte_plain((unsigned char)text[i]))
		i++;
	if (i == length) {
		append_quoted(buffer, text, length);
		return;
	}
	buffer_append(buffer, "\"", 1);
	while (i < end) {
		unsigned char byte = (unsigned char)text[i];
		if (byte_plain(byte)) {
			i++;
			continue;
		}
		size_t step = byte < 0x80 ? 0 : sequence_length(text + i, length - i, &c);
		if (step && i + step > end)
			break;
		if (!step) {
			buffer_append(buffer, text + start, i - start);
			if (byte < 0x80)
				json_escape(buffer, byte);
			else
				buffer_puts(buffer, "\xef\xbf\xbd");
			start = i + 1;
		}
		i += step ? step : 1;
	}
	buffer_append(buffer, text + start, i - start);
	buffer_puts(buffer, end < length ? ELLIPSIS "\"" : "\"");
}

/* Characters that change what a terminal or a reader makes of the rest of the line. */
static bool character_hidden(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

const char *text_printable(Arena *arena, const char *text, size_t limit)
{
	size_t length = strlen(text), end = limit && limit < length ? limit : length, out = 0, i = 0;
	char *copy = arena_bytes(arena, end + sizeof ELLIPSIS);
	gunichar c;

	while (i < end) {
		if (text[i] >= 0x20 && text[i] < 0x7f) {
			copy[out++] = text[i++];
			continue;
		}
		size_t step = sequence_length(text + i, length - i, &c);
		if (step && i + step > end)
			break;
		if (!step || character_hidden(c)) {
			copy[out++] = '?';
			i += step ? step : 1;
			continue;
		}
		memcpy(copy + out, text + i, step);
		out += step;
		i += step;
	}
	const char *ending = end < length ? ELLIPSIS : "";
	memcpy(copy + out, ending, strlen(ending) + 1);
	return copy;
}

const char *text_indexed(Arena *arena, const char *name, size_t index)
{
	char digits[24], *at = digits + sizeof digits;

	*--at = 0;
	*--at = ']';
	do
		*--at = (char)('0' + index % 10);
	while (index /= 10);
	*--at = '[';
	char *text = arena_bytes(arena, strlen(name) + strlen(at) + 1);
	(void)stpcpy(stpcpy(text, name), at);
	return text;
}
