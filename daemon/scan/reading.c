/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/list.h"
#include "scan/reading.h"

ScanReport scan_failure(const char *scanner, const char *detail)
{
	return (ScanReport){ .scanner = scanner, .version = "", .outcome = SCAN_FAILED, .detail = detail, .database = "", .end_of_life = "" };
}

Json reading_json(const ScannerOutput *output, Arena *arena)
{
	Json json = json_begin(output->text, output->length, arena);

	json.lenient = true;
	return json;
}

Reading reading_begin(const char *scanner, const ScannerOutput *output, Arena *arena)
{
	return (Reading){ .report = scan_failure(scanner, ""), .output = output, .arena = arena };
}

ScanFinding reading_finding(ScanKind kind)
{
	return (ScanFinding){
		.kind = kind, .id = "", .title = "", .package = "", .version = "", .fixed_version = "", .purl = "", .path = "", .layer = "", .url = "",
		.fingerprint = "",
	};
}

void reading_add(Reading *reading, const ScanFinding *finding)
{
	ScanFinding clean = *finding;
	const char **texts[] = { &clean.id, &clean.title, &clean.package, &clean.version, &clean.fixed_version, &clean.purl, &clean.path, &clean.layer, &clean.url };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*texts[i] = text_printable(reading->arena, *texts[i], LIMIT_SCAN_FIELD);
	if (reading->report.count == LIMIT_SCAN_FINDINGS)
		reading->problem = "it found more than can be kept";
	else
		LIST_APPEND(reading->arena, &reading->report, clean);
}

bool reading_record(Json *json, Reading *reading, JsonReader read, void *target)
{
	const Json before = *json;

	if (read(json, target))
		return true;
	*json = before;
	reading->unreadable++;
	return json_skip(json, NULL);
}

ScanReport reading_end(Reading *reading, bool good, const Json *json)
{
	ScanReport *report = &reading->report;
	const char *problem = reading->problem ? reading->problem : json && json->problem ? json->problem : "it is not a report";

	report->version = text_printable(reading->arena, report->version, LIMIT_SCAN_FIELD);
	report->database = text_printable(reading->arena, report->database, LIMIT_SCAN_FIELD);
	report->end_of_life = text_printable(reading->arena, report->end_of_life, LIMIT_SCAN_FIELD);
	if (!good || reading->problem) {
		report->outcome = SCAN_FAILED;
		report->detail = arena_printf(reading->arena, "the answer of %s cannot be read: %s", report->scanner, text_printable(reading->arena, problem, LIMIT_SCAN_FIELD));
	} else if (reading->unreadable) {
		report->outcome = SCAN_INCOMPLETE;
		report->detail = arena_printf(reading->arena, "%zu records of the answer of %s cannot be read", reading->unreadable, report->scanner);
	} else if (reading->unknown_system) {
		report->outcome = SCAN_INCOMPLETE;
		report->detail = arena_printf(reading->arena, "%s does not know the system that the image is of, nor what is known of its packages", report->scanner);
	} else {
		report->outcome = report->count || *report->end_of_life ? SCAN_FOUND : SCAN_CLEAN;
	}
	return *report;
}

char reading_first(const ScannerOutput *output)
{
	for (size_t i = 0; i < output->length; i++)
		if (!g_ascii_isspace(output->text[i]))
			return output->text[i];
	return 0;
}

const char *reading_rekey(const Reading *reading, const char *plain)
{
	g_autofree char *digest = g_compute_hmac_for_string(G_CHECKSUM_SHA256, reading->output->key, SCAN_KEY_BYTES, plain, -1);

	return arena_strdup(reading->arena, digest);
}

const char *reading_fingerprint(const Reading *reading, char *secret)
{
	static const guchar no_key[SCAN_KEY_BYTES] = { 0 };
	size_t length = strlen(secret);

	if (!length)
		return "";
	g_autofree char *plain = g_compute_hmac_for_data(G_CHECKSUM_SHA256, no_key, sizeof no_key, (const guchar *)secret, length);
	explicit_bzero(secret, length);
	const char *digest = reading_rekey(reading, plain);
	explicit_bzero(plain, strlen(plain));
	return digest;
}
