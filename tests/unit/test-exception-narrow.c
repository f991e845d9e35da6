/* SPDX-License-Identifier: MIT
 *
 * An exception excuses what it names, and nothing that lies beside it: containers that exist, what is done with them, other rules about the same thing.
 */
#include <glib/gstdio.h>
#include <unistd.h>
#include "facts-fixture.h"
#include "policy-fixture.h"

#define START(name) "/v1.41/containers/" name "/start"
#define CURL "custom_rules: [{name: no-curl, condition: {field: command, operator: contains, value: curl}}]\n"
#define BY(lines) CURL "exceptions: [{rules: [custom.no-curl], commands: [" lines "]}]\n"
#define MIGHTY(lines) "rules: {privileged: {}, exec: {root: {action: block}}}\nexceptions: [{rules: [privileged, exec.root], commands: [" lines "]}]\n"

/* What a container has of its image may be named as the image's; so may what it is. */
static const struct { const char *policy, *uri, *body; bool allowed; } uses[] = {
	{ BY("\"[/e] curl\""), START("runs"), NULL, true },
	{ BY("\"<image> curl\""), START("runs"), NULL, true },
	{ BY("\"<image>\""), START("runs"), NULL, true },
	{ BY("\"[/e] <image>\""), START("runs"), NULL, false },
	{ BY("\"[] curl\""), START("runs"), NULL, false },
	{ BY("\"/e curl\""), START("runs"), NULL, false },
	{ BY("\"<image> curl x\""), START("runs-more"), NULL, true },
	{ BY("\"<image>\""), START("runs-more"), NULL, false },
	{ BY("\"<image> curl\""), START("runs-other"), NULL, false },
	{ BY("\"<image>\""), START("runs-other"), NULL, false },
	{ BY("\"[/e /f] curl\""), START("runs-other"), NULL, true },
	{ BY("\"[] curl\""), START("runs-bare"), NULL, true },
	{ BY("\"<image> curl\""), START("runs-bare"), NULL, true },
	{ BY("\"[] <image>\""), START("runs-bare"), NULL, true },
	{ BY("\"[] curl\""), START("runs-gone"), NULL, true },
	{ BY("\"<image> curl\""), START("runs-gone"), NULL, false },
	{ BY("\"<image>\""), START("runs-gone"), NULL, false },
	/* Who enters it runs something else. */
	{ MIGHTY("\"[/e] curl\""), START("runs"), NULL, true },
	{ MIGHTY("\"[/e] curl\""), "/v1.41/containers/runs/attach", NULL, true },
	{ MIGHTY("\"[/e] curl\", \"id -u\""), "/v1.41/containers/runs/exec", "{\"Cmd\":[\"id\",\"-u\"]}", false },
	{ MIGHTY("\"[/e] curl\", \"id -u\""), "/v1.41/exec/e1/start", "{}", false },
};

static const Decision *judge(const Policy *policy, const char *uri, const char *body, Arena *arena)
{
	const Situation situation = { .user = "", .now_us = FIXTURE_NOW };
	unsigned rounds;

	return policy_evaluate(policy, complete_with(policy_wants(policy, complete_with(0, uri, body, false, &rounds, arena)), uri, body, false, &rounds, arena), &situation, arena);
}

static void test_uses(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(uses); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = fixture_policy(uses[i].policy);
		const Decision *decision = judge(policy, uses[i].uri, uses[i].body, arena);
		if (decision->allowed != uses[i].allowed)
			g_error("row %zu: %s %s: %s", i, uses[i].policy, uses[i].uri, decision->finding_count ? decision->findings[0].message : "nothing was found");
	}
}

/* The example of docs/POLICY.md: both calls of docker exec are excused, and another command is not. */
static void test_exec(void)
{
	static const struct { const char *line; bool allowed; } rows[] = { { "id -u", true }, { "id", false } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = fixture_policy(arena_printf(arena, "rules: {exec: {root: {action: block}}}\nexceptions: [{rules: [exec.root], commands: [\"%s\"]}]\n", rows[i].line));
		g_assert_true(judge(policy, "/v1.41/containers/plain/exec", "{\"User\":\"0\",\"Cmd\":[\"id\",\"-u\"]}", arena)->allowed == rows[i].allowed);
		g_assert_true(judge(policy, "/v1.41/exec/e1/start", "{}", arena)->allowed == rows[i].allowed);
	}
}

/* One rule is set aside, and the next one about the same thing is asked. */
static const struct { const char *policy, *config, *host, *rule; } others[] = {
	{ "rules: {mounts: {blocked: [{path: /a}], require_read_only: true}}\nexceptions: [{rules: [mounts.blocked], values: [/a]}]\n", "", "\"Binds\":[\"/a:/x\"]", "mounts.require_read_only" },
	{ "rules: {mounts: {blocked: [{path: /a}], require_read_only: true}}\nexceptions: [{rules: [mounts.blocked], values: [/a]}]\n", "", "\"Binds\":[\"/a:/x:ro\"]", NULL },
	{ "rules: {mounts: {blocked: [{path: /a}], require_trusted: block}}\nexceptions: [{rules: [mounts.blocked], values: [/a]}]\n", "", "\"Binds\":[\"/a:/x\"]", "builtin.unresolved" },
	{ "rules: {environment: {block_secrets: true, secret_patterns: [hunter]}}\nexceptions: [{rules: [environment.block_secrets], values: [PASSWORD]}]\n",
		"\"Env\":[\"PASSWORD=hunter2hunter2\"]", "", "environment.secret_patterns" },
	{ "rules: {environment: {block_secrets: true, secret_patterns: [hunter]}}\nexceptions: [{rules: [environment.block_secrets, environment.secret_patterns], values: [PASSWORD]}]\n",
		"\"Env\":[\"PASSWORD=hunter2hunter2\"]", "", NULL },
	/* A command says nothing of the directory, the user and the environment that it meets: their rules hold. */
	{ BY("\"<image> curl\""), "\"Cmd\":[\"curl\"],\"WorkingDir\":\"/w\",\"User\":\"0\",\"Env\":[\"LD_PRELOAD=/x\"]", "", NULL },
	{ "rules: {environment: {blocked: [LD_PRELOAD]}}\n" BY("\"<image> curl\""), "\"Cmd\":[\"curl\"],\"Env\":[\"LD_PRELOAD=/x\"]", "", "environment.blocked" },
	{ "rules: {container: {require_non_root: true}}\n" BY("\"<image> curl\""), "\"Cmd\":[\"curl\"],\"User\":\"0\"", "", "container.require_non_root" },
	/* What was cut is no value. */
	{ "rules: {security_options: {allowed: [no-new-privileges]}}\nexceptions: [{rules: [security_options.allowed], values: [\"" "label=user:0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890" "\xe2\x80\xa6" "\"]}]\n",
		"", "\"SecurityOpt\":[\"label=user:01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901\"]", "security_options.allowed" },
	/* An image that is mounted is not the one that runs. */
	{ "rules: {images: {allowed_registries: [ghcr.io]}}\nexceptions: [{rules: [images.allowed_registries], images: [\"a:1\"]}]\n", "",
		"\"Mounts\":[{\"Type\":\"image\",\"Source\":\"a:1\",\"Target\":\"/x\"}]", "images.allowed_registries" },
};

static void test_others(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = fixture_policy(others[i].policy);
		const char *body = arena_printf(arena, "{\"Image\":\"a:1\"%s%s,\"HostConfig\":{%s}}", *others[i].config ? "," : "", others[i].config, others[i].host);
		const char *rule = fixture_rule(fixture_judge(policy, "POST", CREATE, body, "", arena));
		if (g_strcmp0(rule, others[i].rule) != 0)
			g_error("row %zu: %s %s: %s", i, others[i].policy, body, rule ? rule : "nothing was found");
	}
}

/* A device's name that is a link: where it leads may be another device tomorrow. */
static void test_device(void)
{
	g_autofree char *directory = g_dir_make_tmp("sentinel-device-XXXXXX", NULL), *link = g_build_filename(directory, "device", NULL);

	g_assert_cmpint(symlink("/dev/null", link), ==, 0);
	for (unsigned both = 0; both < 2; both++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = fixture_policy(arena_printf(arena, "rules: {devices: {}}\nexceptions: [{rules: [devices], values: [%s%s]}]\n", link, both ? ", /dev/null" : ""));
		const char *body = arena_printf(arena, "{\"Image\":\"a:1\",\"HostConfig\":{\"Devices\":[{\"PathOnHost\":\"%s\"}]}}", link);
		g_assert_true(fixture_judge(policy, "POST", CREATE, body, "", arena)->allowed == both);
	}
	(void)unlink(link);
	(void)g_rmdir(directory);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exception-narrow/uses", test_uses);
	g_test_add_func("/exception-narrow/exec", test_exec);
	g_test_add_func("/exception-narrow/others", test_others);
	g_test_add_func("/exception-narrow/device", test_device);
	return g_test_run();
}
