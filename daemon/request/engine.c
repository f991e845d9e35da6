/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "request/engine.h"
#include "request/json.h"
#include "request/list.h"

#define VERSION(major, minor, patch) (((major) * 1000000u) + ((minor) * 1000u) + (patch))

/* From this version on, up to the next one that is not there any more; last 0: open. */
typedef struct VersionSpan {
	unsigned first, end;
} VersionSpan;

#define MOST_SPANS 5
#define FIRST_HTTP2 VERSION(29, 2, 0)

/* A remark holds for the versions of its spans. */
static const struct {
	EngineRemark remark;
	VersionSpan spans[MOST_SPANS];
	bool not_debian; /* Debian's builds of 20.10 carry the fix */
} remarks[] = {
	{ { "chunked-bodies", "this Docker does not show bodies that are sent in chunks; Sentinel denies such calls where it needs the body",
		  "nothing gets past; where such bodies are needed, upgrade Docker to 27.1.1 or newer, but below 29.2.0, which answers BuildKit's gRPC without asking" },
		{ { 0, VERSION(23, 0, 15) }, { VERSION(24, 0, 0), VERSION(25, 0, 6) }, { VERSION(26, 0, 0), VERSION(26, 1, 5) },
			{ VERSION(27, 0, 0), VERSION(27, 1, 1) } },
		true },
	{ { "grpc", "this Docker answers BuildKit calls over HTTP/2 without asking any plugin; who may use its socket may build past Sentinel",
		  "in /etc/docker/daemon.json set \"builder\": {\"entitlements\": {\"network-host\": false, \"security-insecure\": false, \"device\": false}}, restart "
		  "Docker, and keep the socket to those who may build" },
		{ { FIRST_HTTP2, 0 } }, false },
};

const EngineRemark engine_hidden_bodies = { "hidden-bodies", "this Docker does not show bodies of 1 MiB and more to plugins; Sentinel denies such calls",
	"nothing gets past; where such bodies are needed: Docker 25.0.16 shows them, so do Debian's builds of 26.1.5 and newer, and 29.3.1 and newer, which answer "
	"BuildKit's gRPC without asking any plugin, so upgrade to these only with the builder's entitlements off (sudo sentinel authz install --builder)" };

/* 0: it is none. */
static unsigned parse(const char *version)
{
	unsigned long parts[3] = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		char *end;
		if (!g_ascii_isdigit(*version))
			return i < 2 ? 0 : (unsigned)VERSION(parts[0], parts[1], 0);
		parts[i] = MIN(strtoul(version, &end, 10), 999);
		version = *end == '.' ? end + 1 : end;
	}
	return (unsigned)VERSION(parts[0], parts[1], parts[2]);
}

static bool holds(const VersionSpan *spans, unsigned version)
{
	for (size_t i = 0; i < MOST_SPANS && (spans[i].first || spans[i].end); i++)
		if (version >= spans[i].first && (!spans[i].end || version < spans[i].end))
			return true;
	return false;
}

EngineRemarkList engine_remarks(const char *version, Arena *arena)
{
	EngineRemarkList list = { 0 };
	unsigned number = parse(version);
	bool debian = strstr(version, "dfsg") != NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(remarks); i++)
		if (!number || (holds(remarks[i].spans, number) && !(debian && remarks[i].not_debian)))
			LIST_APPEND(arena, &list, remarks[i].remark);
	return list;
}

bool engine_takes_http2(const char *version)
{
	const unsigned number = parse(version);

	return !number || number >= FIRST_HTTP2;
}

const char *engine_version(const char *text, size_t length, Arena *arena)
{
	const JsonField fields[] = { { "Version", strlen("Version"), 0, json_string } };
	Json json = json_begin(text, length, arena);
	const char *version = NULL;

	return json_object(&json, fields, G_N_ELEMENTS(fields), &version) && json_finish(&json) ? version : NULL;
}

typedef struct Stores {
	bool said, containerd;
} Stores;

/* A name and what is said of it. */
static bool read_status(Json *json, void *target)
{
	StringList pair = { 0 };
	Stores *stores = target;

	if (!json_strings(json, &pair))
		return false;
	stores->containerd |= pair.count == 2 && !strcmp(pair.items[0], "driver-type") && !strcmp(pair.items[1], "io.containerd.snapshotter.v1");
	return true;
}

static bool read_statuses(Json *json, void *target)
{
	((Stores *)target)->said = true;
	return json_array(json, read_status, target);
}

EngineStore engine_store(const char *info, size_t length, Arena *arena)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("DriverStatus", read_statuses) };
	Json json = json_begin(info, length, arena);
	Stores stores = { 0 };

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &stores) || !json_finish(&json) || !stores.said)
		return STORE_UNKNOWN;
	return stores.containerd ? STORE_CONTAINERD : STORE_DOCKER;
}
