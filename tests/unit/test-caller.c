/* SPDX-License-Identifier: MIT
 *
 * Who asks, with uid and groups: what the databases say, what somebody states, and what an exception makes of it.
 */
#include <string.h>
#include "base/limits.h"
#include "base/users.h"
#include "policy-fixture.h"
#include "scratch.h"

#define PRIVILEGED "{\"HostConfig\":{\"Privileged\":true}}"

/* "alice 100 users:100,docker:998" : what an account is. */
static char *account_text(const UserAccount *account)
{
	g_autoptr(GString) text = g_string_new(account->name);

	g_string_append_printf(text, " %d ", (int)account->gid);
	for (guint i = 0; i < account->groups->len; i++) {
		const UserGroup *group = &g_array_index(account->groups, UserGroup, i);
		g_string_append_printf(text, "%s%s:%u", i ? "," : "", group->name, (unsigned)group->gid);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_accounts(void)
{
	static const char users[] = "root:x:0:0::/:/bin/sh\nalice:x:1001:100::/:/bin/sh\nbob:x:1002:1002::/:/bin/sh\ntwin:x:1003:100::/:/bin/sh\n"
				    "double:x:1003:0::/:/bin/sh\nname:x:1004:100::/:/bin/sh\nname:x:1005:0::/:/bin/sh\nx,y:x:1006:100::/:/bin/sh\n";
	static const char groups[] = "root:x:0:\nusers:x:100:\ndocker:x:998:alice,bob,twin,name\ndisk:x:6:bob,alice2\n12:x:44:bob\nagain:x:998:bob\n";
	static const struct { uid_t uid; const char *text; } rows[] = {
		{ 0, "root 0 root:0" }, { 1001, "alice 100 users:100,docker:998" }, { 1002, "bob 1002 docker:998,disk:6,:44,:1002" },
		{ 1003, "twin -1 " }, { 1004, "1004 -1 " }, { 1006, "1006 -1 " }, { 4711, "4711 -1 " },
	};
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *users_file = g_build_filename(dir, "passwd", NULL), *groups_file = g_build_filename(dir, "group", NULL);

	scratch_put(dir, "passwd", users);
	scratch_put(dir, "group", groups);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		UserAccount *account = user_account_new(users_file, groups_file, rows[i].uid);
		g_autofree char *text = account_text(account);
		g_assert_cmpstr(text, ==, rows[i].text);
		user_account_free(account);
	}
	g_assert_cmpuint(user_find(users_file, "bob"), ==, 1002);
	g_assert_cmpuint(user_find(users_file, "name"), ==, USER_NO_ID);
	g_assert_cmpuint(user_find(users_file, "nobody"), ==, USER_NO_ID);
	g_assert_cmpuint(user_find("/nonexistent", "bob"), ==, USER_NO_ID);
}

static void assert_groups(const char *dir, const char *groups, guint count)
{
	g_autofree char *users_file = g_build_filename(dir, "passwd", NULL), *groups_file = g_build_filename(dir, "group", NULL);

	scratch_put(dir, "passwd", "alice:x:1001:100::/:/bin/sh\n");
	if (groups)
		scratch_put(dir, "group", groups);
	UserAccount *account = user_account_new(users_file, groups_file, 1001);
	g_assert_cmpuint(account->groups->len, ==, count);
	g_assert_cmpuint(account->gid, ==, 100);
	user_account_free(account);
}

/* What cannot be read wholly says nothing of anybody. */
static void test_account_limits(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(GString) many = g_string_new(""), longest = g_string_new("docker:x:998:alice\nlong:x:7:");

	assert_groups(dir, NULL, 0);
	for (unsigned i = 0; i < LIMIT_USER_GROUPS; i++)
		g_string_append_printf(many, "g%u:x:%u:alice\n", i, 2000 + i);
	assert_groups(dir, many->str, LIMIT_USER_GROUPS + 1); /* and the user's own */
	g_string_append(many, "last:x:1:alice\n");
	assert_groups(dir, many->str, 0);
	for (unsigned i = 0; longest->len < LIMIT_GROUP_BYTES; i++)
		g_string_append_printf(longest, "member%u,", i);
	g_string_append(longest, "\nusers:x:100:\n");
	assert_groups(dir, longest->str, 0);
}

static CallerWords words_of(const char *user, int64_t uid, int64_t gid, const char **groups, size_t count)
{
	return (CallerWords){ user, uid, gid, { groups, count } };
}

static void test_stated(void)
{
	const char *good[] = { "devs", "1000", "docker:998" }, *bad[] = { "", ":5", "devs:", "devs:x", "devs:-1", "devs:4294967295" };
	g_autoptr(Arena) arena = arena_new();
	const char *user, *problem;
	Caller caller;

	CallerWords words = words_of("", 1000, 1000, good, 3);
	g_assert_true(caller_state(&words, arena, &caller, &user, &problem));
	g_assert_cmpstr(user, ==, "1000");
	g_assert_true(caller.complete && caller.count == 1 && caller.candidates[0].uid == 1000 && caller.candidates[0].group_count == 3);
	words = words_of("alice", -1, 5, good, 1);
	g_assert_true(caller_state(&words, arena, &caller, &user, &problem));
	g_assert_cmpuint(caller.candidates[0].uid, ==, USER_NO_ID);
	g_assert_cmpuint(caller.candidates[0].group_count, ==, 2);
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		words = words_of("alice", -1, -1, &bad[i], 1);
		g_assert_false(caller_state(&words, arena, &caller, &user, &problem));
		g_assert_nonnull(strstr(problem, "NAME:NUMBER"));
	}
}

/* Nobody, one of several and the holder of a certificate are no one caller of this machine. */
static void test_stated_unknown(void)
{
	static const char *const users[] = { "", "one-of:alice,root", "one-of:alice,?", "tls:alice", "tls:" };
	const char *group = "devs";
	g_autoptr(Arena) arena = arena_new();
	const char *user, *problem;
	Caller caller;

	for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
		CallerWords words = words_of(users[i], -1, -1, NULL, 0);
		g_assert_true(caller_state(&words, arena, &caller, &user, &problem));
		g_assert_true(!caller.complete && !caller.count);
		words = words_of(users[i], -1, -1, &group, 1);
		g_assert_false(caller_state(&words, arena, &caller, &user, &problem));
	}
}

/* The people of the rows: by their letters. */
static const UserGroup groups_of_alice[] = { { 100, "users" }, { 998, "docker" }, { 2000, "devs" } };
static const UserGroup groups_of_bob[] = { { 100, "users" }, { 2001, "devs-web" }, { 2002, "" } };
static const Candidate people[] = {
	{ "alice", 1001, 100, groups_of_alice, 3 }, { "bob", 1002, 100, groups_of_bob, 3 }, { "carol", 1003, 100, NULL, 0 },
};

static const struct { const char *exception, *who; bool complete, waived; } exceptions[] = {
	{ "{groups: [devs]}", "a", true, true },
	{ "{groups: [devs]}", "a", false, false },
	{ "{groups: [devs]}", "", true, false },
	{ "{groups: [\"*\"]}", "", false, false },
	{ "{groups: [devs]}", "b", true, false },
	{ "{groups: [\"devs*\"]}", "b", true, true },
	{ "{groups: [\"devs*\"]}", "ab", true, true },
	{ "{groups: [\"devs*\"]}", "ab", false, false },
	{ "{groups: [devs]}", "ab", true, false },
	{ "{groups: [devs, devs-web]}", "ab", true, true },
	{ "{groups: [users]}", "abc", true, false },
	{ "{groups: [\"2000\"]}", "a", true, true },
	{ "{groups: [\"2002\"]}", "b", true, true },
	{ "{groups: [devs], users: [alice]}", "a", true, true },
	{ "{groups: [devs], users: [bob]}", "a", true, false },
	{ "{groups: [devs], names: [x]}", "a", true, false },
};

static void test_exceptions(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(exceptions); i++) {
		g_autofree char *text = g_strdup_printf("rules: {privileged: {exceptions: [%s]}}\n", exceptions[i].exception);
		g_autoptr(Policy) policy = fixture_policy(text);
		g_autoptr(Arena) arena = arena_new();
		Candidate candidates[3];
		Situation situation = { .user = "alice", .now_us = FIXTURE_NOW, .caller = { candidates, 0, exceptions[i].complete } };
		for (const char *letter = exceptions[i].who; *letter; letter++)
			candidates[situation.caller.count++] = people[*letter - 'a'];
		const ApiCall call = {
			.method = "POST", .uri = "/v1.41/containers/create?name=web", .body = PRIVILEGED, .body_length = strlen(PRIVILEGED),
			.content_type = "application/json", .content_length = "2",
		};
		g_test_message("%s for %s", exceptions[i].exception, exceptions[i].who);
		g_assert_true(policy_evaluate(policy, api_read(&call, arena), &situation, arena)->allowed == exceptions[i].waived);
	}
}

/* Who sends on what came to a socket has not asked what has no mark; nobody else is left out, and root has no other name. */
static void test_without(void)
{
	static const Candidate all[] = { { "root", 0, 0, NULL, 0 }, { "alice", 1001, 100, NULL, 0 }, { USER_PROXY, 990, 990, NULL, 0 }, { USER_PROXY, 0, 0, NULL, 0 } };
	static const struct { size_t first, count; bool complete; size_t left; bool certain; } rows[] = {
		{ 1, 1, true, 1, true },  /* alice */
		{ 1, 2, true, 1, true },  /* alice, beside the proxy */
		{ 1, 2, false, 1, false },
		{ 0, 3, true, 2, true },
		{ 2, 1, true, 0, false }, /* the proxy alone: nobody */
		{ 2, 2, true, 1, true },  /* ... and root under its name */
		{ 0, 0, true, 0, false },
	};
	g_autoptr(Arena) arena = arena_new();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Caller before = { &all[rows[i].first], rows[i].count, rows[i].complete };
		Caller caller = caller_without(&before, USER_PROXY, arena);
		g_test_message("row %zu", i);
		g_assert_cmpuint(caller.count, ==, rows[i].left);
		g_assert_cmpint(caller.complete, ==, rows[i].certain);
		for (size_t c = 0; c < caller.count; c++)
			g_assert_true(caller.candidates[c].uid != 990);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/caller/accounts", test_accounts);
	g_test_add_func("/caller/account-limits", test_account_limits);
	g_test_add_func("/caller/without", test_without);
	g_test_add_func("/caller/stated", test_stated);
	g_test_add_func("/caller/stated-unknown", test_stated_unknown);
	g_test_add_func("/caller/exceptions", test_exceptions);
	return g_test_run();
}
