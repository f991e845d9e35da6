/* SPDX-License-Identifier: MIT
 *
 * What lets more through asks for mode.relax, whatever way it takes: files of a policy that is not in force yet, changes sent back
 * to back, names that differ.
 */
#include <stdio.h>
#include <glib/gstdio.h>
#include "bus/gate.h"
#include "callers.h"
#include "tests/unit/scratch.h"

#define ROUNDS 6
#define PATIENCE_US 200000
#define AUDIT(name) "version: \"1.0\"\nname: " name "\nmode: audit\n"

static char *mode_now(void)
{
	char *mode = NULL;

	g_assert_cmpint(sd_bus_get_property_string(fixture.bus, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "Mode", NULL, &mode), >=, 0);
	return mode;
}

static void expect_mode(const char *expected)
{
	g_autofree char *mode = mode_now();

	g_assert_cmpstr(mode, ==, expected);
}

static void use(const char *name)
{
	sd_bus_message_unref(call(fixture.bus, false, NULL, POLICIES, "Use", "s", name));
}

static void only_manage(void)
{
	mock_polkit_clear(&fixture);
	mock_polkit_say(&fixture, "policy.manage", "yes");
	mock_polkit_say(&fixture, "policy.delete", "yes"); /* it is implied, which the mock does not know */
}

/* config.yaml names a policy that is not there, or does not load: it will be in force as soon as it does. */
static void write_ghost(sd_bus *bus)
{
	(void)call(bus, false, "AccessDenied", POLICIES, "Write", "ss", "ghost", AUDIT("ghost"));
	(void)call(bus, false, "Error.Busy", POLICIES, "Delete", "s", "ghost");
}

static void test_ghost(void)
{
	static const char *const files[] = { NULL, "name: [\n" };
	g_autofree char *policies = g_build_filename(fixture.dir, "policies", NULL), *file = g_build_filename(policies, "ghost.yaml", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
		for (int loaded = 0; loaded < 2; loaded++) {
			use("production");
			if (files[i])
				scratch_put(policies, "ghost.yaml", files[i]);
			scratch_put(fixture.dir, "config.yaml", "active_policy: ghost\n");
			if (loaded)
				(void)call(fixture.bus, false, "PolicyInvalid", MANAGER, "ReloadPolicy", "");
			only_manage();
			as_nobody(write_ghost);
			expect_mode("enforce");
			(void)remove(file);
		}
	use("production");
}

/* The answers do not matter: whatever they are, nothing laxer is in force. */
static void back_to_back(sd_bus *bus)
{
	g_assert_cmpint(sd_bus_call_method_async(bus, NULL, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, POLICIES, "Use", NULL, NULL, "s", "mine"), >=, 0);
	g_assert_cmpint(sd_bus_call_method_async(bus, NULL, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, POLICIES, "Write", NULL, NULL, "ss", "mine", AUDIT("mine")), >=, 0);
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Check", "s", AUDIT("mine"))); /* they have been sent */
}

static void back_to_front(sd_bus *bus)
{
	g_assert_cmpint(sd_bus_call_method_async(bus, NULL, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, POLICIES, "Write", NULL, NULL, "ss", "mine", AUDIT("mine")), >=, 0);
	g_assert_cmpint(sd_bus_call_method_async(bus, NULL, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, POLICIES, "Use", NULL, NULL, "s", "mine"), >=, 0);
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Check", "s", AUDIT("mine"))); /* they have been sent */
}

static int on_change(sd_bus_message *signal, void *data, sd_bus_error *error)
{
	const char *name, *mode;

	(void)error;
	g_assert_cmpint(sd_bus_message_read(signal, "ss", &name, &mode), >, 0);
	*(bool *)data |= strcmp(mode, "enforce") != 0;
	return 0;
}

static void test_back_to_back(void)
{
	g_autofree char *policies = g_build_filename(fixture.dir, "policies", NULL), *production = scratch_get(policies, "production.yaml");
	g_auto(GStrv) parts = g_strsplit(production, "name: production", 2);
	g_autofree char *mine = g_strjoinv("name: mine", parts);
	sd_bus_slot *slot = NULL;
	bool relaxed = false;

	use("production");
	only_manage();
	mock_polkit_say(&fixture, "evaluate", "yes");
	g_assert_cmpint(sd_bus_match_signal(fixture.bus, &slot, NULL, SENTINEL_OBJECT_PATH, MANAGER, "PolicyChanged", on_change, &relaxed), >=, 0);
	scratch_put(fixture.dir, "config.yaml", "active_policy: production\nreload: {quiet_ms: 20}\n");
	for (int round = 0; round < ROUNDS; round++) {
		use("production");
		scratch_put(policies, "mine.yaml", mine);
		as_nobody(round % 2 ? back_to_front : back_to_back);
		g_usleep(PATIENCE_US); /* files are read again when they are quiet */
		expect_mode("enforce");
	}
	while (sd_bus_process(fixture.bus, NULL) > 0)
		;
	g_assert_false(relaxed);
	sd_bus_slot_unref(slot);
	use("production");
}

/* The file counts, whatever the policy in it calls itself. */
static void delete_active(sd_bus *bus)
{
	(void)call(bus, false, "Error.Busy", POLICIES, "Delete", "s", "file");
	(void)call(bus, false, "AccessDenied", POLICIES, "Write", "ss", "file", AUDIT("file"));
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Write", "ss", "inner", AUDIT("inner")));
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Delete", "s", "inner"));
}

static void test_names(void)
{
	g_autofree char *policies = g_build_filename(fixture.dir, "policies", NULL), *file = g_build_filename(policies, "file.yaml", NULL);

	scratch_put(policies, "file.yaml", "version: \"1.0\"\nname: inner\nmode: enforce\n");
	use("file");
	only_manage();
	as_nobody(delete_active);
	expect_mode("enforce");
	g_assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
	use("production");
}

/* What is stricter asks for nothing more; what is not says which key. */
static void climb(sd_bus *bus)
{
	static const char *const steps[] = { "default", "development", "production", "strict" };

	for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
		sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Use", "s", steps[i]));
	(void)call(bus, false, "AccessDenied", POLICIES, "Use", "s", "default");
}

static void test_ladder(void)
{
	use("permissive");
	only_manage();
	as_nobody(climb);
	g_autofree char *questions = mock_polkit_questions(&fixture);
	g_assert_cmpstr(questions, ==, "policy.manage 0 default warn\npolicy.manage 0 development warn\npolicy.manage 0 production enforce\n"
				       "policy.manage 0 strict enforce\nmode.relax 0 default warn (mode: enforce, now warn)\n");
}

/* Adopt without may_relax refuses what may let more through, also from those who may relax; with it, the right is asked for.  Both files or none. */
static void adopt(sd_bus *bus)
{
	(void)call(bus, false, "Error.WouldRelax", POLICIES, "Adopt", "ssa{sv}", "mine", AUDIT("mine"), 0);
	(void)call(bus, false, "Error.WouldRelax", POLICIES, "Adopt", "ssa{sv}", "mine", AUDIT("mine"), 1, "may_relax", "b", 0);
	(void)call(bus, false, "AccessDenied", POLICIES, "Adopt", "ssa{sv}", "mine", AUDIT("mine"), 1, "may_relax", "b", 1);
	(void)call(bus, false, "Error.InvalidArgs", POLICIES, "Adopt", "ssa{sv}", "mine", AUDIT("mine"), 1, "relax", "b", 1);
	(void)call(bus, false, "Error.Invalid", POLICIES, "Adopt", "ssa{sv}", "other", AUDIT("mine"), 1, "may_relax", "b", 0);
	(void)call(bus, false, "Error.PolicyInvalid", POLICIES, "Adopt", "ssa{sv}", "mine", "name: [", 0);
}

static void adopt_stricter(sd_bus *bus)
{
	static const char *const names[] = { "production" };
	sd_bus_message *reply = call(bus, false, NULL, POLICIES, "Get", "s", names[0]);
	const char *yaml;

	g_assert_cmpint(sd_bus_message_read_basic(reply, 's', &yaml), >, 0);
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Adopt", "ssa{sv}", names[0], yaml, 0));
	sd_bus_message_unref(reply);
}

static void adopt_laxer(sd_bus *bus)
{
	sd_bus_message_unref(call(bus, false, NULL, POLICIES, "Adopt", "ssa{sv}", "mine", AUDIT("mine"), 1, "may_relax", "b", 1));
}

static void test_adopt(void)
{
	g_autofree char *policies = g_build_filename(fixture.dir, "policies", NULL), *file = g_build_filename(policies, "mine.yaml", NULL);

	(void)remove(file);
	use("production");
	only_manage();
	as_nobody(adopt);
	expect_mode("enforce");
	(void)call(fixture.bus, false, "Error.WouldRelax", POLICIES, "Adopt", "ssa{sv}", "mine", AUDIT("mine"), 0);
	g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
	expect_mode("enforce");
	use("default");
	only_manage();
	mock_polkit_say(&fixture, "status", "yes");
	as_nobody(adopt_stricter);
	expect_mode("enforce");
	mock_polkit_say(&fixture, "mode.relax", "yes");
	as_nobody(adopt_laxer);
	expect_mode("audit");
	use("production");
}

/* What stands there is no file that could be read, or written in its place: nothing of the change stays. */
static void test_adopt_half(void)
{
	static const char old[] = "version: \"1.0\"\nname: mine\nmode: warn\n";
	g_autofree char *policies = g_build_filename(fixture.dir, "policies", NULL), *file = g_build_filename(policies, "mine.yaml", NULL);
	g_autofree char *config = g_build_filename(fixture.dir, "config.yaml", NULL), *kept = g_build_filename(fixture.dir, "kept", NULL);

	use("production");
	scratch_put(policies, "mine.yaml", old);
	g_assert_cmpint(rename(config, kept), ==, 0);
	g_assert_cmpint(g_mkdir(config, 0700), ==, 0);
	(void)call(fixture.bus, false, "", POLICIES, "Adopt", "ssa{sv}", "mine", AUDIT("mine"), 1, "may_relax", "b", 1);
	g_autofree char *now = scratch_get(policies, "mine.yaml");
	g_assert_cmpstr(now, ==, old);
	g_assert_cmpint(remove(file), ==, 0);
	(void)call(fixture.bus, false, "", POLICIES, "Adopt", "ssa{sv}", "mine", AUDIT("mine"), 1, "may_relax", "b", 1);
	g_assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
	g_assert_cmpint(remove(config), ==, 0);
	g_assert_cmpint(rename(kept, config), ==, 0);
	expect_mode("enforce");
}

/* An accident with config.yaml is none with the guard, and a change writes it whole again. */
static void test_config_lost(void)
{
	static const char *const texts[] = { "", "# nothing\n", "fail_mode: closed\n" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		use("production");
		scratch_put(fixture.dir, "config.yaml", texts[i]);
		sd_bus_message_unref(call(fixture.bus, false, NULL, MANAGER, "ReloadPolicy", ""));
		expect_mode("enforce");
		g_autofree char *state = NULL;
		g_assert_cmpint(sd_bus_get_property_string(fixture.bus, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, MANAGER, "State", NULL, &state), >=, 0);
		g_assert_cmpstr(state, ==, "degraded");
	}
	scratch_put(fixture.dir, "config.yaml", "");
	use("strict");
	g_autofree char *config = scratch_get(fixture.dir, "config.yaml");
	g_assert_nonnull(strstr(config, "active_policy: strict"));
	expect_mode("enforce");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	bus_fixture_start(&fixture, "system");
	polkit = mock_polkit_start(&fixture);
	g_test_add_func("/relax/ladder", test_ladder);
	g_test_add_func("/relax/adopt", test_adopt);
	g_test_add_func("/relax/adopt-half", test_adopt_half);
	g_test_add_func("/relax/ghost", test_ghost);
	g_test_add_func("/relax/back-to-back", test_back_to_back);
	g_test_add_func("/relax/names", test_names);
	g_test_add_func("/relax/config-lost", test_config_lost);
	int failures = g_test_run();
	mock_polkit_stop(polkit);
	bus_fixture_stop(&fixture);
	return failures;
}
