/* SPDX-License-Identifier: MIT
 *
 * Text that is made: printed, quoted, made printable, at every length around the steps of the buffers.
 */
#include <string.h>
#include "base/text.h"

static void test_printf(void)
{
	for (size_t length = 0; length < 1100; length++) {
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *fill = g_strnfill(length, 'x'), *expected = g_strdup_printf("<%s>7", fill);
		Buffer buffer = BUFFER_INIT(arena);
		g_assert_cmpstr(arena_printf(arena, "<%s>%d", fill, 7), ==, expected);
		buffer_puts(&buffer, "begin");
		buffer_printf(&buffer, "<%s>%d", fill, 7);
		buffer_printf(&buffer, "%s", "end");
		g_assert_cmpuint(buffer.length, ==, length + strlen("begin<>7end"));
		g_assert_cmpmem(buffer.data + strlen("begin"), length + 3, expected, length + 3);
		g_assert_true(g_str_has_suffix(buffer.data, "end"));
	}
}

static const struct { const char *text; size_t limit; const char *json, *printable; } rows[] = {
	{ "", 0, "\"\"", "" },
	{ "plain", 0, "\"plain\"", "plain" },
	{ "plain", 5, "\"plain\"", "plain" },
	{ "plain", 4, "\"plai…\"", "plai…" },
	{ "a\"b\\c", 0, "\"a\\\"b\\\\c\"", "a\"b\\c" },
	{ "tab\tfeed\n", 0, "\"tab\\tfeed\\n\"", "tab?feed?" },
	{ "\x01\x7f", 0, "\"\\u0001\\u007f\"", "??" },
	{ "grün", 0, "\"grün\"", "grün" },
	{ "grün", 3, "\"gr…\"", "gr…" }, /* not half a character */
	{ "bad\xff", 0, "\"bad\xef\xbf\xbd\"", "bad?" },
	{ "\xe2\x80\xae" "turned\xe2\x80\xac", 0, "\"\xe2\x80\xae" "turned\xe2\x80\xac\"", "?turned?" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Buffer buffer = BUFFER_INIT(arena);
		buffer_json_string(&buffer, rows[i].text, rows[i].limit);
		g_assert_cmpstr(buffer.data, ==, rows[i].json);
		g_assert_cmpuint(buffer.length, ==, strlen(rows[i].json));
		g_assert_cmpstr(text_printable(arena, rows[i].text, rows[i].limit), ==, rows[i].printable);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/printf", test_printf);
	g_test_add_func("/text/rows", test_rows);
	return g_test_run();
}
