/* SPDX-License-Identifier: MIT
 *
 * Bytes from dockerd -> Request: what every spelling comes to, and what cannot be judged.
 */
#include <string.h>
#include <unistd.h>
#include "base/limits.h"
#include "request/api.h"

static Request *read_as(const char *method, const char *uri, const char *type, const char *length, const char *body, Arena *arena)
{
	ApiCall call = {
		.method = method, .uri = uri, .body = body, .body_length = body ? strlen(body) : 0, .content_type = type, .content_length = length,
	};

	return api_read(&call, arena);
}

static Request *post(const char *uri, const char *body, Arena *arena)
{
	return read_as("POST", uri, body ? "application/json" : "", body ? "9" : "0", body, arena);
}

#define CREATE "/v1.41/containers/create"

/* What a create may hold; each row names one place of the Request that must have caught it. */
typedef enum Place { NOWHERE, PRIVILEGED, PID, NET, IPC, UTS, USERNS, CGROUPNS, CAP, BIND, DEVICE, SECURITY, MASKED, READONLY, REQUESTS, RULES, SYSCTL, RUNTIME, CGROUP_PARENT, FROM, MEMORY, USER, IMAGE } Place;

typedef struct CreateRow {
	const char *body;
	Place place;
	const char *value;
} CreateRow;

static const CreateRow creates[] = {
	{ "{\"Image\":\"busybox\"}", NOWHERE, NULL },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"Privileged\":true}}", PRIVILEGED, NULL },
	{ "{\"image\":\"busybox\",\"hostconfig\":{\"privileged\":true}}", PRIVILEGED, NULL },
	{ "{\"Image\":\"busybox\",\"Ho\xc5\xbftConfig\":{\"Privileged\":true}}", PRIVILEGED, NULL },
	{ "{\"Image\":\"busybox\",\"Ho\\u017ftConfig\":{\"Privileged\":true}}", PRIVILEGED, NULL },
	{ "{\"Image\":\"busybox\",\"Privileged\":true}", PRIVILEGED, NULL },
	{ "{\"Image\":\"busybox\",\"Privileged\":true,\"HostConfig\":null}", PRIVILEGED, NULL },
	{ "{\"Image\":\"busybox\",\"Privileged\":true,\"HostConfig\":{}}", NOWHERE, NULL },
	{ "{\"Image\":\"busybox\",\"Memory\":64,\"HostConfig\":{}}", MEMORY, NULL },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"PidMode\":\"host\"}}", PID, "host" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"NetworkMode\":\"host\"}}", NET, "host" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"IpcMode\":\"host\"}}", IPC, "host" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"UTSMode\":\"host\"}}", UTS, "host" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"UsernsMode\":\"host\"}}", USERNS, "host" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"CgroupnsMode\":\"host\"}}", CGROUPNS, "host" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"CapAdd\":[\"cap_sys_admin\"]}}", CAP, "SYS_ADMIN" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"CapAdd\":\"ALL\"}}", CAP, "ALL" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"CapAdd\":[\"\xc5\xbfys_admin\"]}}", CAP, "SYS_ADMIN" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"//etc:/h:ro\"]}}", BIND, "/etc" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"/srv/../etc:/h\"]}}", BIND, "/etc" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"data:/h\"]}}", NOWHERE, NULL },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/etc\",\"Target\":\"/h\"}]}}", BIND, "/etc" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"volume\",\"Target\":\"/h\",\"VolumeOptions\":{\"DriverConfig\":{\"Options\":{\"type\":\"none\",\"o\":\"bind\",\"device\":\"/etc\"}}}}]}}", BIND, "/etc" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"data\",\"Target\":\"/h\"}]}}", NOWHERE, NULL },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"Devices\":[{\"PathOnHost\":\"/dev/sda\"}]}}", DEVICE, "/dev/sda" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"SecurityOpt\":[\"seccomp:unconfined\"]}}", SECURITY, "seccomp:unconfined" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"MaskedPaths\":[]}}", MASKED, NULL },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"MaskedPaths\":null,\"ReadonlyPaths\":null}}", NOWHERE, NULL },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"ReadonlyPaths\":[]}}", READONLY, NULL },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"DeviceRequests\":[{\"Driver\":\"cdi\"}]}}", REQUESTS, NULL },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"DeviceCgroupRules\":[\"a *:* rwm\"]}}", RULES, "a *:* rwm" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"Sysctls\":{\"kernel.msgmax\":\"1\"}}}", SYSCTL, "kernel.msgmax" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"Runtime\":\"evil\"}}", RUNTIME, "evil" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"CgroupParent\":\"/\"}}", CGROUP_PARENT, "/" },
	{ "{\"Image\":\"busybox\",\"HostConfig\":{\"VolumesFrom\":[\"db\"]}}", FROM, "db" },
	{ "{\"Image\":\"busybox\",\"User\":\"1000:1000\"}", USER, "1000:1000" },
	{ "{\"Image\":\"evil.test/x:1\"}", IMAGE, "evil.test" },
};

static bool caught(const Request *request, const CreateRow *row)
{
	const ContainerSpec *c = &request->container;

	switch (row->place) {
	case NOWHERE: return false;
	case PRIVILEGED: return c->privileged;
	case PID: return !strcmp(c->pid_mode, row->value);
	case NET: return !strcmp(c->network_mode, row->value);
	case IPC: return !strcmp(c->ipc_mode, row->value);
	case UTS: return !strcmp(c->uts_mode, row->value);
	case USERNS: return !strcmp(c->userns_mode, row->value);
	case CGROUPNS: return !strcmp(c->cgroupns_mode, row->value);
	case CAP: return c->cap_add.count == 1 && !strcmp(c->cap_add.items[0], row->value);
	case BIND: return c->mounts.count && c->mounts.items[c->mounts.count - 1].kind == MOUNT_BIND && !strcmp(c->mounts.items[c->mounts.count - 1].clean, row->value);
	case DEVICE: return c->devices.count == 1 && !strcmp(c->devices.items[0].path_on_host, row->value);
	case SECURITY: return c->security_opt.count == 1 && !strcmp(c->security_opt.items[0], row->value);
	case MASKED: return c->masked_paths_set && !c->readonly_paths_set;
	case READONLY: return c->readonly_paths_set && !c->masked_paths_set;
	case REQUESTS: return c->device_requests == 1;
	case RULES: return c->device_cgroup_rules.count == 1 && !strcmp(c->device_cgroup_rules.items[0], row->value);
	case SYSCTL: return c->sysctls.count == 1 && !strcmp(c->sysctls.items[0].key, row->value);
	case RUNTIME: return !strcmp(c->runtime, row->value);
	case CGROUP_PARENT: return !strcmp(c->cgroup_parent, row->value);
	case FROM: return c->volumes_from.count == 1 && !strcmp(c->volumes_from.items[0], row->value);
	case MEMORY: return c->memory == 64;
	case USER: return !strcmp(c->user, row->value);
	case IMAGE: return !strcmp(request->image.registry, row->value);
	}
	return false;
}

static void test_creates(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(creates); i++) {
		g_autoptr(Arena) arena = arena_new();
		Request *request = post(CREATE, creates[i].body, arena);

		g_test_message("%s", creates[i].body);
		g_assert_cmpstr(request->problem_detail, ==, "");
		g_assert_cmpint(request->kind, ==, KIND_CONTAINER_CREATE);
		g_assert_true(request->has_container && request->mutates);
		if (creates[i].place == NOWHERE) {
			for (size_t m = 0; m < request->container.mounts.count; m++)
				g_assert_cmpint(request->container.mounts.items[m].kind, !=, MOUNT_BIND);
			g_assert_false(request->container.privileged || request->container.masked_paths_set || request->container.readonly_paths_set);
		} else {
			g_assert_true(caught(request, &creates[i]));
		}
	}
}

typedef struct CallRow {
	const char *method, *uri, *type, *length, *body;
	RequestKind kind;
	RequestProblem problem;
} CallRow;

#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"

static const CallRow calls[] = {
	{ "GET", "/_ping", "", "", NULL, KIND_READ, PROBLEM_NONE },
	{ "HEAD", "/v1.41/anything/at/all", "", "", NULL, KIND_READ, PROBLEM_NONE },
	{ "GET", "http://any/info", "", "", NULL, KIND_READ, PROBLEM_NONE },
	{ "GET", "/containers/x/attach/ws", "", "", NULL, KIND_LIFECYCLE, PROBLEM_NONE },
	{ "GET", "/containers/x/attach%2fws", "", "", NULL, KIND_LIFECYCLE, PROBLEM_UNKNOWN_ENDPOINT },
	{ "POST", "/nothing", "", "0", NULL, KIND_UNKNOWN, PROBLEM_UNKNOWN_ENDPOINT },
	{ "OPTIONS", "/info", "", "", NULL, KIND_UNKNOWN, PROBLEM_UNKNOWN_ENDPOINT },
	{ "POST", "/v1.41/containers%2fcreate", JSON, "2", "{}", KIND_CONTAINER_CREATE, PROBLEM_UNKNOWN_ENDPOINT },
	{ "POST", CREATE, JSON, "9", NULL, KIND_CONTAINER_CREATE, PROBLEM_BODY_MISSING },
	{ "POST", CREATE, "", "0", NULL, KIND_CONTAINER_CREATE, PROBLEM_BODY_MISSING },
	{ "POST", CREATE, JSON, "2", "[]", KIND_CONTAINER_CREATE, PROBLEM_AMBIGUOUS_BODY },
	{ "POST", CREATE, JSON, "2", "{} {}", KIND_CONTAINER_CREATE, PROBLEM_AMBIGUOUS_BODY },
	{ "POST", CREATE, JSON, "2", "{\"HostConfig\":{},\"hostconfig\":{}}", KIND_CONTAINER_CREATE, PROBLEM_AMBIGUOUS_BODY },
	{ "POST", CREATE "?name=a&name=b", JSON, "2", "{}", KIND_CONTAINER_CREATE, PROBLEM_UNKNOWN_ENDPOINT },
	{ "POST", CREATE "?name=a;b", JSON, "2", "{}", KIND_CONTAINER_CREATE, PROBLEM_UNKNOWN_ENDPOINT },
	{ "POST", "/containers/x/exec", "text/plain", "30", NULL, KIND_EXEC_CREATE, PROBLEM_BODY_MISSING },
	{ "POST", "/services/create", "text/plain", "30", NULL, KIND_SERVICE, PROBLEM_BODY_MISSING },
	{ "POST", "/containers/x/start", "", "0", NULL, KIND_CONTAINER_START, PROBLEM_NONE },
	{ "POST", "/containers/x/start", JSON, "17", NULL, KIND_CONTAINER_START, PROBLEM_BODY_MISSING },
	{ "POST", "/containers/x/start", JSON, "", NULL, KIND_CONTAINER_START, PROBLEM_BODY_MISSING },
	{ "POST", "/v1.23/containers/x/start", JSON, "2", "{}", KIND_CONTAINER_START, PROBLEM_UNKNOWN_ENDPOINT },
	{ "POST", "/containers/x/kill?signal=TERM", FORM, "11", NULL, KIND_LIFECYCLE, PROBLEM_AMBIGUOUS_BODY },
	{ "POST", "/images/create?fromImage=a", "multipart/form-data; boundary=x", "99", NULL, KIND_IMAGE_PULL, PROBLEM_AMBIGUOUS_BODY },
	{ "POST", "/images/create?fromImage=a&fromImage=b", "", "0", NULL, KIND_IMAGE_PULL, PROBLEM_UNKNOWN_ENDPOINT },
	{ "POST", "/images/create?%66romImage=a&fromImage=b", "", "0", NULL, KIND_IMAGE_PULL, PROBLEM_UNKNOWN_ENDPOINT },
	{ "POST", "/build?t=a&t=b", "application/x-tar", "", NULL, KIND_IMAGE_BUILD, PROBLEM_NONE },
	{ "POST", "/build?version=2", "application/x-tar", "", NULL, KIND_BUILDKIT, PROBLEM_NONE },
	{ "POST", "/build?labels=x", "application/x-tar", "", NULL, KIND_IMAGE_BUILD, PROBLEM_UNKNOWN_ENDPOINT },
	{ "POST", "/auth", JSON, "30", "{\"username\":\"u\",\"password\":\"hunter2\"}", KIND_LIFECYCLE, PROBLEM_NONE },
	{ "POST", "/auth", JSON, "30", NULL, KIND_LIFECYCLE, PROBLEM_NONE }, /* Docker 24 and newer do not show it */
	{ "POST", "/grpc", "", "", NULL, KIND_BUILDKIT, PROBLEM_NONE },
	{ "POST", "/networks/create", JSON, "2", "{\"a\":1}{", KIND_LIFECYCLE, PROBLEM_AMBIGUOUS_BODY },
};

static void test_calls(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
		const CallRow *row = &calls[i];
		g_autoptr(Arena) arena = arena_new();
		Request *request = read_as(row->method, row->uri, row->type, row->length, row->body, arena);

		g_test_message("%s %s %s", row->method, row->uri, row->body ? row->body : "-");
		g_assert_cmpint(request->kind, ==, row->kind);
		g_assert_cmpint(request->problem, ==, row->problem);
		g_assert_cmpint(request->mutates, ==, row->kind != KIND_READ);
		g_assert_true((*request->problem_detail == 0) == (row->problem == PROBLEM_NONE));
		g_assert_null(strstr(request->summary, "hunter2"));
	}
}

/* `docker run -p 10000-20000:10000-20000` is ordinary. */
static void test_many_ports(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GString) body = g_string_new("{\"Image\":\"busybox\",\"HostConfig\":{\"PortBindings\":{");

	for (unsigned port = 10000; port <= 20000; port++)
		g_string_append_printf(body, "%s\"%u/tcp\":[{\"HostPort\":\"%u\"}]", port > 10000 ? "," : "", port, port);
	g_string_append(body, "}}}");
	const Request *request = post(CREATE, body->str, arena);
	g_assert_cmpstr(request->problem_detail, ==, "");
	g_assert_cmpuint(request->container.ports.count, ==, 10001);
}

static void test_images(void)
{
	static const struct { const char *uri, *registry, *repository, *tag, *digest; } rows[] = {
		{ "/images/create?fromImage=busybox&tag=1", "docker.io", "library/busybox", "1", "" },
		{ "/images/create?fromImage=docker.io%2Flibrary%2Fnginx&tag=1.27", "docker.io", "library/nginx", "1.27", "" },
		{ "/images/create?fromImage=team%2Fapp&tag=evil.test", "docker.io", "team/app", "evil.test", "" },
		{ "/images/create?fromImage=docker.io.evil.test%2Fa", "docker.io.evil.test", "a", "", "" },
		{ "/images/create?fromImage=index.docker.io%2Fa%2Fb", "docker.io", "a/b", "", "" },
		{ "/images/create?fromImage=a&tag=sha256%3A01", "docker.io", "library/a", "", "sha256:01" },
		{ "/images/evil.test:5000/a/push?tag=2", "evil.test:5000", "a", "2", "" },
		{ "/images/busybox/tag?repo=evil.test%2Fx&tag=9", "evil.test", "x", "9", "" },
		{ "/build?t=evil.test%2Fx:3", "evil.test", "x", "3", "" },
		{ "/plugins/pull?remote=evil.test%2Fx:3", "evil.test", "x", "3", "" },
		{ "/plugins/web/upgrade?remote=evil.test%2Fx:3", "evil.test", "x", "3", "" },
		{ "/commit?container=web&repo=evil.test%2Fx&tag=3", "evil.test", "x", "3", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Request *request = post(rows[i].uri, NULL, arena);

		g_test_message("%s", rows[i].uri);
		g_assert_cmpint(request->problem, ==, PROBLEM_NONE);
		g_assert_cmpstr(request->image.registry, ==, rows[i].registry);
		g_assert_cmpstr(request->image.repository, ==, rows[i].repository);
		g_assert_cmpstr(request->image.tag, ==, rows[i].tag);
		g_assert_cmpstr(request->image.digest, ==, rows[i].digest);
	}
}

static void test_other_bodies(void)
{
	g_autoptr(Arena) arena = arena_new();
	Request *request = post("/v1.41/services/create", "{\"Name\":\"s\",\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"evil.test/a\",\"CapabilityAdd\":[\"CAP_SYS_ADMIN\"],"
		"\"Privileges\":{\"Seccomp\":{\"Mode\":\"unconfined\"}},\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/etc\",\"Target\":\"/h\"}]},"
		"\"Resources\":{\"Limits\":{\"MemoryBytes\":5}}},\"Networks\":[{\"Target\":\"host\"}]}", arena);

	g_assert_cmpstr(request->problem_detail, ==, "");
	g_assert_cmpstr(request->image.registry, ==, "evil.test");
	g_assert_cmpstr(request->container.cap_add.items[0], ==, "SYS_ADMIN");
	g_assert_cmpstr(request->container.security_opt.items[0], ==, "seccomp=unconfined");
	g_assert_cmpstr(request->container.mounts.items[0].clean, ==, "/etc");
	g_assert_cmpstr(request->container.network_mode, ==, "host");
	g_assert_cmpint(request->container.memory, ==, 5);

	request = post("/v1.41/containers/x/start", "{\"HostConfig\":{\"Privileged\":true}}", arena);
	g_assert_true(request->container.privileged);
	request = post("/v1.41/containers/x/start", "{\"Privileged\":true}", arena);
	g_assert_true(request->container.privileged);
	request = post("/v1.41/containers/x/update", "{\"Devices\":[{\"PathOnHost\":\"/dev/sda\"}]}", arena);
	g_assert_cmpuint(request->container.devices.count, ==, 1);
	request = post("/v1.41/containers/x/exec", "{\"Privileged\":true,\"User\":\"0\",\"Cmd\":[\"sh\"]}", arena);
	g_assert_true(request->container.privileged);
	g_assert_cmpstr(request->subject, ==, "x");
}

static void test_volume_options(void)
{
	static const struct { const char *options, *path; } rows[] = {
		{ "{\"type\":\"none\",\"o\":\"bind\",\"device\":\"/\"}", "/" },
		{ "{\"type\":\"none\",\"o\":\"rw,rbind\",\"device\":\"etc\"}", "/etc" },
		{ "{\"type\":\"ext4\",\"device\":\"/dev/sda1\"}", "/dev/sda1" },
		{ "{\"type\":\"sysfs\",\"device\":\"sysfs\"}", "/sys" },
		{ "{\"type\":\"overlay\",\"device\":\"overlay\",\"o\":\"lowerdir=/usr,upperdir=/u,workdir=/w\"}", "/w" },
		{ "{\"type\":\"tmpfs\",\"device\":\"tmpfs\",\"o\":\"size=10m\"}", NULL },
		{ "{\"type\":\"nfs\",\"device\":\":/export\",\"o\":\"addr=10.0.0.1,rw\"}", NULL },
		{ "{}", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Request *request = post("/volumes/create", arena_printf(arena, "{\"Name\":\"v\",\"DriverOpts\":%s}", rows[i].options), arena);
		const MountList *mounts = &request->container.mounts;

		g_test_message("%s", rows[i].options);
		g_assert_cmpstr(request->problem_detail, ==, "");
		g_assert_cmpstr(mounts->count ? mounts->items[mounts->count - 1].clean : NULL, ==, rows[i].path);
	}
}

static void test_summaries(void)
{
	static const struct { const char *uri, *body, *summary; } rows[] = {
		{ CREATE "?name=web", "{\"Image\":\"ubuntu\",\"Cmd\":[\"mysql\",\"-psecret\"],\"Env\":[\"A=secret\"],\"HostConfig\":{\"Privileged\":true,\"NetworkMode\":\"default\"}}",
			"docker create --name web --privileged ubuntu" },
		{ "/containers/web/start", NULL, "docker start web" },
		{ "/images/create?fromImage=nginx&tag=1.27", NULL, "docker pull nginx:1.27" },
		{ "/images/busybox/tag?repo=a&tag=1", NULL, "docker tag busybox a:1" },
		{ "/build?t=app&buildargs=%7B%22A%22%3A%22secret%22%7D&networkmode=host", NULL, "docker build --network host -t app" },
		{ "/nothing?x=secret", NULL, "POST /nothing" },
		{ CREATE, "{\"Image\":\"a\\u001b[31mb\\n\"}", "docker create a?[31mb?" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();

		g_assert_cmpstr(post(rows[i].uri, rows[i].body, arena)->summary, ==, rows[i].summary);
	}
}

static void test_too_long(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *uri = g_strnfill(LIMIT_URI_BYTES + 1, 'a');

	*uri = '/';
	g_assert_cmpint(post(uri, NULL, arena)->problem, ==, PROBLEM_UNKNOWN_ENDPOINT);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/api/creates", test_creates);
	g_test_add_func("/api/calls", test_calls);
	g_test_add_func("/api/many-ports", test_many_ports);
	g_test_add_func("/api/images", test_images);
	g_test_add_func("/api/other-bodies", test_other_bodies);
	g_test_add_func("/api/volume-options", test_volume_options);
	g_test_add_func("/api/summaries", test_summaries);
	g_test_add_func("/api/too-long", test_too_long);
	return g_test_run();
}
