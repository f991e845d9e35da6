/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/proof.h"
#include "base/limits.h"

/* Before the chain began threads wrote lines at the same time, so neighbours may have changed places, but not over more lines than there are
 * connections.  In the chain their ids may still have. */
#define WINDOW LIMIT_CONNECTIONS
#define HISTORY 64u /* lines by whose hash a line that was moved is known */

typedef struct Spot {
	char *name;
	uint64_t number; /* of the line in its file, its head too */
} Spot;

struct Proof {
	Arena *arena;
	Spot here, last; /* this line; the one before it */
	Spot wrong, first; /* first: the head of the first file */
	ProofCounts counts;
	bool begun, chained;
	int64_t segment_begin, begin, next; /* positions: of the file, of the trail, of the next line */
	Chain chain;
	char start[CHAIN_DIGITS + 1];  /* where the trail begins, by its head */
	bool vouched;                  /* a record says that what was before was removed */
	int64_t cut_position;          /* of the last such record; its `prev` */
	char cut_digits[CHAIN_DIGITS + 1];
	char before[HISTORY][CHAIN_DIGITS + 1]; /* the chain before the last lines */
	unsigned remembered;
	uint64_t recent[WINDOW], highest, previous_id;
};

Proof *proof_new(void)
{
	Proof *proof = g_new0(Proof, 1);

	proof->arena = arena_new();
	chain_begin(&proof->chain, NULL);
	return proof;
}

void proof_free(Proof *proof)
{
	if (!proof)
		return;
	arena_free(proof->arena);
	chain_clear(&proof->chain);
	g_free(proof->here.name);
	g_free(proof->last.name);
	g_free(proof->wrong.name);
	g_free(proof->first.name);
	g_free(proof);
}

static void set_spot(Spot *spot, const Spot *to)
{
	g_free(spot->name);
	*spot = (Spot){ g_strdup(to->name), to->number };
}

static const char *wrong_at(Proof *proof, const Spot *spot, const char *what)
{
	set_spot(&proof->wrong, spot);
	return what;
}

/* The file's head says where it stands and what was before. */
static const char *enter(Proof *proof, const Segment *segment, int64_t position)
{
	const char *found = NULL;

	if (proof->begun && proof->segment_begin == segment->head.position)
		return NULL;
	set_spot(&proof->last, &proof->here);
	g_free(proof->here.name);
	proof->here = (Spot){ g_strdup(segment->name), segment->head_bytes ? 1 : 0 };
	if (!proof->begun) {
		proof->begin = position;
		set_spot(&proof->first, &(Spot){ segment->name, 1 });
		proof->chain = segment->head.chain;
		memcpy(proof->start, segment->head.chain.digits, sizeof proof->start);
		proof->vouched = position == 0;
	} else if (segment->head.position != proof->next) {
		found = wrong_at(proof, &proof->here, "what stood before this file is missing: a file of the trail was removed, or its end was");
	} else if (memcmp(segment->head.chain.digits, proof->chain.digits, CHAIN_DIGITS) != 0) {
		found = wrong_at(proof, &proof->here, "this file does not go on where the one before it ends: the end of that was changed, or this head was");
	}
	proof->begun = true;
	proof->segment_begin = segment->head.position;
	proof->counts.files++;
	return found;
}

/* The last member of a line that was written whole. */
static bool has_end(const char *text, size_t length)
{
	static const char member[] = ",\"prev\":\"", end[] = "\"}";
	const size_t room = strlen(member) + CHAIN_DIGITS + strlen(end);

	return length > room && !memcmp(text + length - room, member, strlen(member)) && !memcmp(text + length - strlen(end), end, strlen(end));
}

/* What our own write(2) can have left of a record: its beginning; or bytes that a power cut left unwritten. */
static bool may_be_torn(const char *text, size_t length)
{
	static const char *const starts[] = { "{\"v\":1,\"id\":", "{\"v\":2,\"id\":" };
	size_t zeros = 0;

	while (zeros < length && !text[zeros])
		zeros++;
	if (zeros == length)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(starts); i++)
		if (!memcmp(text, starts[i], MIN(length, strlen(starts[i]))))
			return i == 0 || !(has_end(text, length) || memmem(text + 1, length - 1, starts[1], strlen(starts[1])));
	return zeros > 0; /* behind them an older version wrote on */
}

/* An event may have its number from before a work that took long (a removal); the chain says that it stands where it was written. */
static const char *check_id(Proof *proof, uint64_t id, bool late)
{
	if (proof->recent[id % WINDOW] == id)
		return "an id that was there before";
	if (id + WINDOW <= proof->highest)
		return late ? NULL : "an id that is far too low: lines were moved or put in";
	proof->recent[id % WINDOW] = id;
	proof->highest = MAX(proof->highest, id);
	return NULL;
}

/* What a hash that does not fit says. */
static const char *explain(Proof *proof, const AuditLine *line)
{
	unsigned known = MIN(proof->remembered, HISTORY);

	for (unsigned back = 1; back <= known; back++) {
		if (strcmp(line->prev, proof->before[(proof->remembered - back) % HISTORY]) != 0)
			continue;
		if (back == 1)
			return wrong_at(proof, &proof->last, "this line was put in or moved here: the next one does not know of it");
		return wrong_at(proof, &proof->here, "lines were put in before this one, or it was moved here");
	}
	if ((uint64_t)line->id > proof->previous_id + 1)
		return wrong_at(proof, &proof->here, "lines before this one were removed, or the one before it was changed: it has the hash of another one");
	return wrong_at(proof, &proof->last, "this line was changed, or one behind it was removed: the next one has another hash of it");
}

/* Of a removal that was interrupted more may be there than it says. */
static void note_cut(Proof *proof, const AuditLine *line)
{
	const AuditLineCut *cut = &line->cut;

	if (cut->position > proof->begin || (cut->position == proof->begin && !strcmp(cut->prev, proof->start))) {
		proof->vouched = true;
		proof->counts.cut_id = (uint64_t)line->id;
		(void)g_strlcpy(proof->counts.cut_by, line->kind, sizeof proof->counts.cut_by);
	}
	proof->cut_position = cut->position;
	(void)g_strlcpy(proof->cut_digits, cut->prev, sizeof proof->cut_digits);
}

static const char *check_record(Proof *proof, const AuditLine *line)
{
	const char *found = NULL;

	if (line->version < 2 && proof->chained)
		found = wrong_at(proof, &proof->here, "a line without a hash among lines that have one: it was put in or changed");
	else if (line->version >= 2 && strcmp(line->prev, proof->chain.digits) != 0)
		found = explain(proof, line);
	if (!found && (found = check_id(proof, (uint64_t)line->id, line->version >= 2 && audit_line_is_event(line))))
		(void)wrong_at(proof, &proof->here, found);
	proof->counts.records++;
	proof->counts.unchained += line->version < 2;
	proof->counts.last_id = (uint64_t)line->id;
	proof->chained = proof->chained || line->version >= 2;
	proof->previous_id = (uint64_t)line->id;
	if (*line->cut.prev)
		note_cut(proof, line);
	return found;
}

static void remember(Proof *proof)
{
	memcpy(proof->before[proof->remembered++ % HISTORY], proof->chain.digits, CHAIN_DIGITS + 1);
}

const char *proof_line(Proof *proof, const Segment *segment, const TrailLine *text)
{
	AuditLine line;
	const char *found = enter(proof, segment, text->position);

	if (found)
		return found;
	arena_reset(proof->arena);
	if (text->begins) {
		if (proof->here.number)
			set_spot(&proof->last, &proof->here);
		proof->here.number++;
	}
	bool whole = text->begins && audit_line_is_whole(text->text, text->length, proof->arena, &line);
	if (whole)
		found = check_record(proof, &line);
	else if (text->begins && !may_be_torn(text->text, text->length))
		found = wrong_at(proof, &proof->here, "a line that is not a whole record, nor what a torn one leaves: it was put in or changed");
	else
		proof->counts.torn += text->begins && text->length;
	if (text->begins)
		remember(proof);
	trail_walk_chain(&proof->chain, text, whole);
	proof->next = text->position + (int64_t)text->length + text->ends;
	return found;
}

const char *proof_end(Proof *proof)
{
	if (proof->vouched || !proof->begun)
		return NULL;
	return wrong_at(proof, &proof->first, "the trail begins later than it did, and no record in it says that its beginning was removed");
}

bool proof_knows_rest(const Proof *proof, const SegmentHead *head)
{
	return *proof->cut_digits && head->position == proof->cut_position && !strcmp(head->chain.digits, proof->cut_digits);
}

char *proof_place(const Proof *proof)
{
	return g_strdup_printf("%s:%" G_GUINT64_FORMAT, proof->wrong.name ? proof->wrong.name : SEGMENT_ACTIVE, proof->wrong.number);
}

char *proof_here(const Proof *proof)
{
	return g_strdup_printf("%s:%" G_GUINT64_FORMAT, proof->here.name ? proof->here.name : SEGMENT_ACTIVE, proof->here.number);
}

ProofCounts proof_counts(const Proof *proof)
{
	return proof->counts;
}

const char *proof_digits(const Proof *proof)
{
	return proof->chain.digits;
}
