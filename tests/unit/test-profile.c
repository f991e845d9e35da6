/* SPDX-License-Identifier: MIT
 *
 * Seccomp profiles by digest: texts that say the same have the same, and only those.
 */
#include "policy-fixture.h"
#include "request/profile.h"

#define CREATE "/v1.43/containers/create"
#define NORMAL "{\"a\":[1,{\"b\":\"x\"}],\"defaultAction\":\"SCMP_ACT_ERRNO\"}"

static const struct { const char *text, *normal; } profiles[] = {
	{ NORMAL, NORMAL },
	{ " {\n\t\"defaultAction\" : \"SCMP_ACT_ERRNO\" ,\r\n \"a\":[ 1 , { \"b\" : \"x\" } ] } \n", NORMAL },
	{ "{\"\\u0064efaultAction\":\"SCMP\\u005fACT_ERRNO\",\"a\":[1,{\"b\":\"\\u0078\"}]}", NORMAL },
	{ "{}", "{}" },
	{ "{\"a\":[],\"b\":{},\"c\":null,\"d\":true,\"e\":false,\"f\":-1.5e3}", "{\"a\":[],\"b\":{},\"c\":null,\"d\":true,\"e\":false,\"f\":-1.5e3}" },
	{ "{\"b\":2,\"a\":1,\"B\":3}", NULL },
	{ "{\"B\":2,\"a\":1}", "{\"B\":2,\"a\":1}" },
	{ "{\"a\":[2,1]}", "{\"a\":[2,1]}" },
	{ "{\"a\":\"\\\"\\\\\\n\\u001f\\u00e9\\/\"}", "{\"a\":\"\\\"\\\\\\n\\u001f\xc3\xa9/\"}" },
	{ "{\"a\":1.0}", "{\"a\":1.0}" },
	{ "{\"a\":1,\"a\":1}", NULL },
	{ "{\"x\":{\"defaultAction\":\"a\",\"DEFAULTACTION\":\"b\"}}", NULL },
	{ "{\"\xc5\xbf\":1}", NULL },
	{ "{\"a\":1}{}", NULL },
	{ "{\"a\":1,}", NULL },
	{ "{\"a\":\"\xff\"}", NULL },
	{ "{\"a\":\"\\ud800\"}", NULL },
	{ "{\"a\":01}", NULL },
	{ "{\"a\":nul}", NULL },
	{ "[]", NULL },
	{ "null", NULL },
	{ "\"x\"", NULL },
	{ "", NULL },
	{ "{", NULL },
};

static void test_normal(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
		g_autoptr(Arena) arena = arena_new();
		const char *problem = NULL, *normal = profile_normal(profiles[i].text, strlen(profiles[i].text), arena, &problem);
		g_test_message("row %zu", i);
		g_assert_cmpstr(normal, ==, profiles[i].normal);
		g_assert_true((problem == NULL) == (normal != NULL));
		const char *digest = profile_digest(profiles[i].text, strlen(profiles[i].text), arena, &problem);
		g_assert_true((digest == NULL) == (normal == NULL));
		g_assert_true(!digest || strlen(digest) == strlen("sha256:") + 64);
	}
}

static void test_deep(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GString) text = g_string_new("");
	const char *problem;

	for (unsigned i = 0; i < 200; i++)
		g_string_append(text, "{\"a\":");
	g_assert_null(profile_digest(text->str, text->len, arena, &problem));
	g_assert_nonnull(strstr(problem, "too many levels"));
}

/* D: the digest of the profile; what a request says and what a policy lists. */
static const struct { const char *rules, *option; const char *rule; } rows[] = {
	{ "allowed: [\"seccomp=D\"]", "seccomp={\\\"a\\\":1}", NULL },
	{ "allowed: [\"seccomp=D\"]", "seccomp:{ \\\"a\\\" :1}", NULL },
	{ "allowed: [\"seccomp=D\"]", "seccomp= \\n{\\\"a\\\":1}", NULL },
	{ "allowed: [\"seccomp=D\"]", "seccomp={\\\"a\\\":2}", "security_options.allowed" },
	{ "allowed: [\"seccomp=D\"]", "seccomp={\\\"A\\\":1}", "security_options.allowed" },
	{ "allowed: [\"seccomp=D\"]", "seccomp={\\\"a\\\":1,\\\"A\\\":1}", "security_options.allowed" },
	{ "allowed: [\"seccomp=D\"]", "seccomp={\\\"a\\\":1", "security_options.allowed" },
	{ "allowed: [\"seccomp=D\"]", "seccomp=D", "security_options.allowed" },
	{ "allowed: [\"seccomp=D\"]", "seccomp=unconfined", "security_options.allowed" },
	{ "allowed: [\"seccomp=D\"], require_seccomp: true", "seccomp={\\\"a\\\":1}", NULL },
	{ "allowed: [\"seccomp={*\"]", "seccomp={\\\"a\\\":1}", "security_options.allowed" },
	{ "allowed: [\"seccomp=*\"]", "seccomp={\\\"a\\\":1}", NULL },
	{ "allowed_seccomp_profiles: [D]", "seccomp={\\\"a\\\":1}", NULL },
	{ "allowed_seccomp_profiles: [D]", "seccomp={\\\"a\\\":3}", "security_options.seccomp" },
	{ "allowed_seccomp_profiles: [D]", "seccomp=D", "security_options.seccomp" },
	{ "allowed_seccomp_profiles: [D]", "seccomp=builtin", "security_options.seccomp" },
	{ "allowed_seccomp_profiles: [D, builtin]", "seccomp=builtin", NULL },
	{ "require_seccomp: true", "seccomp={\\\"defaultAction\\\":\\\"SCMP_ACT_ALLOW\\\"}", "security_options.seccomp" },
	{ "require_seccomp: true", "seccomp=builtin", NULL },
	{ "require_apparmor: true", "seccomp={\\\"a\\\":1}", NULL },
};

static char *with_digest(const char *text)
{
	g_autoptr(Arena) arena = arena_new();
	g_auto(GStrv) parts = g_strsplit(text, "D", -1);
	const char *problem;

	return g_strjoinv(profile_digest("{\"a\":1}", strlen("{\"a\":1}"), arena, &problem), parts);
}

static void test_rules(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *keys = with_digest(rows[i].rules), *option = strstr(rows[i].option, "=D") ? with_digest(rows[i].option) : g_strdup(rows[i].option);
		g_autofree char *rules = g_strdup_printf("rules: {security_options: {%s}}\n", keys);
		g_autofree char *body = g_strdup_printf("{\"Image\":\"a:1\",\"HostConfig\":{\"SecurityOpt\":[\"%s\"]}}", option);
		g_autoptr(Policy) policy = fixture_policy(rules);
		g_autoptr(Arena) arena = arena_new();
		g_test_message("%s: %s", rules, option);
		g_assert_cmpstr(fixture_rule(fixture_judge(policy, "POST", CREATE, body, "", arena)), ==, rows[i].rule);
	}
}

/* What is denied says what to list. */
static void test_message(void)
{
	g_autofree char *name = with_digest("seccomp=D");
	g_autoptr(Policy) policy = fixture_policy("rules: {security_options: {allowed: [\"seccomp=builtin\"]}}\n");
	g_autoptr(Arena) arena = arena_new();
	Decision *decision = fixture_judge(policy, "POST", CREATE, "{\"HostConfig\":{\"SecurityOpt\":[\"seccomp={\\\"a\\\":1}\"]}}", "", arena);

	g_assert_nonnull(strstr(decision->findings[0].message, name));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/profile/normal", test_normal);
	g_test_add_func("/profile/deep", test_deep);
	g_test_add_func("/profile/rules", test_rules);
	g_test_add_func("/profile/message", test_message);
	return g_test_run();
}
