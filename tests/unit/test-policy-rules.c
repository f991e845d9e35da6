/* SPDX-License-Identifier: MIT
 *
 * Every section of rules: what it lets through and what it finds.
 */
#include "policy-fixture.h"

#define CREATE "/v1.43/containers/create"
#define UPDATE "/v1.43/containers/web/update"

typedef struct Row {
	const char *rules;         /* below "rules:" */
	const char *method, *uri, *body;
	const char *rule; /* NULL: nothing is found */
} Row;

#define HOST(rules, host, rule) { rules, "POST", CREATE, "{\"Image\":\"a:1\",\"HostConfig\":{" host "}}", rule }
#define CONFIG(rules, config, rule) { rules, "POST", CREATE, "{\"Image\":\"a:1\"," config "}", rule }
#define CALL(rules, method, uri, rule) { rules, method, uri, NULL, rule }

static const Row rows[] = {
	HOST("shared_namespaces: {pid: {}}", "\"PidMode\":\"container:web\"", "shared_namespaces.pid"),
	HOST("shared_namespaces: {pid: {}}", "\"PidMode\":\"host\"", NULL),
	HOST("shared_namespaces: {ipc: {}}", "\"IpcMode\":\"container:web\"", "shared_namespaces.ipc"),
	HOST("shared_namespaces: {network: {}}", "\"NetworkMode\":\"container:web\"", "shared_namespaces.network"),
	HOST("shared_namespaces: {network: {}}", "\"NetworkMode\":\"containers\"", NULL),

	HOST("mounts: {block_shared_propagation: true}", "\"Binds\":[\"/srv:/x:rshared\"]", "mounts.block_shared_propagation"),
	HOST("mounts: {block_shared_propagation: true}", "\"Binds\":[\"/srv:/x:rslave\"]", NULL),
	HOST("mounts: {block_shared_propagation: true}", "\"Binds\":[\"/srv:/x:rslave\"]", NULL),
	/* A directory is read-only by itself and still hands out what lies in it. */
	HOST("mounts: {blocked: [{path: /data, allow_read_only: true}, {path: /data/key}]}", "\"Binds\":[\"/data:/x:ro\"]", "mounts.blocked"),
	HOST("mounts: {blocked: [{path: /data/a, allow_read_only: true}, {path: /data/b}]}", "\"Binds\":[\"/data:/x:ro\"]", "mounts.blocked"),
	HOST("mounts: {blocked: [{path: /data/a, allow_read_only: true}]}", "\"Binds\":[\"/data:/x:ro\"]", NULL),
	HOST("mounts: {blocked: [{path: /data, action: warn}, {path: /data/b}], allowed: [/data]}", "\"Binds\":[\"/data:/x\"]", "mounts.blocked"),

	{ "volumes: {allowed_drivers: [local]}", "POST", "/v1.43/volumes/create", "{\"Driver\":\"nfs\"}", "volumes.allowed_drivers" },
	{ "volumes: {allowed_drivers: [local]}", "POST", "/v1.43/volumes/create", "{\"Name\":\"v\"}", NULL },
	{ "volumes: {allowed_options: [size, type=tmpfs]}", "POST", "/v1.43/volumes/create", "{\"DriverOpts\":{\"type\":\"nfs\"}}", "volumes.allowed_options" },
	{ "volumes: {allowed_options: [size, type=tmpfs]}", "POST", "/v1.43/volumes/create", "{\"DriverOpts\":{\"type\":\"tmpfs\",\"size\":\"1\"}}", NULL },
	HOST("volumes: {allowed_drivers: [local]}", "\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v\",\"Target\":\"/x\",\"VolumeOptions\":{\"DriverConfig\":{\"Name\":\"nfs\"}}}]",
		"volumes.allowed_drivers"),

	HOST("logging: {allowed_drivers: [local]}", "\"LogConfig\":{\"Type\":\"fluentd\"}", "logging.allowed_drivers"),
	HOST("logging: {allowed_drivers: [local]}", "\"LogConfig\":{\"Type\":\"\",\"Config\":{}}", NULL),
	HOST("logging: {}", "\"LogConfig\":{\"Type\":\"fluentd\",\"Config\":{\"fluentd-address\":\"unix:///run/x\"}}", "logging.host_sockets"),
	HOST("logging: {}", "\"LogConfig\":{\"Type\":\"fluentd\",\"Config\":{\"fluentd-address\":\"/run/x\"}}", "logging.host_sockets"),
	HOST("logging: {}", "\"LogConfig\":{\"Type\":\"syslog\",\"Config\":{\"syslog-address\":\"UnixGram:///run/x\"}}", "logging.host_sockets"),
	HOST("logging: {}", "\"LogConfig\":{\"Type\":\"syslog\"}", "logging.host_sockets"),
	HOST("logging: {allowed_addresses: [\"unixgram:///dev/log\"]}", "\"LogConfig\":{\"Type\":\"syslog\"}", NULL),
	HOST("logging: {}", "\"LogConfig\":{\"Type\":\"syslog\",\"Config\":{\"syslog-address\":\"udp://10.1.1.1:514\",\"tag\":\"unix\"}}", NULL),
	HOST("logging: {}", "\"LogConfig\":{\"Type\":\"local\",\"Config\":{\"tag\":\"{{.ImageName}}/{{ .Name }}\"}}", NULL),
	HOST("logging: {}", "\"LogConfig\":{\"Type\":\"local\",\"Config\":{\"tag\":\"{{println}}\"}}", "logging.options"),
	HOST("logging: {}", "\"LogConfig\":{\"Type\":\"local\",\"Config\":{\"tag\":\"{{.Command}}\"}}", "logging.options"),
	HOST("logging: {}", "\"LogConfig\":{\"Type\":\"local\",\"Config\":{\"tag\":\"{{.Name\"}}", "logging.options"),
	HOST("logging: {}", "\"LogConfig\":{\"Type\":\"local\",\"Config\":{\"tag\":\"a\\nb\"}}", "logging.options"),
	HOST("annotations: {}", "\"Annotations\":{\"a\":\"b\"}", "annotations"),
	HOST("annotations: {allowed: [\"org.example.*\"]}", "\"Annotations\":{\"org.example.a\":\"b\"}", NULL),
	HOST("annotations: {allowed: [\"org.example.*\"]}", "\"Annotations\":{\"org.systemd.property.a\":\"b\"}", "annotations"),
	HOST("sysctls: {allowed: [\"net.*\", kernel.sem]}", "\"Sysctls\":{\"net/ipv4/a\":\"1\",\"kernel.sem\":\"1\"}", NULL),
	HOST("sysctls: {allowed: [\"net.*\", kernel.sem]}", "\"Sysctls\":{\"kernel.semx\":\"1\"}", "sysctls"),
	HOST("sysctls: {allowed: [\"*\"]}", "\"Sysctls\":{\"net/../kernel/core_pattern\":\"1\"}", "sysctls"),
	HOST("sysctls: {allowed: [\"*\"]}", "\"Sysctls\":{\".kernel\":\"1\"}", "sysctls"),
	HOST("sysctls: {allowed: [\"*\"]}", "\"Sysctls\":{\"net./kernel\":\"1\"}", "sysctls"),
	HOST("capabilities: {warned: [{name: NET_ADMIN, require_own_network: true}]}", "\"CapAdd\":[\"NET_ADMIN\"]", "capabilities.warned"),
	HOST("capabilities: {warned: [{name: NET_ADMIN, require_own_network: true}]}", "\"NetworkMode\":\"host\",\"CapAdd\":[\"cap_net_admin\"]", "capabilities.blocked"),
	HOST("capabilities: {warned: [{name: NET_ADMIN, require_own_network: true}]}", "\"NetworkMode\":\"container:a\",\"CapAdd\":[\"NET_ADMIN\"]", "capabilities.blocked"),
	HOST("capabilities: {warned: [{name: IPC_LOCK}]}", "\"NetworkMode\":\"container:a\",\"CapAdd\":[\"IPC_LOCK\"]", "capabilities.warned"),
	HOST("capabilities: {warned: [{name: IPC_LOCK}], blocked: [{name: IPC_LOCK}]}", "\"CapAdd\":[\"IPC_LOCK\"]", "capabilities.blocked"),
	HOST("devices: {warned: [/dev/null]}", "\"Devices\":[{\"PathOnHost\":\"/dev/null\"}]", "devices.warned"),
	HOST("devices: {warned: [/dev/null]}", "\"Devices\":[{\"PathOnHost\":\"/dev/null/../sda\"}]", "devices"),
	HOST("security_options: {allowed: [no-new-privileges, writable-cgroups=false]}", "\"SecurityOpt\":[\"no-new-privileges:1\",\"writable-cgroups=F\"]", NULL),
	HOST("security_options: {allowed: [no-new-privileges, writable-cgroups=false]}", "\"SecurityOpt\":[\"writable-cgroups\"]", "security_options.allowed"),
	HOST("security_options: {allowed: [no-new-privileges]}", "\"SecurityOpt\":[\"no-new-privileges=0\"]", "security_options.allowed"),
	HOST("security_options: {require_no_new_privileges: true}", "\"SecurityOpt\":[\"no-new-privileges=TRUE\"]", NULL),
	/* The last one counts. */
	HOST("security_options: {require_no_new_privileges: true}", "\"SecurityOpt\":[\"no-new-privileges\",\"no-new-privileges=false\"]", "security_options.require_no_new_privileges"),
	HOST("security_options: {require_no_new_privileges: true}", "\"SecurityOpt\":[\"no-new-privileges=false\",\"no-new-privileges\"]", NULL),
	HOST("security_options: {require_no_new_privileges: true}", "\"SecurityOpt\":[\"seccomp=builtin\"]", "security_options.require_no_new_privileges"),
	HOST("mounts: {allowed_types: [bind, volume, tmpfs]}", "\"Mounts\":[{\"Type\":\"npipe\",\"Source\":\"/srv\",\"Target\":\"/x\"}]", "mounts.allowed_types"),
	HOST("mounts: {allowed_types: [bind, volume, tmpfs]}", "\"Mounts\":[{\"Type\":\"cluster\",\"Source\":\"v\",\"Target\":\"/x\"}]", "mounts.allowed_types"),
	HOST("mounts: {allowed_types: [bind, volume, tmpfs]}", "\"Mounts\":[{\"Type\":\"tmpfs\",\"Target\":\"/x\"},{\"Target\":\"/y\"}],\"Binds\":[\"/srv:/z\",\"v:/w\"]", NULL),
	HOST("images: {allowed_registries: [docker.io]}", "\"Mounts\":[{\"Type\":\"image\",\"Source\":\"localhost:5/x:1\",\"Target\":\"/x\",\"ImageOptions\":{\"Subpath\":\"a\"}}]",
		"images.allowed_registries"),
	HOST("images: {require_digest: false}", "\"Mounts\":[{\"Type\":\"image\",\"Source\":\"x:latest\",\"Target\":\"/x\"}]", "images.latest_tag"),
	HOST("volumes: {allowed_types: [none]}", "\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v\",\"Target\":\"/x\",\"VolumeOptions\":{\"DriverConfig\":{\"Options\":{\"type\":\"zfs\",\"device\":\"p\"}}}}]",
		"volumes.allowed_types"),
	HOST("devices: {}", "\"Binds\":[\"/dev/null:/x\"]", "devices"),
	HOST("devices: {}", "\"Binds\":[\"/srv:/x\"]", NULL),
	{ "mounts: {}", "POST", "/v1.43/services/create", "{\"TaskTemplate\":{\"ContainerSpec\":{\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/{{.Task.Name}}\",\"Target\":\"/x\"}]}}}", "mounts.templates" },
	{ "mounts: {}", "POST", "/v1.43/services/create", "{\"TaskTemplate\":{\"ContainerSpec\":{\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v\",\"Target\":\"/{{.Task.Name}}\"}]}}}", "mounts.templates" },
	{ "mounts: {}", "POST", "/v1.43/services/create", "{\"TaskTemplate\":{\"ContainerSpec\":{\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v\",\"Target\":\"/x\",\"VolumeOptions\":{\"DriverConfig\":{\"Options\":{\"device\":\"{{.A}}\"}}}}]}}}", "mounts.templates" },
	HOST("mounts: {}", "\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"v\",\"Target\":\"/{{x}}\"}]", NULL),
	{ "security_options: {allowed: [\"label=type:container_t\"]}", "POST", "/v1.43/services/create", "{\"TaskTemplate\":{\"ContainerSpec\":{\"Privileges\":{\"SELinuxContext\":{\"Type\":\"container_t\"}}}}}", NULL },
	{ "security_options: {allowed: [\"label=type:container_t\"]}", "POST", "/v1.43/services/create", "{\"TaskTemplate\":{\"ContainerSpec\":{\"Privileges\":{\"SELinuxContext\":{\"Type\":\"spc_t\"}}}}}", "security_options.allowed" },
	{ "security_options: {allowed: [\"label=type:container_t\"]}", "POST", "/v1.43/services/create", "{\"TaskTemplate\":{\"ContainerSpec\":{\"Privileges\":{\"SELinuxContext\":{\"Role\":\"r\"}}}}}", "security_options.allowed" },
	{ "security_options: {allowed: [\"label=type:container_t\"]}", "POST", "/v1.43/services/create", "{\"TaskTemplate\":{\"ContainerSpec\":{\"Privileges\":{\"CredentialSpec\":{\"File\":\"x\"}}}}}", "security_options.allowed" },
	{ "network: {allowed_options: [a]}", "POST", "/v1.43/services/create", "{\"TaskTemplate\":{\"Networks\":[{\"Target\":\"n\",\"DriverOpts\":{\"b\":\"c\"}}]}}", "network.allowed_options" },
	CONFIG("network: {allowed_options: [a]}", "\"NetworkingConfig\":{\"EndpointsConfig\":{\"n\":{\"DriverOpts\":{\"b\":\"c\"}}}}", "network.allowed_options"),
	CONFIG("sysctls: {allowed: [\"net.*\"]}", "\"NetworkingConfig\":{\"EndpointsConfig\":{\"n\":{\"DriverOpts\":{\"com.docker.network.endpoint.sysctls\":\"net.a.IFNAME.b=1,kernel.x=2\"}}}}", "sysctls"),
	CONFIG("sysctls: {allowed: [\"net.*\"]}", "\"NetworkingConfig\":{\"EndpointsConfig\":{\"n\":{\"DriverOpts\":{\"com.docker.network.endpoint.sysctls\":\"net.a.IFNAME.b=1,net.x=2\"}}}}", NULL),
	{ "host_namespaces: {network: {}}", "POST", "/v1.43/networks/host/connect", "{\"Container\":\"web\"}", "host_namespaces.network" },
	{ "host_namespaces: {network: {}}", "POST", "/v1.43/networks/n/connect", "{\"Container\":\"web\"}", NULL },
	{ "volumes: {allowed_drivers: [local]}", "POST", "/v1.43/volumes/create", "{\"Name\":\"v\",\"ClusterVolumeSpec\":{\"Group\":\"g\"}}", "volumes.allowed_drivers" },
	CALL("endpoints: {swarm: block}", "GET", "/v1.43/swarm", "endpoints.swarm"),
	CALL("endpoints: {swarm: block}", "GET", "/swarm/unlockkey", "endpoints.swarm"),
	CALL("endpoints: {swarm: block}", "POST", "/v1.43/swarm/leave?force=1", "endpoints.swarm"),
	CALL("endpoints: {swarm: block}", "DELETE", "/v1.43/secrets/s", "endpoints.swarm"),
	CALL("endpoints: {swarm: block, secrets: allow}", "DELETE", "/v1.43/secrets/s", NULL),
	CALL("endpoints: {swarm: block}", "GET", "/v1.43/secrets", NULL),
	CALL("endpoints: {swarm: block}", "GET", "/v1.43/sec\x01rets", "builtin.unknown-endpoint"),
	HOST("container: {require_cpu_limit: true}", "\"Memory\":1", "container.require_cpu_limit"),
	HOST("container: {require_cpu_limit: true}", "\"NanoCpus\":1000000000", NULL),
	CONFIG("container: {require_healthcheck: true}", "\"User\":\"1\"", "container.require_healthcheck"),
	CONFIG("container: {require_healthcheck: true}", "\"Healthcheck\":{\"Test\":[\"CMD\",\"x\"]}", NULL),
	HOST("container: {max_memory: 1m}", "\"Memory\":1048577", "container.max_memory"),
	HOST("container: {max_memory: 1m}", "\"Memory\":1048576", NULL),
	HOST("container: {max_pids: 10}", "\"PidsLimit\":-1", "container.max_pids"),
	{ "container: {max_memory: 1m}", "POST", UPDATE, "{\"Memory\":2097152}", "container.max_memory" },
	{ "container: {max_memory: 1m}", "POST", UPDATE, "{\"RestartPolicy\":{\"Name\":\"no\"}}", NULL },

	HOST("restart: {allowed: [no, on-failure], max_retries: 5}", "\"RestartPolicy\":{\"Name\":\"always\"}", "restart"),
	HOST("restart: {allowed: [no, on-failure], max_retries: 5}", "\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":5}", NULL),
	HOST("restart: {allowed: [no, on-failure], max_retries: 5}", "\"RestartPolicy\":{\"Name\":\"on-failure\"}", "restart"),
	{ "restart: {allowed: [no]}", "POST", UPDATE, "{\"RestartPolicy\":{\"Name\":\"always\"}}", "restart" },
	HOST("ulimits: {max: [{name: nofile, max: 100}]}", "\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":10,\"Hard\":101}]", "ulimits"),
	HOST("ulimits: {max: [{name: nofile, max: 100}]}", "\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":-1,\"Hard\":-1}]", "ulimits"),
	HOST("ulimits: {max: [{name: nofile, max: 100}]}", "\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":10,\"Hard\":100}]", NULL),
	HOST("oom: {}", "\"OomScoreAdj\":-1", "oom.min_score_adj"),
	HOST("oom: {}", "\"OomScoreAdj\":500", NULL),
	HOST("oom: {min_score_adj: -100}", "\"OomScoreAdj\":-100", NULL),
	HOST("oom: {}", "\"OomKillDisable\":true", "oom.kill_disable"),
	HOST("oom: {allow_kill_disable: true}", "\"OomKillDisable\":true", NULL),

	HOST("network: {allowed_modes: [bridge, none]}", "\"NetworkMode\":\"shop\"", "network.allowed_modes"),
	HOST("network: {allowed_modes: [bridge, none]}", "\"NetworkMode\":\"default\"", NULL),
	HOST("network: {allowed_modes: [\"shop-*\"]}", "\"NetworkMode\":\"shop-1\"", NULL),
	{ "network: {allowed_modes: [shop]}", "POST", "/v1.43/networks/lan/connect", "{\"Container\":\"web\"}", "network.allowed_modes" },
	{ "network: {allowed_drivers: [bridge]}", "POST", "/v1.43/networks/create", "{\"Name\":\"n\",\"Driver\":\"ipvlan\"}", "network.allowed_drivers" },
	{ "network: {allowed_drivers: [bridge]}", "POST", "/v1.43/networks/create", "{\"Name\":\"n\"}", NULL },
	HOST("network: {blocked_ports: [{port: 22}]}", "\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"22\"}]}", "network.blocked_ports"),
	HOST("network: {blocked_ports: [{port: 22}]}", "\"PortBindings\":{\"22/tcp\":[{\"HostPort\":\"2222\"}]}", NULL),
	HOST("network: {blocked_ports: [{port: 22}]}", "\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"20-30\"}]}", "network.blocked_ports"),
	HOST("network: {blocked_ports: [{port: \"20-30\", protocol: udp}]}", "\"PortBindings\":{\"80/udp\":[{\"HostPort\":\"22\"}]}", "network.blocked_ports"),
	HOST("network: {blocked_ports: [{port: \"20-30\", protocol: udp}]}", "\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"22\"}]}", NULL),
	HOST("network: {block_privileged_ports: true}", "\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"80\"}]}", "network.block_privileged_ports"),
	HOST("network: {block_privileged_ports: true}", "\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"1024\"}]}", NULL),
	HOST("network: {block_all_interfaces: true}", "\"PortBindings\":{\"80/tcp\":[{\"HostPort\":\"8080\"}]}", "network.block_all_interfaces"),
	HOST("network: {block_all_interfaces: true}", "\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"8080\"}]}", NULL),
	HOST("network: {block_publish_all: true}", "\"PublishAllPorts\":true", "network.block_publish_all"),
	HOST("network: {block_default_bridge: true}", "\"Memory\":1", "network.block_default_bridge"),
	HOST("network: {block_default_bridge: true}", "\"NetworkMode\":\"shop\"", NULL),
	HOST("network: {require_dns: true}", "\"Memory\":1", "network.require_dns"),
	HOST("network: {require_dns: true}", "\"Dns\":[\"10.0.0.1\"]", NULL),

	CONFIG("environment: {block_secrets: true}", "\"Env\":[\"DB_PASSWORD=hunter2\"]", "environment.block_secrets"),
	CONFIG("environment: {block_secrets: true}", "\"Env\":[\"DB_PASSWORD_FILE=/run/secrets/db\",\"TOKEN_TTL=60\",\"SECRET=\",\"TOKEN=true\"]", NULL),
	CONFIG("environment: {block_secrets: true}", "\"Env\":[\"X=AKIAIOSFODNN7EXAMPLE\"]", "environment.block_secrets"),
	CONFIG("environment: {block_secrets: true}", "\"Env\":[\"DATABASE=postgres://me:pass@db/x\"]", "environment.block_secrets"),
	CONFIG("environment: {secret_patterns: [\"^COMPANY_\"]}", "\"Env\":[\"COMPANY_X=1\"]", "environment.secret_patterns"),
	CONFIG("environment: {required: [TEAM]}", "\"Env\":[\"TEAMS=x\"]", "environment.required"),
	CONFIG("environment: {required: [TEAM]}", "\"Env\":[\"TEAM=x\"]", NULL),
	CONFIG("environment: {blocked: [\"LD_*\"]}", "\"Env\":[\"LD_PRELOAD=/x.so\"]", "environment.blocked"),
	{ "environment: {blocked: [\"LD_*\"]}", "POST", "/v1.43/containers/web/exec", "{\"Cmd\":[\"x\"],\"Env\":[\"LD_PRELOAD=/x\"]}", "environment.blocked" },

	CALL("build: {remote: {}}", "POST", "/v1.43/build?remote=http%3A%2F%2Fx%2Fy", "build.remote"),
	CALL("build: {host_network: {}}", "POST", "/v1.43/build?networkmode=host", "build.host_network"),
	CALL("build: {registries: {allowed: [ghcr.io/team]}}", "POST", "/v1.43/build?t=ghcr.io%2Fteam%2Fapp%3A1&t=evil.example.com%2Fx", "build.registries"),
	CALL("build: {registries: {allowed: [ghcr.io/team]}}", "POST", "/v1.43/build?t=ghcr.io%2Fteam%2Fapp%3A1", NULL),
	CALL("build: {registries: {allowed: [ghcr.io/team]}}", "POST", "/v1.43/build?t=ghcr.io%2Fteams%2Fapp", "build.registries"),

	CONFIG("images: {allowed_registries: [\"*.example.com\"]}", "\"image\":\"evil.test/x.example.com/y\"", "builtin.ambiguous-body"),
	{ "images: {allowed_registries: [\"*.example.com\"]}", "POST", CREATE, "{\"Image\":\"evil.test/x.example.com/y:1\"}", "images.allowed_registries" },
	{ "images: {allowed_registries: [\"*.example.com\"]}", "POST", CREATE, "{\"Image\":\"a.example.com/y:1\"}", NULL },
	{ "images: {blocked_images: [alpine]}", "POST", CREATE, "{\"Image\":\"docker.io/library/alpine:3.20\"}", "images.blocked_images" },
	{ "images: {blocked_images: [\"alpine:3.1\"]}", "POST", CREATE, "{\"Image\":\"alpine:3.20\"}", NULL },
	{ "images: {require_signed: true}", "POST", CREATE, "{\"Image\":\"alpine:3.20\"}", "images.require_signed" },

	CALL("endpoints: {cp: block}", "GET", "/v1.43/containers/web/archive?path=/etc", "endpoints.cp"),
	CALL("endpoints: {cp: block}", "PUT", "/v1.43/containers/web/archive?path=/etc", "endpoints.cp"),
	CALL("endpoints: {export: block}", "GET", "/v1.43/containers/web/export", "endpoints.export"),
	CALL("endpoints: {save: block}", "GET", "/v1.43/images/get?names=x", "endpoints.save"),
	CALL("endpoints: {load: block}", "POST", "/v1.43/images/load", "endpoints.load"),
	CALL("endpoints: {commit: block}", "POST", "/v1.43/commit?container=web", "endpoints.commit"),
	CALL("endpoints: {import: block}", "POST", "/v1.43/images/create?fromSrc=-&repo=x", "endpoints.import"),
	CALL("endpoints: {import: block}", "POST", "/v1.43/images/create?fromImage=x&tag=1", NULL),
	CALL("endpoints: {pull: block}", "POST", "/v1.43/images/create?fromImage=x&tag=1", "endpoints.pull"),
	CALL("endpoints: {login: block}", "POST", "/v1.43/auth", "endpoints.login"),
	CALL("endpoints: {logs: block}", "GET", "/v1.43/containers/web/logs", "endpoints.logs"),
	CALL("endpoints: {logs: block}", "GET", "/v1.43/services/web/logs", "endpoints.logs"),
	CALL("endpoints: {logs: block}", "GET", "/v1.43/tasks/t/logs", "endpoints.logs"),
	CALL("endpoints: {build: block}", "POST", "/session", "endpoints.build"),
	CALL("endpoints: {remove: block}", "DELETE", "/v1.43/containers/web", "endpoints.remove"),
	CALL("endpoints: {prune: block}", "POST", "/v1.43/volumes/prune", "endpoints.prune"),
	CALL("endpoints: {cp: block}", "GET", "/v1.43/containers/json", NULL),
};

static void test_sections(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("rules: {%s}\n", rows[i].rules);
		g_autoptr(Policy) policy = fixture_policy(text);
		g_autoptr(Arena) arena = arena_new();
		Decision *decision = fixture_judge(policy, rows[i].method, rows[i].uri, rows[i].body, "", arena);

		g_test_message("%s: %s %s %s", rows[i].rules, rows[i].method, rows[i].uri, rows[i].body ? rows[i].body : "");
		g_assert_cmpstr(fixture_rule(decision), ==, rows[i].rule);
	}
}

/* What the findings say never holds the value of a variable. */
static void test_no_values(void)
{
	g_autoptr(Policy) policy = fixture_policy("rules: {environment: {block_secrets: true, secret_patterns: [x], blocked: [\"*\"]}}\n");
	g_autoptr(Arena) arena = arena_new();
	Decision *decision = fixture_judge(policy, "POST", CREATE, "{\"Env\":[\"API_TOKEN=hunter2x\"]}", "", arena);

	g_assert_cmpuint(decision->finding_count, ==, 2);
	g_assert_null(strstr(decision_explain(decision, 1, arena), "hunter2x"));
	g_assert_nonnull(strstr(decision_explain(decision, 1, arena), "API_TOKEN"));
}

/* Without a scanner nothing counts as scanned. */
static void test_scan_required(void)
{
	g_autoptr(Policy) policy = fixture_policy("settings: {require_image_scan: true}\n");
	g_autoptr(Arena) arena = arena_new();

	g_assert_cmpstr(fixture_rule(fixture_judge(policy, "POST", CREATE, "{\"Image\":\"a:1\"}", "", arena)), ==, "settings.require_image_scan");
	g_assert_true(fixture_judge(policy, "POST", "/v1.43/images/create?fromImage=a&tag=1", NULL, "", arena)->allowed);
}

/* What buildx does when BuildKit's channel is denied is told of as that, and only then. */
static void test_builder_of_its_own(void)
{
	static const char builder[] = "{\"Image\":\"moby/buildkit:buildx-stable-1\",\"HostConfig\":{\"Privileged\":true}}";
	static const struct { const char *rules, *uri, *body; bool told; } told[] = {
		{ "endpoints: {buildkit: block}, privileged: {}", CREATE "?name=buildx_buildkit_default0", builder, true },
		{ "endpoints: {buildkit: block}", CREATE "?name=buildx_buildkit_mine0", "{\"Image\":\"registry.example/own:1\"}", true },
		{ "endpoints: {buildkit: block}", CREATE "?name=web", builder, true },
		{ "endpoints: {build: block}", CREATE "?name=buildx_buildkit_default0", builder, true },
		{ "endpoints: {buildkit: block}", "/v1.43/images/create?fromImage=moby/buildkit&tag=buildx-stable-1", NULL, true },
		{ "endpoints: {buildkit: block}", "/v1.43/images/create?fromImage=docker.io/moby/buildkit&tag=buildx-stable-1-rootless", NULL, true },
		{ "endpoints: {buildkit: block}", "/v1.43/images/create?fromImage=moby/buildkit&tag=v0.12.0", NULL, false },
		{ "endpoints: {buildkit: block}", "/v1.43/images/create?fromImage=registry.example/moby&tag=buildx-stable-1", NULL, false },
		{ "endpoints: {buildkit: block}", CREATE "?name=web", "{\"Image\":\"nginx:1.25\"}", false },
		{ "endpoints: {buildkit: block}", CREATE "?name=my_buildx_buildkit_x", "{\"Image\":\"nginx:1.25\"}", false },
		{ "endpoints: {buildkit: warn}, privileged: {}", CREATE "?name=buildx_buildkit_default0", builder, false },
		{ "endpoints: {buildkit: {action: block, exceptions: [{users: [alice], reason: builds}]}}", CREATE "?name=buildx_buildkit_default0", builder, false },
		{ "privileged: {}", CREATE "?name=buildx_buildkit_default0", builder, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
		g_autofree char *text = g_strdup_printf("rules: {%s}\n", told[i].rules);
		g_autoptr(Policy) policy = fixture_policy(text);
		g_autoptr(Arena) arena = arena_new();
		Decision *decision = fixture_judge(policy, "POST", told[i].uri, told[i].body, "alice", arena);

		g_test_message("%s: %s", told[i].rules, told[i].uri);
		const char *said = decision->finding_count ? decision_explain(decision, 1, arena) : "";
		g_assert_true(!g_strcmp0(fixture_rule(decision), "endpoints.buildkit") == told[i].told);
		g_assert_true((strstr(said, "a builder of its own") != NULL) == told[i].told);
		if (!told[i].told)
			continue;
		g_assert_false(decision->allowed);
		g_assert_nonnull(strstr(said, "DOCKER_BUILDKIT=0 docker build"));
		g_assert_nonnull(strstr(said, "sudo sentinel authz install --builder"));
		g_assert_null(strstr(said, "--privileged")); /* nobody gave it */
	}
}

static void test_references(void)
{
	g_autoptr(Policy) policy = fixture_policy("rules: {privileged: {}}\n");
	g_autoptr(Arena) arena = arena_new();
	Decision *decision = fixture_judge(policy, "POST", CREATE, "{\"HostConfig\":{\"Privileged\":true}}", "", arena);

	g_assert_cmpstr(decision->findings[0].references, ==, "CIS-5.5, PSS-baseline");
}

/* What a body that nobody sees may be: a form is taken by the first Content-Type, the last is shown. */
static void test_unseen_bodies(void)
{
	static const struct { const char *uri, *type, *length; bool empty; const char *rule; } calls[] = {
		{ "/v1.43/images/a/tag?repo=b", "text/plain", "10", false, "builtin.ambiguous-body" },
		{ "/v1.43/images/a/tag?repo=b", "application/json", "", false, "builtin.ambiguous-body" },
		{ "/v1.43/images/a/tag?repo=b", "", "", true, "builtin.ambiguous-body" },
		{ "/v1.43/images/a/tag?repo=b", "text/plain", "0", false, NULL },
		{ "/v1.43/images/a/tag?repo=b", "", "", false, NULL },
		{ "/v1.43/images/create?fromImage=a&tag=1", "text/plain", "", false, "builtin.ambiguous-body" },
		{ "/v1.43/images/create?fromSrc=-&repo=a", "text/plain", "", false, "build.unseen_body" },
		{ "/v1.43/images/create?fromSrc=http://x/&repo=a", "text/plain", "", false, "builtin.ambiguous-body" },
		{ "/v1.43/build?t=a", "application/x-tar", "", false, "build.unseen_body" },
		{ "/v1.43/build?t=a", "application/x-tar", "0", false, NULL },
		{ "/v1.43/build?t=a&remote=http://x/", "application/x-tar", "", false, "builtin.ambiguous-body" },
		{ "/v1.43/images/load", "application/x-tar", "", false, NULL },
	};
	g_autoptr(Policy) policy = fixture_policy("rules: {build: {unseen_body: {action: block}}}\n");

	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
		g_autoptr(Arena) arena = arena_new();
		const ApiCall call = { .method = "POST", .uri = calls[i].uri, .content_type = calls[i].type, .content_length = calls[i].length,
			.empty_content_type = calls[i].empty };
		const Situation situation = { .now_us = FIXTURE_NOW };
		g_test_message("%s %s %s", calls[i].uri, calls[i].type, calls[i].length);
		g_assert_cmpstr(fixture_rule(policy_evaluate(policy, api_read(&call, arena), &situation, arena)), ==, calls[i].rule);
	}
}

/* BuildKit by what Docker's builder gives; what is not known gives all. */
static void test_builder(void)
{
	const Builder closed = { ENTITLEMENT_OFF, ENTITLEMENT_OFF, ENTITLEMENT_OFF, "", NULL }, open = { ENTITLEMENT_ON, ENTITLEMENT_OFF, ENTITLEMENT_OFF, "", NULL };
	const Builder unknown = builder_unknown("nobody looked");
	const struct { const Builder *builder; const char *rule; } states[] = {
		{ &closed, "endpoints.buildkit_confined" }, { &open, "endpoints.buildkit" }, { &unknown, "endpoints.buildkit" }, { NULL, "endpoints.buildkit" },
	};
	g_autoptr(Policy) policy = fixture_policy("rules: {endpoints: {buildkit: block, buildkit_confined: warn}}\n");

	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		g_autoptr(Arena) arena = arena_new();
		const ApiCall call = { .method = "POST", .uri = "/grpc", .content_type = "", .content_length = "" };
		const Situation situation = { .now_us = FIXTURE_NOW, .builder = states[i].builder };
		const Decision *decision = policy_evaluate(policy, api_read(&call, arena), &situation, arena);
		g_assert_cmpstr(fixture_rule(decision), ==, states[i].rule);
		g_assert_true(decision->allowed == !i);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy-rules/sections", test_sections);
	g_test_add_func("/policy-rules/no-values", test_no_values);
	g_test_add_func("/policy-rules/scan-required", test_scan_required);
	g_test_add_func("/policy-rules/builder-of-its-own", test_builder_of_its_own);
	g_test_add_func("/policy-rules/references", test_references);
	g_test_add_func("/policy-rules/unseen-bodies", test_unseen_bodies);
	g_test_add_func("/policy-rules/builder", test_builder);
	return g_test_run();
}
