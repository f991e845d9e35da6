/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "scan/adapters.h"
#include "scan/count.h"

typedef struct GrypeReport {
	Reading reading; /* first: a GrypeReport * is a Reading * */
	bool has_matches;
} GrypeReport;

typedef struct Fix {
	StringList versions;
} Fix;

typedef struct Vulnerability {
	const char *id, *severity, *description, *source;
	Fix fix;
} Vulnerability;

typedef struct Location {
	const char *path, *layer;
} Location;

typedef struct Artifact {
	const char *name, *version, *purl;
	Location first;
	bool located;
} Artifact;

typedef struct Match {
	Vulnerability vulnerability;
	Artifact artifact;
} Match;

static bool read_fix(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("versions", Fix, versions, json_strings) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_vulnerability(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("id", Vulnerability, id, json_string), JSON_FIELD("severity", Vulnerability, severity, json_string),
		JSON_FIELD("description", Vulnerability, description, json_string), JSON_FIELD("dataSource", Vulnerability, source, json_string),
		JSON_FIELD("fix", Vulnerability, fix, read_fix),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* The first place is the one that is shown. */
static bool read_location(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("path", Location, path, json_string), JSON_FIELD("layerID", Location, layer, json_string) };
	Artifact *artifact = target;
	Location location = { "", "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &location))
		return false;
	if (!artifact->located)
		artifact->first = location;
	artifact->located = true;
	return true;
}

static bool read_locations(Json *json, void *artifact)
{
	return json_array(json, read_location, artifact);
}

static bool read_artifact(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("name", Artifact, name, json_string), JSON_FIELD("version", Artifact, version, json_string),
		JSON_FIELD("purl", Artifact, purl, json_string), JSON_FIELD_SELF("locations", read_locations),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static const char *join(const StringList *words, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	buffer_puts(&out, "");
	for (size_t i = 0; i < words->count; i++)
		buffer_printf(&out, "%s%s", i ? ", " : "", words->items[i]);
	return out.data;
}

static bool read_match(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("vulnerability", Match, vulnerability, read_vulnerability), JSON_FIELD("artifact", Match, artifact, read_artifact),
	};
	Match match = {
		.vulnerability = { .id = "", .severity = "unknown", .description = "", .source = "" },
		.artifact = { .name = "", .version = "", .purl = "", .first = { "", "" } },
	};

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &match))
		return false;
	ScanFinding finding = reading_finding(SCAN_VULNERABILITY);
	if (!*match.vulnerability.id || !*match.artifact.name || !scan_severity_parse(match.vulnerability.severity, &finding.severity))
		return json_refuse(json, "a match without id, package or severity");
	finding.id = match.vulnerability.id;
	finding.title = match.vulnerability.description;
	finding.url = match.vulnerability.source;
	finding.package = match.artifact.name;
	finding.version = match.artifact.version;
	finding.purl = match.artifact.purl;
	finding.path = match.artifact.first.path;
	finding.layer = match.artifact.first.layer;
	finding.fixed_version = join(&match.vulnerability.fix.versions, json->arena);
	reading_add(target, &finding);
	return true;
}

static bool each_match(Json *json, void *report)
{
	return reading_record(json, report, read_match, report);
}

/* Always an array: without one this is no answer of grype's. */
static bool read_matches(Json *json, void *report)
{
	if (json_null(json))
		return true;
	((GrypeReport *)report)->has_matches = true;
	return json_array(json, each_match, report);
}

static bool read_status(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("built", ScanReport, database, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* Database schema 6 has a status, older ones have its members in its place. */
static bool read_database(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("built", ScanReport, database, json_string), JSON_FIELD_SELF("status", read_status) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_descriptor(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("version", ScanReport, version, json_string), JSON_FIELD_SELF("db", read_database) };

	return json_object(json, fields, G_N_ELEMENTS(fields), &((GrypeReport *)target)->reading.report);
}

typedef struct Alert {
	const char *type, *message;
	const char *name, *version; /* of its metadata */
} Alert;

static bool read_alert_data(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("name", Alert, name, json_string), JSON_FIELD("version", Alert, version, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* Packages of a system that it does not know are compared with nothing. */
static bool read_alert(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("type", Alert, type, json_string), JSON_FIELD("message", Alert, message, json_string), JSON_FIELD_SELF("metadata", read_alert_data),
	};
	Alert alert = { "", "", "", "" };
	GrypeReport *report = target;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &alert))
		return false;
	if (!strcmp(alert.type, "distro-eol"))
		report->reading.report.end_of_life = *alert.name ? arena_printf(json->arena, "%s %s", alert.name, alert.version) : *alert.message ? alert.message : "its system";
	else if (!strcmp(alert.type, "distro-unknown") || !strcmp(alert.type, "distro-disabled"))
		report->reading.unknown_system = true;
	return true;
}

static bool read_alerts(Json *json, void *report)
{
	return json_array(json, read_alert, report);
}

static bool read_alerted(Json *json, void *report)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("alerts", read_alerts) };

	return json_object(json, fields, G_N_ELEMENTS(fields), report);
}

static bool each_alerted(Json *json, void *report)
{
	return reading_record(json, report, read_alerted, report);
}

static bool read_alerts_by_package(Json *json, void *report)
{
	return json_peek(json) == '[' ? json_array(json, each_alerted, report) : json_skip(json, NULL);
}

ScanReport grype_parse(const ScannerOutput *output, Arena *arena)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("matches", read_matches), JSON_FIELD_SELF("descriptor", read_descriptor),
		JSON_FIELD_SELF("alertsByPackage", read_alerts_by_package) };
	GrypeReport report = { .reading = reading_begin(scanner_names[SCANNER_GRYPE].name, output, arena) };
	Json json = reading_json(output, arena);
	bool good = json_object(&json, fields, G_N_ELEMENTS(fields), &report) && json_finish(&json);

	if (good && !report.has_matches)
		report.reading.problem = "it has no list of matches";
	return reading_end(&report.reading, good, &json);
}
