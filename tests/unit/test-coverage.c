/* SPDX-License-Identifier: MIT
 *
 * Every rule that says a standard asks for it is found by a call of that standard's, or it is said here why no call shows it.
 */
#include <string.h>
#include "policy/review/coverage.h"
#include "policy/rules.h"
#include "policy/store.h"
#include "tests/unit/policy-fixture.h"

/* Beside the templates: what none of them uses. */
static const char *const others[] = {
	"rules: {capabilities: {warned: [{name: SYS_ADMIN}], require_drop_all: true}}",
	"rules: {mounts: {warned: [{path: /etc}, {path: /srv}]}}",
	"rules: {mounts: {default: block, allowed_read_only: [/etc, /srv, /usr]}}",
	"rules: {mounts: {require_trusted: block, no_way_back: block, foreign_ids: block, block_engine_files: true}}",
	"rules: {container: {require_numeric_user: true, require_cpu_limit: true, require_healthcheck: true}}",
	"rules: {container: {max_memory: 1g, max_cpus: 1, max_pids: 100}}",
	"rules: {restart: {allowed: [no]}, ulimits: {max: [{name: nofile, max: 1024}]}}",
	"rules: {images: {blocked_registries: [registry.invalid]}}",
	"rules: {images: {blocked_images: [\"registry.invalid/*\"], require_digest: true, require_signed: true}}",
	"settings: {require_image_scan: true, image_scanning: {enabled: true, max_critical: 0}, secret_scanning: {enabled: true}}",
	"rules: {devices: {warned: [/dev/sda]}}",
	"rules: {network: {blocked_ports: [{port: 8080}], block_privileged_ports: true, block_all_interfaces: true, block_default_bridge: true}}",
	"rules: {environment: {block_secrets: true}}",
	"rules: {environment: {secret_patterns: [\"DB_PASSWORD=.*\"]}}",
	"rules: {exec: {root: {}}}",
};

/* Rules that no call of an item can show. */
static const struct { const char *rule, *item, *why; } reasons[] = {
	{ "capabilities.require_drop_all", "CIS-5.4", "the item is about what is added; to drop all of Docker's own is more than it asks" },
	{ "mounts.require_trusted", "CIS-5.6", "the host of the probes is assumed to be root's everywhere, as results must be the same on each" },
	{ "mounts.no_way_back", "CIS-5.6", "the container of the probes does not run as root, so that other items find nothing in it" },
	{ "network.blocked_ports", "CIS-5.9", "which ports are needed is the site's to say" },
};


static void survey(GHashTable *pairs, const Policy *policy)
{
	g_autoptr(Arena) arena = arena_new();
	size_t count;
	const CoverageRow *rows = policy_coverage(policy, arena, &count);

	for (size_t i = 0; i < count; i++) {
		g_autofree char *rules = g_strndup(rows[i].rules, strcspn(rows[i].rules, ";"));
		g_auto(GStrv) names = g_strsplit(rules, ", ", 0);
		for (char **name = names; *name; name++)
			(void)g_hash_table_add(pairs, g_strconcat(rows[i].item, " ", *name, NULL));
	}
}

static GHashTable *survey_all(void)
{
	static const char *const templates[] = { "default", "strict", "permissive", "production", "ci-cd", "development", "pss-baseline", "pss-restricted", "read-only", "agent" };
	GHashTable *pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(templates); i++) {
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autoptr(Policy) policy = store_load(g_getenv("SENTINEL_POLICIES"), templates[i], diagnostics);
		g_assert_nonnull(policy);
		survey(pairs, policy);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autoptr(Policy) policy = fixture_policy(others[i]);
		survey(pairs, policy);
	}
	return pairs;
}

static bool has_reason(const char *rule, const char *item)
{
	for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (!strcmp(reasons[i].rule, rule) && !strcmp(reasons[i].item, item)) {
			g_assert_cmpuint(strlen(reasons[i].why), >, 10);
			return true;
		}
	return false;
}

static void test_rules(void)
{
	GHashTable *pairs = survey_all();
	unsigned wrong = 0;

	for (size_t i = 0; i < RULE_COUNT; i++) {
		const RuleInfo *rule = &rule_catalogue[i];
		g_auto(GStrv) items = g_strsplit(rule->references ? rule->references : "", ", ", 0);
		for (char **item = items; *item; item++) {
			g_autofree char *pair = g_strconcat(*item, " ", rule->id, NULL);
			bool shown = g_hash_table_contains(pairs, pair), excused = has_reason(rule->id, *item);
			if (shown != excused)
				continue;
			wrong++;
			g_test_message("%s: %s", pair, shown ? "a call shows it, and a reason says that none does" : "no call shows it, and no reason says why");
		}
	}
	g_hash_table_unref(pairs);
	g_assert_cmpuint(wrong, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/coverage/rules", test_rules);
	return g_test_run();
}
