/* SPDX-License-Identifier: MIT
 *
 * The D-Bus side: everything that includes sd-bus.h is in this folder.  Main thread.
 */
#pragma once

#include <systemd/sd-event.h>
#include "audit/writers.h"
#include "base/worker.h"
#include "core/lookup.h"
#include "core/grant.h"
#include "core/ledger.h"
#include "core/notice.h"
#include "core/paths.h"
#include "core/pulls.h"
#include "core/reload.h"
#include "core/status.h"
#include "core/world.h"
#include "scan/jobs.h"

typedef enum BusKind { BUS_SYSTEM, BUS_SESSION, BUS_NONE, BUS_PEER } BusKind;

/* What the bus speaks for; borrowed, must outlive the Bus. */
typedef struct BusContext {
	const char *docker_socket; /* who may write there may know what Docker knows */
	const char *pin_socket;    /* of the helper that makes pins */
	const char *write_socket;  /* of who writes policies; NULL: the service itself */
	sd_event *event;
	Worker *readers, *writer;
	const Paths *paths;
	Pulls *pulls; /* NULL: nobody remembers which images were pulled */
	WorldCell *cell;
	Status *status;
	GrantBook *grants;
	const Ledger *ledger;
	Reload *reload;
	const Lookup *lookup;
	const char *plugin_socket; /* "": none */
	bool serves; /* the plugin's socket: Docker may ask this process */
	ScanJobs *jobs;
	const AuditWriters *writers;
} BusContext;

typedef struct Bus Bus;

/* BUS_PEER: `fd` is one end of a socketpair (sd-bus server side, EXTERNAL, the peer is the caller
 * itself); when it hangs up the event loop is ended.  Otherwise fd is -1.  Takes the bus name. */
Bus *bus_start(BusKind kind, int fd, const BusContext *context, GError **error);
/* Before the workers stop: what only reads need not be finished.  NULL is accepted. */
void bus_give_up_reads(Bus *bus);
void bus_stop(Bus *bus); /* NULL is accepted */
/* Passed on to whoever listens; NULL is accepted. */
void bus_on_notice(Bus *bus, const Notice *notice);
/* An image that was built here was scanned, or could not be. */
typedef struct BusBuilt {
	const char *image, *image_id, *outcome, *severity, *user, *summary;
} BusBuilt;

void bus_on_built(Bus *bus, const BusBuilt *built);
void bus_on_reload(Bus *bus, const ReloadResult *result);
/* What is in force now may allow more than what was; `why` names one thing. */
void bus_on_relaxed(Bus *bus, Policy *policy, const char *why);
/* The journal or the policy came or went: tells who watches the State property. */
void bus_state_changed(Bus *bus);
