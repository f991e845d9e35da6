/* SPDX-License-Identifier: MIT
 *
 * The facts about paths that are there, by tables of mounts that say what they please.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "request/path-look.h"
#include "request/path.h"
#include "scratch.h"

#define ALL (PATHS_FACTS | PATHS_WAYS)

typedef struct Bed {
	Arena *arena;
	char *dir;
	MountTable own, host, docker;
} Bed;

static const char *at(const Bed *bed, const char *name)
{
	return arena_printf(bed->arena, "%s/%s", bed->dir, name);
}

static void make(const Bed *bed, const char *name, mode_t mode)
{
	g_assert_cmpint(mkdir(at(bed, name), 0700), ==, 0);
	g_assert_cmpint(chmod(at(bed, name), mode), ==, 0);
}

static void set_table(const Bed *bed, MountTable *table, const char *more)
{
	const char *text = arena_concat(bed->arena, "1 0 8:1 / / rw - ext4 a rw\n", more);

	g_assert_true(mount_table_read(text, strlen(text), bed->arena, table));
}

static Bed bed_new(void)
{
	char real[LIMIT_PATH_BYTES];
	g_autofree char *made = scratch_new();
	Bed bed = { .arena = arena_new() };

	g_assert_nonnull(realpath(made, real));
	bed.dir = g_strdup(real);
	make(&bed, "d", 0755);
	make(&bed, "d/sub", 0711);
	make(&bed, "c", 0700);
	g_assert_cmpint(symlink("d", at(&bed, "link")), ==, 0);
	g_assert_cmpint(symlink("loop", at(&bed, "loop")), ==, 0);
	set_table(&bed, &bed.own, "");
	set_table(&bed, &bed.host, "");
	set_table(&bed, &bed.docker, "");
	return bed;
}

static void bed_free(Bed *bed)
{
	scratch_free(bed->dir);
	arena_free(bed->arena);
}

static PathFacts look_by(const Bed *bed, const MountTables *tables, const char *name)
{
	const char *source = at(bed, name);
	PathFacts facts;

	path_look(source, path_clean(source, bed->arena), tables, ALL, bed->arena, &facts);
	return facts;
}

static PathFacts look(const Bed *bed, const char *name)
{
	return look_by(bed, &(MountTables){ &bed->own, &bed->host, &bed->docker }, name);
}

static void test_walk(void)
{
	static const struct { const char *name, *resolved; bool exists, problem; } rows[] = {
		{ "d", "d", true, false }, { "d/sub", "d/sub", true, false }, { "link/sub", "d/sub", true, false }, { "d//./sub/", "d/sub", true, false },
		{ "d/sub/../../c", "c", true, false }, { "d/no/more", "d/no/more", false, false }, { "link/no", "d/no", false, false },
		{ "loop", "", false, true }, { "d/no/../sub", "", false, true }, { "link/../c", "c", true, false },
	};
	Bed bed = bed_new();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		PathFacts facts = look(&bed, rows[i].name);
		g_test_message("%s: %s", rows[i].name, facts.problem);
		g_assert_true(!!*facts.problem == rows[i].problem);
		if (rows[i].problem)
			continue;
		g_assert_cmpstr(facts.resolved, ==, at(&bed, rows[i].resolved));
		g_assert_true(facts.exists == rows[i].exists);
	}
	bed_free(&bed);
}

/* A ".." behind a link leads where the kernel goes, and a bind's is cleaned before: what differs is not judged. */
static void test_two_readings(void)
{
	Bed bed = bed_new();

	g_assert_cmpint(symlink("d/sub", at(&bed, "deep")), ==, 0);
	g_assert_nonnull(strstr(look(&bed, "deep/../c").problem, "leads elsewhere"));
	bed_free(&bed);
}

static void test_steps(void)
{
	Bed bed = bed_new();
	PathFacts facts = look(&bed, "link/sub");
	const PathStep *steps = facts.steps.items + facts.steps.count - 3;

	g_assert_cmpuint(facts.steps.count, >=, 3);
	g_assert_cmpstr(steps[0].directory.path, ==, bed.dir);
	g_assert_true(steps[0].link && steps[0].exists && steps[0].local);
	g_assert_cmpuint(steps[0].entry_uid, ==, getuid());
	g_assert_cmpstr(steps[1].directory.path, ==, bed.dir); /* the link's target is looked up where it stands */
	g_assert_false(steps[1].link);
	g_assert_cmpstr(steps[2].directory.path, ==, at(&bed, "d"));
	g_assert_cmpuint(steps[2].directory.mode & 07777, ==, 0755);
	g_assert_cmpuint(steps[2].directory.uid, ==, getuid());
	g_assert_cmpuint(facts.source.mode & 07777, ==, 0711);
	facts = look(&bed, "d/none");
	g_assert_false(facts.steps.items[facts.steps.count - 1].exists);
	bed_free(&bed);
}

static void test_types(void)
{
	static const struct { const char *type; bool local; } rows[] = {
		{ "ext4", true }, { "xfs", true }, { "tmpfs", true }, { "overlay", true }, { "fuse.sshfs", false }, { "fuse", false }, { "nfs4", false }, { "cifs", false },
		{ "9p", false }, { "virtiofs", false }, { "autofs", false }, { "what-comes-next", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Bed bed = bed_new();
		set_table(&bed, &bed.own, arena_printf(bed.arena, "2 1 0:50 / %s rw - %s x rw\n", at(&bed, "d"), rows[i].type));
		bed.docker = bed.host = bed.own;
		PathFacts facts = look(&bed, "d/sub");
		g_assert_cmpstr(facts.problem, ==, "");
		g_assert_true(facts.steps.items[facts.steps.count - 1].local == rows[i].local);
		bed_free(&bed);
	}
}

static bool has_name(const PathFacts *facts, const char *name)
{
	for (size_t i = 0; i < facts->names.count; i++)
		if (!strcmp(facts->names.items[i], name))
			return true;
	return false;
}

static const PathWay *way_at(const PathFacts *facts, const char *path)
{
	for (size_t i = 0; i < facts->ways.count; i++)
		if (!strcmp(facts->ways.items[i].path, path))
			return &facts->ways.items[i];
	return NULL;
}

/* `more`: behind the root's line, with '@' for the bed; all see the same. */
static PathFacts look_with(Bed *bed, const char *more, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(more, "@", -1);
	g_autofree char *text = g_strjoinv(bed->dir, parts);

	set_table(bed, &bed->own, text);
	return look_by(bed, &(MountTables){ &bed->own, &bed->own, &bed->own }, name);
}

static void test_names(void)
{
	Bed bed = bed_new();
	PathFacts facts = look_with(&bed, "2 1 8:1 /root @/d rw - ext4 a rw\n", "d/sub"); /* a bind of /root */

	g_assert_cmpstr(facts.problem, ==, "");
	g_assert_true(has_name(&facts, "/root/sub"));
	facts = look_with(&bed, "2 1 8:1 /root/x @/d/sub rw - ext4 a rw\n", "d"); /* below it one */
	g_assert_true(has_name(&facts, "/root/x"));
	facts = look_with(&bed, "2 1 8:1 @/d/sub /elsewhere rw - ext4 a rw\n", "d"); /* a part of it is bound elsewhere */
	g_assert_true(has_name(&facts, "/elsewhere"));
	facts = look_with(&bed, "2 1 8:1 @ /up rw - ext4 a rw\n", "d/sub"); /* what lies above it */
	g_assert_true(has_name(&facts, "/up/d/sub"));
	facts = look_with(&bed, "2 1 8:1 @/d /run/sentinel/pins/0123 rw - ext4 a rw\n", "d/sub"); /* a pin closes nothing to others */
	g_assert_cmpuint(facts.names.count, ==, 0);
	g_assert_cmpuint(facts.ways.count, ==, 1);
	facts = look_with(&bed, "2 1 8:1 @/d /run/sentinel/pinsX rw - ext4 a rw\n", "d/sub");
	g_assert_true(has_name(&facts, "/run/sentinel/pinsX/sub"));
	facts = look_with(&bed, "2 1 8:2 / /other rw - ext4 a rw\n", "d/sub"); /* another disk */
	g_assert_cmpuint(facts.names.count, ==, 0);
	bed_free(&bed);
}

static void test_ways(void)
{
	Bed bed = bed_new();
	PathFacts facts = look_with(&bed, "", "c");
	const PathWay *way = way_at(&facts, at(&bed, "c"));

	g_assert_cmpuint(facts.ways.count, ==, 1);
	g_assert_true(way && way->known && !way->harmless && !way->below);
	g_assert_cmpstr(way->items[0].path, ==, "/");
	g_assert_cmpstr(way->items[way->count - 1].path, ==, at(&bed, "c"));
	g_assert_cmpuint(way->items[way->count - 1].mode & 07777, ==, 0700);

	facts = look_with(&bed, "2 1 8:1 @/c @/d rw,nosuid,nodev - ext4 a rw\n", "c");
	way = way_at(&facts, at(&bed, "d"));
	g_assert_true(way && way->harmless);
	facts = look_with(&bed, "2 1 8:1 @/c @/d rw,nosuid - ext4 a rw\n", "c");
	g_assert_false(way_at(&facts, at(&bed, "d"))->harmless);
	/* What another mount covers nobody comes to. */
	facts = look_with(&bed, "2 1 8:1 @/c /covered/x rw - ext4 a rw\n3 1 0:60 / /covered rw - tmpfs t rw\n", "c");
	g_assert_null(way_at(&facts, "/covered/x"));
	/* A place that is not there for us is not known. */
	facts = look_with(&bed, "2 1 8:1 @/c /not/here rw - ext4 a rw\n", "c");
	g_assert_false(way_at(&facts, "/not/here")->known);
	bed_free(&bed);
}

static void test_below(void)
{
	Bed bed = bed_new();
	PathFacts facts = look_with(&bed, "2 1 0:70 / @/d/sub rw - tmpfs t rw\n", "d");

	g_assert_true(way_at(&facts, at(&bed, "d/sub"))->below);
	facts = look_with(&bed, "2 1 0:70 / @/d/sub ro - tmpfs t rw\n", "d");
	g_assert_null(way_at(&facts, at(&bed, "d/sub")));
	bed_free(&bed);
}

/* What this process does not see as Docker does it cannot judge. */
static void test_views(void)
{
	Bed bed = bed_new();

	set_table(&bed, &bed.docker, arena_printf(bed.arena, "2 1 8:2 / %s rw - ext4 b rw\n", at(&bed, "d")));
	g_assert_nonnull(strstr(look(&bed, "d/sub").problem, "mounts differ"));
	g_assert_cmpstr(look(&bed, "c").problem, ==, "");
	/* The host's own view adds its names and ways. */
	set_table(&bed, &bed.docker, "");
	set_table(&bed, &bed.host, arena_printf(bed.arena, "2 1 8:1 %s /shown rw - ext4 a rw\n", at(&bed, "c")));
	PathFacts facts = look(&bed, "c");
	g_assert_true(has_name(&facts, "/shown"));
	g_assert_false(way_at(&facts, "/shown")->known);
	bed_free(&bed);
}

static void test_too_many(void)
{
	Bed bed = bed_new();
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i <= LIMIT_PATH_NAMES; i++)
		g_string_append_printf(text, "%u 1 8:1 @/c /n%u rw - ext4 a rw\n", i + 2, i);
	g_assert_nonnull(strstr(look_with(&bed, text->str, "c").problem, "too many places"));
	(void)g_string_free(text, TRUE);
	text = g_string_new("d");
	for (unsigned i = 0; i <= LIMIT_PATH_STEPS; i++)
		(void)g_string_append(text, "/../d");
	g_assert_nonnull(strstr(look(&bed, text->str).problem, "too long"));
	(void)g_string_free(text, TRUE);
	bed_free(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/path-look/walk", test_walk);
	g_test_add_func("/path-look/two-readings", test_two_readings);
	g_test_add_func("/path-look/steps", test_steps);
	g_test_add_func("/path-look/types", test_types);
	g_test_add_func("/path-look/names", test_names);
	g_test_add_func("/path-look/ways", test_ways);
	g_test_add_func("/path-look/below", test_below);
	g_test_add_func("/path-look/views", test_views);
	g_test_add_func("/path-look/too-many", test_too_many);
	return g_test_run();
}
