/* SPDX-License-Identifier: MIT
 *
 * Facts: what Docker knows about things that a request only names.  A volume may be a host path, a
 * joined container may have the host's namespaces, a container that is started may have been made
 * while nobody looked.  Pure: this file says what must be asked and what the answers mean; who asks
 * is core/lookup.h.
 */
#pragma once

#include "request/request.h"

typedef enum FactKind {
	FACT_VOLUME,    /* GET /volumes/NAME (moby api/types/volume: Volume) */
	FACT_CONTAINER, /* GET /containers/NAME/json (api/types: ContainerJSON) */
	FACT_IDS,       /* GET /containers/json?all=1, as FACT_CONTAINERS: the ids of all, the newest first (api/types: Container) */
	FACT_IMAGES,    /* GET /images/json, as FACT_IMAGE_LIST: all that have a name, or none (api/types/image: Summary) */
	FACT_IMAGE,     /* GET /images/NAME/json (api/types: ImageInspect) */
	FACT_NETWORK,   /* GET /networks/NAME (api/types/network: Inspect) */
	FACT_DAEMON,    /* GET /NAME: "version" */
	FACT_EXEC,     /* GET /exec/ID/json (api/types/backend: ExecInspect) */
	FACT_SERVICE,  /* GET /services/NAME (api/types/swarm: Service) */
	FACT_ENGINE,    /* GET /info, kept: what of it does not change while Docker runs (api/types/system: Info) */
	FACT_KIND_COUNT
} FactKind;

#define FACT_CONTAINERS "containers"
#define FACT_IMAGE_LIST "images"

typedef enum FactState {
	FACT_OPEN,   /* not asked yet */
	FACT_KNOWN,  /* `json` is Docker's answer */
	FACT_ABSENT, /* Docker has no such thing */
	FACT_FAILED, /* no answer in time, or none that can be read */
	FACT_NOBODY, /* there is no Docker to ask: judged by what the request says */
} FactState;

typedef struct Fact {
	FactKind kind;
	const char *name;
	FactState state;
	const char *json; /* FACT_KNOWN: in the arena */
	size_t length;
} Fact;

typedef struct FactList {
	Fact *items;
	size_t count;
} FactList;

/* What a policy wants to know (policy/wants.h). */
enum { WANT_VOLUMES = 1 << 0, WANT_JOINED = 1 << 1, WANT_IMAGE = 1 << 2, WANT_STORED = 1 << 3, WANT_NETWORKS = 1 << 4, WANT_IMAGE_ID = 1 << 5,
	WANT_ENGINE = 1 << 6, /* when it mounts something of the host */
	WANT_ORIGIN = 1 << 7,  /* where the image comes from */
	WANT_COMMAND = 1 << 9, /* what a container has of its image's entrypoint and command */
	WANT_DEFAULTS = 1 << 8 /* what the administrator chose for whoever names no log driver and no runtime */ };

/* A copy of `request` with what `facts` say in it.  Facts that are needed and not in the list are
 * added to it as FACT_OPEN: answer them and call again with the same request, until none is open. */
const Request *facts_apply(const Request *request, unsigned wants, FactList *facts, Arena *arena);
bool facts_open(const FactList *facts);
/* Ends the asking: what is open has failed. */
void facts_give_up(FactList *facts);
/* "volume data", for people and the log. */
const char *fact_title(const Fact *fact, Arena *arena);
