/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/endpoint.h"
#include "request/query.h"

typedef struct Row {
	const char *method, *uri, *id; /* id NULL: no such endpoint */
	const char *subject;
	bool refused;
} Row;

static const Row rows[] = {
	{ "POST", "/containers/create", "container.create", "", false },
	{ "POST", "/v1.41/containers/create?name=x", "container.create", "", false },
	{ "POST", "/v1.24/containers/create?", "container.create", "", false },
	{ "POST", "/v1.152/containers/create", "container.create", "", false },
	{ "POST", "/v1.41/containers/web/start", "container.start", "web", false },
	{ "POST", "/v1.41/containers/a/b/exec", "exec.create", "a/b", false },
	{ "POST", "/images/registry.example.com:5000/team/app/push", "image.push", "registry.example.com:5000/team/app", false },
	{ "DELETE", "/images/a@sha256:0123", "image.delete", "a@sha256:0123", false },
	{ "DELETE", "/networks/my%20net", "network.delete", "my net", false },
	{ "HEAD", "/_ping", "system.ping", "", false },
	{ "GET", "/v1.41/containers/x/attach/ws", "container.attach", "x", false },
	{ "POST", "/v1.41/containers/x/attach/ws", NULL, "", false },
	{ "POST", "/v1.41/exec/e1/start", "exec.start", "e1", false },
	{ "POST", "/containers/create/", NULL, "", false },
	{ "POST", "/Containers/create", NULL, "", false },
	{ "POST", "/containers//start", NULL, "", true },
	{ "POST", "/nothing", NULL, "", false },
	{ "post", "/containers/create", NULL, "", false },
	{ "OPTIONS", "/containers/create", NULL, "", false },
	{ "PUT", "/containers/x/archive", "container.archive-put", "x", false },
	{ "DELETE", "/containers/x/checkpoints/c1", "checkpoint.delete", "x", false },
	{ "DELETE", "/containers/x/checkpoints/", "container.delete", "x/checkpoints/", false },
	{ "DELETE", "/containers/x/y/checkpoints/c1", "checkpoint.delete", "x/y", false },
	{ "DELETE", "/containers/x/checkpoints/..%2fy", "container.delete", "x/checkpoints/../y", true },
	{ "HEAD", "/containers/x/archive", "container.archive-get", "x", false },

	{ "POST", "/v1.23/containers/create", "container.create", "", true },
	{ "POST", "/v1.12/containers/x/start", "container.start", "x", true },
	{ "POST", "/v0001.41/containers/create", "container.create", "", true },
	{ "POST", "/v1.041/containers/create", "container.create", "", true },
	{ "POST", "/v1.41.0/containers/create", "container.create", "", true },
	{ "POST", "/v1..41/containers/create", "container.create", "", true },
	{ "POST", "/V1.41/containers/create", "container.create", "", true },
	{ "POST", "/v2.0/containers/create", "container.create", "", true },
	{ "POST", "/v1/containers/create", "container.create", "", true },
	{ "POST", "/v1.99999999999/containers/create", "container.create", "", true },
	{ "POST", "/containers%2fcreate", "container.create", "", true },
	{ "POST", "/c%6fntainers/create", "container.create", "", true },
	{ "POST", "/%76%31.41/containers/create", "container.create", "", true },
	{ "POST", "//containers/create", NULL, "", true },
	{ "POST", "/v1.41//containers/create", NULL, "", true },
	{ "POST", "/v1.41/./containers/create", NULL, "", true },
	{ "POST", "/x/../containers/create", NULL, "", true },
	{ "POST", "/containers/x/..", NULL, "", true },
	{ "POST", "http://any/v1.41/containers/create", "container.create", "", true },
	{ "POST", "http:/v1.41/containers/create", "container.create", "", true },
	{ "POST", "containers/create", NULL, "", true },
	{ "POST", "*", NULL, "", true },
	{ "POST", "/v1.90", NULL, "", true },
	{ "POST", "", NULL, "", true },
	{ "POST", "/containers/create#x", NULL, "", true },
	{ "POST", "/containers/create;x", NULL, "", true },
	{ "POST", "/containers/create%00", NULL, "", true },
	{ "POST", "/containers/create%0a", NULL, "", true },
	{ "POST", "/containers/%zz/start", "container.start", "%zz", true },
	{ "POST", "/containers/%2/start", "container.start", "%2", true },
	{ "POST", "/containers/\xff/start", "container.start", "\xff", true },
	{ "POST", "/containers/a\\b/start", "container.start", "a\\b", true },
};

static void test_targets(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Row *row = &rows[i];
		g_autoptr(Arena) arena = arena_new();
		const char *subject;
		Target target = target_parse(row->uri, arena);
		const Endpoint *endpoint = endpoint_find(row->method, target.path, arena, &subject);

		g_test_message("row %zu: %s", i, row->id ? row->id : "-");
		g_assert_cmpstr(endpoint ? endpoint->id : NULL, ==, row->id);
		g_assert_cmpint(target.problem != NULL, ==, row->refused);
		if (row->id)
			g_assert_cmpstr(subject, ==, row->subject);
	}
}

/* A name of several parts is an image's or a plugin's. */
static void test_takes(void)
{
	static const struct { const char *method, *path; bool takes; } takes[] = {
		{ "GET", "/containers/a/archive", true }, { "GET", "/containers/a/b/archive", false }, { "DELETE", "/containers/a/checkpoints/b", true },
		{ "DELETE", "/containers/a/b/checkpoints/c", false }, { "DELETE", "/containers/a/b", false }, { "POST", "/images/a/b/c/push", true },
		{ "POST", "/plugins/a/b/enable", true }, { "GET", "/distribution/a/b/json", true }, { "DELETE", "/volumes/a/b", false },
		{ "POST", "/networks/a/b/connect", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(takes); i++) {
		g_autoptr(Arena) arena = arena_new();
		const char *subject;
		const Endpoint *row = endpoint_find(takes[i].method, takes[i].path, arena, &subject);
		g_test_message("%s", takes[i].path);
		g_assert_nonnull(row);
		g_assert_cmpint(endpoint_takes(row, subject), ==, takes[i].takes);
	}
}

/* A row behind one that catches the same path would never be used. */
static void test_rows_are_reachable(void)
{
	g_autoptr(Arena) arena = arena_new();

	for (size_t i = 0; i < endpoint_count; i++) {
		g_auto(GStrv) parts = g_regex_split_simple("\\{[.]*\\}", endpoints[i].pattern, 0, 0);
		g_autofree char *path = g_strjoinv("name", parts);
		const char *subject;

		g_assert_cmpuint(g_strv_length(parts), <=, 3);
		g_assert_true(endpoint_find(endpoints[i].method, path, arena, &subject) == &endpoints[i]);
	}
}

/* What each is judged as, and whether its body must be seen, once more and by other words: a row that says another kind is judged by other rules. */
static void expect_endpoints(const char *ids, size_t use, bool (*is)(const Endpoint *row, size_t use))
{
	g_autofree char *list = g_strdup_printf(" %s ", ids);
	size_t named = 0, listed = 0;

	for (const char *at = list; (at = strchr(at + 1, ' ')); )
		listed++;
	for (size_t i = 0; i < endpoint_count; i++) {
		g_autofree char *id = g_strdup_printf(" %s ", endpoints[i].id);
		bool again = false;
		for (size_t before = 0; before < i; before++)
			again = again || !strcmp(endpoints[before].id, endpoints[i].id);
		if ((strstr(list, id) != NULL) != is(&endpoints[i], use))
			g_error("%s %s is %s as expected", endpoints[i].method, endpoints[i].pattern, strstr(list, id) ? "not" : "something else,");
		named += is(&endpoints[i], use) && !again;
	}
	g_assert_cmpuint(named, ==, listed);
}

static bool is_kind(const Endpoint *row, size_t kind)
{
	return row->kind == (RequestKind)kind;
}

static bool is_body(const Endpoint *row, size_t use)
{
	return row->body == (BodyUse)use;
}

static void test_kinds(void)
{
	static const char *const kinds[KIND_COUNT] = {
		[KIND_CONTAINER_CREATE] = "container.create",
		[KIND_CONTAINER_START] = "container.start container.restart container.unpause",
		[KIND_CONTAINER_UPDATE] = "container.update",
		[KIND_EXEC_CREATE] = "exec.create",
		[KIND_IMAGE_PULL] = "image.create",
		[KIND_IMAGE_PUSH] = "image.push",
		[KIND_IMAGE_TAG] = "image.tag",
		[KIND_IMAGE_BUILD] = "image.build",
		[KIND_BUILDKIT] = "buildkit.session buildkit.grpc",
		[KIND_VOLUME_CREATE] = "volume.create",
		[KIND_SERVICE] = "service.create service.update",
		[KIND_SWARM] = "swarm.init swarm.join swarm.leave swarm.update swarm.inspect swarm.unlock swarm.unlockkey node.update node.delete volume.update",
		[KIND_PLUGIN] = "plugin.pull plugin.create plugin.enable plugin.disable plugin.push plugin.set plugin.upgrade plugin.delete",
		[KIND_READ] = ("container.list container.inspect container.archive-get container.changes container.export container.logs container.stats container.top "
			      "container.wait checkpoint.list exec.inspect image.list image.inspect image.save image.search image.history image.attestations "
			      "distribution.inspect volume.list volume.inspect network.list network.inspect service.list service.inspect service.logs task.list "
			      "task.inspect task.logs node.list node.inspect system.ping system.events system.info system.df system.version"),
	};

	for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
		if (kinds[kind])
			expect_endpoints(kinds[kind], kind, is_kind);
}

static void test_bodies(void)
{
	expect_endpoints("container.start exec.start container.commit plugin.pull plugin.set plugin.upgrade", BODY_OPTIONAL, is_body);
	expect_endpoints("container.archive-put image.create image.load image.build buildkit.session buildkit.grpc plugin.create system.auth", BODY_RAW, is_body);
	expect_endpoints("container.create container.update checkpoint.create exec.create volume.create volume.update network.create network.connect network.disconnect "
			 "swarm.init swarm.join swarm.update swarm.unlock service.create service.update node.update secret.create secret.update config.create config.update",
		BODY_NEEDED, is_body);
}

static void test_query(void)
{
	static const struct { const char *text; bool good; const char *name, *value; bool once; } queries[] = {
		{ "", true, "a", "", true },
		{ "a=1&b=2", true, "a", "1", true },
		{ "%66romImage=x%2Fy", true, "fromImage", "x/y", true },
		{ "a=1&a=2", true, "a", "1", false },
		{ "a=1&%61=2", true, "a", "1", false },
		{ "a", true, "a", "", true },
		{ "a=b+c%20d", true, "a", "b c d", true },
		{ "&&a=1&", true, "a", "1", true },
		{ "A=1", true, "a", "", true },
		{ "a=1;b=2", false, "", "", true },
		{ "a=%zz", false, "", "", true },
		{ "a=%2", false, "", "", true },
		{ "a=%00", false, "", "", true },
		{ "a=%ff", false, "", "", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(queries); i++) {
		g_autoptr(Arena) arena = arena_new();
		const char *value;
		PairList query;

		g_test_message("%s", queries[i].text);
		g_assert_true(query_parse(queries[i].text, &query, arena) == queries[i].good);
		if (!queries[i].good)
			continue;
		g_assert_true(query_take(&query, &(QueryWant){ queries[i].name, &value }, 1) == queries[i].once);
		g_assert_cmpstr(value, ==, queries[i].value);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/endpoint/targets", test_targets);
	g_test_add_func("/endpoint/rows-are-reachable", test_rows_are_reachable);
	g_test_add_func("/endpoint/takes", test_takes);
	g_test_add_func("/endpoint/kinds", test_kinds);
	g_test_add_func("/endpoint/bodies", test_bodies);
	g_test_add_func("/endpoint/query", test_query);
	return g_test_run();
}
