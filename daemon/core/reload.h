/* SPDX-License-Identifier: MIT
 *
 * From files to a new World: loads config.yaml and the active policy on the worker, publishes on main.
 * Watches both with inotify and waits until they are quiet.  Both are applied together or not at all: what does not load
 * leaves the old World and the old settings in force.  Main thread.
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
	bool refused;        /* it loaded, but reload_guard() is on and it would let more through */
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
/* Its text; NULL: none yet, not even before this start. */
const char *reload_kept(const Reload *reload);
/* The policy that config.yaml named when it was read last, whether it loads or not; NULL: none. */
const char *reload_wanted(const Reload *reload);
/* From now on what is applied is kept in paths->applied_file.  Not for a private instance. */
void reload_keep(Reload *reload);
/* While it is on, nothing is published that lets more through than what is in force: a change is under way whose caller was
 * not asked for that.  What was refused meanwhile is tried again when it is switched off. */
void reload_guard(Reload *reload, bool on);
/* Message of the last failed load, or why config.yaml is not what holds; "" when all is well. */
const char *reload_error(const Reload *reload);
