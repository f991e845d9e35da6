/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "core/seal.h"
#include "core/verdict-file.h"
#include "request/json.h"
#include "request/list.h"

#define LAYOUT 1
/* Of one that is not whole.  Another number, so that a version that keeps only whole ones does not take it for one. */
#define LAYOUT_NOT_WHOLE 2
#define ID_SCHEME "sha256:"
#define ID_DIGITS 64u
#define SUFFIX ".json"
#define PURPOSE "verdict"

bool image_id_valid(const char *id)
{
	const char *digits = id + strlen(ID_SCHEME);

	return g_str_has_prefix(id, ID_SCHEME) && strlen(digits) == ID_DIGITS && strspn(digits, "0123456789abcdef") == ID_DIGITS;
}

static char *file_of(const char *directory, const Verdict *verdict)
{
	return g_strdup_printf("%s/%s-%s-%s" SUFFIX, directory, verdict->image_id + strlen(ID_SCHEME), verdict->scanner, verdict->signatures ? "digests" : verdict->secrets ? "secrets" : "vulnerabilities");
}

static void put_secret(Buffer *out, const VerdictSecret *secret)
{
	buffer_puts(out, out->data[out->length - 1] == '[' ? "{\"detector\":" : ",{\"detector\":");
	buffer_json_string(out, secret->detector, 0);
	buffer_puts(out, ",\"path\":");
	buffer_json_string(out, secret->path, 0);
	if (secret->line)
		buffer_printf(out, ",\"line\":%" G_GINT64_FORMAT, secret->line);
	buffer_printf(out, ",\"severity\":\"%s\",\"verified\":%s}", secret->critical ? "critical" : secret->high ? "high" : secret->medium ? "medium" : "low",
		secret->verified ? "true" : "false");
}

static void put_known(Buffer *out, const VerdictVulnerability *one)
{
	const struct { const char *name, *value; } texts[] = { { "id", one->id }, { "package", one->package }, { "version", one->version }, { "purl", one->purl } };

	buffer_puts(out, out->data[out->length - 1] == '[' ? "{" : ",{");
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		buffer_printf(out, "\"%s\":", texts[i].name);
		buffer_json_string(out, texts[i].value, 0);
		buffer_puts(out, ",");
	}
	buffer_printf(out, "\"severity\":\"%s\",\"fixed\":%s}", one->critical ? "critical" : one->high ? "high" : "medium", one->fixed ? "true" : "false");
}

/* What is not signed is asked about again after a restart. */
static void put_names(Buffer *out, const Verdict *verdict)
{
	const char *before = "";

	buffer_puts(out, ",\"signed\":[");
	for (size_t i = 0; i < verdict->names.count; i++) {
		const VerdictSigned *one = &verdict->names.items[i];
		if (!one->good)
			continue;
		buffer_printf(out, "%s{\"image\":", before);
		buffer_json_string(out, one->image, 0);
		buffer_puts(out, ",\"revision\":");
		buffer_json_string(out, one->revision, 0);
		buffer_printf(out, ",\"time\":%" G_GINT64_FORMAT "}", one->time_us);
		before = ",";
	}
	buffer_puts(out, "]");
}

/* Why it is not whole, and the files that it is all about. */
static void put_gaps(Buffer *out, const Verdict *verdict)
{
	buffer_puts(out, ",\"detail\":");
	buffer_json_string(out, verdict->detail, 0);
	buffer_puts(out, ",\"gaps\":[");
	for (size_t i = 0; i < verdict->gaps.count; i++) {
		buffer_puts(out, i ? "," : "");
		buffer_json_string(out, verdict->gaps.items[i], 0);
	}
	buffer_puts(out, "]");
}

static const char *format(const Verdict *verdict, Arena *arena, size_t *ret_length)
{
	Buffer out = BUFFER_INIT(arena);
	const struct { const char *name, *value; } texts[] = {
		{ "image", verdict->image_id }, { "scanner", verdict->scanner }, { "version", verdict->version }, { "database", verdict->database },
		{ "end_of_life", verdict->end_of_life },
	};

	buffer_printf(&out, "{\"v\":%d", verdict->whole ? LAYOUT : LAYOUT_NOT_WHOLE);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		buffer_printf(&out, ",\"%s\":", texts[i].name);
		buffer_json_string(&out, texts[i].value, 0);
	}
	buffer_printf(&out, ",\"secrets\":%s,\"time\":%" G_GINT64_FORMAT ",\"critical\":%u,\"high\":%u,\"medium\":%u,\"verified\":%u,\"listed\":[",
		verdict->secrets ? "true" : "false", verdict->time_us, verdict->critical, verdict->high, verdict->medium, verdict->verified);
	for (size_t i = 0; i < verdict->listed.count; i++)
		put_secret(&out, &verdict->listed.items[i]);
	buffer_puts(&out, "],\"known\":[");
	for (size_t i = 0; i < verdict->known.count; i++)
		put_known(&out, &verdict->known.items[i]);
	buffer_puts(&out, "]");
	if (verdict->signatures)
		put_names(&out, verdict);
	if (!verdict->whole)
		put_gaps(&out, verdict);
	buffer_puts(&out, "}\n");
	*ret_length = out.length;
	return out.data;
}

bool verdict_write(const char *directory, const Verdict *verdict, GError **error)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *file = NULL;
	size_t length;

	if (!image_id_valid(verdict->image_id) || (verdict->signatures && !verdict->whole)) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "only verdicts on images are kept, and what is known of signatures");
		return false;
	}
	file = file_of(directory, verdict);
	const char *text = format(verdict, arena, &length);
	g_autofree char *sealed = seal_put(PURPOSE, text, length, &length);
	return g_file_set_contents_full(file, sealed, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT, 0640, error);
}

void verdict_forget(const char *directory, const Verdict *verdict)
{
	g_autofree char *file = image_id_valid(verdict->image_id) ? file_of(directory, verdict) : NULL;

	if (file)
		(void)unlink(file);
}

typedef struct Stored {
	const char *image, *scanner, *version, *database, *end_of_life, *detail; /* detail NULL: it is whole */
	StringList gaps;
	int64_t layout, time, critical, high, medium, verified;
	bool secrets, signatures;
	struct { VerdictSecret *items; size_t count; } listed;
	struct { VerdictVulnerability *items; size_t count; } known;
	VerdictSignedList names;
} Stored;

static bool read_word(Json *json, bool *critical, bool *high, bool *medium)
{
	const char *word = "";

	if (!json_string(json, &word))
		return false;
	*critical = !strcmp(word, "critical");
	*high = !strcmp(word, "high");
	*medium = !strcmp(word, "medium");
	return *critical || *high || *medium || !strcmp(word, "low") || json_refuse(json, "an unknown severity");
}

static bool read_severity(Json *json, void *target)
{
	VerdictSecret *secret = target;

	return read_word(json, &secret->critical, &secret->high, &secret->medium);
}

static bool read_known_severity(Json *json, void *target)
{
	VerdictVulnerability *one = target;

	return read_word(json, &one->critical, &one->high, &one->medium);
}

static bool read_known_one(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("id", VerdictVulnerability, id, json_string), JSON_FIELD("package", VerdictVulnerability, package, json_string),
		JSON_FIELD("version", VerdictVulnerability, version, json_string), JSON_FIELD("purl", VerdictVulnerability, purl, json_string),
		JSON_FIELD("fixed", VerdictVulnerability, fixed, json_bool), JSON_FIELD_SELF("severity", read_known_severity),
	};
	VerdictVulnerability one = { .id = "", .package = "", .version = "", .purl = "" };
	Stored *stored = target;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &one))
		return false;
	LIST_APPEND(json->arena, &stored->known, one);
	return true;
}

static bool read_known(Json *json, void *target)
{
	return json_array(json, read_known_one, target);
}

static bool read_secret(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("detector", VerdictSecret, detector, json_string), JSON_FIELD("path", VerdictSecret, path, json_string),
		JSON_FIELD("line", VerdictSecret, line, json_int),
		JSON_FIELD("verified", VerdictSecret, verified, json_bool), JSON_FIELD_SELF("severity", read_severity),
	};
	Stored *stored = target;
	VerdictSecret secret = { .detector = "", .path = "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &secret))
		return false;
	LIST_APPEND(json->arena, &stored->listed, secret);
	return true;
}

static bool read_listed(Json *json, void *target)
{
	return json_array(json, read_secret, target);
}

static bool read_signed(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("image", VerdictSigned, image, json_string), JSON_FIELD("revision", VerdictSigned, revision, json_string), JSON_FIELD("time", VerdictSigned, time_us, json_int),
	};
	Stored *stored = target;
	VerdictSigned one = { .image = "", .revision = "", .good = true, .answered = true };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &one))
		return false;
	if (!*one.image || !*one.revision || one.time_us <= 0)
		return json_refuse(json, "a signature of nothing");
	LIST_APPEND(json->arena, &stored->names, one);
	return true;
}

static bool read_names(Json *json, void *target)
{
	((Stored *)target)->signatures = true;
	return json_array(json, read_signed, target);
}

/* Every number must be there, and fit; a reason stands where it is not whole, and only there. */
static bool sound(const Stored *stored)
{
	const int64_t numbers[] = { stored->critical, stored->high, stored->medium, stored->verified };

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (numbers[i] < 0 || numbers[i] > UINT32_MAX)
			return false;
	return stored->layout == (stored->detail ? LAYOUT_NOT_WHOLE : LAYOUT) && !(stored->detail && stored->signatures) && stored->time > 0 && image_id_valid(stored->image) && *stored->scanner &&
	       stored->signatures == !strcmp(stored->scanner, VERDICT_SIGNATURES);
}

static Verdict *parse(const char *text, size_t length)
{
	static const JsonField fields[] = {
		JSON_FIELD("v", Stored, layout, json_int),           JSON_FIELD("image", Stored, image, json_string),
		JSON_FIELD("scanner", Stored, scanner, json_string), JSON_FIELD("version", Stored, version, json_string),
		JSON_FIELD("database", Stored, database, json_string), JSON_FIELD("secrets", Stored, secrets, json_bool),
		JSON_FIELD("time", Stored, time, json_int),          JSON_FIELD("critical", Stored, critical, json_int),
		JSON_FIELD("high", Stored, high, json_int),          JSON_FIELD("medium", Stored, medium, json_int),
		JSON_FIELD("verified", Stored, verified, json_int),  JSON_FIELD_SELF("listed", read_listed),
		JSON_FIELD("end_of_life", Stored, end_of_life, json_string), JSON_FIELD_SELF("known", read_known),
		JSON_FIELD_SELF("signed", read_names), JSON_FIELD("detail", Stored, detail, json_string), JSON_FIELD("gaps", Stored, gaps, json_strings),
	};
	g_autoptr(Verdict) verdict = verdict_new();
	Stored s = { .image = "", .scanner = "", .version = "", .database = "", .end_of_life = "", .critical = -1, .high = -1, .medium = -1, .verified = -1 };
	Json json = json_begin(text, length, verdict->arena);

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &s) || !json_finish(&json) || !sound(&s))
		return NULL;
	verdict->image_id = s.image;
	verdict->scanner = s.scanner;
	verdict->version = s.version;
	verdict->database = s.database;
	verdict->secrets = s.secrets;
	verdict->whole = !s.detail;
	verdict->detail = s.detail ? s.detail : "";
	verdict->gaps = s.gaps;
	verdict->time_us = s.time;
	verdict->critical = (unsigned)s.critical;
	verdict->high = (unsigned)s.high;
	verdict->medium = (unsigned)s.medium;
	verdict->verified = (unsigned)s.verified;
	verdict->listed.items = s.listed.items;
	verdict->listed.count = s.listed.count;
	verdict->known.items = s.known.items;
	verdict->known.count = s.known.count;
	verdict->end_of_life = s.end_of_life;
	verdict->signatures = s.signatures;
	verdict->names = s.names;
	return g_steal_pointer(&verdict);
}

/* NULL: it is damaged, not of our own hand, or is not where a verdict of its content would be. */
static Verdict *read_file(const char *directory, const char *file)
{
	g_autofree char *text = NULL;
	gsize length;

	if (!g_file_get_contents(file, &text, &length, NULL) || length > LIMIT_VERDICT_BYTES || !seal_check(PURPOSE, text, &length))
		return NULL;
	g_autoptr(Verdict) verdict = parse(text, length);
	g_autofree char *right = verdict ? file_of(directory, verdict) : NULL;
	return g_strcmp0(right, file) == 0 ? g_steal_pointer(&verdict) : NULL;
}

bool verdict_keep(const char *directory, const Verdict *verdict, int64_t lasts_us, GError **error)
{
	g_autofree char *file = image_id_valid(verdict->image_id) ? file_of(directory, verdict) : NULL;
	g_autoptr(Verdict) old = file && !verdict->whole ? read_file(directory, file) : NULL;

	return verdict->failed || (verdict->signatures && !verdict->whole) || verdict_outlasts(old, verdict, lasts_us) || verdict_write(directory, verdict, error);
}

static VerdictTable *add_file(const char *directory, const char *file, VerdictTable *table)
{
	Verdict *verdict = read_file(directory, file);

	if (!verdict)
		return table;
	VerdictTable *changed = verdict_table_with(table, verdict);
	verdict_table_unref(table);
	return changed;
}

/* What fell out of the table need not be read again. */
static void tidy(const char *directory, const GPtrArray *files, const VerdictTable *table)
{
	for (guint i = 0; i < files->len; i++) {
		const char *file = g_ptr_array_index(files, i);
		Verdict *verdict = read_file(directory, file);
		const Verdict *kept = verdict ? verdict_table_find(table, verdict->image_id, verdict->scanner, verdict->secrets) : NULL;
		if (!kept)
			(void)unlink(file);
		if (verdict)
			verdict_free(verdict);
	}
}

VerdictTable *verdicts_load(const char *directory)
{
	VerdictTable *table = verdict_table_new();
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, SUFFIX))
			g_ptr_array_add(files, g_build_filename(directory, name, NULL));
	for (guint i = 0; i < files->len; i++)
		table = add_file(directory, g_ptr_array_index(files, i), table);
	if (files->len > LIMIT_VERDICTS)
		tidy(directory, files, table);
	return table;
}
