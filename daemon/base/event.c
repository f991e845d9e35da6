/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>
#include "base/event.h"
#include "base/log.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define MAX_FIELDS 8
#define OWN_FIELDS 3 /* MESSAGE, MESSAGE_ID, PRIORITY */

static const struct { const char *message_id; LogLevel level; } events[EVENT_COUNT] = {
	[EVENT_DENIED] = { "2f38b6828db94ba382ce2f0dd45d042b", LOG_LEVEL_WARNING },
	[EVENT_WARNED] = { "93f9b15d203540eba634bfda27af0cb4", LOG_LEVEL_NOTICE },
	[EVENT_POLICY_LOADED] = { "38b46b6627ed4c66b0c002879cb12b76", LOG_LEVEL_INFO },
	[EVENT_POLICY_REJECTED] = { "a8624887fff445d681d8094682a78e39", LOG_LEVEL_ERROR },
	[EVENT_MODE_RELAXED] = { "dbd9b6c7f60f4968b5a88506d9da0ce5", LOG_LEVEL_WARNING },
	[EVENT_DEGRADED] = { "7c5544f8cc3c443f81b9d6556666f561", LOG_LEVEL_ERROR },
	[EVENT_GRANT_MADE] = { "dcfd874176934904860461578df1d311", LOG_LEVEL_WARNING },
	[EVENT_GRANT_USED] = { "9626c5be2d2046c6a0f71b997024e123", LOG_LEVEL_WARNING },
	[EVENT_GRANT_ENDED] = { "89a3e6cc3fef41bfaa6c86e61b831ba3", LOG_LEVEL_NOTICE },
	[EVENT_DISK_LOW] = { "ff7bc1ba17704aa3939b4f01177271e0", LOG_LEVEL_WARNING },
	[EVENT_AUDIT_GAP] = { "e0bf9d75e64248bb8cc9251eedec449e", LOG_LEVEL_ERROR },
	[EVENT_AUDIT_CLEARED] = { "86533437080e42e791cca65efd068a78", LOG_LEVEL_WARNING },
	[EVENT_SEALED] = { "86ef642e7c914941b03c020488777547", LOG_LEVEL_INFO },
};

const char *event_message_id(EventId id)
{
	return events[id].message_id;
}

/* Whether stderr goes to the journal (sd_journal_stream_fd(3), $JOURNAL_STREAM: "DEVICE:INODE"). */
static bool journal_is_there(void)
{
	const char *stream = g_getenv("JOURNAL_STREAM");
	struct stat status;

	if (!stream || fstat(STDERR_FILENO, &status) < 0)
		return false;
	g_autofree char *ours = g_strdup_printf("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64)status.st_dev, (guint64)status.st_ino);
	return !strcmp(stream, ours);
}

static bool send_to_journal(EventId id, const EventField *fields, size_t count, const char *message)
{
	char *texts[OWN_FIELDS + MAX_FIELDS];
	struct iovec parts[OWN_FIELDS + MAX_FIELDS];
	int used = 0;

	texts[used++] = g_strconcat("MESSAGE=", message, NULL);
	texts[used++] = g_strconcat("MESSAGE_ID=", events[id].message_id, NULL);
	texts[used++] = g_strdup_printf("PRIORITY=%d", (int)events[id].level);
	for (size_t i = 0; i < count && i < MAX_FIELDS; i++)
		texts[used++] = g_strconcat(fields[i].name, "=", fields[i].value, NULL);
	for (int i = 0; i < used; i++)
		parts[i] = (struct iovec){ texts[i], strlen(texts[i]) };
	int r = sd_journal_sendv(parts, used);
	for (int i = 0; i < used; i++)
		g_free(texts[i]);
	return r >= 0;
}

bool event_send(EventId id, const EventField *fields, size_t count, const char *message)
{
	/* sd_journal_sendv(3) says that all is well when nobody is there. */
	return access(JOURNAL_SOCKET, W_OK) == 0 && send_to_journal(id, fields, count, message);
}

void event_log(EventId id, const EventField *fields, size_t count, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	if (!log_wants(events[id].level) || (journal_is_there() && send_to_journal(id, fields, count, message)))
		return;
	log_line(events[id].level, "%s", message);
}
