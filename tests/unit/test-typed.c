/* SPDX-License-Identifier: MIT
 *
 * The command that makes a call again: all of it, or none.
 */
#include <string.h>
#include "base/limits.h"
#include "request/typed/typed.h"

static bool type(const char *uri, const char *body, Arena *arena, StringList *ret)
{
	const ApiCall call = {
		.method = "POST", .uri = uri, .body = body, .body_length = strlen(body), .content_type = "application/json", .content_length = "",
	};

	return typed_words(&call, arena, ret);
}

static char *join(const StringList *words)
{
	g_autoptr(GString) line = g_string_new("");

	for (size_t i = 0; i < words->count; i++)
		g_string_append_printf(line, "%s%s", i ? " " : "", words->items[i]);
	return g_string_free(g_steal_pointer(&line), FALSE);
}

/* As docker CLI 20.10 sends `docker run`; the rows say what stands in the places of the two $. */
static const char config[] =
	"{\"Hostname\":\"\",\"Domainname\":\"\",\"User\":\"\",\"AttachStdin\":false,\"AttachStdout\":true,\"AttachStderr\":true,\"Tty\":false,\"OpenStdin\":false,"
	"\"StdinOnce\":false,\"Env\":null,\"Cmd\":null,\"Image\":\"x:1\",\"Volumes\":{},\"WorkingDir\":\"\",\"Entrypoint\":null,\"OnBuild\":null,\"Labels\":{},$"
	"\"HostConfig\":{\"Binds\":null,\"ContainerIDFile\":\"\",\"LogConfig\":{\"Type\":\"\",\"Config\":{}},\"NetworkMode\":\"default\",\"PortBindings\":{},"
	"\"RestartPolicy\":{\"Name\":\"no\",\"MaximumRetryCount\":0},\"AutoRemove\":false,\"VolumeDriver\":\"\",\"VolumesFrom\":null,\"CapAdd\":null,\"CapDrop\":null,"
	"\"CgroupnsMode\":\"\",\"Dns\":[],\"DnsOptions\":[],\"DnsSearch\":[],\"ExtraHosts\":null,\"GroupAdd\":null,\"IpcMode\":\"\",\"Cgroup\":\"\",\"Links\":null,"
	"\"OomScoreAdj\":0,\"PidMode\":\"\",\"Privileged\":false,\"PublishAllPorts\":false,\"ReadonlyRootfs\":false,\"SecurityOpt\":null,\"UTSMode\":\"\","
	"\"UsernsMode\":\"\",\"ShmSize\":0,\"ConsoleSize\":[24,80],\"Isolation\":\"\",\"CpuShares\":0,\"Memory\":0,\"NanoCpus\":0,\"CgroupParent\":\"\",\"BlkioWeight\":0,"
	"\"BlkioWeightDevice\":[],\"BlkioDeviceReadBps\":null,\"CpuPeriod\":0,\"CpuQuota\":0,\"CpusetCpus\":\"\",\"CpusetMems\":\"\",\"Devices\":[],"
	"\"DeviceCgroupRules\":null,\"DeviceRequests\":null,\"KernelMemory\":0,\"MemoryReservation\":0,\"MemorySwap\":0,\"MemorySwappiness\":-1,"
	"\"OomKillDisable\":false,\"PidsLimit\":0,\"Ulimits\":null,\"CpuCount\":0,\"CpuPercent\":0,\"IOMaximumIOps\":0,\"IOMaximumBandwidth\":0,\"MaskedPaths\":null,"
	"\"ReadonlyPaths\":null$},\"NetworkingConfig\":{\"EndpointsConfig\":{}}}";

/* The body with members in the places of others: "Tty":false becomes "Tty":true. */
static char *change(const char *members, const char *more)
{
	g_auto(GStrv) parts = g_strsplit(config, "$", 3);
	g_autofree char *body = g_strconcat(parts[0], more, parts[1], parts[2], NULL);
	g_auto(GStrv) changes = g_strsplit(members, " ", -1);

	for (char **at = changes; *at && **at; at++) {
		const char *colon = strchr(*at, ':');
		g_autofree char *name = g_strndup(*at, (gsize)(colon - *at) + 1), *old = g_steal_pointer(&body);
		const char *from = strstr(old, name), *to = from + strlen(name);
		g_assert_nonnull(from);
		for (int depth = 0; depth || (*to != ',' && *to != '}'); to++)
			depth += (*to == '{' || *to == '[') - (*to == '}' || *to == ']');
		body = g_strdup_printf("%.*s%s%s", (int)(from - old), old, *at, to);
	}
	return g_steal_pointer(&body);
}

typedef struct Row {
	const char *members, *more, *line; /* line NULL: there is none */
} Row;

static const Row rows[] = {
	{ "", "", "run x:1" },
	{ "\"Privileged\":true \"AutoRemove\":true \"Cmd\":[\"echo\",\"ran\"] \"NetworkMode\":\"none\"", "", "run --rm --privileged --network=none x:1 echo ran" },
	{ "\"Tty\":true \"OpenStdin\":true \"StdinOnce\":true \"AttachStdin\":true", "", "run --tty --interactive x:1" },
	{ "\"AttachStdout\":false \"AttachStderr\":false", "", "run --detach x:1" },
	{ "\"AttachStdout\":false", "", NULL },
	{ "\"OpenStdin\":true", "", NULL },
	{ "\"Hostname\":\"h\" \"Domainname\":\"d\" \"User\":\"1:2\" \"WorkingDir\":\"/w\" \"Entrypoint\":[\"/bin/sh\"]", "",
		"run --hostname=h --domainname=d --user=1:2 --workdir=/w --entrypoint=/bin/sh x:1" },
	{ "\"Entrypoint\":[\"\"]", "", "run --entrypoint= x:1" },
	{ "\"Entrypoint\":[\"sh\",\"-c\"]", "", NULL },
	{ "\"Env\":[\"A=b\"]", "", NULL },
	{ "\"Labels\":{\"a\":\"b\"}", "", NULL },
	{ "", "\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"]},", NULL },
	{ "", "\"StopSignal\":\"SIGINT\",", "run --stop-signal=SIGINT x:1" },
	{ "", "\"StopTimeout\":5,", NULL },
	{ "", "\"Unknown\":{\"a\":[0,\"\",{\"b\":false}]},", "run x:1" },
	{ "", "\"Unknown\":{\"a\":[0,\"\",{\"b\":true}]},", NULL },
	{ "", "\"privileged\":true,", NULL },
	{ "", "\"ExposedPorts\":{\"80/tcp\":{},\"81/udp\":{}},", "run --expose=80/tcp --expose=81/udp x:1" },
	{ "\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"8080\"}]}", "\"ExposedPorts\":{\"80/tcp\":{}},", "run --publish=8080:80/tcp x:1" },
	{ "\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"80\"},{\"HostIp\":\"::1\",\"HostPort\":\"\"}]}", "\"ExposedPorts\":{\"80/tcp\":{}},",
		"run --publish=0.0.0.0:80:80/tcp --publish=[::1]::80/tcp x:1" },
	{ "\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"8080\"}]}", "", NULL },
	{ "\"Volumes\":{\"/v\":{}} \"Binds\":[\"/srv/a:/a:ro\",\"data:/n\"]", "", "run --volume=/v --volume=/srv/a:/a:ro --volume=data:/n x:1" },
	{ "\"Volumes\":{\"/v:/w\":{}}", "", NULL },
	{ "\"Type\":\"journald\"", "", "run --log-driver=journald x:1" },
	{ "\"Config\":{\"tag\":\"t\"}", "", NULL },
	{ "\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":3}", "", "run --restart=on-failure:3 x:1" },
	{ "\"RestartPolicy\":{\"Name\":\"always\",\"MaximumRetryCount\":0}", "", "run --restart=always x:1" },
	{ "\"CapAdd\":[\"NET_ADMIN\",\"SYS_ADMIN\"] \"CapDrop\":[\"ALL\"] \"PidMode\":\"host\" \"IpcMode\":\"host\" \"UTSMode\":\"host\"", "",
		"run --cap-add=NET_ADMIN --cap-add=SYS_ADMIN --cap-drop=ALL --ipc=host --pid=host --uts=host x:1" },
	{ "\"SecurityOpt\":[\"no-new-privileges\",\"seccomp=unconfined\"]", "", "run --security-opt=no-new-privileges --security-opt=seccomp=unconfined x:1" },
	{ "\"SecurityOpt\":[\"seccomp={}\"]", "", NULL },
	{ "\"MaskedPaths\":[] \"ReadonlyPaths\":[]", "", "run --security-opt=systempaths=unconfined x:1" },
	{ "\"MaskedPaths\":[]", "", NULL },
	{ "\"MaskedPaths\":[\"/proc/x\"] \"ReadonlyPaths\":[]", "", NULL },
	{ "\"Memory\":536870912 \"NanoCpus\":1500000000 \"PidsLimit\":200 \"ShmSize\":67108864 \"MemorySwap\":-1", "",
		"run --shm-size=67108864 --memory=536870912 --cpus=1.500000000 --memory-swap=-1 --pids-limit=200 x:1" },
	{ "\"MemorySwappiness\":0", "", NULL },
	{ "\"Devices\":[{\"PathOnHost\":\"/dev/a\",\"PathInContainer\":\"/dev/b\",\"CgroupPermissions\":\"rwm\"}]", "", "run --device=/dev/a:/dev/b:rwm x:1" },
	{ "\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":1,\"Hard\":2}]", "", "run --ulimit=nofile=1:2 x:1" },
	{ "\"DeviceRequests\":[{\"Count\":-1}]", "", NULL },
	{ "\"EndpointsConfig\":{\"default\":{\"IPAMConfig\":null,\"Aliases\":null}}", "", "run x:1" },
	{ "\"NetworkMode\":\"n\" \"EndpointsConfig\":{\"n\":{\"IPAMConfig\":{\"IPv4Address\":\"10.0.0.9\"}}}", "", NULL },
	{ "\"EndpointsConfig\":{\"other\":{}}", "", NULL },
	{ "\"Cmd\":[\"a\\nb\"]", "", NULL },
	{ "\"Cmd\":[\"--privileged\",\"-x\"]", "", "run x:1 --privileged -x" },
	{ "\"Image\":\"--privileged\"", "", NULL },
	{ "\"Image\":\"\"", "", NULL },
};

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *body = change(rows[i].members, rows[i].more);
		StringList words;
		bool typed = type("/v1.41/containers/create", body, arena, &words);

		if (typed != (rows[i].line != NULL))
			g_error("%s %s: %s", rows[i].members, rows[i].more, typed ? "there is no such line" : "there is a line");
		if (!typed)
			continue;
		g_autofree char *line = join(&words);
		g_assert_cmpstr(line, ==, rows[i].line);
	}
}

/* What HostConfig has beside the rows above is written with it. */
static void test_more_of_the_host(void)
{
	static const char more[] = ",\"Tmpfs\":{\"/t\":\"size=1m\",\"/u\":\"\"},\"Sysctls\":{\"net.ipv4.ip_forward\":\"1\"},\"Runtime\":\"runc\",\"Init\":false";
	g_auto(GStrv) parts = g_strsplit(config, "$", 3);
	g_autofree char *body = g_strconcat(parts[0], parts[1], more, parts[2], NULL);
	g_autofree char *mounts = g_strconcat(parts[0], parts[1], ",\"Mounts\":[{\"Type\":\"volume\",\"Target\":\"/v\"}]", parts[2], NULL);
	g_autoptr(Arena) arena = arena_new();
	StringList words;

	g_assert_true(type("/containers/create", body, arena, &words));
	g_autofree char *line = join(&words);
	g_assert_cmpstr(line, ==, "run --tmpfs=/t:size=1m --tmpfs=/u --sysctl=net.ipv4.ip_forward=1 --runtime=runc --init=false x:1");
	g_assert_false(type("/containers/create", mounts, arena, &words));
}

static void test_query(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *body = change("", "");
	StringList words;

	g_assert_true(type("/containers/create?name=web&platform=", body, arena, &words));
	g_autofree char *line = join(&words);
	g_assert_cmpstr(line, ==, "run --name=web x:1");
	g_assert_false(type("/containers/create?name=web&other=1", body, arena, &words));
	g_assert_false(type("/containers/create?name=%zz", body, arena, &words));
}

/* As many bytes as there may be, and one more. */
static void test_limit(void)
{
	const size_t room = LIMIT_TYPED_BYTES - strlen("run x:1 ") - 1;

	for (size_t over = 0; over < 2; over++) {
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *word = g_strnfill(room + over, 'a'), *member = g_strdup_printf("\"Cmd\":[\"%s\"]", word), *body = change(member, "");
		StringList words;

		g_assert_cmpint(type("/containers/create", body, arena, &words), ==, over == 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/typed/rows", test_rows);
	g_test_add_func("/typed/host", test_more_of_the_host);
	g_test_add_func("/typed/query", test_query);
	g_test_add_func("/typed/limit", test_limit);
	return g_test_run();
}
