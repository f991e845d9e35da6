/* SPDX-License-Identifier: MIT
 *
 * From files to a new World: loads config.yaml and the active policy on the worker, publishes on main.
 * Watches both with inotify and waits until they are quiet.  A policy that does not load leaves the
 * old World in force.  Main thread.
 */
#pragma once

#include <systemd/sd-event.h>
#include "base/worker.h"
#include "core/paths.h"
#include "core/world.h"

typedef struct Reload Reload;

typedef struct ReloadResult {
	uint64_t generation; /* of the World now in force */
	const char *policy;  /* name that was tried */
	const char *error;   /* NULL: published; else "FILE:LINE:COL: message" */
	bool changed;        /* a new World was published */
} ReloadResult;
typedef void (*ReloadFn)(const ReloadResult *result, void *data);

Reload *reload_new(sd_event *event, Worker *worker, const Paths *paths, WorldCell *cell, GError **error);
void reload_free(Reload *reload); /* after worker_free(): a load may be under way */
/* Called after every reload, whoever asked for it (start, inotify, SIGHUP, bus). */
void reload_set_observer(Reload *reload, ReloadFn observer, void *data);
/* Loads synchronously; for start only. */
void reload_now(Reload *reload);
/* Starts one; `done` (may be NULL) is called once with its result. */
void reload_start(Reload *reload, ReloadFn done, void *data);
/* The last config.yaml that loaded; NULL: none yet. */
const Config *reload_config(const Reload *reload);
/* Message of the last failed load, "" when the last one was good. */
const char *reload_error(const Reload *reload);
