/* SPDX-License-Identifier: MIT
 *
 * A container that Docker has, read as the call that would make it now.
 */
#include "facts-fixture.h"
#include "request/stored.h"

static void test_stored(void)
{
	static const struct { const char *uri, *body; bool known, privileged, etc; } rows[] = {
		{ "/v1.41/containers/plain/start", NULL, true, false, false },
		{ "/v1.41/containers/privileged/start", NULL, true, true, false },
		{ "/v1.41/containers/privileged/restart", NULL, true, true, false },
		{ "/v1.41/containers/privileged/unpause", NULL, true, true, false },
		{ "/v1.41/containers/privileged/exec", "{\"Cmd\":[\"id\"]}", true, true, false },
		{ "/v1.41/containers/binds/start", NULL, true, false, true },
		{ "/v1.41/containers/volume/start", NULL, true, false, true },
		{ "/v1.41/containers/absent/start", NULL, false, false, false },
		{ "/v1.41/containers/privileged/stop", NULL, false, false, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *request = complete(rows[i].uri, rows[i].body, false, &rounds, arena);
		g_test_message("%s", rows[i].uri);
		g_assert_cmpint(request->stored != NULL, ==, rows[i].known);
		if (!rows[i].known)
			continue;
		g_assert_cmpint(request->stored->kind, ==, KIND_CONTAINER_CREATE);
		g_assert_cmpint(request->stored->container.privileged, ==, rows[i].privileged);
		g_assert_cmpint(binds(request->stored, "/etc"), ==, rows[i].etc);
	}
}

/* Docker fills in its own lists; one that lacks a path was given by somebody. */
static void test_masked(void)
{
#define MASKED "\"/proc/acpi\",\"/proc/kcore\",\"/proc/keys\",\"/proc/latency_stats\",\"/proc/timer_list\",\"/proc/sched_debug\",\"/proc/scsi\",\"/sys/firmware\""
	static const struct { const char *host; bool masked, readonly; } rows[] = {
		{ "\"MaskedPaths\":null,\"ReadonlyPaths\":null", false, false },
		{ "\"MaskedPaths\":[],\"ReadonlyPaths\":[]", true, true },
		{ "\"MaskedPaths\":[" MASKED ",\"/proc/new\"]", false, false },
		{ "\"MaskedPaths\":[\"/proc/kcore\"],\"ReadonlyPaths\":[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\",\"/proc/sysrq-trigger\"]", true, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Request *stored = request_new(arena);
		const char *json = arena_printf(arena, "{\"Config\":{},\"HostConfig\":{\"Runtime\":\"runc\",\"CgroupnsMode\":\"host\",%s}}", rows[i].host);
		g_assert_true(stored_read_container(json, strlen(json), arena, stored));
		g_assert_cmpint(stored->container.masked_paths_set, ==, rows[i].masked);
		g_assert_cmpint(stored->container.readonly_paths_set, ==, rows[i].readonly);
		g_assert_cmpstr(stored->container.runtime, ==, "");
		g_assert_cmpstr(stored->container.cgroupns_mode, ==, "");
	}
}

/* What Docker adds by itself is not what somebody asked for. */
static void test_labels(void)
{
#define SELINUX "\"label=user:u\",\"label=role:r\",\"label=type:t\",\"label=level:s0\""
	static const struct { const char *host; size_t left; } rows[] = {
		{ "\"Privileged\":true,\"SecurityOpt\":[\"label=disable\"]", 0 },
		{ "\"PidMode\":\"host\",\"SecurityOpt\":[\"label=disable\"]", 0 },
		{ "\"IpcMode\":\"host\",\"SecurityOpt\":[\"no-new-privileges\",\"label=disable\"]", 1 },
		{ "\"NetworkMode\":\"host\",\"SecurityOpt\":[\"label=disable\"]", 1 },
		{ "\"SecurityOpt\":[\"label=disable\"]", 1 },
		{ "\"Privileged\":true,\"SecurityOpt\":[\"label:disable\",\"seccomp=unconfined\",\"apparmor=unconfined\"]", 3 },
		{ "\"Privileged\":true,\"SecurityOpt\":[" SELINUX "]", 4 },
		{ "\"PidMode\":\"container:a\",\"SecurityOpt\":[\"no-new-privileges\"," SELINUX "]", 1 },
		{ "\"IpcMode\":\"container:a\",\"SecurityOpt\":[" SELINUX "]", 0 },
		{ "\"IpcMode\":\"container:a\",\"SecurityOpt\":[\"label=type:t\"]", 1 },
		{ "\"IpcMode\":\"container:a\",\"SecurityOpt\":[\"label=disable\"]", 1 },
		{ "\"IpcMode\":\"private\",\"SecurityOpt\":[" SELINUX "]", 4 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Request *stored = request_new(arena);
		const char *json = arena_printf(arena, "{\"Config\":{},\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"no\"},%s}}", rows[i].host);
		g_test_message("%s", rows[i].host);
		g_assert_true(stored_read_container(json, strlen(json), arena, stored));
		g_assert_cmpuint(stored->container.security_opt.count, ==, rows[i].left);
		g_assert_cmpstr(stored->container.restart_policy, ==, "");
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stored/container", test_stored);
	g_test_add_func("/stored/masked", test_masked);
	g_test_add_func("/stored/labels", test_labels);
	return g_test_run();
}
