/* SPDX-License-Identifier: MIT
 *
 * The plugin without its socket, and with it.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "authz/call.h"
#include "authz/envelope.h"
#include "authz/listen.h"
#include "authz/server.h"
#include "base/limits.h"
#include "scratch.h"

#define REQUEST "/AuthZPlugin.AuthZReq"
#define LINE_BYTES 65536

/* A journal in memory that can be told to fail. */
typedef struct Memory {
	uint64_t next_id;
	int failure;
	char last[LINE_BYTES];
	unsigned lines;
} Memory;

static uint64_t take_id(void *data)
{
	return ++((Memory *)data)->next_id;
}

static int append(void *data, const char *line, size_t length)
{
	Memory *memory = data;

	if (memory->failure)
		return memory->failure;
	g_assert_cmpuint(length, <, LINE_BYTES);
	memcpy(memory->last, line, length);
	memory->last[length] = 0;
	memory->lines++;
	return 0;
}

typedef struct Fixture {
	Memory memory;
	Ledger ledger;
	Status status;
	Plugin plugin;
	Arena *arena;
} Fixture;

static void publish(Fixture *f, const char *mode, FailMode fail_mode, bool log_reads)
{
	g_autofree char *text = g_strdup_printf("name: p\nmode: %s\nrules:\n  privileged: {action: block}\n", mode);
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	(void)world_publish(f->plugin.cell, policy, fail_mode, log_reads);
}

static void set_up(Fixture *f, gconstpointer data)
{
	(void)data;
	f->arena = arena_new();
	f->ledger = (Ledger){ &f->memory, take_id, append };
	f->plugin = (Plugin){ .cell = world_cell_new(), .status = &f->status, .ledger = &f->ledger };
	publish(f, "enforce", FAIL_CLOSED, true);
}

static void tear_down(Fixture *f, gconstpointer data)
{
	(void)data;
	world_cell_free(f->plugin.cell);
	arena_free(f->arena);
}

static PluginAnswer ask(Fixture *f, const char *path, const char *message)
{
	const CallWait wait = { NULL, NULL, NULL };
	Call *call;
	PluginAnswer answer = plugin_answer(&f->plugin, path, message, strlen(message), &wait, f->arena, &call);

	g_assert_null(call);
	return answer;
}

static const char *envelope(Fixture *f, const char *method, const char *uri, const char *body)
{
	g_autofree char *base64 = body ? g_base64_encode((const guchar *)body, strlen(body)) : NULL;

	return arena_printf(f->arena, "{\"RequestMethod\":\"%s\",\"RequestUri\":\"%s\"%s%s%s,\"RequestHeaders\":{\"Content-Type\":\"application/json\",\"Content-Length\":\"%zu\"}}\n",
		method, uri, body ? ",\"RequestBody\":\"" : "", body ? base64 : "", body ? "\"" : "", body ? strlen(body) : (size_t)0);
}

static const char privileged[] = "{\"Image\":\"ubuntu\",\"Env\":[\"PASSWORD=hunter2\"],\"HostConfig\":{\"Privileged\":true}}";
static const char harmless[] = "{\"Image\":\"ubuntu\",\"Env\":[\"PASSWORD=hunter2\"]}";

static void test_calls(Fixture *f, gconstpointer data)
{
	(void)data;
	g_assert_cmpstr(ask(f, "/Plugin.Activate", "").body, ==, "{\"Implements\":[\"authz\"]}");
	g_assert_cmpstr(ask(f, "/AuthZPlugin.AuthZRes", "{}").body, ==, "{\"Allow\":true}");
	g_assert_cmpuint(ask(f, "/Other", "").http_status, ==, 404);

	PluginAnswer answer = ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", harmless));
	g_assert_cmpuint(answer.http_status, ==, 200);
	g_assert_cmpstr(answer.body, ==, "{\"Allow\":true}");
	g_assert_cmpuint(f->memory.lines, ==, 1);
	g_assert_nonnull(strstr(f->memory.last, "\"decision\":\"allowed\""));

	answer = ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", privileged));
	g_assert_cmpuint(answer.http_status, ==, 200);
	g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":false,\"Msg\":\"⛔ BLOCKED BY SENTINEL (Risk Score: 40/100)\\n"));
	g_assert_nonnull(strstr(answer.body, "Decision 2, policy p"));
	g_assert_nonnull(strstr(f->memory.last, "\"decision\":\"denied\""));
	g_assert_null(strstr(f->memory.last, "hunter2"));
	g_assert_cmpuint(f->status.allowed, ==, 1);
	g_assert_cmpuint(f->status.denied, ==, 1);
}

static void test_malformed(Fixture *f, gconstpointer data)
{
	static const char *const messages[] = {
		"", "hello", "null", "[]", "{}", "{\"RequestMethod\":\"POST\"}", "{\"RequestUri\":\"/x\"}", "{\"RequestMethod\":\"GET\",\"RequestUri\":\"/info\"",
		"{\"RequestMethod\":\"GET\",\"RequestUri\":\"/info\"} x", "{\"RequestMethod\":\"GET\",\"requestmethod\":\"POST\",\"RequestUri\":\"/info\"}",
		"{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestBody\":{\"a\":1}}", "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestBody\":\"a\"}",
		"{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestBody\":\"a===\"}", "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestBody\":\"YWJj\\nYWJj\"}",
		"{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestBody\":\"YW==YWJj\"}", "{\"RequestMethod\":\"POST\",\"RequestUri\":\"/x\",\"RequestHeaders\":{\"A\":\"1\",\"A\":\"2\"}}",
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(messages); i++) {
		g_test_message("%s", messages[i]);
		g_assert_cmpuint(ask(f, REQUEST, messages[i]).http_status, ==, 400);
	}
	g_autofree char *large = g_strnfill(LIMIT_MESSAGE_BYTES + 1, ' ');
	g_assert_cmpuint(ask(f, REQUEST, large).http_status, ==, 400);
	g_assert_cmpuint(f->memory.lines, ==, 0);
}

static void test_ping(Fixture *f, gconstpointer data)
{
	(void)data;
	f->memory.failure = -ENOSPC;
	(void)world_publish(f->plugin.cell, NULL, FAIL_CLOSED, true);
	g_assert_cmpstr(ask(f, REQUEST, "{\"RequestMethod\":\"HEAD\",\"RequestUri\":\"/_ping\"}").body, ==, "{\"Allow\":true}");
	g_assert_cmpstr(ask(f, REQUEST, "{\"RequestMethod\":\"GET\",\"RequestUri\":\"/v1.41/containers/json\"}").body, ==, "{\"Allow\":true}");
	g_assert_nonnull(strstr(ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/x/start", NULL)).body, "\"Allow\":false"));
}

/* What a login sends reaches nobody. */
static void test_login(Fixture *f, gconstpointer data)
{
	(void)data;
	PluginAnswer answer = ask(f, REQUEST, envelope(f, "POST", "/v1.41/auth", "{\"username\":\"u\",\"password\":\"hunter2\"}"));

	g_assert_cmpstr(answer.body, ==, "{\"Allow\":true}");
	g_assert_null(strstr(f->memory.last, "hunter2"));
	g_assert_nonnull(strstr(f->memory.last, "docker login"));
}

static void test_journal_down(Fixture *f, gconstpointer data)
{
	static const struct { const char *mode; FailMode fail_mode; bool allowed; } rows[] = {
		{ "enforce", FAIL_CLOSED, false }, { "warn", FAIL_CLOSED, false }, { "audit", FAIL_CLOSED, false }, { "enforce", FAIL_OPEN, true },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		publish(f, rows[i].mode, rows[i].fail_mode, true);
		f->memory.failure = -ENOSPC;
		PluginAnswer answer = ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", harmless));
		g_assert_true(g_str_has_prefix(answer.body, "{\"Allow\":true") == rows[i].allowed);
		g_assert_true(f->status.audit_down);
		if (!rows[i].allowed)
			g_assert_nonnull(strstr(answer.body, "cannot be written to the audit trail"));
		f->memory.failure = 0;
		g_assert_cmpstr(ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/create", harmless)).body, ==, "{\"Allow\":true}");
		g_assert_false(f->status.audit_down);
	}
}

static void test_log_reads(Fixture *f, gconstpointer data)
{
	(void)data;
	(void)ask(f, REQUEST, envelope(f, "GET", "/info", NULL));
	g_assert_cmpuint(f->memory.lines, ==, 1);
	publish(f, "enforce", FAIL_CLOSED, false);
	(void)ask(f, REQUEST, envelope(f, "GET", "/info", NULL));
	g_assert_cmpuint(f->memory.lines, ==, 1);
	(void)ask(f, REQUEST, envelope(f, "POST", "/v1.41/containers/x/start", NULL));
	g_assert_cmpuint(f->memory.lines, ==, 2);
}

static void test_user(Fixture *f, gconstpointer data)
{
	(void)data;
	(void)ask(f, REQUEST, "{\"User\":\"alice\",\"UserAuthNMethod\":\"TLS\",\"RequestMethod\":\"GET\",\"RequestUri\":\"/info\"}");
	g_assert_nonnull(strstr(f->memory.last, "\"user\":\"tls:alice\""));
	(void)ask(f, REQUEST, "{\"User\":\"alice\",\"RequestMethod\":\"GET\",\"RequestUri\":\"/info\"}");
	g_assert_nonnull(strstr(f->memory.last, "\"user\":\"\""));
}

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

static bool is_mark(void *data, const char *mark)
{
	(void)data;
	return !strcmp(mark, "mark");
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
	(void)world_publish(f->plugin.cell, policy, FAIL_CLOSED, true);
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
		const Lookup lookup = { &oracle, recall_nothing, ask_oracle, is_mark };
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
	const Lookup lookup = { &oracle, recall_nothing, ask_oracle, is_mark };

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

static void want(void *data, const char *image_id, const char *image, unsigned scans)
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
		const Lookup lookup = { &oracle, recall_nothing, ask_oracle, is_mark };
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
	const Lookup lookup = { &oracle, recall_nothing, ask_oracle, is_mark };

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

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	g_assert_cmpint(connect(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
	return fd;
}

/* Reads until `end` is there; the connection stays open. */
static char *exchange(int fd, const char *request, size_t split, const char *end)
{
	GString *answer = g_string_new(NULL);
	char chunk[4096];

	g_assert_cmpint(write(fd, request, split), ==, (ssize_t)split);
	if (request[split]) {
		g_usleep(20000);
		g_assert_cmpint(write(fd, request + split, strlen(request) - split), ==, (ssize_t)(strlen(request) - split));
	}
	while (!strstr(answer->str, end)) {
		ssize_t got = read(fd, chunk, sizeof chunk);
		g_assert_cmpint(got, >, 0);
		g_string_append_len(answer, chunk, got);
	}
	return g_string_free(answer, FALSE);
}

/* As dockerd writes: an empty Host, two writes, one connection for many calls, no Activate first. */
static void test_server(Fixture *f, gconstpointer data)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "s", NULL);
	struct stat status;

	(void)data;
	Server *server = server_start(&f->plugin, path, -1, NULL);
	g_assert_nonnull(server);
	g_assert_cmpint(stat(path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
	int fd = connect_to(path);
	for (int i = 0; i < 20; i++) {
		const char *message = envelope(f, "POST", "/v1.41/containers/create", i % 2 ? privileged : harmless);
		g_autofree char *head = g_strdup_printf("POST " REQUEST " HTTP/1.1\r\nHost: \r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: %zu\r\n"
							"Accept: application/vnd.docker.plugins.v1.2+json\r\n\r\n", strlen(message));
		g_autofree char *request = g_strconcat(head, message, NULL);
		g_autofree char *answer = exchange(fd, request, i % 3 ? strlen(head) : strlen(request), "}");
		g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 200 OK\r\n"));
		g_assert_nonnull(strstr(answer, i % 2 ? "\"Allow\":false" : "\"Allow\":true"));
	}
	(void)close(fd);
	server_stop(server);
	g_assert_cmpint(stat(path, &status), <, 0);
}

static void test_listen(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "s", NULL), *file = g_build_filename(dir, "file", NULL);
	g_autofree char *missing = g_build_filename(dir, "no", "s", NULL), *fill = g_strnfill(200, 'x'), *longer = g_build_filename(dir, fill, NULL);
	const struct { const char *path, *message; } rows[] = {
		{ file, "it is not a socket" }, { missing, "No such file or directory" }, { longer, "too long" }, { path, "another process already listens" },
	};

	scratch_put(dir, "file", "");
	int fd = listen_at(path, NULL);
	g_assert_cmpint(fd, >=, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_cmpint(listen_at(rows[i].path, &error), <, 0);
		if (!strstr(error->message, rows[i].message))
			g_error("'%s' does not say '%s'", error->message, rows[i].message);
	}
	(void)close(fd); /* stale now: replaced */
	fd = listen_at(path, NULL);
	g_assert_cmpint(fd, >=, 0);
	(void)close(fd);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/plugin/calls", Fixture, NULL, set_up, test_calls, tear_down);
	g_test_add("/plugin/malformed", Fixture, NULL, set_up, test_malformed, tear_down);
	g_test_add("/plugin/parked", Fixture, NULL, set_up, test_parked, tear_down);
	g_test_add("/plugin/not-parked", Fixture, NULL, set_up, test_not_parked, tear_down);
	g_test_add("/plugin/unscanned", Fixture, NULL, set_up, test_unscanned, tear_down);
	g_test_add("/plugin/granted", Fixture, NULL, set_up, test_granted, tear_down);
	g_test_add("/plugin/ping", Fixture, NULL, set_up, test_ping, tear_down);
	g_test_add("/plugin/login", Fixture, NULL, set_up, test_login, tear_down);
	g_test_add("/plugin/journal-down", Fixture, NULL, set_up, test_journal_down, tear_down);
	g_test_add("/plugin/log-reads", Fixture, NULL, set_up, test_log_reads, tear_down);
	g_test_add("/plugin/user", Fixture, NULL, set_up, test_user, tear_down);
	g_test_add("/plugin/server", Fixture, NULL, set_up, test_server, tear_down);
	g_test_add_func("/plugin/listen", test_listen);
	return g_test_run();
}
