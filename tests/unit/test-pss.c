/* SPDX-License-Identifier: MIT
 *
 * The policies pss-baseline and pss-restricted against the Pod Security Standards: each control as docker commands, with what
 * Kubernetes says of the pod that asks for the same (or what docs/PSS.md says where Docker differs).
 */
#include <string.h>
#include "policy/templates.h"
#include "policy/review/testing.h"
#include "policy-fixture.h"

#define RESTRICTED "--user 1000:1000 --cap-drop ALL --security-opt no-new-privileges "
#define ALL_LEVELS 2

typedef enum Level { BASELINE, RESTRICTED_LEVEL } Level;

/* The flags of docker run, beside what "restricted" demands of every container when it is that one's turn. */
static const struct { const char *flags; bool baseline, restricted; } runs[] = {
	{ "", true, true },

	{ "--privileged=false", true, true },
	{ "--privileged", false, false },

	{ "--network host", false, false },
	{ "--pid host", false, false },
	{ "--ipc host", false, false },
	{ "--ipc private", true, true },
	{ "--ipc shareable", true, true },
	{ "--network none", true, true },
	{ "--network web", true, true },
	{ "--hostname web", true, true },

	{ "--cap-add AUDIT_WRITE", true, false },
	{ "--cap-add CHOWN", true, false },
	{ "--cap-add DAC_OVERRIDE", true, false },
	{ "--cap-add FOWNER", true, false },
	{ "--cap-add FSETID", true, false },
	{ "--cap-add KILL", true, false },
	{ "--cap-add MKNOD", true, false },
	{ "--cap-add NET_BIND_SERVICE", true, true },
	{ "--cap-add SETFCAP", true, false },
	{ "--cap-add SETGID", true, false },
	{ "--cap-add SETPCAP", true, false },
	{ "--cap-add SETUID", true, false },
	{ "--cap-add SYS_CHROOT", true, false },
	{ "--cap-add CHOWN --cap-add KILL --cap-add SETUID", true, false },
	{ "--cap-add NET_RAW", false, false },
	{ "--cap-add CAP_NET_RAW", false, false },
	{ "--cap-add net_raw", false, false },
	{ "--cap-add NET_BIND_SERVICE --cap-add NET_RAW", false, false },
	{ "--cap-add ALL", false, false },
	{ "--cap-add NET_ADMIN", false, false },
	{ "--cap-add SYS_ADMIN", false, false },
	{ "--cap-add SYS_PTRACE", false, false },
	{ "--cap-add SYS_TIME", false, false },
	{ "--cap-add IPC_LOCK", false, false },
	{ "--cap-add BPF", false, false },
	{ "--cap-drop NET_RAW", true, true },

	{ "-v /srv:/x", false, false },
	{ "-v /a:/x:ro", false, false },
	{ "-v /:/x", false, false },
	{ "-v /var/run/docker.sock:/s", false, false },
	{ "-v /dev/null:/x", false, false },
	{ "--mount type=bind,src=/srv,dst=/x", false, false },
	{ "--mount type=bind,src=/srv,dst=/x,readonly", false, false },
	{ "--mount type=volume,dst=/x,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/srv", false, false },
	{ "-v data:/x", true, true },
	{ "-v data:/x:ro", true, true },
	{ "-v /x", true, true },
	{ "--mount type=volume,src=data,dst=/x", true, true },
	{ "--tmpfs /x", true, true },
	{ "--mount type=tmpfs,dst=/x", true, true },

	{ "--expose 12345", true, true },
	{ "-p 12345:12345", false, false },
	{ "-p 127.0.0.1:12345:80", false, false },
	{ "-p 12345:12345/udp", false, false },
	{ "-p 12345-12347:80-82", false, false },
	{ "-p 80", false, false },
	{ "-P", false, false },

	{ "--security-opt apparmor=docker-default", true, true },
	{ "--security-opt apparmor=foo", true, true },
	{ "--security-opt apparmor=unconfined", false, false },
	{ "--security-opt apparmor:unconfined", false, false },

	{ "--security-opt label=level:s0:c1,c2", true, true },
	{ "--security-opt label=type:container_t", true, true },
	{ "--security-opt label=type:container_init_t", true, true },
	{ "--security-opt label=type:container_kvm_t", true, true },
	{ "--security-opt label=type:container_engine_t", true, true },
	{ "--security-opt label=type:spc_t", false, false },
	{ "--security-opt label=type:somevalue", false, false },
	{ "--security-opt label:type:somevalue", false, false },
	{ "--security-opt label=user:somevalue", false, false },
	{ "--security-opt label=role:somevalue", false, false },
	{ "--security-opt label=disable", false, false },

	{ "--security-opt systempaths=unconfined", false, false },

	{ "--security-opt seccomp=builtin", true, true },
	{ "--security-opt seccomp=unconfined", false, false },
	{ "--security-opt seccomp:unconfined", false, false },

	{ "--sysctl kernel.shm_rmid_forced=1", true, true },
	{ "--sysctl net.ipv4.ip_local_port_range=1024", true, true },
	{ "--sysctl net.ipv4.ip_unprivileged_port_start=0", true, true },
	{ "--sysctl net.ipv4.tcp_syncookies=1", true, true },
	{ "--sysctl net.ipv4.ping_group_range=0", true, true },
	{ "--sysctl net.ipv4.ip_local_reserved_ports=1", true, true },
	{ "--sysctl net.ipv4.tcp_keepalive_time=1", true, true },
	{ "--sysctl net.ipv4.tcp_fin_timeout=1", true, true },
	{ "--sysctl net.ipv4.tcp_keepalive_intvl=1", true, true },
	{ "--sysctl net.ipv4.tcp_keepalive_probes=1", true, true },
	{ "--sysctl net.ipv4.tcp_rmem=1", true, true },
	{ "--sysctl net.ipv4.tcp_wmem=1", true, true },
	{ "--sysctl net.ipv4.tcp_slow_start_after_idle=0", true, true },
	{ "--sysctl net.ipv4.tcp_notsent_lowat=16384", true, true },
	{ "--sysctl net.core.somaxconn=1", false, false },
	{ "--sysctl net.ipv4.ip_forward=1", false, false },
	{ "--sysctl kernel.msgmax=1", false, false },
	{ "--sysctl fs.mqueue.msg_max=1", false, false },

	{ "--health-cmd true", true, true },
	{ "--restart always", true, true },
	{ "--read-only", true, true },
	{ "--device /dev/fuse", false, false },
	{ "--cgroup-parent /x", false, false },
	{ "--env A=b --label a=b --workdir /x --init -it --rm", true, true },
	{ "--memory 64m --cpus 1 --pids-limit 10", true, true },
};

/* Whole commands: what "restricted" demands is missing, or nothing runs at all. */
static const struct { const char *command; bool baseline, restricted; } commands[] = {
	{ "docker run --cap-drop ALL --security-opt no-new-privileges x:1", true, false },
	{ "docker run --user 0 --cap-drop ALL --security-opt no-new-privileges x:1", true, false },
	{ "docker run --user 0:1000 --cap-drop ALL --security-opt no-new-privileges x:1", true, false },
	{ "docker run --user root --cap-drop ALL --security-opt no-new-privileges x:1", true, false },
	{ "docker run --user node --cap-drop ALL --security-opt no-new-privileges x:1", true, false },
	{ "docker run --user 1000 --security-opt no-new-privileges x:1", true, false },
	{ "docker run --user 1000 --cap-drop NET_RAW --cap-drop MKNOD --security-opt no-new-privileges x:1", true, false },
	{ "docker run --user 1000 --cap-drop all --security-opt no-new-privileges:true x:1", true, true },
	{ "docker run --user 1000 --cap-drop ALL x:1", true, false },
	{ "docker run --user 1000 --cap-drop ALL --security-opt no-new-privileges=false x:1", true, false },
	{ "docker volume create data", true, true },
	{ "docker volume create --opt type=tmpfs --opt device=tmpfs scratch", true, true },
	{ "docker volume create --opt type=none --opt o=bind --opt device=/srv data", false, false },
	{ "docker volume create --opt type=nfs --opt o=addr=192.0.2.1 --opt device=:/x data", true, false },
	{ "docker volume create --opt type=cifs --opt o=addr=192.0.2.1 --opt device=//192.0.2.1/x data", true, false },
	{ "docker volume create --opt type=ext4 --opt device=/dev/sdx1 data", false, false },
	{ "docker volume create --driver glusterfs data", true, false },
	{ "docker exec web sh", true, true },
	{ "docker exec --privileged web sh", false, false },
	{ "docker network create web", true, true },
	{ "docker pull busybox", true, true },
	{ "docker ps", true, true },
	{ "docker stop web", true, true },
	{ "docker logs web", true, true },
};

static void add_test(GString *text, const char *command, bool allowed)
{
	g_autofree char *quoted = g_strescape(command, "");

	g_string_append_printf(text, "  - {command: \"%s\", expect: {decision: %s}}\n", quoted, allowed ? "allowed" : "denied");
}

/* The template with the table in the place of its own tests. */
static char *with_table(Level level)
{
	static const char *const names[ALL_LEVELS] = { "pss-baseline", "pss-restricted" };
	const Template *template = templates;

	while (strcmp(template->name, names[level]) != 0)
		template++;
	g_autoptr(GString) text = g_string_new_len(template->text, strstr(template->text, "\ntests:") - template->text);
	g_string_append(text, "\ntests:\n");
	for (size_t i = 0; i < G_N_ELEMENTS(runs); i++) {
		g_autofree char *command = g_strdup_printf("docker run %s%s x:1", level == BASELINE ? "" : RESTRICTED, runs[i].flags);
		add_test(text, command, level == BASELINE ? runs[i].baseline : runs[i].restricted);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		add_test(text, commands[i].command, level == BASELINE ? commands[i].baseline : commands[i].restricted);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_level(gconstpointer data)
{
	g_autofree char *text = with_table((Level)GPOINTER_TO_INT(data));
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("pss.yaml", text, strlen(text), diagnostics);
	g_autoptr(Arena) arena = arena_new();
	size_t count, failed = 0;

	g_assert_nonnull(policy);
	PolicyTestResult *results = policy_run_tests(policy, FIXTURE_NOW, arena, &count);
	g_assert_cmpuint(count, ==, G_N_ELEMENTS(runs) + G_N_ELEMENTS(commands));
	for (size_t i = 0; i < count; i++) {
		if (!results[i].passed)
			g_test_message("%s: %s", results[i].name, results[i].message);
		failed += !results[i].passed;
	}
	g_assert_cmpuint(failed, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/pss/baseline", GINT_TO_POINTER(BASELINE), test_level);
	g_test_add_data_func("/pss/restricted", GINT_TO_POINTER(RESTRICTED_LEVEL), test_level);
	return g_test_run();
}
