/* SPDX-License-Identifier: MIT
 *
 * What is found is what reading every line would find: for each filter and for several together, while words are still missing, after records
 * were removed, over damage; and no question walks a table.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audit-fixture.h"
#include "audit/bits.h"
#include "audit/clear.h"
#include "audit/statements.h"
#include "audit/words.h"
#include "base/error.h"
#include "base/limits.h"
#include "core/audit-event.h"

enum { RECORDS = 9500, FIRST_ID = 4000, FILTERS = 20, BEGIN_S = 1700000000, WAIT_TRIES = 4000 };

static const char *const users[] = { "alice", "bob", "one-of:alice,bob", "", "Ünal" };
static const char *const images[] = { "nginx", "nginx:1.25", "nginx@sha256:00", "nginxen", "r:5000/nginx", "ubuntu:24.04", "" };
static const char *const rules[] = { "privileged", "mounts", NULL, NULL, NULL };
static const char *const calls[] = { "container.create", "exec.create", "exec.start", "system.ping", "sentinel.clear" };
static const char *const texts[] = { "docker create web-7", "docker exec db", "ping", "docker exec (start) 0123456789ab" };

#define PICK(rand, table) (table)[g_rand_int_range((rand), 0, G_N_ELEMENTS(table))]

/* Some with a kind, some as an older version wrote them. */
static const char *random_event(GRand *rand, uint64_t id, int64_t time_us, Arena *arena)
{
	static const AuditEventKind kinds[] = { AUDIT_START, AUDIT_GRANT, AUDIT_CLEAR, AUDIT_FOLDED, AUDIT_FOLDED };
	const AuditEventKind kind = PICK(rand, kinds);
	const AuditEventDetail reads = { AUDIT_FOLDED_READS, NULL, (uint64_t)g_rand_int_range(rand, 1, 1 << 20) };
	size_t length;

	return audit_event_format(&(AuditEvent){ .kind = kind, .user = PICK(rand, users), .summary = PICK(rand, texts), .image = PICK(rand, images), .details = &reads, .detail_count = kind == AUDIT_FOLDED },
		id, time_us, arena, &length);
}

static const char *random_line(GRand *rand, uint64_t id, Arena *arena)
{
	Request *request = request_new(arena);
	const char *rule = PICK(rand, rules);
	Finding finding = { rule, "category", SEVERITY_HIGH, ACTION_BLOCK, "message", "" };
	Decision decision = { .outcome = rule ? (Outcome)g_rand_int_range(rand, 0, 3) : OUTCOME_ALLOWED, .score = (unsigned)g_rand_int_range(rand, 0, 21) * 5, .policy = "p",
		.findings = &finding, .finding_count = rule ? 1 : 0 };
	/* The clock is set back now and then. */
	int64_t time_s = BEGIN_S + (int64_t)(id / 1000 % 7 == 3 ? id - 900 : id) * 7;
	size_t length;

	if (g_rand_int_range(rand, 0, 9) == 0)
		return random_event(rand, id, time_s * G_USEC_PER_SEC, arena);
	request->method = "POST";
	request->uri = "/v1.41/containers/create";
	request->endpoint = PICK(rand, calls);
	request->summary = PICK(rand, texts);
	request->image.text = PICK(rand, images);
	return record_format(&(Record){ .id = id, .time_us = time_s * G_USEC_PER_SEC, .user = PICK(rand, users), .request = request, .decision = &decision }, arena, &length);
}

/* Neighbours change places now and then, as threads write them. */
static void write_trail(const char *dir, guint32 seed)
{
	GRand *rand = g_rand_new_with_seed(seed);
	g_autoptr(Arena) arena = arena_new();
	GString *text = g_string_new(NULL);

	for (uint64_t id = FIRST_ID; id < FIRST_ID + RECORDS; id += 2, arena_reset(arena)) {
		const char *one = random_line(rand, id, arena), *two = random_line(rand, id + 1, arena);
		bool turned = g_rand_boolean(rand);
		g_string_append(text, turned ? two : one);
		g_string_append(text, turned ? one : two);
	}
	scratch_put(dir, "audit.jsonl", text->str);
	g_string_free(text, TRUE);
	g_rand_free(rand);
}

static AuditFilter random_filter(GRand *rand)
{
	static const char *const decisions[] = { "allowed", "denied", "warned", "none" }, *const wanted[] = { "nginx", "nginx:1.25", "ngin", "ubuntu", "5000/nginx", "r:5000/nginx" };
	static const char *const commands[] = { "run", "exec", "docker exec", "container.create", "ping", "sentinel.clear", "sentinel.start", "sentinel.folded" };
	static const char *const words[] = { "docker", "web 7", "WEB-7", "0123*", "0123", "create db", "exec d*", "ünal", "Ünal", "nginx 1 25", "nobody" };
	const uint64_t since = (uint64_t)(BEGIN_S + g_rand_int_range(rand, 0, RECORDS + FIRST_ID) * 7) * G_USEC_PER_SEC;
	AuditFilter filter = { .kind = (FilterKind)g_rand_int_range(rand, 0, 3) };

	for (int i = g_rand_int_range(rand, 0, 4); i > 0; i--) {
		switch (g_rand_int_range(rand, 0, 9)) {
		case 0: filter.user = PICK(rand, users); break;
		case 1: filter.image = PICK(rand, wanted); break;
		case 2: filter.rule = "privileged"; break;
		case 3: filter.decision = PICK(rand, decisions); break;
		case 4: filter.command = PICK(rand, commands); break;
		case 5: filter.text = PICK(rand, words); break;
		case 6: filter.min_score = (uint64_t)g_rand_int_range(rand, 0, 120); break;
		case 7: filter.since_us = since; break;
		default: filter.until_us = since + 1000 * G_USEC_PER_SEC; break;
		}
	}
	return filter;
}

static int by_id(gconstpointer a, gconstpointer b)
{
	const AuditLine *one = a, *other = b;

	return one->id < other->id ? 1 : -1;
}

/* Every line there is, newest first. */
static GArray *read_lines(const char *dir, Arena *arena)
{
	g_autoptr(TrailWalk) walk = trail_walk_new(dir, 0, 0);
	GArray *lines = g_array_new(FALSE, FALSE, sizeof(AuditLine));
	AuditLine line;
	TrailLine text;

	while (trail_walk_next(walk, &text) == WALK_LINE)
		if (audit_line_read(text.text, text.length, arena, &line))
			g_array_append_val(lines, line);
	g_array_sort(lines, by_id);
	return lines;
}

/* One by one. */
static GArray *choose(const GArray *lines, const AuditFilter *filter)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));

	for (guint i = 0; i < lines->len; i++) {
		const AuditLine *line = &g_array_index(lines, AuditLine, i);
		const uint64_t id = (uint64_t)line->id;
		if (filter_matches(filter, line))
			g_array_append_val(ids, id);
	}
	return ids;
}

/* Reads that were counted together: of a caller and a time. */
static void expect_folded(const GArray *lines, const AuditFilter *filter, const AuditCounts *counts)
{
	const bool known = !filter->image && !filter->rule && !filter->text && !filter->command && !filter->min_score &&
		(!filter->decision || !strcmp(filter->decision, "allowed"));
	const AuditFilter events = { .kind = FILTER_EVENTS, .since_us = filter->since_us, .until_us = filter->until_us, .user = filter->user };
	uint64_t reads = 0;

	for (guint i = 0; i < lines->len; i++) {
		const AuditLine *line = &g_array_index(lines, AuditLine, i);
		reads += filter_matches(&events, line) ? (uint64_t)line->folded : 0;
	}
	g_assert_cmpint(counts->folded_known, ==, known);
	g_assert_cmpuint(counts->folded, ==, known ? reads : 0);
}

static void expect_same(const char *dir, const GArray *lines, const AuditFilter *filter, GRand *rand)
{
	g_autoptr(GArray) expected = choose(lines, filter);
	g_autoptr(GError) error = NULL;
	unsigned page = (unsigned)g_rand_int_range(rand, 400, 9000);
	uint64_t before = 0;

	for (guint at = 0; at <= expected->len;) {
		g_autoptr(GPtrArray) rows = query_run(dir, filter, page, before, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(rows->len, ==, MIN(page, expected->len - at));
		for (guint i = 0; i < rows->len; i++)
			g_assert_cmpuint(((const AuditRow *)g_ptr_array_index(rows, i))->id, ==, g_array_index(expected, uint64_t, at + i));
		at += rows->len;
		before = rows->len ? ((const AuditRow *)g_ptr_array_index(rows, rows->len - 1))->id : 0;
		if (!rows->len)
			break;
	}
	AuditFilter counted = *filter; /* statistics are of decisions, whatever is asked for */
	counted.kind = FILTER_DECISIONS;
	g_autoptr(GArray) decisions = choose(lines, &counted);
	AuditCounts counts;
	g_assert_true(query_count(dir, filter, 100, &counts, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(counts.total, ==, decisions->len);
	expect_folded(lines, filter, &counts);
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		uint64_t all = 0;
		for (guint i = 0; i < counts.fields[field]->len; i++)
			all += ((const AuditCount *)g_ptr_array_index(counts.fields[field], i))->count;
		if (field != FIELD_RULE)
			g_assert_cmpuint(all, ==, decisions->len);
	}
	audit_counts_clear(&counts);
}

static void expect_all_same(const char *dir, guint32 seed)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GArray) lines = read_lines(dir, arena);
	GRand *rand = g_rand_new_with_seed(seed);

	for (unsigned i = 0; i < FILTERS; i++) {
		const AuditFilter filter = i ? random_filter(rand) : (AuditFilter){ 0 };
		if (filter_check(&filter, NULL))
			expect_same(dir, lines, &filter, rand);
	}
	g_rand_free(rand);
}

/* A number out of audit.db. */
static int64_t ask_number(const char *dir, const char *sql)
{
	g_autofree char *path = g_build_filename(dir, "audit.db", NULL);
	sqlite3_stmt *statement = NULL;
	sqlite3 *handle = NULL;
	int64_t number = -1;

	g_assert_cmpint(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
	(void)sqlite3_busy_timeout(handle, 10000);
	if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	g_assert_cmpint(sqlite3_close(handle), ==, SQLITE_OK);
	return number;
}

static void wait_for(const char *dir, const char *sql, int64_t expected)
{
	unsigned tries = 0;

	while (ask_number(dir, sql) != expected && ++tries < WAIT_TRIES)
		g_usleep(20000);
	g_assert_cmpint(ask_number(dir, sql), ==, expected);
}

#define WORDS_MISSING "SELECT position - text_position FROM position"

/* As soon as the rows are there, and when the words are too. */
static void test_same(void)
{
	g_autoptr(Scratch) dir = scratch_new();

	write_trail(dir, 1);
	Index *index = index_start(dir, NULL);
	g_assert_true(index_sync(index, 60000));
	expect_all_same(dir, 2);
	wait_for(dir, WORDS_MISSING, 0);
	expect_all_same(dir, 3);
	index_stop(index);
}

/* Some of the words in the table, the others in the trail. */
static void test_words_behind(void)
{
	g_autoptr(Scratch) dir = scratch_new();

	write_trail(dir, 4);
	run_index(dir);
	Index *index = index_start(dir, NULL);
	wait_for(dir, WORDS_MISSING, 0);
	index_stop(index);
	g_assert_cmpint(ask_number(dir, "UPDATE position SET text_position = text_position / 2 RETURNING 1"), ==, 1);
	expect_all_same(dir, 5);
}

static void test_bits(void)
{
	GRand *rand = g_rand_new_with_seed(6);
	uint8_t stored[BITS_STORED_BYTES];

	for (unsigned chance = 1; chance <= 4096; chance *= 2) {
		Bits bits = { 0 }, loaded = { 0 }, ended;
		unsigned below = (unsigned)g_rand_int_range(rand, 0, BITS_ROWS + 1), count = 0;
		int last = -1;
		for (unsigned i = 0; i < BITS_ROWS; i++) {
			if (g_rand_int_range(rand, 0, (gint32)chance))
				continue;
			bits_set(&bits, i);
			last = i < below ? (int)i : last;
			count += i < below;
		}
		size_t length = bits_store(&bits, stored);
		g_assert_true(bits_load(stored, length, &loaded));
		g_assert_cmpmem(&bits, sizeof bits, &loaded, sizeof loaded);
		g_assert_cmpint(bits_last(&bits, below), ==, last);
		ended = bits;
		bits_end(&ended, below);
		g_assert_cmpuint(bits_count(&ended), ==, count);
		stored[g_rand_int_range(rand, 0, (gint32)length)] ^= 1;
		g_assert_false(bits_load(stored, length, &loaded));
		g_assert_false(bits_load(stored, length / 2, &loaded));
	}
	g_assert_false(bits_load(NULL, 0, &(Bits){ 0 }));
	g_rand_free(rand);
}

/* The plan of a statement, its lines behind one another. */
static char *plan_of(sqlite3 *handle, const char *sql)
{
	g_autofree char *explain = g_strconcat("EXPLAIN QUERY PLAN ", sql, NULL);
	GString *plan = g_string_new(NULL);
	sqlite3_stmt *statement = NULL;

	g_assert_cmpint(sqlite3_prepare_v2(handle, explain, -1, &statement, NULL), ==, SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW)
		g_string_append_printf(plan, "%s; ", (const char *)sqlite3_column_text(statement, 3));
	(void)sqlite3_finalize(statement);
	return g_string_free(plan, FALSE);
}

static void test_plans(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "audit.db", NULL), *hits = words_hits_sql(0);
	sqlite3 *handle = NULL;

	write_trail(dir, 7);
	Index *index = index_start(dir, NULL);
	wait_for(dir, WORDS_MISSING, 0);
	index_stop(index);
	g_assert_cmpint(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
	for (unsigned i = 0; i < SQL_COUNT; i++) {
		g_autofree char *plan = plan_of(handle, statement_text((Sql)i));
		if (strstr(plan, "SCAN") && !strstr(plan, "SCAN CONSTANT ROW"))
			g_error("%s: %s", statement_text((Sql)i), plan);
	}
	g_autofree char *plan = plan_of(handle, hits);
	g_assert_nonnull(strstr(plan, "VIRTUAL TABLE INDEX"));
	g_assert_nonnull(strstr(plan, ":M")); /* by MATCH, fts5 in sqlite */
	g_assert_null(strstr(plan, "TEMP B-TREE"));
	(void)sqlite3_close(handle);
}

/* Records that were removed are found by nobody, at once; and the file gives back their room, their names and their words. */
static void test_removed(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(GError) error = NULL;
	uint64_t entries = 0;

	write_trail(dir, 8);
	Index *index = index_start(dir, NULL);
	wait_for(dir, WORDS_MISSING, 0);
	g_assert_true(index_sync(index, 60000));
	Journal *journal = journal_open(dir, NULL);
	const int64_t pages = ask_number(dir, "SELECT page_count FROM pragma_page_count");
	for (unsigned part = 1; part <= 3; part++) {
		g_assert_true(clear_run(journal, dir, part == 3 ? 0 : (uint64_t)(BEGIN_S + (FIRST_ID + RECORDS * part / 3) * 7) * G_USEC_PER_SEC, "carol", &entries, &error));
		g_assert_no_error(error);
		g_assert_cmpuint(entries, >, 0);
		g_assert_true(index_sync(index, 60000));
		expect_all_same(dir, 8 + part);
		wait_for(dir, "SELECT count(*) FROM block, position WHERE last_position < floor", 0);
		expect_all_same(dir, 18 + part);
	}
	wait_for(dir, "SELECT count(*) FROM term WHERE value IN ('alice', 'ubuntu:24.04')", 0);
	wait_for(dir, "SELECT freelist_count FROM pragma_freelist_count", 0);
	g_assert_cmpint(ask_number(dir, "SELECT page_count FROM pragma_page_count"), <, pages);
	g_assert_cmpint(ask_number(dir, "SELECT count(*) FROM decision"), ==, 1);
	g_assert_cmpint(ask_number(dir, "SELECT count(*) FROM summary WHERE count < 0"), ==, 0);
	journal_close(journal);
	index_stop(index);
}

/* An index that names somebody else's record shows nothing of it. */
static void test_not_believed(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(Arena) arena = arena_new();

	scratch_put(dir, "audit.jsonl", arena_printf(arena, "%s%s", make_line(1, OUTCOME_DENIED, "alice", "a", NULL, arena), make_line(2, OUTCOME_DENIED, "bob", "a", NULL, arena)));
	run_index(dir);
	g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .user = "alice" }, 10, 0), ==, 1);
	g_assert_cmpint(ask_number(dir, "UPDATE term SET value = 'carol' WHERE value = 'bob' RETURNING 1"), ==, 1);
	g_assert_cmpuint(count_rows(dir, &(AuditFilter){ .user = "carol" }, 10, 0), ==, 0);
}

/* All pages but the first. */
static void wipe(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, "audit.db", NULL), *zeros = NULL;
	struct stat status;

	g_assert_cmpint(ask_number(dir, "PRAGMA wal_checkpoint(TRUNCATE)"), ==, 0);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	g_assert_cmpint(fstat(fd, &status), ==, 0);
	zeros = g_malloc0((gsize)status.st_size);
	g_assert_cmpint(pwrite(fd, zeros, (gsize)status.st_size - 4096, 4096), ==, status.st_size - 4096);
	(void)close(fd);
}

/* What is damaged is said to be so, not believed, and made again. */
static void test_damaged(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(GError) error = NULL;
	const AuditFilter filter = { .user = "alice" };

	write_trail(dir, 12);
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GArray) lines = read_lines(dir, arena), expected = choose(lines, &filter);
	for (unsigned way = 0; way < 2; way++) {
		g_clear_error(&error);
		run_index(dir);
		g_assert_cmpuint(count_rows(dir, &filter, LIMIT_QUERY_ROWS, 0), ==, expected->len);
		if (way)
			wipe(dir);
		else
			g_assert_cmpint(ask_number(dir, "UPDATE posting SET ids = zeroblob(length(ids)) WHERE term = (SELECT term FROM term WHERE value = 'alice') RETURNING 1"), ==, 1);
		g_assert_null(query_run(dir, &filter, LIMIT_QUERY_ROWS, 0, &error));
		g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY);
		run_index(dir);
		g_assert_cmpuint(count_rows(dir, &filter, LIMIT_QUERY_ROWS, 0), ==, expected->len);
	}
}

static void test_refused(void)
{
	static const AuditFilter rows[] = { { .text = "--" }, { .command = "nothing of the kind" }, { .text = "*" } };
	g_autoptr(Scratch) dir = scratch_new();

	for (unsigned made = 0; made < 2; made++) {
		for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
			g_autoptr(GError) error = NULL;
			AuditCounts counts;
			g_assert_null(query_run(dir, &rows[i], 10, 0, &error));
			g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID);
			g_clear_error(&error);
			g_assert_false(query_count(dir, &rows[i], 10, &counts, &error));
			g_assert_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID);
		}
		write_trail(dir, 13);
		run_index(dir);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/audit-search/bits", test_bits);
	g_test_add_func("/audit-search/plans", test_plans);
	g_test_add_func("/audit-search/same", test_same);
	g_test_add_func("/audit-search/words-behind", test_words_behind);
	g_test_add_func("/audit-search/removed", test_removed);
	g_test_add_func("/audit-search/not-believed", test_not_believed);
	g_test_add_func("/audit-search/damaged", test_damaged);
	g_test_add_func("/audit-search/refused", test_refused);
	return g_test_run();
}
