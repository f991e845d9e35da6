/* SPDX-License-Identifier: MIT
 *
 * What Docker is asked about a request, and what its answers make of it.
 */
#include "facts-fixture.h"
#include "request/pins.h"
#include "request/use.h"

static void test_create(void)
{
	static const struct { const char *host; bool etc; const char *network; unsigned rounds; } rows[] = {
		{ BODY("\"Binds\":[\"plain:/d\"]"), false, "", 1 },
		{ BODY("\"Binds\":[\"new:/d\"]"), false, "", 1 },
		{ BODY("\"Binds\":[\"etc:/d:ro\"]"), true, "", 1 },
		{ BODY("\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"etc\",\"Target\":\"/d\"}]"), true, "", 1 },
		{ BODY("\"Binds\":[\"/srv:/d\"]"), false, "", 0 },
		{ BODY("\"VolumesFrom\":[\"plain\"]"), false, "", 1 },
		{ BODY("\"VolumesFrom\":[\"binds:ro\"]"), true, "", 1 },
		{ BODY("\"VolumesFrom\":[\"volume\"]"), true, "", 2 },
		{ BODY("\"NetworkMode\":\"container:plain\""), false, "container:plain", 1 },
		{ BODY("\"NetworkMode\":\"container:hostnet\""), false, "host", 1 },
		{ BODY("\"NetworkMode\":\"container:joins\""), false, "host", 2 },
		{ BODY("\"NetworkMode\":\"container:absent\""), false, "container:absent", 1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *request = complete(CREATE, rows[i].host, false, &rounds, arena);
		g_test_message("%s", rows[i].host);
		g_assert_cmpint(binds(request, "/etc"), ==, rows[i].etc);
		g_assert_cmpstr(request->container.network_mode, ==, rows[i].network);
		g_assert_cmpuint(rounds, ==, rows[i].rounds);
		g_assert_cmpuint(request->unresolved.count, ==, 0);
	}
}

/* What the administrator chose for everybody is nobody's wish. */
static void test_defaults(void)
{
	static const struct { const char *uri, *body, *driver, *runtime; bool failing; } rows[] = {
		{ "/v1.41/containers/chosen/start", NULL, "", "", false },
		{ "/v1.41/containers/other/start", NULL, "gelf", "sysbox", false },
		{ CREATE, BODY("\"LogConfig\":{\"Type\":\"fluentd\"},\"Runtime\":\"kata\""), "", "", false },
		{ CREATE, BODY("\"LogConfig\":{\"Type\":\"gelf\"}"), "gelf", "", false },
		{ CREATE, BODY("\"LogConfig\":{\"Type\":\"fluentd\"},\"Runtime\":\"kata\""), "fluentd", "kata", true },
		{ CREATE, BODY("\"Privileged\":true"), "", "", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *request = complete_with(WANT_STORED | WANT_DEFAULTS, rows[i].uri, rows[i].body, rows[i].failing, &rounds, arena);
		const ContainerSpec *spec = request->stored ? &request->stored->container : &request->container;
		g_test_message("%s %s", rows[i].uri, rows[i].body ? rows[i].body : "");
		g_assert_cmpstr(spec->log_driver, ==, rows[i].driver);
		g_assert_cmpstr(spec->runtime, ==, rows[i].runtime);
		g_assert_cmpuint(request->unresolved.count, ==, 0); /* it is judged as it is named */
	}
}

static void test_image(void)
{
	static const struct { const char *image, *user; bool absent; } rows[] = {
		{ "busybox", "", false }, { "numbered", "1000:1000", false }, { "absent", NULL, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *request = complete(CREATE, arena_printf(arena, "{\"Image\":\"%s\"}", rows[i].image), false, &rounds, arena);
		g_assert_cmpstr(request->image_user, ==, rows[i].user);
		g_assert_cmpint(request->image_absent, ==, rows[i].absent);
	}
}

/* A pull has its tag apart; it is asked about only for a command that pulls what is not there. */
static void test_pull(void)
{
	static const struct { const char *query; bool absent; } rows[] = {
		{ "fromImage=docker.io%2Flibrary%2Fbusybox&tag=1.36", false }, { "fromImage=busybox:1.36", false }, { "fromImage=busybox&tag=1.35", true },
		{ "fromImage=busybox", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *request = complete(arena_printf(arena, "/v1.41/images/create?%s", rows[i].query), NULL, false, &rounds, arena);
		g_test_message("%s", rows[i].query);
		g_assert_cmpint(request->image_absent, ==, rows[i].absent);
	}
}

/* What docker run starts is not asked about: its line says what it will be. */
static void test_made(void)
{
	g_autoptr(Arena) arena = arena_new();
	Request *made = request_new(arena), *start = request_new(arena);
	FactList facts = { 0 };

	made->kind = KIND_CONTAINER_CREATE;
	made->container.privileged = true;
	made->image.text = "numbered";
	start->kind = KIND_CONTAINER_START;
	start->use = use_of("container.start");
	start->subject = "plain";
	start->stored = made;
	(void)facts_apply(start, EVERYTHING, &facts, arena);
	g_assert_cmpuint(facts.count, ==, 1);
	g_assert_cmpint(facts.items[0].kind, ==, FACT_IMAGE);
	answer(&facts.items[0], false, arena);
	const Request *judged = facts_apply(start, EVERYTHING, &facts, arena);
	g_assert_true(judged->stored->container.privileged && !facts_open(&facts));
	g_assert_cmpstr(judged->stored->image_user, ==, "1000:1000");
	g_assert_null(made->image_user);
}

/* Which image is meant: by its name at that moment, of a push with the tag apart; a container knows what it was made of. */
static void test_image_id(void)
{
	static const struct { const char *uri, *body, *id; bool absent; } rows[] = {
		{ CREATE, "{\"Image\":\"busybox\",\"User\":\"1\"}", "sha256:1", false }, { CREATE, "{\"Image\":\"absent\"}", "", true },
		{ "/v1.41/images/team/app/push?tag=2", NULL, "sha256:3", false },          { "/v1.41/images/team/app:1/push?tag=2", NULL, "sha256:3", false },
		{ "/v1.41/images/team/app:1/push", NULL, "sha256:4", false },              { "/v1.41/images/team/app/push?tag=3", NULL, "", true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *request = complete_with(WANT_IMAGE_ID, rows[i].uri, rows[i].body, false, &rounds, arena);
		g_test_message("%s", rows[i].uri);
		g_assert_cmpstr(request->image_id, ==, rows[i].id);
		g_assert_cmpint(request->image_absent, ==, rows[i].absent);
	}
	g_autoptr(Arena) arena = arena_new();
	unsigned rounds;
	g_assert_cmpstr(complete("/containers/plain/start", NULL, false, &rounds, arena)->stored->image_id, ==, "sha256:9");
	const Request *broken = complete_with(WANT_IMAGE_ID, CREATE, "{\"Image\":\"broken:1\"}", false, &rounds, arena);
	g_assert_cmpstr(broken->image_id, ==, "");
	g_assert_cmpuint(broken->unresolved.count, ==, 1);
}

static void test_service(void)
{
	static const struct { const char *network, *mode; } rows[] = { { "hostid", "host" }, { "netid", "" }, { "absent", "" }, { "host", "host" } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *request = complete("/v1.41/services/create",
			arena_printf(arena, "{\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"busybox\",\"User\":\"1\"},\"Networks\":[{\"Target\":\"%s\"}]}}", rows[i].network),
			false, &rounds, arena);
		g_assert_cmpstr(request->container.network_mode, ==, rows[i].mode);
	}
}

/* The node that runs a service pulls what it does not have: the image's user stays unknown. */
static void test_service_image(void)
{
	g_autoptr(Arena) arena = arena_new();
	unsigned rounds;
	const Request *request = complete("/v1.41/services/create", "{\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"absent\"}}}", false, &rounds, arena);

	g_assert_cmpuint(rounds, ==, 1);
	g_assert_null(request->image_user);
	g_assert_false(request->image_absent);
}

/* Each namespace that can be joined is followed to the host. */
static void test_joined(void)
{
	static const struct { const char *host, *network, *pid, *ipc; } rows[] = {
		{ BODY("\"NetworkMode\":\"container:hostnet\""), "host", "", "" },
		{ BODY("\"PidMode\":\"container:hostnet\""), "", "host", "" },
		{ BODY("\"IpcMode\":\"container:hostnet\""), "", "", "host" },
		{ BODY("\"IpcMode\":\"container:joins-ipc\""), "", "", "host" },
		{ BODY("\"PidMode\":\"container:joins-ipc\""), "", "container:joins-ipc", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const ContainerSpec *spec = &complete(CREATE, rows[i].host, false, &rounds, arena)->container;
		g_test_message("%s", rows[i].host);
		g_assert_cmpstr(spec->network_mode, ==, rows[i].network);
		g_assert_cmpstr(spec->pid_mode, ==, rows[i].pid);
		g_assert_cmpstr(spec->ipc_mode, ==, rows[i].ipc);
	}
}

/* Who sees the processes of a container comes to what it has mounted: the pins in it are the call's, however many joined before. */
static void test_joined_pin(void)
{
	static const struct { const char *host; size_t pins; } rows[] = {
		{ BODY("\"PidMode\":\"container:pinned\""), 1 }, { BODY("\"PidMode\":\"container:beside\""), 1 }, { BODY("\"IpcMode\":\"container:pinned\""), 0 },
		{ BODY("\"NetworkMode\":\"container:pinned\""), 0 }, { BODY("\"PidMode\":\"container:plain\""), 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const MountList *mounts = &complete(CREATE, rows[i].host, false, &rounds, arena)->container.mounts;
		g_test_message("%s", rows[i].host);
		g_assert_cmpuint(mounts->count, ==, rows[i].pins);
		if (mounts->count)
			g_assert_true(mounts->items[0].of_joined && pin_concerns(&mounts->items[0], arena));
	}
}

/* No answer, an answer that cannot be read, containers that join each other: noted, not passed over. */
static void test_unresolved(void)
{
	static const struct { const char *uri, *body; bool failing; const char *what; } rows[] = {
		{ CREATE, BODY("\"Binds\":[\"plain:/d\"]"), true, "volume plain" },
		{ CREATE, BODY("\"Binds\":[\"unreadable:/d\"]"), false, "volume unreadable" },
		{ CREATE, BODY("\"VolumesFrom\":[\"plain\"]"), true, "container plain" },
		{ CREATE, BODY("\"NetworkMode\":\"container:plain\""), true, "container plain" },
		{ CREATE, "{\"Image\":\"busybox\"}", true, "image busybox" },
		{ "/v1.41/containers/plain/start", NULL, true, "container plain" },
		{ "/v1.41/containers/plain/exec", "{}", true, "container plain" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *request = complete(rows[i].uri, rows[i].body, rows[i].failing, &rounds, arena);
		g_test_message("%s %s", rows[i].uri, rows[i].body);
		g_assert_cmpuint(request->unresolved.count, >=, 1);
		g_assert_cmpstr(request->unresolved.items[0], ==, rows[i].what);
	}
}

/* `first`, with `count` times the item that the pattern makes of a number, and `last`. */
static const Request *complete_many(const char *first, const char *item, unsigned count, const char *last, Arena *arena)
{
	g_autoptr(GString) body = g_string_new(first);
	unsigned rounds;

	for (unsigned i = 0; i < count; i++)
		g_string_append_printf(body, "%s\"%s%u:/d%u\"", i ? "," : "", item, i, i);
	g_string_append(body, last);
	return complete(CREATE, arena_strdup(arena, body->str), false, &rounds, arena);
}

/* Exactly so much is followed; of one more it is said that it was not. */
static void test_limits(void)
{
	static const char head[] = "{\"Image\":\"busybox\",\"User\":\"1\",\"HostConfig\":{\"Binds\":[", from[] = "],\"VolumesFrom\":[\"binds\"]}}";

	for (unsigned more = 0; more <= 1; more++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *many = complete_many(head, "v", LIMIT_FACTS + more, "]}}", arena);
		g_assert_cmpuint(many->unresolved.count, ==, more);
		/* What a container has of another's counts with its own. */
		const Request *mounts = complete_many(head, "/srv/", LIMIT_MOUNTS - 1 + more, from, arena);
		g_assert_cmpuint(mounts->unresolved.count, ==, more);
		g_assert_cmpint(binds(mounts, "/etc"), ==, !more);
		const Request *chain = complete(CREATE, arena_printf(arena, BODY("\"NetworkMode\":\"container:" CHAIN "%u\""), LIMIT_FACT_JOINS + more), false, &rounds, arena);
		g_assert_cmpuint(chain->unresolved.count, ==, more);
		g_assert_cmpint(!strcmp(chain->container.network_mode, "host"), ==, !more);
	}
	g_autoptr(Arena) arena = arena_new();
	unsigned rounds;
	const Request *circle = complete(CREATE, BODY("\"NetworkMode\":\"container:circle\""), false, &rounds, arena);
	g_assert_cmpuint(circle->unresolved.count, ==, 1);
}

/* In a policy that blocks mounts nothing is let through that could not be found out. */
static void test_decision(void)
{
	static const char text[] = "name: p\nmode: enforce\nrules:\n  privileged: {action: block}\n  mounts: {blocked: [{path: /etc}]}\n"
				   "  container: {action: block, require_non_root: true}\n";
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
	static const struct { const char *uri, *body; bool failing, allowed; } rows[] = {
		{ CREATE, BODY("\"Binds\":[\"plain:/d\"]"), false, true },  { CREATE, BODY("\"Binds\":[\"plain:/d\"]"), true, false },
		{ CREATE, BODY("\"Binds\":[\"etc:/d\"]"), false, false },   { CREATE, "{\"Image\":\"numbered\"}", false, true },
		{ CREATE, "{\"Image\":\"busybox\"}", false, false },        { CREATE, "{\"Image\":\"absent\"}", false, true },
		{ "/containers/plain/start", NULL, false, true },           { "/containers/privileged/start", NULL, false, false },
		{ "/containers/plain/exec", "{}", false, true },            { "/containers/privileged/exec", "{}", false, false },
		{ "/containers/plain/start", NULL, true, false },           { "/containers/absent/start", NULL, false, true },
	};

	g_assert_nonnull(policy);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		const Request *request = complete(rows[i].uri, rows[i].body, rows[i].failing, &rounds, arena);
		const Situation situation = { .audit_down = false };
		const Decision *decision = policy_evaluate(policy, request, &situation, arena);
		g_test_message("%s %s", rows[i].uri, rows[i].body);
		g_assert_cmpint(decision->allowed, ==, rows[i].allowed);
		g_assert_cmpuint(policy_wants(policy, request), !=, 0);
	}
}

/* A rule about one namespace is enough for a question about the container that is joined. */
static void test_wants_joined(void)
{
	static const char *const names[] = { "network", "pid", "ipc" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *text = g_strdup_printf("name: p\nmode: enforce\nrules: {host_namespaces: {%s: {action: block}}}\n", names[i]);
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
		g_autoptr(Arena) arena = arena_new();
		unsigned rounds;
		g_assert_nonnull(policy);
		const Request *request = complete(CREATE, BODY("\"PidMode\":\"container:plain\""), false, &rounds, arena);
		g_assert_true(policy_wants(policy, request) & WANT_JOINED);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/facts/create", test_create);
	g_test_add_func("/facts/image", test_image);
	g_test_add_func("/facts/pull", test_pull);
	g_test_add_func("/facts/made", test_made);
	g_test_add_func("/facts/image-id", test_image_id);
	g_test_add_func("/facts/service", test_service);
	g_test_add_func("/facts/service-image", test_service_image);
	g_test_add_func("/facts/joined", test_joined);
	g_test_add_func("/facts/joined-pin", test_joined_pin);
	g_test_add_func("/facts/unresolved", test_unresolved);
	g_test_add_func("/facts/limits", test_limits);
	g_test_add_func("/facts/decision", test_decision);
	g_test_add_func("/facts/wants-joined", test_wants_joined);
	g_test_add_func("/facts/defaults", test_defaults);
	return g_test_run();
}
