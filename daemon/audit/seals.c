/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include "audit/seals.h"
#include "audit/segment.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/event.h"
#include "base/limits.h"

#define FIELD_DIRECTORY "SENTINEL_DIRECTORY"
#define FIELD_RECORD "SENTINEL_RECORD"
#define FIELD_POSITION "SENTINEL_POSITION"
#define FIELD_HASH "SENTINEL_HASH"
#define FIRST_PERSON 1000 /* journald keeps what users from this one on write in files of their own (journald.conf(5), SplitMode) */

bool seal_write(Journal *journal, const char *dir, AuditSeal *ret, GError **error)
{
	char name[PATH_MAX], id[24], position[24];
	JournalPlace end;

	*ret = (AuditSeal){ 0 };
	if (!journal_end(journal, &end, &ret->id)) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "%s/audit.jsonl does not end with a whole line now; try again", dir);
		return false;
	}
	ret->position = end.position;
	memcpy(ret->digits, end.chain.digits, sizeof ret->digits);
	(void)snprintf(id, sizeof id, "%" G_GUINT64_FORMAT, ret->id);
	(void)snprintf(position, sizeof position, "%" G_GINT64_FORMAT, ret->position);
	const EventField fields[] = { { FIELD_DIRECTORY, realpath(dir, name) ? name : dir }, { FIELD_RECORD, id }, { FIELD_POSITION, position }, { FIELD_HASH, ret->digits } };
	g_autofree char *message = g_strdup_printf("the audit trail in %s goes up to record %s, hash %s", fields[0].value, id, ret->digits);
	if (event_send(EVENT_SEALED, fields, G_N_ELEMENTS(fields), message))
		return true;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "there is no system journal here that takes the seal (systemd-journald)");
	return false;
}

/* The value of a field; "": the entry has none. */
static const char *field(sd_journal *journal, const char *name, char *into, size_t room)
{
	const void *data;
	size_t length, prefix = strlen(name) + 1;

	into[0] = 0;
	if (sd_journal_get_data(journal, name, &data, &length) < 0 || length < prefix || length - prefix >= room)
		return into;
	memcpy(into, (const char *)data + prefix, length - prefix);
	into[length - prefix] = 0;
	return into;
}

/* journald writes _UID itself, by what the kernel says of the socket's other end. */
static bool is_trusted(sd_journal *journal, uid_t owner)
{
	char text[24];
	guint64 uid;

	return g_ascii_string_to_unsigned(field(journal, "_UID", text, sizeof text), 10, 0, UINT32_MAX, &uid, NULL) && (uid == 0 || uid == owner);
}

static bool read_seal(sd_journal *journal, AuditSeal *ret)
{
	char position[24], id[24];
	guint64 number, time;

	*ret = (AuditSeal){ 0 };
	if (strlen(field(journal, FIELD_HASH, ret->digits, sizeof ret->digits)) != CHAIN_DIGITS || sd_journal_get_realtime_usec(journal, &time) < 0)
		return false;
	if (!g_ascii_string_to_unsigned(field(journal, FIELD_POSITION, position, sizeof position), 10, 1, INT64_MAX, &number, NULL) ||
		!g_ascii_string_to_unsigned(field(journal, FIELD_RECORD, id, sizeof id), 10, 0, INT64_MAX, &ret->id, NULL))
		return false;
	ret->position = (int64_t)number;
	ret->time_us = (int64_t)time;
	return true;
}

static int by_position(const void *a, const void *b)
{
	const AuditSeal *one = a, *other = b;

	return one->position < other->position ? -1 : one->position > other->position;
}

static int add_matches(sd_journal *journal, const char *dir)
{
	char name[PATH_MAX];
	g_autofree char *id = g_strconcat("MESSAGE_ID=", event_message_id(EVENT_SEALED), NULL);
	g_autofree char *directory = g_strconcat(FIELD_DIRECTORY "=", realpath(dir, name) ? name : dir, NULL);
	int r = sd_journal_add_match(journal, id, 0);

	return r < 0 ? r : sd_journal_add_match(journal, directory, 0);
}

static GArray *read_all(sd_journal *journal, uid_t owner)
{
	GArray *seals = g_array_new(FALSE, FALSE, sizeof(AuditSeal));
	AuditSeal seal;

	for (int r = sd_journal_seek_tail(journal); r >= 0 && seals->len < LIMIT_SEALS && budget_spend(1);) {
		r = sd_journal_previous(journal);
		if (r <= 0)
			break;
		if (is_trusted(journal, owner) && read_seal(journal, &seal))
			g_array_append_val(seals, seal);
	}
	g_array_sort(seals, by_position);
	return seals;
}

GArray *seals_read(const char *dir, char **ret_why)
{
	g_autofree char *path = g_build_filename(dir, SEGMENT_ACTIVE, NULL);
	struct stat status = { 0 };
	sd_journal *journal = NULL;
	GArray *seals = NULL;

	(void)stat(path, &status);
	int r = sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | (status.st_uid < FIRST_PERSON ? SD_JOURNAL_SYSTEM : 0));
	if (r >= 0 && sd_journal_has_persistent_files(journal) <= 0 && sd_journal_has_runtime_files(journal) <= 0)
		r = -ENOENT;
	if (r >= 0)
		r = add_matches(journal, dir);
	if (r >= 0)
		seals = read_all(journal, status.st_uid);
	else if (r == -ENOENT)
		*ret_why = g_strdup("there is none here, or it needs the group systemd-journal or adm");
	else
		*ret_why = g_strdup(g_strerror(-r));
	sd_journal_close(journal);
	return seals;
}

static const AuditSeal *next_seal(const SealCheck *check)
{
	return check->seals && check->at < check->seals->len ? &g_array_index(check->seals, AuditSeal, check->at) : NULL;
}

static char *when(int64_t us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC);

	return time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("?");
}

char *seal_check_line(SealCheck *check, int64_t begin, int64_t position, const char *digits, uint64_t id, bool record)
{
	const AuditSeal *seal;

	check->behind += record;
	for (; (seal = next_seal(check)) && seal->position <= position; check->at++) {
		if (seal->position <= begin)
			continue; /* what was there was removed by a record's word */
		g_autofree char *time = when(seal->time_us);
		if (seal->position < position)
			return g_strdup_printf("a line ended within this one when the trail was sealed at %s: the chain was made anew", time);
		if (strcmp(seal->digits, digits) != 0)
			return g_strdup_printf("the trail was sealed behind this line at %s, with another hash: the chain was made anew", time);
		check->met_us = seal->time_us;
		check->met_id = id;
		check->behind = 0;
	}
	return NULL;
}

char *seal_check_end(const SealCheck *check)
{
	const AuditSeal *seal = next_seal(check);

	if (!seal)
		return NULL;
	const AuditSeal *last = &g_array_index(check->seals, AuditSeal, check->seals->len - 1);
	g_autofree char *time = when(last->time_us);
	return g_strdup_printf("the trail ends here, but went up to record %" G_GUINT64_FORMAT " when it was sealed at %s: its end was removed", last->id, time);
}

char *seal_check_describe(const SealCheck *check, const char *why)
{
	if (!check->seals)
		return g_strdup_printf("the system's journal cannot be read (%s), so a removed end is not found, nor a chain that was made anew by who can write all of the files", why);
	if (!check->met_us)
		return g_strdup("no seal of it is in the system's journal, so a removed end is not found, nor a chain that was made anew by who can write all of the files; "
				"sentinel audit seal makes one");
	g_autofree char *time = when(check->met_us);
	return g_strdup_printf("proved up to record %" G_GUINT64_FORMAT ", sealed at %s in the system's journal; %" G_GUINT64_FORMAT " records after it are not", check->met_id, time,
		check->behind);
}
