/* SPDX-License-Identifier: MIT
 *
 * Trials over a real bus: what they answer, for whom, and which word it comes from.
 */
#include <glib/gstdio.h>
#include "session.h"

static void test_validate(void)
{
	sd_bus_message *reply = call(MANAGER, "Validate", NULL, "asa{sv}", 4, "docker", "run", "--privileged", "ubuntu", 1, "policy", "s", "production");
	const char *rule, *severity, *category, *action, *message, *fix;
	uint32_t score;
	int allowed;

	g_assert_cmpint(sd_bus_message_read(reply, "bu", &allowed, &score), >=, 0);
	g_assert_false(allowed);
	g_assert_cmpuint(score, ==, 65);
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "(sssss)"), >, 0);
	g_assert_cmpint(sd_bus_message_read(reply, "(sssss)", &rule, &severity, &category, &action, &message), >, 0);
	g_assert_cmpstr(rule, ==, "privileged");
	g_assert_cmpstr(severity, ==, "critical");
	g_assert_cmpstr(action, ==, "block");
	while (sd_bus_message_read(reply, "(sssss)", &rule, &severity, &category, &action, &message) > 0)
		;
	g_assert_cmpint(sd_bus_message_exit_container(reply), >, 0);
	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "s"), >, 0);
	g_assert_cmpint(sd_bus_message_read_basic(reply, 's', &fix), >, 0);
	g_assert_cmpstr(fix, ==, "Remove --privileged flag");
	sd_bus_message_unref(reply);

	reply = call(MANAGER, "Validate", NULL, "asa{sv}", 2, "run", "nginx:1.25", NO_OPTIONS);
	g_assert_cmpint(sd_bus_message_read(reply, "bu", &allowed, &score), >=, 0);
	g_assert_true(allowed);
	g_assert_cmpuint(score, ==, 20);
	sd_bus_message_unref(reply);
}

static void test_validate_request(void)
{
	static const char body[] = "{\"HostConfig\":{\"Privileged\":true}}";
	sd_bus_message *request = NULL, *reply = NULL;
	int allowed;

	g_assert_cmpint(sd_bus_message_new_method_call(fixture.bus, &request, fixture.service, SENTINEL_OBJECT_PATH, MANAGER, "ValidateRequest"), >=, 0);
	g_assert_cmpint(sd_bus_message_append(request, "ss", "POST", "/v1.41/containers/create"), >=, 0);
	g_assert_cmpint(sd_bus_message_append_array(request, 'y', body, strlen(body)), >=, 0);
	g_assert_cmpint(sd_bus_message_append(request, "a{sv}", 1, "policy", "s", "production"), >=, 0);
	g_assert_cmpint(sd_bus_call(fixture.bus, request, 0, NULL, &reply), >=, 0);
	g_assert_cmpint(sd_bus_message_read_basic(reply, 'b', &allowed), >=, 0);
	g_assert_false(allowed);
	sd_bus_message_unref(request);
	sd_bus_message_unref(reply);
}

/* The entry `name` of the details at the read position, entered as an array of `type`; false: it is not there. */
static bool enter_detail(sd_bus_message *reply, const char *name, const char *type)
{
	const char *key, *contents;

	g_assert_cmpint(sd_bus_message_enter_container(reply, 'a', "{sv}"), >, 0);
	while (sd_bus_message_enter_container(reply, 'e', "sv") > 0) {
		g_assert_cmpint(sd_bus_message_read_basic(reply, 's', &key), >, 0);
		if (!strcmp(key, name)) {
			g_assert_cmpint(sd_bus_message_peek_type(reply, NULL, &contents), >, 0);
			g_assert_cmpint(sd_bus_message_enter_container(reply, 'v', contents), >, 0);
			return sd_bus_message_enter_container(reply, 'a', type) > 0;
		}
		g_assert_cmpint(sd_bus_message_skip(reply, "v"), >, 0);
		g_assert_cmpint(sd_bus_message_exit_container(reply), >, 0);
	}
	return false;
}

/* A finding is traced to the word without which it would not be there. */
static void test_causes(void)
{
	static const int32_t expected[] = { 4, 1, -1, 7, -1 }; /* a mount, a capability, no user, the tag, no limit */
	sd_bus_message *reply =
		call(MANAGER, "Validate", NULL, "asa{sv}", 8, "run", "--cap-add=SYS_ADMIN", "-v", "/srv:/a:ro", "-v", "/etc:/b", "--read-only", "x", 1, "policy", "s", "production");
	int32_t index;

	g_assert_cmpint(sd_bus_message_skip(reply, "bua(sssss)as"), >, 0);
	g_assert_true(enter_detail(reply, "argument_index", "i"));
	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_assert_cmpint(sd_bus_message_read_basic(reply, 'i', &index), >, 0);
		g_assert_cmpint(index, ==, expected[i]);
	}
	g_assert_cmpint(sd_bus_message_read_basic(reply, 'i', &index), ==, 0);
	sd_bus_message_unref(reply);
}

static size_t count_pins(const char *policy, const char *first, const char *second)
{
	sd_bus_message *reply = call(MANAGER, "Validate", NULL, "asa{sv}", 4, "run", first, second, "x:1", 2, "policy", "s", policy, "cwd", "s", "/home");
	size_t count = 0;

	g_assert_cmpint(sd_bus_message_skip(reply, "bua(sssss)as"), >, 0);
	if (enter_detail(reply, "pins", "a{sv}"))
		for (; sd_bus_message_at_end(reply, false) == 0; count++)
			g_assert_cmpint(sd_bus_message_skip(reply, "a{sv}"), >, 0);
	sd_bus_message_unref(reply);
	return count;
}

/* What of a denied command a pin could take the place of. */
static void test_pins(void)
{
	static const struct { const char *policy, *first, *second; size_t count; } rows[] = {
		{ "production", "-v", "/home/x:/w", 1 }, { "production", "-v", "./x:/w:ro", 1 }, { "production", "-itv", "/home/x:/w", 1 }, { "production", "-v/home/x:/w", "-i", 1 },
		{ "production", "--mount=type=bind,src=/home/x,dst=/w", "-i", 1 }, { "production", "-v/home/x:/w", "-v/home/y:/v", 2 },
		{ "production", "--mount=type=bind,src=/home/x,dst=/w,bind-propagation=rshared", "-i", 0 }, { "production", "-v", "name:/w", 0 },
		{ "production", "-v", "/srv/x:/w:ro", 0 }, { "production", "-v", "/run/sentinel/pins/x:/w", 0 }, { "production", "-v/home/x:/w", "-v/home/x:/w", 0 },
		{ "strict", "-v", "/home/x:/w", 0 }, { "permissive", "-v", "/home/x:/w", 0 },
	};
	uint32_t index, words;
	const char *key, *keep, *source, *target;
	int read_only;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s %s %s", rows[i].policy, rows[i].first, rows[i].second);
		g_assert_cmpuint(count_pins(rows[i].policy, rows[i].first, rows[i].second), ==, rows[i].count);
	}
	sd_bus_message *reply = call(MANAGER, "Validate", NULL, "asa{sv}", 4, "run", "-itv", "./x:/w:ro", "x:1", 2, "policy", "s", "production", "cwd", "s", "/home");
	g_assert_cmpint(sd_bus_message_skip(reply, "bua(sssss)as"), >, 0);
	g_assert_true(enter_detail(reply, "pins", "a{sv}"));
	int r = sd_bus_message_read(reply, "a{sv}", 6, &key, "u", &index, &key, "u", &words, &key, "s", &keep, &key, "s", &source, &key, "s", &target, &key, "b", &read_only);
	g_assert_cmpint(r, >, 0);
	g_assert_cmpuint(index, ==, 1);
	g_assert_cmpuint(words, ==, 2);
	g_assert_cmpstr(keep, ==, "-it");
	g_assert_cmpstr(source, ==, "/home/x");
	g_assert_cmpstr(target, ==, "/w");
	g_assert_true(read_only);
	sd_bus_message_unref(reply);
}

/* Every name of a line is a call of its own: the one that is denied is told of, and its word. */
static void test_several_calls(void)
{
	static const char policy[] = "name: several\nmode: enforce\ncustom_rules:\n"
				     "  - {name: kept, condition: {field: subject, operator: equals, value: bad}}\n";
	g_autofree char *path = g_build_filename(fixture.dir, "policies", "several.yaml", NULL);
	sd_bus_message *reply;
	int32_t index;
	int allowed;

	g_assert_true(g_file_set_contents(path, policy, -1, NULL));
	reply = call(MANAGER, "Validate", NULL, "asa{sv}", 3, "start", "good", "other", 1, "policy", "s", "several");
	g_assert_cmpint(sd_bus_message_read_basic(reply, 'b', &allowed), >, 0);
	g_assert_true(allowed);
	sd_bus_message_unref(reply);
	reply = call(MANAGER, "Validate", NULL, "asa{sv}", 5, "docker", "start", "good", "bad", "other", 1, "policy", "s", "several");
	g_assert_cmpint(sd_bus_message_read_basic(reply, 'b', &allowed), >, 0);
	g_assert_false(allowed);
	g_assert_cmpint(sd_bus_message_skip(reply, "ua(sssss)as"), >, 0);
	g_assert_true(enter_detail(reply, "argument_index", "i"));
	g_assert_cmpint(sd_bus_message_read_basic(reply, 'i', &index), >, 0);
	g_assert_cmpint(index, ==, 3);
	sd_bus_message_unref(reply);
	g_assert_cmpint(g_unlink(path), ==, 0);
}

static bool allowed_for(const char *types, const char *name, const char *value)
{
	sd_bus_message *reply = call(MANAGER, "Validate", NULL, "asa{sv}", 3, "run", "--privileged", "x", 3, "policy", "s", "callers", "uid", "t",
		(uint64_t)1000, name, types, 1, value);
	int allowed;

	g_assert_cmpint(sd_bus_message_read_basic(reply, 'b', &allowed), >, 0);
	sd_bus_message_unref(reply);
	return allowed;
}

/* A trial is judged for whom it names. */
static void test_caller(void)
{
	static const char policy[] = "name: callers\nmode: enforce\nrules: {privileged: {exceptions: [{groups: [devs]}]}}\n";
	g_autofree char *path = g_build_filename(fixture.dir, "policies", "callers.yaml", NULL);

	g_assert_true(g_file_set_contents(path, policy, -1, NULL));
	g_assert_true(allowed_for("as", "groups", "devs:5"));
	g_assert_false(allowed_for("as", "groups", "docker"));
	(void)call(MANAGER, "Validate", "Error.InvalidArgs", "asa{sv}", 2, "run", "x", 1, "groups", "as", 1, "devs");
	(void)call(MANAGER, "Validate", "Error.InvalidArgs", "asa{sv}", 2, "run", "x", 2, "user", "s", "one-of:a,b", "uid", "t", (uint64_t)5);
	(void)call(MANAGER, "Validate", "Error.InvalidArgs", "asa{sv}", 2, "run", "x", 1, "uid", "t", (uint64_t)UINT32_MAX);
	(void)call(MANAGER, "Validate", "Error.InvalidArgs", "asa{sv}", 2, "run", "x", 2, "user", "s", "a", "groups", "as", 1, "devs:x");
	g_assert_cmpint(g_unlink(path), ==, 0);
}

/* A variable is asked for until it is known to be set or not to be set. */
static void test_unset(void)
{
	(void)call(MANAGER, "Validate", "Error.NeedsInput", "asa{sv}", 4, "run", "-e", "A", "x", 1, "unset", "as", 1, "B");
	sd_bus_message_unref(call(MANAGER, "Validate", NULL, "asa{sv}", 4, "run", "-e", "A", "x", 1, "unset", "as", 1, "A"));
	sd_bus_message_unref(call(MANAGER, "Validate", NULL, "asa{sv}", 4, "run", "-e", "A", "x", 1, "env", "a{ss}", 1, "B", "b"));
	(void)call(MANAGER, "Validate", "Error.NeedsInput", "asa{sv}", 4, "run", "-e", "A", "x", 2, "env", "a{ss}", 1, "B", "b", "unset", "as", 0);
	(void)call(MANAGER, "Validate", "Error.NeedsInput", "asa{sv}", 2, "build", ".", NO_OPTIONS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	bus_fixture_start(&fixture, "session");
	g_test_add_func("/validate/command", test_validate);
	g_test_add_func("/validate/request", test_validate_request);
	g_test_add_func("/validate/causes", test_causes);
	g_test_add_func("/validate/pins", test_pins);
	g_test_add_func("/validate/several-calls", test_several_calls);
	g_test_add_func("/validate/caller", test_caller);
	g_test_add_func("/validate/unset", test_unset);
	int failures = g_test_run();
	bus_fixture_stop(&fixture);
	return failures;
}
