/* SPDX-License-Identifier: MIT
 *
 * Grants on a system bus: what may be granted, by whom, and what of it stands in the trail.
 */
#include <sys/resource.h>
#include "trail-answers.h"
#include "trail-entries.h"

static void ask_for_grant(sd_bus *bus)
{
	(void)call(bus, false, "AccessDenied", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 1, "reason", "s", "night shift");
	(void)call(bus, false, "AccessDenied", MANAGER, "ListGrants", "");
	(void)call(bus, false, "AccessDenied", MANAGER, "RevokeGrant", "t", (uint64_t)1);
}

static void test_grants(void)
{
	g_autofree char *path = g_build_filename(fixture.dir, "audit", "audit.jsonl", NULL);
	uint64_t grant;

	mock_polkit_clear(&fixture);
	as_nobody(ask_for_grant);
	g_autofree char *questions = mock_polkit_questions(&fixture);
	g_assert_true(g_str_has_prefix(questions, "grant 0 p -\n"));

	(void)call(fixture.bus, false, "Error.InvalidArgs", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 0);
	(void)call(fixture.bus, false, "Error.InvalidArgs", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 2, "reason", "s", "x", "uses", "t", (uint64_t)0);
	(void)call(fixture.bus, false, "Error.InvalidArgs", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 2, "reason", "s", "x", "duration", "t", UINT64_MAX);
	(void)call(fixture.bus, false, "Error.NotFound", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)999, 1, "reason", "s", "x");
	(void)call(fixture.bus, false, "Error.Invalid", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1002, 1, "reason", "s", "x");
	(void)call(fixture.bus, false, "Error.Invalid", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1003, 1, "reason", "s", "x");
	(void)call(fixture.bus, false, "Error.Invalid", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1, 1, "reason", "s", "x"); /* without a key */
	(void)call(fixture.bus, false, "Error.NotFound", MANAGER, "RevokeGrant", "t", (uint64_t)1);

	sd_bus_message *reply = call(fixture.bus, false, NULL, MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 1, "reason", "s", "night shift");
	g_assert_cmpint(sd_bus_message_read_basic(reply, 't', &grant), >, 0);
	g_assert_cmpuint(grant, ==, 1);
	sd_bus_message_unref(reply);
	reply = call(fixture.bus, false, NULL, MANAGER, "ListGrants", "");
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "a{sv}"), >, 0);
	g_assert_cmpint(sd_bus_message_skip(reply, "a{sv}"), >, 0);
	g_assert_cmpint(sd_bus_message_at_end(reply, false), >, 0);
	sd_bus_message_unref(reply);
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "RevokeGrant", "t", (uint64_t)1));

	g_autofree char *trail = NULL;
	g_assert_true(g_file_get_contents(path, &trail, NULL, NULL));
	g_assert_nonnull(strstr(trail, "\"endpoint\":\"sentinel.grant\",\"command\":\"grant 1 made, 1 uses left, decision 1001 (docker create x): night shift\""));
	g_assert_nonnull(strstr(trail, "\"endpoint\":\"sentinel.revoke\""));
	g_assert_nonnull(strstr(trail, "\"user\":\"root\""));
}

static unsigned count_grants(void)
{
	sd_bus_message *reply = call(fixture.bus, false, NULL, MANAGER, "ListGrants", "");
	unsigned count = 0;

	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "a{sv}"), >, 0);
	while (sd_bus_message_skip(reply, "a{sv}") > 0)
		count++;
	sd_bus_message_unref(reply);
	return count;
}

/* Nothing can be written: what fails has changed nothing, and works when there is room again. */
static void test_grants_full_disk(void)
{
	g_autofree char *path = g_build_filename(fixture.dir, "audit", "audit.jsonl", NULL);
	struct rlimit usual;
	uint64_t grant;

	sd_bus_message *reply = call(fixture.bus, false, NULL, MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 1, "reason", "s", "before");
	g_assert_cmpint(sd_bus_message_read_basic(reply, 't', &grant), >, 0);
	sd_bus_message_unref(reply);
	g_assert_cmpuint(count_grants(), ==, 1);
	(void)count_of(fixture.bus, NULL, NULL); /* the index holds all of the trail: it could not follow later */
	g_assert_cmpint(prlimit(fixture.daemon, RLIMIT_FSIZE, NULL, &usual), ==, 0);
	g_assert_cmpint(prlimit(fixture.daemon, RLIMIT_FSIZE, &(struct rlimit){ 0, usual.rlim_max }, NULL), ==, 0);
	(void)call(fixture.bus, false, "Error.Failed", MANAGER, "RevokeGrant", "t", grant);
	(void)call(fixture.bus, false, "Error.Failed", MANAGER, "CreateGrant", "ta{sv}", (uint64_t)1001, 1, "reason", "s", "during");
	g_assert_cmpuint(count_grants(), ==, 1);
	g_assert_cmpint(prlimit(fixture.daemon, RLIMIT_FSIZE, &usual, NULL), ==, 0);
	sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "RevokeGrant", "t", grant));
	g_assert_cmpuint(count_grants(), ==, 0);
	g_autofree char *trail = NULL;
	g_assert_true(g_file_get_contents(path, &trail, NULL, NULL));
	g_assert_null(strstr(trail, "during"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_autofree char *trail = first_trail();
	bus_fixture_first_trail(trail);
	bus_fixture_start(&fixture, "system");
	polkit = mock_polkit_start(&fixture);
	g_test_add_func("/trail/grants", test_grants);
	g_test_add_func("/trail/grants-full-disk", test_grants_full_disk);
	int failures = g_test_run();
	mock_polkit_stop(polkit);
	bus_fixture_stop(&fixture);
	return failures;
}
