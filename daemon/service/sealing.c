/* SPDX-License-Identifier: MIT */
#include "audit/seals.h"
#include "base/log.h"
#include "service/sealing.h"

void sealing_start(Sealing *sealing, const AuditWriters *writers, const char *dir)
{
	*sealing = (Sealing){ .writers = g_getenv("JOURNAL_STREAM") ? writers : NULL, .dir = dir };
}

void sealing_set_interval(Sealing *sealing, unsigned interval_s)
{
	if (interval_s == sealing->interval_s)
		return;
	sealing->interval_s = interval_s;
	sealing->due_us = g_get_monotonic_time() + (int64_t)interval_s * G_USEC_PER_SEC;
}

static void seal(Sealing *sealing)
{
	Journal *journal = sealing->writers ? writers_journal(sealing->writers) : NULL;
	g_autoptr(GError) error = NULL;
	AuditSeal made;

	if (!journal || !sealing->interval_s)
		return;
	bool good = seal_write(journal, sealing->dir, &made, &error);
	if (!good && !sealing->complained)
		log_warning("the audit trail is not sealed: %s", error->message);
	sealing->complained = !good;
}

void sealing_tick(Sealing *sealing)
{
	const int64_t now = g_get_monotonic_time();

	if (!sealing->writers || now < sealing->due_us)
		return;
	sealing->due_us = now + (int64_t)sealing->interval_s * G_USEC_PER_SEC;
	seal(sealing);
}

void sealing_stop(Sealing *sealing)
{
	seal(sealing);
}
