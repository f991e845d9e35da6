/* SPDX-License-Identifier: MIT
 *
 * The adapter of the project's own detector: what builtin-text.c writes in a cage is read like any scanner's answer.
 */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/list.h"
#include "request/request.h"
#include "scan/adapters.h"
#include "scan/count.h"

typedef struct Leak {
	const char *id, *title, *severity, *path, *layer;
	char *fingerprint;
	int64_t line;
} Leak;

typedef struct Answer {
	Reading reading; /* first */
	const char *outcome, *detail;
	StringList gaps;
	bool only_gaps;
} Answer;

static bool read_record(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("id", Leak, id, json_string), JSON_FIELD("title", Leak, title, json_string), JSON_FIELD("severity", Leak, severity, json_string),
		JSON_FIELD("path", Leak, path, json_string), JSON_FIELD("layer", Leak, layer, json_string), JSON_FIELD("line", Leak, line, json_int),
		JSON_FIELD("fingerprint", Leak, fingerprint, json_string),
	};
	Reading *reading = target;
	Leak record = { .id = "", .title = "", .severity = "", .path = "", .layer = "", .fingerprint = arena_strdup(json->arena, "") };
	ScanFinding finding = reading_finding(SCAN_SECRET);

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &record))
		return false;
	if (!*record.id || !scan_severity_parse(record.severity, &finding.severity) || strlen(record.fingerprint) != SCAN_FINGERPRINT_LENGTH)
		return json_refuse(json, "a record that is not whole");
	finding.id = record.id;
	finding.title = record.title;
	finding.path = record.path;
	finding.layer = record.layer;
	finding.line = record.line > 0 ? (uint64_t)record.line : 0;
	finding.fingerprint = reading_rekey(reading, record.fingerprint);
	reading_add(reading, &finding);
	return true;
}

static bool each_record(Json *json, void *target)
{
	return reading_record(json, target, read_record, target);
}

static bool read_records(Json *json, void *target)
{
	return json_array(json, each_record, target);
}

/* What it says of itself can only make the report worth less. */
static ScanReport conclude(Answer *answer, bool good, const Json *json)
{
	static const ScanOutcome known[] = { SCAN_FAILED, SCAN_INCOMPLETE, SCAN_FOUND, SCAN_CLEAN };
	Arena *arena = answer->reading.arena;
	ScanOutcome said = SCAN_OUTCOME_COUNT;
	ScanReport report = reading_end(&answer->reading, good, json);
	const bool whole = report.outcome == SCAN_FOUND || report.outcome == SCAN_CLEAN; /* all of the answer was read */

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (!strcmp(answer->outcome, scan_outcome_name(known[i])))
			said = known[i];
	if (report.outcome == SCAN_FAILED)
		return report;
	if (said == SCAN_OUTCOME_COUNT || ((said == SCAN_FOUND || said == SCAN_CLEAN) && said != report.outcome && report.outcome != SCAN_INCOMPLETE)) {
		report.outcome = SCAN_FAILED;
		report.detail = "the answer of builtin contradicts itself";
	} else if (said == SCAN_FAILED || said == SCAN_INCOMPLETE) {
		report.outcome = said;
		report.detail = text_printable(arena, answer->detail, LIMIT_SCAN_FIELD);
		report.only_gaps = said == SCAN_INCOMPLETE && whole && answer->only_gaps && answer->gaps.count;
		for (size_t i = 0; i < answer->gaps.count; i++) {
			const char *path = text_printable(arena, answer->gaps.items[i], LIMIT_SECRET_PATH_BYTES);
			LIST_APPEND(arena, &report.gaps, path);
		}
	}
	return report;
}

ScanReport builtin_parse(const ScannerOutput *output, Arena *arena)
{
	static const JsonField fields[] = {
		JSON_FIELD("version", Answer, reading.report.version, json_string), JSON_FIELD("outcome", Answer, outcome, json_string),
		JSON_FIELD("detail", Answer, detail, json_string), JSON_FIELD("gaps", Answer, gaps, json_strings),
		JSON_FIELD("onlygaps", Answer, only_gaps, json_bool), JSON_FIELD_SELF("findings", read_records),
	};
	Answer answer = { .reading = reading_begin(scanner_names[SCANNER_BUILTIN].name, output, arena), .outcome = "", .detail = "" };
	Json json = json_begin(output->text, output->length, arena);
	bool good = json_object(&json, fields, G_N_ELEMENTS(fields), &answer) && json_finish(&json);

	return conclude(&answer, good, &json);
}
