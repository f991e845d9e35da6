/* SPDX-License-Identifier: MIT
 *
 * The shipped policies run their own tests; coverage; the manual names every key, rule and field.
 */
#include <string.h>
#include "base/budget.h"
#include "core/config.h"
#include "policy/review/coverage-probes.h"
#include "policy/review/coverage.h"
#include "policy/custom/request-field.h"
#include "policy/rules.h"
#include "policy/schema/print.h"
#include "policy/schema/schema.h"
#include "policy/templates.h"
#include "policy/review/testing.h"
#include "policy/verdict-words.h"
#include "scan/own-rules.h"

static Policy *load(const Template *template)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	Policy *policy = policy_parse(template->name, template->text, template->length, diagnostics);

	g_assert_cmpuint(diagnostics->len, ==, 0);
	return policy;
}

static void test_templates(void)
{
	for (size_t i = 0; i < template_count; i++) {
		g_autoptr(Policy) policy = load(&templates[i]);
		g_autoptr(Arena) arena = arena_new();
		size_t count;
		PolicyTestResult *results = policy_run_tests(policy, g_get_real_time(), arena, &count);

		g_assert_cmpuint(count, >=, 4);
		for (size_t t = 0; t < count; t++)
			if (!results[t].passed)
				g_error("%s:%u: %s: %s", templates[i].name, results[t].line, results[t].name, results[t].message);
	}
}

/* Also when a test of its own fails. */
static char *problem_of_policy(const char *text, GPtrArray *diagnostics, Arena *arena)
{
	g_autoptr(Policy) policy = policy_parse("example", text, strlen(text), diagnostics);
	size_t count = 0;
	const PolicyTestResult *results = policy ? policy_run_tests(policy, g_get_real_time(), arena, &count) : NULL;

	for (size_t i = 0; i < count; i++)
		if (!results[i].passed)
			return g_strdup_printf("%s: %s", results[i].name, results[i].message);
	return diagnostics_first_error(diagnostics);
}

/* Verdicts in words: what is named in them meets exceptions, and what a policy leaves out. */
static void test_words(void)
{
	static const char head[] = "name: p\nmode: enforce\nsettings:\n"
				   "  image_scanning: {enabled: true, scanners: [trivy], max_critical: 0, max_high: 0, ignore_unfixed: true, exceptions: [{vulnerabilities: [CVE-1], "
				   "packages: [openssl], reason: it is not called}]}\n"
				   "  secret_scanning: {enabled: true, ignore_detectors: [curl-password], exclude_paths: [usr/share/**]}\n"
				   "tests: [{command: %s x:1, verdicts: [\"%s\"], expect: {decision: %s}}]\n";
	static const struct { const char *command, *verdict, *decision; } rows[] = {
		{ "docker run", "trivy: 1 critical", "denied" },
		{ "docker run", "trivy: CVE-1 critical in openssl fixed", "allowed" },
		{ "docker run", "trivy: CVE-1 critical in pkg:deb/debian/openssl@3.0.11?arch=amd64 fixed", "allowed" },
		{ "docker run", "trivy: CVE-1 critical in libssl fixed", "denied" },
		{ "docker run", "trivy: CVE-1 critical fixed", "denied" },
		{ "docker run", "trivy: CVE-2 high in openssl", "allowed" }, /* not fixed */
		{ "docker run", "trivy: CVE-2 high in openssl fixed", "denied" },
		{ "docker run", "trivy: CVE-1 high in openssl fixed, CVE-2 high in openssl", "allowed" },
		{ "docker run", "trivy: CVE-1 high in openssl fixed, 1 high", "denied" },
		{ "docker push", "builtin: netrc-password high in /root/.netrc", "denied" },
		{ "docker push", "builtin: netrc-password high in /usr/share/doc/a/.netrc", "allowed" },
		{ "docker push", "builtin: curl-password high in /a.sh, curl-password critical", "allowed" },
		{ "docker push", "builtin: curl-password high in /a.sh, aws-key verified in /b", "denied" },
		{ "docker push", "builtin: aws-key verified in /usr/share/b", "allowed" },
	};
	static const char *const wrong[] = {
		"trivy: CVE-1", "trivy: CVE-1 severe", "trivy: CVE-1 high in", "trivy: CVE-1 high in a b", "trivy: CVE-1 high fixed in a", "trivy: CVE-1 high in a fixed fixed",
		"trivy: CVE-1 verified", "builtin: a high in /b fixed", "trivy:  high", "trivy: CVE-1  high", "trivy: 7CVE high",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(head, rows[i].command, rows[i].verdict, rows[i].decision);
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *problem = problem_of_policy(text, diagnostics, arena);
		g_test_message("%s", rows[i].verdict);
		g_assert_cmpstr(problem, ==, NULL);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		const char *problem = "";
		g_test_message("%s", wrong[i]);
		g_assert_null(verdict_words_read(wrong[i], &problem));
		g_assert_nonnull(strstr(problem, "CVE-2026-1234 critical in openssl"));
	}
}

static void test_failures(void)
{
	static const char text[] = "name: p\nmode: enforce\nrules: {privileged: {}}\ntests:\n"
				   "  - {command: docker run --privileged x, expect: {decision: allowed}}\n"
				   "  - {command: docker run --privileged x, expect: {decision: denied, findings: []}}\n"
				   "  - {command: docker run --privileged x, expect: {decision: denied, includes: [mounts.blocked]}}\n"
				   "  - {command: docker run --privileged x, expect: {decision: denied, score: 41}}\n"
				   "  - {command: docker run --privilegd x, expect: {decision: denied}}\n"
				   "  - {command: docker run -e HOME x, expect: {decision: allowed}}\n"
				   "  - {command: docker run --privileged x, expect: {decision: denied, score: 40, findings: [privileged]}}\n";
	static const char *const messages[] = {
		"expected allowed, it is denied by privileged", "there is also privileged", "the finding mounts.blocked is missing", "expected the score 41, it is 40",
		"privilegd", "a test reads no files and no environment", "",
	};
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
	g_autoptr(Arena) arena = arena_new();
	size_t count;
	PolicyTestResult *results = policy_run_tests(policy, 1, arena, &count);

	g_assert_cmpuint(count, ==, G_N_ELEMENTS(messages));
	for (size_t i = 0; i < count; i++) {
		g_assert_cmpuint(results[i].line, ==, 5 + i);
		if (!strstr(results[i].message, messages[i]) || results[i].passed != (i + 1 == count))
			g_error("%zu: '%s' does not say '%s'", i, results[i].message, messages[i]);
	}
}

/* What whoever asks has no steps left for is not run, and does not count as passed. */
static void test_spent(void)
{
	static const char text[] = "name: p\nmode: enforce\ntests:\n"
				   "  - {command: docker version, expect: {decision: allowed}}\n  - {command: docker info, expect: {decision: allowed}}\n";
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
	g_autoptr(Arena) arena = arena_new();
	size_t count;

	for (unsigned steps = 1; steps < 1000; steps += 998) {
		Budget budget = { .steps = steps };
		budget_begin(&budget, 60);
		const PolicyTestResult *results = policy_run_tests(policy, 1, arena, &count);
		budget_end();
		g_assert_cmpuint(count, ==, 2);
		for (size_t i = 0; i < count; i++) {
			g_assert_cmpint(results[i].passed, ==, steps > 1);
			g_assert_cmpint(results[i].name != NULL, ==, steps > 1);
		}
	}
}

/* A line that leads to several calls is judged by all of them: the first that is denied, else the one with the most points. */
static void test_several_calls(void)
{
	static const char text[] = "name: p\nmode: enforce\nrules: {endpoints: {attach: block, pull: block}}\ncustom_rules:\n"
				   "  - {name: kept, condition: {field: subject, operator: equals, value: bad}}\n"
				   "  - {name: odd, action: warn, condition: {field: subject, operator: equals, value: odd}}\n"
				   "  - {name: no-enable, condition: {field: endpoint, operator: equals, value: plugin.enable}}\n"
				   "  - {name: no-images, condition: {field: endpoint, operator: equals, value: image.prune}}\ntests:\n"
				   "  - {command: docker rm good other, expect: {decision: allowed, score: 0}}\n"
				   "  - {command: docker rm good odd other, expect: {decision: warned, findings: [custom.odd]}}\n"
				   "  - {command: docker rm good odd bad, expect: {decision: denied, findings: [custom.kept]}}\n"
				   "  - {command: docker service scale good=1 bad=2, expect: {decision: denied, findings: [custom.kept]}}\n"
				   "  - {command: docker exec good bad, expect: {decision: allowed}}\n"
				   "  - {command: docker run -d x, expect: {decision: allowed}}\n"
				   "  - {command: docker run x, expect: {decision: denied, findings: [endpoints.attach]}}\n"
				   "  - {command: docker create --pull always x, expect: {decision: denied, findings: [endpoints.pull]}}\n"
				   "  - {command: docker create --pull never x, expect: {decision: allowed}}\n"
				   "  - {command: docker start web, expect: {decision: allowed}}\n"
				   "  - {command: docker start -a web, expect: {decision: denied, findings: [endpoints.attach]}}\n"
				   "  - {command: docker plugin install --disable a/b, expect: {decision: allowed}}\n"
				   "  - {command: docker plugin install a/b, expect: {decision: denied, findings: [custom.no-enable]}}\n"
				   "  - {command: docker system prune -f, expect: {decision: denied, findings: [custom.no-images]}}\n";
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
	g_autoptr(Arena) arena = arena_new();
	size_t count;

	g_assert_nonnull(policy);
	PolicyTestResult *results = policy_run_tests(policy, 1, arena, &count);
	g_assert_cmpuint(count, ==, 14);
	for (size_t i = 0; i < count; i++)
		if (!results[i].passed)
			g_error("%s: %s", results[i].name, results[i].message);
}

static const CoverageRow *find_row(const CoverageRow *rows, size_t count, const char *item)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(rows[i].item, item))
			return &rows[i];
	g_assert_not_reached();
}

static void test_coverage(void)
{
	static const struct { const char *policy, *item, *status; } expected[] = {
		{ "production", "CIS-5.5", "block" }, { "production", "CIS-4.1", "warn" },  { "production", "CIS-5.27", "-" }, { "production", "CIS-5.7", "n/a" },
		{ "strict", "CIS-5.26", "block" },    { "permissive", "CIS-5.5", "warn" }, { "strict", "CIS-5.2", "block" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		const Template *template = templates;
		while (strcmp(template->name, expected[i].policy) != 0)
			template++;
		g_autoptr(Policy) policy = load(template);
		g_autoptr(Arena) arena = arena_new();
		size_t count;
		const CoverageRow *rows = policy_coverage(policy, arena, &count);
		g_test_message("%s %s", expected[i].policy, expected[i].item);
		g_assert_cmpstr(find_row(rows, count, expected[i].item)->status, ==, expected[i].status);
	}
}

/* A policy is taken at what it does: half a rule is "part", one that reports is "warn". */
static void test_coverage_by_deeds(void)
{
	static const struct { const char *policy, *item, *status, *rules; } rows[] = {
		{ "rules: {build: {host_network: {}}}", "CIS-5.10", "part", "build.host_network; not: NetworkMode \"host\"" },
		{ "rules: {host_namespaces: {network: {}}}", "CIS-5.10", "block", "host_namespaces.network" },
		{ "rules: {capabilities: {blocked: [{name: SYS_ADMIN}], default_action: allow}}", "CIS-5.4", "part", "capabilities.blocked; not: CapAdd [\"SYS_PTRACE\"]; " },
		{ "rules: {capabilities: {default_action: block}}", "CIS-5.4", "block", "capabilities.default" },
		{ "rules: {mounts: {blocked: [{path: /etc}]}}", "CIS-5.6", "part", "mounts.blocked; not: Binds [\"/boot:/x\"]" },
		{ "rules: {mounts: {block_bind_mounts: true, action: warn}}", "CIS-5.6", "warn", "mounts.block_bind_mounts" },
		{ "rules: {privileged: {exceptions: [{users: [alice]}]}}", "CIS-5.5", "block", "privileged" },
		{ "rules: {privileged: {exceptions: [{names: [probe]}]}}", "CIS-5.5", "-", "" },
		{ "rules: {privileged: {action: warn}}", "CIS-5.5", "warn", "privileged" },
		{ "rules: {privileged: {action: warn}}\nsettings: {max_risk_score: 39}", "CIS-5.5", "block", "privileged" },
		{ "custom_rules: [{name: r, condition: {field: privileged, operator: equals, value: true}}]", "CIS-5.5", "block", "custom.r" },
		{ "rules: {images: {require_signed: true}}", "CIS-4.5", "block", "images.require_signed" },
		{ "rules: {images: {require_signed: true}}", "CIS-4.2", "-", "" },
		{ "settings: {require_image_scan: true}", "CIS-4.4", "part", "settings.require_image_scan; not:" },
		{ "settings: {require_image_scan: true, image_scanning: {enabled: true, max_critical: 0, scanners: [grype]}}", "CIS-4.4", "block",
			"settings.require_image_scan, settings.image_scanning" },
		{ "settings: {secret_scanning: {enabled: true}}\nrules: {environment: {block_secrets: true}}", "CIS-4.10", "block",
			"environment.block_secrets, settings.secret_scanning" },
		{ "rules: {restart: {action: block, allowed: [no, on-failure], max_retries: 5}}", "CIS-5.15", "block", "restart" },
		{ "rules: {restart: {action: block, allowed: [no, on-failure]}}", "CIS-5.15", "part", "restart; not: RestartPolicy" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autofree char *text = g_strconcat("name: p\nmode: enforce\n", rows[i].policy, "\n", NULL);
		g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
		g_autoptr(Arena) arena = arena_new();
		size_t count;
		g_test_message("%s %s", rows[i].policy, rows[i].item);
		const CoverageRow *row = policy_coverage(policy, arena, &count);
		row = find_row(row, count, rows[i].item);
		g_assert_cmpstr(row->status, ==, rows[i].status);
		if (!g_str_has_prefix(row->rules, rows[i].rules))
			g_error("'%s' does not begin with '%s'", row->rules, rows[i].rules);
	}
}

/* The harmless call is just that: nothing is found in it by a policy that asks for all that the items ask for. */
static void test_coverage_harmless(void)
{
	static const CoverageProbe nothing = { .member = "User", .value = "\"65532:65532\"" };
	const CoverageItem *item = &coverage_items[0];

	for (size_t i = 0; i < coverage_item_count; i++, item++)
		for (size_t p = 0; p < item->count; p++) {
			const CoverageProbe *probe = &item->probes[p];
			g_assert_true((probe->member != NULL) != (probe->method != NULL));
			g_assert_true(!probe->member || strcmp(probe->member, nothing.member) != 0 || g_strcmp0(probe->value, nothing.value) != 0);
		}
}

/* Everything that a finding refers to is a row of the table. */
static void test_references(void)
{
	g_autoptr(Policy) policy = load(&templates[0]);
	g_autoptr(Arena) arena = arena_new();
	size_t count;
	const CoverageRow *rows = policy_coverage(policy, arena, &count);

	for (size_t i = 0; i < RULE_COUNT; i++) {
		g_assert_nonnull(rule_catalogue[i].id);
		/* Whoever was blocked is told what, and something to do: whom to ask is no answer without what for. */
		g_assert_true(*rule_catalogue[i].message && rule_catalogue[i].fixes[0]);
		for (size_t j = 0; j < RULE_FIXES && rule_catalogue[i].fixes[j]; j++)
			g_assert_cmpstr(rule_catalogue[i].fixes[j], !=, "Ask the administrator");
		g_auto(GStrv) items = g_strsplit(rule_catalogue[i].references ? rule_catalogue[i].references : "", ", ", 0);
		for (char **item = items; *item; item++)
			g_assert_nonnull(find_row(rows, count, *item));
	}
}

static char *manual;

static void expect_named(const char *name, void *data)
{
	const char *last = strrchr(name, '.');
	g_autofree char *quoted = g_strdup_printf("`%s`", last ? last + 1 : name);

	(void)data;
	if (!strstr(manual, quoted))
		g_error("docs/POLICY.md does not name the key %s", name);
}

static bool switched[RULE_COUNT];

static void note_rules(const Section *section)
{
	for (size_t i = 0; i < section->count; i++) {
		const Field *field = &section->fields[i];
		for (const RuleId *rule = field->rules; rule && *rule; rule++)
			switched[*rule] = true;
		if (field->read == field_section)
			note_rules(field->detail);
		else if (field->read == read_group)
			note_rules(((const RuleDefaults *)field->detail)->section);
	}
}

/* Each rule that a policy can switch is in the row of a key, each that none can is Sentinel's own. */
static void test_switches(void)
{
	note_rules(&policy_section);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		g_test_message("%s", rule_catalogue[i].id);
		g_assert_cmpint(switched[i], ==, !g_str_has_prefix(rule_catalogue[i].id, "builtin."));
	}
}

/* Of an example: a policy, a part of one, config.yaml, or rules for secrets. */
static char *problem_of(const char *block)
{
	bool config = strstr(block, "active_policy:") != NULL, whole = g_str_has_prefix(block, "name:") || strstr(block, "\nname:");
	g_autofree char *text = g_strconcat(config || whole ? "" : "name: p\nmode: enforce\n", block, NULL);
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Arena) arena = arena_new();

	if (own_rules_meant(block))
		(void)own_rules_parse("example", block, strlen(block), arena, diagnostics);
	else if (config)
		config_free(config_parse("example", text, strlen(text), diagnostics));
	else if (whole)
		return problem_of_policy(text, diagnostics, arena);
	else
		policy_unref(policy_parse("example", text, strlen(text), diagnostics));
	return diagnostics_first_error(diagnostics);
}

static unsigned expect_examples(const char *document)
{
	static const char opening[] = "```yaml\n";
	unsigned count = 0;

	for (const char *at = document; (at = strstr(at, opening)); count++) {
		at += strlen(opening);
		g_autofree char *block = g_strndup(at, (size_t)(strstr(at, "```") - at));
		g_autofree char *problem = problem_of(block);
		g_assert_cmpstr(problem, ==, NULL);
	}
	return count;
}

/* In whatever document they are. */
static void test_examples(void)
{
	g_autofree char *path = g_build_filename(g_getenv("SENTINEL_POLICIES"), "..", "docs", NULL);
	g_autoptr(GDir) docs = g_dir_open(path, 0, NULL);
	unsigned count = 0;

	for (const char *name; (name = g_dir_read_name(docs));) {
		g_autofree char *file = g_build_filename(path, name, NULL), *text = NULL;
		if (!g_str_has_suffix(name, ".md") || !g_file_get_contents(file, &text, NULL, NULL))
			continue;
		g_test_message("%s", name);
		count += expect_examples(text);
	}
	g_assert_cmpuint(count, >=, 5);
}

static void test_manual(void)
{
	g_autofree char *file = g_build_filename(g_getenv("SENTINEL_POLICIES"), "..", "docs", "POLICY.md", NULL);

	g_assert_true(g_file_get_contents(file, &manual, NULL, NULL));
	schema_each_key(expect_named, NULL);
	for (size_t i = 0; i < request_field_count; i++) {
		g_autofree char *quoted = g_strdup_printf("`%s`", request_fields[i].name);
		if (!strstr(manual, quoted))
			g_error("docs/POLICY.md does not name the field %s", quoted);
	}
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (!strstr(manual, rule_catalogue[i].id))
			g_error("docs/POLICY.md does not name the rule %s", rule_catalogue[i].id);
	g_free(manual);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy-files/templates", test_templates);
	g_test_add_func("/policy-files/words", test_words);
	g_test_add_func("/policy-files/failures", test_failures);
	g_test_add_func("/policy-files/spent", test_spent);
	g_test_add_func("/policy-files/several-calls", test_several_calls);
	g_test_add_func("/policy-files/coverage", test_coverage);
	g_test_add_func("/policy-files/coverage-by-deeds", test_coverage_by_deeds);
	g_test_add_func("/policy-files/coverage-harmless", test_coverage_harmless);
	g_test_add_func("/policy-files/references", test_references);
	g_test_add_func("/policy-files/switches", test_switches);
	g_test_add_func("/policy-files/manual", test_manual);
	g_test_add_func("/policy-files/examples", test_examples);
	return g_test_run();
}
