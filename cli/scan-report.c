/* SPDX-License-Identifier: MIT
 *
 * What a scan found, worst first.
 */
#include <stdio.h>
#include <string.h>
#include "cli/output.h"
#include "cli/scan.h"
#include "cli/table.h"

#define TITLE_LENGTH 60
#define SHOWN_VERSION 20

static const char *const severities[] = { "critical", "high", "medium", "low", "negligible", "unknown" };

static const char *text_of(JsonObject *object, const char *name)
{
	return json_object_get_string_member_with_default(object, name, "");
}

static JsonArray *list_of(JsonObject *result, const char *name)
{
	return json_object_has_member(result, name) ? json_object_get_array_member(result, name) : NULL;
}

static guint length_of(JsonArray *array)
{
	return array ? json_array_get_length(array) : 0;
}

/* Of several scanners the one that found most counts. */
static int64_t worst(JsonObject *result, const char *name)
{
	JsonArray *reports = list_of(result, "reports");
	int64_t most = 0;

	for (guint i = 0; i < length_of(reports); i++)
		most = MAX(most, json_object_get_int_member_with_default(json_array_get_object_element(reports, i), name, 0));
	return most;
}

static bool whole(JsonObject *result)
{
	JsonArray *reports = list_of(result, "reports");

	for (guint i = 0; i < length_of(reports); i++) {
		const char *outcome = text_of(json_array_get_object_element(reports, i), "outcome");
		if (strcmp(outcome, "clean") != 0 && strcmp(outcome, "found") != 0)
			return false;
	}
	return length_of(reports) > 0;
}

static bool over(JsonObject *result, const ScanThresholds *limits)
{
	const struct { const char *name; int64_t most; } rows[] = { { "critical", limits->max_critical }, { "high", limits->max_high }, { "medium", limits->max_medium } };

	if (!limits->fail_on)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].most >= 0 && worst(result, rows[i].name) > rows[i].most)
			return true;
	for (size_t i = 0; limits->any_secret && i < G_N_ELEMENTS(severities); i++)
		if (worst(result, severities[i]) > 0)
			return true;
	return false;
}

static char *cut(const char *text, glong most)
{
	g_autofree char *begin = NULL;

	if (g_utf8_strlen(text, -1) <= most)
		return g_strdup(text);
	begin = g_utf8_substring(text, 0, most - 1);
	return g_strconcat(begin, "…", NULL);
}

static void add_vulnerability(GPtrArray *cells, JsonObject *finding)
{
	const char *fixed = text_of(finding, "fixed_version");

	g_ptr_array_add(cells, g_ascii_strup(text_of(finding, "severity"), -1));
	g_ptr_array_add(cells, g_strdup(text_of(finding, "id")));
	g_ptr_array_add(cells, g_strdup(text_of(finding, "package")));
	g_ptr_array_add(cells, cut(text_of(finding, "version"), SHOWN_VERSION));
	g_ptr_array_add(cells, cut(*fixed ? fixed : "-", SHOWN_VERSION));
	g_ptr_array_add(cells, cut(text_of(finding, "title"), TITLE_LENGTH));
}

static void add_secret(GPtrArray *cells, JsonObject *finding)
{
	int64_t line = json_object_get_int_member_with_default(finding, "line", 0);

	g_ptr_array_add(cells, g_ascii_strup(text_of(finding, "severity"), -1));
	g_ptr_array_add(cells, g_strdup(json_object_get_boolean_member_with_default(finding, "verified", FALSE) ? "yes" : "-"));
	g_ptr_array_add(cells, g_strdup(text_of(finding, "id")));
	g_ptr_array_add(cells, line ? g_strdup_printf("%s:%" G_GINT64_FORMAT, text_of(finding, "path"), line) : g_strdup(text_of(finding, "path")));
	g_ptr_array_add(cells, cut(text_of(finding, "layer"), SHOWN_VERSION));
	g_ptr_array_add(cells, cut(text_of(finding, "title"), TITLE_LENGTH));
}

static void print_table(Cli *cli, JsonArray *findings, bool secrets)
{
	static const char *const headings[2][6] = {
		{ "SEVERITY", "ID", "PACKAGE", "VERSION", "FIXED IN", "TITLE" },
		{ "SEVERITY", "VERIFIED", "DETECTOR", "PLACE", "LAYER", "TITLE" },
	};
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
	guint columns = G_N_ELEMENTS(headings[0]);

	for (guint i = 0; i < columns; i++)
		g_ptr_array_add(cells, g_strdup(headings[secrets][i]));
	for (size_t s = 0; s < G_N_ELEMENTS(severities); s++)
		for (guint i = 0; i < length_of(findings); i++) {
			JsonObject *finding = json_array_get_object_element(findings, i);
			if (!strcmp(text_of(finding, "severity"), severities[s]) && !*text_of(finding, "set_aside"))
				(secrets ? add_secret : add_vulnerability)(cells, finding);
		}
	if (cells->len > columns)
		table_print(cli, cells, columns);
}

/* What the policy in force does not count, with its reason. */
static void print_aside(Cli *cli, JsonArray *findings)
{
	static const char *const headings[] = { "SET ASIDE", "PACKAGE", "VERSION", "WHY" };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < G_N_ELEMENTS(headings); i++)
		g_ptr_array_add(cells, g_strdup(headings[i]));
	for (guint i = 0; i < length_of(findings); i++) {
		JsonObject *finding = json_array_get_object_element(findings, i);
		if (!*text_of(finding, "set_aside"))
			continue;
		g_ptr_array_add(cells, g_strdup(text_of(finding, "id")));
		g_ptr_array_add(cells, g_strdup(text_of(finding, "package")));
		g_ptr_array_add(cells, cut(text_of(finding, "version"), SHOWN_VERSION));
		g_ptr_array_add(cells, g_strdup(text_of(finding, "set_aside")));
	}
	if (cells->len > G_N_ELEMENTS(headings))
		table_print(cli, cells, G_N_ELEMENTS(headings));
}

/* "; database of 2026-11-20T06:12:00Z, 7 days old" */
static void print_database(const char *made)
{
	g_autoptr(GDateTime) then = g_date_time_new_from_iso8601(made, NULL), now = g_date_time_new_now_utc();

	if (!*made)
		return;
	(void)printf("; database of %s", made);
	if (then)
		(void)printf(", %" G_GINT64_FORMAT " days old", g_date_time_difference(now, then) / G_TIME_SPAN_DAY);
}

static void print_reports(const Cli *cli, JsonArray *reports)
{
	for (guint i = 0; i < length_of(reports); i++) {
		JsonObject *report = json_array_get_object_element(reports, i);
		const char *outcome = text_of(report, "outcome"), *detail = text_of(report, "detail"), *version = text_of(report, "version");
		Paint paint = !strcmp(outcome, "clean") ? PAINT_GREEN : !strcmp(outcome, "found") ? PAINT_YELLOW : PAINT_RED;
		g_autofree char *shown = output_paint(cli, paint, outcome);
		(void)printf("%s%s%s: %s", text_of(report, "scanner"), *version ? " " : "", version, shown);
		for (size_t s = 0; s < G_N_ELEMENTS(severities); s++) {
			int64_t count = json_object_get_int_member_with_default(report, severities[s], 0);
			if (count)
				(void)printf(", %" G_GINT64_FORMAT " %s", count, severities[s]);
		}
		int64_t verified = json_object_get_int_member_with_default(report, "verified", 0);
		if (verified)
			(void)printf(", %" G_GINT64_FORMAT " verified", verified);
		int64_t aside = json_object_get_int_member_with_default(report, "set_aside", 0);
		if (aside)
			(void)printf(", %" G_GINT64_FORMAT " set aside", aside);
		if (*text_of(report, "end_of_life"))
			(void)printf(", end of life: %s", text_of(report, "end_of_life"));
		print_database(text_of(report, "database"));
		(void)printf("\n");
		if (*detail)
			(void)fprintf(stderr, "sentinel: %s\n", detail);
	}
}

static bool of_signatures(JsonObject *report)
{
	return !strcmp(text_of(report, "kind"), "signature");
}

/* What was found is one thing: why it is not signed. */
static void print_signatures(const Cli *cli, JsonObject *result)
{
	JsonObject *report = json_array_get_object_element(list_of(result, "reports"), 0);
	JsonArray *findings = list_of(result, "findings");
	const char *outcome = text_of(report, "outcome"), *why = length_of(findings) ? text_of(json_array_get_object_element(findings, 0), "title") : text_of(report, "detail");
	const bool good = !strcmp(outcome, "clean"), known = good || !strcmp(outcome, "found");
	g_autofree char *shown = output_paint(cli, good ? PAINT_GREEN : PAINT_RED, good ? "signed" : known ? "not signed" : "not known"), *image = output_clean(text_of(result, "image"));

	(void)printf("%s: %s%s%s\n", image, shown, *why ? ": " : "", why);
}

static void add_summary(JsonObject *result, bool too_much)
{
	JsonObject *summary = json_object_new();

	for (size_t s = 0; s < G_N_ELEMENTS(severities); s++)
		json_object_set_int_member(summary, severities[s], worst(result, severities[s]));
	json_object_set_int_member(summary, "verified", worst(result, "verified"));
	json_object_set_object_member(result, "summary", summary);
	json_object_set_boolean_member(result, "complete", whole(result));
	json_object_set_boolean_member(result, "over_threshold", too_much);
}

/* The exit code of the document. */
static int give_document(const Cli *cli, JsonObject *result, const ScanAnswer *answer)
{
	g_autofree char *text = scan_format(answer->format, result);

	if (answer->output)
		return scan_write(cli, answer->output, text);
	(void)fputs(text, stdout);
	return 0;
}

static void print_answer(Cli *cli, JsonObject *result, bool secrets, bool document)
{
	if (!document) {
		print_table(cli, list_of(result, "findings"), secrets);
		print_aside(cli, list_of(result, "findings"));
	}
	print_reports(cli, list_of(result, "reports"));
	if (!document && json_object_get_boolean_member_with_default(result, "truncated", FALSE))
		(void)fprintf(stderr, "sentinel: there is more than is shown; the counts are of all\n");
}

int scan_report(Cli *cli, JsonObject *result, bool secrets, const ScanThresholds *limits, const ScanAnswer *answer)
{
	bool too_much = over(result, limits);
	int code = too_much ? EXIT_DENIED : whole(result) ? EXIT_DONE : EXIT_UNDONE;

	bool document = answer->format != SCAN_TABLE;
	add_summary(result, too_much);
	int written = document ? give_document(cli, result, answer) : 0;
	if (written != 0)
		return written;
	if (cli->json) {
		output_object(code == EXIT_DONE, json_object_ref(result));
		return code;
	}
	bool signatures = length_of(list_of(result, "reports")) == 1 && of_signatures(json_array_get_object_element(list_of(result, "reports"), 0));
	if (signatures && !document) {
		print_signatures(cli, result);
		return code;
	}
	if (!document || answer->output)
		print_answer(cli, result, secrets, document);
	if (too_much)
		(void)fprintf(stderr, "sentinel: more was found than is allowed\n");
	return code;
}
