/* SPDX-License-Identifier: MIT
 *
 * The conditions of a filter that the index has a value for.
 */
#include "audit/search.h"
#include "base/budget.h"

static const TermRange events = { TERM(TERM_EVENT, 0), TERM(TERM_EVENT, 0) };

static bool given(const char *text)
{
	return text && *text;
}

/* Numbers of what stands in the table `term`; the last two are for a statement that has them. */
static bool add_terms(AuditSearch *search, GArray *condition, Sql which, TermKind kind, const char *first, const char *end)
{
	sqlite3_stmt *statement = NULL;
	int r = statement_prepare(search->handle, which, &statement) ? SQLITE_OK : SQLITE_ERROR;

	if (r == SQLITE_OK) {
		(void)sqlite3_bind_int(statement, 1, (int)kind);
		(void)sqlite3_bind_text(statement, 2, first, -1, SQLITE_TRANSIENT);
		if (end)
			(void)sqlite3_bind_text(statement, 3, end, -1, SQLITE_TRANSIENT);
		while ((r = sqlite3_step(statement)) == SQLITE_ROW && budget_spend(0)) {
			int64_t term = sqlite3_column_int64(statement, 0);
			const TermRange range = { term, term };
			g_array_append_val(condition, range);
		}
	}
	(void)sqlite3_finalize(statement);
	return r == SQLITE_DONE || search_fail_sql(search);
}

/* "nginx" is also nginx:1.25 and nginx@sha256:... */
static bool add_image(AuditSearch *search, GArray *condition, const char *image)
{
	static const char *const marks[][2] = { { ":", ";" }, { "@", "A" } }; /* from this character on, below the next one */

	if (!add_terms(search, condition, SQL_TERM_FIND, TERM_IMAGE, image, NULL))
		return false;
	for (size_t i = 0; filter_is_bare(image) && i < G_N_ELEMENTS(marks); i++) {
		g_autofree char *first = g_strconcat(image, marks[i][0], NULL), *end = g_strconcat(image, marks[i][1], NULL);
		if (!add_terms(search, condition, SQL_TERM_PREFIX, TERM_IMAGE, first, end))
			return false;
	}
	return true;
}

/* A value that decisions and events have in different terms. */
static bool add_text(AuditSearch *search, GArray *condition, TermKind of_decisions, TermKind of_events, const char *value)
{
	const FilterKind kind = search->filter->kind;

	return (kind == FILTER_EVENTS || add_terms(search, condition, SQL_TERM_FIND, of_decisions, value, NULL)) &&
	       (kind == FILTER_DECISIONS || add_terms(search, condition, SQL_TERM_FIND, of_events, value, NULL));
}

static bool add_command(AuditSearch *search, GArray *condition, const char *command)
{
	g_autofree const char **ids = filter_endpoints(command);

	for (size_t i = 0; ids[i]; i++)
		if (!add_text(search, condition, TERM_COMMAND, TERM_DEED, ids[i]))
			return false;
	return true;
}

static GArray *add_condition(AuditSearch *search)
{
	GArray *condition = g_array_new(FALSE, FALSE, sizeof(TermRange));

	g_ptr_array_add(search->conditions, condition);
	return condition;
}

bool search_add_conditions(AuditSearch *search)
{
	const AuditFilter *filter = search->filter;
	const struct {
		TermKind kind;
		const char *value;
	} texts[] = { { TERM_DECISION, filter->decision }, { TERM_RULE, filter->rule } };
	const TermRange scores = { term_number(TERM_SCORE, (int64_t)MIN(filter->min_score, (uint64_t)TERM_LAST_SERIAL)),
		TERM(TERM_SCORE, TERM_LAST_SERIAL) };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		if (given(texts[i].value) && !add_terms(search, add_condition(search), SQL_TERM_FIND, texts[i].kind, texts[i].value, NULL))
			return false;
	if (filter->kind == FILTER_EVENTS)
		g_array_append_val(add_condition(search), events);
	if (given(filter->user) && !add_text(search, add_condition(search), TERM_USER, TERM_ACTOR, filter->user))
		return false;
	if (given(filter->image) && !add_image(search, add_condition(search), filter->image))
		return false;
	if (given(filter->command) && !add_command(search, add_condition(search), filter->command))
		return false;
	if (filter->min_score)
		g_array_append_val(add_condition(search), scores);
	for (guint i = 0; i < search->conditions->len; i++)
		search->nothing = search->nothing || !((const GArray *)g_ptr_array_index(search->conditions, i))->len;
	return true;
}

/* Whether a group has something of each condition. */
bool search_group_has(AuditSearch *search, int64_t group)
{
	for (guint i = 0; i < search->conditions->len; i++) {
		const GArray *condition = g_ptr_array_index(search->conditions, i);
		bool found = false;
		for (guint t = 0; t < condition->len && !found; t++) {
			const TermRange *range = &g_array_index(condition, TermRange, t);
			(void)sqlite3_bind_int64(search->summary, 1, group);
			(void)sqlite3_bind_int64(search->summary, 2, range->from);
			(void)sqlite3_bind_int64(search->summary, 3, range->to);
			int r = sqlite3_step(search->summary);
			found = r == SQLITE_ROW;
			(void)sqlite3_reset(search->summary);
			if (r != SQLITE_ROW && r != SQLITE_DONE)
				return search_fail_sql(search);
		}
		if (!found)
			return false;
	}
	return true;
}

/* Adds the rows of a block that have one of the terms. */
static bool add_postings(AuditSearch *search, int64_t block, const TermRange *range, Bits *bits)
{
	int r;

	(void)sqlite3_bind_int64(search->posting, 1, block);
	(void)sqlite3_bind_int64(search->posting, 2, range->from);
	(void)sqlite3_bind_int64(search->posting, 3, range->to);
	while ((r = sqlite3_step(search->posting)) == SQLITE_ROW)
		if (!bits_load(sqlite3_column_blob(search->posting, 1), (size_t)sqlite3_column_bytes(search->posting, 1), bits))
			break;
	(void)sqlite3_reset(search->posting);
	if (r == SQLITE_ROW)
		return search_fail_damaged(search);
	return r == SQLITE_DONE || search_fail_sql(search);
}

bool search_meet_conditions(AuditSearch *search, int64_t block, Bits *bits)
{
	static const TermRange decisions = { TERM(TERM_ROW, 0), TERM(TERM_ROW, 0) };
	const GPtrArray *conditions = search->conditions;
	const FilterKind kind = search->filter->kind;

	*bits = (Bits){ 0 };
	if (!conditions->len)
		return add_postings(search, block, &decisions, bits) && (kind == FILTER_DECISIONS || add_postings(search, block, &events, bits));
	for (guint i = 0; i < conditions->len; i++) {
		const GArray *condition = g_ptr_array_index(conditions, i);
		Bits one = { 0 };
		for (guint t = 0; t < condition->len; t++)
			if (!add_postings(search, block, &g_array_index(condition, TermRange, t), &one))
				return false;
		if (i == 0)
			*bits = one;
		else
			bits_keep(bits, &one);
		if (!bits_any(bits))
			return true;
	}
	return true;
}

