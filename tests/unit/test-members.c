/* SPDX-License-Identifier: MIT */
#include "base/members.h"
#include "scratch.h"

static void test_members(void)
{
	static const char users[] = "root:x:0:0:root:/root:/bin/sh\npostgres:x:999:999::/:/bin/sh\nbob:x:1000:1000::/:/bin/sh\n";
	static const struct { const char *passwd, *group, *nsswitch; gid_t gid; bool members; } rows[] = {
		{ users, "root:x:0:\nstaff:x:50:\n", "passwd: files\ngroup: files\n", 50, false },
		{ users, "root:x:0:\nstaff:x:50:\n", "passwd: files systemd\ngroup: files [SUCCESS=merge] systemd # sss\n", 50, false },
		{ users, "root:x:0:\nstaff:x:50:\n", "passwd: files sss\n", 50, true },
		{ users, "root:x:0:\nstaff:x:50:\n", "group: files ldap\n", 50, true },
		{ users, "root:x:0:\nstaff:x:50:\n", "initgroups: winbind\n", 50, true },
		{ users, "root:x:0:\nstaff:x:50:\n", NULL, 50, false },
		{ users, "root:x:0:root\nstaff:x:50:root\n", NULL, 50, false },
		{ users, "staff:x:50:root,bob\n", NULL, 50, true },
		{ users, "staff:x:50:\n", NULL, 999, true },  /* somebody's own group */
		{ users, "staff:x:50:\n", NULL, 0, false },   /* root's */
		{ users, "staff:x:50:\n+\n", NULL, 50, true }, /* what is no line of it may be anything */
		{ "root:x:0:0:root:/root:/bin/sh\n+::::::\n", "staff:x:50:\n", NULL, 50, true },
		{ NULL, "staff:x:50:\n", NULL, 50, true },
		{ users, NULL, NULL, 50, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *passwd = g_build_filename(dir, "passwd", NULL), *group = g_build_filename(dir, "group", NULL);
		g_autofree char *nsswitch = g_build_filename(dir, "nsswitch", NULL);
		const MemberFiles files = { passwd, group, nsswitch };
		if (rows[i].passwd)
			g_assert_true(g_file_set_contents(passwd, rows[i].passwd, -1, NULL));
		if (rows[i].group)
			g_assert_true(g_file_set_contents(group, rows[i].group, -1, NULL));
		if (rows[i].nsswitch)
			g_assert_true(g_file_set_contents(nsswitch, rows[i].nsswitch, -1, NULL));
		g_test_message("row %zu", i);
		g_assert_true(group_has_members(&files, rows[i].gid) == rows[i].members);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/members/rows", test_members);
	return g_test_run();
}
