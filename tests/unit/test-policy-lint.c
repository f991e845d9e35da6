/* SPDX-License-Identifier: MIT
 *
 * What loads with a warning, and where the warning points; old keys; hostile files.
 */
#include "base/limits.h"
#include "policy-fixture.h"
#include "policy/match/patterns.h"
#include "policy/match/path-set.h"

/* Sanitizers make everything several times slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define QUICK_US 1000000
#else
#define QUICK_US 100000
#endif
#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD "name: p\nmode: enforce\n"

static const struct { const char *text, *message; unsigned line; } warnings[] = {
	{ "rules:\n  capabilities:\n    blocked:\n      - name: SYS_ADMN\n", "Linux has no capability \"SYS_ADMN\"", 6 },
	{ "rules:\n  capabilities:\n    blocked:\n      - name: CHOWN\n      - name: CAP_CHOWN\n", "is in the list already", 7 },
	{ "rules:\n  capabilities:\n    blocked: [{name: CHOWN}]\n    allowed: [cap_chown]\n", "is blocked as well", 6 },
	{ "rules:\n  mounts:\n    blocked:\n      - path: /etc\n      - path: /etc/ssh\n", "\"/etc/ssh\" is under \"/etc\"", 7 },
	{ "rules:\n  mounts:\n    blocked:\n      - path: /etc\n      - path: /etc/\n", "is in the list already", 7 },
	{ "rules:\n  mounts:\n    blocked: [{path: /data}]\n    allowed: [/data]\n", "is blocked as well", 6 },
	{ "rules:\n  mounts:\n    default: block\n    allowed_read_only: [/data, /data]\n", "is in the list already", 6 },
	{ "rules:\n  mounts:\n    default: block\n    allowed: [/data]\n    allowed_read_only: [/data]\n", "may be written as well", 7 },
	{ "rules:\n  mounts:\n    blocked: [{path: /data}]\n    allowed_read_only: [/data]\n", "is blocked as well", 6 },
	{ "rules:\n  mounts:\n    blocked: [{path: /home, allow_as_self: true}]\n", "does nothing without as_self", 5 },
	{ "rules:\n  mounts:\n    allowed_read_only: [/data]\n", "everything may be mounted anyway", 5 },
	{ "rules:\n  images:\n    allowed_registries: [docker.io]\n    blocked_registries: [evil.test]\n", "never matters", 6 },
	{ "rules:\n  images:\n    allowed_registries: [docker.io, docker.io]\n", "is in the list already", 5 },
	{ "rules:\n  runtimes:\n    allowed: [runc, \"*\"]\n", "\"*\" allows everything", 5 },
	{ "rules:\n  container:\n    require_non_root: true\n    allowed_users: [root]\n", "is refused by require_non_root", 6 },
	{ "rules:\n  privileged: {action: allow, exceptions: [{users: [a]}]}\n", "the exceptions have no effect", 4 },
	{ "rules:\n  security_options: {allowed: [seccomp=/etc/p.json]}\n", "sentinel policy digest FILE", 4 },
	{ "rules:\n  security_options: {allowed: [\"seccomp=sha256:00\"]}\n", "sentinel policy digest FILE", 4 },
	{ "rules:\n  security_options: {allowed_seccomp_profiles: [builtin, p.json]}\n", "sentinel policy digest FILE", 4 },
	{ "rules:\n  security_options: {allowed_seccomp_profiles: [\"{*\"]}\n", "sentinel policy digest FILE", 4 },
	{ "rules:\n  privileged: {exceptions: [{names: [ci-*]}]}\n", "so this is for everybody", 4 },
	{ "rules:\n  privileged: {exceptions: [{labels: [team=a], expires: 2999-01-01}]}\n", "so this is for everybody", 4 },
	{ "rules:\n  privileged: {exceptions: [{images: [\"docker:dind\"], names: [ci-*]}]}\n", "a tag can be made to mean another image", 4 },
	{ "rules:\n  privileged: {exceptions: [{images: [a, \"b@" DIGEST "\"]}]}\n", "a tag can be made to mean another image", 4 },
	{ "rules:\n  privileged: {exceptions: [{images: [\"b@sha256:*\"]}]}\n", "a tag can be made to mean another image", 4 },
	{ "custom_rules:\n  - name: r\n    condition: {field: endpoint, operator: equals, value: system.ping}\n", "always answered", 4 },
	{ "custom_rules:\n  - name: r\n    condition: {field: caller, operator: exists, and: [{field: endpoint, operator: equals, value: system.version}]}\n",
		"always answered", 4 },
	{ "custom_rules:\n  - name: r\n    condition: {field: user, operator: equals, value: a, and: [{field: user, operator: equals, value: b}]}\n", "two values at once", 4 },
	{ "custom_rules:\n  - name: r\n    condition: {and: [{field: tags, operator: exists}, {field: user, operator: exists}]}\n", "never applies", 4 },
	{ "custom_rules:\n  - name: r\n    action: allow\n    condition: {field: user, operator: exists}\n", "its action is allow", 4 },
	{ "rules:\n  images: {require_signed: true}\n", "which says whose count", 4 },
	{ "settings: {image_scanning: {enabled: true}}\n", "nothing follows from what is found", 3 },
};

static void test_warnings(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(warnings); i++) {
		g_autofree char *text = g_strconcat(HEAD, warnings[i].text, NULL);
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autoptr(Policy) policy = policy_parse("test.yaml", text, strlen(text), diagnostics);
		const Diagnostic *warning = diagnostics->len ? g_ptr_array_index(diagnostics, 0) : NULL;

		g_test_message("%s", warnings[i].text);
		g_assert_nonnull(policy);
		g_assert_nonnull(warning);
		g_assert_cmpint(warning->level, ==, DIAGNOSTIC_WARNING);
		if (!strstr(warning->message, warnings[i].message))
			g_error("'%s' does not say '%s'", warning->message, warnings[i].message);
		g_assert_cmpuint(warning->line, ==, warnings[i].line);
	}
}

/* What proves who asks, or which image it is, needs no warning. */
static void test_no_warnings(void)
{
	static const char *const exceptions[] = {
		"{users: [alice]}", "{groups: [devs], names: [x]}", "{images: [\"" DIGEST "\"]}", "{images: [\"a/b@" DIGEST "\", \"c:1@" DIGEST "\"], labels: [x]}",
		"{images: [\"docker:dind\"], users: [\"tls:ci\"]}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(exceptions); i++) {
		g_autofree char *text = g_strdup_printf(HEAD "rules: {privileged: {exceptions: [%s]}}\n", exceptions[i]);
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autoptr(Policy) policy = policy_parse("test.yaml", text, strlen(text), diagnostics);
		g_test_message("%s", exceptions[i]);
		g_assert_true(policy && !diagnostics->len);
	}
}

static const struct { const char *text, *message; } errors[] = {
	{ "allow_privileged: true\n", "test.yaml:3:1: allow_privileged: this key is from an older format; use rules.privileged.action" },
	{ "dangerous_mounts: []\n", "use rules.mounts.blocked" },
	{ "custom_rules:\n  - name: r\n    condition: {field: imgae, operator: equals, value: x}\n",
		"test.yaml:5:24: custom_rules[0].condition: there is no field \"imgae\"; did you mean image?" },
	{ "custom_rules:\n  - name: r\n    condition: {field: image, operator: matches, value: \"(a\"}\n", "test.yaml:5:57: custom_rules[0].condition: this regular expression is not valid" },
	{ "custom_rules:\n  - name: r\n    condition: {field: image, operator: like, value: x}\n", "custom_rules[0].condition.operator: expected equals, not_equals" },
	{ "custom_rules:\n  - name: r\n    requests: [creat]\n    condition: {field: image, operator: exists}\n", "custom_rules[0].requests[0]: expected create, service" },
	{ "rules:\n  privileged: {exceptions: [{users: [a], expires: soon}]}\n", "test.yaml:4:51: rules.privileged.exceptions[0].expires: expected a date such as" },
	{ "rules:\n  images: {blocked_images: [\"a[\"]}\n", "rules.images.blocked_images: the bracket [ is not closed" },
	{ "settings: {image_scanning: {cache_duration: 1y}}\n", "settings.image_scanning.cache_duration: expected a duration" },
	{ "settings: {image_scanning: {cache_duration: 1000000000d}}\n", "settings.image_scanning.cache_duration: expected a duration" },
	{ "settings: {image_scanning: {cache_duration: 11000000d11000000d}}\n", "settings.image_scanning.cache_duration: expected a duration" },
	{ "rules:\n  network: {blocked_ports: [{port: 99999}]}\n", "rules.network.blocked_ports[0].port: expected a port" },
	{ "tests:\n  - command: docker ps\n", "test.yaml:4:5: tests[0]: the key expect is missing" },
};

static void test_errors(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
		g_autofree char *text = g_strconcat(HEAD, errors[i].text, NULL);
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_assert_null(policy_parse("test.yaml", text, strlen(text), diagnostics));
		g_autofree char *problem = diagnostics_first_error(diagnostics);
		if (!strstr(problem, errors[i].message))
			g_error("'%s' does not say '%s'", problem, errors[i].message);
	}
}

/* A diagnostic, and at once. */
static void expect_quick(const char *text, size_t length)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	gint64 start = fixture_work_us();
	Policy *policy = policy_parse("big.yaml", text, length, diagnostics);

	g_assert_null(policy);
	g_assert_true(diagnostics_have_error(diagnostics));
	g_assert_cmpint(fixture_work_us() - start, <, QUICK_US);
}

static void test_hostile(void)
{
	const gsize ten = (gsize)10 * 1024 * 1024;
	g_autofree char *big = g_strnfill(ten, 'x'), *garbage = g_malloc(LIMIT_POLICY_BYTES), *open = g_strnfill(LIMIT_POLICY_BYTES, '[');
	g_autoptr(GString) bomb = g_string_new("a: &a [x,x,x,x,x,x,x,x,x]\n");
	g_autoptr(GRand) dice = g_rand_new_with_seed(1);

	for (int name = 'b'; name <= 'z'; name++)
		g_string_append_printf(bomb, "%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", name, name, name - 1, name - 1, name - 1, name - 1, name - 1, name - 1, name - 1, name - 1);
	for (gsize i = 0; i < LIMIT_POLICY_BYTES; i++)
		garbage[i] = (char)g_rand_int(dice);
	expect_quick(big, ten);
	expect_quick(garbage, LIMIT_POLICY_BYTES);
	expect_quick(open, LIMIT_POLICY_BYTES);
	expect_quick(bomb->str, bomb->len);
}

/* Against fnmatch on each glob. */
static void test_patterns(void)
{
	static const char *const globs[] = {
		"a", "ab*", "*bc", "*abc*", "a?c", "[ab]c", "docker.io/library/*", "*.example.com", "x*y*z", "*", "abc", "docker.io/*/nginx*", "*[0-9]end",
	};
	static const char *const texts[] = {
		"", "a", "ab", "abc", "xabcx", "bc", "ac", "docker.io/library/nginx:1", "r.example.com", "xyz", "xaybzc", "docker.io/me/nginx:2", "x5end", "zzz",
	};

	for (unsigned mask = 1; mask < 1u << G_N_ELEMENTS(globs); mask += 37) {
		g_autoptr(Arena) arena = arena_new();
		Patterns patterns = { { arena_alloc(arena, sizeof globs * 2), 0 }, NULL };
		for (size_t i = 0; i < G_N_ELEMENTS(globs); i++)
			if (mask & (1u << i))
				patterns.globs.items[patterns.globs.count++] = globs[i];
		while (patterns.globs.count < 12)
			patterns.globs.items[patterns.globs.count++] = "never-matched";
		patterns_compile(&patterns, arena);
		g_assert_nonnull(patterns.index);
		for (size_t t = 0; t < G_N_ELEMENTS(texts); t++) {
			bool expected = false;
			for (size_t i = 0; i < patterns.globs.count; i++)
				expected |= glob_matches(patterns.globs.items[i], texts[t]);
			if (patterns_match(&patterns, texts[t]) != expected)
				g_error("%s: %d expected", texts[t], expected);
		}
	}
}

static void test_path_set(void)
{
	static const char *const paths[] = { "/etc", "/etc-x", "/var/run", "/var/run/docker.sock", "/var/lib", "/srv/a/b", "/" };
	static const struct { const char *path; size_t equal, below; } rows[] = {
		{ "/", 1, 6 }, { "/etc", 1, 0 }, { "/var", 0, 3 }, { "/var/run", 1, 1 }, { "/srv", 0, 1 }, { "/srv/a", 0, 1 }, { "/srv/a/b", 1, 0 }, { "/nothing", 0, 0 },
	};
	g_autoptr(Arena) arena = arena_new();
	PathItem items[G_N_ELEMENTS(paths)];
	PathSet set = { items, G_N_ELEMENTS(paths), NULL, NULL };

	for (uint32_t i = 0; i < G_N_ELEMENTS(paths); i++)
		items[i] = (PathItem){ paths[i], i };
	path_set_finish(&set, arena);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		PathRange equal = path_set_equal(&set, rows[i].path, strlen(rows[i].path)), below = path_set_below(&set, rows[i].path);
		g_test_message("%s", rows[i].path);
		g_assert_cmpuint((size_t)(equal.end - equal.begin), ==, rows[i].equal);
		g_assert_cmpuint((size_t)(below.end - below.begin), ==, rows[i].below);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy-lint/warnings", test_warnings);
	g_test_add_func("/policy-lint/no-warnings", test_no_warnings);
	g_test_add_func("/policy-lint/errors", test_errors);
	g_test_add_func("/policy-lint/hostile", test_hostile);
	g_test_add_func("/policy-lint/patterns", test_patterns);
	g_test_add_func("/policy-lint/path-set", test_path_set);
	return g_test_run();
}
