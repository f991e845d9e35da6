/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "core/audit-event.h"
#include "core/grant-trail.h"
#include "core/seal.h"
#include "service/herald.h"
#include "service/trail.h"

static uint64_t take_id(void *data)
{
	Journal *journal = writers_journal(&((Trail *)data)->writers);

	return journal ? journal_take_id(journal) : 0;
}

static int append(void *data, const char *line, size_t length)
{
	Journal *journal = writers_journal(&((Trail *)data)->writers);

	return journal ? journal_append(journal, line, length) : -ENOLCK;
}

static int append_last(void *data, const char *line, size_t length)
{
	Journal *journal = writers_journal(&((Trail *)data)->writers);

	return journal ? journal_append_last(journal, line, length) : -ENOLCK;
}

/* Decisions go on without it; it is tried again. */
static void start_index(Trail *trail)
{
	g_autoptr(GError) error = NULL;
	Index *index = index_start(trail->dir, &error);

	atomic_store(&trail->writers.index, index);
	if (!index && !trail->index_failed)
		log_warning("the audit index does not run and is tried again (decisions and the journal go on): %s", error->message);
	else if (index && trail->index_failed)
		log_notice("the audit index runs");
	trail->index_failed = !index;
}

static void open_journal(Trail *trail, LogLevel level)
{
	g_autoptr(GError) error = NULL;
	Journal *journal = journal_open(trail->dir, &error);

	if (!journal) {
		/* A private instance decides nothing; the service that holds the journal writes it. */
		bool fine = trail->private_instance && g_error_matches(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY);
		log_line(level, "the journal cannot be written: %s", error->message);
		atomic_store(&trail->status->audit_down, !fine);
		return;
	}
	journal_set_durable(journal, trail->settings.durable);
	atomic_store(&trail->writers.journal, journal);
	atomic_store(&trail->status->audit_down, false);
	start_index(trail);
}

void trail_start(Trail *trail, const char *dir, Status *status, bool private_instance)
{
	g_autofree char *grants = g_build_filename(dir, "grants", NULL), *key = g_build_filename(dir, "seal.key", NULL);
	g_autoptr(GError) error = NULL;

	if (!seal_open(key, &error))
		log_error("%s", error->message);

	*trail = (Trail){
		.settings = audit_settings_default(),
		.dir = dir, .status = status, .private_instance = private_instance, .grants = grant_book_open(grants),
		.ledger = { .data = trail, .take_id = take_id, .append = append, .append_last = append_last },
	};
	if (!private_instance)
		trail->folds = folds_new();
	open_journal(trail, private_instance ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR);
}

/* One whose end cannot be written down stays in the book, where it counts no more, until it can be. */
static bool end_grant(const Trail *trail, const Grant *grant)
{
	g_autoptr(GError) error = NULL;

	if (grant_write_down(&trail->ledger, GRANT_ENDED, grant, "") != 0) {
		atomic_store(&trail->status->audit_down, true);
		return false;
	}
	if (!grant_remove(trail->grants, grant->id, &error))
		log_error("the end of grant %" G_GUINT64_FORMAT " cannot be kept: %s", grant->id, error->message);
	herald_grant_ended(grant);
	return true;
}

static void end_grants(const Trail *trail)
{
	Grant *grant;
	bool more = true;

	grant_book_settle(trail->grants);
	while (more && (grant = grant_next_ended(trail->grants, g_get_real_time()))) {
		more = end_grant(trail, grant);
		grant_free(grant);
	}
}

/* Reads that were counted up to now. */
static void write_folds(const Trail *trail)
{
	if (trail->folds && !folds_write(trail->folds, &trail->ledger))
		atomic_store(&trail->status->audit_down, true);
}

/* One that cannot be put away is written on. */
static void rotate(Trail *trail, Journal *journal)
{
	write_folds(trail); /* they were made while this file was written */
	int r = journal_rotate(journal);

	if (r < 0 && !trail->rotation_failed)
		log_warning("%s/audit.jsonl cannot be put away and is written on: %s", trail->dir, g_strerror(-r));
	trail->rotation_failed = r < 0;
	trail->pack_due_us = 0;
}

/* In the trail itself, and where the machine's administrator looks. */
static void tell_gap(const Trail *trail, const char *what)
{
	const AuditEvent event = { .kind = AUDIT_GAP, .summary = what };

	if (audit_event_write(&trail->ledger, &event) != 0)
		atomic_store(&trail->status->audit_down, true);
	herald_gap(trail->dir, what);
}

/* What others did to the file that is written. */
static void look_after(const Trail *trail, Journal *journal)
{
	const JournalGap gap = journal_look(journal);

	if (gap.restored)
		tell_gap(trail, "audit.jsonl was removed, renamed or exchanged, and was written again: no record is missing");
	if (gap.cut)
		tell_gap(trail, "audit.jsonl was made shorter: records are missing");
	if (gap.grown)
		herald_gap(trail->dir, "something was added to audit.jsonl that is no line of the service's");
	if (gap.cause)
		atomic_store(&trail->status->audit_down, true);
}

void trail_configure(Trail *trail, const AuditSettings *settings, Worker *writer, Worker *packer)
{
	Journal *journal = writers_journal(&trail->writers);

	trail->settings = *settings;
	trail->writer = writer;
	trail->packer = packer;
	trail->retention_due_us = trail->pack_due_us = 0;
	if (journal)
		journal_set_durable(journal, settings->durable);
}

bool trail_tick(Trail *trail)
{
	Journal *journal = writers_journal(&trail->writers);

	if (!journal)
		open_journal(trail, LOG_LEVEL_DEBUG);
	else
		look_after(trail, journal);
	if (journal && !writers_index(&trail->writers))
		start_index(trail);
	if (journal && atomic_load(&trail->status->audit_down) && journal_probe(journal))
		atomic_store(&trail->status->audit_down, false);
	if (journal && trail->folds && folds_are_due(trail->folds, g_get_monotonic_time()) && !atomic_load(&trail->status->audit_down))
		write_folds(trail);
	if (journal && journal_is_due(journal, trail->settings.rotate_bytes, trail->settings.rotate_age_us))
		rotate(trail, journal);
	bool down = atomic_load(&trail->status->audit_down), changed = down != trail->was_down;
	if (changed && down)
		herald_degraded(trail->dir);
	else if (changed)
		log_notice("the journal can be written again");
	trail->was_down = down;
	if (journal && !down)
		end_grants(trail);
	if (journal && !down)
		trail_retain(trail, journal);
	if (journal && !down)
		trail_pack(trail, journal);
	return changed;
}

void trail_settle(Trail *trail)
{
	if (writers_journal(&trail->writers))
		write_folds(trail);
}

void trail_stop(Trail *trail)
{
	folds_free(trail->folds);
	index_stop(writers_index(&trail->writers));
	grant_book_close(trail->grants);
	journal_close(writers_journal(&trail->writers));
}
