/* SPDX-License-Identifier: MIT
 *
 * Statistics.  A group of blocks of which the filter means everything is counted by its summary, other blocks by their postings.
 */
#include <string.h>
#include "audit/index.h"
#include "audit/query.h"
#include "audit/question.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/limits.h"
#include "policy/decision.h"

static const TermRange of_decisions = { TERM(TERM_DECISION, 0), TERM(TERM_HOUR, TERM_LAST_SERIAL) };
static const TermRange of_folded = { TERM(TERM_FOLDED, 0), TERM(TERM_FOLDED, TERM_LAST_SERIAL) };

/* By kind: counts by serial number. */
typedef struct Tally {
	AuditQuestion *question;
	TermRange terms; /* that are counted */
	sqlite3_stmt *summary, *after, *posting, *value;
	GArray *counts[TERM_COUNT]; /* of uint32_t */
	GError **error;
} Tally;

static bool add(Tally *tally, int64_t term, int64_t count)
{
	const size_t kind = (size_t)(term >> TERM_SERIAL_BITS);
	const int64_t serial = term & TERM_LAST_SERIAL;
	GArray *counts = tally->counts[kind];

	if (count <= 0)
		return true;
	if (serial >= LIMIT_STATS_TERMS) {
		g_set_error(tally->error, SENTINEL_ERROR, SENTINEL_ERROR_LIMIT,
			"the trail has more different values than are counted (%u); audit clear --before removes old records",
			LIMIT_STATS_TERMS);
		return false;
	}
	if (serial >= counts->len)
		(void)g_array_set_size(counts, (guint)serial + 1);
	g_array_index(counts, uint32_t, serial) += (uint32_t)count;
	return true;
}

static bool add_summary(Tally *tally, int64_t group)
{
	int r;

	(void)sqlite3_bind_int64(tally->summary, 1, group);
	(void)sqlite3_bind_int64(tally->summary, 2, tally->terms.from);
	(void)sqlite3_bind_int64(tally->summary, 3, tally->terms.to);
	while ((r = sqlite3_step(tally->summary)) == SQLITE_ROW)
		if (!add(tally, sqlite3_column_int64(tally->summary, 0), sqlite3_column_int64(tally->summary, 1)))
			break;
	(void)sqlite3_reset(tally->summary);
	return r == SQLITE_DONE || search_fail_sql(&tally->question->search);
}

static bool add_block(Tally *tally, int64_t block, const Bits *bits)
{
	int r;

	(void)sqlite3_bind_int64(tally->posting, 1, block);
	(void)sqlite3_bind_int64(tally->posting, 2, tally->terms.from);
	(void)sqlite3_bind_int64(tally->posting, 3, tally->terms.to);
	while ((r = sqlite3_step(tally->posting)) == SQLITE_ROW) {
		Bits one = { 0 };
		if (!bits_load(sqlite3_column_blob(tally->posting, 1), (size_t)sqlite3_column_bytes(tally->posting, 1), &one))
			break;
		bits_keep(&one, bits);
		if (!add(tally, sqlite3_column_int64(tally->posting, 0), bits_count(&one)))
			break;
	}
	(void)sqlite3_reset(tally->posting);
	return r == SQLITE_DONE ||
	       (r == SQLITE_ROW ? search_fail_damaged(&tally->question->search) : search_fail_sql(&tally->question->search));
}

static bool prepare(Tally *tally)
{
	sqlite3 *handle = tally->question->handle;

	return (statement_prepare(handle, SQL_SUMMARY_COUNTS, &tally->summary) &&
		       statement_prepare(handle, SQL_BLOCK_AFTER, &tally->after) &&
		       statement_prepare(handle, SQL_POSTING_FIND, &tally->posting) &&
		       statement_prepare(handle, SQL_TERM_VALUE, &tally->value)) ||
	       search_fail_sql(&tally->question->search);
}

/* Whether everything of a group is meant: all blocks that it has lie within the time and above the floor. */
static bool is_whole(Tally *tally, int64_t group)
{
	int64_t at = group * GROUP_BLOCKS - 1;
	bool whole = search_takes_all(&tally->question->search), found = true;

	while (whole && found) {
		(void)sqlite3_bind_int64(tally->after, 1, at);
		found = sqlite3_step(tally->after) == SQLITE_ROW && sqlite3_column_int64(tally->after, 0) / GROUP_BLOCKS == group;
		if (found) {
			const BlockPlace place = block_place(tally->after);
			whole = search_takes_block(&tally->question->search, &place);
			at = place.number;
		}
		(void)sqlite3_reset(tally->after);
	}
	return whole;
}

static bool tally_all(Tally *tally)
{
	AuditSearch *search = &tally->question->search;
	BlockPlace place;
	Bits bits;

	while (search_next(search, &place, &bits)) {
		int64_t group = place.number / GROUP_BLOCKS;
		if (!is_whole(tally, group)) {
			if (!add_block(tally, place.number, &bits))
				return false;
			continue;
		}
		if (!add_summary(tally, group))
			return false;
		search->cursor = group * GROUP_BLOCKS;
	}
	return !*tally->error;
}

static void count_free(gpointer data)
{
	AuditCount *count = data;

	g_free(count->value);
	g_free(count);
}

typedef struct Top {
	uint32_t serial, count;
} Top;

static int by_count(const void *a, const void *b)
{
	const Top *one = a, *other = b;

	return one->count != other->count    ? (one->count < other->count ? 1 : -1)
	       : one->serial < other->serial ? -1
					     : one->serial > other->serial;
}

static char *value_of(Tally *tally, TermKind kind, uint32_t serial)
{
	if (kind == TERM_HOUR) {
		g_autoptr(GDateTime) hour = g_date_time_new_from_unix_utc((int64_t)serial * 3600);
		return g_date_time_format(hour, "%Y-%m-%dT%H:%M:%SZ");
	}
	(void)sqlite3_bind_int64(tally->value, 1, TERM(kind, serial));
	char *value = sqlite3_step(tally->value) == SQLITE_ROW ? g_strdup((const char *)sqlite3_column_text(tally->value, 0)) : NULL;
	(void)sqlite3_reset(tally->value);
	return value;
}

/* Of the values that occur the most frequent ones; of hours the last. */
static GArray *choose(const GArray *counts, TermKind kind, unsigned limit)
{
	GArray *top = g_array_new(FALSE, FALSE, sizeof(Top));

	for (guint serial = 0; serial < counts->len; serial++) {
		const Top one = { serial, g_array_index(counts, uint32_t, serial) };
		if (one.count)
			g_array_append_val(top, one);
	}
	if (kind == TERM_HOUR) {
		if (top->len > LIMIT_STATS_HOURS)
			g_array_remove_range(top, 0, top->len - LIMIT_STATS_HOURS);
		return top;
	}
	g_array_sort(top, by_count);
	if (top->len > limit)
		g_array_set_size(top, limit);
	return top;
}

static int by_count_and_value(gconstpointer a, gconstpointer b)
{
	const AuditCount *one = *(AuditCount *const *)a, *other = *(AuditCount *const *)b;

	return one->count != other->count ? (one->count < other->count ? 1 : -1) : strcmp(one->value, other->value);
}

static bool name_all(Tally *tally, unsigned limit, AuditCounts *ret)
{
	static const TermKind kinds[FIELD_COUNT] = { [FIELD_DECISION] = TERM_DECISION,
		[FIELD_USER] = TERM_USER,
		[FIELD_IMAGE] = TERM_IMAGE,
		[FIELD_RULE] = TERM_RULE,
		[FIELD_COMMAND] = TERM_COMMAND,
		[FIELD_HOUR] = TERM_HOUR };
	const GArray *decisions = tally->counts[TERM_DECISION];

	for (guint i = 0; i < decisions->len; i++)
		ret->total += g_array_index(decisions, uint32_t, i);
	for (size_t field = 0; field < FIELD_COUNT; field++) {
		g_autoptr(GArray) top = choose(tally->counts[kinds[field]], kinds[field], limit);
		for (guint i = 0; i < top->len; i++) {
			const Top *one = &g_array_index(top, Top, i);
			char *value = value_of(tally, kinds[field], one->serial);
			if (!value)
				return search_fail_damaged(&tally->question->search);
			AuditCount *count = g_new0(AuditCount, 1);
			*count = (AuditCount){ value, one->count };
			g_ptr_array_add(ret->fields[field], count);
		}
		if (field != FIELD_HOUR)
			g_ptr_array_sort(ret->fields[field], by_count_and_value);
	}
	return true;
}

static void tally_begin(Tally *tally, TermRange terms, AuditQuestion *question, GError **error)
{
	*tally = (Tally){ .question = question, .terms = terms, .error = error };
	for (size_t i = 0; i < TERM_COUNT; i++)
		tally->counts[i] = g_array_new(FALSE, TRUE, sizeof(uint32_t));
}

static void tally_clear(Tally *tally)
{
	(void)sqlite3_finalize(tally->summary);
	(void)sqlite3_finalize(tally->after);
	(void)sqlite3_finalize(tally->posting);
	(void)sqlite3_finalize(tally->value);
	for (size_t i = 0; i < TERM_COUNT; i++)
		g_array_unref(tally->counts[i]);
}

static bool given(const char *value)
{
	return value && *value;
}

/* Their number stands in the index by its bits: so many lines have this one. */
static void add_up(const Tally *tally, AuditCounts *ret)
{
	const GArray *bits = tally->counts[TERM_FOLDED];

	for (guint bit = 0; bit < bits->len; bit++)
		ret->folded += (uint64_t)g_array_index(bits, uint32_t, bit) << bit;
}

/* What was let through and counted has a caller and a time, and nothing else that can be asked for here. */
static bool count_folded(const char *dir, const AuditFilter *filter, AuditCounts *ret, GError **error)
{
	const AuditFilter folded = { .kind = FILTER_EVENTS, .since_us = filter->since_us, .until_us = filter->until_us, .user = filter->user, .command = "sentinel.folded" };
	AuditQuestion question;
	Tally tally;
	bool empty;

	ret->folded_known = !given(filter->image) && !given(filter->rule) && !given(filter->text) && !given(filter->command) && !filter->min_score &&
		(!given(filter->decision) || !strcmp(filter->decision, outcome_name(OUTCOME_ALLOWED)));
	if (!ret->folded_known)
		return true;
	tally_begin(&tally, of_folded, &question, error);
	bool good = question_begin(&question, dir, &folded, 0, &empty, error) && prepare(&tally) && tally_all(&tally);
	if (good)
		add_up(&tally, ret);
	tally_clear(&tally);
	question_end(&question);
	return good || empty;
}

bool query_count(const char *dir, const AuditFilter *filter, unsigned limit, AuditCounts *ret, GError **error)
{
	g_autoptr(GError) problem = NULL;
	AuditFilter decisions = *filter;
	AuditQuestion question;
	Tally tally;
	bool empty;

	*ret = (AuditCounts){ 0 };
	decisions.kind = FILTER_DECISIONS;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		ret->fields[i] = g_ptr_array_new_with_free_func(count_free);
	tally_begin(&tally, of_decisions, &question, &problem);
	bool good = question_begin(&question, dir, &decisions, 0, &empty, &problem) && prepare(&tally) && tally_all(&tally) &&
		    name_all(&tally, limit, ret);
	tally_clear(&tally);
	question_end(&question);
	if ((good || empty) && count_folded(dir, filter, ret, &problem))
		return true;
	audit_counts_clear(ret);
	g_propagate_error(error, g_steal_pointer(&problem));
	return false;
}

void audit_counts_clear(AuditCounts *counts)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		g_clear_pointer(&counts->fields[i], g_ptr_array_unref);
}
