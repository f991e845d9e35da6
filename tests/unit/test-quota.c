/* SPDX-License-Identifier: MIT
 *
 * What one user may have under way, and all of them together; descriptors that are kept for decisions.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/limits.h"
#include "bus/sender.h"

#define FIRST 1000u
#define FILES 64u /* of which half are kept */

static const struct { QuotaKind kind; unsigned per_user, all; bool refuses; } rows[] = {
	{ QUOTA_CALLS, LIMIT_CALLS_PER_USER, LIMIT_CALLS, true }, { QUOTA_POLKIT, LIMIT_POLKIT_QUESTIONS_PER_USER, LIMIT_POLKIT_QUESTIONS, false },
	{ QUOTA_DOCKER, LIMIT_DOCKER_CALLS_PER_USER, LIMIT_DOCKER_CALLS, false }, { QUOTA_SUBSCRIBERS, LIMIT_SUBSCRIBERS_PER_USER, LIMIT_SUBSCRIBERS, true },
};

/* How many are given; what is said to the first that is not. */
static unsigned take_all(Quotas *quotas, uid_t uid, QuotaKind kind, const char **ret_said)
{
	unsigned taken = 0;

	while (taken < 2 * LIMIT_CALLS && !(*ret_said = quota_take(quotas, uid, kind)))
		taken++;
	g_assert_cmpint(quota_has_room(quotas, uid, kind), ==, taken == 2 * LIMIT_CALLS);
	return taken;
}

/* Exactly so many of one user's, and of all users'; root has its own. */
static void test_quotas(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const QuotaKind kind = rows[i].kind;
		const char *own = NULL, *others = NULL, *said;
		Quotas *quotas = quotas_new();
		unsigned taken = take_all(quotas, FIRST, kind, &own);
		g_test_message("row %zu", i);
		g_assert_cmpuint(taken, ==, rows[i].per_user);
		for (uid_t uid = FIRST + 1; taken < rows[i].all; uid++)
			taken += take_all(quotas, uid, kind, &said);
		g_assert_cmpuint(taken, ==, rows[i].all);
		g_assert_cmpuint(take_all(quotas, FIRST - 1, kind, &others), ==, 0);
		g_assert_cmpint(strcmp(own, others) != 0, ==, rows[i].refuses);
		g_assert_cmpuint(take_all(quotas, 0, kind, &said), ==, rows[i].per_user);
		quota_give_back(quotas, FIRST, kind);
		g_assert_true(quota_has_room(quotas, FIRST - 1, kind));
		g_assert_true(quota_has_room(quotas, FIRST, kind));
		quotas_free(quotas);
	}
}

/* One kind has nothing to do with another, and who has nothing under way is not remembered. */
static void test_kinds(void)
{
	Quotas *quotas = quotas_new();

	for (unsigned i = 0; i < LIMIT_DOCKER_CALLS_PER_USER; i++)
		g_assert_null(quota_take(quotas, FIRST, QUOTA_DOCKER));
	g_assert_false(quota_has_room(quotas, FIRST, QUOTA_DOCKER));
	g_assert_true(quota_has_room(quotas, FIRST, QUOTA_CALLS));
	for (unsigned i = 0; i < LIMIT_DOCKER_CALLS_PER_USER; i++)
		quota_give_back(quotas, FIRST, QUOTA_DOCKER);
	for (unsigned i = 0; i < LIMIT_DOCKER_CALLS_PER_USER; i++)
		g_assert_null(quota_take(quotas, FIRST, QUOTA_DOCKER));
	quotas_free(quotas);
}

static void test_descriptors(void)
{
	struct rlimit before, few;
	int opened[FILES];
	unsigned count = 0;

	g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &before), ==, 0);
	few = (struct rlimit){ FILES, before.rlim_max };
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &few), ==, 0);
	g_assert_true(descriptors_left());
	do
		g_assert_cmpint(opened[count] = open("/dev/null", O_RDONLY | O_CLOEXEC), >=, 0);
	while (opened[count++] != (int)FILES / 2 - 2);
	g_assert_true(descriptors_left()); /* one is left */
	g_assert_cmpint(opened[count++] = open("/dev/null", O_RDONLY | O_CLOEXEC), ==, FILES / 2 - 1);
	g_assert_false(descriptors_left());
	while ((opened[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
		count++;
	g_assert_false(descriptors_left()); /* none at all */
	while (count--)
		(void)close(opened[count]);
	g_assert_true(descriptors_left());
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &before), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/quota/all", test_quotas);
	g_test_add_func("/quota/kinds", test_kinds);
	g_test_add_func("/quota/descriptors", test_descriptors);
	return g_test_run();
}
