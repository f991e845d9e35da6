/* SPDX-License-Identifier: MIT
 *
 * The old end of the trail is removed.  First it is written down outside of the trail what shall go (the plan), then its record, then
 * files lose their names: whatever ends this between two steps, the next start finds the plan, and finishes it if the record is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/journal-internal.h"
#include "audit/line.h"
#include "audit/place.h"
#include "audit/walk.h"
#include "base/log.h"

#define CUT_NAME "audit.cut"   /* what remains of the file that a removal ends in */
#define PLAN_NAME "audit.plan" /* "POSITION FROM DIGITS": where the trail shall begin, the chain there, from where on its record stands */

/* A removal, of which nothing is to be seen until its record is written. */
typedef struct Cut {
	GPtrArray *old; /* names of the files that go */
	char *rest;     /* the path of what remains of the last of them; NULL: nothing */
	bool left; /* to the next start */
} Cut;

/* From `position` on into the file `fd`. */
static int copy_rest(const Segment *from, int64_t position, int fd)
{
	const int64_t shift = (int64_t)from->head_bytes - from->head.position, end = segment_end(from);
	int r = end < 0 ? -errno : journal_copy(from, position + shift, end + shift, fd);

	if (r < 0)
		return r;
	return fdatasync(fd) < 0 ? -errno : 0;
}

static int cut_one(const Journal *journal, const Segment *segment, const JournalPlace *place, Cut *cut)
{
	const SegmentHead head = { place->position, place->chain };
	char *path = g_build_filename(journal->dir, CUT_NAME, NULL);
	int fd = journal_open_fresh(journal, path, &head);

	if (fd < 0) {
		g_free(path);
		return fd;
	}
	cut->rest = path;
	int r = copy_rest(segment, place->position, fd);
	(void)close(fd);
	return r;
}

/* Files up to `until` that are not among them yet. */
static void add_old(Cut *cut, const GPtrArray *names, guint until)
{
	for (guint i = cut->old->len; i < until; i++)
		g_ptr_array_add(cut->old, g_strdup(g_ptr_array_index(names, i)));
}

/* One that is damaged does not say where it begins: it is as old as the next one that does. */
static int find_old(const Journal *journal, const JournalPlace *place, Cut *cut)
{
	int cause = 0, r = 0;
	g_autoptr(GPtrArray) names = segment_list(journal->dir, &cause);

	if (!names)
		return -cause;
	for (guint i = 0; r == 0 && i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_autoptr(Segment) segment = segment_open(journal->dir, name, &cause);
		if (!segment && cause == EBADMSG)
			continue;
		if (!segment)
			return -cause;
		if (segment->head.position <= place->position)
			add_old(cut, names, i);
		if (segment->head.position >= place->position || !strcmp(name, SEGMENT_ACTIVE))
			break;
		if (segment_end(segment) > place->position)
			r = cut_one(journal, segment, place, cut);
		add_old(cut, names, i + 1);
	}
	return r;
}

/* A file that is packed at this moment may have both names; what is packed alone counts, so that goes first. */
static void drop(const Journal *journal, const char *name)
{
	g_autofree char *path = g_build_filename(journal->dir, name, NULL), *packed = segment_packed_name(path);

	if ((unlink(packed) < 0 && errno != ENOENT) || (!segment_is_packed(path) && unlink(path) < 0))
		log_warning("cannot remove %s: %s", path, g_strerror(errno));
}

/* What remains of a file takes its place and its name at once: who looks meanwhile misses nothing, and the names stay in the order of what is
 * in the files, which a number of its own would not (threads write neighbours in any order).  False: that is left to the next start. */
static bool replace(const Journal *journal, const Cut *cut)
{
	if (!cut->rest)
		return true;
	g_autofree char *name = segment_plain_name(g_ptr_array_index(cut->old, cut->old->len - 1));
	g_autofree char *path = g_build_filename(journal->dir, name, NULL), *packed = segment_packed_name(path);
	if (rename(cut->rest, path) == 0)
		return unlink(packed) == 0 || errno == ENOENT;
	log_error("cannot put %s in the place of %s: %s", cut->rest, path, g_strerror(errno));
	return false;
}

static bool finish(const Journal *journal, const Cut *cut)
{
	const guint gone = cut->old->len - (cut->rest ? 1 : 0);

	for (guint i = 0; i < gone; i++)
		drop(journal, g_ptr_array_index(cut->old, i));
	return replace(journal, cut);
}

static int put_plan(const char *path, const JournalPlace *place, int64_t from)
{
	g_autofree char *text =
		g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n", place->position, from, place->chain.digits);
	g_autoptr(GError) error = NULL;

	errno = 0;
	if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0640, &error))
		return 0;
	return errno ? -errno : -EIO;
}

/* The record is on the disk before what it speaks of is gone. */
static int sync_record(Journal *journal)
{
	(void)pthread_mutex_lock(&journal->lock);
	int fd = fcntl(journal->fd, F_DUPFD_CLOEXEC, 3);
	(void)pthread_mutex_unlock(&journal->lock);
	int r = fd < 0 || fdatasync(fd) < 0 ? -errno : 0;
	if (fd >= 0)
		(void)close(fd);
	return r;
}

static int write_record(Journal *journal, Cut *cut, const char *last, size_t length)
{
	int r = journal_append(journal, last, length);

	if (r < 0)
		return r;
	cut->left = sync_record(journal) < 0;
	if (!cut->left)
		cut->left = !finish(journal, cut);
	return 0;
}

/* Where the file begins that is written. */
static int64_t begin_of(Journal *journal)
{
	(void)pthread_mutex_lock(&journal->lock);
	int64_t begin = journal->head.position;
	(void)pthread_mutex_unlock(&journal->lock);
	return begin;
}

/* With `names`. */
static int cut_off(Journal *journal, const JournalPlace *place, const char *last, size_t length)
{
	g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *plan = g_build_filename(journal->dir, PLAN_NAME, NULL);
	Cut cut = { .old = old };
	int r = 0;

	if (place->position > begin_of(journal))
		r = journal_rotate(journal);
	if (r == 0)
		r = find_old(journal, place, &cut);
	if (r == 0)
		r = put_plan(plan, place, begin_of(journal));
	if (r == 0)
		r = write_record(journal, &cut, last, length);
	if (r < 0 && cut.rest)
		(void)unlink(cut.rest);
	if (!cut.left)
		(void)unlink(plan);
	g_free(cut.rest);
	return r;
}

int journal_cut(Journal *journal, const JournalPlace *place, const char *last, size_t length)
{
	(void)pthread_mutex_lock(&journal->names);
	int r = cut_off(journal, place, last, length);
	(void)pthread_mutex_unlock(&journal->names);
	return r;
}

/* What was packed and stands beside its original is not needed. */
static void drop_twins(const Journal *journal)
{
	int cause = 0;
	g_autoptr(GPtrArray) names = segment_list(journal->dir, &cause);

	for (guint i = 0; names && i < names->len; i++) {
		g_autofree char *path = g_build_filename(journal->dir, g_ptr_array_index(names, i), NULL), *packed = segment_packed_name(path);
		if (strcmp(path, packed) != 0)
			(void)unlink(packed);
	}
}

/* What ended between two steps left it; nobody but who holds the journal makes them. */
static void drop_unfinished(const Journal *journal)
{
	static const char *const names[] = { SEGMENT_FRESH, SEGMENT_PACKING };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(journal->dir, names[i], NULL);
		(void)unlink(path);
	}
}

static bool read_plan(const char *path, JournalPlace *ret, int64_t *ret_from)
{
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return false;
	g_auto(GStrv) words = g_strsplit(g_strchomp(text), " ", -1);
	gint64 position = 0, from = 0;
	bool good = g_strv_length(words) == 3 && g_ascii_string_to_signed(words[0], 10, 0, G_MAXINT64, &position, NULL) &&
		    g_ascii_string_to_signed(words[1], 10, 0, G_MAXINT64, &from, NULL) && strlen(words[2]) == CHAIN_DIGITS;
	if (good)
		chain_begin(&ret->chain, words[2]);
	ret->position = position;
	*ret_from = from;
	return good;
}

/* Whether its record was written. */
static bool is_recorded(const Journal *journal, const JournalPlace *place, int64_t from)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(TrailWalk) walk = trail_walk_new(journal->dir, from, 0);
	bool found = false;
	TrailStep step;
	TrailLine text;
	AuditLine line;

	while (!found && ((step = trail_walk_next(walk, &text)) == WALK_LINE || step == WALK_DAMAGED)) {
		found = step == WALK_LINE && text.begins && text.ends && audit_line_is_whole(text.text, text.length, arena, &line) &&
			line.cut.position == place->position && !strcmp(line.cut.prev, place->chain.digits);
		arena_reset(arena);
	}
	return found;
}

void journal_cut_resume(Journal *journal)
{
	g_autoptr(GPtrArray) old = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *plan = g_build_filename(journal->dir, PLAN_NAME, NULL), *rest = g_build_filename(journal->dir, CUT_NAME, NULL);
	Cut cut = { .old = old };
	JournalPlace place = { 0 };
	int64_t from;
	int r = 0;

	if (read_plan(plan, &place, &from) && is_recorded(journal, &place, from)) {
		r = find_old(journal, &place, &cut);
		if (r == 0 && !finish(journal, &cut))
			r = -EIO;
		log_notice("a removal from the trail in %s that was interrupted %s", journal->dir,
			r == 0 ? "was finished" : "cannot be finished now; the next start tries again");
	}
	(void)unlink(rest);
	if (r == 0)
		(void)unlink(plan);
	g_free(cut.rest);
	drop_twins(journal);
	drop_unfinished(journal);
}
