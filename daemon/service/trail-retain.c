/* SPDX-License-Identifier: MIT
 *
 * audit.retention: on the writer's thread, one after the other with what callers have removed.
 */
#include "audit/retention.h"
#include "base/limits.h"
#include "base/log.h"
#include "service/trail.h"

typedef struct Retaining {
	Trail *trail;
	Journal *journal; /* it stays until the end, and the writer ends before */
	char *dir;
	Retention retention;
	RetentionResult result;
	int r;
} Retaining;

static void run(void *data)
{
	Retaining *retaining = data;

	retaining->r = retention_run(retaining->journal, retaining->dir, &retaining->retention, g_get_real_time(), &retaining->result);
}

static void done(void *data)
{
	Retaining *retaining = data;
	Trail *trail = retaining->trail;

	trail->retaining = false;
	if (retaining->result.files)
		log_notice("the audit trail begins at record %" G_GUINT64_FORMAT ": %u files (%" G_GINT64_FORMAT
			   " bytes) are older, or more, than audit.retention keeps, and were removed",
			retaining->result.first_id, retaining->result.files, retaining->result.bytes);
	if (retaining->r < 0 && !trail->retention_failed)
		log_warning("old files of the audit trail in %s cannot be removed now: %s", retaining->dir, g_strerror(-retaining->r));
	trail->retention_failed = retaining->r < 0;
	g_free(retaining->dir);
	g_free(retaining);
}

void trail_retain(Trail *trail, Journal *journal)
{
	const int64_t now = g_get_monotonic_time();
	const Retention retention = { trail->settings.keep_us, trail->settings.keep_bytes };

	if (!trail->writer || trail->retaining || now < trail->retention_due_us || (!retention.age_us && !retention.bytes))
		return;
	Retaining *retaining = g_new0(Retaining, 1);
	*retaining = (Retaining){ .trail = trail, .journal = journal, .dir = g_strdup(trail->dir), .retention = retention };
	trail->retention_due_us = now + (int64_t)LIMIT_RETENTION_S * G_USEC_PER_SEC;
	trail->retaining = worker_submit(trail->writer, run, done, retaining);
	if (trail->retaining)
		return;
	g_free(retaining->dir);
	g_free(retaining);
}
