/* SPDX-License-Identifier: MIT
 *
 * policy validate, policy test: files, not the service's policies.  A private sentineld reads them unless
 * a bus is asked for, so that both work on a build machine.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/limits.h"
#include "cli/client.h"
#include "cli/output.h"
#include "cli/policy.h"

/* A little more than the service takes. */
#define LARGEST_FILE ((gsize)LIMIT_POLICY_BYTES + 1)

const Option policy_test_options[] = {
	{ "junit", 0, OPTION_TEXT, offsetof(Cli, junit), "FILE", "also write the results as JUnit XML" },
};
const size_t policy_test_option_count = G_N_ELEMENTS(policy_test_options);

static char *read_stream(FILE *stream, gsize *ret_length)
{
	GString *text = g_string_new("");
	char block[65536];
	size_t got;

	while (text->len < LARGEST_FILE && (got = fread(block, 1, MIN(sizeof block, LARGEST_FILE - text->len), stream)) > 0)
		g_string_append_len(text, block, (gssize)got);
	*ret_length = text->len;
	return g_string_free(text, FALSE);
}

int policy_read_file(const Cli *cli, const char *file, char **ret)
{
	gsize length = 0;
	bool input = !strcmp(file, "-");
	FILE *stream = input ? stdin : fopen(file, "re");

	*ret = NULL;
	if (!stream)
		return output_error(cli, EXIT_USAGE, "usage", "cannot read %s: %s", file, g_strerror(errno));
	g_autofree char *text = read_stream(stream, &length);
	bool failed = ferror(stream) != 0;
	if (!input)
		(void)fclose(stream);
	if (failed)
		return output_error(cli, EXIT_USAGE, "usage", "cannot read %s", file);
	if (length > LIMIT_POLICY_BYTES)
		return output_error(cli, EXIT_DENIED, "policy_invalid", "%s: the file is too large, a policy has at most %u bytes", file, LIMIT_POLICY_BYTES);
	if (strlen(text) != length || !g_utf8_validate(text, (gssize)length, NULL))
		return output_error(cli, EXIT_DENIED, "policy_invalid", "%s: the file is not UTF-8 text", file);
	*ret = g_steal_pointer(&text);
	return 0;
}

JsonNode *policy_data(const char *name, JsonArray *array)
{
	JsonObject *data = json_object_new();
	JsonNode *node = json_node_new(JSON_NODE_OBJECT);

	json_object_set_array_member(data, name, array);
	json_node_take_object(node, data);
	return node;
}

static void add_diagnostic(JsonArray *array, uint32_t line, uint32_t column, const char *severity, const char *message)
{
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, "line", line);
	json_object_set_int_member(object, "column", column);
	json_object_set_string_member(object, "severity", severity);
	json_object_set_string_member(object, "message", message);
	json_array_add_object_element(array, object);
}

int policy_read_diagnostics(const Cli *cli, sd_bus_message *reply, const char *file, JsonArray *array)
{
	const char *name, *severity, *message;
	uint32_t line, column;
	int errors = 0, r = sd_bus_message_enter_container(reply, 'a', "(suuss)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(suuss)", &name, &line, &column, &severity, &message)) > 0) {
		bool error = !strcmp(severity, "error");
		errors += error;
		if (array)
			add_diagnostic(array, line, column, severity, message);
		if (!cli->json && line)
			(void)printf("%s:%u:%u: %s%s\n", file, line, column, error ? "" : "warning: ", message);
		else if (!cli->json)
			(void)printf("%s: %s%s\n", file, error ? "" : "warning: ", message);
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return r < 0 ? r : errors;
}

/* A policy's file needs no service. */
static int connect_for_files(Cli *cli)
{
	if (!cli->bus)
		cli->local = TRUE;
	return client_connect(cli);
}

/* An exit code; `ret_said`: it was an error that has been told, with --json as the one answer. */
static int validate_file(Cli *cli, const char *file, JsonArray *files, bool *ret_said)
{
	g_autofree char *text = NULL;
	sd_bus_message *reply = NULL;
	int code = policy_read_file(cli, file, &text);

	*ret_said = code != 0;
	if (code != 0)
		return code;
	JsonArray *diagnostics = json_array_new();
	JsonObject *object = json_object_new();
	code = policy_call(cli, "Check", text, NULL, &reply);
	int errors = code == 0 ? policy_read_diagnostics(cli, reply, file, diagnostics) : 0;

	sd_bus_message_unref(reply);
	json_object_set_string_member(object, "file", file);
	json_object_set_boolean_member(object, "valid", code == 0 && errors == 0);
	json_object_set_array_member(object, "diagnostics", diagnostics);
	json_array_add_object_element(files, object);
	*ret_said = code != 0 || errors < 0;
	if (code != 0)
		return code;
	if (errors < 0)
		return client_bad_answer(cli, errors);
	if (!cli->json && !errors)
		(void)printf("%s: valid\n", file);
	return errors ? EXIT_DENIED : EXIT_DONE;
}

int run_policy_validate(Cli *cli)
{
	int worst = connect_for_files(cli);
	JsonArray *files = json_array_new();
	bool said = worst != 0;

	for (int i = 0; !said && i < cli->word_count; i++) {
		int code = validate_file(cli, cli->words[i], files, &said);
		worst = MAX(worst, code);
		said &= cli->json; /* people are told about the other files as well */
	}
	if (cli->json && !said)
		output_json(worst == EXIT_DONE, policy_data("files", files));
	else
		json_array_unref(files);
	return worst;
}

int run_policy_digest(Cli *cli)
{
	int code = connect_for_files(cli);
	g_autoptr(JsonArray) digests = json_array_new();

	for (int i = 0; code == 0 && i < cli->word_count; i++) {
		g_autofree char *text = NULL;
		sd_bus_message *reply = NULL;
		const char *digest = "";
		code = policy_read_file(cli, cli->words[i], &text);
		if (code == 0)
			code = policy_call(cli, "ProfileDigest", text, NULL, &reply);
		if (code == 0 && sd_bus_message_read_basic(reply, 's', &digest) < 0)
			code = client_bad_answer(cli, -EBADMSG);
		if (code == 0 && !cli->json)
			(void)printf("%s  %s\n", digest, cli->words[i]);
		json_array_add_string_element(digests, digest);
		sd_bus_message_unref(reply);
	}
	if (code == 0 && cli->json)
		output_json(true, policy_data("digests", json_array_ref(digests)));
	return code;
}

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
	g_autofree char *opening = g_markup_printf_escaped("    <testcase classname=\"%s\" name=\"%s\" file=\"%s\" line=\"%u\">", suite->file, name, suite->file, line);
	JsonObject *object = json_object_new();

	g_string_append_printf(suite->cases, "%s%s</testcase>\n", opening, failure);
	json_object_set_string_member(object, "file", suite->file);
	json_object_set_int_member(object, "line", line);
	json_object_set_string_member(object, "name", name);
	json_object_set_boolean_member(object, "passed", passed);
	json_object_set_string_member(object, "message", message);
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
		int errors = policy_read_diagnostics(cli, reply, suite->file, NULL), r = errors < 0 ? errors : read_results(cli, reply, suite);
		if (errors > 0)
			add_case(suite, "the policy loads", 1, false, "it does not load; see: sentinel policy validate");
		code = r < 0 ? client_bad_answer(cli, r) : suite->failed ? EXIT_DENIED : EXIT_DONE;
	}
	sd_bus_message_unref(reply);
	return code;
}

static int write_junit(const Cli *cli, const GString *suites)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *xml = g_strdup_printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n%s</testsuites>\n", suites->str);

	if (!cli->junit || g_file_set_contents(cli->junit, xml, -1, &error))
		return EXIT_DONE;
	return output_error(cli, EXIT_UNDONE, "failed", "the JUnit report cannot be written: %s", error->message);
}

static void add_suite(GString *suites, const Suite *suite)
{
	g_autofree char *opening = g_markup_printf_escaped("  <testsuite name=\"%s\" tests=\"%u\" failures=\"%u\">\n", suite->file, suite->passed + suite->failed,
		suite->failed);

	g_string_append_printf(suites, "%s%s  </testsuite>\n", opening, suite->cases->str);
}

int run_policy_test(Cli *cli)
{
	int worst = connect_for_files(cli);
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
	if (connected && write_junit(cli, suites) != EXIT_DONE)
		worst = EXIT_UNDONE;
	if (cli->json && !said)
		output_json(worst == EXIT_DONE, policy_data("tests", results));
	else
		json_array_unref(results);
	if (!cli->json && connected)
		(void)printf("%u passed, %u failed\n", passed, failed);
	return worst;
}
