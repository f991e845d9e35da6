/* SPDX-License-Identifier: MIT
 *
 * Custom rules and exceptions.
 */
#include "audit/line.h"
#include "base/budget.h"
#include "base/limits.h"
#include "core/record.h"
#include "policy-fixture.h"
#include "policy/custom/request-field.h"
#include "policy/match/regex.h"
#include "policy/wants.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CREATE "/v1.43/containers/create?name=web"
#define BODY                                                                                                                     \
	"{\"Image\":\"ghcr.io/team/app:1.2\",\"User\":\"1000\",\"Cmd\":[\"sh\",\"-c\",\"rm -rf /tmp/x\"],\"Env\":[\"DEBUG=1\",\"TEAM=web\"]," \
	"\"Labels\":{\"owner\":\"alice\"},\"HostConfig\":{\"Memory\":536870912,\"CapAdd\":[\"CAP_NET_RAW\"],\"Binds\":[\"/srv/data:/d:ro\"],"    \
	"\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"8080\"}]}}}"

static const struct { const char *condition; bool holds; } conditions[] = {
	{ "{field: image, operator: equals, value: \"ghcr.io/team/app:1.2\"}", true },
	{ "{field: image, operator: equals, value: \"ghcr.io/team/app\"}", false },
	{ "{field: image, operator: glob, value: \"ghcr.io/team/*\"}", true },
	{ "{field: registry, operator: in, value: [a.example.com, ghcr.io]}", true },
	{ "{field: repository, operator: contains, value: team}", true },
	{ "{field: tag, operator: not_equals, value: \"1.2\"}", false },
	{ "{field: tag, operator: equals, value: latest}", false },
	{ "{field: registry, operator: in, value: [\"\", ghcr.io]}", true },
	{ "{field: labels.team, operator: in, value: [x, \"\"]}", true },
	{ "{field: command, operator: contains, value: \"rm -rf\"}", true },
	{ "{field: command, operator: matches, value: \"^sh -c rm\"}", true },
	{ "{field: command, operator: matches, value: \"^rm$\"}", false },
	{ "{field: env.DEBUG, operator: exists}", true },
	{ "{field: env.DEBUG, operator: equals, value: 1}", true },
	{ "{field: env.NOTHING, operator: exists}", false },
	{ "{field: env.NOTHING, operator: exists, value: false}", true },
	{ "{field: env, operator: equals, value: TEAM}", true },
	{ "{field: labels.owner, operator: glob, value: \"al*\"}", true },
	{ "{field: labels.owner, operator: not_contains, value: ali}", false },
	{ "{field: labels.team, operator: not_equals, value: x}", true },
	{ "{field: memory, operator: greater, value: 256m}", true },
	{ "{field: memory, operator: less, value: 512m}", false },
	{ "{field: memory, operator: equals, value: 512m}", true },
	{ "{field: pids_limit, operator: equals, value: 0}", true },
	{ "{field: \"capabilities.add\", operator: equals, value: cap_net_raw}", true },
	{ "{field: \"mounts[].source\", operator: equals, value: /srv/data/}", true },
	{ "{field: \"mounts[].read_only\", operator: equals, value: false}", false },
	{ "{field: \"ports[].host\", operator: greater, value: 8000}", true },
	{ "{field: privileged, operator: equals, value: false}", true },
	{ "{field: privileged, operator: equals, value: true}", false },
	{ "{field: user, operator: equals, value: \"1000\", and: [{field: tag, operator: equals, value: \"1.2\"}]}", true },
	{ "{field: user, operator: equals, value: \"1000\", and: [{field: tag, operator: equals, value: \"9\"}]}", false },
	{ "{field: user, operator: equals, value: root, or: [{field: tag, operator: equals, value: \"1.2\"}]}", true },
	{ "{not: {field: user, operator: equals, value: root}}", true },
	{ "{not: [{field: user, operator: equals, value: root}, {field: tag, operator: equals, value: \"1.2\"}]}", false },
	{ "{or: [{field: user, operator: equals, value: root}, {and: [{field: tag, operator: exists}, {field: digest, operator: exists, value: false}]}]}", true },
	{ "{field: caller, operator: equals, value: alice}", true },
	{ "{field: name, operator: equals, value: web}", true },
	{ "{field: endpoint, operator: equals, value: container.create}", true },
	{ "{field: request, operator: equals, value: create}", true },
	{ "{field: method, operator: equals, value: POST}", true },
};

static Policy *with_condition(const char *condition, const char *more)
{
	g_autofree char *text = g_strdup_printf("custom_rules:\n  - name: r\n    message: found\n%s    condition: %s\n", more, condition);

	return fixture_policy(text);
}

static void test_conditions(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(conditions); i++) {
		g_autoptr(Policy) policy = with_condition(conditions[i].condition, "");
		g_autoptr(Arena) arena = arena_new();
		Decision *decision = fixture_judge(policy, "POST", CREATE, BODY, "alice", arena);

		g_test_message("%s", conditions[i].condition);
		g_assert_cmpstr(fixture_rule(decision), ==, conditions[i].holds ? "custom.r" : NULL);
		g_assert_cmpint(decision->allowed, ==, !conditions[i].holds);
	}
}

/* The index only ever leaves out what cannot hold: beside many others each rule says the same. */
static void test_index(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(conditions); i++) {
		g_autoptr(GString) text = g_string_new("custom_rules:\n");
		for (unsigned other = 0; other < 50; other++)
			g_string_append_printf(text, "  - name: other-%u\n    condition: {field: image, operator: equals, value: \"nothing-%u\"}\n", other, other);
		g_string_append_printf(text, "  - name: r\n    condition: %s\n", conditions[i].condition);
		g_autoptr(Policy) policy = fixture_policy(text->str);
		g_autoptr(Arena) arena = arena_new();
		g_test_message("%s", conditions[i].condition);
		g_assert_cmpstr(fixture_rule(fixture_judge(policy, "POST", CREATE, BODY, "alice", arena)), ==, conditions[i].holds ? "custom.r" : NULL);
	}
}

/* What a request does not speak of is not taken as empty. */
static void test_other_requests(void)
{
	static const struct { const char *condition, *more, *method, *uri, *body; bool holds; } rows[] = {
		{ "{field: labels.owner, operator: exists, value: false}", "", "GET", "/v1.43/containers/json", NULL, false },
		{ "{field: labels.owner, operator: exists, value: false}", "", "POST", "/v1.43/containers/web/exec", "{\"Cmd\":[\"x\"]}", false },
		{ "{field: labels.owner, operator: exists, value: false}", "", "POST", "/v1.43/containers/create", "{\"Image\":\"a\"}", true },
		{ "{field: user, operator: not_equals, value: app}", "", "POST", "/v1.43/containers/web/exec", "{\"Cmd\":[\"x\"]}", false },
		{ "{field: user, operator: equals, value: root}", "", "POST", "/v1.43/containers/web/exec", "{\"Cmd\":[\"x\"],\"User\":\"root\"}", true },
		{ "{field: memory, operator: less, value: 1g}", "", "POST", "/v1.43/containers/web/update", "{\"CpuShares\":5}", false },
		{ "{field: memory, operator: greater, value: 1g}", "", "POST", "/v1.43/containers/web/update", "{\"Memory\":2147483648}", true },
		{ "{field: user, operator: equals, value: root}", "    requests: [create]\n", "POST", "/v1.43/containers/web/exec", "{\"User\":\"root\"}", false },
		{ "{field: endpoint, operator: equals, value: container.logs}", "", "GET", "/v1.43/containers/web/logs", NULL, true },
		{ "{field: driver, operator: equals, value: macvlan}", "", "POST", "/v1.43/networks/create", "{\"Driver\":\"macvlan\"}", true },
		{ "{field: options.parent, operator: exists}", "", "POST", "/v1.43/networks/create", "{\"Options\":{\"parent\":\"eth0\"}}", true },
		{ "{field: image, operator: equals, value: a}", "", "POST", "/v1.43/images/create?fromImage=a&tag=latest", NULL, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Policy) policy = with_condition(rows[i].condition, rows[i].more);
		g_autoptr(Arena) arena = arena_new();
		g_test_message("%s: %s", rows[i].condition, rows[i].uri);
		g_assert_cmpstr(fixture_rule(fixture_judge(policy, rows[i].method, rows[i].uri, rows[i].body, "", arena)), ==, rows[i].holds ? "custom.r" : NULL);
	}
}

#define READS "    requests: [read]\n"

/* Rules judge reads as they judge all else; nobody known is somebody else; what every client needs stays. */
static void test_reads(void)
{
	static const struct { const char *condition, *more, *method, *uri, *user; bool holds; } rows[] = {
		{ "{field: endpoint, operator: equals, value: container.logs}", READS, "GET", "/v1.43/containers/web/logs", "", true },
		{ "{field: endpoint, operator: equals, value: container.inspect}", READS, "HEAD", "/v1.43/containers/web/json", "", true },
		{ "{not: [{field: endpoint, operator: in, value: [container.list, system.info]}]}", READS, "GET", "/v1.43/containers/json", "", false },
		{ "{not: [{field: endpoint, operator: in, value: [container.list, system.info]}]}", READS, "GET", "/v1.43/containers/web/json", "", true },
		{ "{not: [{field: endpoint, operator: in, value: [container.list, system.info]}]}", READS, "GET", "/v1.43/nobody/knows", "", true },
		{ "{field: endpoint, operator: not_equals, value: container.list}", READS, "GET", "/v1.43/nobody/knows", "", true },
		{ "{field: endpoint, operator: exists, value: false}", READS, "GET", "/v1.43/nobody/knows", "", true },
		{ "{field: method, operator: equals, value: HEAD}", READS, "HEAD", "/v1.43/containers/web/json", "", true },
		{ "{field: subject, operator: equals, value: web}", READS, "GET", "/containers/web/top", "", true },
		{ "{field: subject, operator: equals, value: web}", READS, "GET", "/containers/other/top", "", false },
		{ "{field: subject, operator: not_equals, value: web}", READS, "GET", "/containers/json", "", false },
		{ "{field: request, operator: equals, value: read}", "", "GET", "/images/json", "", true },
		{ "{field: request, operator: equals, value: read}", "", "POST", "/containers/web/stop", "", false },
		{ "{field: request, operator: equals, value: read}", "", "POST", "/containers/web/wait", "", true },
		{ "{field: uri, operator: contains, value: /secrets}", READS, "GET", "/v1.43/secrets", "", true },
		{ "{field: caller, operator: not_equals, value: alice}", READS, "GET", "/containers/json", "alice", false },
		{ "{field: caller, operator: not_equals, value: alice}", READS, "GET", "/containers/json", "bob", true },
		{ "{field: caller, operator: not_equals, value: alice}", READS, "GET", "/containers/json", "", true },
		{ "{field: caller, operator: not_equals, value: alice}", READS, "GET", "/containers/json", "one-of:alice,?", true },
		{ "{field: caller, operator: not_equals, value: alice}", READS, "POST", "/containers/web/stop", "", false },
		{ "{not: {field: caller, operator: in, value: [alice, bob]}}", READS, "GET", "/info", "", true },
		{ "{field: caller, operator: exists, value: false}", READS, "GET", "/info", "", true },
		{ "{field: caller, operator: equals, value: alice}", READS, "GET", "/info", "one-of:alice,bob", false },
		{ "{field: caller, operator: not_equals, value: alice}", "    requests: [exec]\n", "POST", "/containers/web/exec", "", true },
		{ "{field: caller, operator: not_equals, value: alice}", "    requests: [other]\n", "POST", "/containers/web/stop", "", true },
		{ "{field: request, operator: exists}", READS, "GET", "/_ping", "", false },
		{ "{field: request, operator: exists}", READS, "HEAD", "/_ping", "", false },
		{ "{field: request, operator: exists}", READS, "GET", "/v1.43/version", "", false },
		{ "{field: endpoint, operator: glob, value: \"system.*\"}", READS, "GET", "/v1.43/info", "", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Policy) policy = with_condition(rows[i].condition, rows[i].more);
		g_autoptr(Arena) arena = arena_new();
		Decision *decision = fixture_judge(policy, rows[i].method, rows[i].uri, strstr(rows[i].uri, "exec") ? "{\"Cmd\":[\"x\"]}" : NULL, rows[i].user, arena);
		g_test_message("%s: %s by '%s'", rows[i].condition, rows[i].uri, rows[i].user);
		g_assert_cmpstr(fixture_rule(decision), ==, rows[i].holds ? "custom.r" : NULL);
		g_assert_true(decision->allowed == !rows[i].holds);
	}
}

/* Who looks is looked for only where a rule depends on it. */
static void test_wants_caller(void)
{
	static const struct { const char *condition, *more, *method, *uri; bool wants; } rows[] = {
		{ "{field: caller, operator: equals, value: alice}", READS, "GET", "/info", true },
		{ "{or: [{field: uri, operator: exists}, {not: {field: caller, operator: equals, value: alice}}]}", "", "GET", "/info", true },
		{ "{field: caller, operator: equals, value: alice}", "    requests: [exec]\n", "GET", "/info", false },
		{ "{field: endpoint, operator: equals, value: system.info}", READS, "GET", "/info", false },
		{ "{field: endpoint, operator: equals, value: system.info}", READS, "POST", "/containers/web/stop", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Policy) policy = with_condition(rows[i].condition, rows[i].more);
		g_autoptr(Arena) arena = arena_new();
		const ApiCall call = { .method = rows[i].method, .uri = rows[i].uri, .content_type = "", .content_length = "0" };
		g_test_message("%s: %s", rows[i].condition, rows[i].uri);
		g_assert_true(policy_wants_caller(policy, api_read(&call, arena)) == rows[i].wants);
	}
}

/* An expression that runs away is stopped, and its rule counts as met. */
static void test_runaway(void)
{
	g_autoptr(Policy) policy = with_condition("{field: hostname, operator: matches, value: \"^(a+)+$\"}", "");
	g_autoptr(Arena) arena = arena_new();
	int64_t start = fixture_work_us();
	Decision *decision = fixture_judge(policy, "POST", CREATE, "{\"Hostname\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"}", "", arena);

	g_assert_cmpint(fixture_work_us() - start, <, 100000);
	g_assert_cmpstr(fixture_rule(decision), ==, "custom.r");
	g_assert_nonnull(strstr(decision->findings[0].message, "took too long"));
}

/* Between our bound of steps and that of the library: it answers only where ours is not asked. */
#define STEEP "aaaaaaaaaaaaaaaaaab"

/* One that is stopped is charged for all of its steps, and where the budget of the work is spent none is tried any more. */
static void test_charged(void)
{
	g_autoptr(Arena) arena = arena_new();
	const char *problem;
	const Regex *steep = regex_compile("^(a+)+$", arena, &problem), *plain = regex_compile("^b$", arena, &problem);
	Budget budget = { .steps = LIMIT_REGEX_STEPS };

	g_assert_cmpint(regex_match(steep, STEEP), ==, REGEX_GAVE_UP);
	g_assert_cmpint(regex_match(plain, "b"), ==, REGEX_YES);
	budget_begin(&budget, 60);
	g_assert_cmpint(regex_match(plain, "b"), ==, REGEX_YES);
	g_assert_false(budget.spent);
	g_assert_cmpint(regex_match(steep, STEEP), ==, REGEX_GAVE_UP);
	g_assert_true(budget.spent);
	g_assert_cmpint(regex_match(plain, "b"), ==, REGEX_GAVE_UP);
	budget_end();
	g_assert_cmpint(regex_match(plain, "b"), ==, REGEX_YES);
}

/* As deep as YAML allows: the cost grows with the depth, not with its power. */
static void test_deep(void)
{
	g_autoptr(GString) condition = g_string_new("");

	for (unsigned depth = 0; depth < 12; depth++)
		g_string_append(condition, depth % 2 ? "{or: [{field: user, operator: equals, value: nobody}, " : "{and: [{field: tag, operator: equals, value: \"1.2\"}, ");
	g_string_append(condition, "{field: user, operator: equals, value: \"1000\"}");
	for (unsigned depth = 0; depth < 12; depth++)
		g_string_append(condition, "]}");
	g_autoptr(Policy) policy = with_condition(condition->str, "");
	g_autoptr(Arena) arena = arena_new();
	int64_t start = fixture_work_us();
	g_assert_cmpstr(fixture_rule(fixture_judge(policy, "POST", CREATE, BODY, "", arena)), ==, "custom.r");
	g_assert_cmpint(fixture_work_us() - start, <, 20000);
}

static void test_every_field(void)
{
	for (size_t i = 0; i < request_field_count; i++) {
		g_autofree char *condition = g_strdup_printf("{field: \"%s\", operator: exists}", request_fields[i].name);
		g_autoptr(Policy) policy = with_condition(condition, "");
		g_autoptr(Arena) arena = arena_new();
		g_assert_nonnull(fixture_judge(policy, "POST", CREATE, BODY, "", arena));
	}
}

static const struct { const char *exception, *uri, *body, *user; bool waived; } exceptions[] = {
	{ "{images: [\"docker:dind\"]}", CREATE, "{\"Image\":\"docker:dind\",\"HostConfig\":{\"Privileged\":true}}", "", true },
	{ "{images: [\"docker:dind\"]}", CREATE, "{\"Image\":\"docker.io/library/docker:dind\",\"HostConfig\":{\"Privileged\":true}}", "", true },
	{ "{images: [\"docker:dind\"]}", CREATE, "{\"Image\":\"evil.test/docker:dind\",\"HostConfig\":{\"Privileged\":true}}", "", false },
	{ "{images: [\"docker:dind\"]}", CREATE, "{\"Image\":\"docker:dind@" DIGEST "\",\"HostConfig\":{\"Privileged\":true}}", "", false },
	{ "{images: [\"index.docker.io/docker:dind\"]}", CREATE, "{\"Image\":\"docker:dind\",\"HostConfig\":{\"Privileged\":true}}", "", true },
	{ "{images: [docker]}", CREATE, "{\"Image\":\"docker:27\",\"HostConfig\":{\"Privileged\":true}}", "", true },
	{ "{images: [\"" DIGEST "\"]}", CREATE, "{\"Image\":\"docker@" DIGEST "\",\"HostConfig\":{\"Privileged\":true}}", "", true },
	{ "{images: [\"team/*\"]}", CREATE, "{\"Image\":\"team/x:1\",\"HostConfig\":{\"Privileged\":true}}", "", true },
	{ "{images: [\"team/*\"]}", CREATE, "{\"Image\":\"ghcr.io/team/x:1\",\"HostConfig\":{\"Privileged\":true}}", "", false },
	{ "{names: [\"w*\"]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "", true },
	{ "{labels: [team=web]}", CREATE, "{\"Labels\":{\"team\":\"web\"},\"HostConfig\":{\"Privileged\":true}}", "", true },
	{ "{labels: [team]}", CREATE, "{\"Labels\":{\"team\":\"any\"},\"HostConfig\":{\"Privileged\":true}}", "", true },
	{ "{labels: [team]}", CREATE, "{\"Labels\":{\"teams\":\"any\"},\"HostConfig\":{\"Privileged\":true}}", "", false },
	{ "{users: [alice]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "alice", true },
	{ "{users: [alice]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "bob", false },
	{ "{users: [\"*\"]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "", false },
	{ "{users: [\"*\"]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "one-of:alice,root", false },
	{ "{users: [\"*alice*\"]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "one-of:alice,?", false },
	{ "{users: [alice]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "tls:alice", false },
	{ "{users: [\"tls:alice\"]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "tls:alice", true },
	{ "{users: [\"tls:alice\"]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "alice", false },
	{ "{users: [\"*\"]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "tls:", false },
	{ "{users: [alice], names: [x]}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "alice", false },
	{ "{users: [alice], expires: 2026-01-02}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "alice", true },
	{ "{users: [alice], expires: 2025-12-31}", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "alice", false },
};

static void test_exceptions(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(exceptions); i++) {
		g_autofree char *text = g_strdup_printf("rules: {privileged: {exceptions: [%s]}}\n", exceptions[i].exception);
		g_autoptr(Policy) policy = fixture_policy(text);
		g_autoptr(Arena) arena = arena_new();
		Decision *decision = fixture_judge(policy, "POST", exceptions[i].uri, exceptions[i].body, exceptions[i].user, arena);

		g_test_message("%s for %s, %s", exceptions[i].exception, exceptions[i].user, exceptions[i].body);
		g_assert_cmpint(decision->allowed, ==, exceptions[i].waived);
		g_assert_cmpuint(decision->waived_count, ==, exceptions[i].waived ? 1 : 0);
	}
}

/* The audit record says what was set aside and why. */
static void test_record(void)
{
	g_autoptr(Policy) policy = fixture_policy("rules: {privileged: {exceptions: [{users: [alice], reason: \"the move\"}]}}\n");
	g_autoptr(Arena) arena = arena_new();
	const ApiCall call = {
		.method = "POST", .uri = CREATE, .body = "{\"HostConfig\":{\"Privileged\":true}}", .body_length = 34, .content_type = "application/json",
		.content_length = "34",
	};
	const Situation situation = { .user = "alice", .now_us = FIXTURE_NOW };
	const Request *request = api_read(&call, arena);
	const Record record = { .id = 1, .time_us = 1, .user = "alice", .request = request, .decision = policy_evaluate(policy, request, &situation, arena) };
	size_t length;

	const char *line = record_format(&record, arena, &length);
	g_assert_nonnull(strstr(line, ",\"waived\":[{\"rule\":\"privileged\",\"reason\":\"the move\"}],\"findings\":[]}"));
	AuditLine read;
	g_assert_true(audit_line_read(line, length - 1, arena, &read));
	g_assert_cmpstr(read.decision, ==, "allowed");
}

static void test_expired(void)
{
	static const char text[] = "name: p\nmode: enforce\nrules:\n  privileged:\n    exceptions:\n      - users: [alice]\n        reason: move\n        expires: 2025-12-31\n";
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("test.yaml", text, strlen(text), diagnostics);
	g_autoptr(Arena) arena = arena_new();
	const Diagnostic *warning = g_ptr_array_index(diagnostics, 0);

	g_assert_cmpint(warning->level, ==, DIAGNOSTIC_WARNING);
	g_assert_cmpuint(warning->line, ==, 8);
	g_assert_nonnull(strstr(warning->message, "ended on 2025-12-31"));
	Decision *decision = fixture_judge(policy, "POST", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "alice", arena);
	g_assert_nonnull(strstr(decision->findings[0].message, "ended on 2025-12-31"));
	/* No clock, no exception that ends. */
	g_autoptr(Policy) later = fixture_policy("rules: {privileged: {exceptions: [{users: [alice], expires: 2999-12-31}]}}\n");
	const ApiCall call = {
		.method = "POST", .uri = CREATE, .body = "{\"HostConfig\":{\"Privileged\":true}}", .body_length = 34, .content_type = "application/json",
		.content_length = "34",
	};
	const Situation situation = { .user = "alice" };
	g_assert_false(policy_evaluate(later, api_read(&call, arena), &situation, arena)->allowed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy-custom/conditions", test_conditions);
	g_test_add_func("/policy-custom/index", test_index);
	g_test_add_func("/policy-custom/other-requests", test_other_requests);
	g_test_add_func("/policy-custom/reads", test_reads);
	g_test_add_func("/policy-custom/wants-caller", test_wants_caller);
	g_test_add_func("/policy-custom/runaway", test_runaway);
	g_test_add_func("/policy-custom/charged", test_charged);
	g_test_add_func("/policy-custom/deep", test_deep);
	g_test_add_func("/policy-custom/every-field", test_every_field);
	g_test_add_func("/policy-custom/exceptions", test_exceptions);
	g_test_add_func("/policy-custom/record", test_record);
	g_test_add_func("/policy-custom/expired", test_expired);
	return g_test_run();
}
