/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>
#include <sys/stat.h>
#include "audit/damage.h"
#include "audit/index-internal.h"
#include "audit/place.h"
#include "base/log.h"
#include "base/pulse.h"

#define CHUNK_BYTES ((int64_t)1024 * 1024) /* of one transaction */
#define FEW_BYTES ((int64_t)64 * 1024)     /* of records whose words may wait for company: who asks reads them quickly */
#define FEW_US (2 * G_USEC_PER_SEC)
#define BROKEN_US (60 * G_USEC_PER_SEC) /* between two messages about broken lines */

/* Somebody found that a database is not what was written, or wants a new one. */
static _Atomic bool doubted;

void index_doubt(void)
{
	atomic_store(&doubted, true);
}

bool index_is_doubted(void)
{
	return atomic_load(&doubted);
}

/* True: the database has it, or it is no record. */
static bool add_line(Index *index, const TrailLine *text)
{
	AuditLine line;
	bool record = text->begins && text->ends && text->length && audit_line_read(text->text, text->length, index->arena, &line);

	index->broken += !record && text->begins && text->length;
	bool good = !record || database_add(&index->database, &line, text->position, (int64_t)text->length);
	arena_reset(index->arena);
	return good;
}

/* The next line that the walk gives.  What is damaged is left out, and told. */
static TrailStep next_line(Index *index, TrailWalk *walk, TrailLine *ret)
{
	TrailStep step;

	while ((step = trail_walk_next(walk, ret)) == WALK_DAMAGED) {
		g_free(index->damaged);
		index->damaged = g_strdup(trail_walk_damaged(walk));
		pulse_beat();
	}
	return step;
}

static void tell_damaged(Index *index)
{
	if (index->damaged)
		log_warning("%s of the trail in %s is damaged: what cannot be unpacked of it is in no list; sentinel audit verify says where it begins",
			index->damaged, index->dir);
	g_clear_pointer(&index->damaged, g_free);
}

/* One message, however many there are. */
static void tell_broken(Index *index)
{
	const int64_t now = g_get_monotonic_time();

	if ((!index->broken && !index->damaged) || now < index->broken_due_us)
		return;
	index->broken_due_us = now + BROKEN_US;
	tell_damaged(index);
	if (!index->broken)
		return;
	log_warning("%" G_GUINT64_FORMAT " lines of the trail in %s are no records and were left out of the index; sentinel audit verify "
					 "says whether they were torn or changed",
		index->broken, index->dir);
	index->broken = 0;
}

/* Whether the file is to blame is known before it is asked again. */
static void roll_back(Index *index)
{
	if (database_damaged(&index->database))
		index_doubt();
	database_rollback(&index->database);
}

/* Lines of about one piece, in one transaction.  WALK_FAILED: the database says no, or the files. */
static TrailStep add_lines(Index *index, uint64_t serves)
{
	int64_t from = trail_walk_position(index->walk);
	TrailStep step = WALK_LINE;
	TrailLine text;

	pulse_beat();
	if (!database_begin(&index->database))
		return WALK_FAILED;
	while (trail_walk_position(index->walk) - from < CHUNK_BYTES && (step = next_line(index, index->walk, &text)) == WALK_LINE)
		if (!add_line(index, &text))
			step = WALK_FAILED;
	DatabaseState state = index->database.state;
	bool good = step != WALK_FAILED && step != WALK_REPLACED;
	state.position = trail_walk_position(index->walk);
	state.print = trail_walk_print(index->walk);
	if (!good || state.position == from || !database_commit(&index->database, &state)) {
		roll_back(index);
		return good && state.position != from ? WALK_FAILED : step;
	}
	index_set_progress(index, serves);
	return step;
}

/* From where the database is. */
static void begin_walk(Index *index)
{
	const DatabaseState *state = &index->database.state;

	trail_walk_free(index->walk);
	trail_walk_free(index->words);
	index->walk = trail_walk_new(index->dir, state->position, state->print);
	index->words = trail_walk_new(index->dir, state->text_position, 0);
}

/* What was removed from the trail is no longer found. */
static bool forget(Index *index)
{
	const DatabaseState *state = &index->database.state;
	const int64_t begin = places_begin_of(index->dir);

	return begin <= state->floor || database_prune(&index->database, begin);
}

/* The words of the next records, behind the rows.  False: the database says no, or the files. */
static bool add_words(Index *index)
{
	DatabaseState state = index->database.state;
	int64_t until = MIN(state.position, trail_walk_position(index->words) + CHUNK_BYTES);
	bool good = database_begin(&index->database);
	TrailStep step = WALK_LINE;
	TrailLine text;
	AuditLine line;

	while (good && trail_walk_position(index->words) < until && (step = next_line(index, index->words, &text)) == WALK_LINE) {
		bool record = text.begins && text.ends && text.length && audit_line_read(text.text, text.length, index->arena, &line);
		good = !record || database_add_words(&index->database, &line);
		arena_reset(index->arena);
	}
	state.text_position = trail_walk_position(index->words);
	good = good && step != WALK_FAILED && step != WALK_REPLACED && database_commit(&index->database, &state);
	if (!good) {
		roll_back(index);
		trail_walk_free(index->words);
		index->words = trail_walk_new(index->dir, index->database.state.text_position, 0);
	}
	return good;
}

bool index_open_database(Index *index, GError **error)
{
	struct stat status;

	damage_watch();
	if (!database_open(&index->database, index->database_path, error))
		return false;
	begin_walk(index);
	index->database_inode = lstat(index->database_path, &status) == 0 ? status.st_ino : 0;
	return true;
}

/* An empty one in the place of a database that is of no use. */
static bool renew(Index *index)
{
	g_autoptr(GError) error = NULL;
	struct stat status;
	bool good = database_renew(&index->database, index->database_path, &error) && lstat(index->database_path, &status) == 0;

	index->database_inode = good ? status.st_ino : 0;
	atomic_store(&doubted, false);
	if (!good)
		return false;
	begin_walk(index);
	index_set_progress(index, index->serves); /* what was there is gone */
	return true;
}

/* A database that somebody removed, or put another one in its place, is not written to unseen. */
static bool check_database(Index *index)
{
	g_autoptr(GError) error = NULL;
	struct stat status;

	if (atomic_exchange(&doubted, false)) {
		log_warning("%s is made again from the journal", index->database_path);
		return renew(index);
	}
	if (index->database_inode && lstat(index->database_path, &status) == 0 && status.st_ino == index->database_inode)
		return true;
	database_close(&index->database);
	index->database_inode = 0;
	bool good = index_open_database(index, &error);
	if (good)
		log_warning("%s was removed or replaced; what it lacks is read from the journal", index->database_path);
	else if (!index->complained)
		log_warning("%s; it will be tried again, the journal is whole", error->message);
	index->complained = !good;
	return good;
}

static bool read_on(Index *index, uint64_t serves)
{
	TrailStep step = WALK_LINE;

	if (!forget(index))
		return false;
	while (step == WALK_LINE && !index_is_stopping(index))
		step = add_lines(index, serves);
	if (step == WALK_REPLACED) {
		log_warning("the trail in %s was replaced; its index is built again", index->dir);
		return renew(index) && read_on(index, serves);
	}
	if (step == WALK_FAILED)
		return false;
	index_set_progress(index, serves);
	return true;
}

void index_catch_up(Index *index, uint64_t serves)
{
	if (!check_database(index))
		return;
	bool good = read_on(index, serves);
	if (!good && !index->complained)
		log_warning("%s cannot be written now (%s); it will catch up, the journal is whole", index->database_path,
			sqlite3_errmsg(index->database.handle));
	index->complained = !good;
	tell_broken(index);
	if (good)
		return;
	roll_back(index);
	begin_walk(index); /* what was read and not written is read again */
}

bool index_work_behind(Index *index)
{
	const DatabaseState *state = &index->database.state;
	bool failed;

	if (!index->database.handle || index->complained)
		return false;
	if (database_prune_some(&index->database, &failed))
		return true;
	if (failed) {
		roll_back(index);
		return false;
	}
	const int64_t left = state->position - state->text_position, now = g_get_monotonic_time();
	if (left <= 0 || (left < FEW_BYTES && now < index->words_due_us))
		return false;
	index->words_due_us = now + FEW_US;
	return add_words(index) && state->text_position < state->position;
}
