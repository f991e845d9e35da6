/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "cli/layout.h"
#include "cli/output.h"

gboolean layout_is_terminal(void)
{
	static int known = -1;

	if (known < 0)
		known = isatty(STDOUT_FILENO);
	return known > 0;
}

static glong ask_columns(void)
{
	const char *columns = g_getenv("COLUMNS");
	struct winsize size;

	if (!layout_is_terminal())
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	const gint64 said = columns ? g_ascii_strtoll(columns, NULL, 10) : 0;
	return said > 0 ? (glong)MIN(said, G_MAXSHORT) : (glong)LAYOUT_COLUMNS;
}

glong layout_columns(void)
{
	static glong known = -1;

	if (known < 0)
		known = ask_columns();
	return known;
}

gboolean layout_is_utf8(void)
{
	return !layout_is_terminal() || g_get_charset(NULL);
}

static glong width_of(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

static const char *next(const char *at)
{
	return at + g_utf8_skip[*(const guchar *)at];
}

glong layout_width(const char *text)
{
	glong width = 0;

	for (const char *at = text; *at; at = next(at))
		width += width_of(g_utf8_get_char(at));
	return width;
}

char *layout_cut(const char *text, glong width)
{
	g_autofree char *clean = output_clean(text);
	const char *mark = layout_is_utf8() ? "…" : "~";
	const char *at = clean;

	g_strdelimit(clean, "\n\t", ' ');
	if (width <= 0 || layout_width(clean) <= width)
		return g_steal_pointer(&clean);
	for (glong room = width - 1; *at && width_of(g_utf8_get_char(at)) <= room; at = next(at))
		room -= width_of(g_utf8_get_char(at));
	return g_strdup_printf("%.*s%s", (int)(at - clean), clean, mark);
}

void layout_wrap(FILE *stream, const char *text, size_t at, size_t indent)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	bool first = true;

	for (char **word = words; *word; word++) {
		const size_t width = (size_t)layout_width(*word);
		if (!first && at + 1 + width > LAYOUT_COLUMNS) {
			(void)fprintf(stream, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		(void)fprintf(stream, "%s%s", first ? "" : " ", *word);
		at += width + !first;
		first = false;
	}
	(void)fputc('\n', stream);
}
