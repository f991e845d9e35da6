/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>
#include "base/limits.h"
#include "base/scanner-names.h"
#include "base/text.h"
#include "core/fetched.h"
#include "core/metrics.h"
#include "policy/exception.h"

#define LABELS_BYTES 256
#define LABEL_BYTES 64

/* Upper ends of the histogram's buckets; the last one has none. */
static const struct { uint64_t us; const char *text; } buckets[] = {
	{ 100, "0.0001" }, { 250, "0.00025" }, { 500, "0.0005" }, { 1000, "0.001" }, { 2500, "0.0025" }, { 5000, "0.005" }, { 10000, "0.01" }, { 25000, "0.025" },
	{ 50000, "0.05" }, { 100000, "0.1" }, { 250000, "0.25" }, { 500000, "0.5" }, { 1000000, "1.0" }, { 2500000, "2.5" }, { 10000000, "10.0" }, { UINT64_MAX, "+Inf" },
};

/* ... and of the one for scans, in seconds. */
static const struct { uint64_t us; const char *text; } scan_buckets[] = {
	{ 1000000, "1.0" }, { 5000000, "5.0" }, { 15000000, "15.0" }, { 60000000, "60.0" }, { 300000000, "300.0" }, { 900000000, "900.0" }, { UINT64_MAX, "+Inf" },
};

typedef struct ScannerCount {
	uint64_t runs[2][SCAN_RESULTS]; /* by whether secrets were looked for */
	uint64_t durations[G_N_ELEMENTS(scan_buckets)], count, sum_us;
	int64_t database_us; /* 0: not known */
} ScannerCount;

struct Metrics {
	pthread_mutex_t lock;
	ScannerCount scanners[SCANNER_NAMES];
	GHashTable *decisions, *rules; /* labels -> uint64_t * */
	uint64_t durations[G_N_ELEMENTS(buckets)], duration_sum_us;
	int64_t started_us;
};

Metrics *metrics_new(void)
{
	Metrics *metrics = g_new0(Metrics, 1);

	(void)pthread_mutex_init(&metrics->lock, NULL);
	metrics->decisions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	metrics->rules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	metrics->started_us = g_get_real_time();
	return metrics;
}

void metrics_free(Metrics *metrics)
{
	if (!metrics)
		return;
	g_hash_table_unref(metrics->decisions);
	g_hash_table_unref(metrics->rules);
	(void)pthread_mutex_destroy(&metrics->lock);
	g_free(metrics);
}

/* Of a name that somebody chose: what needs no escape, and not too much. */
static const char *label(const char *name, char *room)
{
	size_t length = 0;

	for (; name[length] && length + 1 < LABEL_BYTES; length++)
		room[length] = g_ascii_isalnum(name[length]) || strchr("._:-", name[length]) ? name[length] : '_';
	room[length] = '\0';
	return room;
}

/* A new one beyond the limit counts as `other`. */
static void count(GHashTable *table, const char *labels, const char *other)
{
	uint64_t *found = g_hash_table_lookup(table, labels);

	if (!found && g_hash_table_size(table) >= LIMIT_METRICS_SERIES) {
		labels = other;
		found = g_hash_table_lookup(table, labels);
	}
	if (!found) {
		found = g_new0(uint64_t, 1);
		(void)g_hash_table_insert(table, g_strdup(labels), found);
	}
	*found += 1;
}

static void count_decision(Metrics *metrics, const Decision *decision, const char *endpoint)
{
	char labels[LABELS_BYTES], other[LABELS_BYTES], policy[LABEL_BYTES], call[LABEL_BYTES];
	const char *outcome = outcome_name(decision->outcome);

	(void)g_snprintf(labels, sizeof labels, "decision=\"%s\",endpoint=\"%s\",policy=\"%s\"", outcome, label(*endpoint ? endpoint : "unknown", call),
		label(decision->policy, policy));
	(void)g_snprintf(other, sizeof other, "decision=\"%s\",endpoint=\"other\",policy=\"other\"", outcome);
	count(metrics->decisions, labels, other);
}

static bool told_before(const Decision *decision, size_t finding)
{
	for (size_t i = 0; i < finding; i++)
		if (!strcmp(decision->findings[i].rule, decision->findings[finding].rule) && decision->findings[i].action == decision->findings[finding].action)
			return true;
	return false;
}

/* A rule counts once for a call, however often it found something. */
static void count_rules(Metrics *metrics, const Decision *decision)
{
	char labels[LABELS_BYTES], other[LABELS_BYTES], rule[LABEL_BYTES];

	for (size_t i = 0; i < decision->finding_count; i++) {
		const char *action = action_name(decision->findings[i].action);
		if (told_before(decision, i))
			continue;
		(void)g_snprintf(labels, sizeof labels, "rule=\"%s\",action=\"%s\"", label(decision->findings[i].rule, rule), action);
		(void)g_snprintf(other, sizeof other, "rule=\"other\",action=\"%s\"", action);
		count(metrics->rules, labels, other);
	}
}

void metrics_decided(Metrics *metrics, const Decision *decision, const char *endpoint, uint64_t duration_us)
{
	size_t bucket = 0;

	if (!metrics)
		return;
	while (duration_us > buckets[bucket].us)
		bucket++;
	(void)pthread_mutex_lock(&metrics->lock);
	metrics->durations[bucket]++;
	metrics->duration_sum_us += duration_us;
	count_decision(metrics, decision, endpoint);
	count_rules(metrics, decision);
	(void)pthread_mutex_unlock(&metrics->lock);
}

static int64_t when_us(const char *text)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) time = text && *text ? g_date_time_new_from_iso8601(text, utc) : NULL;

	return time ? g_date_time_to_unix(time) * G_USEC_PER_SEC : 0;
}

void metrics_scanned(Metrics *metrics, const char *scanner, bool secrets, ScanResult result, uint64_t duration_us, const char *database)
{
	const ScannerName *known = scanner_name_find(scanner);
	size_t bucket = 0;

	if (!metrics || !known)
		return;
	ScannerCount *count = &metrics->scanners[known - scanner_names];
	const int64_t made_us = when_us(database);
	(void)pthread_mutex_lock(&metrics->lock);
	count->runs[secrets][result]++;
	while (duration_us > scan_buckets[bucket].us)
		bucket++;
	if (duration_us) {
		count->durations[bucket]++;
		count->count++;
		count->sum_us += duration_us;
	}
	if (made_us > 0)
		count->database_us = made_us;
	(void)pthread_mutex_unlock(&metrics->lock);
}

bool metrics_format_parse(const char *word, MetricsFormat *ret)
{
	static const char *const names[METRICS_FORMATS] = { [METRICS_OPENMETRICS] = "openmetrics", [METRICS_PLAIN] = "plain" };

	for (unsigned i = 0; i < METRICS_FORMATS; i++)
		if (!strcmp(names[i], word)) {
			*ret = (MetricsFormat)i;
			return true;
		}
	return false;
}

/* A family's head.  In the older form a name has its suffix there already, and there is neither info nor unit. */
static void put_head(Buffer *out, MetricsFormat format, const char *name, const char *type, const char *unit, const char *help)
{
	const bool open = format == METRICS_OPENMETRICS, counter = !strcmp(type, "counter"), info = !strcmp(type, "info");
	const char *suffix = open ? "" : counter ? "_total" : info ? "_info" : "";

	buffer_printf(out, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, help, name, suffix, !open && info ? "gauge" : type);
	if (open && unit)
		buffer_printf(out, "# UNIT %s %s\n", name, unit);
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void put_counters(Buffer *out, MetricsFormat format, const char *name, GHashTable *table, int64_t started_us)
{
	guint length;
	g_autofree char **keys = (char **)(void *)g_hash_table_get_keys_as_array(table, &length);

	qsort(keys, length, sizeof *keys, compare);
	for (guint i = 0; i < length; i++) {
		buffer_printf(out, "%s_total{%s} %" G_GUINT64_FORMAT "\n", name, keys[i], *(const uint64_t *)g_hash_table_lookup(table, keys[i]));
		if (format == METRICS_OPENMETRICS)
			buffer_printf(out, "%s_created{%s} %" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "\n", name, keys[i], started_us / G_USEC_PER_SEC, started_us % G_USEC_PER_SEC);
	}
}

static void put_histogram(Buffer *out, const Metrics *metrics)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(buckets); i++) {
		sum += metrics->durations[i];
		buffer_printf(out, "sentinel_decision_seconds_bucket{le=\"%s\"} %" G_GUINT64_FORMAT "\n", buckets[i].text, sum);
	}
	buffer_printf(out, "sentinel_decision_seconds_count %" G_GUINT64_FORMAT "\nsentinel_decision_seconds_sum %" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT "\n", sum,
		metrics->duration_sum_us / G_USEC_PER_SEC, metrics->duration_sum_us % G_USEC_PER_SEC);
}

/* Every scanner and what it looks for: 0 says that it did not run. */
static void put_runs(Buffer *out, const Metrics *metrics, MetricsFormat format)
{
	static const char *const kinds[] = { "vulnerability", "secret" }, *const results[SCAN_RESULTS] = { "done", "incomplete", "failed" };

	put_head(out, format, "sentinel_scans", "counter", NULL, "Scans of images, by what came of them.");
	for (size_t i = 0; i < SCANNER_NAMES * G_N_ELEMENTS(kinds) * SCAN_RESULTS; i++) {
		const size_t scanner = i / SCAN_RESULTS / G_N_ELEMENTS(kinds), secrets = i / SCAN_RESULTS % G_N_ELEMENTS(kinds), result = i % SCAN_RESULTS;
		if (secrets ? scanner_names[scanner].secrets : scanner_names[scanner].vulnerabilities)
			buffer_printf(out, "sentinel_scans_total{scanner=\"%s\",kind=\"%s\",result=\"%s\"} %" G_GUINT64_FORMAT "\n", scanner_names[scanner].name, kinds[secrets],
				results[result], metrics->scanners[scanner].runs[secrets][result]);
	}
}

/* Of those that ran. */
static void put_scanners(Buffer *out, const Metrics *metrics, int64_t now_us, MetricsFormat format)
{
	put_runs(out, metrics, format);
	put_head(out, format, "sentinel_scan_seconds", "histogram", "seconds", "How long a scanner ran.");
	for (size_t i = 0; i < SCANNER_NAMES; i++) {
		const ScannerCount *count = &metrics->scanners[i];
		uint64_t sum = 0;
		for (size_t b = 0; count->count && b < G_N_ELEMENTS(scan_buckets); b++) {
			sum += count->durations[b];
			buffer_printf(out, "sentinel_scan_seconds_bucket{scanner=\"%s\",le=\"%s\"} %" G_GUINT64_FORMAT "\n", scanner_names[i].name, scan_buckets[b].text, sum);
		}
		if (count->count)
			buffer_printf(out, "sentinel_scan_seconds_count{scanner=\"%s\"} %" G_GUINT64_FORMAT "\nsentinel_scan_seconds_sum{scanner=\"%s\"} %" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT "\n",
				scanner_names[i].name, sum, scanner_names[i].name, count->sum_us / G_USEC_PER_SEC, count->sum_us % G_USEC_PER_SEC);
	}
	put_head(out, format, "sentinel_scanner_db_age_seconds", "gauge", "seconds", "How old the database of a scanner is, as it says.");
	for (size_t i = 0; i < SCANNER_NAMES; i++)
		if (metrics->scanners[i].database_us)
			buffer_printf(out, "sentinel_scanner_db_age_seconds{scanner=\"%s\"} %" G_GINT64_FORMAT "\n", scanner_names[i].name,
				MAX(now_us - metrics->scanners[i].database_us, 0) / G_USEC_PER_SEC);
}

static void put_state(Buffer *out, const MetricsNow *now, MetricsFormat format)
{
	static const char *const states[] = { "serving", "degraded", "lockdown" };

	put_head(out, format, "sentinel_state", "gauge", NULL, "1 for the state that the service is in, 0 for the others.");
	for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
		buffer_printf(out, "sentinel_state{state=\"%s\"} %d\n", states[i], !strcmp(states[i], now->state));
	put_head(out, format, "sentinel_grants", "gauge", NULL, "Grants that can still be used.");
	buffer_printf(out, "sentinel_grants %" G_GUINT64_FORMAT "\n", now->grants);
}

static void put_policy(Buffer *out, const MetricsNow *now, MetricsFormat format)
{
	uint64_t active = 0, expired = 0;
	char name[LABEL_BYTES];

	put_head(out, format, "sentinel_policy_generation", "gauge", NULL, "Grows with each policy that was put in force.");
	buffer_printf(out, "sentinel_policy_generation %" G_GUINT64_FORMAT "\n", now->generation);
	if (!now->policy)
		return;
	put_head(out, format, "sentinel_policy", "info", NULL, "The policy in force.");
	buffer_printf(out, "sentinel_policy_info{policy=\"%s\",mode=\"%s\"} 1\n", label(policy_name(now->policy), name), mode_name(policy_mode(now->policy)));
	exception_count(now->policy, now->now_us, &active, &expired);
	put_head(out, format, "sentinel_exceptions", "gauge", NULL, "Exceptions of the policy in force.");
	buffer_printf(out, "sentinel_exceptions{state=\"active\"} %" G_GUINT64_FORMAT "\nsentinel_exceptions{state=\"expired\"} %" G_GUINT64_FORMAT "\n", active, expired);
}

/* Only where policies are fetched. */
static void put_fetched(Buffer *out, const Fetched *fetched, MetricsFormat format)
{
	const struct {
		const char *name, *unit, *help;
		int64_t us;
	} times[] = {
		{ "sentinel_fetch_accepted_timestamp_seconds", "seconds", "When the bundle of policies was put in force.", fetched->accepted_us },
		{ "sentinel_fetch_expires_timestamp_seconds", "seconds", "When it expires.", fetched->expires_us },
		{ "sentinel_fetch_checked_timestamp_seconds", "seconds", "The last try that found everything in order.", fetched->checked_us },
	};

	if (!fetched->begun && !fetched->tried)
		return;
	put_head(out, format, "sentinel_fetch_number", "gauge", NULL, "The number of the bundle of policies that is in force.");
	buffer_printf(out, "sentinel_fetch_number %" G_GINT64_FORMAT "\n", fetched->number);
	for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
		put_head(out, format, times[i].name, "gauge", times[i].unit, times[i].help);
		buffer_printf(out, "%s %" G_GINT64_FORMAT "\n", times[i].name, times[i].us / G_USEC_PER_SEC);
	}
	put_head(out, format, "sentinel_fetch_failed", "gauge", NULL, "1 when the last try to fetch policies failed.");
	buffer_printf(out, "sentinel_fetch_failed %d\n", *fetched->error != '\0');
}

const char *metrics_text(Metrics *metrics, const MetricsNow *now, MetricsFormat format, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	(void)pthread_mutex_lock(&metrics->lock);
	put_head(&out, format, "sentinel_decisions", "counter", NULL, "Calls of Docker's that were judged.");
	put_counters(&out, format, "sentinel_decisions", metrics->decisions, metrics->started_us);
	put_head(&out, format, "sentinel_rule_hits", "counter", NULL, "Calls in which a rule found something.");
	put_counters(&out, format, "sentinel_rule_hits", metrics->rules, metrics->started_us);
	put_head(&out, format, "sentinel_decision_seconds", "histogram", "seconds", "From the question of Docker's to the answer, with what Docker was asked meanwhile.");
	put_histogram(&out, metrics);
	put_scanners(&out, metrics, now->now_us, format);
	(void)pthread_mutex_unlock(&metrics->lock);
	put_head(&out, format, "sentinel_audit_write_errors", "counter", NULL, "Decisions that could not be written to the audit trail.");
	buffer_printf(&out, "sentinel_audit_write_errors_total %" G_GUINT64_FORMAT "\n", now->audit_write_errors);
	put_state(&out, now, format);
	put_policy(&out, now, format);
	if (now->fetched)
		put_fetched(&out, now->fetched, format);
	put_head(&out, format, "sentinel_build", "info", NULL, "The version of the service.");
	buffer_printf(&out, "sentinel_build_info{version=\"%s\"} 1\n%s", now->version, format == METRICS_OPENMETRICS ? "# EOF\n" : "");
	return out.data;
}
