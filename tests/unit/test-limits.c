/* SPDX-License-Identifier: MIT
 *
 * Each limit of what comes in: exactly so much is taken, and not one more.
 */
#include <string.h>
#include "authz/call.h"
#include "authz/message.h"
#include "core/applied.h"
#include "docker/memory.h"
#include "policy/policy.h"
#include "policy/store.h"
#include "request/api.h"
#include "request/argv/argv.h"
#include "scan/secret/text/packed-text.h"
#include "limits-fixture.h"
#include "scratch.h"

/* `first`, then `count` times `item` with commas between, then `last`. */
static const char *repeated(const char *first, const char *item, size_t count, const char *last)
{
	static GString *text;

	if (!text)
		text = g_string_new(NULL);
	g_string_assign(text, first);
	for (size_t i = 0; i < count; i++)
		g_string_append_printf(text, "%s%s", i ? "," : "", item);
	g_string_append(text, last);
	return text->str;
}

static bool is_read(const char *uri, const char *body, Arena *arena)
{
	const ApiCall call = {
		.method = "POST", .uri = uri, .body = body, .body_length = body ? strlen(body) : 0, .content_type = body ? "application/json" : "",
		.content_length = body ? "9" : "0",
	};

	return api_read(&call, arena)->problem == PROBLEM_NONE;
}

#define CREATE "/v1.41/containers/create"
#define NETWORK "/v1.41/networks/create"

static bool body_fits(size_t bytes, Arena *arena)
{
	return is_read(NETWORK, arena_printf(arena, "{}%s", filled(bytes - strlen("{}"), ' ', arena)), arena);
}

static bool uri_fits(size_t bytes, Arena *arena)
{
	return is_read(arena_printf(arena, "/containers/%s/start", filled(bytes - strlen("/containers//start"), 'a', arena)), NULL, arena);
}

static bool query_fits(size_t names, Arena *arena)
{
	char *query = filled(2 * names, '&', arena);

	for (size_t i = 0; i < names; i++)
		query[2 * i] = 'a';
	return is_read(arena_printf(arena, "/containers/x/start?%s", query), NULL, arena);
}

static bool binds_fit(size_t count, Arena *arena)
{
	return is_read(CREATE, repeated("{\"Image\":\"x\",\"HostConfig\":{\"Binds\":[", "\"/srv:/d\"", count, "]}}"), arena);
}

static bool mounts_fit(size_t count, Arena *arena)
{
	return is_read(CREATE, repeated("{\"Image\":\"x\",\"HostConfig\":{\"Mounts\":[", "{\"Type\":\"tmpfs\",\"Target\":\"/d\"}", count, "]}}"), arena);
}

static bool items_fit(size_t count, Arena *arena)
{
	return is_read(CREATE, repeated("{\"Image\":\"x\",\"Env\":[", "\"\"", count, "]}"), arena);
}

static bool members_fit(size_t count, Arena *arena)
{
	g_autoptr(GString) body = g_string_new("{\"Image\":\"x\",\"Labels\":{");

	for (size_t i = 0; i < count; i++)
		g_string_append_printf(body, "%s\"%zu\":\"\"", i ? "," : "", i);
	g_string_append(body, "}}");
	return is_read(CREATE, body->str, arena);
}

static bool depth_fits(size_t depth, Arena *arena)
{
	return is_read(NETWORK, arena_printf(arena, "{\"A\":%s%s}", filled(depth - 1, '[', arena), filled(depth - 1, ']', arena)), arena);
}

static bool message_fits(size_t bytes, Arena *arena)
{
	const Plugin plugin = { 0 };
	const CallWait wait = { 0 };
	Call *call;

	return plugin_answer(&plugin, "/Plugin.Activate", filled(bytes, ' ', arena), bytes, &wait, arena, &call).http_status == 200;
}

/* As it comes from Docker, in two pieces. */
static bool incoming_fits(size_t bytes, Arena *arena)
{
	const char *text = filled(bytes, ' ', arena);
	Incoming message = { 0 };

	message_take(&message, text, bytes - 1);
	message_take(&message, text, 1);
	bool fits = !message.too_large && message.length == bytes;
	message_clear(&message);
	return fits;
}

/* The first of so many answers is still known. */
static bool facts_fit(size_t count, Arena *arena)
{
	Memory *memory = memory_new();
	Fact first = { .kind = FACT_VOLUME, .name = "0" };

	memory_open(memory);
	for (size_t i = 0; i < count; i++) {
		const Fact fact = { .kind = FACT_VOLUME, .name = arena_printf(arena, "%zu", i), .state = FACT_ABSENT };
		memory_keep(memory, &fact, memory_epoch(memory, FACT_VOLUME));
	}
	bool fit = memory_recall(memory, &first, arena);
	memory_free(memory);
	return fit;
}

static bool ports_fit(size_t count, Arena *arena)
{
	static const PairList nothing = { NULL, 0 };
	static const StringList none = { NULL, 0 };
	const ArgvContext context = { .cwd = "/", .home = "/", .env = &nothing, .unset = &none, .files = &nothing };
	const char *words[16] = { "docker", "create" };
	size_t used = 2;
	g_autoptr(GError) error = NULL;
	ArgvReading reading;

	for (size_t left = count, some; left; left -= some) {
		some = MIN(left, 60000);
		words[used++] = "-p";
		words[used++] = arena_printf(arena, "1-%zu", some);
	}
	words[used++] = "x";
	(void)argv_read_line(words, used, &context, arena, &reading, &error);
	return !error || !strstr(error->message, "fewer ports in all");
}

static bool loads(const char *text, size_t length)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, length, diagnostics);

	return policy != NULL;
}

static bool policy_fits(size_t bytes, Arena *arena)
{
	static const char head[] = "name: p\nmode: warn\n";

	return loads(arena_printf(arena, "%s%s", head, filled(bytes - strlen(head), '#', arena)), bytes);
}

static bool policy_file_fits(size_t bytes, Arena *arena)
{
	static const char head[] = "name: p\nmode: warn\n";
	g_autoptr(Scratch) dir = scratch_new();
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();

	scratch_put(dir, "p.yaml", arena_printf(arena, "%s%s", head, filled(bytes - strlen(head), '#', arena)));
	g_autoptr(Policy) policy = store_load(dir, "p", diagnostics);
	return policy != NULL;
}

static bool applied_fits(size_t bytes, Arena *arena)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *path = g_build_filename(dir, "applied.yaml", NULL);

	scratch_put(dir, "applied.yaml", filled(bytes, '#', arena));
	g_autofree char *text = applied_read(path);
	return strlen(text) == bytes;
}

/* What is decoded of a text is a text again. */
static bool packed_fits(size_t bytes, Arena *arena)
{
	char *text = filled(bytes, 'A', arena);
	size_t length;

	for (size_t i = 0; i < bytes; i++)
		text[i] = "YWFh"[i % 4];
	g_autofree char *read = packed_read((Span){ text, bytes }, &length);
	return read != NULL;
}

static bool regex_fits(size_t bytes, Arena *arena)
{
	const char *text = arena_printf(arena, "name: p\nmode: warn\ncustom_rules:\n  - name: r\n    message: m\n    condition: {field: user, operator: matches, value: \"%s\"}\n",
		filled(bytes, 'a', arena));

	return loads(text, strlen(text));
}

/* What stands where no list may be is reported for its shape; for its size before that. */
static bool yaml_fits(const char *text, const char *complaint)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();

	policy_unref(policy_parse("p.yaml", text, strlen(text), diagnostics));
	for (guint i = 0; i < diagnostics->len; i++)
		if (strstr(((const Diagnostic *)g_ptr_array_index(diagnostics, i))->message, complaint))
			return false;
	return true;
}

static bool yaml_depth_fits(size_t depth, Arena *arena)
{
	return yaml_fits(arena_printf(arena, "a: %s%s\n", filled(depth - 2, '[', arena), arena_printf(arena, "x%s", filled(depth - 2, ']', arena))), "nested too deeply");
}

static bool yaml_nodes_fit(size_t nodes, Arena *arena)
{
	(void)arena;
	return yaml_fits(repeated("a: [", "1", nodes - 3, "]\n"), "too many values"); /* the map, its key, the list */
}

static bool yaml_keys_fit(size_t keys, Arena *arena)
{
	g_autoptr(GString) text = g_string_new(NULL);

	(void)arena;
	for (size_t i = 0; i < keys; i++)
		g_string_append_printf(text, "k%zu: 1\n", i);
	return yaml_fits(text->str, "too many keys");
}

static const LimitRow rows[] = {
	{ "bytes of a body", LIMIT_BODY_BYTES, body_fits },
	{ "bytes of a URI", LIMIT_URI_BYTES, uri_fits },
	{ "names in a query", LIMIT_QUERY_NAMES, query_fits },
	{ "binds", LIMIT_MOUNTS, binds_fit },
	{ "mounts", LIMIT_MOUNTS, mounts_fit },
	{ "elements of a list", LIMIT_JSON_ITEMS, items_fit },
	{ "members of an object", LIMIT_JSON_MEMBERS, members_fit },
	{ "levels of JSON", LIMIT_JSON_DEPTH, depth_fits },
	{ "bytes of a message", LIMIT_MESSAGE_BYTES, message_fits },
	{ "bytes of a message that comes", LIMIT_MESSAGE_BYTES, incoming_fits },
	{ "answers of Docker's that are kept", LIMIT_FACTS_KEPT, facts_fit },
	{ "ports of a command", LIMIT_ARGV_PORTS / 2, ports_fit }, /* each is read twice: exposed, and bound */
	{ "bytes of a policy", LIMIT_POLICY_BYTES, policy_fits },
	{ "bytes of a policy's file", LIMIT_POLICY_BYTES, policy_file_fits },
	{ "bytes of what was applied", LIMIT_CONFIG_BYTES, applied_fits },
	{ "bytes of base64", LIMIT_SECRET_PIECE_BYTES, packed_fits },
	{ "bytes of an expression", LIMIT_REGEX_BYTES, regex_fits },
	{ "levels of YAML", LIMIT_YAML_DEPTH, yaml_depth_fits },
	{ "values of YAML", LIMIT_YAML_NODES, yaml_nodes_fit },
	{ "keys of YAML", LIMIT_YAML_KEYS, yaml_keys_fit },
};

static void test_limits(void)
{
	check_limits(rows, G_N_ELEMENTS(rows));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/limits/exactly", test_limits);
	return g_test_run();
}
