/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit/journal-internal.h"
#include "audit/line.h"
#include "base/limits.h"
#include "base/log.h"

#define TAIL_BYTES (2 * (off_t)LIMIT_RECORD_BYTES) /* holds a whole record wherever it begins in the first half */
#define SPARE_IDS (INT64_C(1) << 40)

/* How a file ends. */
typedef struct Tail {
	uint64_t last_id; /* the highest of its last records; 0: there is none */
	off_t whole_end;  /* behind the last line that is a whole record; 0: there is none */
	Chain chain;      /* behind its last line, also a torn one */
	bool torn;        /* it does not end with a line feed */
} Tail;

static bool read_all(const Segment *segment, char *into, size_t length, off_t at)
{
	ssize_t got = segment_read_text(segment, into, length, at);

	if (got >= 0 && (size_t)got != length)
		errno = EIO;
	return got == (ssize_t)length;
}

/* The last whole record of a piece that begins at `at`. */
static void find_whole(const char *text, size_t length, off_t at, Tail *tail)
{
	g_autoptr(Arena) arena = arena_new();
	const char *end = text + length, *feed;
	AuditLine line;

	for (const char *from = text; (feed = memchr(from, '\n', (size_t)(end - from))); from = feed + 1) {
		if (audit_line_is_whole(from, (size_t)(feed - from), arena, &line)) {
			chain_whole(&tail->chain, from, (size_t)(feed - from));
			tail->whole_end = at + (feed + 1 - text);
		}
		arena_reset(arena);
	}
}

/* Looks back in steps.  False: see errno. */
static bool find_last(const Segment *segment, off_t begin, off_t size, Tail *tail)
{
	g_autofree char *text = g_malloc(TAIL_BYTES);

	for (off_t end = size; end > begin && (!tail->last_id || !tail->whole_end);) {
		off_t start = MAX(end - TAIL_BYTES, begin);
		if (!read_all(segment, text, (size_t)(end - start), start))
			return false;
		if (!tail->last_id)
			tail->last_id = audit_line_highest_id(text, (size_t)(end - start));
		if (!tail->whole_end)
			find_whole(text, (size_t)(end - start), start, tail);
		end = start > begin ? start + LIMIT_RECORD_BYTES : begin;
	}
	return true;
}

/* May be a whole one that lacks only its line feed: then its number is taken. */
static void fold_last(const char *text, size_t length, Tail *tail)
{
	g_autoptr(Arena) arena = arena_new();
	AuditLine line;

	chain_line(&tail->chain, text, length);
	if (audit_line_is_whole(text, length, arena, &line))
		tail->last_id = MAX(tail->last_id, (uint64_t)line.id);
}

/* What stands behind the last whole record is folded into the chain. */
static bool fold_rest(const Segment *segment, off_t from, off_t size, Tail *tail)
{
	g_autofree char *text = g_malloc(TAIL_BYTES);
	bool within = false;

	for (off_t at = from; at < size;) {
		size_t length = (size_t)MIN(TAIL_BYTES, size - at);
		if (!read_all(segment, text, length, at))
			return false;
		const char *feed = memchr(text, '\n', length);
		size_t used = feed ? (size_t)(feed - text) : length;
		bool last = !feed && at + (off_t)length == size;
		if (last && !within)
			fold_last(text, used, tail);
		else
			chain_piece(&tail->chain, text, used, feed || last);
		within = !feed;
		at += (off_t)used + (feed != NULL);
	}
	tail->torn = within;
	return true;
}

static bool find_tail(const Segment *segment, off_t size, Tail *ret)
{
	const off_t begin = (off_t)segment->head_bytes;

	*ret = (Tail){ .chain = segment->head.chain };
	return find_last(segment, begin, size, ret) && fold_rest(segment, ret->whole_end ? ret->whole_end : begin, size, ret);
}

/* The first record of the file.  One that is not near its beginning is not looked for: such a file is put away soon. */
static bool find_first(Journal *journal, off_t size, uint64_t last_id)
{
	g_autofree char *text = g_malloc(TAIL_BYTES);
	g_autoptr(Arena) arena = arena_new();
	AuditLine line;
	ssize_t got;

	journal->first_id = 0;
	for (off_t at = (off_t)journal->head_bytes; at < size && !journal->first_id;) {
		if (at > (off_t)LIMIT_WALK_BYTES) {
			journal->first_id = last_id;
			journal->first_us = 0;
			break;
		}
		if ((got = pread(journal->fd, text, TAIL_BYTES, at)) <= 0)
			return got == 0;
		const char *feed = memchr(text, '\n', (size_t)got);
		size_t length = feed ? (size_t)(feed - text) : (size_t)got;
		if (audit_line_is_whole(text, length, arena, &line)) {
			journal->first_id = (uint64_t)line.id;
			journal->first_us = line.time_us;
		}
		arena_reset(arena);
		at += (off_t)length + (feed != NULL);
	}
	return true;
}

static bool look_at(const Segment *segment, Tail *ret)
{
	const int64_t bytes = segment_text_bytes(segment);

	return bytes >= 0 && find_tail(segment, bytes, ret);
}

/* The last id of the finished files, newest first; where the newest ends, and the chain there. */
static bool look_at_finished(const Journal *journal, uint64_t *ret_id, SegmentHead *ret_end)
{
	int cause = 0;
	g_autoptr(GPtrArray) names = segment_list(journal->dir, &cause);

	*ret_id = 0;
	*ret_end = (SegmentHead){ 0 };
	for (guint i = names ? names->len : 0; i-- > 0 && !*ret_id;) {
		const char *name = g_ptr_array_index(names, i);
		Tail tail;
		if (!strcmp(name, SEGMENT_ACTIVE))
			continue;
		g_autoptr(Segment) segment = segment_open(journal->dir, name, &cause);
		if (!segment || !look_at(segment, &tail)) {
			errno = segment ? errno : cause;
			return false;
		}
		*ret_id = tail.last_id;
		if (!ret_end->position) {
			ret_end->position = segment_end(segment);
			ret_end->chain = tail.chain;
		}
	}
	errno = cause;
	return names != NULL;
}

bool journal_read_head(Journal *journal)
{
	Segment own = { .fd = journal->fd };
	bool good = segment_read_head(&own);

	journal->head = own.head;
	journal->head_bytes = own.head_bytes;
	return good;
}

/* A new journal beside files of an older one goes on where they end. */
static bool begin(Journal *journal, const SegmentHead *head)
{
	if (!head->position)
		return true;
	g_autofree char *text = segment_head_format(head);
	ssize_t wrote = write(journal->fd, text, strlen(text));
	journal->chain = head->chain;
	if (wrote == (ssize_t)strlen(text))
		return journal_read_head(journal);
	int cause = wrote < 0 ? errno : ENOSPC;
	if (ftruncate(journal->fd, 0) < 0)
		cause = errno;
	errno = cause;
	return false;
}

/* After a power cut a file may end with bytes that were never written: they say nothing and go. */
static bool trim(const Journal *journal, off_t *size)
{
	g_autofree char *text = g_malloc(LIMIT_WALK_BYTES);
	off_t end = *size;

	while (end > 0) {
		size_t length = (size_t)MIN((off_t)LIMIT_WALK_BYTES, end), used = length;
		off_t data = lseek(journal->fd, end - (off_t)length, SEEK_DATA);
		if (data >= end || (data < 0 && errno == ENXIO)) {
			end -= (off_t)length; /* a hole */
			continue;
		}
		if (!read_all(&(Segment){ .fd = journal->fd }, text, length, end - (off_t)length))
			return false;
		while (used && !text[used - 1])
			used--;
		end -= (off_t)(length - used);
		if (used)
			break;
	}
	if (end == *size)
		return true;
	log_warning("%s: %lld bytes at its end were never written (a power cut?) and are left out", journal->path, (long long)(*size - end));
	*size = end;
	return ftruncate(journal->fd, end) == 0;
}

/* Names of new files stand behind those that are there. */
static bool find_named(Journal *journal)
{
	int cause = 0;
	g_autoptr(GPtrArray) names = segment_list(journal->dir, &cause);

	for (guint i = 0; names && i < names->len; i++)
		journal->named = MAX(journal->named, segment_number(g_ptr_array_index(names, i)));
	errno = cause;
	return names != NULL;
}

static bool look_at_own(Journal *journal, off_t size, Tail *ret)
{
	if (!journal_read_head(journal))
		return false;
	const Segment own = { .fd = journal->fd, .head = journal->head, .head_bytes = journal->head_bytes };
	return find_tail(&own, size, ret) && find_first(journal, size, ret->last_id);
}

bool journal_recover(Journal *journal)
{
	SegmentHead end = { 0 };
	struct stat status;
	Tail tail;

	if (!find_named(journal) || fstat(journal->fd, &status) < 0 || !trim(journal, &status.st_size) || !look_at_own(journal, status.st_size, &tail))
		return false;
	journal->torn = tail.torn;
	journal->chain = tail.chain;
	if (!tail.last_id && !look_at_finished(journal, &tail.last_id, &end))
		return false;
	if (tail.last_id > LIMIT_RECORD_ID - SPARE_IDS) {
		errno = ERANGE;
		return false;
	}
	atomic_store(&journal->next_id, tail.last_id + 1);
	return status.st_size || begin(journal, &end);
}
