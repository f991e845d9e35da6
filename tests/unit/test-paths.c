/* SPDX-License-Identifier: MIT
 *
 * What a policy says of host paths by what they are: a tree, who asks, and what is expected, row by row.
 */
#include <string.h>
#include <sys/stat.h>
#include "policy-fixture.h"
#include "request/host-view.h"
#include "request/list.h"
#include "request/use.h"

#define RULES                                                                                                                  \
	"rules:\n  mounts:\n    default: block\n    allowed: [/srv]\n    allowed_read_only: [/opt, /srv/secret/pub, /run/resolve/resolv.conf]\n    as_self: true\n"     \
	"    require_trusted: block\n    no_way_back: block\n    foreign_ids: warn\n    block_engine_files: true\n"                     \
	"    warned: [{path: /opt/guard}, {path: /opt/guard-2}]\n"                     \
	"    blocked: [{path: /srv/secret}, {path: /home, allow_as_self: true}, {path: /root}]\n"
#define SELF "4242:4242"
#define QUIET ",\"SecurityOpt\":[\"no-new-privileges\"]"
#define OPEN "/:0:0:755 /srv:0:0:755 /srv/d:0:0:755"
#define CLOSED "/:0:0:755 /srv:0:0:755 /srv/c:0:0:700 /srv/c/d:0:0:777"
#define HOME "/:0:0:755 /home:0:0:755 /home/m:4242:4242:700 /home/m/p:4242:4242:755"

/* Nodes from "/" to the source: PATH:UID:GID:MODE, then letters: 'a' an access list, 'm' its group has members, 'r' not of this machine,
 * 'l' the next name is a link of uid 4242's, '-' (at the source) is not there, 'f' is a file. */
static PathFacts *plant(const char *tree, Arena *arena)
{
	PathFacts *facts = arena_alloc(arena, sizeof *facts);
	PathWay way = { .known = true };
	g_auto(GStrv) words = g_strsplit(tree, " ", -1);

	*facts = (PathFacts){ .problem = "", .exists = true };
	for (size_t i = 0; words[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(words[i], ":", -1);
		const char *letters = parts[4] ? parts[4] : "";
		const PathNode node = {
			.path = arena_strdup(arena, parts[0]), .uid = (uint32_t)strtoul(parts[1], NULL, 10), .gid = (uint32_t)strtoul(parts[2], NULL, 10),
			.mode = (strchr(letters, 'f') ? S_IFREG : S_IFDIR) | (uint32_t)strtoul(parts[3], NULL, 8), .acl = strchr(letters, 'a'), .members = strchr(letters, 'm'),
		};
		if (facts->steps.count)
			facts->steps.items[facts->steps.count - 1].entry_uid = facts->steps.items[facts->steps.count - 1].link ? 4242 : node.uid;
		facts->resolved = node.path;
		facts->source = node;
		facts->exists = !strchr(letters, '-');
		if (facts->steps.count && !facts->exists)
			facts->steps.items[facts->steps.count - 1].exists = false;
		if (facts->exists)
			LIST_APPEND(arena, &way, node);
		const PathStep step = { .directory = node, .local = !strchr(letters, 'r'), .exists = true, .link = strchr(letters, 'l') };
		if (words[i + 1])
			LIST_APPEND(arena, &facts->steps, step);
	}
	way.path = facts->resolved;
	LIST_APPEND(arena, &facts->ways, way);
	return facts;
}

typedef struct Row {
	const char *title, *tree, *user, *host; /* host: more of HostConfig */
	bool read_only;
	const char *rule; /* of the first finding; NULL: none */
} Row;

static const UserGroup own_groups[] = { { 4242, "mallory" }, { 4300, "team" }, { 4299, "docker" }, { 100, "users" } };
static const Candidate mallory = { "mallory", 4242, 4242, own_groups, G_N_ELEMENTS(own_groups) };
static const Candidate root = { "root", 0, 0, NULL, 0 };

static Request *request_for(const Row *row, PathFacts *facts, Arena *arena)
{
	const char *body = arena_printf(arena, "{\"Image\":\"a:1\",\"User\":\"%s\",\"HostConfig\":{\"Binds\":[\"%s:/x%s\"]%s}}", row->user, facts->resolved,
		row->read_only ? ":ro" : "", row->host);
	const ApiCall call = { .method = "POST", .uri = "/v1.41/containers/create", .body = body, .body_length = strlen(body), .content_type = "application/json",
		.content_length = "2" };
	Request *request = api_read(&call, arena);

	g_assert_cmpuint(request->container.mounts.count, ==, 1);
	request->container.mounts.items[0].facts = facts;
	request->container.mounts.items[0].resolved = facts->resolved;
	request->engine = (Engine){ .known = true, .data_root = "/mnt/docker" };
	return request;
}

static const char *first_rule(const Policy *policy, const Request *request, const Caller *caller, Arena *arena)
{
	static const char *const own[] = { "/srv/guard", "/mnt/sockets/guard.sock", "/opt/guard", NULL };
	const Situation situation = { .user = "mallory", .caller = *caller, .now_us = FIXTURE_NOW, .own_paths = own };

	return fixture_rule(policy_evaluate(policy, request, &situation, arena));
}

static void judge(const Row *rows, size_t count)
{
	g_autoptr(Policy) policy = fixture_policy(RULES);
	const Caller caller = { &mallory, 1, true };

	for (size_t i = 0; i < count; i++) {
		g_autoptr(Arena) arena = arena_new();
		g_test_message("%s", rows[i].title);
		g_assert_cmpstr(first_rule(policy, request_for(&rows[i], plant(rows[i].tree, arena), arena), &caller, arena), ==, rows[i].rule);
	}
}

static void test_trusted(void)
{
	static const Row rows[] = {
		{ "all is root's", OPEN, "", "", true, NULL },
		{ "a directory above is a user's", "/:0:0:755 /srv:0:0:755 /srv/u:4242:0:755 /srv/u/d:0:0:755", "", "", true, "mounts.require_trusted" },
		{ "one above can be written by a group", "/:0:0:755 /srv:0:0:755 /srv/g:0:4300:775 /srv/g/d:0:0:755", "", "", true, "mounts.require_trusted" },
		{ "... by others", "/:0:0:755 /srv:0:0:757 /srv/d:0:0:755", "", "", true, "mounts.require_trusted" },
		{ "a sticky one keeps what is root's", "/:0:0:755 /srv:0:0:1777 /srv/d:0:0:755", "", "", true, NULL },
		{ "... not what is a user's", "/:0:0:755 /srv:0:0:1777 /srv/d:4242:0:700", "", "", true, "mounts.require_trusted" },
		{ "... and not what is missing", "/:0:0:755 /srv:0:0:1777 /srv/d:0:0:755:-", "", "", true, "mounts.require_trusted" },
		{ "a sticky one of a user's", "/:0:0:755 /srv:4242:0:1777 /srv/d:0:0:755", "", "", true, "mounts.require_trusted" },
		{ "what is missing is judged by its parent", "/:0:0:755 /srv:0:0:755 /srv/d:0:0:755:-", "", "", true, NULL },
		{ "... which is a user's", "/:0:0:755 /srv:0:0:755 /srv/u:4242:0:755 /srv/u/d:0:0:755:-", "", "", true, "mounts.require_trusted" },
		{ "a link of a user's", "/:0:0:755 /srv:0:0:755:l /srv/d:0:0:755", "", "", true, "mounts.require_trusted" },
		{ "a file system of somebody else's", "/:0:0:755 /srv:0:0:755:r /srv/d:0:0:755", "", "", true, "mounts.require_trusted" },
		{ "a file that the policy names, in a directory of a service", "/:0:0:755 /run:0:0:755 /run/resolve:991:991:755 /run/resolve/resolv.conf:991:991:644:f", "", "", true, NULL },
		{ "... in one of a user's", "/:0:0:755 /run:0:0:755 /run/resolve:1001:991:755 /run/resolve/resolv.conf:991:991:644:f", "", "", true, "mounts.require_trusted" },
		{ "... in one that others write", "/:0:0:755 /run:0:0:755 /run/resolve:991:991:775 /run/resolve/resolv.conf:991:991:644:f", "", "", true, "mounts.require_trusted" },
		{ "the source is a user's and closed", "/:0:0:755 /srv:0:0:755 /srv/d:999:999:700", "", "", true, NULL },
		{ "the source is a user's and open", "/:0:0:755 /srv:0:0:755 /srv/d:4242:4242:755", "", "", true, "mounts.require_trusted" },
		{ "the source can be written by everybody", "/:0:0:755 /srv:0:0:755 /srv/d:0:0:777", "", "", true, "mounts.require_trusted" },
	};

	judge(rows, G_N_ELEMENTS(rows));
}

static void test_way_back(void)
{
	static const Row rows[] = {
		{ "root writes in an open directory", OPEN, "", "", false, "mounts.no_way_back" },
		{ "... reads", OPEN, "", "", true, NULL },
		{ "the image says who", OPEN, "app", QUIET, false, "mounts.no_way_back" },
		{ "zero in other words", OPEN, "000:1000", QUIET, false, "mounts.no_way_back" },
		{ "only a group", OPEN, ":1000", QUIET, false, "mounts.no_way_back" },
		{ "a sign", OPEN, "+1000:1000", QUIET, false, "mounts.no_way_back" },
		{ "a uid of 2^32", OPEN, "4294967296:1000", QUIET, false, "mounts.no_way_back" },
		{ "a user that may become root", OPEN, "1000:1000", "", false, "mounts.no_way_back" },
		{ "... said as no", OPEN, "1000:1000", ",\"SecurityOpt\":[\"no-new-privileges\",\"no-new-privileges=false\"]", false, "mounts.no_way_back" },
		{ "with a capability that changes ids", OPEN, "1000:1000", QUIET ",\"CapAdd\":[\"SETUID\"]", false, "mounts.no_way_back" },
		{ "with all", OPEN, "1000:1000", QUIET ",\"CapAdd\":[\"ALL\"]", false, "mounts.no_way_back" },
		{ "privileged", OPEN, "1000:1000", QUIET ",\"Privileged\":true", false, "mounts.no_way_back" },
		{ "somebody else", OPEN, "1000:1000", QUIET, false, "mounts.foreign_ids" },
		{ "one's own uid, the image's group", OPEN, "4242", QUIET, false, "mounts.foreign_ids" },
		{ "one's own uid, another's group", OPEN, "4242:1000", QUIET, false, "mounts.foreign_ids" },
		{ "one's own uid, a group of power", OPEN, "4242:4299", QUIET, false, "mounts.foreign_ids" },
		{ "one's own uid, a group of the system's", OPEN, "4242:100", QUIET, false, "mounts.foreign_ids" },
		{ "one's own uid, more groups", OPEN, SELF, QUIET ",\"GroupAdd\":[\"42\"]", false, "mounts.foreign_ids" },
		{ "a closed directory above", CLOSED, "", "", false, NULL },
		{ "the source itself is closed", "/:0:0:755 /srv:0:0:755 /srv/d:0:0:700", "", "", false, NULL },
		{ "closed but for a group without members", "/:0:0:755 /srv:0:0:755 /srv/d:0:0:750", "", "", false, NULL },
		{ "... with members", "/:0:0:755 /srv:0:0:755 /srv/d:0:4300:750:m", "", "", false, "mounts.no_way_back" },
		{ "... with an access list", "/:0:0:755 /srv:0:0:755 /srv/d:0:0:750:a", "", "", false, "mounts.no_way_back" },
		{ "closed for its owner, and root writes", "/:0:0:755 /srv:0:0:755 /srv/d:999:999:700", "", "", false, "mounts.no_way_back" },
		{ "closed for its owner, who writes", "/:0:0:755 /srv:0:0:755 /srv/d:999:999:700", "999:999", QUIET, false, NULL },
		{ "closed for another", "/:0:0:755 /srv:0:0:755 /srv/d:999:999:700", "1000:1000", QUIET, false, "mounts.foreign_ids" },
	};

	judge(rows, G_N_ELEMENTS(rows));
}

static void test_listed(void)
{
	static const Row rows[] = {
		{ "not listed", "/:0:0:755 /var:0:0:755 /var/x:0:0:700", "", "", true, "mounts.default" },
		{ "listed to look at", "/:0:0:755 /opt:0:0:755 /opt/x:0:0:755", "", "", true, NULL },
		{ "... and written", "/:0:0:755 /opt:0:0:755 /opt/x:0:0:700", "", "", false, "mounts.allowed_read_only" },
		{ "... and is not there: Docker would make it", "/:0:0:755 /opt:0:0:755 /opt/x:0:0:755:-", "", "", true, "mounts.default" },
		{ "... but what the list itself names", "/:0:0:755 /run:0:0:755 /run/resolve:0:0:755 /run/resolve/resolv.conf:0:0:644:-", "", "", true, NULL },
		{ "... and what may be written anyway", "/:0:0:755 /srv:0:0:755 /srv/d:0:0:755:-", "", "", true, NULL },
		{ "blocked in what is listed", "/:0:0:755 /srv:0:0:755 /srv/secret:0:0:700", "", "", true, "mounts.blocked" },
		{ "below what is blocked", "/:0:0:755 /srv:0:0:755 /srv/secret:0:0:755 /srv/secret/x:0:0:700", "", "", true, "mounts.blocked" },
		{ "listed in what is blocked", "/:0:0:755 /srv:0:0:755 /srv/secret:0:0:755 /srv/secret/pub:0:0:755", "", "", true, NULL },
		{ "... and written", "/:0:0:755 /srv:0:0:755 /srv/secret:0:0:755 /srv/secret/pub:0:0:755", "", "", false, "mounts.blocked" },
		{ "contains what is blocked", "/:0:0:755 /srv:0:0:700", "", "", true, "mounts.blocked" },
		{ "Docker's data, elsewhere", "/:0:0:755 /mnt:0:0:755 /mnt/docker:0:0:755 /mnt/docker/volumes:0:0:755", "", "", true, "mounts.block_engine_files" },
		{ "what contains it", "/:0:0:755 /mnt:0:0:755", "", "", true, "mounts.block_engine_files" },
		{ "what Docker trusts", "/:0:0:755 /usr:0:0:755 /usr/lib:0:0:755", "", "", false, "mounts.block_engine_files" },
		{ "... to look at", "/:0:0:755 /usr:0:0:755 /usr/lib:0:0:755", "", "", true, "mounts.default" },
		{ "where Docker listens when its place is taken", "/:0:0:755 /run:0:0:755 /run/sentinel-engine:0:0:710", "", "", true, "mounts.block_engine_files" },
		{ "what this guard has elsewhere", "/:0:0:755 /srv:0:0:755 /srv/guard:0:0:755 /srv/guard/audit:0:0:755", "", "", true, "mounts.block_engine_files" },
		{ "... what contains it", "/:0:0:755 /mnt:0:0:755 /mnt/sockets:0:0:755", "", "", true, "mounts.block_engine_files" },
		{ "... also where only a warning is due", "/:0:0:755 /opt:0:0:755 /opt/guard:0:0:755", "", "", true, "mounts.block_engine_files" },
		{ "... beside it", "/:0:0:755 /opt:0:0:755 /opt/guard-2:0:0:755", "", "", true, "mounts.warned" },
		{ "what the guard trusts, to look at", "/:0:0:755 /etc:0:0:755 /etc/sentinel:0:0:755", "", "", true, "mounts.block_engine_files" },
	};

	judge(rows, G_N_ELEMENTS(rows));
}

/* What root mounts below it later comes into a container that is its slave, judged by nobody; so it is where paths are judged by what they are. */
static void test_later_mounts(void)
{
#define LATER RULES "    block_shared_propagation: true\n"
	static const char engine[] = "/:0:0:755 /mnt:0:0:755";
	static const struct { const char *rules, *tree, *propagation, *rule; } rows[] = {
		{ LATER, OPEN, "", NULL }, { LATER, OPEN, "rprivate", NULL }, { LATER, OPEN, "slave", "mounts.block_shared_propagation" },
		{ LATER, OPEN, "rslave", "mounts.block_shared_propagation" }, { LATER, OPEN, "rshared", "mounts.block_shared_propagation" },
		{ RULES, OPEN, "rslave", NULL }, { "rules:\n  mounts:\n    block_shared_propagation: true\n", OPEN, "rslave", NULL },
		/* Docker's own doing, for what holds its data (which is blocked for that), and what begins like it */
		{ LATER, engine, "rslave", "mounts.block_engine_files" }, { "rules:\n  mounts:\n    block_shared_propagation: true\n    no_way_back: block\n", engine, "rslave", NULL },
		{ "rules:\n  mounts:\n    block_shared_propagation: true\n    no_way_back: block\n", engine, "rshared", "mounts.block_shared_propagation" },
	};
	const Caller caller = { &mallory, 1, true };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = fixture_policy(rows[i].rules);
		const Row row = { "", rows[i].tree, "", "", true, NULL };
		Request *request = request_for(&row, plant(row.tree, arena), arena);
		request->container.mounts.items[0].propagation = rows[i].propagation;
		g_test_message("%zu", i);
		g_assert_cmpstr(first_rule(policy, request, &caller, arena), ==, rows[i].rule);
	}
}

/* A socket of the guard's is given away by its own name, and nothing else with it. */
static void test_fixed_socket(void)
{
#define AT "/:0:0:755 /run:0:0:755 /run/sentinel:0:0:755"
#define FIXED AT " /run/sentinel/fixed:0:0:700"
#define FOR(values) "rules: {mounts: {block_engine_files: true}}\nexceptions: [{rules: [mounts.block_engine_files], users: [mallory], values: [" values "]}]\n"
	static const char one[] = FOR("/run/sentinel/fixed/a.sock"), more[] = FOR("/run/sentinel, /run/sentinel/b.sock");
	static const struct { const char *policy, *tree; bool allowed; } rows[] = {
		{ one, FIXED " /run/sentinel/fixed/a.sock:0:0:666:f", true }, { one, FIXED " /run/sentinel/fixed/b.sock:0:0:666:f", false }, { one, FIXED, false }, { one, AT, false },
		{ one, AT " /run/sentinel/b.sock:0:0:660:f", false }, { more, AT " /run/sentinel/b.sock:0:0:660:f", true }, { more, FIXED " /run/sentinel/fixed/a.sock:0:0:666:f", false },
	};
	const Caller caller = { &mallory, 1, true };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = fixture_policy(rows[i].policy);
		const Row row = { "", rows[i].tree, "", "", true, NULL };
		g_test_message("%zu", i);
		g_assert_cmpstr(first_rule(policy, request_for(&row, plant(row.tree, arena), arena), &caller, arena), ==, rows[i].allowed ? NULL : "mounts.block_engine_files");
	}
}

static void test_as_self(void)
{
	static const Row rows[] = {
		{ "one's own directory", HOME, SELF, QUIET, false, NULL },
		{ "as root", HOME, "", "", false, "mounts.blocked" },
		{ "as somebody else", HOME, "1000:1000", QUIET, false, "mounts.blocked" },
		{ "without a group", HOME, "4242", QUIET, false, "mounts.blocked" },
		{ "in another group of one's own", HOME, "4242:4300", QUIET, false, NULL },
		{ "in group 0", HOME, "4242:0", QUIET, false, "mounts.blocked" },
		{ "in Docker's group", HOME, "4242:4299", QUIET, false, "mounts.blocked" },
		{ "by name", HOME, "mallory:mallory", QUIET, false, "mounts.blocked" },
		{ "rights can be gained", HOME, SELF, "", false, "mounts.blocked" },
		{ "a capability", HOME, SELF, QUIET ",\"CapAdd\":[\"NET_ADMIN\"]", false, "mounts.blocked" },
		{ "a device", HOME, SELF, QUIET ",\"Devices\":[{\"PathOnHost\":\"/dev/null\"}]", false, "mounts.blocked" },
		{ "a device rule", HOME, SELF, QUIET ",\"DeviceCgroupRules\":[\"a *:* rwm\"]", false, "mounts.blocked" },
		{ "a device request", HOME, SELF, QUIET ",\"DeviceRequests\":[{\"Count\":-1}]", false, "mounts.blocked" },
		{ "the host's network", HOME, SELF, QUIET ",\"NetworkMode\":\"host\"", false, "mounts.blocked" },
		{ "the host's processes", HOME, SELF, QUIET ",\"PidMode\":\"host\"", false, "mounts.blocked" },
		{ "another's memory", HOME, SELF, QUIET ",\"IpcMode\":\"container:x\"", false, "mounts.blocked" },
		{ "a restart policy", HOME, SELF, QUIET ",\"RestartPolicy\":{\"Name\":\"always\"}", false, "mounts.blocked" },
		{ "privileged", HOME, SELF, QUIET ",\"Privileged\":true", false, "mounts.blocked" },
		{ "behind a closed directory", "/:0:0:755 /home:0:0:755 /home/a:4343:4343:700 /home/a/p:4242:4242:755", SELF, QUIET, true, "mounts.blocked" },
		{ "behind one that one's group may search", "/:0:0:755 /home:0:0:755 /home/a:4343:4300:710 /home/a/p:4242:4242:755", SELF, QUIET, true, NULL },
		{ "behind one that one's group may not", "/:0:0:755 /home:0:0:755 /home/a:4343:4300:705 /home/a/p:4242:4242:755", SELF, QUIET, true, "mounts.blocked" },
		{ "behind one with an access list", "/:0:0:755 /home:0:0:755:a /home/m:4242:4242:700 /home/m/p:4242:4242:755", SELF, QUIET, true, "mounts.blocked" },
		{ "behind one that no listed group keeps out", "/:0:0:755 /home:0:77:705 /home/m:4242:4242:700", SELF, QUIET, true, "mounts.blocked" },
		{ "blocked stays blocked", "/:0:0:755 /root:0:0:755", SELF, QUIET, true, "mounts.blocked" },
		{ "what is in no list", "/:0:0:755 /tmp:0:0:1777 /tmp/m:4242:4242:755", SELF, QUIET, false, NULL },
	};

	judge(rows, G_N_ELEMENTS(rows));
}

/* Whoever it was of those. */
static void test_callers(void)
{
	static const Candidate alice = { "alice", 4343, 4343, NULL, 0 };
	const struct { Candidate candidates[2]; size_t count; bool complete; const char *rule; } rows[] = {
		{ { mallory }, 1, true, NULL },
		{ { mallory, root }, 2, true, NULL },
		{ { mallory, alice }, 2, true, "mounts.blocked" },
		{ { root }, 1, true, "mounts.blocked" },
		{ { mallory }, 1, false, "mounts.blocked" },
		{ { mallory }, 0, false, "mounts.blocked" },
	};
	static const Row row = { "", HOME, SELF, QUIET, false, NULL };
	g_autoptr(Policy) policy = fixture_policy(RULES);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const Caller caller = { rows[i].candidates, rows[i].count, rows[i].complete };
		g_assert_cmpstr(first_rule(policy, request_for(&row, plant(HOME, arena), arena), &caller, arena), ==, rows[i].rule);
	}
}

/* What dockerd does itself it does as root; nobody's own directory excuses that. */
static void test_uses(void)
{
	static const struct { const char *endpoint, *tree, *user; const char *rule; } rows[] = {
		{ "container.start", HOME, SELF, NULL },
		{ "container.archive-put", HOME, SELF, "mounts.blocked" },
		{ "container.archive-get", HOME, SELF, "mounts.blocked" },
		{ "container.archive-put", OPEN, "1000:1000", "mounts.no_way_back" },
		{ "container.archive-get", OPEN, "1000:1000", NULL },
		{ "container.archive-put", "/:0:0:755 /srv:0:0:755 /srv/d:999:999:700", "999:999", "mounts.no_way_back" },
		{ "container.archive-put", "/:0:0:755 /srv:0:0:755 /srv/d:0:0:700", "999:999", NULL },
	};
	g_autoptr(Policy) policy = fixture_policy(RULES);
	const Caller caller = { &mallory, 1, true };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const Row row = { "", rows[i].tree, rows[i].user, QUIET, false, NULL };
		Request *request = request_for(&row, plant(rows[i].tree, arena), arena);
		request->use = use_of(rows[i].endpoint);
		g_assert_nonnull(request->use);
		g_test_message("%s %s", rows[i].endpoint, rows[i].tree);
		g_assert_cmpstr(first_rule(policy, request, &caller, arena), ==, rows[i].rule);
	}
}

/* Other names, other ways, and what is not known. */
static void test_elsewhere(void)
{
	static const char *names[] = { "/root/x" };
	static const Row writes = { "", "/:0:0:755 /srv:0:0:755 /srv/d:0:0:700", "", "", false, NULL }, reads = { "", OPEN, "", "", true, NULL };
	g_autoptr(Policy) policy = fixture_policy(RULES);
	g_autoptr(Arena) arena = arena_new();
	const Caller caller = { &mallory, 1, true };
	PathFacts *aliased = plant(OPEN, arena), *open = plant(writes.tree, arena), *below = plant(OPEN, arena), *unknown = plant(OPEN, arena);

	aliased->names = (PathNameList){ names, 1 };
	g_assert_cmpstr(first_rule(policy, request_for(&reads, aliased, arena), &caller, arena), ==, "mounts.blocked");

	PathWay other = { .path = "/elsewhere", .known = true };
	LIST_APPEND(arena, &open->ways, other);
	g_assert_cmpstr(first_rule(policy, request_for(&writes, open, arena), &caller, arena), ==, "mounts.no_way_back");
	open->ways.items[1].harmless = true;
	g_assert_cmpstr(first_rule(policy, request_for(&writes, open, arena), &caller, arena), ==, NULL);

	PathWay writable = { .path = "/srv/d/disk", .known = true, .below = true };
	LIST_APPEND(arena, &below->ways, writable);
	g_assert_cmpstr(first_rule(policy, request_for(&reads, below, arena), &caller, arena), ==, "mounts.no_way_back");

	unknown->problem = "its disk is gone";
	g_assert_cmpstr(first_rule(policy, request_for(&reads, unknown, arena), &caller, arena), ==, "builtin.unresolved");
	Request *nobody = request_for(&reads, plant(OPEN, arena), arena);
	nobody->container.mounts.items[0].facts = NULL;
	g_assert_cmpstr(first_rule(policy, nobody, &caller, arena), ==, "builtin.unresolved");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/paths/trusted", test_trusted);
	g_test_add_func("/paths/way-back", test_way_back);
	g_test_add_func("/paths/listed", test_listed);
	g_test_add_func("/paths/later-mounts", test_later_mounts);
	g_test_add_func("/paths/fixed-socket", test_fixed_socket);
	g_test_add_func("/paths/as-self", test_as_self);
	g_test_add_func("/paths/callers", test_callers);
	g_test_add_func("/paths/uses", test_uses);
	g_test_add_func("/paths/elsewhere", test_elsewhere);
	return g_test_run();
}
