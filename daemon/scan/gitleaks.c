/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "scan/adapters.h"

#define REDACTED "REDACTED"

/* Version 7 wrote rule and offender for RuleID and Secret. */
typedef struct Leak {
	const char *id, *old_id, *description, *file;
	char *secret, *offender;
	int64_t line;
} Leak;

static bool read_record(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("RuleID", Leak, id, json_string), JSON_FIELD("rule", Leak, old_id, json_string),
		JSON_FIELD("Description", Leak, description, json_string), JSON_FIELD("File", Leak, file, json_string),
		JSON_FIELD("Secret", Leak, secret, json_string), JSON_FIELD("offender", Leak, offender, json_string),
		JSON_FIELD("StartLine", Leak, line, json_int),
	};
	Reading *reading = target;
	Leak record = { .id = "", .old_id = "", .description = "", .file = "", .secret = arena_strdup(json->arena, ""), .offender = arena_strdup(json->arena, "") };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &record))
		return false;
	ScanFinding finding = reading_finding(SCAN_SECRET);
	char *secret = *record.secret ? record.secret : record.offender;
	finding.id = *record.id ? record.id : record.old_id;
	if (!*finding.id)
		return json_refuse(json, "a record without its rule");
	finding.title = record.description;
	finding.severity = SCAN_HIGH; /* it makes no difference between its rules */
	finding.path = record.file;
	finding.line = record.line > 0 ? (uint64_t)record.line : 0;
	finding.fingerprint = strcmp(secret, REDACTED) != 0 ? reading_fingerprint(reading, secret) : "";
	reading_add(reading, &finding);
	return true;
}

static bool each_record(Json *json, void *reading)
{
	return reading_record(json, reading, read_record, reading);
}

/* An array; null in older versions when there is nothing. */
ScanReport gitleaks_parse(const ScannerOutput *output, Arena *arena)
{
	Reading reading = reading_begin(scanner_names[SCANNER_GITLEAKS].name, output, arena);
	Json json = reading_json(output, arena);

	return reading_end(&reading, json_array(&json, each_record, &reading) && json_finish(&json), &json);
}
