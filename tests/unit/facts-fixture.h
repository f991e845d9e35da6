/* SPDX-License-Identifier: MIT
 *
 * A Docker that has a few things, and requests about which it has been asked.
 */
#pragma once

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "policy/wants.h"
#include "request/api.h"
#include "request/facts.h"

#define DB_ID "db10000000000000000000000000000000000000000000000000000000000000"
#define AB_ID "0000000000000000000000000000000000000000000000000000000000000001"
/* What a Docker of these tests has. */
static const struct { FactKind kind; const char *name, *json; } things[] = {
	{ FACT_VOLUME, "plain", "{\"Name\":\"plain\",\"Driver\":\"local\",\"Options\":null}" },
	{ FACT_VOLUME, "etc", "{\"Name\":\"etc\",\"Driver\":\"local\",\"Options\":{\"type\":\"none\",\"o\":\"bind\",\"device\":\"/etc\"}}" },
	{ FACT_VOLUME, "unreadable", "{\"Options\":7}" },
	{ FACT_CONTAINER, "plain", "{\"Name\":\"/plain\",\"Image\":\"sha256:9\",\"Config\":{\"Image\":\"busybox\",\"User\":\"1000\"},\"HostConfig\":{\"NetworkMode\":\"default\"},\"Mounts\":[]}" },
	{ FACT_CONTAINER, "privileged", "{\"Name\":\"/privileged\",\"Config\":{\"Image\":\"busybox\"},\"HostConfig\":{\"Privileged\":true}}" },
	{ FACT_CONTAINER, "binds", "{\"Name\":\"/binds\",\"Config\":{\"Image\":\"busybox\"},\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/etc\",\"Destination\":\"/h\",\"RW\":false}]}" },
	{ FACT_CONTAINER, "volume", "{\"Name\":\"/volume\",\"Config\":{\"Image\":\"busybox\"},\"Mounts\":[{\"Type\":\"volume\",\"Name\":\"etc\",\"Source\":\"/x\",\"Destination\":\"/h\",\"RW\":true}]}" },
	{ FACT_CONTAINER, "hostnet", "{\"Name\":\"/hostnet\",\"Config\":{},\"HostConfig\":{\"NetworkMode\":\"host\",\"PidMode\":\"host\",\"IpcMode\":\"host\"}}" },
	{ FACT_CONTAINER, "joins", "{\"Name\":\"/joins\",\"Config\":{},\"HostConfig\":{\"NetworkMode\":\"container:hostnet\"}}" },
	{ FACT_CONTAINER, "joins-ipc", "{\"Name\":\"/joins-ipc\",\"Config\":{},\"HostConfig\":{\"IpcMode\":\"container:hostnet\"}}" },
	{ FACT_CONTAINER, "pinned", "{\"Name\":\"/pinned\",\"Config\":{},\"HostConfig\":{},\"Mounts\":[{\"Type\":\"bind\",\"Source\":\"/srv\",\"Destination\":\"/s\",\"RW\":true},"
		"{\"Type\":\"bind\",\"Source\":\"/run/sentinel/pins/0123456789abcdef0123456789abcdef\",\"Destination\":\"/w\",\"RW\":true}]}" },
	{ FACT_CONTAINER, "beside", "{\"Name\":\"/beside\",\"Config\":{},\"HostConfig\":{\"PidMode\":\"container:pinned\"}}" },
	{ FACT_CONTAINER, "circle", "{\"Name\":\"/circle\",\"Config\":{},\"HostConfig\":{\"NetworkMode\":\"container:circle\"}}" },
	{ FACT_CONTAINER, "chosen", "{\"Name\":\"/chosen\",\"Config\":{},\"HostConfig\":{\"LogConfig\":{\"Type\":\"fluentd\"},\"Runtime\":\"kata\"}}" },
	{ FACT_CONTAINER, "other", "{\"Name\":\"/other\",\"Config\":{},\"HostConfig\":{\"LogConfig\":{\"Type\":\"gelf\"},\"Runtime\":\"sysbox\"}}" },
	{ FACT_ENGINE, "info", "{\"DockerRootDir\":\"/d\",\"LoggingDriver\":\"fluentd\",\"DefaultRuntime\":\"kata\"}" },
	{ FACT_NETWORK, "hostid", "{\"Name\":\"host\",\"Id\":\"hostid\",\"Driver\":\"host\"}" },
	{ FACT_NETWORK, "netid", "{\"Name\":\"backend\",\"Id\":\"netid\",\"Driver\":\"overlay\"}" },
	{ FACT_CONTAINER, "db", "{\"Id\":\"" DB_ID "\",\"Name\":\"/db\",\"Config\":{},\"HostConfig\":{}}" },
	{ FACT_CONTAINER, "db1", "{\"Id\":\"" DB_ID "\",\"Name\":\"/db\",\"Config\":{},\"HostConfig\":{}}" },
	{ FACT_CONTAINER, "ab", "{\"Id\":\"" AB_ID "\",\"Name\":\"/ab\",\"Config\":{},\"HostConfig\":{}}" },
	{ FACT_CONTAINER, "abc", "{\"Id\":\"" AB_ID "\",\"Name\":\"/renamed\",\"Config\":{},\"HostConfig\":{}}" },
	{ FACT_CONTAINER, "abx", "{\"Id\":\"" AB_ID "\",\"Name\":\"/abx\",\"Config\":{},\"HostConfig\":{}}" },
	{ FACT_CONTAINER, AB_ID, "{\"Id\":\"" AB_ID "\",\"Name\":\"/ab\",\"Config\":{},\"HostConfig\":{}}" },
	{ FACT_IDS, "containers", "[{\"Id\":\"" DB_ID "\"},{\"Id\":\"" AB_ID "\"},{\"Id\":\"abcd000000000000000000000000000000000000000000000000000000000000\"}]" },
	{ FACT_IMAGE, "busybox", "{\"Id\":\"sha256:1\",\"Config\":{\"User\":\"\"}}" },
	{ FACT_IMAGE, "docker.io/library/busybox:1.36", "{\"Id\":\"sha256:1\",\"Config\":{\"User\":\"\"}}" },
	{ FACT_IMAGE, "numbered", "{\"Id\":\"sha256:2\",\"Config\":{\"User\":\"1000:1000\"}}" },
	{ FACT_IMAGE, "docker.io/team/app:2", "{\"Id\":\"sha256:3\"}" },
	{ FACT_IMAGE, "docker.io/team/app:1", "{\"Id\":\"sha256:4\"}" },
	{ FACT_CONTAINER, "runs", "{\"Id\":\"r1\",\"Name\":\"/runs\",\"Image\":\"sha256:7\",\"Config\":{\"Image\":\"busybox\",\"Entrypoint\":[\"/e\"],\"Cmd\":[\"curl\"]},\"HostConfig\":{\"Privileged\":true}}" },
	{ FACT_CONTAINER, "runs-more", "{\"Id\":\"r2\",\"Name\":\"/runs-more\",\"Image\":\"sha256:7\",\"Config\":{\"Image\":\"busybox\",\"Entrypoint\":[\"/e\"],\"Cmd\":[\"curl\",\"x\"]}}" },
	{ FACT_CONTAINER, "runs-other", "{\"Id\":\"r3\",\"Name\":\"/runs-other\",\"Image\":\"sha256:7\",\"Config\":{\"Image\":\"busybox\",\"Entrypoint\":[\"/e\",\"/f\"],\"Cmd\":[\"curl\"]}}" },
	{ FACT_CONTAINER, "runs-bare", "{\"Id\":\"r4\",\"Name\":\"/runs-bare\",\"Image\":\"sha256:8\",\"Config\":{\"Image\":\"busybox\",\"Entrypoint\":null,\"Cmd\":[\"curl\"]}}" },
	{ FACT_CONTAINER, "runs-gone", "{\"Id\":\"r5\",\"Name\":\"/runs-gone\",\"Image\":\"sha256:6\",\"Config\":{\"Image\":\"busybox\",\"Entrypoint\":null,\"Cmd\":[\"curl\"]}}" },
	{ FACT_EXEC, "e1", "{\"ID\":\"e1\",\"ContainerID\":\"runs\",\"ProcessConfig\":{\"entrypoint\":\"id\",\"arguments\":[\"-u\"],\"user\":\"0\"}}" },
	{ FACT_IMAGE, "sha256:7", "{\"Id\":\"sha256:7\",\"Config\":{\"Entrypoint\":[\"/e\"],\"Cmd\":[\"curl\"]}}" },
	{ FACT_IMAGE, "sha256:8", "{\"Id\":\"sha256:8\",\"Config\":{\"Entrypoint\":null,\"Cmd\":[\"curl\"]}}" },
	{ FACT_IMAGE, "broken:1", "{\"Id\":7}" },
};

#define CHAIN "chain-"

/* "chain-3" joins chain-2, that one chain-1, and that has the host's. */
static inline const char *chain_json(const char *name, Arena *arena)
{
	unsigned long at = strtoul(name + strlen(CHAIN), NULL, 10);

	return at > 1 ? arena_printf(arena, "{\"Config\":{},\"HostConfig\":{\"NetworkMode\":\"container:" CHAIN "%lu\"}}", at - 1) :
		"{\"Config\":{},\"HostConfig\":{\"NetworkMode\":\"host\"}}";
}

static inline void answer(Fact *fact, bool failing, Arena *arena)
{
	fact->state = failing ? FACT_FAILED : FACT_ABSENT;
	if (!failing && fact->kind == FACT_CONTAINER && g_str_has_prefix(fact->name, CHAIN)) {
		fact->state = FACT_KNOWN;
		fact->json = chain_json(fact->name, arena);
		fact->length = strlen(fact->json);
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(things) && !failing; i++) {
		if (things[i].kind != fact->kind || strcmp(things[i].name, fact->name) != 0)
			continue;
		fact->state = FACT_KNOWN;
		fact->json = things[i].json;
		fact->length = strlen(things[i].json);
	}
}

#define EVERYTHING (WANT_VOLUMES | WANT_JOINED | WANT_IMAGE | WANT_STORED | WANT_NETWORKS)

static inline const Request *complete_with(unsigned wants, const char *uri, const char *body, bool failing, unsigned *ret_rounds, Arena *arena)
{
	const ApiCall call = {
		.method = "POST", .uri = uri, .body = body, .body_length = body ? strlen(body) : 0, .content_type = "application/json", .content_length = body ? "9" : "0",
	};
	const Request *request = api_read(&call, arena);
	FactList facts = { 0 };

	for (*ret_rounds = 0;; ++*ret_rounds) {
		const Request *judged = facts_apply(request, wants, &facts, arena);
		if (!facts_open(&facts))
			return judged;
		g_assert_cmpuint(*ret_rounds, <=, LIMIT_FACT_JOINS + 1);
		for (size_t i = 0; i < facts.count; i++)
			if (facts.items[i].state == FACT_OPEN)
				answer(&facts.items[i], failing, arena);
	}
}

static inline const Request *complete(const char *uri, const char *body, bool failing, unsigned *ret_rounds, Arena *arena)
{
	return complete_with(EVERYTHING, uri, body, failing, ret_rounds, arena);
}

static inline bool binds(const Request *request, const char *path)
{
	for (size_t i = 0; i < request->container.mounts.count; i++)
		if (request->container.mounts.items[i].kind == MOUNT_BIND && !strcmp(request->container.mounts.items[i].clean, path))
			return true;
	return false;
}

#define CREATE "/v1.41/containers/create"
#define BODY(host) "{\"Image\":\"busybox\",\"User\":\"1\",\"HostConfig\":{" host "}}"
