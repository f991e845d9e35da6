/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "request/mount-table.h"

static bool read_table(const char *text, Arena *arena, MountTable *ret)
{
	return mount_table_read(text, strlen(text), arena, ret);
}

static void test_lines(void)
{
	static const struct { const char *line; bool good; } rows[] = {
		{ "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n", true },
		{ "1 0 0:1 / / rw - rootfs rootfs rw\n", true },
		{ "1 0 0:1 / / rw shared:1 master:2 propagate_from:3 unbindable - tmpfs  rw\n", true },
		{ "1 0 0:4 net:[4026531840] /run/netns/x rw - nsfs nsfs rw\n", true },
		{ "1 0 0:1 / / rw - rootfs rootfs rw", false }, /* no end */
		{ "1 0 0:1 / / rw rootfs rootfs rw\n", false },
		{ "1 0 0:1 / / rw -\n", false },
		{ "1 0 01 / / rw - a b rw\n", false },
		{ "1 0 0:x / / rw - a b rw\n", false },
		{ "x 0 0:1 / / rw - a b rw\n", false },
		{ "1 0 0:1 / point rw - a b rw\n", false },
		{ "99999999999 0 0:1 / / rw - a b rw\n", false },
		{ "\n", false },
		{ "", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		MountTable table;
		g_test_message("%s", rows[i].line);
		g_assert_true(read_table(rows[i].line, arena, &table) == rows[i].good);
	}
}

static void test_fields(void)
{
	g_autoptr(Arena) arena = arena_new();
	MountTable table;

	g_assert_true(read_table("36 35 98:7 /a\\040b /c\\134d\\012 rw,nosuid,nodev,noexec shared:1 - ext4 /dev/x rw\n"
				 "37 35 0:40 / /e ro,nosuidx - tmpfs t rw\n38 35 0:41 / /f rw - tmpfs t ro\n", arena, &table));
	g_assert_cmpuint(table.count, ==, 3);
	const MountRow *row = table.items;
	g_assert_cmpuint(row->id, ==, 36);
	g_assert_cmpuint(row->parent, ==, 35);
	g_assert_cmpuint(row->device, ==, UINT64_C(98) << 32 | 7);
	g_assert_cmpstr(row->root, ==, "/a b");
	g_assert_cmpstr(row->point, ==, "/c\\d\n");
	g_assert_cmpstr(row->type, ==, "ext4");
	g_assert_true(row->nosuid && row->nodev && !row->read_only);
	g_assert_true(row[1].read_only && !row[1].nosuid && !row[1].nodev);
	g_assert_true(row[2].read_only);
}

/* A disk with a directory of it bound elsewhere, a mount over another, and one that is covered. */
static const char host[] = "1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /srv rw - ext4 b rw\n3 2 8:1 /root /srv/alias rw - ext4 a rw\n4 1 0:9 / /mnt rw - tmpfs t rw\n"
			   "5 4 0:10 /top /mnt rw - tmpfs t rw\n6 1 8:3 / /srv/hidden rw - ext4 c rw\n";

static void test_places(void)
{
	static const struct { const char *path; uint64_t id; const char *within; } rows[] = {
		{ "/", 1, "/" }, { "/etc/x", 1, "/etc/x" }, { "/srv", 2, "/" }, { "/srv/d", 2, "/d" }, { "/srvx", 1, "/srvx" }, { "/srv/alias", 3, "/root" },
		{ "/srv/alias/k", 3, "/root/k" }, { "/mnt", 5, "/top" }, { "/mnt/x", 5, "/top/x" }, { "/srv/hidden", 2, "/hidden" },
	};
	g_autoptr(Arena) arena = arena_new();
	MountTable table;

	g_assert_true(read_table(host, arena, &table));
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		MountPlace place = mount_table_place(&table, rows[i].path, arena);
		g_assert_nonnull(place.mount);
		g_assert_cmpuint(place.mount->id, ==, rows[i].id);
		g_assert_cmpstr(place.path, ==, rows[i].within);
	}
}

static void test_same(void)
{
	g_autoptr(Arena) arena = arena_new();
	MountTable table;

	g_assert_true(read_table(host, arena, &table));
	MountPlace root = mount_table_place(&table, "/root/k", arena), alias = mount_table_place(&table, "/srv/alias/k", arena), other = mount_table_place(&table, "/srv/k", arena);
	g_assert_true(place_same(&root, &alias));
	g_assert_false(place_same(&root, &other));
}

/* None of the kernel's: it must end all the same. */
static void test_circle(void)
{
	g_autoptr(Arena) arena = arena_new();
	MountTable table;

	g_assert_true(read_table("1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / / rw - ext4 b rw\n1 2 8:3 / / rw - ext4 b rw\n", arena, &table));
	g_assert_nonnull(mount_table_place(&table, "/x", arena).mount);
	g_assert_true(read_table("1 2 8:1 / / rw - ext4 a rw\n2 1 8:2 / / rw - ext4 b rw\n", arena, &table));
	g_assert_null(mount_table_place(&table, "/x", arena).mount);
}

static void test_limit(void)
{
	GString *text = g_string_new(NULL);
	g_autoptr(Arena) arena = arena_new();
	MountTable table;

	for (unsigned i = 0; i < LIMIT_HOST_MOUNTS; i++)
		g_string_append_printf(text, "%u 0 8:1 / /m%u rw - ext4 a rw\n", i + 1, i);
	g_assert_true(mount_table_read(text->str, text->len, arena, &table));
	(void)g_string_append(text, "99999 0 8:1 / / rw - ext4 a rw\n");
	g_assert_false(mount_table_read(text->str, text->len, arena, &table));
	(void)g_string_free(text, TRUE);
	static const char broken[] = "1 0 8:1 / / rw - ext4 a rw\n2 1 8:1 / /m rw - ext4 a r\0w\n";
	g_assert_false(mount_table_read(broken, sizeof broken - 1, arena, &table));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mount-table/lines", test_lines);
	g_test_add_func("/mount-table/fields", test_fields);
	g_test_add_func("/mount-table/places", test_places);
	g_test_add_func("/mount-table/same", test_same);
	g_test_add_func("/mount-table/circle", test_circle);
	g_test_add_func("/mount-table/limit", test_limit);
	return g_test_run();
}
