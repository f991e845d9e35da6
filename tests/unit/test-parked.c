/* SPDX-License-Identifier: MIT
 *
 * Calls that wait until Docker has said more, and what a grant makes of them.
 */
#include "plugin-fixture.h"

/* A Docker that answers when the test says so. */
typedef struct Oracle {
	FactList *facts;
	LookupFn done;
	void *done_data;
	unsigned asked, parked, resumed;
} Oracle;

static bool recall_nothing(void *data, FactList *facts, Arena *arena)
{
	(void)data;
	(void)facts;
	(void)arena;
	return false;
}

static void ask_oracle(void *data, FactList *facts, Arena *arena, LookupFn done, void *done_data)
{
	Oracle *oracle = data;

	(void)arena;
	oracle->facts = facts;
	oracle->done = done;
	oracle->done_data = done_data;
	oracle->asked++;
}

static bool is_mark(void *data, const char *mark, bool body_shown)
{
	(void)data;
	(void)body_shown;
	return !strcmp(mark, "mark");
}

static bool hears(void *data)
{
	(void)data;
	return true;
}

static void on_park(void *data)
{
	((Oracle *)data)->parked++;
}

static void on_resume(void *data)
{
	((Oracle *)data)->resumed++;
}

static void oracle_says(Oracle *oracle, FactState state, const char *json)
{
	for (size_t i = 0; i < oracle->facts->count; i++) {
		oracle->facts->items[i].state = state;
		oracle->facts->items[i].json = json;
		oracle->facts->items[i].length = json ? strlen(json) : 0;
	}
	oracle->done(oracle->done_data);
}

static const char volume_body[] = "{\"Image\":\"ubuntu\",\"HostConfig\":{\"Binds\":[\"data:/x\"]}}";
static const char volume_policy[] = "name: p\nmode: enforce\nrules:\n  privileged: {action: block}\n  mounts: {blocked: [{path: /etc}]}\n";

static void publish_text(Fixture *f, const char *text)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	(void)world_publish(f->plugin.cell, policy, FAIL_CLOSED, LOG_READS_ALL);
}

/* A call that names a volume waits; what Docker says of it decides; nothing is written down before. */
static void test_parked(Fixture *f, gconstpointer data)
{
	static const struct { FactState state; const char *json; bool allowed; } rows[] = {
		{ FACT_KNOWN, "{\"Driver\":\"local\",\"Options\":null}", true },
		{ FACT_KNOWN, "{\"Driver\":\"local\",\"Options\":{\"type\":\"none\",\"o\":\"bind\",\"device\":\"/etc\"}}", false },
		{ FACT_KNOWN, "{", false }, { FACT_ABSENT, NULL, true }, { FACT_FAILED, NULL, false }, { FACT_NOBODY, NULL, true },
	};

	(void)data;
	publish_text(f, volume_policy);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Oracle oracle = { 0 };
		const Lookup lookup = { .data = &oracle, .recall = recall_nothing, .ask = ask_oracle, .is_own = is_mark, .met = hears };
		const CallWait wait = { on_park, on_resume, &oracle };
		const char *message = envelope(f, "POST", "/v1.41/containers/create", volume_body);
		unsigned lines = f->memory.lines;
		PluginAnswer answer;
		Call *call;

		f->plugin.lookup = &lookup;
		(void)plugin_answer(&f->plugin, REQUEST, message, strlen(message), &wait, f->arena, &call);
		g_assert_nonnull(call);
		g_assert_cmpuint(oracle.parked, ==, 1);
		g_assert_cmpuint(f->memory.lines, ==, lines);
		oracle_says(&oracle, rows[i].state, rows[i].json);
		g_assert_cmpuint(oracle.resumed, ==, 1);
		g_assert_true(call_go_on(call, &answer));
		g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":true") == rows[i].allowed);
		g_assert_cmpuint(f->memory.lines, ==, lines + 1);
		f->plugin.lookup = NULL;
	}
}

/* What is denied as it stands does not wait; a question of our own passes, unless it would change something. */
static void test_not_parked(Fixture *f, gconstpointer data)
{
	Oracle oracle = { 0 };
	const Lookup lookup = { .data = &oracle, .recall = recall_nothing, .ask = ask_oracle, .is_own = is_mark, .met = hears };

	(void)data;
	publish_text(f, volume_policy);
	f->plugin.lookup = &lookup;
	g_assert_nonnull(strstr(ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", privileged)).body, "\"Allow\":false"));
	g_assert_cmpuint(oracle.asked, ==, 0);
	g_assert_cmpuint(f->memory.lines, ==, 1);
	(void)ask(f, REQUEST, "{\"RequestMethod\":\"GET\",\"RequestUri\":\"/volumes/x\",\"RequestHeaders\":{\"" LOOKUP_HEADER "\":\"mark\"}}");
	g_assert_cmpuint(f->memory.lines, ==, 1);
	(void)ask(f, REQUEST, "{\"RequestMethod\":\"GET\",\"RequestUri\":\"/volumes/x\",\"RequestHeaders\":{\"" LOOKUP_HEADER "\":\"another\"}}");
	g_assert_cmpuint(f->memory.lines, ==, 2);
	(void)ask(f, REQUEST, "{\"RequestMethod\":\"DELETE\",\"RequestUri\":\"/volumes/x\",\"RequestHeaders\":{\"" LOOKUP_HEADER "\":\"mark\"}}");
	g_assert_cmpuint(f->memory.lines, ==, 3);
	f->plugin.lookup = NULL;
}

/* What was wanted of the scans' queue. */
static char *wanted;

static void want(void *data, const char *image_id, const char *image, unsigned scans, const StringList *who)
{
	(void)data;
	g_free(wanted);
	wanted = g_strdup_printf("%s %s %u", image_id, image, scans);
}

/* A call for an image that nobody has scanned waits for its id, is denied, and queues the scan; one that Docker does not have is Docker's. */
static void test_unscanned(Fixture *f, gconstpointer data)
{
	static const struct { FactState state; const char *json; bool allowed; const char *wanted; } rows[] = {
		{ FACT_KNOWN, "{\"Id\":\"sha256:1\"}", false, "sha256:1 ubuntu 1" }, { FACT_ABSENT, NULL, true, NULL },
		{ FACT_FAILED, NULL, false, NULL },                               { FACT_NOBODY, NULL, false, NULL },
	};
	const ScanQueue queue = { NULL, want };
	VerdictTable *table = verdict_table_new();

	(void)data;
	publish_text(f, "name: p\nmode: enforce\nsettings: {require_image_scan: true}\n");
	world_publish_verdicts(f->plugin.cell, table);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Oracle oracle = { 0 };
		const Lookup lookup = { .data = &oracle, .recall = recall_nothing, .ask = ask_oracle, .is_own = is_mark, .met = hears };
		const CallWait wait = { on_park, on_resume, &oracle };
		const char *message = envelope(f, "POST", "/v1.41/containers/create", harmless);
		PluginAnswer answer;
		Call *call;

		g_clear_pointer(&wanted, g_free);
		f->plugin.lookup = &lookup;
		f->plugin.scans = &queue;
		(void)plugin_answer(&f->plugin, REQUEST, message, strlen(message), &wait, f->arena, &call);
		g_assert_nonnull(call);
		oracle_says(&oracle, rows[i].state, rows[i].json);
		g_assert_true(call_go_on(call, &answer));
		g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":true") == rows[i].allowed);
		g_assert_cmpstr(wanted, ==, rows[i].wanted);
		f->plugin.lookup = NULL;
	}
	g_clear_pointer(&wanted, g_free);
	verdict_table_unref(table);
}

/* Docker says the same of everything that is asked. */
static const char *judge(Fixture *f, const char *message, Oracle *oracle, const char *json)
{
	const CallWait wait = { on_park, on_resume, oracle };
	PluginAnswer answer;
	Call *call;

	answer = plugin_answer(&f->plugin, REQUEST, message, strlen(message), &wait, f->arena, &call);
	if (!call)
		return answer.body;
	do
		oracle_says(oracle, FACT_KNOWN, json);
	while (!call_go_on(call, &answer));
	return answer.body;
}

static bool allowed(const char *body)
{
	return g_str_has_prefix(body, "{\"Allow\":true");
}

/* For what was written down last. */
static void grant_last(Fixture *f, const char *rule)
{
	const char *fit = strstr(f->memory.last, "\"fit\":\"");
	const Finding finding = { .rule = rule, .what = "" };
	g_autoptr(Grant) grant = g_new0(Grant, 1);
	char key[GRANT_KEY_LENGTH + 1];

	g_assert_nonnull(fit);
	grant_key(&finding, key);
	*grant = (Grant){
		.decision_id = 1, .expires_us = G_MAXINT64, .uses_left = 1, .user = g_strdup(""), .image = g_strdup("ubuntu"), .endpoint = g_strdup("container.create"),
		.subject = g_strdup(""), .by = g_strdup(""), .reason = g_strdup(""), .command = g_strdup(""), .keys = g_new0(char *, 2),
		.fit = g_strndup(fit + strlen("\"fit\":\""), GRANT_FIT_LENGTH),
	};
	grant->keys[0] = g_strdup(key);
	g_assert_cmpuint(grant_add(f->plugin.grants, grant, NULL), >, 0);
}

/* A grant excuses what was found, not a volume that was not looked at; and what comes of a create by the id in Docker's answer. */
static void test_granted(Fixture *f, gconstpointer data)
{
	static const char body[] = "{\"Image\":\"ubuntu\",\"HostConfig\":{\"Privileged\":true,\"Binds\":[\"data:/x\"]}}";
	static const char other[] = "{\"Image\":\"ubuntu\",\"HostConfig\":{\"Privileged\":true,\"Binds\":[\"data:/y\"]}}";
	static const char evil[] = "{\"Id\":\"sha256:1\",\"Driver\":\"local\",\"Options\":{\"type\":\"none\",\"o\":\"bind\",\"device\":\"/etc\"}}";
	static const char plain[] = "{\"Id\":\"sha256:1\",\"Driver\":\"local\",\"Options\":null}";
	static const char changed[] = "{\"Id\":\"sha256:2\",\"Driver\":\"local\",\"Options\":null}";
	static const char made[] = "{\"Id\":\"aa\",\"Name\":\"/w\",\"Image\":\"sha256:1\",\"Config\":{\"Image\":\"ubuntu\"},\"HostConfig\":{\"Privileged\":true}}";
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *file = g_build_filename(dir, "grants", NULL), *id = g_base64_encode((const guchar *)"{\"Id\":\"aa\",\"Warnings\":[]}", strlen("{\"Id\":\"aa\",\"Warnings\":[]}"));
	const char *create = envelope(f, "POST", "/v1.41/containers/create", body), *start = envelope(f, "POST", "/v1.41/containers/w/start", NULL);
	g_autofree char *result = g_strdup_printf("%.*s,\"ResponseStatusCode\":201,\"ResponseBody\":\"%s\"}\n", (int)strlen(create) - 2, create, id);
	Oracle oracle = { 0 };
	const Lookup lookup = { .data = &oracle, .recall = recall_nothing, .ask = ask_oracle, .is_own = is_mark, .met = hears };

	(void)data;
	publish_text(f, volume_policy);
	f->plugin.grants = grant_book_open(file);
	f->plugin.lookup = &lookup;
	g_assert_false(allowed(judge(f, create, &oracle, plain)));
	grant_last(f, "privileged");
	g_assert_false(allowed(judge(f, create, &oracle, evil)));
	g_assert_false(allowed(judge(f, create, &oracle, changed)));
	g_assert_false(allowed(judge(f, envelope(f, "POST", "/v1.41/containers/create", other), &oracle, plain)));
	g_assert_false(allowed(judge(f, start, &oracle, made)));
	g_assert_true(allowed(judge(f, create, &oracle, plain)));
	g_assert_nonnull(strstr(f->memory.last, "\"grant\":"));
	g_assert_false(allowed(judge(f, create, &oracle, plain)));
	g_assert_false(allowed(judge(f, start, &oracle, made)));
	g_assert_true(allowed(ask(f, "/AuthZPlugin.AuthZRes", result).body));
	g_assert_true(allowed(judge(f, start, &oracle, made)));
	g_assert_false(allowed(judge(f, start, &oracle, made)));
	grant_book_close(f->plugin.grants);
	f->plugin.grants = NULL;
	f->plugin.lookup = NULL;
}

/* Who is told to end says so instead of waiting for Docker, and judges what needs no question. */
static void test_parting(Fixture *f, gconstpointer data)
{
	static const struct { Leaving before, after; bool parts, asks; } rows[] = {
		{ LEAVING_NOT, LEAVING_NOT, false, true }, { LEAVING_SOON, LEAVING_SOON, true, false }, { LEAVING_NOW, LEAVING_NOW, true, false },
		{ LEAVING_NOT, LEAVING_SOON, false, true }, { LEAVING_NOT, LEAVING_NOW, true, true },
	};

	publish_text(f, volume_policy);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Oracle oracle = { 0 };
		const Lookup lookup = { .data = &oracle, .recall = recall_nothing, .ask = ask_oracle, .is_own = is_mark, .met = hears };
		const CallWait wait = { on_park, on_resume, &oracle, 0 };
		const char *message = envelope(f, "POST", "/v1.41/containers/create", volume_body);
		Plugin plugin = f->plugin;
		unsigned lines = f->memory.lines;
		Call *call;

		plugin.lookup = &lookup;
		plugin.parting = data;
		plugin.leaving = rows[i].before;
		PluginAnswer said = plugin_answer(&plugin, REQUEST, message, strlen(message), &wait, f->arena, &call);
		g_assert_cmpuint(oracle.asked, ==, rows[i].asks);
		g_assert_true((call != NULL) == rows[i].asks);
		plugin.leaving = rows[i].after;
		if (call) {
			oracle_says(&oracle, FACT_KNOWN, "{\"Driver\":\"local\",\"Options\":null}");
			g_assert_true(call_go_on(call, &said));
		}
		g_assert_cmpstr(said.body, ==, rows[i].parts ? plugin.parting->body : plugin_allowed.body);
		g_assert_cmpuint(f->memory.lines - lines, ==, !rows[i].parts);
		message = envelope(f, "POST", "/v1.41/containers/create", harmless);
		g_assert_cmpstr(plugin_answer(&plugin, REQUEST, message, strlen(message), &wait, f->arena, &call).body, ==, plugin_allowed.body);
	}
}

/* Neither word lets a call through, also not by a client that takes 307 for an answer. */
static void test_parting_words(void)
{
	g_assert_cmpuint(plugin_again.http_status, ==, PLUGIN_AGAIN);
	g_assert_null(strstr(plugin_again.body, "Allow"));
	g_assert_nonnull(strstr(plugin_ending.body, "\"Allow\":false"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/parked/answered", Fixture, NULL, set_up, test_parked, tear_down);
	g_test_add("/parked/not", Fixture, NULL, set_up, test_not_parked, tear_down);
	g_test_add("/parked/unscanned", Fixture, NULL, set_up, test_unscanned, tear_down);
	g_test_add("/parked/granted", Fixture, NULL, set_up, test_granted, tear_down);
	g_test_add("/parked/parting/again", Fixture, &plugin_again, set_up, test_parting, tear_down);
	g_test_add("/parked/parting/ending", Fixture, &plugin_ending, set_up, test_parting, tear_down);
	g_test_add_func("/parked/parting/words", test_parting_words);
	return g_test_run();
}
