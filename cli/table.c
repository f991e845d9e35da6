/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "cli/layout.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "cli/table.h"

#define GAP 2
#define LONGEST_WORD 20 /* what is wider is a sentence */
#define LEAST_TEXT 10 /* sentences are made so narrow before a number or a time is cut */
#define LEAST_WIDTH 4 /* no column is made narrower: a letter and a mark say too little */

/* Takes from the widest until all have room, or none has more than `least`. */
static void take(glong *widths, guint columns, glong room, glong longer_than, glong least)
{
	g_autofree bool *may = g_new0(bool, columns);
	glong used = -GAP;

	for (guint i = 0; i < columns; i++) {
		may[i] = widths[i] > longer_than;
		used += widths[i] + GAP;
	}
	for (; used > room; used--) {
		guint widest = columns;
		for (guint i = 0; i < columns; i++)
			if (may[i] && widths[i] > least && (widest == columns || widths[i] >= widths[widest]))
				widest = i;
		if (widest == columns)
			return;
		widths[widest]--;
	}
}

static void print_row(const Cli *cli, char *const *cells, const glong *widths, guint columns, bool heading)
{
	g_autoptr(GString) line = g_string_new("");
	glong missing = 0;

	for (guint i = 0; i < columns; i++) {
		g_autofree char *cell = layout_cut(cells[i], widths[i]);
		g_autofree char *shown = heading ? output_paint(cli, PAINT_BOLD, cell) : g_strdup(cell);
		/* Nothing stands behind the last word. */
		if (*cell) {
			g_string_append_printf(line, "%*s%s", (int)missing, "", shown);
			missing = 0;
		}
		missing += widths[i] - layout_width(cell) + GAP;
	}
	(void)puts(line->str);
}

void table_print(Cli *cli, const GPtrArray *cells, guint columns)
{
	g_autofree glong *widths = g_new0(glong, columns);
	const glong room = cli->full ? 0 : layout_columns();
	guint first = cli->no_legend ? columns : 0;

	for (guint i = first; i < cells->len; i++) {
		g_autofree char *clean = layout_cut(g_ptr_array_index(cells, i), 0);
		widths[i % columns] = MAX(widths[i % columns], layout_width(clean));
	}
	if (room) {
		take(widths, columns, room, LONGEST_WORD, LEAST_TEXT);
		take(widths, columns, room, 0, LEAST_WIDTH);
	}
	pager_open(cli);
	for (guint i = first; i + columns <= cells->len; i += columns)
		print_row(cli, (char *const *)cells->pdata + i, widths, columns, i == 0);
}
