/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "scan/adapters.h"
#include "scan/secret/image/digest.h"
#include "scan/unpack.h"

#define REDACTED "REDACTED"

/* Version 7 wrote rule and offender for RuleID and Secret. */
typedef struct Leak {
	const char *id, *old_id, *description, *file;
	char *secret, *offender;
	int64_t line;
} Leak;

/* "tree/HEX/etc/x": the layer, where the archive names it by its digest, and the path in it. */
static void read_place(const char *file, ScanFinding *finding, Arena *arena)
{
	const char *in = g_str_has_prefix(file, UNPACK_TREE "/") ? file + strlen(UNPACK_TREE "/") : NULL, *slash = in ? strchr(in, '/') : NULL;

	finding->path = in ? in : file;
	if (!slash || g_str_has_prefix(in, UNPACK_TEXTS "/"))
		return;
	if ((size_t)(slash - in) == DIGEST_HEX_LENGTH && digest_is_hex(in, DIGEST_HEX_LENGTH))
		finding->layer = arena_printf(arena, "sha256:%.*s", (int)DIGEST_HEX_LENGTH, in);
	finding->path = slash;
}

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
	read_place(record.file, &finding, json->arena);
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
