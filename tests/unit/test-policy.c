/* SPDX-License-Identifier: MIT
 *
 * Policy files: what loads, what does not, and that the message says where.
 */
#include <string.h>
#include <sys/stat.h>
#include "base/limits.h"
#include "policy/store.h"
#include "policy/template-store.h"
#include "policy/templates.h"
#include "scratch.h"

#define HEAD "name: p\nmode: enforce\n"

static const struct { const char *text, *message; } bad[] = {
	{ "", "test.yaml:1:1: the key name is missing" },
	{ "name: p\n", "test.yaml:1:1: the key mode is missing" },
	{ "- a\n", "test.yaml:1:1: the file: expected a group of keys, found a list" },
	{ HEAD "mdoe: x\n", "test.yaml:3:1: mdoe: unknown key; did you mean mode?" },
	{ HEAD "rules:\n  capabilites: {}\n", "test.yaml:4:3: rules.capabilites: unknown key; did you mean capabilities?" },
	{ HEAD "rules:\n  zzz: {}\n", "test.yaml:4:3: rules.zzz: unknown key" },
	{ HEAD "name: q\n", "test.yaml:3:1: the key \"name\" is there twice, first in line 1; keep one" },
	{ "name: p\nmode: strict\n", "test.yaml:2:7: mode: expected enforce, warn or audit, found \"strict\"" },
	{ HEAD "version: \"2.0\"\n", "test.yaml:1:1: version: expected \"1.0\"" },
	{ HEAD "settings:\n  max_risk_score: 101\n", "test.yaml:4:19: settings.max_risk_score: expected a number from 0 to 100, found \"101\"" },
	{ HEAD "settings:\n  max_risk_score: \"50\"\n", "test.yaml:4:19: settings.max_risk_score: expected a number from 0 to 100, found \"50\"" },
	{ HEAD "settings: 5\n", "test.yaml:3:11: settings: expected a group of keys, found \"5\"" },
	{ HEAD "rules:\n  privileged: {action: deny}\n", "test.yaml:4:24: rules.privileged.action: expected allow, warn or block, found \"deny\"" },
	{ HEAD "rules:\n  privileged: {severity: bad}\n", "test.yaml:4:26: rules.privileged.severity: expected low, medium, high or critical, found \"bad\"" },
	{ HEAD "rules:\n  privileged:\n", "test.yaml:4:14: rules.privileged: expected a group of keys, found nothing" },
	{ HEAD "rules:\n  privileged:\n    exceptions:\n      - {}\n", "test.yaml:6:9: rules.privileged.exceptions[0]: an exception needs images, names, labels, users or groups" },
	{ HEAD "exceptions:\n  - {users: [bob]}\n", "test.yaml:4:5: exceptions[0]: an exception of this list needs rules" },
	{ HEAD "exceptions:\n  - {rules: [privileged], read_only: true}\n", "test.yaml:4:5: exceptions[0]: an exception needs values, commands, images" },
	{ HEAD "exceptions:\n  - {rules: [privilege], users: [bob]}\n", "test.yaml:4:5: exceptions[0].rules: there is no rule privilege that could have an exception" },
	{ HEAD "exceptions:\n  - {rules: [builtin.lockdown], users: [bob]}\n", "there is no rule builtin.lockdown that could have an exception" },
	{ HEAD "settings: {image_scanning: {exceptions: [{vulnerabilities: [\"CVE-2026-*\"], reason: r}]}}\n", "expected the id of one vulnerability" },
	{ HEAD "exceptions:\n  - {rules: [settings.image_scanning], users: [bob]}\n", "there is no rule settings.image_scanning that could have an exception" },
	{ HEAD "exceptions:\n  - {rules: [custom.x], users: [bob]}\n", "there is no rule custom.x that could have an exception" },
	{ HEAD "exceptions:\n  - {rules: [privileged], users: [bob], expires: soon}\n", "exceptions[0].expires: expected a date" },
	{ HEAD "rules:\n  privileged:\n    exceptions:\n      - {users: [bob], rules: [privileged]}\n", "rules.privileged.exceptions[0].rules: unknown key" },
	{ HEAD "rules:\n  capabilities:\n    blocked: [SYS_ADMIN]\n", "test.yaml:5:15: rules.capabilities.blocked[0]: expected a group of keys, found \"SYS_ADMIN\"" },
	{ HEAD "rules:\n  capabilities:\n    blocked:\n      - {action: warn}\n", "test.yaml:6:9: rules.capabilities.blocked[0]: the key name is missing" },
	{ HEAD "rules:\n  mounts:\n    blocked:\n      - path: etc\n", "test.yaml:6:9: rules.mounts.blocked[0]: path must begin with /" },
	{ HEAD "rules:\n  images: {block_latest_tag: yes}\n", "test.yaml:4:30: rules.images.block_latest_tag: expected true or false, found \"yes\"" },
	{ HEAD "rules:\n  images: {allowed_registries: docker.io}\n", "test.yaml:4:32: rules.images.allowed_registries: expected a list, found \"docker.io\"" },
	{ HEAD "rules:\n  images: {allowed_registries: [~]}\n", "expected a word in each place of the list, found nothing" },
	{ HEAD "rules:\n  container: {max_memory: much}\n", "test.yaml:4:27: rules.container.max_memory: expected a size such as 512m or 2g, found \"much\"" },
	{ HEAD "rules:\n  container: {max_cpus: -1}\n", "expected a number of CPUs such as 1.5" },
	{ HEAD "tags: &a [x]\n", "test.yaml:3:7: anchors (&name) are not allowed" },
	{ HEAD "tags: *a\n", "test.yaml:3:7: aliases (*name) are not allowed" },
	{ HEAD "author: !!str x\n", "test.yaml:3:9: tags (!name) are not allowed" },
	{ HEAD "---\nname: q\n", "a second document" },
	{ HEAD "tags: [a\n", "this is not valid YAML" },
	{ HEAD "\tx: 1\n", "this is not valid YAML" },
	{ HEAD "? [a]\n: b\n", "test.yaml:3:3: a key must be a word" },
	{ HEAD "author: \"a\\0b\"\n", "test.yaml:3:9: a NUL character has no place here" },
	{ "\xff\xfe", "this is not valid YAML" },
	{ "name: p\nmode: \xff\n", "this is not valid YAML" },
};

static void test_bad(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		Policy *policy = policy_parse("test.yaml", bad[i].text, strlen(bad[i].text), diagnostics);
		g_autofree char *message = diagnostics_first_error(diagnostics);

		g_assert_null(policy);
		if (!strstr(message, bad[i].message))
			g_error("'%s' does not say '%s'", message, bad[i].message);
	}
}

static void test_templates(void)
{
	static const struct { const char *name; Mode mode; unsigned score; } expected[] = {
		{ "default", MODE_WARN, 50 },       { "strict", MODE_ENFORCE, 25 }, { "permissive", MODE_AUDIT, 100 },
		{ "production", MODE_ENFORCE, 50 }, { "ci-cd", MODE_ENFORCE, 40 },  { "development", MODE_WARN, 75 },
		{ "pss-baseline", MODE_ENFORCE, 100 }, { "pss-restricted", MODE_ENFORCE, 100 },
		{ "read-only", MODE_ENFORCE, 100 }, { "agent", MODE_ENFORCE, 50 },
	};

	g_assert_cmpuint(template_count, ==, G_N_ELEMENTS(expected));
	for (size_t i = 0; i < template_count; i++) {
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autoptr(Policy) policy = policy_parse(templates[i].name, templates[i].text, templates[i].length, diagnostics);
		g_assert_cmpuint(diagnostics->len, ==, 0);
		g_assert_cmpstr(templates[i].name, ==, expected[i].name);
		g_assert_cmpstr(policy_name(policy), ==, expected[i].name);
		g_assert_cmpint(policy_mode(policy), ==, expected[i].mode);
		g_assert_cmpuint(policy_max_risk_score(policy), ==, expected[i].score);
		g_assert_true(*policy_description(policy) != 0);
	}
}

/* The example of the user's description. */
static void test_seed_example(void)
{
	static const char text[] = "version: \"1.0\"\nname: my-policy\ndescription: \"Custom security policy\"\nmode: enforce\nsettings:\n  max_risk_score: 50\n"
				   "  require_image_scan: true\nrules:\n  privileged:\n    action: block\n    exceptions:\n      - images: [\"docker:dind\"]\n"
				   "  host_namespaces:\n    network: { action: block }\n    pid: { action: block }\n  capabilities:\n    blocked:\n      - name: SYS_ADMIN\n"
				   "      - name: SYS_PTRACE\n  mounts:\n    blocked:\n      - path: \"/\"\n      - path: \"/var/run/docker.sock\"\n  images:\n"
				   "    allowed_registries: [docker.io, gcr.io, ghcr.io]\n    block_latest_tag: false\n";
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("my-policy.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	g_assert_cmpuint(diagnostics->len, ==, 1);
	g_assert_nonnull(strstr(((const Diagnostic *)g_ptr_array_index(diagnostics, 0))->message, "a tag can be made to mean another image"));
}

static void expect_limit(const GString *text, const char *message)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	gint64 start = g_get_monotonic_time();

	g_assert_null(policy_parse("big.yaml", text->str, text->len, diagnostics));
	g_autofree char *problem = diagnostics_first_error(diagnostics);
	if (!strstr(problem, message))
		g_error("'%s' does not say '%s'", problem, message);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
}

static void test_limits(void)
{
	g_autoptr(GString) deep = g_string_new(HEAD "tags: ");
	g_autoptr(GString) keys = g_string_new(HEAD);
	g_autoptr(GString) nodes = g_string_new(HEAD "tags:\n");
	g_autoptr(GString) bytes = g_string_new(HEAD "# ");

	for (unsigned i = 0; i < LIMIT_YAML_DEPTH + 1; i++)
		g_string_append_c(deep, '[');
	expect_limit(deep, "nested too deeply");
	for (unsigned i = 0; i < LIMIT_YAML_KEYS + 1; i++)
		g_string_append_printf(keys, "k%u: 1\n", i);
	expect_limit(keys, "too many keys");
	for (unsigned i = 0; i < LIMIT_YAML_NODES; i++)
		g_string_append(nodes, "- a\n");
	expect_limit(nodes, "too many values");
	while (bytes->len <= LIMIT_POLICY_BYTES)
		g_string_append(bytes, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	expect_limit(bytes, "are the most");
}

static void test_many_diagnostics(void)
{
	g_autoptr(GString) text = g_string_new(HEAD "rules:\n  capabilities:\n    blocked:\n");
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();

	for (unsigned i = 0; i < LIMIT_DIAGNOSTICS * 2; i++)
		g_string_append(text, "      - {x: 1}\n");
	g_assert_null(policy_parse("many.yaml", text->str, text->len, diagnostics));
	g_assert_cmpuint(diagnostics->len, <=, LIMIT_DIAGNOSTICS);
}

static void test_names(void)
{
	static const char *const good[] = { "production", "a", "A.b-c_1" };
	static const char *const wrong[] = { "", ".", "..", ".hidden", "-x", "a/b", "a b", "a\n", "\xc3\xa9" };
	g_autofree char *longest = g_strnfill(LIMIT_POLICY_NAME, 'a'), *longer = g_strnfill(LIMIT_POLICY_NAME + 1, 'a');

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(store_name_valid(good[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
		g_assert_false(store_name_valid(wrong[i]));
	g_assert_true(store_name_valid(longest));
	g_assert_false(store_name_valid(longer));
}

static void test_store(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(GError) error = NULL;

	scratch_put(dir, "production.yaml", HEAD);
	g_assert_true(template_store_install(dir, NULL, NULL));
	g_autofree char *kept = store_read(dir, "production", NULL);
	g_assert_cmpstr(kept, ==, HEAD);
	scratch_put(dir, "broken.yaml", "x");
	scratch_put(dir, "not-a-policy.txt", "x");
	g_autoptr(GPtrArray) infos = store_list(dir, NULL);
	g_assert_cmpuint(infos->len, ==, template_count + 1);
	g_assert_cmpstr(((PolicyInfo *)g_ptr_array_index(infos, 0))->name, ==, "agent");
	g_assert_cmpstr(((PolicyInfo *)g_ptr_array_index(infos, 1))->name, ==, "broken");
	g_assert_cmpstr(((PolicyInfo *)g_ptr_array_index(infos, 1))->mode, ==, "");
	g_assert_null(store_read(dir, "nothing", &error));
	g_assert_nonnull(strstr(error->message, "there is no policy \"nothing\""));
	g_assert_nonnull(strstr(error->message, "agent, broken, ci-cd"));
	g_clear_error(&error);
	g_assert_null(store_read(dir, "../etc/passwd", &error));
	g_assert_nonnull(error);
	g_autofree char *fifo = g_build_filename(dir, "fifo.yaml", NULL);
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_assert_null(store_load(dir, "fifo", diagnostics)); /* and does not wait for a writer */
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy/bad", test_bad);
	g_test_add_func("/policy/templates", test_templates);
	g_test_add_func("/policy/seed-example", test_seed_example);
	g_test_add_func("/policy/limits", test_limits);
	g_test_add_func("/policy/many-diagnostics", test_many_diagnostics);
	g_test_add_func("/policy/names", test_names);
	g_test_add_func("/policy/store", test_store);
	return g_test_run();
}
