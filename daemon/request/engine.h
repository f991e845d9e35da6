/* SPDX-License-Identifier: MIT
 *
 * What a Docker Engine of some version lets past every authorization plugin (moby pkg/authorization,
 * daemon/server; CVE-2024-41110, CVE-2026-34040).  Pure.
 */
#pragma once

#include "request/request.h"

typedef struct EngineRemark {
	const char *name;    /* "chunked-bodies" */
	const char *message; /* what happens, for people */
	const char *advice;  /* what to do about it */
} EngineRemark;

/* Not by version, for distributions repair it without a new one: it is tried (core/lookup.h). */
extern const EngineRemark engine_hidden_bodies;

typedef struct EngineRemarkList {
	EngineRemark *items;
	size_t count;
} EngineRemarkList;

/* `version`: "20.10.24+dfsg1", as GET /version says; one that cannot be read gets every remark. */
EngineRemarkList engine_remarks(const char *version, Arena *arena);
/* Whether its socket takes HTTP/2 (moby cmd/dockerd, from 29.2.0 on), where a call may outlive its connection; a version that cannot be read may. */
bool engine_takes_http2(const char *version);
/* The "Version" of Docker's answer to GET /version; NULL when there is none. */
const char *engine_version(const char *json, size_t length, Arena *arena);

/* Where this Docker keeps its images, from its answer to GET /info.  With containerd's store BuildKit's exporter of images pushes by itself, with
 * Docker's own store it has none that can (moby builder/builder-next/worker). */
typedef enum EngineStore { STORE_UNKNOWN, STORE_DOCKER, STORE_CONTAINERD } EngineStore;
EngineStore engine_store(const char *info, size_t length, Arena *arena);
