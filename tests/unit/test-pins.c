/* SPDX-License-Identifier: MIT
 *
 * What a policy says of pins, row by row: which pin, in which container, used by whom.
 */
#include "core/diagnose.h"
#include "core/pin-book.h"
#include "policy-fixture.h"
#include "policy/wants.h"
#include "request/host-view.h"
#include "request/list.h"
#include "request/mount-table.h"
#include "request/pins.h"
#include "request/use.h"
#include "scratch.h"

#define NAME "0123456789abcdef0123456789abcdef"
#define PIN PIN_DIR "/" NAME
#define ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OTHER "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define RULES(word) "rules:\n  mounts:\n    pin: " word "\n    default: block\n    blocked: [{path: /run}]\n"
#define BIND "\"Binds\":[\"" PIN ":/w\"]"
#define DROP ",\"CapDrop\":[\"MKNOD\"]"
#define DEVICE(place) DEVICE_OF("/dev/zero", place)
#define DEVICE_OF(host, place) ",\"Devices\":[{\"PathOnHost\":\"" host "\",\"PathInContainer\":\"" place "\",\"CgroupPermissions\":\"rwm\"}]"
#define ALICE 4242

static const Candidate alice = { "alice", ALICE, ALICE, NULL, 0 }, bob = { "bob", 4243, 4243, NULL, 0 }, root = { "root", 0, 0, NULL, 0 };

static const PinFacts unused = { .known = true, .live = true, .state = PIN_UNUSED, .uid = ALICE, .name = NAME, .container = "" };
static const PinFacts taken = { .known = true, .live = true, .state = PIN_TAKEN, .uid = ALICE, .name = NAME, .container = "" };
static const PinFacts bound = { .known = true, .live = true, .state = PIN_BOUND, .uid = ALICE, .name = NAME, .container = ID };
static const PinFacts looked_at = { .known = true, .live = true, .state = PIN_BOUND, .uid = ALICE, .name = NAME, .container = ID, .read_only = true };
static const PinFacts kept = { .known = true, .live = true, .state = PIN_UNUSED, .uid = ALICE, .kept = true, .name = NAME, .container = "" };
static const PinFacts kept_bound = { .known = true, .live = true, .state = PIN_BOUND, .uid = ALICE, .kept = true, .name = NAME, .container = ID };
static const PinFacts kept_dead = { .known = true, .kept = true, .name = NAME, .container = "" };
static const PinFacts dead = { .known = true, .name = NAME, .container = "" };
static const PinFacts unknown = { .name = NAME, .container = "" };

static Request *read_create(const char *host, Arena *arena)
{
	const char *body = arena_printf(arena, "{\"Image\":\"a:1\",\"HostConfig\":{%s}}", host);
	const ApiCall call = { .method = "POST", .uri = "/v1.41/containers/create", .body = body, .body_length = strlen(body), .content_type = "application/json",
		.content_length = "2" };

	return api_read(&call, arena);
}

static void plant(Request *request, const PinFacts *pin, Arena *arena)
{
	MountList *mounts = &request->container.mounts;

	for (size_t i = 0; i < mounts->count; i++)
		if (pin_concerns(&mounts->items[i], arena))
			mounts->items[i].pin = pin;
}

static const char *judge(const char *rules, const Request *request, const Candidate *who, Arena *arena)
{
	g_autoptr(Policy) policy = fixture_policy(rules);
	const Situation situation = { .caller = { who, who ? 1 : 0, who != NULL }, .now_us = FIXTURE_NOW };

	return fixture_rule(policy_evaluate(policy, request, &situation, arena));
}

typedef struct CreateRow {
	const char *title, *host;
	const PinFacts *pin;
	const char *rule;
} CreateRow;

static void judge_rows(const CreateRow *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autoptr(Arena) arena = arena_new();
		Request *request = read_create(rows[i].host, arena);
		g_test_message("%s", rows[i].title);
		plant(request, rows[i].pin, arena);
		g_assert_cmpstr(judge(RULES("own"), request, NULL, arena), ==, rows[i].rule);
	}
}

static void test_create(void)
{
	static const CreateRow rows[] = {
		{ "as it is printed", BIND DROP, &unused, NULL },
		{ "by --mount", "\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"" PIN "\",\"Target\":\"/w\"}]" DROP, &unused, NULL },
		{ "without any rights", BIND ",\"CapDrop\":[\"ALL\"]", &unused, NULL },
		{ "with some of Docker's", BIND ",\"CapDrop\":[\"ALL\"],\"CapAdd\":[\"CHOWN\",\"CAP_SETUID\"]", &unused, NULL },
		{ "beside other mounts", "\"Binds\":[\"" PIN ":/w\",\"cache:/cache\",\"cache2:/ww\"]" DROP, &unused, NULL },
		{ "it may make nodes", BIND, &unused, "mounts.pin" },
		{ "it may make them again", BIND ",\"CapDrop\":[\"ALL\"],\"CapAdd\":[\"MKNOD\"]", &unused, "mounts.pin" },
		{ "all but that", BIND DROP ",\"CapAdd\":[\"ALL\"]", &unused, "mounts.pin" },
		{ "more than Docker's", BIND DROP ",\"CapAdd\":[\"DAC_READ_SEARCH\"]", &unused, "mounts.pin" },
		{ "a right nobody knows", BIND DROP ",\"CapAdd\":[\"XYZ\"]", &unused, "mounts.pin" },
		{ "privileged", BIND DROP ",\"Privileged\":true", &unused, "mounts.pin" },
		{ "restarted", BIND DROP ",\"RestartPolicy\":{\"Name\":\"always\"}", &unused, "mounts.pin" },
		{ "restarted when it fails", BIND DROP ",\"RestartPolicy\":{\"Name\":\"on-failure\"}", &unused, "mounts.pin" },
		{ "restarted, and kept", BIND DROP ",\"RestartPolicy\":{\"Name\":\"always\"}", &kept, NULL },
		{ "kept", BIND DROP, &kept, NULL },
		{ "not restarted", BIND DROP ",\"RestartPolicy\":{\"Name\":\"no\"}", &unused, NULL },
		{ ":ro", "\"Binds\":[\"" PIN ":/w:ro\"]" DROP, &unused, "mounts.pin" },
		{ "shared", "\"Binds\":[\"" PIN ":/w:rshared\"]" DROP, &unused, "mounts.pin" },
		{ "from the host", "\"Binds\":[\"" PIN ":/w:slave\"]" DROP, &unused, "mounts.pin" },
		{ "private", "\"Binds\":[\"" PIN ":/w:private\"]" DROP, &unused, NULL },
		{ "somebody took it", BIND DROP, &taken, "mounts.pin" },
		{ "a container has it", BIND DROP, &bound, "mounts.pin" },
		{ "it has ended", BIND DROP, &dead, "mounts.pin" },
		{ "nobody can say", BIND DROP, &unknown, "builtin.unresolved" },
		{ "nobody looked", BIND DROP, NULL, "builtin.unresolved" },
		{ "what is in it", "\"Binds\":[\"" PIN "/src:/w\"]" DROP, &unused, "mounts.pin" },
		{ "with a slash", "\"Binds\":[\"" PIN "/:/w\"]" DROP, &unused, "mounts.pin" },
		{ "another spelling", "\"Binds\":[\"/run/sentinel//pins/" NAME ":/w\"]" DROP, &unused, "mounts.pin" },
		{ "by the other name of /run", "\"Binds\":[\"/var/run/sentinel/pins/" NAME ":/w\"]" DROP, &unused, "mounts.pin" },
		{ "in capitals", "\"Binds\":[\"" PIN_DIR "/0123456789ABCDEF0123456789ABCDEF:/w\"]" DROP, &unused, "mounts.pin" },
		{ "too short a name", "\"Binds\":[\"" PIN_DIR "/0123456789abcdef0123456789abcde:/w\"]" DROP, &unused, "mounts.pin" },
		{ "all pins", "\"Binds\":[\"" PIN_DIR ":/w\"]" DROP, &unused, "mounts.pin" },
		{ "what is above them", "\"Binds\":[\"/run/sentinel:/w\"]" DROP, &unused, "mounts.blocked" },
		{ "something in it", "\"Binds\":[\"" PIN ":/w\",\"cache:/w/cache\"]" DROP, &unused, "mounts.pin" },
		{ "a tmpfs in it", BIND DROP ",\"Tmpfs\":{\"/w/tmp\":\"\"}", &unused, "mounts.pin" },
		{ "something at the same place", "\"Binds\":[\"" PIN ":/w/\",\"cache:/w\"]" DROP, &unused, "mounts.pin" },
		{ "something in it, written otherwise", "\"Binds\":[\"" PIN ":/w\",\"cache:/a/../w/cache\"]" DROP, &unused, "mounts.pin" },
		{ "a tmpfs in it, written otherwise", BIND DROP ",\"Tmpfs\":{\"//w/./tmp\":\"\"}", &unused, "mounts.pin" },
		{ "in another container's processes", BIND DROP ",\"PidMode\":\"container:other\"", &unused, "mounts.pin" },
		{ "with processes of its own", BIND DROP ",\"PidMode\":\"private\"", &unused, NULL },
		{ "with another container's memory", BIND DROP ",\"IpcMode\":\"container:other\"", &unused, NULL },
		{ "a place that is another", "\"Binds\":[\"" PIN ":/a/../w\"]" DROP, &unused, "mounts.pin" },
	};

	judge_rows(rows, G_N_ELEMENTS(rows));
}

/* What is made or run beside it as the host's root. */
static void test_devices(void)
{
	static const CreateRow rows[] = {
		{ "a device", BIND DROP DEVICE("/dev/zero"), &unused, NULL },
		{ "a device, written otherwise", BIND DROP DEVICE("/dev//./zero"), &unused, NULL },
		{ "a device in it", BIND DROP DEVICE("/w/zero"), &unused, "mounts.pin" },
		{ "a device in it, written otherwise", BIND DROP DEVICE("/dev/../w/zero"), &unused, "mounts.pin" },
		{ "a device without a root", BIND DROP DEVICE("w/zero"), &unused, "mounts.pin" },
		{ "a device without a place", BIND DROP DEVICE(""), &unused, "mounts.pin" },
		{ "a device where a link of the image may lead into it", BIND DROP DEVICE("/srv/zero"), &unused, "mounts.pin" },
		{ "a device where a volume of the image may be", BIND DROP DEVICE("/dev/net/tun"), &unused, "mounts.pin" },
		{ "/dev itself for a device", BIND DROP DEVICE("/dev"), &unused, "mounts.pin" },
		{ "a pin as /dev", "\"Binds\":[\"" PIN ":/dev\"]" DROP DEVICE("/dev/zero"), &unused, "mounts.pin" },
		{ "a device in what is mounted", "\"Binds\":[\"" PIN ":/w\",\"cache:/dev\"]" DROP DEVICE("/dev/zero"), &unused, "mounts.pin" },
		{ "a device with something mounted in its place", "\"Binds\":[\"" PIN ":/w\",\"cache:/dev/dri/x\"]" DROP DEVICE("/dev/dri"), &unused, "mounts.pin" },
		{ "two devices", BIND DROP ",\"Devices\":[{\"PathOnHost\":\"/dev/null\",\"PathInContainer\":\"/dev/null\"},{\"PathOnHost\":\"/dev/null\",\"PathInContainer\":\"/w/n\"}]",
			&unused, "mounts.pin" },
		{ "another device in the place of one that is good", BIND DROP DEVICE_OF("/dev/kmsg", "/dev/null"), &unused, "mounts.pin" },
		{ "a device that not everybody may open", BIND DROP DEVICE_OF("/dev/kvm", "/dev/kvm"), &unused, "mounts.pin" },
		{ "a directory of devices", BIND DROP DEVICE_OF("/dev/shm", "/dev/shm"), &unused, "mounts.pin" },
		{ "all devices", BIND DROP DEVICE_OF("/dev", "/dev/all"), &unused, "mounts.pin" },
		{ "a device of somebody's own", BIND DROP DEVICE_OF("/tmp/null", "/dev/null"), &unused, "mounts.pin" },
		{ "a good one, written otherwise", BIND DROP DEVICE_OF("/dev/../dev//null", "/dev/null"), &unused, NULL },
		{ "a GPU", BIND DROP ",\"DeviceRequests\":[{\"Driver\":\"nvidia\",\"Count\":-1,\"Capabilities\":[[\"gpu\"]]}]", &unused, "mounts.pin" },
		{ "a CDI device", BIND DROP ",\"DeviceRequests\":[{\"Driver\":\"cdi\",\"DeviceIDs\":[\"vendor.com/class=name\"]}]", &unused, "mounts.pin" },
		{ "no request for a device", BIND DROP ",\"DeviceRequests\":[]", &unused, NULL },
		{ "Docker's own runtime", BIND DROP ",\"Runtime\":\"runc\"", &unused, NULL },
		{ "a runtime that adds devices", BIND DROP ",\"Runtime\":\"nvidia\"", &unused, "mounts.pin" },
	};

	judge_rows(rows, G_N_ELEMENTS(rows));
}

/* Others may have read the name on the owner's command line. */
static void test_reader(void)
{
	const struct { const Candidate *who; const char *rule; } rows[] = { { &alice, NULL }, { &root, NULL }, { &bob, "mounts.pin" }, { NULL, NULL } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Request *request = read_create(BIND DROP, arena);
		plant(request, &unused, arena);
		g_assert_cmpstr(judge(RULES("own"), request, rows[i].who, arena), ==, rows[i].rule);
	}
}

/* While docker run pulls an image others read the name, and the owner is connected, too: then only the same call has it. */
static void test_named_before(void)
{
	static const PinFacts before = { .known = true, .live = true, .state = PIN_UNUSED, .uid = ALICE, .named_before = true, .name = NAME, .container = "" };
	const struct { Candidate who[2]; size_t count; bool complete; const PinFacts *pin; const char *rule; } rows[] = {
		{ { alice, bob }, 2, true, &unused, NULL }, { { alice, bob }, 2, true, &before, "mounts.pin" }, { { alice }, 1, false, &before, "mounts.pin" },
		{ { alice }, 0, false, &before, "mounts.pin" }, { { alice }, 1, true, &before, NULL }, { { alice, root }, 2, true, &before, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = fixture_policy(RULES("own"));
		const Situation situation = { .caller = { rows[i].who, rows[i].count, rows[i].complete }, .now_us = FIXTURE_NOW };
		Request *request = read_create(BIND DROP, arena);
		plant(request, rows[i].pin, arena);
		g_assert_cmpstr(fixture_rule(policy_evaluate(policy, request, &situation, arena)), ==, rows[i].rule);
	}
}

/* Other policies: a pin is a path below /run, or nothing that is to be had. */
static void test_words(void)
{
	static const struct { const char *rules, *rule; } rows[] = {
		{ RULES("own"), NULL }, { RULES("block"), "mounts.pin" }, { RULES("off"), "mounts.blocked" }, { "rules:\n  mounts: {blocked: [{path: /run}]}\n", "mounts.blocked" },
		{ "rules:\n  mounts: {pin: own, action: warn}\n", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Request *request = read_create(BIND DROP, arena);
		plant(request, &unused, arena);
		g_assert_cmpstr(judge(rows[i].rules, request, NULL, arena), ==, rows[i].rule);
	}
}

/* A container that has one, and what is done with it. */
static Request *use(const char *endpoint, const char *host, const PinFacts *pin, const char *id, Arena *arena)
{
	Request *request = request_new(arena), *stored = read_create(host, arena);

	request->endpoint = endpoint;
	request->method = "POST";
	request->kind = KIND_LIFECYCLE;
	request->mutates = true;
	request->use = use_of(endpoint);
	stored->use = request->use;
	stored->container_id = id;
	plant(stored, pin, arena);
	request->stored = stored;
	g_assert_nonnull(request->use);
	return request;
}

static void test_uses(void)
{
	static const struct { const char *title, *endpoint; const PinFacts *pin; const char *id; const Candidate *who; const char *rule; } rows[] = {
		{ "it is started", "container.start", &bound, ID, NULL, NULL },
		{ "by another user", "container.start", &bound, ID, &bob, NULL },
		{ "another container with its name", "container.start", &bound, OTHER, &alice, "mounts.pin" },
		{ "after its end", "container.start", &dead, ID, &alice, "mounts.pin" },
		{ "a create that nobody saw the end of", "container.start", &taken, ID, &alice, "mounts.pin" },
		{ "a container that no create of its own has", "container.start", &unused, ID, &alice, "mounts.pin" },
		{ "by the line that makes it", "container.start", &unused, "", NULL, NULL },
		{ "exec by its owner", "exec.create", &bound, ID, &alice, NULL },
		{ "exec by root", "exec.create", &bound, ID, &root, NULL },
		{ "exec by another user", "exec.create", &bound, ID, &bob, "mounts.pin" },
		{ "exec by nobody who is certain", "exec.create", &bound, ID, NULL, "mounts.pin" },
		{ "attach by another user", "container.attach", &bound, ID, &bob, "mounts.pin" },
		{ "copied out by its owner", "container.archive-get", &bound, ID, &alice, NULL },
		{ "copied out by another user", "container.archive-get", &bound, ID, &bob, "mounts.pin" },
		{ "copied into", "container.archive-put", &bound, ID, &alice, "mounts.pin" },
		{ "copied into, by root", "container.archive-put", &bound, ID, &root, "mounts.pin" },
		{ "copied into beside one to look at", "container.archive-put", &looked_at, ID, &alice, NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_test_message("%s", rows[i].title);
		g_assert_cmpstr(judge(RULES("own"), use(rows[i].endpoint, BIND DROP, rows[i].pin, rows[i].id, arena), rows[i].who, arena), ==, rows[i].rule);
	}
	g_autoptr(Arena) arena = arena_new();
	Request *update = use("container.update", BIND DROP, &bound, ID, arena);
	update->kind = KIND_CONTAINER_UPDATE;
	g_assert_cmpstr(judge(RULES("own"), update, &alice, arena), ==, NULL);
	update->container.restart_policy = "always";
	g_assert_cmpstr(judge(RULES("own"), update, &alice, arena), ==, "mounts.pin");
}

/* docker update --restart: each pin of the container is one without an end. */
static void test_update(void)
{
	static const struct { const PinFacts *pin; const char *restart, *rule; } rows[] = {
		{ &bound, "", NULL }, { &bound, "no", NULL }, { &bound, "always", "mounts.pin" }, { &kept_bound, "always", NULL }, { &kept_bound, "unless-stopped", NULL },
		{ &kept_dead, "always", "mounts.pin" }, { &unknown, "always", "mounts.pin" }, { &unknown, "no", "builtin.unresolved" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Request *update = use("container.update", BIND DROP, rows[i].pin, ID, arena);
		update->kind = KIND_CONTAINER_UPDATE;
		update->container.restart_policy = rows[i].restart;
		g_assert_cmpstr(judge(RULES("own"), update, &alice, arena), ==, rows[i].rule);
	}
}

/* Several may have asked: each of them must be the owner, or root. */
static void test_several(void)
{
	const Candidate both[] = { alice, root }, others[] = { alice, bob };
	g_autoptr(Policy) policy = fixture_policy(RULES("own"));
	g_autoptr(Arena) arena = arena_new();
	Request *request = use("exec.create", BIND DROP, &bound, ID, arena);
	const struct { Caller caller; const char *rule; } rows[] = {
		{ { both, 2, true }, NULL }, { { others, 2, true }, "mounts.pin" }, { { both, 2, false }, "mounts.pin" }, { { both, 0, true }, "mounts.pin" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpstr(fixture_rule(policy_evaluate(policy, request, &(Situation){ .caller = rows[i].caller, .now_us = FIXTURE_NOW }, arena)), ==, rows[i].rule);
}

/* Services, volumes and what a volume's option says. */
static void test_other_doors(void)
{
	g_autoptr(Arena) arena = arena_new();
	Request *service = read_create(BIND DROP, arena), *volume = read_create(BIND DROP, arena);

	service->kind = KIND_SERVICE;
	plant(service, &unused, arena);
	g_assert_cmpstr(judge(RULES("own"), service, NULL, arena), ==, "mounts.pin");
	plant(volume, &unused, arena);
	volume->container.mounts.items[0].from_volume = true;
	g_assert_cmpstr(judge(RULES("own"), volume, NULL, arena), ==, "mounts.pin");
	Request *device = read_create("\"Mounts\":[{\"Type\":\"volume\",\"Target\":\"/w\",\"VolumeOptions\":{\"DriverConfig\":{\"Name\":\"local\",\"Options\":"
				      "{\"type\":\"none\",\"o\":\"bind\",\"device\":\"" PIN "\"}}}}]" DROP, arena);
	plant(device, &unused, arena);
	g_assert_cmpstr(judge(RULES("own"), device, NULL, arena), ==, "mounts.pin");
}

/* Without a helper nothing is known of a pin; what is no pin needs none. */
static void test_look(void)
{
	g_autoptr(Arena) arena = arena_new();
	HostView *view = host_view_new("/nonexistent");
	const Request *request = host_view_apply(view, 0, PATHS_PINS, false, read_create("\"Binds\":[\"" PIN ":/w\",\"" PIN "/x:/x\",\"/srv:/s\"]", arena), arena);
	const Mount *mounts = request->container.mounts.items;

	g_assert_false(mounts[0].pin->known || mounts[0].pin->live);
	g_assert_true(mounts[1].pin->known);
	g_assert_false(mounts[1].pin->live);
	g_assert_null(mounts[2].pin);
	g_assert_null(mounts[2].facts);
	host_view_free(view);
}

/* Where a container's root is another uid of the host's, or may be. */
static void test_remapped(void)
{
	static const struct { Engine engine; const char *rule; } rows[] = {
		{ { .known = true, .data_root = "/var/lib/docker", .remapped = true }, "mounts.pin" }, { { .known = true, .data_root = "/var/lib/docker" }, NULL }, { { .known = false }, NULL },
		{ { .known = true, .data_root = "/var/lib/docker", .runtime = "runc" }, NULL }, { { .known = true, .data_root = "/var/lib/docker", .runtime = "nvidia" }, "mounts.pin" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(Policy) policy = fixture_policy("rules:\n  mounts: {pin: own}\n");
		Request *request = read_create(BIND DROP, arena);
		plant(request, &unused, arena);
		g_assert_true(policy_wants(policy, request) & WANT_ENGINE);
		request->engine = rows[i].engine;
		g_assert_cmpstr(judge(RULES("own"), request, NULL, arena), ==, rows[i].rule);
	}
}

#define ROOT_MOUNT "1 0 8:1 / / rw - ext4 a rw\n"
#define HOME_MOUNT(type) "2 1 0:50 / /home rw - " type " x rw\n"

/* What doctor says of pins. */
static void test_doctor(void)
{
	static const struct { const char *release, *mounts; bool answers; CheckStatus status; const char *words; } rows[] = {
		{ "6.1.0-13-amd64", ROOT_MOUNT, true, CHECK_OK, "can have them" },
		{ "5.10.0", ROOT_MOUNT, true, CHECK_WARNING, "no idmapped mounts" },
		{ "", ROOT_MOUNT, true, CHECK_WARNING, "no idmapped mounts" },
		{ "5.12", ROOT_MOUNT, true, CHECK_OK, "can have them" },
		{ "6.1.0", ROOT_MOUNT, false, CHECK_FAILED, "does not answer" },
		{ "6.1.0", NULL, true, CHECK_WARNING, "cannot be read" },
		{ "6.1.0", ROOT_MOUNT HOME_MOUNT("nfs4"), true, CHECK_WARNING, "alice (nfs4), bob (nfs4)" },
		{ "6.1.0", ROOT_MOUNT HOME_MOUNT("tmpfs"), true, CHECK_WARNING, "alice (tmpfs)" },
		{ "6.3.0", ROOT_MOUNT HOME_MOUNT("tmpfs"), true, CHECK_OK, "can have them" },
		{ "5.14.0", ROOT_MOUNT HOME_MOUNT("btrfs"), true, CHECK_WARNING, "(btrfs)" },
		{ "5.15.0", ROOT_MOUNT HOME_MOUNT("btrfs"), true, CHECK_OK, "can have them" },
		{ "6.1.0", ROOT_MOUNT "2 1 0:50 / /home/bob rw - fuse.sshfs x rw\n", true, CHECK_WARNING, "of bob (fuse.sshfs)" },
	};
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *users = g_build_filename(dir, "passwd", NULL);

	scratch_put(dir, "passwd", "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbob:x:1001:1001::/home/bob/:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/sh\n");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		MountTable mounts;
		CheckList checks = { 0 };
		const char *text = rows[i].mounts ? rows[i].mounts : ROOT_MOUNT;
		g_assert_true(mount_table_read(text, strlen(text), arena, &mounts));
		const PinsSeen seen = { rows[i].release, rows[i].answers, rows[i].mounts ? &mounts : NULL, users };
		diagnose_pins(&seen, &checks, arena);
		g_assert_cmpuint(checks.count, ==, 1);
		g_assert_cmpint(checks.items[0].status, ==, rows[i].status);
		g_assert_nonnull(strstr(checks.items[0].message, rows[i].words));
	}
}

/* So many containers are remembered, and not one more. */
static void test_book(void)
{
	PinBook *book = pin_book_new();
	char id[32];

	g_assert_true(pin_book_empty(book));
	for (unsigned i = 0; i <= LIMIT_PIN_CONTAINERS; i++) {
		(void)g_snprintf(id, sizeof id, "%u", i);
		pin_book_add(book, id);
		pin_book_add(book, "0");
	}
	g_assert_false(pin_book_remove(book, id));
	for (unsigned i = 0; i < LIMIT_PIN_CONTAINERS; i++) {
		(void)g_snprintf(id, sizeof id, "%u", i);
		g_assert_false(pin_book_empty(book));
		g_assert_true(pin_book_remove(book, id));
		g_assert_false(pin_book_remove(book, id));
	}
	g_assert_true(pin_book_empty(book));
	pin_book_free(book);
	pin_book_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pins/create", test_create);
	g_test_add_func("/pins/devices", test_devices);
	g_test_add_func("/pins/reader", test_reader);
	g_test_add_func("/pins/named-before", test_named_before);
	g_test_add_func("/pins/words", test_words);
	g_test_add_func("/pins/uses", test_uses);
	g_test_add_func("/pins/update", test_update);
	g_test_add_func("/pins/several", test_several);
	g_test_add_func("/pins/other-doors", test_other_doors);
	g_test_add_func("/pins/remapped", test_remapped);
	g_test_add_func("/pins/doctor", test_doctor);
	g_test_add_func("/pins/look", test_look);
	g_test_add_func("/pins/book", test_book);
	return g_test_run();
}
