/* SPDX-License-Identifier: MIT
 *
 * One run for each scanner.  Rules carry what code scanning sorts by (security-severity); what the policy sets aside is suppressed.
 */
#include <string.h>
#include "cli/scan-format.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"
#define UNRESERVED "/:@!$&'()*+,;=-._~"

/* As GitHub's documentation sorts them: over 9 critical, over 7 high, over 4 medium. */
static const struct { const char *severity, *level, *score; } levels[] = {
	{ "critical", "error", "9.5" }, { "high", "error", "8.0" }, { "medium", "warning", "5.5" }, { "low", "note", "2.0" }, { "negligible", "note", "1.0" },
	{ "unknown", "note", "0.0" },
};

static size_t level_of(JsonObject *finding)
{
	for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
		if (!strcmp(levels[i].severity, scan_text(finding, "severity")))
			return i;
	return G_N_ELEMENTS(levels) - 1;
}

static JsonObject *message(const char *text)
{
	JsonObject *object = json_object_new();

	json_object_set_string_member(object, "text", text);
	return object;
}

typedef struct Run {
	JsonArray *rules, *results;
	GHashTable *places; /* id of a rule -> its place + 1 */
} Run;

static JsonObject *rule_of(JsonObject *finding)
{
	JsonObject *rule = json_object_new(), *properties = json_object_new();
	JsonArray *tags = json_array_new();
	const char *title = scan_text(finding, "title"), *id = scan_text(finding, "id"), *url = scan_text(finding, "url");

	json_object_set_string_member(rule, "id", id);
	json_object_set_object_member(rule, "shortDescription", message(*title ? title : id));
	if (g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "http://"))
		json_object_set_string_member(rule, "helpUri", url);
	json_array_add_string_element(tags, "security");
	json_array_add_string_element(tags, scan_text(finding, "kind"));
	json_object_set_array_member(properties, "tags", tags);
	json_object_set_string_member(properties, "security-severity", levels[level_of(finding)].score);
	json_object_set_object_member(rule, "properties", properties);
	return rule;
}

/* The findings come with the worst first: so the rule has the worst of its severities. */
static gint64 place_of(Run *run, JsonObject *finding)
{
	const char *id = scan_text(finding, "id");
	guint place = GPOINTER_TO_UINT(g_hash_table_lookup(run->places, id));

	if (!place) {
		json_array_add_object_element(run->rules, rule_of(finding));
		place = json_array_get_length(run->rules);
		g_hash_table_insert(run->places, g_strdup(id), GUINT_TO_POINTER(place));
	}
	return place - 1;
}

/* A path in the image; the image itself where there is none. */
static JsonArray *locations_of(JsonObject *finding, const char *image)
{
	JsonObject *artifact = json_object_new(), *physical = json_object_new(), *location = json_object_new();
	JsonArray *locations = json_array_new();
	const char *path = scan_text(finding, "path");
	gint64 line = json_object_get_int_member_with_default(finding, "line", 0);

	path += strspn(path, "/");
	g_autofree char *uri = g_uri_escape_string(*path ? path : image, UNRESERVED, FALSE);
	json_object_set_string_member(artifact, "uri", uri);
	json_object_set_object_member(physical, "artifactLocation", artifact);
	if (line > 0) {
		JsonObject *region = json_object_new();
		json_object_set_int_member(region, "startLine", line);
		json_object_set_object_member(physical, "region", region);
	}
	json_object_set_object_member(location, "physicalLocation", physical);
	json_array_add_object_element(locations, location);
	return locations;
}

static char *say(JsonObject *finding)
{
	const char *title = scan_text(finding, "title"), *id = scan_text(finding, "id"), *fixed = scan_text(finding, "fixed_version"), *package = scan_text(finding, "package");

	if (!strcmp(scan_text(finding, "kind"), "secret"))
		return g_strdup_printf("%s: %s in %s", id, *title ? title : "a secret", scan_text(finding, "path"));
	return g_strdup_printf("%s in %s %s%s%s%s%s", id, package, scan_text(finding, "version"), *fixed ? ", fixed in " : "", fixed, *title ? ": " : "", title);
}

static void add_suppression(JsonObject *result, const char *why)
{
	JsonObject *suppression = json_object_new();
	JsonArray *suppressions = json_array_new();

	json_object_set_string_member(suppression, "kind", "external");
	json_object_set_string_member(suppression, "justification", why);
	json_array_add_object_element(suppressions, suppression);
	json_object_set_array_member(result, "suppressions", suppressions);
}

static JsonObject *result_of(Run *run, JsonObject *finding, const char *image)
{
	static const char *const kept[] = { "package", "version", "fixed_version", "purl", "layer" };
	JsonObject *result = json_object_new(), *properties = json_object_new(), *prints = json_object_new();
	g_autofree char *text = say(finding);

	json_object_set_string_member(result, "ruleId", scan_text(finding, "id"));
	json_object_set_int_member(result, "ruleIndex", place_of(run, finding));
	json_object_set_string_member(result, "level", levels[level_of(finding)].level);
	json_object_set_object_member(result, "message", message(text));
	json_object_set_array_member(result, "locations", locations_of(finding, image));
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
		if (*scan_text(finding, kept[i]))
			json_object_set_string_member(properties, kept[i], scan_text(finding, kept[i]));
	json_object_set_string_member(properties, "severity", scan_text(finding, "severity"));
	json_object_set_boolean_member(properties, "verified", json_object_get_boolean_member_with_default(finding, "verified", FALSE));
	json_object_set_object_member(result, "properties", properties);
	g_autofree char *own = g_strjoin("\n", scan_text(finding, "id"), scan_text(finding, "package"), scan_text(finding, "path"), scan_text(finding, "fingerprint"), NULL);
	g_autofree char *print = g_compute_checksum_for_string(G_CHECKSUM_SHA256, own, -1);
	json_object_set_string_member(prints, "dockerSentinel/v1", print);
	json_object_set_object_member(result, "partialFingerprints", prints);
	if (*scan_text(finding, "set_aside"))
		add_suppression(result, scan_text(finding, "set_aside"));
	return result;
}

static void add_note(JsonArray *notes, const char *level, const char *text)
{
	JsonObject *note = json_object_new();

	json_object_set_string_member(note, "level", level);
	json_object_set_object_member(note, "message", message(text));
	json_array_add_object_element(notes, note);
}

/* Whether the scanner came to its end, and what is to be said of that. */
static JsonArray *invocations_of(JsonObject *report, gboolean truncated)
{
	JsonObject *invocation = json_object_new();
	JsonArray *invocations = json_array_new(), *notes = json_array_new();
	const char *outcome = scan_text(report, "outcome"), *ended = scan_text(report, "end_of_life");

	json_object_set_boolean_member(invocation, "executionSuccessful", !strcmp(outcome, "clean") || !strcmp(outcome, "found"));
	if (*scan_text(report, "detail"))
		add_note(notes, "error", scan_text(report, "detail"));
	if (*ended) {
		g_autofree char *text = g_strdup_printf("end of life: %s", ended);
		add_note(notes, "warning", text);
	}
	if (truncated)
		add_note(notes, "warning", "there are more findings than are listed");
	json_object_set_array_member(invocation, "toolExecutionNotifications", notes);
	json_array_add_object_element(invocations, invocation);
	return invocations;
}

static JsonObject *tool_of(JsonObject *report, JsonArray *rules)
{
	JsonObject *driver = json_object_new(), *tool = json_object_new();

	json_object_set_string_member(driver, "name", scan_text(report, "scanner"));
	if (*scan_text(report, "version"))
		json_object_set_string_member(driver, "version", scan_text(report, "version"));
	json_object_set_array_member(driver, "rules", rules);
	json_object_set_object_member(tool, "driver", driver);
	return tool;
}

static JsonObject *run_of(JsonObject *result, JsonObject *report)
{
	Run run = { .rules = json_array_new(), .results = json_array_new(), .places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };
	JsonArray *findings = scan_list(result, "findings");
	JsonObject *object = json_object_new(), *properties = json_object_new();

	for (guint i = 0; findings && i < json_array_get_length(findings); i++) {
		JsonObject *finding = json_array_get_object_element(findings, i);
		if (!strcmp(scan_text(finding, "scanner"), scan_text(report, "scanner")) && !strcmp(scan_text(finding, "kind"), scan_text(report, "kind")))
			json_array_add_object_element(run.results, result_of(&run, finding, scan_text(result, "image")));
	}
	json_object_set_object_member(object, "tool", tool_of(report, run.rules));
	json_object_set_array_member(object, "invocations", invocations_of(report, json_object_get_boolean_member_with_default(result, "truncated", FALSE)));
	json_object_set_array_member(object, "results", run.results);
	json_object_set_string_member(properties, "image", scan_text(result, "image"));
	json_object_set_string_member(properties, "image_id", scan_text(result, "image_id"));
	json_object_set_object_member(object, "properties", properties);
	g_hash_table_unref(run.places);
	return object;
}

JsonObject *scan_sarif(JsonObject *result)
{
	JsonObject *document = json_object_new();
	JsonArray *runs = json_array_new(), *reports = scan_list(result, "reports");

	for (guint i = 0; reports && i < json_array_get_length(reports); i++)
		json_array_add_object_element(runs, run_of(result, json_array_get_object_element(reports, i)));
	json_object_set_string_member(document, "$schema", SCHEMA);
	json_object_set_string_member(document, "version", "2.1.0");
	json_object_set_array_member(document, "runs", runs);
	return document;
}
