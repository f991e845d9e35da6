/* SPDX-License-Identifier: MIT
 *
 * The exceptions that a policy lists by themselves: for which rules, values, commands and people they are.
 */
#include <glib/gstdio.h>
#include <unistd.h>
#include "policy-fixture.h"

#define CREATE "/v1.41/containers/create"

static Policy *whole_policy(const char *text)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	Policy *policy = policy_parse("test.yaml", text, strlen(text), diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);

	g_assert_cmpstr(problem, ==, NULL);
	return policy;
}

/* The policy's own list: as narrow as it says. */
static const struct { const char *exception, *user, *config, *host; bool allowed; } cases[] = {
	{ "rules: [devices], values: [/dev/kvm], users: [alice]", "alice", "", "\"Devices\":[{\"PathOnHost\":\"/dev/kvm\"}]", true },
	{ "rules: [devices], values: [/dev/kvm], users: [alice]", "bob", "", "\"Devices\":[{\"PathOnHost\":\"/dev/kvm\"}]", false },
	{ "rules: [devices], values: [/dev/kvm], users: [alice]", "one-of:alice,root", "", "\"Devices\":[{\"PathOnHost\":\"/dev/kvm\"}]", false },
	{ "rules: [devices], values: [/dev/kvm], users: [alice]", "alice", "", "\"Devices\":[{\"PathOnHost\":\"/dev/kvm\"},{\"PathOnHost\":\"/dev/sda\"}]", false },
	{ "rules: [devices], values: [\"/dev/*\"], users: [alice]", "alice", "", "\"Devices\":[{\"PathOnHost\":\"/dev/kvm\"}]", false }, /* no glob */
	{ "rules: [devices], values: [/dev/kvm]", "", "", "\"Devices\":[{\"PathOnHost\":\"/dev/kvm\"}]", true },
	{ "rules: [privileged], values: [/dev/kvm], users: [alice]", "alice", "", "\"Privileged\":true", false },
	{ "rules: [exec.root], users: [alice]", "alice", "", "\"Privileged\":true", false },
	{ "rules: [exec.root, privileged], users: [alice]", "alice", "", "\"Privileged\":true", true },
	{ "rules: [mounts.block_bind_mounts], values: [/a], read_only: true", "", "", "\"Binds\":[\"/a:/x:ro\"]", true },
	{ "rules: [mounts.block_bind_mounts], values: [/a], read_only: true", "", "", "\"Binds\":[\"/a:/x\"]", false },
	{ "rules: [mounts.block_bind_mounts], values: [/a]", "", "", "\"Binds\":[\"/a:/x\"]", true },
	{ "rules: [mounts.block_bind_mounts], values: [/a]", "", "", "\"Binds\":[\"/a/b:/x\"]", false },
	{ "rules: [mounts.blocked], values: [/a]", "", "", "\"Binds\":[\"/a:/x\"]", false },
	{ "rules: [privileged], users: [alice], expires: 2000-01-01", "alice", "", "\"Privileged\":true", false },
};

static void test_cases(void)
{
	static const char head[] = "name: p\nmode: enforce\ncustom_rules: [{name: no-curl, condition: {field: command, operator: contains, value: curl}}]\n"
				   "rules:\n  privileged: {}\n  devices: {}\n  mounts: {block_bind_mounts: true}\nexceptions: [{%s}]\n";

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = whole_policy(arena_printf(arena, head, cases[i].exception));
		const char *body = arena_printf(arena, "{\"Image\":\"a:1\"%s%s,\"HostConfig\":{%s}}", *cases[i].config ? "," : "", cases[i].config, cases[i].host);
		const ApiCall call = { .method = "POST", .uri = CREATE, .body = body, .body_length = strlen(body), .content_type = "application/json", .content_length = "2" };
		const Situation situation = { .user = cases[i].user, .now_us = g_get_real_time() };
		const Decision *decision = policy_evaluate(policy, api_read(&call, arena), &situation, arena);
		if (decision->allowed != cases[i].allowed)
			g_error("row %zu: %s %s: %s", i, cases[i].exception, body, decision->finding_count ? decision->findings[0].message : "nothing was found");
		g_assert_cmpuint(decision->waived_count, ==, !strstr(cases[i].host, "/dev/sda") ? cases[i].allowed : 1);
	}
}

#define EXEC "/v1.41/containers/c/exec"
#define SERVICE "/v1.41/services/create"
#define MADE(words) "{\"Image\":\"a:1\"," words "}"
#define SERVES(words) "{\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"a:1\"," words "}}}"
#define CURL "\"Cmd\":[\"sh\",\"-c\",\"curl x\"]"

/* What runs has one line, and a line one meaning: which words are the entrypoint's, and whether the image's stands before them. */
static const struct { const char *line, *uri, *body; bool allowed; } lines[] = {
	{ "<image> sh -c 'curl x'", CREATE, MADE(CURL), true },
	{ "<image> sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":null," CURL), true },
	{ "<image> sh -c 'curl x'", CREATE, MADE("\"Cmd\":[\"sh\",\"-c\",\"curl y\"]"), false },
	{ "<image> sh -c 'curl x'", CREATE, MADE("\"Cmd\":[\"sh\",\"-c\",\"curl\",\"x\"]"), false },
	{ "<image> sh -c curl x", CREATE, MADE(CURL), false },
	{ "<image> sh -c curl x", CREATE, MADE("\"Cmd\":[\"sh\",\"-c\",\"curl\",\"x\"]"), true },
	{ "<image> sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[\"sh\"],\"Cmd\":[\"-c\",\"curl x\"]"), false },
	{ "<image> sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[\"\"]," CURL), false },
	{ "<image> sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[]," CURL), false },
	{ "<image> sh -c 'curl x'", EXEC, "{" CURL "}", false },
	{ "<image> sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[\"<image>\"]," CURL), false },
	{ "['<image>'] sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[\"<image>\"]," CURL), true },
	{ "[sh] -c 'curl x'", CREATE, MADE("\"Entrypoint\":[\"sh\"],\"Cmd\":[\"-c\",\"curl x\"]"), true },
	{ "[sh] -c 'curl x'", CREATE, MADE("\"Entrypoint\":\"sh\",\"Cmd\":[\"-c\",\"curl x\"]"), true },
	{ "[sh] -c 'curl x'", CREATE, MADE(CURL), false },
	{ "[sh] -c 'curl x'", CREATE, MADE("\"Entrypoint\":[\"sh\",\"-c\"],\"Cmd\":[\"curl x\"]"), false },
	{ "[sh] -c 'curl x'", EXEC, "{" CURL "}", false },
	{ "[sh -c] 'curl x'", CREATE, MADE("\"Entrypoint\":[\"sh\",\"-c\"],\"Cmd\":[\"curl x\"]"), true },
	{ "[sh] -c] curl", CREATE, MADE("\"Entrypoint\":[\"sh\",\"-c]\"],\"Cmd\":[\"curl\"]"), false },
	{ "[sh '-c]'] curl", CREATE, MADE("\"Entrypoint\":[\"sh\",\"-c]\"],\"Cmd\":[\"curl\"]"), true },
	{ "[sh] '-c]' curl", CREATE, MADE("\"Entrypoint\":[\"sh\"],\"Cmd\":[\"-c]\",\"curl\"]"), true },
	{ "[] sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[\"\"]," CURL), true },
	{ "[] sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":\"\"," CURL), true },
	{ "[] sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[]," CURL), true },
	{ "[] sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[null]," CURL), true },
	{ "[] sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[\"\",\"\"]," CURL), false },
	{ "[] sh -c 'curl x'", CREATE, MADE(CURL), false },
	{ "[] sh -c 'curl x'", EXEC, "{" CURL "}", false },
	{ "sh -c 'curl x'", EXEC, "{" CURL "}", true },
	{ "sh -c 'curl x'", CREATE, MADE(CURL), false },
	{ "sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[\"\"]," CURL), false },
	{ "sh -c 'curl x'", CREATE, MADE("\"Entrypoint\":[\"sh\"],\"Cmd\":[\"-c\",\"curl x\"]"), false },
	{ "<image> curl", SERVICE, SERVES("\"Args\":[\"curl\"]"), true },
	{ "<image> curl", SERVICE, SERVES("\"Command\":[],\"Args\":[\"curl\"]"), true },
	{ "<image> curl", SERVICE, SERVES("\"Command\":[\"sh\"],\"Args\":[\"curl\"]"), false },
	{ "[sh] curl", SERVICE, SERVES("\"Command\":[\"sh\"],\"Args\":[\"curl\"]"), true },
};

static void test_lines(void)
{
	static const char head[] = "name: p\nmode: enforce\ncustom_rules: [{name: no-curl, condition: {field: command, operator: contains, value: curl}}]\n"
				   "exceptions: [{rules: [custom.no-curl], commands: [\"%s\"]}]\n";

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = whole_policy(arena_printf(arena, head, lines[i].line));
		const Decision *decision = fixture_judge(policy, "POST", lines[i].uri, lines[i].body, "", arena);
		if (decision->allowed != lines[i].allowed)
			g_error("row %zu: %s: %s %s: %s", i, lines[i].line, lines[i].uri, lines[i].body, decision->finding_count ? decision->findings[0].message : "nothing was found");
		g_assert_cmpuint(decision->waived_count, ==, lines[i].allowed);
	}
}

/* A path has two names when links lead elsewhere: both must be named. */
static void test_case_links(void)
{
	g_autofree char *directory = g_dir_make_tmp("sentinel-case-XXXXXX", NULL), *link = g_build_filename(directory, "link", NULL), *target = g_build_filename(directory, "target", NULL);

	g_assert_cmpint(g_mkdir(target, 0700), ==, 0);
	g_assert_cmpint(symlink(target, link), ==, 0);
	for (unsigned both = 0; both < 2; both++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = whole_policy(arena_printf(arena, "name: p\nmode: enforce\nrules:\n  mounts: {block_bind_mounts: true}\nexceptions: [{rules: [mounts.block_bind_mounts], values: [%s%s%s]}]\n",
			link, both ? ", " : "", both ? target : ""));
		const char *body = arena_printf(arena, "{\"Image\":\"a:1\",\"HostConfig\":{\"Binds\":[\"%s:/x\"]}}", link);
		const Decision *decision = fixture_judge(policy, "POST", CREATE, body, "", arena);
		g_assert_true(decision->allowed == both);
		if (!both)
			g_assert_cmpstr(decision->findings[0].also, ==, target);
	}
	(void)unlink(link);
	(void)g_rmdir(target);
	(void)g_rmdir(directory);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exception/cases", test_cases);
	g_test_add_func("/exception/lines", test_lines);
	g_test_add_func("/exception/links", test_case_links);
	return g_test_run();
}
