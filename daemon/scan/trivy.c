/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/text.h"
#include "scan/adapters.h"
#include "scan/count.h"

#define SCHEMA 2

typedef struct TrivyReport {
	Reading reading; /* first: a TrivyReport * is a Reading * */
	int64_t schema;
	const char *artifact;
	const char *target; /* of the Result that is read */
} TrivyReport;

typedef struct Identifier {
	const char *purl;
} Identifier;

typedef struct Layer {
	const char *digest, *diff_id;
} Layer;

typedef struct TrivyRecord {
	const char *id, *package, *installed, *fixed, *title, *severity, *url;
	Identifier identifier;
	Layer layer;
	int64_t line;
} TrivyRecord;

static bool read_identifier(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("PURL", Identifier, purl, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_layer(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("Digest", Layer, digest, json_string), JSON_FIELD("DiffID", Layer, diff_id, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static TrivyRecord record_new(void)
{
	return (TrivyRecord){ .id = "", .package = "", .installed = "", .fixed = "", .title = "", .severity = "", .url = "", .identifier = { "" }, .layer = { "", "" } };
}

static ScanFinding finding_of(const TrivyRecord *record, ScanKind kind)
{
	ScanFinding finding = reading_finding(kind);

	finding.id = record->id;
	finding.title = record->title;
	finding.package = record->package;
	finding.version = record->installed;
	finding.fixed_version = record->fixed;
	finding.purl = record->identifier.purl;
	finding.url = record->url;
	finding.layer = *record->layer.digest ? record->layer.digest : record->layer.diff_id;
	finding.line = record->line > 0 ? (uint64_t)record->line : 0;
	return finding;
}

static bool read_vulnerability(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("VulnerabilityID", TrivyRecord, id, json_string),   JSON_FIELD("PkgName", TrivyRecord, package, json_string),
		JSON_FIELD("InstalledVersion", TrivyRecord, installed, json_string), JSON_FIELD("FixedVersion", TrivyRecord, fixed, json_string),
		JSON_FIELD("Title", TrivyRecord, title, json_string),          JSON_FIELD("Severity", TrivyRecord, severity, json_string),
		JSON_FIELD("PrimaryURL", TrivyRecord, url, json_string),       JSON_FIELD("PkgIdentifier", TrivyRecord, identifier, read_identifier),
		JSON_FIELD("Layer", TrivyRecord, layer, read_layer),
	};
	TrivyRecord record = record_new();

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &record))
		return false;
	ScanFinding finding = finding_of(&record, SCAN_VULNERABILITY);
	if (!*record.id || !*record.package || !scan_severity_parse(record.severity, &finding.severity))
		return json_refuse(json, "a vulnerability without id, package or severity");
	reading_add(target, &finding);
	return true;
}

static bool read_secret(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("RuleID", TrivyRecord, id, json_string), JSON_FIELD("Title", TrivyRecord, title, json_string),
		JSON_FIELD("Severity", TrivyRecord, severity, json_string), JSON_FIELD("StartLine", TrivyRecord, line, json_int),
		JSON_FIELD("Layer", TrivyRecord, layer, read_layer),
	};
	TrivyRecord record = record_new();

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &record))
		return false;
	ScanFinding finding = finding_of(&record, SCAN_SECRET);
	if (!*record.id || !scan_severity_parse(record.severity, &finding.severity))
		return json_refuse(json, "a secret without rule or severity");
	reading_add(target, &finding);
	return true;
}

static bool each_vulnerability(Json *json, void *report)
{
	return reading_record(json, report, read_vulnerability, report);
}

static bool each_secret(Json *json, void *report)
{
	return reading_record(json, report, read_secret, report);
}

static bool read_vulnerabilities(Json *json, void *report)
{
	return json_array(json, each_vulnerability, report);
}

static bool read_secrets(Json *json, void *report)
{
	return json_array(json, each_secret, report);
}

static bool read_result(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("Target", TrivyReport, target, json_string), JSON_FIELD_SELF("Vulnerabilities", read_vulnerabilities), JSON_FIELD_SELF("Secrets", read_secrets),
	};
	TrivyReport *report = target;
	size_t first = report->reading.report.count;

	report->target = NULL;
	if (!json_object(json, fields, G_N_ELEMENTS(fields), report))
		return false;
	if (!report->target)
		return json_refuse(json, "a result without its target");
	const char *path = text_printable(json->arena, report->target, LIMIT_SCAN_FIELD);
	for (size_t i = first; i < report->reading.report.count; i++)
		report->reading.report.items[i].path = path;
	return true;
}

/* What a broken result had given before it broke is kept: the report is incomplete. */
static bool each_result(Json *json, void *report)
{
	return reading_record(json, report, read_result, report);
}

static bool read_results(Json *json, void *report)
{
	return json_array(json, each_result, report);
}

typedef struct System {
	const char *family, *name;
	bool ended;
} System;

static bool read_system(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("Family", System, family, json_string), JSON_FIELD("Name", System, name, json_string), JSON_FIELD("EOSL", System, ended, json_bool),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_metadata(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("OS", read_system) };
	System system = { "", "", false };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &system))
		return false;
	if (system.ended)
		((TrivyReport *)target)->reading.report.end_of_life = arena_printf(json->arena, "%s %s", *system.family ? system.family : "its system", system.name);
	return true;
}

static bool read_program(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("Version", ScanReport, version, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), &((TrivyReport *)target)->reading.report);
}

/* Before 0.20 the results are all there is.  An empty list, or null, says nothing of who wrote it, and is none. */
ScanReport trivy_parse(const ScannerOutput *output, Arena *arena)
{
	static const JsonField fields[] = {
		JSON_FIELD("SchemaVersion", TrivyReport, schema, json_int), JSON_FIELD("ArtifactName", TrivyReport, artifact, json_string),
		JSON_FIELD_SELF("Trivy", read_program), JSON_FIELD_SELF("Metadata", read_metadata), JSON_FIELD_SELF("Results", read_results),
	};
	TrivyReport report = { .reading = reading_begin(scanner_names[SCANNER_TRIVY].name, output, arena) };
	Json json = reading_json(output, arena);
	bool old = reading_first(output) != '{';
	bool good = old ? read_results(&json, &report) : json_object(&json, fields, G_N_ELEMENTS(fields), &report);

	if (good && !old && (report.schema != SCHEMA || !report.artifact))
		report.reading.problem = "it is no report of layout 2";
	if (good && old && !report.target && !report.reading.unreadable)
		report.reading.problem = "it is no report, and no list of results";
	return reading_end(&report.reading, good && json_finish(&json), &json);
}
