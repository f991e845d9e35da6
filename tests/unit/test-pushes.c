/* SPDX-License-Identifier: MIT
 *
 * A push while the scan of its image is made, and while others would give its name to another image.
 */
#include "plugin-fixture.h"
#include "pushes-fixture.h"
#include "request/api.h"

#define ID "sha256:00000000000000000000000000000000000000000000000000000000000000aa"
#define OTHER "sha256:00000000000000000000000000000000000000000000000000000000000000bb"
#define IMAGE(id) "{\"Id\":\"" id "\"}"

/* A Docker and scanners that answer when the test says so. */
typedef struct Outside {
	FactList *facts;
	LookupFn done, scanned;
	void *done_data, *scanned_data;
	unsigned asked, parked, resumed, waits;
	bool full;
	char *wanted, *who;
} Outside;

static bool recall(void *data, FactList *facts, Arena *arena)
{
	(void)data;
	(void)facts;
	(void)arena;
	return false;
}

static void ask_docker(void *data, FactList *facts, Arena *arena, LookupFn done, void *done_data)
{
	Outside *outside = data;

	(void)arena;
	outside->facts = facts;
	outside->done = done;
	outside->done_data = done_data;
	outside->asked++;
}

static bool is_own(void *data, const char *mark, bool body_shown)
{
	(void)data;
	(void)body_shown;
	(void)mark;
	return false;
}

static bool hears(void *data)
{
	(void)data;
	return true;
}

static void on_park(void *data)
{
	((Outside *)data)->parked++;
}

static void on_resume(void *data)
{
	((Outside *)data)->resumed++;
}

static void want(void *data, const char *image_id, const char *image, unsigned scans, const StringList *who)
{
	Outside *outside = data;

	g_free(outside->who);
	outside->who = g_strdup(who->count ? who->items[0] : "");
	g_free(outside->wanted);
	outside->wanted = g_strdup_printf("%s %s %u", image_id, image, scans);
}

static bool wait_for_scan(void *data, const char *image_id, const char *image, unsigned scans, const StringList *who, LookupFn done, void *done_data)
{
	Outside *outside = data;

	want(data, image_id, image, scans, who);
	outside->waits++;
	outside->scanned = done;
	outside->scanned_data = done_data;
	return !outside->full;
}

static void publish_policy(Fixture *f, const char *text)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	(void)world_publish(f->plugin.cell, policy, FAIL_CLOSED, LOG_READS_ALL);
}

/* The verdict of the scanner that is always there. */
static void publish_verdict(Fixture *f, const char *id, unsigned high)
{
	VerdictTable *empty = verdict_table_new(), *table;
	Verdict *verdict = verdict_new();

	verdict->image_id = id;
	verdict->scanner = "builtin";
	verdict->secrets = verdict->whole = true;
	verdict->time_us = g_get_real_time();
	verdict->high = high;
	table = verdict_table_with(empty, verdict);
	world_publish_verdicts(f->plugin.cell, table);
	verdict_table_unref(table);
	verdict_table_unref(empty);
}

static void docker_says(Outside *outside, const char *json)
{
	for (size_t i = 0; i < outside->facts->count; i++)
		outside->facts->items[i] = (Fact){ .kind = outside->facts->items[i].kind, .name = outside->facts->items[i].name, .state = FACT_KNOWN, .json = json, .length = strlen(json) };
	outside->done(outside->done_data);
}

typedef struct Row {
	const char *scanned; /* the image that has a verdict when the wait is over; NULL: none */
	unsigned high;
	const char *then; /* what Docker has under the name by then */
	bool full, allowed;
	const char *says;
} Row;

static void check(Fixture *f, const Row *row)
{
	Outside outside = { .full = row->full };
	const Lookup lookup = { .data = &outside, .recall = recall, .ask = ask_docker, .is_own = is_own, .met = hears };
	const ScanQueue queue = { &outside, want, wait_for_scan };
	const CallWait wait = { on_park, on_resume, &outside };
	const char *message = envelope(f, "POST", "/v1.41/images/a.net/app/push?tag=1", NULL);
	unsigned lines = f->memory.lines;
	PluginAnswer answer;
	Call *call;

	publish_verdict(f, OTHER "x", 0);
	f->plugin.lookup = &lookup;
	f->plugin.scans = &queue;
	(void)plugin_answer(&f->plugin, REQUEST, message, strlen(message), &wait, f->arena, &call);
	g_assert_nonnull(call);
	docker_says(&outside, IMAGE(ID));
	g_assert_false(call_go_on(call, &answer));
	g_assert_cmpuint(outside.waits, ==, 1);
	g_assert_cmpuint(outside.parked, ==, 2);
	g_assert_cmpstr(outside.wanted, ==, ID " a.net/app:1 2");
	g_assert_cmpstr(outside.who, ==, "?");
	g_assert_cmpuint(outside.resumed, ==, row->full ? 2 : 1);
	g_assert_cmpuint(f->memory.lines, ==, lines);
	if (row->scanned)
		publish_verdict(f, row->scanned, row->high);
	if (!row->full)
		outside.scanned(outside.scanned_data);
	g_assert_false(call_go_on(call, &answer));
	docker_says(&outside, row->then);
	g_assert_true(call_go_on(call, &answer));
	g_assert_cmpuint(outside.waits, ==, 1);
	g_test_message("%s", answer.body);
	g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":true") == row->allowed);
	g_assert_nonnull(strstr(answer.body, row->says));
	g_assert_cmpuint(f->memory.lines, ==, lines + 1);
	g_free(outside.wanted);
	g_free(outside.who);
	f->plugin.lookup = NULL;
	f->plugin.scans = NULL;
}

/* It waits once, is judged by what was found meanwhile, and by the image that the name means then. */
static void test_waits(Fixture *f, gconstpointer data)
{
	static const Row rows[] = {
		{ ID, 0, IMAGE(ID), false, true, "" },
		{ ID, 1, IMAGE(ID), false, false, "SECRETS DETECTED - PUSH BLOCKED\\n🚫 [HIGH] Found 1 high secret(s) in the image a.net/app:1" },
		{ NULL, 0, IMAGE(ID), false, false, "was not scanned yet" },
		{ ID, 0, IMAGE(OTHER), false, false, "was not scanned yet" },
		{ NULL, 0, IMAGE(ID), true, false, "was not scanned yet" },
	};

	(void)data;
	publish_policy(f, "name: p\nmode: enforce\nsettings: {secret_scanning: {enabled: true}}\n");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		check(f, &rows[i]);
}

/* What is let through anyhow, and a service that ends, wait for no scan. */
static void test_no_wait(Fixture *f, gconstpointer data)
{
	static const struct { const char *mode; Leaving leaving; bool allowed; } rows[] = { { "warn", LEAVING_NOT, true }, { "enforce", LEAVING_NOW, false } };

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Outside outside = { 0 };
		const Lookup lookup = { .data = &outside, .recall = recall, .ask = ask_docker, .is_own = is_own, .met = hears };
		const ScanQueue queue = { &outside, want, wait_for_scan };
		const CallWait wait = { on_park, on_resume, &outside };
		const char *message = envelope(f, "POST", "/v1.41/images/a.net/app/push?tag=1", NULL);
		g_autofree char *policy = g_strdup_printf("name: p\nmode: %s\nsettings: {secret_scanning: {enabled: true}}\n", rows[i].mode);
		PluginAnswer answer;
		Call *call;
		publish_policy(f, policy);
		publish_verdict(f, OTHER, 0);
		f->plugin.lookup = &lookup;
		f->plugin.scans = &queue;
		f->plugin.parting = &plugin_ending;
		(void)plugin_answer(&f->plugin, REQUEST, message, strlen(message), &wait, f->arena, &call);
		g_assert_nonnull(call);
		f->plugin.leaving = rows[i].leaving;
		docker_says(&outside, IMAGE(ID));
		g_assert_true(call_go_on(call, &answer));
		g_assert_cmpuint(outside.waits, ==, 0);
		g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":true") == rows[i].allowed);
		g_free(outside.wanted);
		g_free(outside.who);
	}
	f->plugin.lookup = NULL;
	f->plugin.scans = NULL;
}

static void on_turn(void *data)
{
	++*(unsigned *)data;
}

#define PUSH_OF(name, tag) "POST", "/v1.41/images/" name "/push?tag=" tag
#define SECOND_US ((int64_t)1000 * 1000)

static const Request *call_of(const char *method, const char *uri, const char *type, Arena *arena)
{
	const ApiCall call = { .method = method, .uri = uri, .content_type = type, .content_length = *type ? "9" : "0" };

	return api_read(&call, arena);
}

static Turn enter(Pushes *pushes, const Request *request, pid_t docker, int64_t asked_us, int64_t now_us, unsigned *told)
{
	const StringList who = { 0 };
	const PushAsk ask = { request, &who, docker, asked_us };

	return pushes_enter(pushes, &ask, now_us, told ? on_turn : NULL, told);
}

/* What waits for a push, and how long; and the push for it. */
static void test_turns(void)
{
	static const struct { const char *method, *uri, *type; int64_t seconds; } rows[] = {
		{ "POST", "/v1.41/images/x/tag?repo=a.net/app&tag=1", "", LIMIT_PUSH_NAME_S }, { "POST", "/v1.41/images/x/tag?repo=a.net/app&tag=2", "", 0 },
		{ "POST", "/v1.41/images/x/tag?repo=a.net/other&tag=1", "", 0 }, { "POST", "/v1.41/commit?container=c&repo=a.net/app&tag=1", "", LIMIT_PUSH_NAME_S },
		{ "POST", "/v1.41/commit?container=c", "", 0 }, { "POST", "/v1.41/build?version=2&t=b.net/x:1&t=a.net/app:1", "", LIMIT_PUSH_NAME_S },
		{ "POST", "/v1.41/build?version=2&t=b.net/x:1", "", 0 }, { "POST", "/v1.41/images/create?fromImage=a.net/app&tag=1", "", LIMIT_PUSH_NAME_S },
		{ "POST", "/v1.41/images/create?fromSrc=-&repo=a.net/app&tag=1", "", LIMIT_PUSH_NAME_S }, { "POST", "/v1.41/images/load", "application/x-tar", LIMIT_PUSH_DOUBT_S },
		{ "POST", "/grpc", "", LIMIT_PUSH_DOUBT_S }, { "POST", "/session", "", LIMIT_PUSH_DOUBT_S }, { PUSH_OF("a.net/app", "1"), "", 0 },
		{ "POST", "/v1.41/containers/create", "application/json", 0 }, { "GET", "/v1.41/images/json", "", 0 },
	};
	g_autoptr(Arena) arena = arena_new();
	const Request *push = call_of(PUSH_OF("a.net/app", "1"), "", arena);
	const int64_t now = g_get_monotonic_time();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Request *other = call_of(rows[i].method, rows[i].uri, rows[i].type, arena);
		Pushes *pushes = pushes_new();
		unsigned told = 0;
		g_test_message("%s", rows[i].uri);
		g_assert_true(enter(pushes, push, 7, now, now, &told));
		g_assert_true(pushes_expect(pushes));
		if (!pushes_concern(other)) {
			g_assert_cmpint(rows[i].seconds, ==, 0);
			pushes_free(pushes);
			continue;
		}
		g_assert_cmpint(enter(pushes, other, 7, now, now, &told), ==, !rows[i].seconds);
		pushes_tick(pushes); /* nobody's time is over */
		g_assert_cmpuint(told, ==, 0);
		pushes_leave(pushes, push);
		g_assert_cmpuint(told, ==, rows[i].seconds ? 1 : 0);
		if (rows[i].seconds)
			g_assert_true(enter(pushes, other, 7, now, now, &told));
		/* the other way round, and when the time is over */
		g_assert_cmpint(enter(pushes, push, 7, now, now, NULL), ==, !rows[i].seconds);
		if (rows[i].seconds) {
			g_assert_false(enter(pushes, push, 7, now, now + rows[i].seconds * SECOND_US - 1, NULL));
			g_assert_true(enter(pushes, push, 7, now, now + rows[i].seconds * SECOND_US, NULL));
		}
		/* another Docker */
		g_assert_true(enter(pushes, other, 8, now, now, NULL));
		pushes_free(pushes);
	}
}

/* A tag waits while its name is pushed, and goes on when Docker has done it. */
static void test_held(Fixture *f, gconstpointer data)
{
	Outside outside = { 0 };
	const Lookup lookup = { .data = &outside, .recall = recall, .ask = ask_docker, .is_own = is_own, .met = hears };
	const ScanQueue queue = { &outside, want, wait_for_scan };
	const CallWait wait = { on_park, on_resume, &outside };
	const char *push = envelope(f, PUSH_OF("a.net/app", "1"), NULL), *tag = envelope(f, "POST", "/v1.41/images/x/tag?repo=a.net/app&tag=1", NULL);
	PluginAnswer answer;
	Call *pushing, *tagging;

	(void)data;
	publish_policy(f, "name: p\nmode: enforce\nsettings: {secret_scanning: {enabled: true}}\n");
	publish_verdict(f, ID, 0);
	f->plugin.lookup = &lookup;
	f->plugin.scans = &queue;
	f->plugin.pushes = pushes_new();
	(void)plugin_answer(&f->plugin, REQUEST, push, strlen(push), &wait, f->arena, &pushing);
	g_assert_nonnull(pushing);
	(void)plugin_answer(&f->plugin, REQUEST, tag, strlen(tag), &wait, f->arena, &tagging);
	g_assert_nonnull(tagging);
	docker_says(&outside, IMAGE(ID));
	g_assert_true(call_go_on(pushing, &answer));
	g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":true"));
	g_assert_false(call_go_on(tagging, &answer));
	const unsigned resumed = outside.resumed;
	(void)plugin_answer(&f->plugin, "/AuthZPlugin.AuthZRes", push, strlen(push), &wait, f->arena, &pushing);
	g_assert_cmpuint(outside.resumed, >, resumed);
	g_assert_true(call_go_on(tagging, &answer));
	g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":true"));
	/* one that is denied is at nothing */
	publish_verdict(f, ID, 1);
	(void)plugin_answer(&f->plugin, "/AuthZPlugin.AuthZRes", tag, strlen(tag), &wait, f->arena, &tagging);
	(void)plugin_answer(&f->plugin, REQUEST, push, strlen(push), &wait, f->arena, &pushing);
	docker_says(&outside, IMAGE(ID));
	g_assert_true(call_go_on(pushing, &answer));
	g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":false"));
	g_assert_false(pushes_expect(f->plugin.pushes));
	pushes_free(f->plugin.pushes);
	f->plugin.pushes = NULL;
	f->plugin.lookup = NULL;
	f->plugin.scans = NULL;
	g_free(outside.wanted);
	g_free(outside.who);
}

/* When too many wait, a further call that moves the name is denied, and does not go by. */
static void test_crowded(Fixture *f, gconstpointer data)
{
	Outside outside = { 0 };
	const Lookup lookup = { .data = &outside, .recall = recall, .ask = ask_docker, .is_own = is_own, .met = hears };
	const ScanQueue queue = { &outside, want, wait_for_scan };
	const CallWait wait = { on_park, on_resume, &outside };
	const char *tag = envelope(f, "POST", "/v1.41/images/x/tag?repo=a.net/app&tag=1", NULL);
	const Request *push = call_of(PUSH_OF("a.net/app", "1"), "", f->arena), *other = call_of("POST", "/v1.41/images/x/tag?repo=a.net/app&tag=1", "", f->arena);
	const char *one[2] = { USER_UNSEEN };
	PluginAnswer answer;
	Call *tagging;

	(void)data;
	publish_policy(f, "name: p\nmode: enforce\nsettings: {secret_scanning: {enabled: true}}\n");
	f->plugin.lookup = &lookup;
	f->plugin.scans = &queue;
	f->plugin.pushes = pushes_new();
	g_assert_cmpint(wait_as(f->plugin.pushes, push, one), ==, TURN_TAKEN);
	for (unsigned i = 0; i < LIMIT_SCAN_WAITS_PER_USER; i++)
		g_assert_cmpint(wait_as(f->plugin.pushes, other, one), ==, TURN_WAITS);
	g_assert_cmpint(wait_as(f->plugin.pushes, other, one), ==, TURN_REFUSED);
	(void)plugin_answer(&f->plugin, REQUEST, tag, strlen(tag), &wait, f->arena, &tagging);
	g_assert_nonnull(tagging);
	g_assert_cmpuint(outside.resumed, ==, 1);
	g_assert_true(call_go_on(tagging, &answer));
	g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":false"));
	g_assert_nonnull(strstr(answer.body, "too many calls wait"));
	pushes_free(f->plugin.pushes);
	f->plugin.pushes = NULL;
	f->plugin.lookup = NULL;
	f->plugin.scans = NULL;
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/pushes/waits", Fixture, NULL, set_up, test_waits, tear_down);
	g_test_add("/pushes/no-wait", Fixture, NULL, set_up, test_no_wait, tear_down);
	g_test_add_func("/pushes/turns", test_turns);
	g_test_add("/pushes/held", Fixture, NULL, set_up, test_held, tear_down);
	g_test_add("/pushes/crowded", Fixture, NULL, set_up, test_crowded, tear_down);
	return g_test_run();
}
