/* SPDX-License-Identifier: MIT
 *
 * Files of a trail that are packed.
 */
#pragma once

#include "audit/pack.h"
#include "proof-fixture.h"

static inline bool go_on(void *data)
{
	(void)data;
	return true;
}

/* How many there were. */
static inline unsigned pack_all(Journal *journal, const char *dir)
{
	for (unsigned count = 0;; count++) {
		PackResult result;
		g_assert_cmpint(pack_run(journal, dir, 0, go_on, NULL, &result), ==, 0);
		if (!result.name)
			return count;
		g_free(result.name);
	}
}

/* Three packed files, and audit.jsonl with four records. */
static inline void make_packed_trail(const char *dir)
{
	make_trail(dir);
	Journal *journal = journal_open(dir, NULL);
	g_assert_cmpuint(pack_all(journal, dir), ==, 3);
	journal_close(journal);
}

static inline unsigned count_suffix(const char *dir, const char *suffix)
{
	g_autoptr(GDir) names = g_dir_open(dir, 0, NULL);
	unsigned count = 0;

	for (const char *name; (name = g_dir_read_name(names));)
		count += g_str_has_suffix(name, suffix);
	return count;
}

/* "1 2 3" of the whole trail; where something is damaged "!NAME". */
static inline char *walk_ids(const char *dir)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
	GString *ids = g_string_new(NULL);
	TrailStep step;
	TrailLine text;
	AuditLine line;

	while ((step = trail_walk_next(walk, &text)) == WALK_LINE || step == WALK_DAMAGED) {
		if (step == WALK_DAMAGED)
			g_string_append_printf(ids, " !%s", trail_walk_damaged(walk));
		else if (text.begins && audit_line_read(text.text, text.length, arena, &line))
			g_string_append_printf(ids, "%s%" G_GINT64_FORMAT, ids->len ? " " : "", line.id);
	}
	g_assert_cmpint(step, ==, WALK_END);
	return g_string_free(ids, FALSE);
}

static inline void write_bytes(const char *dir, const char *name, const void *bytes, size_t length)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	FILE *file = fopen(path, "we");

	g_assert_cmpuint(fwrite(bytes, 1, length, file), ==, length);
	g_assert_cmpint(fclose(file), ==, 0);
}

static inline char *read_bytes(const char *dir, const char *name, gsize *ret_length)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	char *bytes = NULL;

	g_assert_true(g_file_get_contents(path, &bytes, ret_length, NULL));
	return bytes;
}
