/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/text.h"
#include "core/fetched.h"
#include "request/json.h"

#define SHOWN_NAME_BYTES 200u

/* The directory is another user's: what stands there may be anything, and nothing may hold up who reads it. */
static size_t read_file(const char *dir, const char *name, char *text, size_t room)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	ssize_t got = -1;

	if (fd < 0)
		return 0;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		got = read(fd, text, room);
	(void)close(fd);
	return got > 0 && (size_t)got < room ? (size_t)got : 0;
}

static bool read_object(const char *dir, const char *name, const JsonField *fields, size_t count, Arena *arena, Fetched *ret)
{
	char *text = arena_alloc(arena, LIMIT_FETCH_STATE_BYTES + 1);
	size_t length = read_file(dir, name, text, LIMIT_FETCH_STATE_BYTES + 1);
	Json json = json_begin(text, length, arena);

	return length > 0 && json_object(&json, fields, count, ret) && json_finish(&json);
}

static const char *shown(const char *text, size_t bytes, Arena *arena)
{
	return text_printable(arena, text ? text : "", bytes);
}

void fetched_read(const char *dir, Arena *arena, Fetched *ret)
{
	static const JsonField accepted_fields[] = {
		JSON_FIELD("number", Fetched, number, json_int),   JSON_FIELD("accepted_us", Fetched, accepted_us, json_int),
		JSON_FIELD("policy", Fetched, policy, json_string), JSON_FIELD("expires_us", Fetched, expires_us, json_int),
		JSON_FIELD("source", Fetched, source, json_string), JSON_FIELD("key", Fetched, key, json_string),
	};
	static const JsonField status_fields[] = {
		JSON_FIELD("checked_us", Fetched, checked_us, json_int),
		JSON_FIELD("failed_us", Fetched, failed_us, json_int),
		JSON_FIELD("error", Fetched, error, json_string),
	};
	Fetched accepted = { .number = -1 }, status = { .number = 0 };

	if (!read_object(dir, FETCHED_ACCEPTED, accepted_fields, G_N_ELEMENTS(accepted_fields), arena, &accepted) || accepted.number < 0)
		accepted = (Fetched){ .number = 0 };
	else
		accepted.begun = true;
	if (!read_object(dir, FETCHED_STATUS, status_fields, G_N_ELEMENTS(status_fields), arena, &status))
		status = (Fetched){ .number = 0 };
	else
		status.tried = true;
	*ret = accepted;
	ret->tried = status.tried;
	ret->checked_us = MAX(status.checked_us, 0);
	ret->failed_us = MAX(status.failed_us, 0);
	ret->accepted_us = MAX(accepted.accepted_us, 0);
	ret->expires_us = MAX(accepted.expires_us, 0);
	ret->error = shown(status.error, LIMIT_FETCH_ERROR_BYTES, arena);
	ret->policy = shown(accepted.policy, SHOWN_NAME_BYTES, arena);
	ret->source = shown(accepted.source, LIMIT_FETCH_ERROR_BYTES, arena);
	ret->key = shown(accepted.key, SHOWN_NAME_BYTES, arena);
}

static const char *day_of(int64_t us, Arena *arena)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC);
	g_autofree char *text = time ? g_date_time_format(time, "%Y-%m-%d") : NULL;

	return arena_strdup(arena, text ? text : "?");
}

void diagnose_fetched(const Fetched *fetched, const char *active, int64_t now_us, CheckList *checks, Arena *arena)
{
	const char *number = arena_printf(arena, "number %" G_GINT64_FORMAT " of %s", fetched->number, fetched->source);

	if (!fetched->begun && !fetched->tried)
		return;
	if (*fetched->error)
		check_add(checks, arena, "fetch", CHECK_FAILED,
			arena_printf(arena, "policies were not fetched, what was in force stays: %s", fetched->error),
			"what it says; then: sudo systemctl start sentinel-fetch.service");
	else if (!fetched->begun)
		check_add(checks, arena, "fetch", CHECK_FAILED, "there is no record of the policies that were accepted last",
			"docs/FLEET.md; sudo sentinel policy fetch --begin NUMBER");
	else if (fetched->expires_us && fetched->expires_us < now_us)
		check_add(checks, arena, "fetch", CHECK_WARNING,
			arena_printf(arena, "the policies that were fetched ended on %s (%s)", day_of(fetched->expires_us, arena), number),
			"a newer bundle in the repository: sentinel policy bundle");
	else if (*fetched->policy && strcmp(fetched->policy, active) != 0)
		check_add(checks, arena, "fetch", CHECK_WARNING,
			arena_printf(arena, "the policy in force is not the one that was fetched, %s (%s)", fetched->policy, number),
			arena_printf(arena, "if nobody meant that: sudo sentinel policy use %s", fetched->policy));
	else
		check_add(checks, arena, "fetch", CHECK_OK,
			*fetched->policy ? arena_printf(arena, "the policy %s was fetched (%s)", fetched->policy, number)
					 : arena_printf(arena, "policies are fetched from number %" G_GINT64_FORMAT " on", fetched->number + 1),
			"");
}
