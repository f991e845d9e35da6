/* SPDX-License-Identifier: MIT
 *
 * The Docker Engine API as a table: what a request target is called, what it does and what of it
 * must be seen.  Facts: moby api/server/router (20.10) and daemon/server/router (29);
 * docs/CHECKS.md, "What is guarded".
 */
#pragma once

#include "request/request.h"

/* What an endpoint takes in its body. */
typedef enum BodyUse {
	BODY_NONE,     /* Docker reads no body, or nothing that a policy could judge */
	BODY_RAW,      /* a tar stream or an opaque channel: dockerd never shows it */
	BODY_OPTIONAL, /* JSON if there is one: may be absent, must not be hidden */
	BODY_NEEDED,   /* JSON: without it there is nothing to judge */
} BodyUse;

typedef struct Endpoint {
	const char *method;  /* "GET" rows serve HEAD too */
	const char *pattern; /* "/containers/{}/start"; {} is one path segment, {...} one or more (names of images and plugins) */
	const char *id;      /* "container.start" */
	const char *command; /* what people call it: "docker start" */
	RequestKind kind;
	BodyUse body;
} Endpoint;

extern const Endpoint endpoints[];
extern const size_t endpoint_count;

/* A request target, taken apart. */
typedef struct Target {
	const char *path;  /* decoded, without the version: "/containers/web/start" */
	const char *query; /* raw, without '?'; "" when absent */
	const char *problem; /* NULL, or why no reader may trust it */
} Target;

/* Takes origin-form targets as Go's clients write them: /PATH or /vN.N/PATH, escapes only where
 * they are needed.  Anything else has a problem (and still a best-effort path). */
Target target_parse(const char *uri, Arena *arena);
/* NULL: no such endpoint.  `ret_subject`: what the first hole stands for, "" without one.  It may have more segments than the
 * pattern says, as Docker's own router takes it so: endpoint_takes() tells. */
const Endpoint *endpoint_find(const char *method, const char *path, Arena *arena, const char **ret_subject);
/* Whether a name may stand in the first hole of the row. */
bool endpoint_takes(const Endpoint *row, const char *subject);
