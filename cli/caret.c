/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include "cli/caret.h"
#include "cli/output.h"

#define LINE_WIDTH 100
#define INDENT 2
#define CONTINUED 6

/* How many columns a word takes. */
static int width_of(const char *text)
{
	glong count;
	g_autofree gunichar *characters = g_utf8_to_ucs4_fast(text, -1, &count);
	int width = 0;

	for (glong i = 0; i < count; i++)
		width += g_unichar_iszerowidth(characters[i]) ? 0 : g_unichar_iswide(characters[i]) ? 2 : 1;
	return width;
}

static void add_columns(GString *line, int count, char c)
{
	for (int i = 0; i < count; i++)
		g_string_append_c(line, c);
}

static void print_line(const Cli *cli, GString *text, GString *under)
{
	(void)puts(text->str);
	while (under->len && under->str[under->len - 1] == ' ')
		g_string_truncate(under, under->len - 1);
	if (under->len) {
		g_autofree char *painted = output_paint(cli, strchr(under->str, '^') ? PAINT_RED : PAINT_YELLOW, under->str);
		(void)puts(painted);
	}
	g_string_truncate(text, 0);
	g_string_truncate(under, 0);
}

void caret_print(const Cli *cli, JsonArray *words, const char *marks)
{
	g_autoptr(GString) text = g_string_new(NULL), under = g_string_new(NULL);
	int column = INDENT;

	add_columns(text, INDENT, ' ');
	add_columns(under, INDENT, ' ');
	for (guint i = 0; i < json_array_get_length(words); i++) {
		const char *word = json_array_get_string_element(words, i);
		int width = width_of(word);
		if (column > CONTINUED && column + width > LINE_WIDTH) {
			g_string_append_c(text, '\\');
			print_line(cli, text, under);
			add_columns(text, CONTINUED, ' ');
			add_columns(under, CONTINUED, ' ');
			column = CONTINUED;
		}
		g_string_append_printf(text, "%s ", word);
		add_columns(under, width, marks[i] ? marks[i] : ' ');
		g_string_append_c(under, ' '); /* a flag and its value are marked apart */
		column += width + 1;
	}
	g_string_truncate(text, text->len ? text->len - 1 : 0);
	print_line(cli, text, under);
}
