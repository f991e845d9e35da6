/* SPDX-License-Identifier: MIT
 *
 * What the shipped policies say to requests as dockerd reports them, rule by rule and row by row of
 * the fail-closed table.
 */
#include <string.h>
#include <unistd.h>
#include "policy/store.h"
#include "policy/wants.h"
#include "request/api.h"
#include "request/host-view.h"
#include "templates-fixture.h"

#define CREATE "/v1.41/containers/create"

static Policy *load_text(const char *text)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	Policy *policy = policy_parse("test.yaml", text, strlen(text), diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);

	g_assert_cmpstr(problem, ==, NULL);
	return policy;
}

static Policy *load_template(const char *name)
{
	return load_text(template_text(name));
}

static Decision *judge_call(const Policy *policy, const char *method, const char *uri, const char *body, bool audit_down, Arena *arena)
{
	ApiCall call = {
		.method = method, .uri = uri, .body = body, .body_length = body ? strlen(body) : 0, .content_type = "application/json",
		.content_length = body ? "2" : "0",
	};

	return policy_evaluate(policy, host_view_assume(api_read(&call, arena), arena), &(Situation){ .audit_down = audit_down }, arena);
}

static bool has_rule(const Decision *decision, const char *rule)
{
	for (size_t i = 0; i < decision->finding_count; i++)
		if (!strcmp(decision->findings[i].rule, rule))
			return true;
	return false;
}

static char *body_with(const char *config, const char *host, Arena *arena)
{
	return arena_printf(arena, "{\"Image\":\"nginx:1.25\",\"User\":\"1000\"%s%s,\"HostConfig\":{\"Memory\":1048576%s%s}}", *config ? "," : "", config,
		*host ? "," : "", host);
}

/* As the plugin does it, on this machine. */
static Decision *judge_seen(const Policy *policy, const char *body, Arena *arena)
{
	const ApiCall call = { .method = "POST", .uri = CREATE, .body = body, .body_length = strlen(body), .content_type = "application/json", .content_length = "2" };
	HostView *view = host_view_new("/nonexistent");
	const Request *request = host_view_apply(view, 0, policy_paths(policy), false, api_read(&call, arena), arena);

	host_view_free(view);
	return policy_evaluate(policy, request, &(Situation){ 0 }, arena);
}

/* The seed's example, to the letter. */
static void test_privileged_ubuntu(void)
{
	static const char expected[] = "⛔ BLOCKED BY SENTINEL (Risk Score: 65/100)\n"
				       "🚫 [CRITICAL] Privileged containers are not allowed\n"
				       "💡 Suggested fixes:\n"
				       " → Remove --privileged flag\n"
				       " → Use specific capabilities instead: --cap-add\n"
				       "Decision 7, policy production. To look it up: sentinel audit show 7";
	g_autoptr(Policy) policy = load_template("production");
	g_autoptr(Arena) arena = arena_new();
	Decision *decision = judge_call(policy, "POST", CREATE, "{\"Image\":\"ubuntu\",\"HostConfig\":{\"Privileged\":true}}", false, arena);

	g_assert_false(decision->allowed);
	g_assert_cmpuint(decision->score, ==, 65);
	g_assert_cmpuint(decision->max_score, ==, 50);
	g_assert_cmpuint(decision->finding_count, ==, 4);
	g_assert_cmpstr(decision->findings[0].rule, ==, "privileged");
	g_assert_cmpstr(decision_explain(decision, 7, arena), ==, expected);
	g_assert_null(strstr(decision_explain(decision, 0, arena), "Decision"));
}

typedef struct HostRow {
	const char *config, *host, *rule; /* rule NULL: production allows it without a finding */
} HostRow;

static const HostRow production_rows[] = {
	{ "", "", NULL },
	{ "", "\"Privileged\":true", "privileged" },
	{ "", "\"NetworkMode\":\"host\"", "host_namespaces.network" },
	{ "", "\"NetworkMode\":\"bridge\"", NULL },
	{ "", "\"PidMode\":\"host\"", "host_namespaces.pid" },
	{ "", "\"IpcMode\":\"host\"", "host_namespaces.ipc" },
	{ "", "\"IpcMode\":\"private\"", NULL },
	{ "", "\"UsernsMode\":\"host\"", "host_namespaces.userns" },
	{ "", "\"CapAdd\":[\"SYS_ADMIN\"]", "capabilities.blocked" },
	{ "", "\"CapAdd\":[\"cap_sys_ptrace\"]", "capabilities.blocked" },
	{ "", "\"CapAdd\":[\"ALL\"]", "capabilities.blocked" },
	{ "", "\"CapAdd\":[\"AUDIT_CONTROL\"]", "capabilities.default" },
	{ "", "\"CapAdd\":[\"NET_BIND_SERVICE\",\"CAP_CHOWN\"]", NULL },
	{ "", "\"Binds\":[\"/:/host\"]", "mounts.blocked" },
	{ "", "\"Binds\":[\"/etc/passwd:/p\"]", "mounts.blocked" },
	{ "", "\"Binds\":[\"/etc/passwd:/p:ro\"]", NULL },
	{ "", "\"Binds\":[\"/etc/shadow:/p:ro\"]", "mounts.blocked" },
	{ "", "\"Binds\":[\"/usr/share:/p\"]", "mounts.allowed_read_only" },
	{ "", "\"Binds\":[\"/var/www:/p:ro\",\"/lib/modules:/m:ro\"]", NULL },
	{ "", "\"Binds\":[\"/var:/v\"]", "mounts.blocked" },
	{ "", "\"Binds\":[\"/run/docker.sock:/s\"]", "mounts.blocked" },
	{ "", "\"Binds\":[\"/var/run:/s\"]", "mounts.blocked" },
	{ "", "\"Binds\":[\"/proc/self/root:/p\"]", "mounts.blocked" },
	{ "", "\"Binds\":[\"/proc/self/root/srv:/p\"]", "mounts.blocked" },
	{ "", "\"Binds\":[\"/lib:/l\"]", "mounts.blocked" },
	{ "", "\"Binds\":[\"/srv/data:/d\"]", "mounts.no_way_back" },
	{ "", "\"Binds\":[\"/srv/data:/d:ro\"]", NULL },
	{ "", "\"Binds\":[\"/etcetera:/d:ro\"]", "mounts.default" },
	{ "", "\"Binds\":[\"data:/d\"]", NULL },
	{ "", "\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/etc\",\"Target\":\"/h\"}]", "mounts.blocked" },
	{ "", "\"SecurityOpt\":[\"seccomp=unconfined\"]", "security_options.allowed" },
	{ "", "\"SecurityOpt\":[\"apparmor:unconfined\"]", "security_options.allowed" },
	{ "", "\"SecurityOpt\":[\"label=disable\"]", "security_options.allowed" },
	{ "", "\"SecurityOpt\":[\"seccomp={\\\"defaultAction\\\":\\\"SCMP_ACT_ALLOW\\\"}\"]", "security_options.allowed" },
	{ "", "\"SecurityOpt\":[\"no-new-privileges:true\",\"seccomp=builtin\",\"label:level:s0\"]", NULL },
	{ "", "\"MaskedPaths\":[]", "masked_paths" },
	{ "", "\"ReadonlyPaths\":[]", "masked_paths" },
	{ "", "\"Devices\":[{\"PathOnHost\":\"/dev/fuse\"}]", "devices" },
	{ "", "\"DeviceRequests\":[{\"Count\":-1}]", "devices" },
	{ "", "\"DeviceCgroupRules\":[\"a *:* rwm\"]", "devices" },
	{ "", "\"Runtime\":\"io.containerd.runtime.v1.linux\"", "runtimes" },
	{ "", "\"Runtime\":\"runc\"", NULL },
	{ "", "\"Sysctls\":{\"kernel.core_pattern\":\"1\"}", "sysctls" },
	{ "", "\"Sysctls\":{\"kernel.shmmax\":\"1\"}", NULL },
	{ "", "\"Sysctls\":{\"net.core.somaxconn\":\"1\"}", NULL },
	{ "", "\"CgroupParent\":\"/\"", "cgroup_parent" },
};

static void judge_rows(const char *name, const HostRow *rows, size_t count)
{
	g_autoptr(Policy) policy = load_template(name);

	for (size_t i = 0; i < count; i++) {
		g_autoptr(Arena) arena = arena_new();
		const char *body = body_with(rows[i].config, rows[i].host, arena);
		Decision *decision = judge_call(policy, "POST", CREATE, body, false, arena);

		g_test_message("%s", body);
		g_assert_cmpstr(decision->finding_count ? decision->findings[0].rule : NULL, ==, rows[i].rule);
		g_assert_true(decision->allowed == (rows[i].rule == NULL));
	}
}

static void test_production(void)
{
	judge_rows("production", production_rows, G_N_ELEMENTS(production_rows));
}

#define HARDENED "\"CapDrop\":[\"ALL\"],\"SecurityOpt\":[\"no-new-privileges\"],\"ReadonlyRootfs\":true,\"PidsLimit\":100"

static const HostRow strict_rows[] = {
	{ "", HARDENED, NULL },
	{ "", HARDENED ",\"Binds\":[\"/srv/app/x:/x:ro\"]", NULL },
	{ "", HARDENED ",\"Binds\":[\"/srv/app/x:/x\"]", "mounts.require_read_only" },
	{ "", HARDENED ",\"Binds\":[\"/srv/other:/x:ro\"]", "mounts.default" },
	{ "", HARDENED ",\"CapAdd\":[\"NET_BIND_SERVICE\"]", NULL },
	{ "", HARDENED ",\"CapAdd\":[\"CHOWN\"]", "capabilities.default" },
	{ "", HARDENED ",\"UTSMode\":\"host\"", "host_namespaces.uts" },
	{ "", "\"SecurityOpt\":[\"no-new-privileges\"],\"ReadonlyRootfs\":true,\"PidsLimit\":100", "capabilities.require_drop_all" },
	{ "", "\"CapDrop\":[\"ALL\"],\"ReadonlyRootfs\":true,\"PidsLimit\":100", "security_options.require_no_new_privileges" },
	{ "", "\"CapDrop\":[\"ALL\"],\"SecurityOpt\":[\"no-new-privileges\",\"no-new-privileges=false\"],\"ReadonlyRootfs\":true,\"PidsLimit\":100", "security_options.allowed" },
	{ "", "\"CapDrop\":[\"ALL\"],\"SecurityOpt\":[\"no-new-privileges\"],\"PidsLimit\":100", "container.require_read_only_rootfs" },
	{ "", "\"CapDrop\":[\"ALL\"],\"SecurityOpt\":[\"no-new-privileges\"],\"ReadonlyRootfs\":true", "container.require_pids_limit" },
};

static void test_strict(void)
{
	judge_rows("strict", strict_rows, G_N_ELEMENTS(strict_rows));
	/* As it is shipped: also what asks for least waits until its image was looked at. */
	for (size_t i = 0; i < template_count; i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = load_text(templates[i].text);
		const Decision *decision = judge_call(policy, "POST", CREATE, body_with(strict_rows[0].config, strict_rows[0].host, arena), false, arena);
		const bool waits = decision->finding_count && !strcmp(decision->findings[0].rule, "settings.require_image_scan");
		g_assert_cmpint(waits, ==, !strcmp(templates[i].name, "strict"));
	}
}

static void test_users(void)
{
	static const struct { const char *user, *rule; } rows[] = {
		{ "", "container.require_non_root" },      { "root", "container.require_non_root" },  { "0", "container.require_non_root" },
		{ "0:1000", "container.require_non_root" }, { "00", "container.require_non_root" },   { "+0", "container.require_non_root" },
		{ "-0", "container.require_non_root" },     { "-00:5", "container.require_non_root" }, { "+", "container.require_numeric_user" },
		{ "1000", NULL },                           { "1000:0", NULL },                       { "nobody", "container.require_numeric_user" },
	};
	g_autoptr(Policy) policy = load_text("name: p\nmode: enforce\nrules:\n  container: {action: block, require_non_root: true, require_numeric_user: true}\n");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Decision *decision = judge_call(policy, "POST", CREATE, arena_printf(arena, "{\"Image\":\"a\",\"User\":\"%s\"}", rows[i].user), false, arena);
		g_assert_cmpstr(decision->finding_count ? decision->findings[0].rule : NULL, ==, rows[i].rule);
	}
}

typedef struct CallRow {
	const char *method, *uri, *body, *rule;
} CallRow;

static const CallRow call_rows[] = {
	{ "GET", "/_ping", NULL, NULL },
	{ "GET", "/v1.41/containers/json", NULL, NULL },
	{ "POST", "/v1.41/containers/web/start", NULL, NULL },
	{ "POST", "/v1.41/containers/web/start", "{\"Privileged\":true}", "privileged" },
	{ "POST", "/v1.41/containers/web/update", "{\"Memory\":5}", NULL },
	{ "POST", "/v1.41/containers/web/update", "{\"Devices\":[{\"PathOnHost\":\"/dev/sda\"}]}", "devices" },
	{ "POST", "/v1.41/containers/web/exec", "{\"Cmd\":[\"sh\"]}", NULL },
	{ "POST", "/v1.41/containers/web/exec", "{\"Cmd\":[\"sh\"],\"Privileged\":true}", "exec.privileged" },
	{ "POST", "/v1.41/images/create?fromImage=nginx&tag=1", NULL, NULL },
	{ "POST", "/v1.41/images/create?fromImage=docker.io.evil.test%2Fnginx&tag=1", NULL, "images.allowed_registries" },
	{ "POST", "/v1.41/images/create?fromSrc=http%3A%2F%2Fevil.test%2Fx.tar&repo=x&tag=1", NULL, "build.remote" },
	{ "POST", "/v1.41/images/evil.test/a/push?tag=1", NULL, "images.allowed_registries" },
	{ "POST", "/v1.41/images/busybox/tag?repo=evil.test%2Fa&tag=1", NULL, "images.allowed_registries" },
	{ "POST", "/v1.41/build?t=evil.test%2Fa", NULL, NULL },
	{ "POST", "/v1.41/build?networkmode=host", NULL, "build.host_network" },
	{ "POST", "/v1.41/build?remote=http%3A%2F%2Fevil.test%2Fx", NULL, "build.remote" },
	{ "POST", "/v1.41/build?securityopt=%5B%22seccomp%3Dunconfined%22%5D", NULL, "security_options.allowed" },
	{ "POST", "/v1.41/volumes/create", "{\"Name\":\"v\"}", NULL },
	{ "POST", "/v1.41/volumes/create", "{\"Name\":\"v\",\"DriverOpts\":{\"type\":\"none\",\"o\":\"bind\",\"device\":\"/etc\"}}", "mounts.blocked" },
	{ "POST", "/v1.41/swarm/init", "{}", "endpoints.swarm" },
	{ "POST", "/v1.41/plugins/p/enable", NULL, "endpoints.plugins" },
	{ "POST", "/grpc", NULL, "endpoints.buildkit" },
	{ "POST", "/v1.41/services/create", "{\"Name\":\"s\",\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"a:1\",\"CapabilityAdd\":[\"ALL\"]}}}", "capabilities.blocked" },
	{ "DELETE", "/v1.41/containers/web", NULL, NULL },
};

static void test_calls(void)
{
	g_autoptr(Policy) policy = load_template("production");

	for (size_t i = 0; i < G_N_ELEMENTS(call_rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Decision *decision = judge_call(policy, call_rows[i].method, call_rows[i].uri, call_rows[i].body, false, arena);

		g_test_message("%s %s", call_rows[i].method, call_rows[i].uri);
		g_assert_cmpstr(decision->finding_count ? decision->findings[0].rule : NULL, ==, call_rows[i].rule);
		g_assert_true(decision->allowed == (call_rows[i].rule == NULL));
	}
}

/* Each row of the fail-closed table: denied in enforce; in warn mode only where nothing can be trusted. */
static void test_fail_closed(void)
{
	static const struct { const char *uri, *body; bool policy, audit_down; const char *rule; bool denied_in_warn; } rows[] = {
		{ "/nothing", NULL, true, false, "builtin.unknown-endpoint", false },
		{ "http://any/containers/create", "{}", true, false, "builtin.unknown-endpoint", false },
		{ CREATE, NULL, true, false, "builtin.body-missing", false },
		{ CREATE, "{\"Image\":\"a\",\"image\":\"b\"}", true, false, "builtin.ambiguous-body", false },
		{ CREATE, "{\"Image\":\"a\"}", false, false, "builtin.lockdown", true },
		{ "/v1.41/containers/web/start", NULL, true, true, "builtin.audit-down", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows) * 2; i++) {
		bool warn = i % 2;
		g_autoptr(Policy) policy = load_template(warn ? "default" : "production");
		g_autoptr(Arena) arena = arena_new();
		Decision *decision = judge_call(rows[i / 2].policy ? policy : NULL, "POST", rows[i / 2].uri, rows[i / 2].body, rows[i / 2].audit_down, arena);

		g_test_message("%s %s", rows[i / 2].uri, rows[i / 2].rule);
		g_assert_true(has_rule(decision, rows[i / 2].rule));
		g_assert_true(decision->allowed == (warn && !rows[i / 2].denied_in_warn));
		g_assert_cmpint(decision->outcome, ==, decision->allowed ? OUTCOME_WARNED : OUTCOME_DENIED);
	}
}

static void test_reads_always(void)
{
	g_autoptr(Arena) arena = arena_new();

	g_assert_true(judge_call(NULL, "GET", "/_ping", NULL, true, arena)->allowed);
	g_assert_true(judge_call(NULL, "HEAD", "/v1.41/info", NULL, true, arena)->allowed);
	g_assert_false(judge_call(NULL, "GET", "/containers/x/attach/ws", NULL, false, arena)->allowed);
}

static void test_unresolved(void)
{
	g_autoptr(Policy) policy = load_template("production");
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *dir = g_dir_make_tmp("sentinel-XXXXXX", NULL), *loop = g_build_filename(dir, "loop", NULL);

	g_assert_cmpint(symlink("loop", loop), ==, 0);
	Decision *decision = judge_seen(policy, body_with("", arena_printf(arena, "\"Binds\":[\"%s:/x\"]", loop), arena), arena);
	g_assert_cmpstr(decision->findings[0].rule, ==, "builtin.unresolved");
	g_assert_false(decision->allowed);
	(void)unlink(loop);
	(void)rmdir(dir);
}

static void test_links(void)
{
	static const struct { const char *link, *target, *suffix, *rule; } rows[] = {
		{ "a", "/", "", "mounts.blocked" }, { "b", "/", "/etc", "mounts.blocked" }, { "c", "/var/run/docker.sock", "", "mounts.blocked" },
		{ "d", "/srv", "", NULL }, { "e", "/etc", "/../srv", NULL },
	};
	g_autoptr(Policy) policy = load_text("name: p\nmode: enforce\nrules:\n  mounts:\n    blocked: [{path: /}, {path: /etc}, {path: /var/run/docker.sock}]\n");
	g_autofree char *dir = g_dir_make_tmp("sentinel-XXXXXX", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const char *link = arena_printf(arena, "%s/%s", dir, rows[i].link);
		g_assert_cmpint(symlink(rows[i].target, link), ==, 0);
		Decision *decision =
			judge_call(policy, "POST", CREATE, body_with("", arena_printf(arena, "\"Binds\":[\"%s%s:/x\"]", link, rows[i].suffix), arena), false, arena);
		g_test_message("%s -> %s%s", rows[i].link, rows[i].target, rows[i].suffix);
		g_assert_cmpstr(decision->finding_count ? decision->findings[0].rule : NULL, ==, rows[i].rule);
		(void)unlink(link);
	}
	(void)rmdir(dir);
}

/* The most specific entry wins, but nothing allows what contains a blocked path. */
static void test_mount_lists(void)
{
	static const struct { const char *bind, *rule; } rows[] = {
		{ "/data:/x", "mounts.blocked" },      { "/data/open:/x", "mounts.blocked" }, { "/data/open/sub:/x", NULL },
		{ "/data/open/key:/x", "mounts.blocked" }, { "/data/ro:/x:ro", NULL },      { "/data/ro:/x", "mounts.blocked" },
		{ "/warned/x:/x", "mounts.warned" },   { "/elsewhere:/x", NULL },
	};
	g_autoptr(Policy) policy = load_text("name: p\nmode: enforce\nrules:\n  mounts:\n    blocked:\n      - path: /data\n      - path: /data/open/key\n"
					     "      - {path: /data/ro, allow_read_only: true}\n    warned:\n      - path: /warned\n    allowed: [/data/open]\n");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Decision *decision = judge_call(policy, "POST", CREATE, body_with("", arena_printf(arena, "\"Binds\":[\"%s\"]", rows[i].bind), arena), false, arena);
		g_test_message("%s", rows[i].bind);
		g_assert_cmpstr(decision->finding_count ? decision->findings[0].rule : NULL, ==, rows[i].rule);
	}
}

static void test_exceptions(void)
{
	g_autoptr(Policy) policy = load_text("name: p\nmode: enforce\nrules:\n  privileged:\n    exceptions:\n      - images: [\"docker:dind\"]\n        names: [\"ci-*\"]\n");
	g_autoptr(Arena) arena = arena_new();

	g_assert_true(judge_call(policy, "POST", CREATE "?name=ci-1", "{\"Image\":\"docker:dind\",\"HostConfig\":{\"Privileged\":true}}", false, arena)->allowed);
	g_assert_false(judge_call(policy, "POST", CREATE "?name=x", "{\"Image\":\"docker:dind\",\"HostConfig\":{\"Privileged\":true}}", false, arena)->allowed);
	g_assert_false(judge_call(policy, "POST", CREATE "?name=ci-1", "{\"Image\":\"docker\",\"HostConfig\":{\"Privileged\":true}}", false, arena)->allowed);
}

static void test_modes_and_scores(void)
{
	static const struct { const char *mode; bool allowed; Outcome outcome; } rows[] = {
		{ "enforce", false, OUTCOME_DENIED }, { "warn", true, OUTCOME_WARNED }, { "audit", true, OUTCOME_WARNED },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = load_text(arena_printf(arena, "name: p\nmode: %s\nrules:\n  privileged: {action: block}\n", rows[i].mode));
		Decision *decision = judge_call(policy, "POST", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", false, arena);
		g_assert_true(decision->allowed == rows[i].allowed);
		g_assert_cmpint(decision->outcome, ==, rows[i].outcome);
	}
	/* Nothing blocks, the sum does. */
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(Policy) policy = load_text("name: p\nmode: enforce\nsettings: {max_risk_score: 10}\nrules:\n  container: {require_non_root: true}\n");
	Decision *decision = judge_call(policy, "POST", CREATE, "{\"Image\":\"a:1\"}", false, arena);
	g_assert_false(decision->allowed);
	g_assert_nonnull(strstr(decision_explain(decision, 1, arena), "above the limit of 10"));
	/* Never more than 100. */
	g_autoptr(Policy) production = load_template("production");
	decision = judge_call(production, "POST", CREATE, "{\"Image\":\"evil.test/a\",\"HostConfig\":{\"Privileged\":true,\"PidMode\":\"host\",\"Binds\":[\"/:/x\"]}}", false, arena);
	g_assert_cmpuint(decision->score, ==, 100);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/evaluate/privileged-ubuntu", test_privileged_ubuntu);
	g_test_add_func("/evaluate/production", test_production);
	g_test_add_func("/evaluate/strict", test_strict);
	g_test_add_func("/evaluate/users", test_users);
	g_test_add_func("/evaluate/calls", test_calls);
	g_test_add_func("/evaluate/fail-closed", test_fail_closed);
	g_test_add_func("/evaluate/reads-always", test_reads_always);
	g_test_add_func("/evaluate/unresolved", test_unresolved);
	g_test_add_func("/evaluate/links", test_links);
	g_test_add_func("/evaluate/mount-lists", test_mount_lists);
	g_test_add_func("/evaluate/exceptions", test_exceptions);
	g_test_add_func("/evaluate/modes-and-scores", test_modes_and_scores);
	return g_test_run();
}
