/* SPDX-License-Identifier: MIT
 *
 * tests: what the policy's author expects of it (testing.h runs them).
 */
#include <string.h>
#include "policy/schema/schema.h"
#include "policy/verdict-words.h"

static const char *const decision_words[] = { "allowed", "denied", "warned" };
static const Choice decision_choice = { decision_words, G_N_ELEMENTS(decision_words) };
static const Range score_range = { 0, 100 }, id_range = { 0, USER_NO_ID - 1u };

static const Field expect_fields[] = {
	DETAIL("decision", PolicyTest, decision, read_choice, &decision_choice),
	DETAIL("score", PolicyTest, score, field_number, &score_range),
	FIELD("findings", PolicyTest, findings, field_words),
	FIELD("includes", PolicyTest, includes, field_words),
};

static void check_expect(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	PolicyTest *test = element;

	test->exact = field_find(node, "findings") != NULL;
	if (!test->decision)
		field_error(loader, node, path, "the key decision is missing: allowed, denied or warned");
}

static const Section expect_section = { expect_fields, G_N_ELEMENTS(expect_fields), sizeof(PolicyTest), NULL, check_expect, "decision" };

static const Field request_fields_of_test[] = {
	FIELD("method", PolicyTest, method, field_text),
	FIELD("uri", PolicyTest, uri, field_text),
	FIELD("body", PolicyTest, body, field_text),
};

static void check_request(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	const PolicyTest *test = element;

	if (!test->method || !test->uri)
		field_error(loader, node, path, "expected the keys method and uri");
}

static const Section request_section = { request_fields_of_test, G_N_ELEMENTS(request_fields_of_test), sizeof(PolicyTest), NULL, check_request, "method uri" };

static const Field test_fields[] = {
	FIELD("name", PolicyTest, name, field_text),
	FIELD("command", PolicyTest, command, field_text),
	GROUP("request", request_section),
	FIELD("user", PolicyTest, caller.user, field_text),
	DETAIL("uid", PolicyTest, caller.uid, field_number, &id_range),
	DETAIL("gid", PolicyTest, caller.gid, field_number, &id_range),
	FIELD("groups", PolicyTest, caller.groups, field_words),
	FIELD("at", PolicyTest, at_us, read_date),
	FIELD("verdicts", PolicyTest, verdicts, field_words),
	GROUP("expect", expect_section),
};

static void init_test(void *element)
{
	*(PolicyTest *)element = (PolicyTest){ .name = "", .body = "", .caller = { .user = "", .uid = -1, .gid = -1 }, .score = -1 };
}

static void check_test(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	PolicyTest *test = element;

	Caller caller;
	const char *user, *problem;

	test->line = node->line;
	Verdict *words;
	for (size_t i = 0; i < test->verdicts.count; i++)
		if (!(words = verdict_words_read(test->verdicts.items[i], &problem)))
			field_error(loader, field_find(node, "verdicts"), path, "%s: %s", test->verdicts.items[i], problem);
		else
			verdict_free(words);
	if (!caller_state(&test->caller, loader->arena, &caller, &user, &problem))
		field_error(loader, node, path, "%s", problem);
	if ((test->command != NULL) == (field_find(node, "request") != NULL))
		field_error(loader, node, path, "expected either command (a docker command line) or request (method, uri, body)");
	if (!field_find(node, "expect"))
		field_error(loader, node, path, "the key expect is missing");
	if (!*test->name)
		test->name = test->command ? test->command : arena_printf(loader->arena, "%s %s", test->method ? test->method : "", test->uri ? test->uri : "");
}

const Section test_section = { test_fields, G_N_ELEMENTS(test_fields), sizeof(PolicyTest), init_test, check_test, "expect command^request" };
