/* SPDX-License-Identifier: MIT
 *
 * What a call may hold: exactly so much, and not one more.  A service of one's own, without a bus: nothing counts the bytes but it.
 */
#include "base/limits.h"
#include "session.h"

/* `arguments`: t is the text, n a name, o options. */
static bool is_too_long(const char *interface, const char *member, const char *arguments, const char *text)
{
	sd_bus_message *request = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;

	g_assert_cmpint(sd_bus_message_new_method_call(fixture.bus, &request, fixture.service, SENTINEL_OBJECT_PATH, interface, member), >=, 0);
	for (const char *at = arguments; *at; at++)
		g_assert_cmpint(*at == 'o' ? sd_bus_message_append(request, "a{sv}", 0) : sd_bus_message_append_basic(request, 's', *at == 't' ? text : "longest"), >=, 0);
	(void)sd_bus_call(fixture.bus, request, 0, &error, NULL);
	bool too_long = sd_bus_error_has_name(&error, SENTINEL_ERROR_PREFIX "LimitExceeded");
	g_assert_false(sd_bus_error_has_name(&error, SD_BUS_ERROR_INVALID_ARGS));
	sd_bus_error_free(&error);
	sd_bus_message_unref(request);
	return too_long;
}

/* Exactly so much is read, and not one more: of each limit once, for it is looked at in one place. */
static void test_longest(void)
{
	static const struct { const char *interface, *member, *arguments; size_t limit; } rows[] = {
		{ POLICIES, "Check", "t", LIMIT_POLICY_BYTES }, { POLICIES, "Test", "t", LIMIT_POLICY_BYTES }, { POLICIES, "Diff", "tn", LIMIT_POLICY_BYTES },
		{ POLICIES, "Diff", "nt", LIMIT_POLICY_BYTES }, { POLICIES, "Replay", "to", LIMIT_POLICY_BYTES }, { POLICIES, "Learn", "to", LIMIT_POLICY_BYTES },
		{ POLICIES, "Write", "nt", LIMIT_POLICY_BYTES }, { POLICIES, "Replace", "ntn", LIMIT_POLICY_BYTES }, { POLICIES, "Adopt", "nto", LIMIT_POLICY_BYTES },
		{ POLICIES, "ProfileDigest", "t", LIMIT_PROFILE_BYTES }, { MANAGER, "CheckSettings", "t", LIMIT_CONFIG_BYTES },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strnfill(rows[i].limit + 1, '#');
		g_test_message("%s %s", rows[i].member, rows[i].arguments);
		g_assert_true(is_too_long(rows[i].interface, rows[i].member, rows[i].arguments, text));
		text[rows[i].limit] = 0;
		g_assert_false((!i || rows[i].limit != rows[i - 1].limit) && is_too_long(rows[i].interface, rows[i].member, rows[i].arguments, text));
	}
}

/* The rest of it is filled in by who calls this. */
static sd_bus_message *begin_call(const char *member, const char *types, ...)
{
	sd_bus_message *request = NULL;
	va_list arguments;

	g_assert_cmpint(sd_bus_message_new_method_call(fixture.bus, &request, fixture.service, SENTINEL_OBJECT_PATH, MANAGER, member), >=, 0);
	va_start(arguments, types);
	g_assert_cmpint(sd_bus_message_appendv(request, types, arguments), >=, 0);
	va_end(arguments);
	return request;
}

static void expect_answer(sd_bus_message *request, bool too_much)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;

	g_assert_cmpint(sd_bus_call(fixture.bus, request, 0, &error, NULL) < 0, ==, too_much);
	g_assert_true(!too_much || sd_bus_error_has_name(&error, SENTINEL_ERROR_PREFIX "LimitExceeded"));
	sd_bus_error_free(&error);
	sd_bus_message_unref(request);
}

/* The option `name`, so many words. */
static void expect_words(const char *name, size_t count, const char *word, bool too_much)
{
	sd_bus_message *request = begin_call("Validate", "as", 2, "run", "x");

	g_test_message("%s: %zu words of %zu bytes", name, count, strlen(word));
	g_assert_cmpint(sd_bus_message_open_container(request, 'a', "{sv}"), >=, 0);
	g_assert_cmpint(sd_bus_message_append(request, "{sv}", "user", "s", "alice"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'e', "sv"), >=, 0);
	g_assert_cmpint(sd_bus_message_append_basic(request, 's', name), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'v', "as"), >=, 0);
	g_assert_cmpint(sd_bus_message_open_container(request, 'a', "s"), >=, 0);
	for (size_t i = 0; i < count; i++)
		g_assert_cmpint(sd_bus_message_append_basic(request, 's', word), >=, 0);
	for (int i = 0; i < 4; i++)
		g_assert_cmpint(sd_bus_message_close_container(request), >=, 0);
	expect_answer(request, too_much);
}

static void test_words(void)
{
	for (size_t over = 0; over < 2; over++) {
		g_autofree char *word = g_strnfill(LIMIT_OPTION_WORDS + over, 'A');
		expect_words("unset", LIMIT_OPTION_ITEMS + over, "A", over);
		expect_words("unset", 1, word, over);
		expect_words("groups", LIMIT_USER_GROUPS + over, "a:1", over);
	}
}

/* Whose bound it was is said. */
static void expect_said(sd_bus_message *request, unsigned bytes)
{
	g_autofree char *said = g_strdup_printf(" more than %u items or %u bytes", LIMIT_OPTION_ITEMS, bytes);
	sd_bus_error error = SD_BUS_ERROR_NULL;

	g_assert_cmpint(sd_bus_call(fixture.bus, request, 0, &error, NULL), <, 0);
	g_assert_true(g_str_has_suffix(error.message, said));
	sd_bus_error_free(&error);
	sd_bus_message_unref(request);
}

static void test_said(void)
{
	g_autofree char *text = g_strnfill(LIMIT_OPTION_BYTES + 1, 'a');

	expect_said(begin_call("Validate", "asa{sv}", 2, "run", "x", 1, "cwd", "s", text), LIMIT_OPTION_TEXT);
	expect_said(begin_call("Validate", "asa{sv}", 2, "run", "x", 1, "unset", "as", 1, text), LIMIT_OPTION_WORDS);
	expect_said(begin_call("Validate", "asa{sv}", 2, "run", "x", 1, "env", "a{ss}", 1, text, ""), LIMIT_OPTION_BYTES);
}

static void test_pairs(void)
{
	static const struct { size_t name, value; bool too_much; } rows[] = {
		{ 1, LIMIT_OPTION_BYTES - 1, false }, { 1, LIMIT_OPTION_BYTES, true }, { LIMIT_OPTION_BYTES, 0, false }, { LIMIT_OPTION_BYTES + 1, 0, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *name = g_strnfill(rows[i].name, 'N'), *value = g_strnfill(rows[i].value, 'v');
		expect_answer(begin_call("Validate", "asa{sv}", 2, "run", "x", 1, "env", "a{ss}", 1, name, value), rows[i].too_much);
	}
}

static void expect_request(const char *uri, size_t body, bool too_much)
{
	g_autofree char *bytes = g_strnfill(body, ' ');
	sd_bus_message *request = begin_call("ValidateRequest", "ss", "POST", uri);

	g_assert_cmpint(sd_bus_message_append_array(request, 'y', bytes, body), >=, 0);
	g_assert_cmpint(sd_bus_message_append(request, "a{sv}", 0), >=, 0);
	expect_answer(request, too_much);
}

static void test_requests(void)
{
	for (size_t over = 0; over < 2; over++) {
		g_autofree char *uri = g_strnfill(LIMIT_URI_BYTES + over, '/');
		expect_request(uri, 0, over);
		expect_request("/v1.41/containers/create", LIMIT_BODY_BYTES + over, over);
	}
}

/* What is asked for is then not found, or not there: that was looked for. */
static void test_numbers(void)
{
	for (unsigned over = 0; over < 2; over++) {
		const char *not_found = over ? "Error.InvalidArgs" : "Error.NotFound", *invalid = over ? "Error.InvalidArgs" : "Error.Invalid";
		g_autofree char *reason = g_strnfill(LIMIT_GRANT_REASON + over, 'r'), *image = g_strnfill(LIMIT_SCAN_FIELD + over, 'i');
		const uint64_t none = 999, exception_s = LIMIT_EXCEPTION_S + over;
		g_test_message("%u over", over);
		(void)call(MANAGER, "CreateGrant", not_found, "ta{sv}", none, 1, "reason", "s", reason);
		(void)call(MANAGER, "CreateGrant", not_found, "ta{sv}", none, 2, "reason", "s", "r", "duration", "t", (uint64_t)LIMIT_GRANT_S + over);
		(void)call(MANAGER, "CreateGrant", not_found, "ta{sv}", none, 2, "reason", "s", "r", "uses", "t", (uint64_t)LIMIT_GRANT_USES + over);
		(void)call(POLICIES, "Except", invalid, "ta{sv}", none, 1, "reason", "s", reason);
		(void)call(POLICIES, "Except", invalid, "ta{sv}", none, 2, "reason", "s", "r", "duration", "t", exception_s);
		sd_bus_message_unref(call(POLICIES, "Learn", over ? "Error.InvalidArgs" : NULL, "sa{sv}", "", 1, "duration", "t", exception_s));
		(void)call(MANAGER, "Scan", over ? "Error.InvalidArgs" : "Error.Unavailable", "sa{sv}", image, 0);
	}
}

/* Nothing is not enough, and what is no such thing is said to be none. */
static void test_none(void)
{
	static const char *const images[] = { "", "-", "--help" };
	const uint64_t none = 999;

	for (size_t i = 0; i < G_N_ELEMENTS(images); i++)
		(void)call(MANAGER, "Scan", "Error.InvalidArgs", "sa{sv}", images[i], 0);
	(void)call(POLICIES, "Except", "Error.InvalidArgs", "ta{sv}", none, 0);
	(void)call(POLICIES, "Except", "Error.InvalidArgs", "ta{sv}", none, 2, "reason", "s", "r", "duration", "t", (uint64_t)0);
	(void)call(POLICIES, "Learn", "Error.InvalidArgs", "sa{sv}", "", 1, "duration", "t", (uint64_t)0);
	(void)call(POLICIES, "Learn", "Error.InvalidArgs", "sa{sv}", "", 1, "name", "s", "../x");
	(void)call(MANAGER, "Metrics", "Error.InvalidArgs", "s", "json");
	(void)call(MANAGER, "Metrics", "Error.Unavailable", "s", "plain");
	(void)call(MANAGER, "JudgeContainers", "Error.PolicyInvalid", "a{sv}", 1, "policy", "s", "nothing");
	(void)call(MANAGER, "JudgeContainers", "Error.Unavailable", "a{sv}", 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	bus_fixture_start_peer(&fixture);
	g_test_add_func("/bounds/longest", test_longest);
	g_test_add_func("/bounds/words", test_words);
	g_test_add_func("/bounds/pairs", test_pairs);
	g_test_add_func("/bounds/said", test_said);
	g_test_add_func("/bounds/requests", test_requests);
	g_test_add_func("/bounds/numbers", test_numbers);
	g_test_add_func("/bounds/none", test_none);
	int failures = g_test_run();
	bus_fixture_stop(&fixture);
	return failures;
}
