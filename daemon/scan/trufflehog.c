/* SPDX-License-Identifier: MIT
 *
 * One JSON object a line; the tool's log lines are objects as well.
 */
#include <string.h>
#include "scan/adapters.h"
#include "scan/count.h"

#define FINISHED "finished scanning"

/* Detectors of what opens a door by itself; the words that their names begin with, in any case. */
static const char *const grave[] = {
	"aws", "azure", "digitalocean", "dockerhub", "gcp", "github", "gitlab", "npmtoken", "openai", "privatekey", "pypi", "sendgrid", "slack", "stripe", "twilio",
};

typedef struct LeakPlace {
	const char *file, *layer;
	int64_t line;
} LeakPlace;

typedef struct Leak {
	const char *detector, *description, *problem, *level, *message;
	char *raw;
	bool verified;
	LeakPlace place;
} Leak;

/* SourceMetadata.Data has one member, named after the source: Docker, Git ... */
static bool read_place(Json *json, const char *key, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("file", LeakPlace, file, json_string), JSON_FIELD("layer", LeakPlace, layer, json_string), JSON_FIELD("line", LeakPlace, line, json_int),
	};

	(void)key;
	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_data(Json *json, void *target)
{
	return json_map(json, read_place, target);
}

static bool read_metadata(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("Data", read_data) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_line(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("DetectorName", Leak, detector, json_string), JSON_FIELD("DetectorDescription", Leak, description, json_string),
		JSON_FIELD("Verified", Leak, verified, json_bool), JSON_FIELD("VerificationError", Leak, problem, json_string),
		JSON_FIELD("Raw", Leak, raw, json_string), JSON_FIELD("SourceMetadata", Leak, place, read_metadata),
		JSON_FIELD("level", Leak, level, json_string), JSON_FIELD("msg", Leak, message, json_string),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target) && json_finish(json);
}

static bool parse_line(const char *line, size_t length, Leak *ret, Arena *arena)
{
	Json json = json_begin(line, length, arena);

	json.lenient = true;
	*ret = (Leak){ .detector = "", .description = "", .problem = "", .level = "", .message = "", .raw = arena_strdup(arena, ""), .place = { "", "", 0 } };
	return read_line(&json, ret);
}

static bool is_grave(const char *detector)
{
	for (size_t i = 0; i < G_N_ELEMENTS(grave); i++)
		if (!g_ascii_strncasecmp(detector, grave[i], strlen(grave[i])))
			return true;
	return false;
}

static void add_record(Reading *reading, const Leak *record)
{
	ScanFinding finding = reading_finding(SCAN_SECRET);

	finding.id = record->detector;
	finding.title = record->description;
	finding.severity = record->verified ? SCAN_CRITICAL : *record->problem || is_grave(record->detector) ? SCAN_HIGH : SCAN_MEDIUM;
	finding.verified = record->verified;
	finding.path = record->place.file;
	finding.layer = record->place.layer;
	finding.line = record->place.line > 0 ? (uint64_t)record->place.line : 0;
	finding.fingerprint = reading_fingerprint(reading, record->raw);
	reading_add(reading, &finding);
}

static void take_line(Reading *reading, const char *line, size_t length)
{
	Leak record;

	if (!parse_line(line, length, &record, reading->arena) || (!*record.detector && !*record.level))
		reading->unreadable++;
	else if (*record.detector)
		add_record(reading, &record);
}

static bool blank(const char *from, const char *to)
{
	for (; from < to; from++)
		if (!g_ascii_isspace(*from))
			return false;
	return true;
}

/* Calls `take` for each line that is not empty. */
static void each_line(Reading *reading, const char *text, size_t length, void (*take)(Reading *reading, const char *line, size_t length))
{
	const char *end = text + length, *feed;

	for (const char *line = text; line < end; line = feed + 1) {
		feed = memchr(line, '\n', (size_t)(end - line));
		feed = feed ? feed : end;
		if (!blank(line, feed))
			take(reading, line, (size_t)(feed - line));
	}
}

/* Whether the log of the run speaks of its end, and of errors. */
typedef struct Log {
	Reading reading; /* first */
	bool finished, failed;
} Log;

static void take_log(Reading *reading, const char *line, size_t length)
{
	Log *log = (Log *)(void *)reading;
	Leak record;

	if (!parse_line(line, length, &record, reading->arena))
		return;
	log->finished = !strcmp(record.message, FINISHED);
	log->failed = log->failed || g_str_has_prefix(record.level, "error") || !strcmp(record.level, "fatal");
}

/* Silence is good news only from a run that says it came to its end. */
ScanReport trufflehog_parse(const ScannerOutput *output, Arena *arena)
{
	Reading reading = reading_begin(scanner_names[SCANNER_TRUFFLEHOG].name, output, arena);
	Log log = { .reading = { .arena = arena } };

	each_line(&reading, output->text, output->length, take_line);
	each_line(&log.reading, output->log, output->log_length, take_log);
	if (!log.finished && !reading.report.count && !reading.unreadable)
		reading.problem = "it found nothing and does not say that it finished";
	ScanReport report = reading_end(&reading, true, NULL);
	if ((log.failed || !log.finished) && report.outcome != SCAN_FAILED) {
		report.outcome = SCAN_INCOMPLETE;
		report.detail = log.failed ? "trufflehog says that it could not look at everything" : "trufflehog does not say that it finished";
	}
	return report;
}
