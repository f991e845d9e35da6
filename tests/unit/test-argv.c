/* SPDX-License-Identifier: MIT
 *
 * docker command lines: what they ask for, and what the CLI itself would refuse.
 */
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "request/argv/argv.h"

static bool read_whole(const char *line, const ArgvContext *given, Arena *arena, ArgvReading *ret, GError **error)
{
	static Pair classic[] = { { "DOCKER_BUILDKIT", "0" } };
	static const PairList known = { classic, 1 }, nothing = { NULL, 0 };
	static const StringList none = { NULL, 0 };
	ArgvContext context = given ? *given : (ArgvContext){ .cwd = "/home/dev", .home = "/home/dev", .env = &known, .unset = &none, .files = &nothing };
	g_auto(GStrv) argv = NULL;
	int argc;

	g_assert_true(g_shell_parse_argv(line, &argc, &argv, NULL));
	/* The words outlive the caller's in the arena, as on the bus. */
	const char **words = arena_alloc(arena, ((size_t)argc + 1) * sizeof *words);
	for (int i = 0; i < argc; i++)
		words[i] = arena_strdup(arena, argv[i]);
	return argv_read_line(words, (size_t)argc, &context, arena, ret, error);
}

static Request *read_line(const char *line, const ArgvContext *given, Arena *arena, GError **error)
{
	ArgvReading reading;

	return read_whole(line, given, arena, &reading, error) ? reading.request : NULL;
}

typedef struct Row {
	const char *line, *summary;
	RequestKind kind;
	const char *image; /* registry/repository, or NULL */
} Row;

static const Row good[] = {
	{ "docker run --privileged ubuntu", "docker run --privileged ubuntu", KIND_CONTAINER_CREATE, "library/ubuntu" },
	{ "run ubuntu", "docker run ubuntu", KIND_CONTAINER_CREATE, "library/ubuntu" },
	{ "docker -D -H unix:///x run ubuntu", "docker run ubuntu", KIND_CONTAINER_CREATE, "library/ubuntu" },
	{ "docker container --help run -it --rm a:1 sh -c 'echo --privileged'", "docker container run a:1", KIND_CONTAINER_CREATE, "library/a" },
	{ "docker run -e A=secret --label b=secret x", "docker run x", KIND_CONTAINER_CREATE, "library/x" },
	{ "docker run --env=A=secret x", "docker run x", KIND_CONTAINER_CREATE, "library/x" },
	{ "docker run -- x", "docker run x", KIND_CONTAINER_CREATE, "library/x" },
	{ "docker create x", "docker create x", KIND_CONTAINER_CREATE, "library/x" },
	{ "docker exec -u 0 web sh", "docker exec --user 0 web", KIND_EXEC_CREATE, NULL },
	{ "docker pull -q evil.test/a", "docker pull evil.test/a:latest", KIND_IMAGE_PULL, "a" },
	{ "docker push a --quiet", "docker push docker.io/library/a:latest", KIND_IMAGE_PUSH, "library/a" },
	{ "docker tag a evil.test/b", "docker tag a evil.test/b:latest", KIND_IMAGE_TAG, "b" },
	{ "docker build --build-arg X=secret -t a .", "docker build -t a", KIND_IMAGE_BUILD, "library/a" },
	{ "docker buildx build --build-arg X=secret .", "docker buildx build", KIND_BUILDKIT, NULL },
	{ "docker start web db", "docker start web", KIND_CONTAINER_START, NULL },
	{ "docker ps -a", "docker ps", KIND_READ, NULL },
	{ "docker --help", "docker", KIND_READ, NULL },
	{ "docker run --help", "docker run", KIND_READ, NULL },
	{ "docker swarm init --force-new-cluster", "docker swarm init", KIND_SWARM, NULL },
	{ "docker swarm join-token worker", "docker swarm join-token", KIND_SWARM, NULL },
	{ "docker plugin install a/x", "docker plugin install docker.io/a/x", KIND_PLUGIN, "a/x" },
	{ "docker cp web:/etc/passwd -", "docker cp web", KIND_READ, NULL },
	{ "docker cp . web:/etc", "docker cp web", KIND_LIFECYCLE, NULL },
	{ "docker login -u a -p secret", "docker login", KIND_LIFECYCLE, NULL },
	{ "docker network create -d macvlan -o parent=eth0 n", "docker network create n", KIND_LIFECYCLE, NULL },
	{ "docker service create --mount type=bind,src=/etc,dst=/x nginx:1", "docker service create -v /etc:/x nginx:1", KIND_SERVICE, "library/nginx" },
	{ "docker volume create --opt type=none --opt o=bind --opt device=/etc v", "docker volume create -v /etc: v", KIND_VOLUME_CREATE, NULL },
};

static void test_good(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GError) error = NULL;
		ArgvReading reading;

		g_test_message("%s", good[i].line);
		(void)read_whole(good[i].line, NULL, arena, &reading, &error);
		g_assert_no_error(error);
		const Request *request = reading.request;
		g_assert_cmpint(request->kind, ==, good[i].kind);
		g_assert_true(request->mutates == (good[i].kind != KIND_READ || request->use));
		g_assert_cmpstr(reading.command, ==, good[i].summary);
		g_assert_null(strstr(request->summary, "secret"));
		for (size_t w = 0; w < reading.words.count; w++)
			g_assert_null(strstr(reading.words.items[w], "secret"));
		if (good[i].image)
			g_assert_cmpstr(request->image.repository, ==, good[i].image);
	}
}

#define BUILDER_B "docker create --name buildx_buildkit_b0 --privileged moby/buildkit:buildx-stable-1"
#define BUILDER_DEFAULT "docker create --name buildx_buildkit_builder0 --privileged moby/buildkit:buildx-stable-1"
#define PULL_BUILDER "docker pull docker.io/moby/buildkit:buildx-stable-1"
#define BUILD_ON_HOST "docker build --network host"
#define UNCONFINED "docker create --privileged moby/buildkit:buildx-stable-1"
#define BUILDKIT "BuildKit channel"

/* What the calls of a line are: its names one by one, and what follows. */
static void test_calls(void)
{
	static const struct { const char *line, *calls[6]; int32_t names[6]; } rows[] = {
		{ "docker start a b", { "docker start a", "docker start b", "-" }, { 2, 3, -1 } },
		{ "docker start -a web", { "docker start web", "docker attach web" }, { 3, -1 } },
		{ "docker rm -f a -v b -- c", { "docker rm a", "docker rm b", "docker rm c" }, { 3, 5, 7 } },
		{ "docker rmi x", { "docker rmi x" }, { 2 } },
		{ "docker inspect --type volume a b", { "docker volume inspect a", "docker volume inspect b" }, { 4, 5 } },
		{ "docker stats a b", { "docker stats a", "docker stats b" }, { 2, 3 } },
		{ "docker stats", { "docker events" }, { -1 } },
		{ "docker service scale a=1 b=2", { "docker service update a", "docker service update b" }, { 3, 4 } },
		{ "docker exec web sh -c x", { "docker exec web", "docker exec (start) ID" }, { -1, -1 } },
		{ "docker create x", { "docker create x", "? docker pull docker.io/library/x:latest" }, { -1, -1 } },
		{ "docker run x", { "docker create x", "docker start ID", "docker attach ID", "? docker pull docker.io/library/x:latest" }, { -1, -1, -1, -1 } },
		{ "docker run -d --pull always a/x:1", { "docker create a/x:1", "docker start ID", "-", "docker pull docker.io/a/x:1" }, { -1, -1, -1, -1 } },
		{ "docker run --pull never x", { "docker create x", "docker start ID", "docker attach ID", "-" }, { -1, -1, -1, -1 } },
		{ "docker plugin install a/x K=V", { "docker plugin install docker.io/a/x", "docker plugin set a/x", "docker plugin enable a/x" }, { -1, -1, -1 } },
		{ "docker plugin install --alias y --disable a/x", { "docker plugin install docker.io/a/x", "-", "-" }, { -1, -1, -1 } },
		{ "docker plugin install --alias y a/x", { "docker plugin install docker.io/a/x", "-", "docker plugin enable y" }, { -1, -1, -1 } },
		{ "docker system prune --volumes", { "docker container prune", "docker network prune", "docker volume prune", "docker image prune",
			"docker builder prune" }, { -1, -1, -1, -1, -1 } },
		{ "docker plugin set p A=1 B=2", { "docker plugin set p" }, { -1 } },
		{ "docker rm --help a b", { "ping" }, { -1 } },
		{ "docker buildx build .", { BUILDKIT, "-", "-", "-", "-" }, { -1, -1, -1, -1, -1 } },
		{ "docker buildx build --network none .", { BUILDKIT, "-", "-", "-", "-" }, { -1, -1, -1, -1, -1 } },
		{ "docker buildx build --network host .", { BUILDKIT, BUILD_ON_HOST, "-", "-", "-" }, { -1, -1, -1, -1, -1 } },
		{ "docker buildx build --allow network.host .", { BUILDKIT, BUILD_ON_HOST, "-", "-", "-" }, { -1, -1, -1, -1, -1 } },
		{ "docker buildx b --allow security.insecure,network.host .", { BUILDKIT, BUILD_ON_HOST, UNCONFINED, "-", "-" },
			{ -1, -1, -1, -1, -1 } },
		{ "docker buildx build --allow device=vendor.com/x .", { BUILDKIT, "-", UNCONFINED, "-", "-" }, { -1, -1, -1, -1, -1 } },
		{ "docker buildx build --builder default .", { BUILDKIT, "-", "-", "-", "-" }, { -1, -1, -1, -1, -1 } },
		{ "docker buildx build --builder b .", { BUILDER_B, "-", "-", PULL_BUILDER, "docker start ID" }, { -1, -1, -1, -1, -1 } },
		{ "docker buildx create", { BUILDER_DEFAULT, PULL_BUILDER, "docker start ID" }, { -1, -1, -1 } },
		{ "docker builder create --name b --driver docker-container", { BUILDER_B, PULL_BUILDER, "docker start ID" }, { -1, -1, -1 } },
		{ "docker buildx create --driver remote tcp://192.0.2.1:1", { "ping", "-", "-" }, { -1, -1, -1 } },
		{ "docker buildx create --driver kubernetes", { "ping", "-", "-" }, { -1, -1, -1 } },
		{ "docker buildx create --leave --name b --node b0", { "ping", "-", "-" }, { -1, -1, -1 } },
		{ "docker buildx inspect --bootstrap", { BUILDKIT, "-", "-" }, { -1, -1, -1 } },
		{ "docker buildx inspect b", { BUILDKIT, "-", "-" }, { -1, -1, -1 } },
		{ "docker buildx inspect --bootstrap b", { BUILDER_B, PULL_BUILDER, "docker start ID" }, { -1, -1, -1 } },
		{ "docker buildx --builder b build .", { BUILDER_B, "-", "-", PULL_BUILDER, "docker start ID" }, { -1, -1, -1, -1, -1 } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		static const PairList nothing = { NULL, 0 };
		static const StringList none = { NULL, 0 };
		ArgvContext context = { .cwd = "/", .env = &nothing, .unset = &none };
		ArgvReading reading = { .calls = 1 };
		g_autoptr(GError) error = NULL;
		for (; context.call < reading.calls; context.call++) {
			g_assert_true(read_whole(rows[i].line, &context, arena, &reading, NULL));
			const char *mark = reading.made == ARGV_MADE_IF_ABSENT ? "? " : "";
			const char *said = reading.made == ARGV_NOT_MADE ? "-" : arena_printf(arena, "%s%s", mark, reading.request->summary);
			g_test_message("%s: %zu: %s", rows[i].line, context.call, said);
			g_assert_cmpuint(context.call, <, G_N_ELEMENTS(rows[i].calls));
			g_assert_cmpstr(said, ==, rows[i].calls[context.call]);
			g_assert_cmpint(reading.name_index, ==, rows[i].names[context.call]);
		}
		g_assert_false(read_whole(rows[i].line, &context, arena, &reading, &error));
		g_assert_true(g_error_matches(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID));
	}
}

/* What docker run starts is what it has made. */
static void test_made(void)
{
	g_autoptr(Arena) arena = arena_new();
	const ArgvContext context = { .cwd = "/", .call = 1 };
	ArgvReading reading;

	g_assert_true(read_whole("docker run --privileged -d x", &context, arena, &reading, NULL));
	g_assert_cmpint(reading.request->kind, ==, KIND_CONTAINER_START);
	g_assert_true(reading.request->stored && reading.request->stored->container.privileged);
	g_assert_cmpstr(reading.command, ==, "docker run --privileged x");
	g_assert_true(read_whole("docker start x y", &context, arena, &reading, NULL));
	g_assert_null(reading.request->stored);
	g_assert_cmpstr(reading.command, ==, "docker start y");
}

/* More names than are judged are not judged in part. */
static void test_most_calls(void)
{
	for (size_t count = LIMIT_ARGV_CALLS; count <= LIMIT_ARGV_CALLS + 1; count++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GError) error = NULL;
		g_autoptr(GString) line = g_string_new("docker rm");
		ArgvReading reading = { .calls = 0 };
		for (size_t i = 0; i < count; i++)
			g_string_append_printf(line, " c%zu", i);
		bool taken = read_whole(line->str, NULL, arena, &reading, &error);
		g_assert_true(taken == (count == LIMIT_ARGV_CALLS));
		g_assert_cmpuint(reading.calls, ==, taken ? count : 0);
		g_assert_true(taken || strstr(error->message, "513 names are more than are judged at once (512)"));
	}
}

/* docker's own flags have names that commands use for something else. */
/* What the plugin will not see is foretold as not seen. */
static void test_unseen(void)
{
	static const struct { const char *line; bool unseen; } rows[] = {
		{ "docker build .", true },
		{ "docker build -", true },
		{ "docker image build -t a --network none .", true },
		{ "docker import - a", true },
		{ "docker import a.tar", true },
		{ "docker import http://example.net/a.tar a", false },
		{ "docker pull a", false },
		{ "docker load", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GError) error = NULL;
		const Request *request = read_line(rows[i].line, NULL, arena, &error);
		g_assert_no_error(error);
		g_test_message("%s", rows[i].line);
		g_assert_cmpint(request->problem, ==, PROBLEM_NONE);
		g_assert_cmpint(request->unseen_body, ==, rows[i].unseen);
	}
}

static void test_global_flags(void)
{
	static const char *const lines[] = {
		"docker -H unix:///x service create --host a:1.2.3.4 nginx", "docker --config /c service create nginx", "docker -H unix:///x service create nginx",
		"docker -D -l debug --context c run --name n nginx",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GError) error = NULL;
		Request *request = read_line(lines[i], NULL, arena, &error);
		g_test_message("%s", lines[i]);
		g_assert_no_error(error);
		g_assert_cmpuint(request->container.extra_hosts.count, ==, i == 0);
	}
}

static void test_refused(void)
{
	static const struct { const char *line, *message; } rows[] = {
		{ "docker", "a docker command was expected" },
		{ "docker run", "docker run: expected IMAGE [COMMAND] [ARG...], found 0 arguments" },
		{ "docker run --rm", "docker run: expected IMAGE" },
		{ "docker run --privilegd x", "unknown flag: --privilegd (did you mean --privileged?)" },
		{ "docker run -Z x", "unknown shorthand flag: 'Z' in -Z" },
		{ "docker run -itZ x", "unknown shorthand flag: 'Z' in -Z" },
		{ "docker run --name", "flag needs an argument: --name" },
		{ "docker run -p", "flag needs an argument: --publish" },
		{ "docker run --privileged=maybe x", "\"maybe\" for --privileged: expected true or false" },
		{ "docker run --memory much x", "invalid value \"much\" for --memory" },
		{ "docker run --cpus x x", "invalid value \"x\" for --cpus" },
		{ "docker run --pids-limit x x", "invalid value \"x\" for --pids-limit" },
		{ "docker run --mount type=bind x", "a target" },
		{ "docker run --mount typ=bind,target=/x x", "no key \"typ\" (did you mean type?)" },
		{ "docker run --mount type=bind,source=/a,target=/x,volume-nocopy x", "volume-* keys do not go with type=bind" },
		{ "docker run --network name=host,alias=x y", "aliases go with a network of your own" },
		{ "docker run --rm --restart always x", "--restart does not go together with --rm" },
		{ "docker run Alpine", "must be in lower case" },
		{ "docker run --device fuse x", "not an absolute path" },
		{ "docker run -p 99999:80 x", "a host port" },
		{ "docker run --cpu-count 1 x", "only with a daemon on Windows" },
		{ "docker run -e 'pass word=x' --env = x", "\"***\" for --env" },
		{ "docker --host unix:///a --context b ps", "--host does not go together with --context" },
		{ "docker container foo", "\"container foo\"" },
		{ "docker container rnu x", "did you mean run?" },
		{ "docker buildx bake", "asks for many things at once" },
		{ "docker builder bake", "asks for many things at once" },
		{ "docker buildx create --driver docker", "there is one such builder" },
		{ "docker buildx create --driver lxc", "expected docker-container, kubernetes or remote" },
		{ "docker buildx create --driver-opt network", "expected KEY=VALUE" },
		{ "docker buildx create --driver-opt memory=much", "expected a size" },
		{ "docker buildx create a b", "expected [CONTEXT|ENDPOINT]" },
		{ "docker buildx create --privileged", "--privileged" },
		{ "docker stack deploy -c x y", "asks for many things at once" },
		{ "docker run --security-opt what x", "invalid value \"what\" for --security-opt" },
		{ "docker run --sysctl what x", "invalid value \"what\" for --sysctl" },
		{ "docker run -p x x", "invalid value \"x\" for --publish" },
		{ "docker run -e =x x", "invalid value \"***\" for --env" },
		{ "docker rnu x", "docker has no command \"rnu\" that can be validated; did you mean run?" },
		{ "docker compose up", "which its files say; sentinel validate -- docker compose up (or create) reads them and judges each" },
		{ "docker pull", "docker pull: expected NAME[:TAG|@DIGEST], found 0 arguments" },
		{ "docker pull a b", "docker pull: expected NAME[:TAG|@DIGEST], found 2 arguments" },
		{ "docker exec web", "docker exec: expected CONTAINER COMMAND" },
		{ "docker rm a '' b", "docker rm: expected CONTAINER [CONTAINER...], found an empty argument" },
		{ "docker ps x", "docker ps: expected no arguments, found 1 argument" },
		{ "docker tag a", "docker tag: expected SOURCE_IMAGE" },
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
	const ContainerSpec *c = spec_of("docker run --privileged=true --read-only -P --name n -u 1000:1000 -w /w -h host --network=host --pid host --ipc host --uts host "
		"--userns host --cgroupns host --cap-add sys_admin --cap-add=CAP_NET_RAW --cap-drop all --security-opt no-new-privileges --security-opt seccomp=unconfined "
		"--sysctl net.a=1 --runtime r --cgroup-parent /c --restart always --log-driver none -m 512m --cpus 1.5 --cpu-quota 5 --pids-limit 100 --oom-score-adj -5 "
		"--device /dev/fuse:/dev/x:rw --device-cgroup-rule 'a *:* rwm' --gpus all --volumes-from db --dns 1.1.1.1 -p 127.0.0.1:80:8080/tcp --entrypoint sh a -c x", arena);

	g_assert_true(c->privileged && c->read_only_rootfs && c->publish_all_ports);
	g_assert_cmpstr(c->user, ==, "1000:1000");
	g_assert_cmpstr(c->network_mode, ==, "host");
	g_assert_cmpstr(c->pid_mode, ==, "host");
	g_assert_cmpstr(c->cgroupns_mode, ==, "host");
	g_assert_cmpstr(c->cap_add.items[0], ==, "NET_RAW"); /* sorted, as they are sent */
	g_assert_cmpstr(c->cap_add.items[1], ==, "SYS_ADMIN");
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
	g_assert_cmpstr(spec_of("docker run --network name=host a", arena)->network_mode, ==, "host");
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

/* What the caller's config.json says of proxies becomes an argument of a build, unless the line says it; a build with another value is another one. */
static void test_proxies(void)
{
	static const struct { const char *line, *arguments; } rows[] = {
		{ "docker build --build-arg A=1 https://x/y.git", "A=1 HTTP_PROXY=http://p http_proxy=http://p " },
		{ "docker build --build-arg HTTP_PROXY=q --build-arg http_proxy=q https://x/y.git", "HTTP_PROXY=q http_proxy=q " },
	};
	static Pair files[] = { { "/h/.docker/config.json", "{\"proxies\":{\"default\":{\"httpProxy\":\"http://p\"},\"x\":{\"httpProxy\":\"no\"}}}" } };
	static Pair classic[] = { { "DOCKER_BUILDKIT", "0" } };
	const PairList env = { classic, 1 }, file_list = { files, 1 };
	const StringList unset = { NULL, 0 };
	const ArgvContext context = { .cwd = "/", .home = "/h", .env = &env, .unset = &unset, .files = &file_list };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autoptr(GError) error = NULL;
		const Request *request = read_line(rows[i].line, &context, arena, &error);
		g_autoptr(GString) arguments = g_string_new(NULL);
		g_assert_no_error(error);
		for (size_t j = 0; j < request->container.env.count; j++)
			g_string_append_printf(arguments, "%s ", request->container.env.items[j]);
		g_assert_cmpstr(arguments->str, ==, rows[i].arguments);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/argv/good", test_good);
	g_test_add_func("/argv/calls", test_calls);
	g_test_add_func("/argv/made", test_made);
	g_test_add_func("/argv/most-calls", test_most_calls);
	g_test_add_func("/argv/unseen", test_unseen);
	g_test_add_func("/argv/global-flags", test_global_flags);
	g_test_add_func("/argv/refused", test_refused);
	g_test_add_func("/argv/container", test_container);
	g_test_add_func("/argv/mounts", test_mounts);
	g_test_add_func("/argv/needs-input", test_needs_input);
	g_test_add_func("/argv/proxies", test_proxies);
	return g_test_run();
}
