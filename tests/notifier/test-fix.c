/* SPDX-License-Identifier: MIT
 *
 * What is mechanical, row by row.
 */
#include <stdint.h>
#include "notifier/fix.h"

typedef struct Row {
	const char *words, *rule;
	int index;
	const char *fixed; /* NULL: it is not mechanical */
} Row;

static const Row rows[] = {
	{ "run --privileged x", "privileged", 1, "docker run x" },
	{ "run --rm x --privileged", "privileged", 1, NULL },
	{ "run --privileged x", "privileged", -1, NULL },
	{ "run --privileged x", "privileged", 0, NULL },
	{ "run --privileged x", "privileged", 3, NULL },
	{ "run --privileged x", "images.blocked_images", 2, NULL },
	{ "run --privileged x", "host_namespaces.network", 1, NULL },
	{ "run --pid=host x", "host_namespaces.pid", 1, "docker run x" },
	{ "run --ipc=host x", "host_namespaces.ipc", 1, "docker run x" },
	{ "run --uts=host x", "host_namespaces.uts", 1, "docker run x" },
	{ "run --userns=host x", "host_namespaces.userns", 1, "docker run x" },
	{ "run --cgroupns=host x", "host_namespaces.cgroup", 1, "docker run x" },
	{ "run --pid=container:a x", "shared_namespaces.pid", 1, "docker run x" },
	{ "run --ipc=container:a x", "shared_namespaces.ipc", 1, "docker run x" },
	{ "run --cap-add=NET_ADMIN --cap-add=SYS_ADMIN x", "capabilities.blocked", 2, "docker run --cap-add=NET_ADMIN x" },
	{ "run --cap-add=SYS_ADMIN x", "capabilities.default", 1, "docker run x" },
	{ "run --security-opt=label=disable x", "security_options.allowed", 1, "docker run x" },
	{ "run --security-opt=seccomp=unconfined x", "security_options.seccomp", 1, "docker run x" },
	{ "run --security-opt=apparmor=unconfined x", "security_options.apparmor", 1, "docker run x" },
	{ "run --security-opt=systempaths=unconfined x", "masked_paths", 1, "docker run x" },
	{ "run --rm x", "security_options.require_no_new_privileges", -1, "docker run --security-opt=no-new-privileges --rm x" },
	{ "run --volume=/a:/b x", "mounts.require_read_only", 1, "docker run --volume=/a:/b:ro x" },
	{ "run --volume=/a:/b x", "mounts.allowed_read_only", 1, "docker run --volume=/a:/b:ro x" },
	{ "run --volume=/a:/b:z x", "mounts.allowed_read_only", 1, NULL },
	{ "run --publish=80:80 x", "network.block_all_interfaces", 1, "docker run --publish=127.0.0.1:80:80 x" },
	{ "run --publish=0.0.0.0:80:80/tcp x", "network.block_all_interfaces", 1, "docker run --publish=127.0.0.1:80:80/tcp x" },
	{ "run --publish=80 x", "network.block_all_interfaces", 1, NULL },
	{ "run --publish=[::]:80:80 x", "network.block_all_interfaces", 1, NULL },
	{ "run --restart=always x", "restart", 1, "docker run --restart=on-failure:5 x" },
	{ "run --oom-score-adj=-500 x", "oom.min_score_adj", 1, "docker run x" },
	{ "run --oom-kill-disable x", "oom.kill_disable", 1, "docker run x" },
	{ "run --device=/dev/a:/dev/a:rwm x", "devices", 1, "docker run x" },
	{ "run --device-cgroup-rule=a x", "devices", 1, "docker run x" },
	{ "run --runtime=y x", "runtimes", 1, "docker run x" },
	{ "run --sysctl=kernel.x=1 x", "sysctls", 1, "docker run x" },
	{ "run --cgroup-parent=/y x", "cgroup_parent", 1, "docker run x" },
};

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) words = g_strsplit(rows[i].words, " ", -1);
		g_auto(GStrv) fixed = fix_words((const char *const *)words, &(const FixFinding){ rows[i].rule, rows[i].index }, 1);
		g_autofree char *line = fixed ? fix_line((const char *const *)fixed) : NULL;
		if (g_strcmp0(line, rows[i].fixed) != 0)
			g_error("%s: %s for %s", rows[i].words, line, rows[i].rule);
	}
}

static void test_several(void)
{
	const char *const words[] = { "run", "--pid=host", "--privileged", "x", NULL };
	const FixFinding all[] = { { "privileged", 2 }, { "privileged", 2 }, { "security_options.require_no_new_privileges", -1 },
		{ "host_namespaces.pid", 1 } };
	const FixFinding beyond[] = { { "privileged", 2 }, { "images.blocked_images", 3 } };
	g_auto(GStrv) fixed = fix_words(words, all, G_N_ELEMENTS(all));
	g_autofree char *line = fix_line((const char *const *)fixed);

	g_assert_cmpstr(line, ==, "docker run --security-opt=no-new-privileges x");
	g_assert_null(fix_words(words, beyond, G_N_ELEMENTS(beyond)));
	g_assert_null(fix_words(words, NULL, 0));
}

/* A shell reads the same words. */
static void test_quoted(void)
{
	const char *const words[] = { "run", "x", "", "a b", "it's", "$HOME", "`id`", "a;b", "ä", NULL },
			  *const hidden[] = { "run", "a\x1b[2Jb", NULL }, *const lines[] = { "run", "a\nb", NULL };
	g_autofree char *line = fix_line(words), *whole = g_strjoinv(" ", (char **)(uintptr_t)words);
	g_auto(GStrv) back = NULL;
	int count;

	g_assert_true(g_shell_parse_argv(line, &count, &back, NULL));
	g_autofree char *again = g_strjoinv(" ", back + 1);
	g_assert_cmpstr(back[0], ==, "docker");
	g_assert_cmpstr(again, ==, whole);
	g_assert_cmpstr(back[3], ==, "");
	g_assert_null(fix_line(hidden));
	g_assert_null(fix_line(lines));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fix/rows", test_rows);
	g_test_add_func("/fix/several", test_several);
	g_test_add_func("/fix/quoted", test_quoted);
	return g_test_run();
}
