/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include "audit/clear.h"
#include "audit/line.h"
#include "audit/place.h"
#include "audit/walk.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/text.h"
#include "core/audit-event.h"

/* The old end. */
typedef struct OldEnd {
	JournalPlace place; /* of the first line that stays */
	uint64_t entries, last_id;
} OldEnd;

/* A look at all lines up to there. */
typedef struct OldLook {
	TrailWalk *walk;
	Arena *arena;
	Chain chain;
	bool known; /* what the chain is: behind what is damaged it is only where a file begins */
	OldEnd seen, end; /* end: as far as can be cut */
} OldLook;

static void reach(OldLook *look, int64_t position)
{
	look->end = look->seen;
	look->end.place = (JournalPlace){ position, look->chain };
}

static void enter(OldLook *look, const TrailLine *text)
{
	const Segment *segment = trail_walk_segment(look->walk);

	if (text->position != segment->head.position || (look->known && text->position == look->end.place.position))
		return;
	chain_clear(&look->chain);
	look->chain = segment->head.chain;
	look->known = true;
	reach(look, text->position);
}

/* False: this line stays. */
static bool pass(OldLook *look, const TrailLine *text, uint64_t until_us)
{
	AuditLine line;

	enter(look, text);
	bool record = text->begins && text->ends && audit_line_read(text->text, text->length, look->arena, &line);
	if (record && until_us && line.time_us >= (int64_t)until_us)
		return false;
	look->seen.entries += record;
	look->seen.last_id = record ? (uint64_t)line.id : look->seen.last_id;
	if (look->known)
		trail_walk_chain(&look->chain, text, text->begins && text->ends && audit_line_is_whole(text->text, text->length, look->arena, &line));
	if (look->known && text->ends)
		reach(look, trail_walk_position(look->walk));
	arena_reset(look->arena);
	return true;
}

/* Of what is there now.  WALK_FAILED: see errno. */
static TrailStep find_old_end(const char *dir, uint64_t until_us, OldEnd *ret)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
	OldLook look = { .walk = walk, .arena = arena };
	int64_t end = places_end_of(dir); /* lines that come meanwhile are not waited for */
	TrailStep step = WALK_LINE;
	TrailLine text;

	while ((step == WALK_LINE || step == WALK_DAMAGED) && trail_walk_position(walk) < end && budget_spend(1)) {
		step = trail_walk_next(walk, &text);
		look.known = look.known && step == WALK_LINE;
		if (step == WALK_LINE && !pass(&look, &text, until_us))
			break;
	}
	chain_clear(&look.chain);
	*ret = look.end;
	return step;
}

static const char *make_record(Journal *journal, const OldEnd *old, const char *by, Arena *arena, size_t *ret_length)
{
	const RecordCut cut = { old->place.position, old->place.chain.digits };
	const AuditEventDetail details[] = { { "records", NULL, old->entries }, { "last_id", NULL, old->last_id } };
	const AuditEvent event = {
		.kind = AUDIT_CLEAR,
		.user = text_printable(arena, by, 0),
		.subject = arena_printf(arena, "%" G_GUINT64_FORMAT, old->entries),
		.summary = arena_printf(arena, "%" G_GUINT64_FORMAT " records of the audit trail removed, the last was %" G_GUINT64_FORMAT, old->entries, old->last_id),
		.cut = &cut,
		.details = details,
		.detail_count = G_N_ELEMENTS(details),
	};

	return audit_event_format(&event, journal_take_id(journal), g_get_real_time(), arena, ret_length);
}

bool clear_run(Journal *journal, const char *dir, uint64_t until_us, const char *by, uint64_t *ret_entries, GError **error)
{
	g_autoptr(Arena) arena = arena_new();
	OldEnd old = { 0 };
	size_t length;

	*ret_entries = 0;
	if (find_old_end(dir, until_us, &old) == WALK_FAILED) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot read the trail in %s: %s", dir, g_strerror(errno));
		return false;
	}
	if (!old.entries)
		return true;
	const char *line = make_record(journal, &old, by, arena, &length);
	int r = journal_cut(journal, &old.place, line, length);
	if (r < 0) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot put another file in the place of %s/audit.jsonl: %s; nothing was removed", dir,
			g_strerror(-r));
		return false;
	}
	*ret_entries = old.entries;
	return true;
}
