/* SPDX-License-Identifier: MIT
 *
 * docker command lines: what they ask for, and what the CLI itself would refuse.
 */
#include <string.h>
#include "base/error.h"
#include "request/argv.h"

static Request *read_line(const char *line, const ArgvContext *given, Arena *arena, GError **error)
{
	static const PairList nothing = { NULL, 0 };
	ArgvContext context = given ? *given : (ArgvContext){ .cwd = "/home/dev", .home = "/home/dev", .env = &nothing, .files = &nothing };
	g_auto(GStrv) argv = NULL;
	int argc;

	g_assert_true(g_shell_parse_argv(line, &argc, &argv, NULL));
	/* The words outlive the caller's in the arena, as on the bus. */
	const char **words = arena_alloc(arena, ((size_t)argc + 1) * sizeof *words);
	for (int i = 0; i < argc; i++)
		words[i] = arena_strdup(arena, argv[i]);
	return argv_read(words, (size_t)argc, &context, arena, error);
}

typedef struct Row {
	const char *line, *summary;
	RequestKind kind;
	const char *image; /* registry/repository, or NULL */
} Row;

static const Row good[] = {
	{ "docker run --privileged ubuntu", "docker run --privileged ubuntu", KIND_CONTAINER_CREATE, "library/ubuntu" },
	{ "run ubuntu", "docker run ubuntu", KIND_CONTAINER_CREATE, "library/ubuntu" },
	{ "docker -D -H unix:///x --context c run ubuntu", "docker run ubuntu", KIND_CONTAINER_CREATE, "library/ubuntu" },
	{ "docker container run -it --rm a:1 sh -c 'echo --privileged'", "docker container run -i -t --rm a:1 sh -c 'echo --privileged'", KIND_CONTAINER_CREATE, "library/a" },
	{ "docker run -e A=secret --label b=secret x", "docker run -e A=*** --label b=*** x", KIND_CONTAINER_CREATE, "library/x" },
	{ "docker run --env=A=secret x", "docker run --env A=*** x", KIND_CONTAINER_CREATE, "library/x" },
	{ "docker run -- x", "docker run x", KIND_CONTAINER_CREATE, "library/x" },
	{ "docker create x", "docker create x", KIND_CONTAINER_CREATE, "library/x" },
	{ "docker exec -u 0 web sh", "docker exec -u 0 web sh", KIND_EXEC_CREATE, NULL },
	{ "docker pull -q evil.test/a", "docker pull -q evil.test/a", KIND_IMAGE_PULL, "a" },
	{ "docker push a --quiet", "docker push a --quiet", KIND_IMAGE_PUSH, "library/a" },
	{ "docker tag a evil.test/b", "docker tag a evil.test/b", KIND_IMAGE_TAG, "b" },
	{ "docker build --build-arg X=secret -t a .", "docker build --build-arg X=*** -t a .", KIND_IMAGE_BUILD, "library/a" },
	{ "docker start web db", "docker start web db", KIND_CONTAINER_START, NULL },
	{ "docker ps -a", "docker ps -a", KIND_READ, NULL },
	{ "docker swarm init --force-new-cluster", "docker swarm init --force-new-cluster", KIND_SWARM, NULL },
	{ "docker plugin install x", "docker plugin install x", KIND_PLUGIN, NULL },
	{ "docker volume create --opt type=none --opt o=bind --opt device=/etc v", "docker volume create --opt type=none --opt o=bind --opt device=/etc v", KIND_VOLUME_CREATE, NULL },
};

static void test_good(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GError) error = NULL;
		Request *request = read_line(good[i].line, NULL, arena, &error);

		g_test_message("%s", good[i].line);
		g_assert_no_error(error);
		g_assert_cmpint(request->kind, ==, good[i].kind);
		g_assert_true(request->mutates == (good[i].kind != KIND_READ));
		g_assert_cmpstr(request->summary, ==, good[i].summary);
		g_assert_null(strstr(request->summary, "secret"));
		if (good[i].image)
			g_assert_cmpstr(request->image.repository, ==, good[i].image);
	}
}

static void test_refused(void)
{
	static const struct { const char *line, *message; } rows[] = {
		{ "docker", "a docker command was expected" },
		{ "docker run", "docker run: expected an image, found 0 arguments" },
		{ "docker run --rm", "docker run: expected an image" },
		{ "docker run --privilegd x", "unknown flag: --privilegd (did you mean --privileged?)" },
		{ "docker run -Z x", "unknown shorthand flag: 'Z' in -Z" },
		{ "docker run -itZ x", "unknown shorthand flag: 'Z' in -Z" },
		{ "docker run --name", "flag needs an argument: --name" },
		{ "docker run -p", "flag needs an argument: --publish" },
		{ "docker run --privileged=maybe x", "--privileged: expected true or false" },
		{ "docker run --memory much x", "invalid value \"much\" for --memory" },
		{ "docker run --cpus x x", "invalid value \"x\" for --cpus" },
		{ "docker run --pids-limit x x", "invalid value \"x\" for --pids-limit" },
		{ "docker run --mount type=bind x", "a target" },
		{ "docker run --mount typ=bind,target=/x x", "found \"typ\"" },
		{ "docker run --mount type=bind,source=a,target=/x x", "an absolute source" },
		{ "docker run --security-opt what x", "invalid value \"what\" for --security-opt" },
		{ "docker run --sysctl what x", "invalid value \"what\" for --sysctl" },
		{ "docker run -p x x", "invalid value \"x\" for --publish" },
		{ "docker run -e =x x", "invalid value \"=x\" for --env" },
		{ "docker rnu x", "docker has no command \"rnu\" that can be validated; did you mean run?" },
		{ "docker compose up", "docker compose asks for many things at once" },
		{ "docker pull", "docker pull: expected one image" },
		{ "docker pull a b", "docker pull: expected one image, found 2 arguments" },
		{ "docker exec web", "docker exec: expected a container and a command" },
		{ "docker tag a", "docker tag: expected a source and a target image" },
		{ "docker --nonsense run x", "unknown flag: --nonsense" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GError) error = NULL;
		g_assert_null(read_line(rows[i].line, NULL, arena, &error));
		g_assert_true(g_error_matches(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID));
		if (!strstr(error->message, rows[i].message))
			g_error("%s: '%s' does not say '%s'", rows[i].line, error->message, rows[i].message);
	}
}

static const ContainerSpec *spec_of(const char *line, Arena *arena)
{
	g_autoptr(GError) error = NULL;
	Request *request = read_line(line, NULL, arena, &error);

	g_assert_no_error(error);
	return &request->container;
}

static void test_container(void)
{
	g_autoptr(Arena) arena = arena_new();
	const ContainerSpec *c = spec_of("docker run --privileged=true --read-only --rm -P --name n -u 1000:1000 -w /w -h host --network=host --pid host --ipc host --uts host "
		"--userns host --cgroupns host --cap-add sys_admin --cap-add=CAP_NET_RAW --cap-drop all --security-opt no-new-privileges --security-opt seccomp=unconfined "
		"--sysctl net.a=1 --runtime r --cgroup-parent /c --restart always --log-driver none -m 512m --cpus 1.5 --cpu-quota 5 --pids-limit 100 --oom-score-adj -5 "
		"--device /dev/fuse:/dev/x:rw --device-cgroup-rule 'a *:* rwm' --gpus all --volumes-from db --dns 1.1.1.1 -p 127.0.0.1:80:8080/tcp --entrypoint sh a -c x", arena);

	g_assert_true(c->privileged && c->read_only_rootfs && c->auto_remove && c->publish_all_ports);
	g_assert_cmpstr(c->user, ==, "1000:1000");
	g_assert_cmpstr(c->network_mode, ==, "host");
	g_assert_cmpstr(c->pid_mode, ==, "host");
	g_assert_cmpstr(c->cgroupns_mode, ==, "host");
	g_assert_cmpstr(c->cap_add.items[0], ==, "SYS_ADMIN");
	g_assert_cmpstr(c->cap_add.items[1], ==, "NET_RAW");
	g_assert_cmpstr(c->cap_drop.items[0], ==, "ALL");
	g_assert_cmpuint(c->security_opt.count, ==, 2);
	g_assert_cmpstr(c->sysctls.items[0].key, ==, "net.a");
	g_assert_cmpint(c->memory, ==, 512 << 20);
	g_assert_cmpint(c->nano_cpus, ==, 1500000000);
	g_assert_cmpint(c->pids_limit, ==, 100);
	g_assert_cmpint(c->oom_score_adj, ==, -5);
	g_assert_cmpstr(c->devices.items[0].path_on_host, ==, "/dev/fuse");
	g_assert_cmpuint(c->device_requests, ==, 1);
	g_assert_cmpstr(c->ports.items[0].host_ip, ==, "127.0.0.1");
	g_assert_cmpstr(c->ports.items[0].host_port, ==, "80");
	g_assert_cmpstr(c->ports.items[0].container, ==, "8080/tcp");
	g_assert_cmpstr(c->entrypoint.items[0], ==, "sh");
	g_assert_cmpuint(c->command.count, ==, 2);
	g_assert_false(spec_of("docker run --privileged --privileged=false a", arena)->privileged);
	g_assert_true(spec_of("docker run --security-opt systempaths=unconfined a", arena)->masked_paths_set);
	g_assert_cmpint(spec_of("docker run -m 1.5g a", arena)->memory, ==, 1536 << 20);
	g_assert_cmpint(spec_of("docker run -m1GiB a", arena)->memory, ==, 1 << 30);
	g_assert_cmpstr(spec_of("docker run --network name=host,alias=x a", arena)->network_mode, ==, "host");
}

static void test_mounts(void)
{
	static const struct { const char *flags, *clean; bool read_only; } rows[] = {
		{ "-v /etc:/h", "/etc", false }, { "-v /etc:/h:ro", "/etc", true }, { "-v./x:/h", "/home/dev/x", false }, { "--volume=../y:/h", "/home/y", false },
		{ "-v data:/h", NULL, false }, { "-v /anonymous", NULL, false }, { "--mount type=bind,source=/etc,target=/h,readonly", "/etc", true },
		{ "--mount src=data,dst=/h", NULL, false }, { "--mount '\"type=bind\",source=/a,dst=/h'", "/a", false },
		{ "--mount type=volume,dst=/h,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/etc", "/etc", false }, { "--tmpfs /t", NULL, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		const ContainerSpec *c = spec_of(arena_printf(arena, "docker run %s a", rows[i].flags), arena);
		const Mount *bind = NULL;
		for (size_t m = 0; m < c->mounts.count; m++)
			if (c->mounts.items[m].kind == MOUNT_BIND)
				bind = &c->mounts.items[m];
		g_test_message("%s", rows[i].flags);
		g_assert_cmpstr(bind ? bind->clean : NULL, ==, rows[i].clean);
		g_assert_true(!bind || bind->read_only == rows[i].read_only);
	}
}

/* The service never reads what a caller names: it asks. */
static void test_needs_input(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GError) error = NULL;
	static const char line[] = "docker run --env-file .env -e HOME -e A=1 --label-file l --security-opt seccomp=p.json a";

	g_assert_null(read_line(line, NULL, arena, &error));
	g_assert_true(g_error_matches(error, SENTINEL_ERROR, SENTINEL_ERROR_NEEDS_INPUT));
	g_assert_cmpstr(error->message, ==, "[\"file:.env\",\"env:HOME\",\"file:l\",\"file:p.json\"]");

	Pair env[] = { { "HOME", "/h" }, { "FROM", "x" } };
	Pair files[] = { { ".env", "# comment\n\nB=2\n FROM\n" }, { "l", "k=v\n" }, { "p.json", "{}" } };
	const PairList env_list = { env, 2 }, file_list = { files, 3 };
	const ArgvContext context = { .cwd = "/", .env = &env_list, .files = &file_list };
	g_autoptr(GError) none = NULL;
	Request *request = read_line(line, &context, arena, &none);
	g_assert_no_error(none);
	g_assert_cmpuint(request->container.env.count, ==, 4);
	g_assert_cmpstr(request->container.env.items[0], ==, "B=2");
	g_assert_cmpstr(request->container.env.items[1], ==, "FROM=x");
	g_assert_cmpstr(request->container.env.items[2], ==, "HOME=/h");
	g_assert_cmpstr(request->container.labels.items[0].key, ==, "k");
	g_assert_cmpstr(request->container.security_opt.items[0], ==, "seccomp={}");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/argv/good", test_good);
	g_test_add_func("/argv/refused", test_refused);
	g_test_add_func("/argv/container", test_container);
	g_test_add_func("/argv/mounts", test_mounts);
	g_test_add_func("/argv/needs-input", test_needs_input);
	return g_test_run();
}
