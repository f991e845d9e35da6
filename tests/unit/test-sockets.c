/* SPDX-License-Identifier: MIT
 *
 * sockets: of config.yaml, and which policy a call to one of them is judged by.
 */
#include <string.h>
#include <unistd.h>
#include "authz/read-filter.h"
#include "base/limits.h"
#include "core/config.h"
#include "core/socket-look.h"
#include "request/list.h"
#include "scratch.h"

static Config *parse(const char *text, char **ret_problem)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	Config *config = config_parse("config.yaml", text, strlen(text), diagnostics);

	*ret_problem = diagnostics_first_error(diagnostics);
	g_assert_true((config == NULL) == (*ret_problem != NULL));
	return config;
}

static void test_none(void)
{
	static const char *const texts[] = { "", "sockets:\n", "sockets: {}\n" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *problem = NULL;
		g_autoptr(Config) config = parse(texts[i], &problem);
		g_assert_null(config->sockets);
		g_assert_null(socket_set_all(config->sockets));
		g_assert_null(socket_set_find(config->sockets, "a"));
		g_assert_null(socket_set_user(config->sockets, "default"));
	}
}

static void test_defaults(void)
{
	g_autofree char *problem = NULL;
	g_autoptr(Config) config = parse("sockets: {a: , b: {}}\n", &problem);
	const Sockets *sockets = socket_set_all(config->sockets);

	g_assert_cmpuint(sockets->count, ==, 2);
	for (size_t i = 0; i < sockets->count; i++) {
		const Socket *socket = &sockets->items[i];
		g_assert_cmpstr(socket->name, ==, i ? "b" : "a");
		g_assert_cmpstr(socket->owner, ==, "root");
		g_assert_cmpstr(socket->group, ==, "root");
		g_assert_cmpuint(socket->mode, ==, 0660);
		g_assert_false(socket->fixed || socket->hides_environment);
		g_assert_cmpstr(socket->policy, ==, SOCKET_ACTIVE_POLICY);
		g_assert_cmpstr(socket->upstream, ==, "");
		g_assert_cmpuint(socket->rules.count + socket->labels.count, ==, 0);
	}
}

static void test_all_keys(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *problem = NULL;
	g_autoptr(Config) config = parse("sockets:\n  traefik: {identity: fixed, policy: read-only, read: {containers: {labels: [traefik.enable=true, x]}, hide: [environment]}}\n"
		"  ci:\n    owner: root\n    group: gitlab-runner\n    mode: 0666\n    identity: peer\n    policy: ci-cd\n    upstream: unix:///run/podman/podman.sock\n"
		"    policies: [{users: [al*], groups: [wheel], policy: strict}, {groups: [docker], policy: active}]\n", &problem);
	const Socket *traefik = socket_set_find(config->sockets, "traefik"), *ci = socket_set_find(config->sockets, "ci");

	g_assert_true(traefik->fixed && traefik->hides_environment);
	g_assert_cmpuint(traefik->labels.count, ==, 2);
	g_assert_cmpstr(traefik->labels.items[0], ==, "traefik.enable=true");
	g_assert_cmpstr(socket_path(traefik, arena), ==, "/run/sentinel/fixed/traefik.sock");
	g_assert_false(ci->fixed);
	g_assert_cmpstr(ci->group, ==, "gitlab-runner");
	g_assert_cmpuint(ci->mode, ==, 0666);
	g_assert_cmpstr(ci->upstream, ==, "/run/podman/podman.sock");
	g_assert_cmpuint(ci->rules.count, ==, 2);
	g_assert_cmpstr(socket_path(ci, arena), ==, "/run/sentinel/ci.sock");
	g_assert_true(socket_set_user(config->sockets, "strict") == ci);
	g_assert_true(socket_set_user(config->sockets, "read-only") == traefik);
	g_assert_null(socket_set_user(config->sockets, SOCKET_ACTIVE_POLICY));
	g_assert_null(socket_set_user(config->sockets, "default"));
}

static void test_own_upstream(void)
{
	static const char *const paths[] = { "/run/docker.sock", "/var/run/docker.sock" };

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autofree char *problem = NULL, *text = g_strdup_printf("sockets: {a: {upstream: 'unix://%s'}}\n", paths[i]);
		g_autoptr(Config) config = parse(text, &problem);
		g_assert_cmpstr(socket_set_find(config->sockets, "a")->upstream, ==, "");
	}
}

#define LONG_NAME "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz123456789012"

static void test_bad(void)
{
	static const struct { const char *text, *message; } rows[] = {
		{ "sockets: [a]\n", "config.yaml:1:10: sockets: expected a group of sockets by name, found a list" },
		{ "sockets: a\n", "config.yaml:1:10: sockets: expected a group of sockets by name" },
		{ "sockets: {A: }\n", "config.yaml:1:11: sockets: a socket's name has" },
		{ "sockets: {-a: }\n", "sockets: a socket's name has" },
		{ "sockets: {a.b: }\n", "sockets: a socket's name has" },
		{ "sockets: {../a: }\n", "sockets: a socket's name has" },
		{ "sockets: {" LONG_NAME "3: }\n", "a socket's name has at most 64" },
		{ "sockets: {a: {}, a: {}}\n", "config.yaml:1:18" },
		{ "sockets: {a: [x]}\n", "config.yaml:1:14: sockets.a: expected a group of keys" },
		{ "sockets: {a: {grup: x}}\n", "config.yaml:1:15: sockets.a.grup: unknown key; did you mean group?" },
		{ "sockets: {a: {group: }}\n", "sockets.a.group: expected text, found nothing" },
		{ "sockets: {a: {group: 'x y'}}\n", "config.yaml:1:22: sockets.a.group: expected a name of letters" },
		{ "sockets: {a: {owner: \"x\\nExecStart=y\"}}\n", "sockets.a.owner: expected a name of letters" },
		{ "sockets: {a: {owner: '%h'}}\n", "sockets.a.owner: expected a name of letters" },
		{ "sockets: {a: {mode: 0777}}\n", "config.yaml:1:21: sockets.a.mode: expected 0600, 0660 or 0666" },
		{ "sockets: {a: {mode: 660}}\n", "sockets.a.mode: expected 0600, 0660 or 0666" },
		{ "sockets: {a: {identity: anybody}}\n", "config.yaml:1:25: sockets.a.identity: expected peer or fixed" },
		{ "sockets: {a: {policy: ../x}}\n", "sockets.a.policy: a policy's name has" },
		{ "sockets: {a: {policy: ''}}\n", "sockets.a.policy: a policy's name has" },
		{ "sockets: {a: {policies: {}}}\n", "sockets.a.policies: expected a list" },
		{ "sockets: {a: {policies: [{policy: x}]}}\n", "config.yaml:1:26: sockets.a.policies[0]: expected users or groups" },
		{ "sockets: {a: {policies: [{users: [], policy: x}]}}\n", "sockets.a.policies[0].users: expected 1 to 256 words" },
		{ "sockets: {a: {policies: [{users: [y]}]}}\n", "sockets.a.policies[0]: expected policy" },
		{ "sockets: {a: {policies: [{users: [y], policy: x, if: z}]}}\n", "sockets.a.policies[0].if: unknown key" },
		{ "sockets: {a: {identity: fixed, policies: [{users: [y], policy: x}]}}\n", "config.yaml:1:14: sockets.a: policies go by who calls" },
		{ "sockets: {a: {upstream: 'tcp://127.0.0.1:2375'}}\n", "config.yaml:1:25: sockets.a.upstream: expected unix://" },
		{ "sockets: {a: {upstream: unix://podman.sock}}\n", "sockets.a.upstream: expected unix://" },
		{ "sockets: {a: {upstream: /run/podman.sock}}\n", "sockets.a.upstream: expected unix://" },
		{ "sockets: {a: {upstream: unix:///run/../podman.sock}}\n", "sockets.a.upstream: expected unix://" },
		{ "sockets: {a: {upstream: 'unix:///run/a b'}}\n", "sockets.a.upstream: expected unix://" },
		{ "sockets: {a: {upstream: unix:///" LONG_NAME "/" LONG_NAME "}}\n", "sockets.a.upstream: expected unix://" },
		{ "sockets: {a: {read: {hide: [labels]}}}\n", "sockets.a.read.hide: expected environment" },
		{ "sockets: {a: {read: {hide: []}}}\n", "sockets.a.read.hide: expected 1 to 256 words" },
		{ "sockets: {a: {read: {containers: {labels: []}}}}\n", "sockets.a.read.containers.labels: expected 1 to 256 words" },
		{ "sockets: {a: {read: {containers: {labels: ['=x']}}}}\n", "sockets.a.read.containers.labels: expected labels" },
		{ "sockets: {a: {read: {containers: {labels: [\"a\\nb\"]}}}}\n", "sockets.a.read.containers.labels: expected labels" },
		{ "sockets: {a: {read: {images: {}}}}\n", "sockets.a.read.images: unknown key" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *problem = NULL;
		g_test_message("%s", rows[i].text);
		g_assert_null(parse(rows[i].text, &problem));
		if (!strstr(problem, rows[i].message))
			g_error("'%s' does not say '%s'", problem, rows[i].message);
	}
}

/* Exactly so many, and not one more. */
static void test_limits(void)
{
	static const struct { const char *before, *each, *after; unsigned most; } rows[] = {
		{ "sockets:\n", "  s%u: \n", "", LIMIT_SOCKETS },
		{ "sockets: {a: {policies: [", "{users: [u%u], policy: x},", "]}}\n", LIMIT_SOCKET_RULES },
		{ "sockets: {a: {policies: [{users: [", "u%u,", "], policy: x}]}}\n", LIMIT_SOCKET_WORDS },
		{ "sockets: {a: {policies: [{groups: [", "u%u,", "], policy: x}]}}\n", LIMIT_SOCKET_WORDS },
		{ "sockets: {a: {read: {containers: {labels: [", "l%u,", "]}}}}\n", LIMIT_SOCKET_WORDS },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (unsigned more = 0; more < 2; more++) {
			g_autoptr(GString) text = g_string_new(rows[i].before);
			g_autofree char *problem = NULL;
			for (unsigned n = 0; n < rows[i].most + more; n++) {
				g_auto(GStrv) parts = g_strsplit(rows[i].each, "%u", 2);
				g_string_append_printf(text, "%s%u%s", parts[0], n, parts[1]);
			}
			g_string_append(text, rows[i].after);
			g_autoptr(Config) config = parse(text->str, &problem);
			g_assert_cmpint(config != NULL, ==, !more);
		}
	}
	for (unsigned more = 0; more < 2; more++) {
		g_autofree char *word = g_strnfill(LIMIT_SOCKET_WORD_BYTES + more, 'a'), *text = g_strdup_printf("sockets: {a: {read: {containers: {labels: [%s]}}}}\n", word), *problem = NULL;
		g_autoptr(Config) config = parse(text, &problem);
		g_assert_cmpint(config != NULL, ==, !more);
		g_autofree char *name = g_strndup(LONG_NAME "3", LIMIT_SOCKET_NAME + more), *named = g_strdup_printf("sockets: {%s: }\n", name), *other = NULL;
		g_autoptr(Config) second = parse(named, &other);
		g_assert_cmpint(second != NULL, ==, !more);
	}
}

static const char choices[] =
	"sockets:\n  plain:\n  named: {policy: strict}\n  absent: {policy: nowhere}\n  broken: {policy: broken}\n  box: {identity: fixed, policy: strict}\n"
	"  many:\n    policy: strict\n    policies:\n      - {users: [alice], policy: loose}\n      - {groups: ['27'], policy: active}\n      - {users: [bo*], groups: [web], policy: loose}\n"
	"      - {users: [eve], policy: nowhere}\n";

/* Who calls, at which socket, and what it is judged by. */
static const struct {
	const char *socket, *user, *group, *stranger;
	const char *policy;  /* NULL: nothing is let through */
	const char *as;
	Refusal why;         /* then */
	const char *detail;  /* ... a part of it */
} choice_rows[] = {
	{ "plain", "alice", "x", "", "in-force", "alice", REFUSAL_NONE, "" },
	{ "plain", "root", "x", "it is in a container", NULL, "", REFUSAL_CALLER, "it is in a container" },
	{ "named", "alice", "x", "", "strict", "alice", REFUSAL_NONE, "" },
	{ "absent", "alice", "x", "", NULL, "alice", REFUSAL_POLICY, "nowhere: " },
	{ "broken", "alice", "x", "", NULL, "alice", REFUSAL_POLICY, "broken.yaml:1:" },
	{ "other", "alice", "x", "", NULL, "alice", REFUSAL_UNKNOWN, "other" },
	{ "other", "root", "x", "it is in a container", NULL, "", REFUSAL_UNKNOWN, "other" },
	{ "box", "root", "x", "it is in a container", "strict", "socket:box", REFUSAL_NONE, "" },
	{ "box", "alice", "x", "", "strict", "socket:box", REFUSAL_NONE, "" },
	{ "many", "alice", "27", "", "loose", "alice", REFUSAL_NONE, "" },
	{ "many", "carol", "27", "", "in-force", "carol", REFUSAL_NONE, "" },
	{ "many", "bob", "web", "", "loose", "bob", REFUSAL_NONE, "" },
	{ "many", "bob", "x", "", "strict", "bob", REFUSAL_NONE, "" },
	{ "many", "carol", "web", "", "strict", "carol", REFUSAL_NONE, "" },
	{ "many", "eve", "x", "", NULL, "eve", REFUSAL_POLICY, "nowhere: " },
};

static SocketSet *load(const char *dir)
{
	g_autofree char *problem = NULL;
	g_autoptr(Config) config = parse(choices, &problem);

	scratch_put(dir, "strict.yaml", "name: strict\nmode: enforce\n");
	scratch_put(dir, "loose.yaml", "name: loose\nmode: audit\n");
	scratch_put(dir, "broken.yaml", "nam: broken\n");
	socket_set_load(config->sockets, dir);
	return socket_set_ref(config->sockets);
}

static void test_choice(void)
{
	static const char text[] = "name: in-force\nmode: enforce\n";
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) active = policy_parse("in-force.yaml", text, strlen(text), diagnostics);
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(Scratch) dir = scratch_new();
	SocketSet *set = load(dir);

	for (size_t i = 0; i < G_N_ELEMENTS(choice_rows); i++) {
		const UserGroup group = { (gid_t)g_ascii_strtoull(choice_rows[i].group, NULL, 10), choice_rows[i].group };
		const Candidate candidate = { choice_rows[i].user, 1000, 1000, &group, 1 };
		const Caller caller = { &candidate, 1, true };
		SocketChoice choice;
		Refused refused = { REFUSAL_NONE, "" };
		g_test_message("%s at %s", choice_rows[i].user, choice_rows[i].socket);
		bool good = socket_choose(set, choice_rows[i].socket, &caller, choice_rows[i].stranger, active, arena, &choice, &refused);
		g_assert_cmpint(good, ==, choice_rows[i].policy != NULL);
		g_assert_cmpint(refused.why, ==, choice_rows[i].why);
		g_assert_nonnull(strstr(refused.detail, choice_rows[i].detail));
		g_assert_cmpstr(choice.user, ==, choice_rows[i].as);
		g_assert_cmpint(choice.policy != NULL, ==, good);
		if (!good)
			continue;
		g_assert_cmpstr(policy_name(choice.policy), ==, choice_rows[i].policy);
		g_assert_cmpuint(choice.caller.count, ==, choice.socket->fixed ? 0 : 1);
		g_assert_cmpint(user_is_local(choice.user), ==, !choice.socket->fixed);
		g_assert_true(user_is_certain(choice.user));
	}
	socket_set_unref(set);
}

/* What lets more through than before; a policy that was not there let nothing through. */
static void test_laxer(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	SocketSet *before = load(dir), *same = load(dir);
	g_autofree char *why = socket_set_laxer_why(before, same);

	g_assert_null(why);
	g_autofree char *first = socket_set_laxer_why(NULL, before);
	g_assert_nonnull(first);
	g_assert_null(socket_set_laxer_why(before, NULL));
	g_autofree char *problem = NULL;
	g_autoptr(Config) config = parse(choices, &problem);
	scratch_put(dir, "strict.yaml", "name: strict\nmode: audit\n");
	socket_set_load(config->sockets, dir);
	g_autofree char *changed = socket_set_laxer_why(before, config->sockets);
	g_assert_nonnull(changed);
	socket_set_unref(before);
	socket_set_unref(same);
}

/* What the kernel says of sockets, and what doctor makes of it. */
static void test_look(void)
{
	static const char text[] = "sockets:\n  a:\n  b: {identity: fixed}\n  c: {upstream: unix:///run/podman.sock}\n  d: {policy: nowhere}\n", head[] = "Num       RefCount Protocol Flags    Type St Inode Path\n";
	static const struct { const char *table; const char *seen; } rows[] = {
		{ "", "0 0 0 0" },
		{ "0000000000000000: 00000002 00000000 00010000 0001 01 123 /run/sentinel/a.sock\n", "1 0 0 0" },
		{ "0000000000000000: 00000003 00000000 00000000 0001 03 123 /run/sentinel/a.sock\n", "0 0 0 0" },
		{ "0000000000000000: 00000002 00000000 00010000 0001 01 123 /run/sentinel/a.sock.old\n0: 00000002 00000000 00010000 0001 01 124\nshort\n", "0 0 0 0" },
		{ "0000000000000000: 00000002 00000000 00010000 0001 01     9 /run/sentinel/fixed/b.sock\n0000000000000000: 00000002 00000000 00010000 0001 01 9 /run/sentinel/c.sock\n", "0 1 1 0" },
		{ "0000000000000000: 00000002 00000000 00010000 0001 01 9 /run/podman.sock\n0000000000000000: 00000002 00000000 00010000 0001 01 9 /run/sentinel/c.sock\n", "0 0 3 0" },
	};
	g_autofree char *problem = NULL;
	g_autoptr(Config) config = parse(text, &problem);
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *table = g_build_filename(dir, "unix", NULL);

	socket_set_load(config->sockets, dir);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *all = g_strconcat(head, rows[i].table, NULL);
		g_autoptr(Arena) arena = arena_new();
		scratch_put(dir, "unix", all);
		const SocketSeen *seen = socket_look(config->sockets, table, arena);
		g_autofree char *said = g_strdup_printf("%d %d %d %d", seen[0].listens + 2 * seen[0].upstream, seen[1].listens + 2 * seen[1].upstream, seen[2].listens + 2 * seen[2].upstream, seen[3].listens);
		g_assert_cmpstr(said, ==, rows[i].seen);
	}
}

static void test_diagnosis(void)
{
	static const struct { const char *text; SocketSeen seen; const char *status, *message; } rows[] = {
		{ "sockets: {a: }\n", { true, false }, "ok", "1 of config.yaml listen, and have their policies" },
		{ "sockets: {a: }\n", { false, false }, "warning", "socket a: nobody listens at /run/sentinel/a.sock" },
		{ "sockets: {a: {upstream: unix:///run/p}}\n", { true, false }, "warning", "socket a: nobody listens at /run/p, where" },
		{ "sockets: {a: {upstream: unix:///run/p}}\n", { true, true }, "ok", "1 of config.yaml" },
		{ "sockets: {a: {policy: nowhere}}\n", { true, false }, "failed", "socket a: its policy nowhere cannot be had" },
		{ "sockets: {a: {policies: [{users: [x], policy: nowhere}]}}\n", { true, false }, "failed", "socket a: its policy nowhere cannot be had" },
		{ "", { false, false }, NULL, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *problem = NULL;
		g_autoptr(Config) config = parse(rows[i].text, &problem);
		g_autoptr(Arena) arena = arena_new();
		CheckList checks = { 0 };
		diagnose_sockets(config->sockets, &rows[i].seen, &checks, arena);
		g_assert_cmpuint(checks.count, ==, rows[i].status ? 1 : 0);
		if (!rows[i].status)
			continue;
		g_assert_cmpstr(check_status_name(checks.items[0].status), ==, rows[i].status);
		g_assert_nonnull(strstr(checks.items[0].message, rows[i].message));
	}
}

/* Which calls a socket with `read` takes, and what Docker is asked instead. */
static void test_read_filter(void)
{
	static const struct { const char *socket, *method, *target; bool good; const char *asked; bool labels, hides; } rows[] = {
		{ "all", "POST", "/v1.41/containers/create", true, NULL, false, false },
		{ "some", "GET", "/v1.41/containers/json", true, "/v1.41/containers/json?filters=%7B%22label%22%3A%7B%22a%3Db%22%3Atrue%2C%22c%22%3Atrue%7D%7D", false, false },
		{ "some", "GET", "/containers/json?all=1&filters=%7B%22label%22%3A%5B%22x%22%5D%2C%22status%22%3A%7B%22running%22%3Atrue%7D%7D", true,
			"/containers/json?filters=%7B%22label%22%3A%7B%22x%22%3Atrue%2C%22a%3Db%22%3Atrue%2C%22c%22%3Atrue%7D%2C%22status%22%3A%7B%22running%22%3Atrue%7D%7D&all=1", false, false },
		{ "some", "GET", "/events?since=1", true, "/events?filters=%7B%22label%22%3A%7B%22a%3Db%22%3Atrue%2C%22c%22%3Atrue%7D%7D&since=1", false, false },
		{ "some", "GET", "/containers/json?filters=", true, "/containers/json?filters=%7B%22label%22%3A%7B%22a%3Db%22%3Atrue%2C%22c%22%3Atrue%7D%7D", false, false },
		{ "some", "GET", "/containers/json?filters=%7B", false, NULL, false, false },
		{ "some", "GET", "/containers/json?filters=%7B%22label%22%3A%7B%22x%22%3Afalse%7D%7D", false, NULL, false, false },
		{ "some", "GET", "/containers/json?filters=%7B%7D&filters=%7B%7D", false, NULL, false, false },
		{ "some", "GET", "/containers/json?a=%zz", false, NULL, false, false },
		{ "some", "GET", "/containers/web/json", true, NULL, true, false },
		{ "some", "HEAD", "/containers/web/json", false, NULL, false, false },
		{ "some", "HEAD", "/_ping", true, NULL, false, false },
		{ "some", "GET", "/version", true, NULL, false, false },
		{ "some", "GET", "/images/busybox/json", true, NULL, false, false },
		{ "some", "GET", "/containers/web/logs?stdout=1", false, NULL, false, false },
		{ "some", "GET", "/containers/web/top", false, NULL, false, false },
		{ "some", "GET", "/system/df", false, NULL, false, false },
		{ "some", "GET", "/networks/bridge", false, NULL, false, false },
		{ "some", "GET", "/unknown", false, NULL, false, false },
		{ "some", "POST", "/containers/create", false, NULL, false, false },
		{ "some", "POST", "/containers/web/start", false, NULL, false, false },
		{ "hides", "GET", "/containers/json?all=1", true, NULL, false, false },
		{ "hides", "GET", "/v1.41/containers/web/json", true, NULL, false, true },
		{ "hides", "GET", "/images/busybox/json", true, NULL, false, true },
		{ "hides", "GET", "/images/busybox/history", false, NULL, false, false },
		{ "hides", "GET", "/containers/web/top?ps_args=e", false, NULL, false, false },
		{ "hides", "GET", "/containers/web/logs?stdout=1", true, NULL, false, false },
		{ "hides", "GET", "/services", false, NULL, false, false },
		{ "hides", "POST", "/containers/web/exec", false, NULL, false, false },
	};
	g_autofree char *problem = NULL;
	g_autoptr(Config) config = parse("sockets:\n  all:\n  some: {read: {containers: {labels: [a=b, c]}}}\n  hides: {read: {hide: [environment]}}\n", &problem);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const ApiCall call = { .method = rows[i].method, .uri = rows[i].target, .content_type = "", .content_length = "" };
		Refused refused = { REFUSAL_NONE, "" };
		ReadFilter filter;
		g_test_message("%s: %s %s", rows[i].socket, rows[i].method, rows[i].target);
		g_assert_cmpint(read_filter(socket_set_find(config->sockets, rows[i].socket), &call, arena, &filter, &refused), ==, rows[i].good);
		g_assert_cmpint(refused.why, ==, rows[i].good ? REFUSAL_NONE : REFUSAL_READ);
		if (!rows[i].good)
			continue;
		g_assert_cmpstr(filter.target, ==, rows[i].asked);
		g_assert_cmpstr(filter.labels, ==, rows[i].labels ? "a=b\nc" : "");
		g_assert_cmpint(filter.hides_environment, ==, rows[i].hides);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sockets/none", test_none);
	g_test_add_func("/sockets/defaults", test_defaults);
	g_test_add_func("/sockets/all-keys", test_all_keys);
	g_test_add_func("/sockets/own-upstream", test_own_upstream);
	g_test_add_func("/sockets/bad", test_bad);
	g_test_add_func("/sockets/limits", test_limits);
	g_test_add_func("/sockets/choice", test_choice);
	g_test_add_func("/sockets/laxer", test_laxer);
	g_test_add_func("/sockets/look", test_look);
	g_test_add_func("/sockets/diagnosis", test_diagnosis);
	g_test_add_func("/sockets/read-filter", test_read_filter);
	return g_test_run();
}
