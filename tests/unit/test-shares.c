/* SPDX-License-Identifier: MIT
 *
 * One user's calls that wait, and the names that they push or give, leave room for those of others.
 */
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "pushes-fixture.h"
#include "request/api.h"

#define PUSH "/v1.41/images/a.net/app/push?tag=1"
#define TAG "/v1.41/images/x/tag?repo=a.net/app&tag=1"

static const Request *call_of(const char *uri, Arena *arena)
{
	const ApiCall call = { .method = "POST", .uri = uri, .content_type = "", .content_length = "0" };

	return api_read(&call, arena);
}

typedef struct Has {
	const char *user;
	unsigned count;
} Has;

static unsigned count_of(const char *user, const void *data)
{
	for (const Has *has = data; has->user; has++)
		if (!strcmp(has->user, user))
			return has->count;
	return 0;
}

/* Who has most pays first, so that who asks much cannot have others pay before; 10 is the bound, and 5 of what may be several's. */
static void test_shares(void)
{
	static const Has has[] = { { "full", 10 }, { "much", 9 }, { "half", 5 }, { "less", 4 }, { "some", 3 }, { "?", 5 }, { NULL, 0 } };
	static const struct { const char *who[3]; unsigned more; const char *pays; } rows[] = {
		{ { "some" }, 1, "some" }, { { "some" }, 7, "some" }, { { "some" }, 8, NULL }, { { "some" }, 11, NULL }, { { "much" }, 1, "much" }, { { "much" }, 2, NULL },
		{ { "full" }, 1, NULL }, { { "new" }, 10, "new" }, { { "new", "some", "less" }, 1, "less" }, { { "less", "some", "new" }, 2, "some" },
		{ { "full", "new" }, 1, "new" }, { { "full", "some", "?" }, 1, "some" }, { { "much", "half" }, 1, NULL }, { { "half" }, 5, "half" }, { { "new", "less" }, 6, NULL }, { { NULL }, 5, "?" }, { { NULL }, 6, NULL }, { { "new" }, (unsigned)-1, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *who[3] = { rows[i].who[0], rows[i].who[1], rows[i].who[2] };
		const StringList list = { who, who[2] ? 3 : who[1] ? 2 : !!who[0] };
		g_assert_cmpstr(share_of(&list, rows[i].more, 10, count_of, has), ==, rows[i].pays);
	}
}

/* One user's calls that wait leave room for another's; all together have a bound, too. */
static void test_waits_of_users(void)
{
	const char *alice[2] = { "alice" }, *both[2] = { "alice", "bob" }, *bob[2] = { "bob" }, *carol[2] = { "carol" };
	g_autoptr(Arena) arena = arena_new();
	const Request *push = call_of(PUSH, arena), *other = call_of(TAG, arena);
	Pushes *pushes = pushes_new();
	unsigned taken = 0;

	g_assert_cmpint(wait_as(pushes, push, alice), ==, TURN_TAKEN);
	for (; taken < LIMIT_SCAN_WAITS_PER_USER; taken++)
		g_assert_cmpint(wait_as(pushes, other, alice), ==, TURN_WAITS);
	g_assert_cmpint(wait_as(pushes, other, alice), ==, TURN_REFUSED);
	/* what may be another's is that one's, as far as half of what may be */
	for (; taken < LIMIT_SCAN_WAITS_PER_USER + LIMIT_SCAN_WAITS_PER_USER / 2; taken++)
		g_assert_cmpint(wait_as(pushes, other, both), ==, TURN_WAITS);
	g_assert_cmpint(wait_as(pushes, other, both), ==, TURN_REFUSED);
	for (; taken < 2 * LIMIT_SCAN_WAITS_PER_USER; taken++)
		g_assert_cmpint(wait_as(pushes, other, bob), ==, TURN_WAITS);
	g_assert_cmpint(wait_as(pushes, other, bob), ==, TURN_REFUSED);
	g_assert_cmpint(wait_as(pushes, other, carol), ==, TURN_WAITS);
	for (taken++; taken < LIMIT_SCAN_WAITS; taken++) {
		g_autofree char *name = g_strdup_printf("user%u", taken / LIMIT_SCAN_WAITS_PER_USER);
		const char *user[2] = { name };
		g_assert_cmpint(wait_as(pushes, other, user), ==, TURN_WAITS);
	}
	g_assert_cmpint(wait_as(pushes, other, carol), ==, TURN_REFUSED);
	pushes_leave(pushes, push);
	g_assert_cmpint(wait_as(pushes, other, alice), ==, TURN_TAKEN);
	pushes_free(pushes);
}

static const Request *tag_of(unsigned number, Arena *arena)
{
	return call_of(arena_printf(arena, "/v1.41/images/x/tag?repo=a.net/app&tag=%u", number), arena);
}

/* So do the names that are being given. */
static void test_names_of_users(void)
{
	const char *alice[2] = { "alice" }, *bob[2] = { "bob" };
	g_autoptr(Arena) arena = arena_new();
	const Request *build = call_of("/v1.41/build?version=2&t=b.net/x:1&t=a.net/y:1", arena);
	Pushes *pushes = pushes_new();
	unsigned taken = 0;

	for (; taken < LIMIT_PUSH_NAMES_PER_USER - 1; taken++)
		g_assert_cmpint(wait_as(pushes, tag_of(taken, arena), alice), ==, TURN_TAKEN);
	g_assert_cmpint(wait_as(pushes, build, alice), ==, TURN_REFUSED);
	g_assert_cmpint(wait_as(pushes, tag_of(taken, arena), alice), ==, TURN_TAKEN);
	g_assert_cmpint(wait_as(pushes, tag_of(taken + 1, arena), alice), ==, TURN_REFUSED);
	g_assert_cmpint(wait_as(pushes, tag_of(0, arena), bob), ==, TURN_TAKEN);
	pushes_leave(pushes, tag_of(0, arena)); /* one of the two */
	pushes_leave(pushes, tag_of(0, arena));
	g_assert_cmpint(wait_as(pushes, tag_of(0, arena), alice), ==, TURN_TAKEN);
	g_assert_cmpint(wait_as(pushes, tag_of(taken + 1, arena), alice), ==, TURN_REFUSED);
	for (taken++; taken < LIMIT_PUSH_NAMES; taken++) {
		g_autofree char *name = g_strdup_printf("user%u", taken / LIMIT_PUSH_NAMES_PER_USER);
		const char *user[2] = { name };
		g_assert_cmpint(wait_as(pushes, tag_of(taken, arena), user), ==, TURN_TAKEN);
	}
	g_assert_cmpint(wait_as(pushes, tag_of(taken, arena), bob), ==, TURN_REFUSED);
	pushes_leave(pushes, tag_of(7, arena));
	g_assert_cmpint(wait_as(pushes, tag_of(taken, arena), bob), ==, TURN_TAKEN);
	pushes_free(pushes);
}

/* Somebody who is connected all the time, so that nobody else is certain, uses up no more than half of everybody's, and of all there is. */
static void test_several(void)
{
	g_autoptr(Arena) arena = arena_new();
	const Request *push = call_of(PUSH, arena), *other = call_of(TAG, arena);
	const char *alice[2] = { "alice" };
	Pushes *pushes = pushes_new();
	unsigned waits = 0, names = 0;

	for (unsigned user = 0; user < 2 * LIMIT_PUSH_NAMES / LIMIT_PUSH_NAMES_PER_USER; user++) {
		g_autofree char *name = g_strdup_printf("user%u", user);
		const char *both[2] = { "mallory", user ? name : "alice" };
		while (wait_as(pushes, tag_of(100000 + names, arena), both) == TURN_TAKEN)
			names++;
	}
	g_assert_cmpuint(names, ==, LIMIT_PUSH_NAMES / 2);
	g_assert_cmpint(wait_as(pushes, push, alice), ==, TURN_TAKEN);
	for (unsigned user = 0; user < 2 * LIMIT_SCAN_WAITS / LIMIT_SCAN_WAITS_PER_USER; user++) {
		g_autofree char *name = g_strdup_printf("user%u", user);
		const char *both[2] = { "mallory", user ? name : "alice" };
		while (wait_as(pushes, other, both) == TURN_WAITS)
			waits++;
	}
	g_assert_cmpuint(waits, ==, LIMIT_SCAN_WAITS / 2);
	for (waits = 0; waits < LIMIT_SCAN_WAITS_PER_USER / 2; waits++)
		g_assert_cmpint(wait_as(pushes, other, alice), ==, TURN_WAITS);
	g_assert_cmpint(wait_as(pushes, other, alice), ==, TURN_REFUSED);
	pushes_free(pushes);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shares/payer", test_shares);
	g_test_add_func("/shares/waits", test_waits_of_users);
	g_test_add_func("/shares/names", test_names_of_users);
	g_test_add_func("/shares/several", test_several);
	return g_test_run();
}
