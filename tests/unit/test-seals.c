/* SPDX-License-Identifier: MIT
 *
 * What a chain alone cannot show: an end that was removed, and a chain that was made anew from a line on, over rotations.  A seal finds both,
 * wherever they begin before it; behind the last one nothing is said to be proved.
 */
#include "audit-fixture.h"
#include "audit/export.h"
#include "audit/seals.h"

enum { TRAILS = 60, MOST = 40 };

/* A trail, and what was sealed of it. */
typedef struct Sealed {
	char *dir;
	GArray *seals;
	int64_t first, last; /* positions: where the file that is written begins; the last seal's */
} Sealed;

static void seal_now(Sealed *sealed, Journal *journal)
{
	AuditSeal seal = { .time_us = G_USEC_PER_SEC };
	JournalPlace end;

	g_assert_true(journal_end(journal, &end, &seal.id));
	seal.position = sealed->last = end.position;
	memcpy(seal.digits, end.chain.digits, sizeof seal.digits);
	g_array_append_val(sealed->seals, seal);
}

static Sealed make_trail(GRand *rand)
{
	Sealed sealed = { .dir = scratch_new(), .seals = g_array_new(FALSE, FALSE, sizeof(AuditSeal)) };
	Journal *journal = journal_open(sealed.dir, NULL);
	const int count = g_rand_int_range(rand, 3, MOST);
	JournalPlace end;
	uint64_t id;

	for (int i = 0; i < count; i++) {
		append(journal, journal_take_id(journal), OUTCOME_DENIED, "alice", "a", NULL);
		if (i == 0 || g_rand_int_range(rand, 0, 6) == 0)
			seal_now(&sealed, journal);
		if (i < count - 2 && g_rand_int_range(rand, 0, 9) == 0) {
			g_assert_cmpint(journal_rotate(journal), ==, 0);
			g_assert_true(journal_end(journal, &end, &id));
			sealed.first = end.position;
		}
	}
	journal_close(journal);
	return sealed;
}

static void clear(Sealed *sealed)
{
	(void)g_array_free(sealed->seals, TRUE);
	scratch_free(sealed->dir);
}

static Verification verify(const Sealed *sealed)
{
	g_autoptr(GError) error = NULL;
	Verification found;

	g_assert_true(verify_with_seals(sealed->dir, sealed->seals, NULL, &found, &error));
	g_assert_no_error(error);
	return found;
}

static void expect(const Sealed *sealed, bool found_out, const char *says)
{
	Verification found = verify(sealed);

	g_test_message("%s", found.detail);
	g_assert_cmpint(found.intact, ==, !found_out);
	g_assert_nonnull(strstr(found.detail, says));
	g_free(found.detail);
}

static GPtrArray *lines_of(const Sealed *sealed)
{
	g_autofree char *text = scratch_get(sealed->dir, "audit.jsonl");
	g_auto(GStrv) words = g_strsplit(text, "\n", -1);
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	for (char **word = words; **word; word++)
		g_ptr_array_add(lines, g_strdup(*word));
	return lines;
}

/* Where the line begins; a head has no place in the trail. */
static int64_t position_of(const Sealed *sealed, const GPtrArray *lines, guint at)
{
	int64_t position = sealed->first;

	for (guint i = 0; i < at; i++)
		if (strstr(lines->pdata[i], "\"id\":"))
			position += (int64_t)strlen(lines->pdata[i]) + 1;
	return position;
}

static void put_lines(const Sealed *sealed, const GPtrArray *lines, guint count)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < count; i++)
		g_string_append_printf(text, "%s\n", (const char *)lines->pdata[i]);
	scratch_put(sealed->dir, "audit.jsonl", text->str);
	(void)g_string_free(text, TRUE);
}

static guint first_record(const GPtrArray *lines)
{
	return strstr(lines->pdata[0], "\"id\":") ? 0 : 1;
}

static void cut_end(Sealed *sealed, GRand *rand)
{
	g_autoptr(GPtrArray) lines = lines_of(sealed);
	const guint keep = (guint)g_rand_int_range(rand, (gint32)first_record(lines), (gint32)lines->len);
	const bool found_out = position_of(sealed, lines, keep) < sealed->last;

	put_lines(sealed, lines, keep);
	expect(sealed, found_out, found_out ? "its end was removed" : "proved up to record");
}

/* Each with the hash of the one before it: the chain itself is whole again. */
static void make_anew(Sealed *sealed, GRand *rand)
{
	g_autoptr(GPtrArray) lines = lines_of(sealed);
	const guint from = (guint)g_rand_int_range(rand, (gint32)first_record(lines), (gint32)lines->len);
	const bool found_out = position_of(sealed, lines, from) < sealed->last;

	*strstr(lines->pdata[from], "alice") = 'A';
	for (guint i = from + 1; i < lines->len; i++) {
		g_autofree char *digits = g_compute_checksum_for_string(G_CHECKSUM_SHA256, lines->pdata[i - 1], -1);
		char *end = (char *)lines->pdata[i] + strlen(lines->pdata[i]) - strlen("\"}") - CHAIN_DIGITS;
		memcpy(end, digits, CHAIN_DIGITS);
	}
	put_lines(sealed, lines, lines->len);
	expect(sealed, found_out, found_out ? "the chain was made anew" : "proved up to record");
}

static void test_edits(void)
{
	static void (*const edits[])(Sealed *, GRand *) = { cut_end, make_anew };
	GRand *rand = g_rand_new_with_seed((guint32)g_test_rand_int());

	for (unsigned i = 0; i < TRAILS; i++) {
		Sealed sealed = make_trail(rand);
		expect(&sealed, false, "proved up to record");
		edits[i % G_N_ELEMENTS(edits)](&sealed, rand);
		clear(&sealed);
	}
	g_rand_free(rand);
}

/* Without one, and without a journal to look into, that is said. */
static void test_unproved(void)
{
	GRand *rand = g_rand_new_with_seed(1);
	Sealed sealed = make_trail(rand);
	Verification found;

	g_assert_true(verify_with_seals(sealed.dir, NULL, "no rights", &found, NULL));
	g_assert_true(found.intact);
	g_assert_nonnull(strstr(found.detail, "cannot be read (no rights)"));
	g_free(found.detail);
	g_array_set_size(sealed.seals, 0);
	expect(&sealed, false, "no seal of it is in the system's journal");
	clear(&sealed);
	g_rand_free(rand);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/seals/edits", test_edits);
	g_test_add_func("/seals/unproved", test_unproved);
	return g_test_run();
}
