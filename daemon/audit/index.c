/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "audit/condition.h"
#include "audit/database.h"
#include "audit/index.h"
#include "audit/place.h"
#include "audit/walk.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/pulse.h"
#include "base/worker.h"

#define TICK_MS 100u
#define CHUNK_BYTES ((int64_t)1024 * 1024) /* of one transaction */
#define FEW_BYTES ((int64_t)64 * 1024) /* of records whose words may wait for company: who asks reads them quickly */
#define FEW_US (2 * G_USEC_PER_SEC)
#define INDEX_NICE 10 /* an index that is made again may take a processor for minutes, and a decision does not wait for it */

struct Index {
	pthread_t thread;
	pthread_mutex_t lock; /* guards what follows; not held while rows are written */
	pthread_cond_t poke, progress;
	bool stopping, poked;
	int64_t position;       /* of the trail, indexed so far */
	uint64_t asked, serves; /* waits that were begun; the last of them that was there when this look at the files began */
	/* the thread's own: */
	Database database;
	char *dir, *database_path;
	Walk *walk, *words; /* the second one follows the first, with less haste */
	int64_t words_due_us;
	ino_t database_inode;
	Arena *arena;
	bool complained;
};

/* Somebody found that a database is not what was written, or wants a new one. */
static _Atomic bool doubted;

void index_doubt(void)
{
	atomic_store(&doubted, true);
}

static void set_progress(Index *index, uint64_t serves)
{
	(void)pthread_mutex_lock(&index->lock);
	index->position = walk_position(index->walk);
	index->serves = serves;
	(void)pthread_cond_broadcast(&index->progress);
	(void)pthread_mutex_unlock(&index->lock);
}

/* True: the database has it, or it is no record. */
static bool add_line(Index *index, const WalkLine *text)
{
	AuditLine line;
	bool record = text->begins && text->ends && text->length && line_read(text->text, text->length, index->arena, &line);

	if (!record && text->length)
		log_warning("%s: a line of %zu bytes is no record and was left out of the index", index->dir, text->length);
	bool good = !record || database_add(&index->database, &line, text->position, (int64_t)text->length);
	arena_reset(index->arena);
	return good;
}

/* Whether the file is to blame is known before it is asked again. */
static void roll_back(Index *index)
{
	if (database_damaged(&index->database))
		index_doubt();
	database_rollback(&index->database);
}

/* Lines of about one piece, in one transaction.  WALK_FAILED: the database says no, or the files. */
static WalkStep add_lines(Index *index, uint64_t serves)
{
	int64_t from = walk_position(index->walk);
	WalkStep step = WALK_LINE;
	WalkLine text;

	pulse_beat();
	if (!database_begin(&index->database))
		return WALK_FAILED;
	while (walk_position(index->walk) - from < CHUNK_BYTES && (step = walk_next(index->walk, &text)) == WALK_LINE)
		if (!add_line(index, &text))
			step = WALK_FAILED;
	DatabaseState state = index->database.state;
	bool good = step != WALK_FAILED && step != WALK_REPLACED;
	state.position = walk_position(index->walk);
	state.print = walk_print(index->walk);
	if (!good || state.position == from || !database_commit(&index->database, &state)) {
		roll_back(index);
		return good && state.position != from ? WALK_FAILED : step;
	}
	set_progress(index, serves);
	return step;
}

/* From where the database is. */
static void begin_walk(Index *index)
{
	const DatabaseState *state = &index->database.state;

	walk_free(index->walk);
	walk_free(index->words);
	index->walk = walk_new(index->dir, state->position, state->print);
	index->words = walk_new(index->dir, state->text_position, 0);
}

/* What was removed from the trail is no longer found. */
static bool forget(Index *index)
{
	const DatabaseState *state = &index->database.state;
	g_autoptr(Places) places = places_new(index->dir);
	int64_t begin = places ? places_begin(places) : 0;

	return begin <= state->floor || database_prune(&index->database, begin);
}

/* The words of the next records, behind the rows.  False: the database says no, or the files. */
static bool add_words(Index *index)
{
	DatabaseState state = index->database.state;
	int64_t until = MIN(state.position, walk_position(index->words) + CHUNK_BYTES);
	bool good = database_begin(&index->database);
	WalkStep step = WALK_LINE;
	WalkLine text;
	AuditLine line;

	while (good && walk_position(index->words) < until && (step = walk_next(index->words, &text)) == WALK_LINE) {
		bool record = text.begins && text.ends && text.length && line_read(text.text, text.length, index->arena, &line);
		good = !record || database_add_words(&index->database, &line);
		arena_reset(index->arena);
	}
	state.text_position = walk_position(index->words);
	good = good && step != WALK_FAILED && step != WALK_REPLACED && database_commit(&index->database, &state);
	if (!good) {
		roll_back(index);
		walk_free(index->words);
		index->words = walk_new(index->dir, index->database.state.text_position, 0);
	}
	return good;
}

static bool open_database(Index *index, GError **error)
{
	struct stat status;

	if (!database_open(&index->database, index->database_path, error))
		return false;
	begin_walk(index);
	index->database_inode = stat(index->database_path, &status) == 0 ? status.st_ino : 0;
	return true;
}

/* An empty one in the place of a database that is of no use. */
static bool renew(Index *index)
{
	g_autoptr(GError) error = NULL;
	struct stat status;
	bool good = database_renew(&index->database, index->database_path, &error) && stat(index->database_path, &status) == 0;

	index->database_inode = good ? status.st_ino : 0;
	if (good)
		begin_walk(index);
	return good;
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
	if (index->database_inode && stat(index->database_path, &status) == 0 && status.st_ino == index->database_inode)
		return true;
	database_close(&index->database);
	index->database_inode = 0;
	bool good = open_database(index, &error);
	if (good)
		log_warning("%s was removed or replaced; what it lacks is read from the journal", index->database_path);
	else if (!index->complained)
		log_warning("%s; it will be tried again, the journal is whole", error->message);
	index->complained = !good;
	return good;
}

static bool is_stopping(Index *index)
{
	(void)pthread_mutex_lock(&index->lock);
	bool stopping = index->stopping;
	(void)pthread_mutex_unlock(&index->lock);
	return stopping;
}

static bool read_on(Index *index, uint64_t serves)
{
	WalkStep step = WALK_LINE;

	if (!forget(index))
		return false;
	while (step == WALK_LINE && !is_stopping(index))
		step = add_lines(index, serves);
	if (step == WALK_REPLACED) {
		log_warning("the trail in %s was replaced; its index is built again", index->dir);
		return renew(index) && read_on(index, serves);
	}
	if (step == WALK_FAILED)
		return false;
	set_progress(index, serves);
	return true;
}

/* Reads on from where it was; what fails is tried again at the next tick, and a stop waits for no more than one piece: the rest is read
 * after the next start. */
static void catch_up(Index *index, uint64_t serves)
{
	if (!check_database(index))
		return;
	bool good = read_on(index, serves);
	if (!good && !index->complained)
		log_warning("%s cannot be written now (%s); it will catch up, the journal is whole", index->database_path,
			sqlite3_errmsg(index->database.handle));
	index->complained = !good;
	if (!good)
		begin_walk(index); /* what was read and not written is read again */
}

/* What nobody waits for, a piece at a time.  True: there is more. */
static bool work_behind(Index *index)
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

static void *run(void *data)
{
	Index *index = data;
	struct timespec until;
	uint64_t asked = 0;
	bool stopping = false;

	thread_step_back(INDEX_NICE);
	while (!stopping) {
		pulse_begin(PULSE_AUDIT);
		catch_up(index, asked);
		bool more = work_behind(index);
		pulse_end(PULSE_AUDIT);
		condition_deadline(&until, more ? 0 : TICK_MS);
		(void)pthread_mutex_lock(&index->lock);
		while (!index->stopping && !index->poked && pthread_cond_timedwait(&index->poke, &index->lock, &until) != ETIMEDOUT)
			;
		index->poked = false;
		asked = index->asked;
		stopping = index->stopping;
		(void)pthread_mutex_unlock(&index->lock);
	}
	catch_up(index, asked);
	return NULL;
}

static void index_free(Index *index)
{
	database_close(&index->database);
	walk_free(index->walk);
	walk_free(index->words);
	g_free(index->dir);
	g_free(index->database_path);
	arena_free(index->arena);
	(void)pthread_cond_destroy(&index->poke);
	(void)pthread_cond_destroy(&index->progress);
	(void)pthread_mutex_destroy(&index->lock);
	g_free(index);
}

Index *index_start(const char *dir, GError **error)
{
	Index *index = g_new0(Index, 1);

	(void)pthread_mutex_init(&index->lock, NULL);
	condition_init(&index->poke);
	condition_init(&index->progress);
	index->dir = g_strdup(dir);
	index->database_path = g_build_filename(dir, "audit.db", NULL);
	index->arena = arena_new();
	if (open_database(index, error)) {
		int r = pthread_create(&index->thread, NULL, run, index);
		if (r == 0)
			return index;
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "the thread that fills %s cannot start: %s",
			index->database_path, g_strerror(r));
	}
	index_free(index);
	return NULL;
}

void index_stop(Index *index)
{
	if (!index)
		return;
	(void)pthread_mutex_lock(&index->lock);
	index->stopping = true;
	(void)pthread_cond_signal(&index->poke);
	(void)pthread_mutex_unlock(&index->lock);
	(void)pthread_join(index->thread, NULL);
	index_free(index);
}

bool index_sync(Index *index, unsigned timeout_ms)
{
	struct timespec until;
	int64_t end = places_end_of(index->dir);
	int r = 0;

	if (end < 0)
		return true; /* nothing was written yet */
	condition_deadline(&until, timeout_ms);
	(void)pthread_mutex_lock(&index->lock);
	uint64_t asked = ++index->asked;
	index->poked = true;
	(void)pthread_cond_signal(&index->poke);
	while ((index->serves < asked || index->position < end) && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&index->progress, &index->lock, &until);
	bool reached = index->serves >= asked && index->position >= end;
	(void)pthread_mutex_unlock(&index->lock);
	return reached;
}
