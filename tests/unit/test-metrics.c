/* SPDX-License-Identifier: MIT
 *
 * Counters for monitoring: what is counted, where a histogram's bucket ends, and that labels have an end.
 */
#include "base/limits.h"
#include "core/metrics.h"
#include "policy-fixture.h"

static const char *text_of(Metrics *metrics, const Policy *policy, MetricsFormat format, Arena *arena)
{
	const MetricsNow now = { .policy = policy, .generation = 3, .grants = 2, .audit_write_errors = 1, .version = "1.2", .state = policy ? "serving" : "lockdown", .now_us = FIXTURE_NOW };

	return metrics_text(metrics, &now, format, arena);
}

static void has(const char *text, const char *line)
{
	if (!strstr(text, line))
		g_error("%s is missing in:\n%s", line, text);
}

static void test_counts(void)
{
	static Finding findings[] = {
		{ .rule = "mounts.blocked", .action = ACTION_BLOCK }, { .rule = "mounts.blocked", .action = ACTION_BLOCK }, { .rule = "images.latest_tag", .action = ACTION_WARN },
	};
	static const Decision denied = { .outcome = OUTCOME_DENIED, .policy = "my \"own\"\n", .findings = findings, .finding_count = G_N_ELEMENTS(findings) };
	static const uint64_t durations[] = { 0, 100, 101, 10000000, 10000001 };
	Metrics *metrics = metrics_new();
	g_autoptr(Arena) arena = arena_new();

	for (size_t i = 0; i < G_N_ELEMENTS(durations); i++)
		metrics_decided(metrics, &denied, "", durations[i]);
	metrics_decided(NULL, &denied, "", 1); /* nobody counts */
	const char *text = text_of(metrics, NULL, METRICS_OPENMETRICS, arena);
	has(text, "\nsentinel_decisions_total{decision=\"denied\",endpoint=\"unknown\",policy=\"my__own__\"} 5\n");
	has(text, "\nsentinel_rule_hits_total{rule=\"mounts.blocked\",action=\"block\"} 5\n");
	has(text, "\nsentinel_rule_hits_total{rule=\"images.latest_tag\",action=\"warn\"} 5\n");
	has(text, "{le=\"0.0001\"} 2\n");
	has(text, "{le=\"0.00025\"} 3\n");
	has(text, "{le=\"10.0\"} 4\n");
	has(text, "{le=\"+Inf\"} 5\n");
	has(text, "\nsentinel_decision_seconds_sum 20.000202\n");
	has(text, "\nsentinel_state{state=\"lockdown\"} 1\n");
	has(text, "\nsentinel_audit_write_errors_total 1\n");
	has(text, "# UNIT sentinel_decision_seconds seconds\n");
	g_assert_true(g_str_has_suffix(text, "\n# EOF\n"));
	g_assert_null(strstr(text, "sentinel_policy_info"));
	metrics_free(metrics);
}

static void test_policy(void)
{
	g_autoptr(Policy) policy = fixture_policy("rules:\n  privileged: {exceptions: [{users: [a], expires: 2025-01-01}, {users: [b]}]}\n"
						  "custom_rules: [{name: c, condition: {field: image, operator: equals, value: x}, exceptions: [{users: [a], expires: 2090-01-01}]}]\n"
						  "exceptions: [{rules: [devices], values: [exceptions]}]\n");
	Metrics *metrics = metrics_new();
	g_autoptr(Arena) arena = arena_new();
	const char *text = text_of(metrics, policy, METRICS_PLAIN, arena);

	has(text, "# TYPE sentinel_policy_info gauge\nsentinel_policy_info{policy=\"p\",mode=\"enforce\"} 1\n");
	has(text, "\nsentinel_exceptions{state=\"active\"} 3\n");
	has(text, "\nsentinel_exceptions{state=\"expired\"} 1\n");
	has(text, "# TYPE sentinel_decisions_total counter\n");
	g_assert_null(strstr(text, "# EOF"));
	g_assert_null(strstr(text, "_created"));
	metrics_free(metrics);
}

/* Runs of scanners, by what came of them; one that there is not counts nowhere. */
static void test_scanners(void)
{
	Metrics *metrics = metrics_new();
	g_autoptr(Arena) arena = arena_new();

	metrics_scanned(metrics, "builtin", true, SCAN_RESULT_DONE, 1000000, "");
	metrics_scanned(metrics, "builtin", true, SCAN_RESULT_DONE, 1000001, NULL);
	metrics_scanned(metrics, "builtin", true, SCAN_RESULT_FAILED, 0, NULL);
	metrics_scanned(metrics, "docker-scout", false, SCAN_RESULT_INCOMPLETE, 901000000, NULL);
	metrics_scanned(metrics, "grype", false, SCAN_RESULT_DONE, 1, "2023-01-01T00:00:00Z");
	metrics_scanned(metrics, "grype", false, SCAN_RESULT_DONE, 1, "yesterday");
	metrics_scanned(metrics, "none", true, SCAN_RESULT_DONE, 1, NULL);
	metrics_scanned(NULL, "grype", true, SCAN_RESULT_DONE, 1, NULL); /* nobody counts */
	const char *text = text_of(metrics, NULL, METRICS_OPENMETRICS, arena);
	has(text, "\nsentinel_scans_total{scanner=\"builtin\",kind=\"secret\",result=\"done\"} 2\n");
	has(text, "\nsentinel_scans_total{scanner=\"builtin\",kind=\"secret\",result=\"failed\"} 1\n");
	has(text, "\nsentinel_scans_total{scanner=\"scout\",kind=\"vulnerability\",result=\"incomplete\"} 1\n");
	has(text, "\nsentinel_scans_total{scanner=\"trivy\",kind=\"vulnerability\",result=\"failed\"} 0\n");
	has(text, "\nsentinel_scan_seconds_bucket{scanner=\"builtin\",le=\"1.0\"} 1\n");
	has(text, "\nsentinel_scan_seconds_bucket{scanner=\"builtin\",le=\"5.0\"} 2\n");
	has(text, "\nsentinel_scan_seconds_count{scanner=\"builtin\"} 2\nsentinel_scan_seconds_sum{scanner=\"builtin\"} 2.000001\n");
	has(text, "\nsentinel_scan_seconds_bucket{scanner=\"scout\",le=\"900.0\"} 0\n");
	has(text, arena_printf(arena, "\nsentinel_scanner_db_age_seconds{scanner=\"grype\"} %" G_GINT64_FORMAT "\n", FIXTURE_NOW / G_USEC_PER_SEC - 1672531200));
	g_assert_null(strstr(text, "\"none\""));
	g_assert_null(strstr(text, "builtin\",kind=\"vulnerability"));
	g_assert_null(strstr(text, "sentinel_scan_seconds_count{scanner=\"trivy\""));
	metrics_free(metrics);
}

/* Policies can call themselves anything: not one counter more. */
static void test_limit(void)
{
	Metrics *metrics = metrics_new();
	g_autoptr(Arena) arena = arena_new();

	for (unsigned i = 0; i < LIMIT_METRICS_SERIES + 7; i++) {
		const Decision decision = { .outcome = OUTCOME_ALLOWED, .policy = arena_printf(arena, "p%u", i) };
		metrics_decided(metrics, &decision, "x", 1);
	}
	const char *text = text_of(metrics, NULL, METRICS_PLAIN, arena);
	has(text, arena_printf(arena, "policy=\"p%u\"} 1\n", LIMIT_METRICS_SERIES - 1));
	g_assert_null(strstr(text, arena_printf(arena, "policy=\"p%u\"", LIMIT_METRICS_SERIES)));
	has(text, "\nsentinel_decisions_total{decision=\"allowed\",endpoint=\"other\",policy=\"other\"} 7\n");
	metrics_free(metrics);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/metrics/counts", test_counts);
	g_test_add_func("/metrics/policy", test_policy);
	g_test_add_func("/metrics/scanners", test_scanners);
	g_test_add_func("/metrics/limit", test_limit);
	return g_test_run();
}
