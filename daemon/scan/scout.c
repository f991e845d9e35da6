/* SPDX-License-Identifier: MIT
 *
 * SARIF as docker scout writes it: a rule says how bad a vulnerability is, a result's message which
 * package has it.  One rule may have results of several packages.
 */
#include <string.h>
#include "request/list.h"
#include "scan/adapters.h"
#include "scan/count.h"

#define PURL_SCHEME "pkg:"
#define VERSION "2.1" /* "2.1.0" and what comes after it */
#define TOOL "scout"

typedef struct SarifRule {
	const char *id, *severity, *help_url;
} SarifRule;

typedef struct SarifText {
	const char *text;
} SarifText;

typedef struct SarifResult {
	const char *rule, *path;
	int64_t index;
	SarifText message;
} SarifResult;

/* One run: its rules may stand behind its results. */
typedef struct SarifRun {
	Reading *reading;
	bool named; /* it is of the tool */
	bool failed; /* the tool says that it did not come to its end */
	struct { SarifRule *items; size_t count; } rules;
	struct { SarifResult *items; size_t count; } results;
} SarifRun;

typedef struct ScoutReport {
	Reading reading; /* first: a ScoutReport * is a Reading * */
	size_t runs, others; /* of the tool, and not */
	const char *version;
	bool failed;
} ScoutReport;

static bool read_property(Json *json, const char *key, void *target)
{
	return !strcmp(key, "cvssV3_severity") ? json_string(json, target) : json_skip(json, NULL);
}

static bool read_properties(Json *json, void *target)
{
	return json_map(json, read_property, target);
}

static bool read_rule(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("id", SarifRule, id, json_string), JSON_FIELD("helpUri", SarifRule, help_url, json_string),
		JSON_FIELD("properties", SarifRule, severity, read_properties),
	};
	SarifRule rule = { "", "", "" };
	SarifRun *run = target;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &rule))
		return false;
	LIST_APPEND(json->arena, &run->rules, rule);
	return true;
}

/* A rule that cannot be read keeps its place: results count places. */
static bool each_rule(Json *json, void *target)
{
	const SarifRule none = { "", "", "" };
	SarifRun *run = target;
	size_t before = run->rules.count;

	if (!reading_record(json, run->reading, read_rule, run))
		return false;
	if (run->rules.count == before)
		LIST_APPEND(json->arena, &run->rules, none);
	return true;
}

static bool read_rules(Json *json, void *run)
{
	return json_array(json, each_rule, run);
}

static bool read_name(Json *json, void *target)
{
	const char *name = "";

	if (!json_string(json, &name))
		return false;
	g_autofree char *word = g_ascii_strdown(name, -1);
	((SarifRun *)target)->named = strstr(word, TOOL) != NULL;
	return true;
}

static bool read_version(Json *json, void *target)
{
	return json_string(json, &((SarifRun *)target)->reading->report.version);
}

static bool read_driver(Json *json, void *run)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("name", read_name), JSON_FIELD_SELF("version", read_version), JSON_FIELD_SELF("rules", read_rules) };

	return json_object(json, fields, G_N_ELEMENTS(fields), run);
}

static bool read_tool(Json *json, void *run)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("driver", read_driver) };

	return json_object(json, fields, G_N_ELEMENTS(fields), run);
}

static bool read_message(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("text", SarifText, text, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_uri(Json *json, void *target)
{
	const JsonField fields[] = { { "uri", strlen("uri"), 0, json_string } };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_physical(Json *json, void *target)
{
	const JsonField fields[] = { { "artifactLocation", strlen("artifactLocation"), 0, read_uri } };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* The first place is the one that is shown. */
static bool read_location(Json *json, void *target)
{
	const JsonField fields[] = { { "physicalLocation", strlen("physicalLocation"), 0, read_physical } };
	const char *path = "", **first = target;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &path))
		return false;
	if (!**first)
		*first = path;
	return true;
}

static bool read_locations(Json *json, void *path)
{
	return json_array(json, read_location, path);
}

static bool read_result(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("ruleId", SarifResult, rule, json_string), JSON_FIELD("ruleIndex", SarifResult, index, json_int),
		JSON_FIELD("message", SarifResult, message, read_message), JSON_FIELD("locations", SarifResult, path, read_locations),
	};
	SarifResult result = { .rule = "", .path = "", .index = -1, .message = { "" } };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &result))
		return false;
	LIST_APPEND(json->arena, &((SarifRun *)target)->results, result);
	return true;
}

static bool each_result(Json *json, void *run)
{
	return reading_record(json, ((SarifRun *)run)->reading, read_result, run);
}

static bool read_results(Json *json, void *run)
{
	return json_array(json, each_result, run);
}

/* "  Fixed version  : 1.2   \n": the value of a line of the message, "" when there is none. */
static const char *message_value(const char *text, const char *name, Arena *arena)
{
	for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		line += strspn(line, " \t");
		if (strncmp(line, name, strlen(name)) != 0)
			continue;
		const char *value = line + strlen(name) + strspn(line + strlen(name), " \t");
		if (*value == ':')
			return g_strstrip(arena_strndup(arena, value + 1, strcspn(value + 1, "\n")));
	}
	return "";
}

/* pkg:deb/debian/x@1.1?os=... (the package URL specification): the last name, and the version. */
static void read_purl(const char *purl, ScanFinding *finding, Arena *arena)
{
	if (!g_str_has_prefix(purl, PURL_SCHEME))
		return;
	char *name = arena_strndup(arena, purl, strcspn(purl, "?#"));
	char *slash = strrchr(name, '/'), *at = strrchr(slash ? slash : name, '@');
	if (at) {
		*at = 0;
		finding->version = at + 1;
	}
	finding->package = slash ? slash + 1 : name + strlen(PURL_SCHEME);
	finding->purl = purl;
}

static const SarifRule *rule_of(const SarifRun *run, const SarifResult *result)
{
	if (result->index >= 0 && (size_t)result->index < run->rules.count && !strcmp(run->rules.items[result->index].id, result->rule))
		return &run->rules.items[result->index];
	for (size_t i = 0; i < run->rules.count; i++)
		if (!strcmp(run->rules.items[i].id, result->rule))
			return &run->rules.items[i];
	return NULL;
}

static void add_result(const SarifRun *run, const SarifResult *result, Arena *arena)
{
	const SarifRule *rule = rule_of(run, result);
	const char *text = result->message.text, *severity = rule && *rule->severity ? rule->severity : message_value(text, "Severity", arena);
	const char *fixed = message_value(text, "Fixed version", arena);
	ScanFinding finding = reading_finding(SCAN_VULNERABILITY);

	read_purl(message_value(text, "Package", arena), &finding, arena);
	if (!*result->rule || !*finding.package || !scan_severity_parse(severity, &finding.severity)) {
		run->reading->unreadable++;
		return;
	}
	finding.id = result->rule;
	finding.fixed_version = strcmp(fixed, "not fixed") != 0 ? fixed : "";
	finding.path = result->path;
	finding.url = rule ? rule->help_url : "";
	reading_add(run->reading, &finding);
}

/* Without the member it says nothing: then it went well. */
static bool read_invocation(Json *json, void *target)
{
	const JsonField fields[] = { { "executionSuccessful", strlen("executionSuccessful"), 0, json_bool } };
	bool good = true;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &good))
		return false;
	((SarifRun *)target)->failed |= !good;
	return true;
}

static bool read_invocations(Json *json, void *run)
{
	return json_array(json, read_invocation, run);
}

static bool read_run(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("tool", read_tool), JSON_FIELD_SELF("results", read_results), JSON_FIELD_SELF("invocations", read_invocations) };
	ScoutReport *report = target;
	SarifRun run = { .reading = &report->reading };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &run))
		return false;
	for (size_t i = 0; i < run.results.count; i++)
		add_result(&run, &run.results.items[i], json->arena);
	report->runs += run.named;
	report->others += !run.named;
	report->failed |= run.failed;
	return true;
}

static bool each_run(Json *json, void *report)
{
	return reading_record(json, report, read_run, report);
}

static bool read_runs(Json *json, void *report)
{
	return json_array(json, each_run, report);
}

/* Older releases print more text behind the document; a second document is none that anybody reads. */
static bool ends(const Json *json)
{
	const char *at = json->at;

	while (at < json->end && g_ascii_isspace(*at))
		at++;
	return at == json->end || (*at != '{' && *at != '[');
}

static const char *problem_of(const ScoutReport *report, const Json *json)
{
	if (!g_str_has_prefix(report->version, VERSION))
		return "it is no SARIF of version 2.1";
	if (!report->runs && !report->reading.unreadable)
		return "it has no run of Docker Scout";
	return report->others ? "it has a run of another tool" : !ends(json) ? "there is a second document behind it" : NULL;
}

ScanReport scout_parse(const ScannerOutput *output, Arena *arena)
{
	static const JsonField fields[] = { JSON_FIELD("version", ScoutReport, version, json_string), JSON_FIELD_SELF("runs", read_runs) };
	ScoutReport report = { .version = "", .reading = reading_begin(scanner_names[SCANNER_SCOUT].name, output, arena) };
	Json json = reading_json(output, arena);
	bool good = json_object(&json, fields, G_N_ELEMENTS(fields), &report);

	if (good && !report.reading.problem)
		report.reading.problem = problem_of(&report, &json);
	ScanReport whole = reading_end(&report.reading, good, &json);
	if (report.failed && whole.outcome != SCAN_FAILED) {
		whole.outcome = SCAN_INCOMPLETE;
		whole.detail = "scout says that it did not come to its end";
	}
	return whole;
}
