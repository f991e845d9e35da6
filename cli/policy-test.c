/* SPDX-License-Identifier: MIT
 *
 * policy test: the tests that a policy's file holds.
 */
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/verb.h"

typedef struct Options {
	char *junit;
} Options;

static const Option rows[] = {
	OPTION(Options, junit, "junit", 0, "FILE", "also write the results as JUnit XML"),
};

/* One file's results on their way to the report, the JSON and the XML. */
typedef struct Suite {
	const char *file;
	GString *cases;
	JsonArray *results;
	unsigned passed, failed;
} Suite;

static void add_case(Suite *suite, const char *name, uint32_t line, bool passed, const char *message)
{
	g_autofree char *failure = passed ? g_strdup("") : g_markup_printf_escaped("<failure message=\"%s\"/>", message);
	g_autofree char *opening = g_markup_printf_escaped(
		"    <testcase classname=\"%s\" name=\"%s\" file=\"%s\" line=\"%u\">", suite->file, name, suite->file, line);
	JsonObject *object = json_object_new();

	g_string_append_printf(suite->cases, "%s%s</testcase>\n", opening, failure);
	output_set_text(object, "file", suite->file);
	json_object_set_int_member(object, "line", line);
	output_set_text(object, "name", name);
	json_object_set_boolean_member(object, "passed", passed);
	output_set_text(object, "message", message);
	json_array_add_object_element(suite->results, object);
	*(passed ? &suite->passed : &suite->failed) += 1;
}

static void print_case(const Cli *cli, const Suite *suite, const char *name, uint32_t line, bool passed, const char *message)
{
	g_autofree char *mark = output_paint(cli, passed ? PAINT_GREEN : PAINT_RED, passed ? "passed" : "FAILED");

	if (cli->json)
		return;
	(void)printf("%s  %s\n", mark, name);
	if (!passed)
		(void)printf("        %s:%u: %s\n", suite->file, line, message);
}

static int read_results(const Cli *cli, sd_bus_message *reply, Suite *suite)
{
	const char *name, *outcome, *message;
	uint32_t line;
	int r = sd_bus_message_enter_container(reply, 'a', "(suss)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(suss)", &name, &line, &outcome, &message)) > 0) {
		bool passed = !strcmp(outcome, "passed");
		print_case(cli, suite, name, line, passed, message);
		add_case(suite, name, line, passed, message);
	}
	return r;
}

static int test_file(Cli *cli, Suite *suite, bool *ret_said)
{
	g_autofree char *text = NULL;
	sd_bus_message *reply = NULL;
	int code = policy_read_file(cli, suite->file, &text);

	if (code == 0)
		code = policy_call(cli, "Test", text, NULL, &reply);

	if (code == 0) {
		int errors = policy_read_diagnostics(cli, reply, suite->file, NULL),
		    r = errors < 0 ? errors : read_results(cli, reply, suite);
		if (errors > 0)
			add_case(suite, "the policy loads", 1, false, "it does not load; see: sentinel policy validate");
		code = r < 0 ? client_bad_answer(cli, r) : suite->failed ? EXIT_DENIED : EXIT_DONE;
	}
	sd_bus_message_unref(reply);
	return code;
}

static int write_junit(const Cli *cli, const char *file, const GString *suites)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *xml = g_strdup_printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n%s</testsuites>\n", suites->str);

	if (!file || g_file_set_contents(file, xml, -1, &error))
		return EXIT_DONE;
	return output_error(cli, EXIT_UNDONE, "failed", "the JUnit report cannot be written: %s", error->message);
}

static void add_suite(GString *suites, const Suite *suite)
{
	g_autofree char *opening = g_markup_printf_escaped(
		"  <testsuite name=\"%s\" tests=\"%u\" failures=\"%u\">\n", suite->file, suite->passed + suite->failed, suite->failed);

	g_string_append_printf(suites, "%s%s  </testsuite>\n", opening, suite->cases->str);
}

static int run_test(Cli *cli, const void *data)
{
	const Options *options = data;
	int worst = policy_connect_for_files(cli);
	g_autoptr(GString) suites = g_string_new("");
	JsonArray *results = json_array_new();
	unsigned passed = 0, failed = 0;
	bool said = worst != 0, connected = !said;

	for (int i = 0; !said && i < cli->word_count; i++) {
		g_autoptr(GString) cases = g_string_new("");
		Suite suite = { .file = cli->words[i], .cases = cases, .results = results };
		int code = test_file(cli, &suite, &said);
		worst = MAX(worst, code);
		said &= cli->json; /* people are told about the other files as well */
		add_suite(suites, &suite);
		passed += suite.passed;
		failed += suite.failed;
	}
	if (connected && write_junit(cli, options->junit, suites) != EXIT_DONE)
		worst = EXIT_UNDONE;
	if (cli->json && !said)
		output_array(worst == EXIT_DONE, "tests", results);
	else
		json_array_unref(results);
	if (!cli->json && connected)
		(void)printf("%u passed, %u failed\n", passed, failed);
	return worst;
}

const Verb verb_policy_test = {
	"policy test", run_test, 1, -1, "FILE...", N_("run the tests that policy files hold"),
	OPTION_TABLE(Options, rows),
	"policy test --junit results.xml ./policy.yaml", N_("a test failed"), .answer = true, .alone = true,
};
