/* SPDX-License-Identifier: MIT
 *
 * What a record keeps of a call: it is judged as the call was, by every policy, and holds none of its secrets.
 */
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "bus/recorded-calls.h"
#include "core/record.h"
#include "core/replay.h"
#include "policy/store.h"
#include "policy/verdict.h"
#include "request/api.h"
#include "request/builder.h"
#include "request/host-view.h"
#include "request/pins.h"
#include "scan/redactor.h"
#include "captured.h"
#include "templates-fixture.h"

static const char *put(const NormalPart *part, const void *base, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	normal_put(&out, part, base);
	return out.data;
}

static Request *again(const char *text, Arena *arena)
{
	Request *request = request_new(arena);
	Json json = json_begin(text, strlen(text), arena);

	if (!normal_get(&json, &normal_request, request) || !json_finish(&json))
		g_error("%s: %s", json.problem, text);
	return request;
}

static void test_round_trip(void)
{
	g_auto(GStrv) rows = captured();

	for (size_t i = 0; rows[i]; i++) {
		g_autoptr(Arena) arena = arena_new();
		const char *first = put(&normal_request, captured_call(rows[i], arena), arena), *second = put(&normal_request, again(first, arena), arena);
		g_assert_cmpstr(first, ==, second);
	}
}

/* Every member has a row: what lies between two of them is no more than their alignment. */
static size_t size_of(const NormalMember *member, size_t *ret_align)
{
	static const struct { size_t size, align; } sizes[] = {
		[NORMAL_TEXT] = { sizeof(char *), sizeof(char *) }, [NORMAL_MAYBE] = { sizeof(char *), sizeof(char *) }, [NORMAL_FLAG] = { sizeof(bool), 1 },
		[NORMAL_NUMBER] = { sizeof(int64_t), sizeof(int64_t) }, [NORMAL_SMALL] = { sizeof(uint32_t), sizeof(uint32_t) },
		[NORMAL_WORD] = { sizeof(unsigned), sizeof(unsigned) }, [NORMAL_WORDS] = { sizeof(StringList), sizeof(char *) },
		[NORMAL_POINTER] = { sizeof(char *), sizeof(char *) }, [NORMAL_LIST] = { sizeof(StringList), sizeof(char *) }, [NORMAL_PART] = { 0, sizeof(char *) },
	};

	*ret_align = sizes[member->form].align;
	return member->form == NORMAL_PART ? ((const NormalPart *)member->detail)->size : sizes[member->form].size;
}

static void check_covered(const NormalPart *part, const size_t *left_out, size_t left_out_count)
{
	g_autofree bool *covered = g_new0(bool, part->size + 1);
	size_t align = sizeof(char *), gap = 0;

	for (size_t i = 0; i < left_out_count; i++)
		memset(covered + left_out[i], true, sizeof(char *));
	for (size_t i = 0; i < part->count; i++)
		memset(covered + part->members[i].offset, true, size_of(&part->members[i], &align));
	for (size_t at = 0; at <= part->size; at++) {
		gap = covered[at] || at == part->size ? gap : gap + 1;
		if (!gap || (!covered[at] && at < part->size))
			continue;
		align = sizeof(char *);
		for (size_t i = 0; i < part->count; i++)
			if (part->members[i].offset == at)
				(void)size_of(&part->members[i], &align);
		if (gap >= align)
			g_error("%zu bytes before offset %zu of the struct of \"%s\" have no row", gap, at, part->members[0].text);
		gap = 0;
	}
}

static void check_parts(const NormalPart *part)
{
	static const size_t of_request[] = { offsetof(Request, summary), offsetof(Request, fit) };
	const bool whole = part == &normal_request;

	check_covered(part, of_request, whole ? G_N_ELEMENTS(of_request) : 0);
	for (size_t i = 0; i < part->count; i++) {
		const NormalMember *member = &part->members[i];
		if (member->detail != &normal_request && (member->form == NORMAL_PART || member->form == NORMAL_LIST || member->form == NORMAL_POINTER))
			check_parts(member->detail);
	}
}

static void test_all_members(void)
{
	check_parts(&normal_request);
	check_parts(&normal_builder);
}

/* What the doors leave empty. */
static void test_facts(void)
{
	g_autoptr(Arena) arena = arena_new();
	Request *request = captured_read(&(CapturedCall){ "POST", "/v1.41/containers/create?name=x", "{\"Image\":\"a\",\"HostConfig\":{\"Binds\":[\"/srv/x:/x\"]}}" }, arena), *stored = request_new(arena);
	PinFacts pin = { .known = true, .uid = 1000, .state = 2, .name = "n", .container = "c" };
	PathNode node = { .path = "/", .device = UINT64_MAX, .inode = 7, .mode = 040755 };
	PathFacts facts = { .problem = "", .resolved = "/srv/x", .source = node, .ways = { &(PathWay){ "/", &node, 1, true, false, true }, 1 } };
	const char *none = NULL;

	request->container.mounts.items[0].pin = &pin;
	request->container.mounts.items[0].facts = &facts;
	request->image_user = "";
	request->engine = (Engine){ .known = true, .data_root = "/d", .log_driver = "", .runtime = "runc" };
	stored->container_id = "abc";
	stored->image_user = none;
	request->stored = stored;
	const Request *back = again(put(&normal_request, request, arena), arena);
	g_assert_cmpstr(put(&normal_request, back, arena), ==, put(&normal_request, request, arena));
	g_assert_cmpstr(back->image_user, ==, "");
	g_assert_null(back->stored->image_user);
	g_assert_cmpstr(back->stored->container_id, ==, "abc");
	g_assert_cmpuint(back->container.mounts.items[0].facts->ways.items[0].items[0].device, ==, UINT64_MAX);
	g_assert_cmpuint(back->container.mounts.items[0].pin->uid, ==, 1000);
}

static void test_refused(void)
{
	static const char *const bad[] = {
		"", "[]", "{\"method\":1}", "{\"unknown\":1}", "{\"kind\":\"no-such-kind\"}", "{\"container\":{\"mounts\":[{\"kind\":\"bind\",\"x\":1}]}}", "{\"kind\":\"read\"",
		"{\"container\":{\"mounts\":[{\"pin\":{\"uid\":4294967296}}]}}", "{\"container\":{\"mounts\":[{\"pin\":{\"uid\":-1}}]}}", "{\"method\":\"a\",\"method\":\"b\"}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(Arena) arena = arena_new();
		Json json = json_begin(bad[i], strlen(bad[i]), arena);
		Request request;
		if (normal_get(&json, &normal_request, &request))
			g_error("%s was read", bad[i]);
		g_assert_nonnull(json.problem);
	}
}

#define SECRET "wJalrXUtnFEMIK7MDENGbPxRfiCYzq4eR8vT2m"

static const struct { const char *method, *uri, *body, *member; } secrets[] = {
	{ "POST", "/containers/create", "{\"Image\":\"a\",\"Env\":[\"X=" SECRET "\"]}", "env" },
	{ "POST", "/containers/create", "{\"Image\":\"a\",\"Cmd\":[\"--password=" SECRET "\"]}", "command" },
	{ "POST", "/containers/create", "{\"Image\":\"a\",\"Cmd\":[\"x\",\"--password\",\"" SECRET "\",\"y\"]}", "command" },
	{ "POST", "/containers/create", "{\"Image\":\"a\",\"Cmd\":[\"curl\",\"https://u:" SECRET "@example.com/\"]}", "command" },
	{ "POST", "/containers/create", "{\"Image\":\"a\",\"Entrypoint\":[\"env\",\"API_TOKEN=" SECRET "\"]}", "entrypoint" },
	{ "POST", "/containers/create", "{\"Image\":\"a\",\"Labels\":{\"db.password\":\"" SECRET "\"}}", "labels" },
	{ "POST", "/containers/create", "{\"Image\":\"a\",\"HostConfig\":{\"LogConfig\":{\"Type\":\"x\",\"Config\":{\"splunk-token\":\"" SECRET "\"}}}}", "log_options" },
	{ "POST", "/containers/c/exec", "{\"Cmd\":[\"mysql\",\"--password=" SECRET "\"],\"Env\":[\"A=" SECRET "\"]}", "command" },
	{ "POST", "/build?buildargs=%7B%22T%22%3A%22" SECRET "%22%7D&t=x", NULL, "uri" },
	{ "POST", "/build?remote=https%3A%2F%2Fu%3A" SECRET "%40example.com%2Fx.git", NULL, "remote" },
	{ "POST", "/volumes/create", "{\"Name\":\"v\",\"DriverOpts\":{\"password\":\"" SECRET "\"}}", "options" },
	{ "POST", "/auth", "{\"username\":\"u\",\"password\":\"" SECRET "\"}", NULL },
};

static const char *record_of(const Request *request, const Redactor *redactor, const KeptCall **ret_kept, Arena *arena)
{
	const Situation situation = { .user = "" };
	const Decision decision = { .allowed = true, .policy = "p" };
	size_t length;
	const KeptCall *kept = kept_new(request, &situation, 0, 0, redactor, arena);
	const Record record = { .id = 1, .user = "", .request = request, .decision = &decision, .kept = kept };

	if (ret_kept)
		*ret_kept = kept;
	const char *line = record_format(&record, arena, &length);
	g_assert_cmpuint(length, <=, LIMIT_RECORD_BYTES);
	g_assert_cmpuint(length, ==, strlen(line));
	return line;
}

static void test_secrets(void)
{
	TextRedactor *redactor = text_redactor_new();

	for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++) {
		g_autoptr(Arena) arena = arena_new();
		Request *request = captured_read(&(CapturedCall){ secrets[i].method, secrets[i].uri, secrets[i].body }, arena);
		const KeptCall *kept;
		const char *line = record_of(request, text_redactor_get(redactor), &kept, arena);
		if (strstr(line, SECRET))
			g_error("row %zu: %s", i, line);
		if (secrets[i].member && !kept_hides(kept, secrets[i].member))
			g_error("row %zu: %s is not said to be hidden: %s", i, secrets[i].member, line);
		g_assert_nonnull(strstr(line, "\"request\":{\"form\":1"));
		request->stored = request; /* the same in what is stored */
		Request stored = *request, outer = *request;
		stored.stored = NULL;
		outer.stored = &stored;
		g_assert_null(strstr(record_of(&outer, text_redactor_get(redactor), NULL, arena), SECRET));
	}
	text_redactor_free(redactor);
}

/* Only what is a credential goes, and without a detector every text does. */
static void test_words(void)
{
	static const char body[] = "{\"Image\":\"a\",\"Cmd\":[\"serve\",\"--password\",\"" SECRET "\",\"--port\",\"8080\"],\"Labels\":{\"team\":\"blue\"}}";
	TextRedactor *redactor = text_redactor_new();
	g_autoptr(Arena) arena = arena_new();
	const Request *request = captured_read(&(CapturedCall){ "POST", "/containers/create", body }, arena);

	const char *line = record_of(request, text_redactor_get(redactor), NULL, arena);
	g_assert_nonnull(strstr(line, "\"command\":[\"serve\",\"--password\",\"(hidden)\",\"--port\",\"8080\"]"));
	g_assert_nonnull(strstr(line, "\"labels\":[{\"key\":\"team\",\"value\":\"(hidden)\"}]"));
	g_assert_nonnull(strstr(line, "\"hidden\":[\"labels\",\"command\"]"));
	line = record_of(request, NULL, NULL, arena);
	g_assert_null(strstr(line, "serve"));
	g_assert_null(strstr(line, "blue"));
	text_redactor_free(redactor);
}

static void test_too_large(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GString) body = g_string_new("{\"Image\":\"a\",\"Labels\":{");

	for (unsigned i = 0; i < 4000; i++)
		g_string_append_printf(body, "%s\"label-%u\":\"x\"", i ? "," : "", i);
	g_string_append(body, "}}");
	const char *line = record_of(captured_read(&(CapturedCall){ "POST", "/containers/create", body->str }, arena), NULL, NULL, arena);
	g_assert_nonnull(strstr(line, ",\"unkept\":true}\n"));
	g_assert_null(strstr(line, "\"request\":"));
}

static void compare(const Decision *live, const Decision *replayed, const char *policy, const char *line)
{
	if (live->allowed != replayed->allowed || live->outcome != replayed->outcome || live->score != replayed->score || live->finding_count != replayed->finding_count)
		g_error("%s: allowed %d and %d, %zu and %zu findings: %s", policy, live->allowed, replayed->allowed, live->finding_count, replayed->finding_count, line);
	for (size_t i = 0; i < live->finding_count; i++) {
		g_assert_cmpstr(live->findings[i].rule, ==, replayed->findings[i].rule);
		g_assert_cmpstr(live->findings[i].message, ==, replayed->findings[i].message);
		g_assert_cmpstr(live->findings[i].what, ==, replayed->findings[i].what);
	}
}

/* As it stands in the trail, and as a replay reads it there. */
static const KeptCall *recorded(const Request *request, const Situation *situation, const Decision *decision, const Redactor *redactor, const char **ret_line, Arena *arena)
{
	size_t length;
	const KeptCall *kept = kept_new(request, situation, ~0u, ~0u, redactor, arena);

	*ret_line = record_format(&(Record){ .id = 1, .time_us = 1, .user = situation->user, .request = request, .decision = decision, .kept = kept }, arena, &length);
	return recorded_call(*ret_line, length, arena);
}

/* What was recorded is judged again by every template as the call itself; of what cannot be known nothing is said, and that is little. */
static void test_templates(void)
{
	g_autoptr(GPtrArray) policies = g_ptr_array_new_with_free_func((GDestroyNotify)policy_unref);
	const Situation situation = { .user = "alice", .now_us = 1 };
	const Decision let_through = { .allowed = true, .policy = "p" };
	TextRedactor *redactor = text_redactor_new();
	g_auto(GStrv) rows = captured();
	size_t unknown = 0, row;

	for (size_t n = 0; n < template_count; n++) {
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		const char *text = template_text(templates[n].name); /* what scanners have said is not in these records */
		g_ptr_array_add(policies, policy_parse(templates[n].name, text, strlen(text), diagnostics));
		g_assert_nonnull(policies->pdata[n]);
	}
	for (row = 0; rows[row]; row++) {
		g_autoptr(Arena) arena = arena_new();
		const Request *request = captured_call(rows[row], arena);
		const char *line, *why;
		const KeptCall *kept = recorded(request, &situation, &let_through, text_redactor_get(redactor), &line, arena);
		g_assert_nonnull(kept);
		for (size_t n = 0; n < template_count; n++) {
			const Decision *live = policy_evaluate(policies->pdata[n], request, &situation, arena), *again;
			const ReplayCall call = { .id = 1, .time_us = 1, .user = "alice", .command = "", .image = "", .allowed = live->allowed };
			const ReplayEffect effect = replay_judge(policies->pdata[n], kept, &call, arena, &again, &why);
			compare(live, policy_evaluate(policies->pdata[n], kept->request, &situation, arena), templates[n].name, line);
			g_assert_cmpint(effect, ==, again ? REPLAY_SAME : REPLAY_UNKNOWN);
			if (again)
				compare(live, again, templates[n].name, line);
			unknown += !again;
		}
	}
	g_test_message("%zu calls under %zu templates, %zu not known", row, template_count, unknown);
	g_assert_cmpuint(template_count, >=, 8);
	g_assert_cmpuint(unknown, <, row * template_count / 20);
	text_redactor_free(redactor);
}

static const KeptCall *kept_again(const Request *request, const Situation *situation, unsigned wants, unsigned paths, const Redactor *redactor, Arena *arena)
{
	KeptCall *back = arena_alloc(arena, sizeof *back);
	Buffer out = BUFFER_INIT(arena);

	kept_put(&out, kept_new(request, situation, wants, paths, redactor, arena));
	Json json = json_begin(out.data, out.length, arena);
	g_assert_true(kept_get(&json, back));
	return back;
}

static Policy *load(const char *name)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	const char *text = template_text(name);

	return policy_parse(name, text, strlen(text), diagnostics);
}

/* What a policy decided it decides again, and another one's decisions are those that it would have made. */
static void test_replay(void)
{
	g_autoptr(Policy) permissive = load("permissive"), strict = load("strict");
	g_autoptr(Arena) kept_arena = arena_new();
	ReplayReport same = { .arena = kept_arena }, other = { .arena = kept_arena };
	TextRedactor *redactor = text_redactor_new();
	g_auto(GStrv) rows = captured();
	uint64_t denied = 0, unknown = 0;

	for (size_t i = 0; rows[i]; i++) {
		g_autoptr(Arena) arena = arena_new();
		const Situation situation = { .user = "alice", .now_us = 1 };
		const Request *request = captured_call(rows[i], arena);
		const KeptCall *kept = kept_again(request, &situation, ~0u, ~0u, text_redactor_get(redactor), arena);
		ReplayCall call = { .id = i + 1, .time_us = 1, .user = "alice", .command = "docker x", .image = "" };
		call.allowed = policy_evaluate(permissive, request, &situation, arena)->allowed;
		replay_add(&same, permissive, kept, &call, arena);
		replay_add(&other, strict, kept, &call, arena);
		const Decision *decision;
		const char *why;
		unknown += replay_judge(strict, kept, &call, arena, &decision, &why) == REPLAY_UNKNOWN;
		denied += decision && call.allowed && !policy_evaluate(strict, request, &situation, arena)->allowed;
	}
	g_assert_cmpuint(same.counts[REPLAY_DENIED] + same.counts[REPLAY_ALLOWED], ==, 0);
	g_assert_cmpuint(same.counts[REPLAY_SAME], >, 500);
	g_assert_cmpuint(other.counts[REPLAY_DENIED], ==, denied);
	g_assert_cmpuint(other.counts[REPLAY_UNKNOWN], ==, unknown);
	g_assert_cmpuint(denied, >, 100);
	g_assert_cmpuint(other.examples.count, <=, 2 * LIMIT_REPLAY_EXAMPLES);
	text_redactor_free(redactor);
}

/* What the record does not have is no answer. */
static const struct { const char *body, *policy, *why; unsigned wants, paths; } unknowns[] = {
	{ "{\"Image\":\"a\"}", "rules: {container: {action: block, require_non_root: true}}", "Docker was not asked what this policy wants to know", 0, ~0u },
	{ "{\"Image\":\"a\"}", "rules: {container: {action: block, require_non_root: true}}", NULL, ~0u, ~0u },
	{ "{\"Image\":\"a\",\"HostConfig\":{\"Binds\":[\"/a:/a\"]}}", "rules: {mounts: {require_trusted: block}}", "host paths were not looked at as this policy wants", ~0u, 0 },
	{ "{\"Image\":\"a\"}", "rules: {mounts: {require_trusted: block}}", NULL, ~0u, 0 },
	{ "{\"Image\":\"a\",\"Env\":[\"A=1\"]}", "rules: {environment: {secret_patterns: [x]}}", "the policy asks for a value that is not written down", ~0u, ~0u },
	{ "{\"Image\":\"a\",\"Env\":[\"A=\"]}", "rules: {environment: {secret_patterns: [x]}}", NULL, ~0u, ~0u },
	{ "{\"Image\":\"a\",\"Env\":[\"TOKEN=abc\"]}", "rules: {environment: {block_secrets: true}}", NULL, ~0u, ~0u },
	{ "{\"Image\":\"a\",\"Env\":[\"A=1\"]}", "custom_rules: [{name: a, condition: {field: env.A, operator: equals, value: x}}]", "the policy asks for a value that is not written down", ~0u, ~0u },
	{ "{\"Image\":\"a\",\"Cmd\":[\"--password=" SECRET "\"]}", "custom_rules: [{name: a, condition: {field: command, operator: contains, value: x}}]",
		"the policy asks for a value that is not written down", ~0u, ~0u },
	{ "{\"Image\":\"a\",\"Cmd\":[\"--password=" SECRET "\"]}", "rules: {privileged: {}}", NULL, ~0u, ~0u },
	{ "{\"Image\":\"a\",\"Labels\":{\"password\":\"" SECRET "\"}}", "rules: {privileged: {}}", NULL, ~0u, ~0u },
	{ "{\"Image\":\"a\",\"Labels\":{\"team\":\"blue\"}}", "rules: {privileged: {exceptions: [{labels: [team=blue]}]}}", "the policy asks for a value that is not written down", ~0u, ~0u },
	{ "{\"Image\":\"a\",\"Labels\":{\"team\":\"\"}}", "rules: {privileged: {exceptions: [{labels: [team=blue]}]}}", NULL, ~0u, ~0u },
	{ "{\"Image\":\"a\",\"HostConfig\":{\"LogConfig\":{\"Config\":{\"splunk-token\":\"" SECRET "\"}}}}", "rules: {privileged: {}}", "the policy asks for a value that is not written down", ~0u, ~0u },
	{ "{\"Image\":\"a\",\"HostConfig\":{\"Privileged\":true}}", "rules: {privileged: {}, container: {action: block, require_non_root: true}}", NULL, 0, ~0u },
	{ "{\"Image\":\"a\",\"HostConfig\":{\"Privileged\":true}}", "rules: {privileged: {exceptions: [{images: [b]}]}, container: {action: block, require_non_root: true}}",
		"Docker was not asked what this policy wants to know", 0, ~0u },
	{ "{\"Image\":\"a\"}", "settings: {require_image_scan: true}", "no scan of the image is known, or no check of its signature by what the policy believes", ~0u, ~0u },
};

static void test_unknown(void)
{
	TextRedactor *redactor = text_redactor_new();

	for (size_t i = 0; i < G_N_ELEMENTS(unknowns); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autofree char *text = g_strdup_printf("name: p\nmode: enforce\n%s\n", unknowns[i].policy);
		g_autoptr(Policy) policy = policy_parse("p", text, strlen(text), diagnostics);
		const Situation situation = { .user = "" };
		const ReplayCall call = { .id = 1, .user = "", .command = "", .image = "", .allowed = true };
		const Decision *decision;
		const char *why;
		g_assert_nonnull(policy);
		const KeptCall *kept = kept_again(captured_read(&(CapturedCall){ "POST", "/containers/create", unknowns[i].body }, arena), &situation, unknowns[i].wants, unknowns[i].paths, text_redactor_get(redactor), arena);
		ReplayEffect effect = replay_judge(policy, kept, &call, arena, &decision, &why);
		if (g_strcmp0(why, unknowns[i].why) != 0)
			g_error("row %zu: %s", i, why);
		g_assert_true((effect == REPLAY_UNKNOWN) == (why != NULL) && !decision == (why != NULL));
		g_assert_cmpint(replay_judge(policy, NULL, &call, arena, &decision, &why), ==, REPLAY_UNKNOWN);
	}
	text_redactor_free(redactor);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kept/round-trip", test_round_trip);
	g_test_add_func("/kept/all-members", test_all_members);
	g_test_add_func("/kept/facts", test_facts);
	g_test_add_func("/kept/refused", test_refused);
	g_test_add_func("/kept/secrets", test_secrets);
	g_test_add_func("/kept/words", test_words);
	g_test_add_func("/kept/too-large", test_too_large);
	g_test_add_func("/kept/templates", test_templates);
	g_test_add_func("/kept/replay", test_replay);
	g_test_add_func("/kept/unknown", test_unknown);
	return g_test_run();
}
