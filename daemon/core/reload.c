/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/inotify.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/timer.h"
#include "core/applied.h"
#include "core/reload.h"
#include "policy/review/laxer.h"
#include "policy/store.h"

#define MS_US ((uint64_t)1000)
/* Editors write beside the file and rename, or delete and write again: any of these may be the last step. */
#define WATCHED (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | GONE)
/* The directory itself: what is put in its place has to be watched anew. */
#define GONE (IN_DELETE_SELF | IN_MOVE_SELF)

/* Somebody who waits for the result of a load. */
typedef struct Waiter {
	struct Waiter *next;
	ReloadFn done;
	void *data;
} Waiter;

/* One load on its way through the worker. */
typedef struct Load {
	Reload *reload;
	char *config_file, *policies_dir, *kept;
	const World *world; /* in force when it began */
	GPtrArray *diagnostics;
	char *notice; /* config.yaml is not what holds; NULL: it is */
	Config *config; /* NULL: it did not load */
	Policy *policy; /* NULL: it did not load */
	Waiter *waiters;
} Load;

struct Reload {
	sd_event *event;
	Worker *worker;
	const Paths *paths;
	WorldCell *cell;
	ReloadFn observer;
	void *observer_data;
	sd_event_source *config_watch, *policies_watch, *timer;
	uint64_t first_change_us; /* of the changes that wait to be quiet; 0: none */
	unsigned quiet_ms;
	char *wanted;        /* the policy that config.yaml names: its file is watched */
	char *error, *notice; /* of the last load; NULL: none */
	char *kept;          /* the text of the last configuration that was applied; NULL: none */
	bool keeps;          /* ... in paths->applied_file, too */
	bool guarded, refused;
	Config *config; /* the last that was applied; NULL: none yet */
	Waiter *waiters; /* for the load that comes after the running one */
	bool running, again;
	bool lost;  /* a directory is not the one that is watched */
	bool waits; /* ... and there is none in its place yet */
};

static void load_run(void *data)
{
	Load *load = data;

	load->diagnostics = diagnostics_new();
	const Applied applied = { load->config_file, load->policies_dir, load->kept, load->world->policy };
	load->config = applied_choose(&applied, load->diagnostics, &load->notice);
	if (load->config)
		load->policy = store_load(load->policies_dir, load->config->active_policy, load->diagnostics);
	if (load->config && load->config->sockets)
		socket_set_load(load->config->sockets, load->policies_dir);
}

static Load *load_new(Reload *reload)
{
	Load *load = g_new0(Load, 1);

	*load = (Load){
		.reload = reload, .waiters = reload->waiters,
		.config_file = g_strdup(reload->paths->config_file), .policies_dir = g_strdup(reload->paths->policies_dir),
		.kept = g_strdup(reload->kept), .world = world_acquire(reload->cell),
	};
	reload->waiters = NULL;
	return load;
}

static void load_free(Load *load)
{
	g_free(load->config_file);
	g_free(load->policies_dir);
	g_free(load->kept);
	g_free(load->notice);
	world_release(load->world);
	g_ptr_array_unref(load->diagnostics);
	config_free(load->config);
	policy_unref(load->policy);
	g_free(load);
}

static void take_config(Reload *reload, Config *config, bool from_file)
{
	config_free(reload->config);
	reload->config = config;
	reload->quiet_ms = config->reload_quiet_ms;
	if (!from_file || !g_strcmp0(reload->kept, config->text))
		return;
	g_free(reload->kept);
	reload->kept = g_strdup(config->text);
	if (reload->keeps)
		applied_keep(reload->worker, reload->paths->applied_file, reload->kept);
}

/* The diagnostics that are no errors are worth a line as well. */
static void log_diagnostics(const GPtrArray *diagnostics)
{
	for (guint i = 0; i < diagnostics->len; i++) {
		const Diagnostic *d = g_ptr_array_index(diagnostics, i);
		g_autofree char *text = diagnostic_text(d);
		log_line(d->level == DIAGNOSTIC_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "%s", text);
	}
}

/* Why the load must not be published; NULL: it may. */
static char *objection(Reload *reload, const Load *load, const World *world)
{
	if (!load->policy)
		return diagnostics_first_error(load->diagnostics);
	g_autofree char *why = reload->guarded ? policy_laxer_why(world->policy, load->policy) : NULL;
	if (reload->guarded && !why)
		why = socket_set_laxer_why(world->sockets, load->config->sockets);
	if (!why)
		return NULL;
	reload->refused = true;
	return g_strdup_printf("the policy %s would let more through than what is in force, which was not asked for (%s)", policy_name(load->policy), why);
}

static void note(Reload *reload, const Load *load)
{
	g_free(reload->notice);
	reload->notice = g_strdup(load->notice);
	if (load->notice)
		log_error("%s", load->notice);
}

static void publish(Reload *reload, Load *load, ReloadResult *result)
{
	const World *world = world_acquire(reload->cell);

	if (load->config) {
		g_free(reload->wanted);
		reload->wanted = g_strdup(load->config->active_policy);
	}
	log_diagnostics(load->diagnostics);
	note(reload, load);
	g_free(reload->error);
	reload->error = objection(reload, load, world);
	*result = (ReloadResult){ .generation = world->generation, .policy = reload->wanted, .error = reload->error, .refused = reload->error && load->policy };
	world_release(world);
	if (reload->error)
		return;
	take_config(reload, g_steal_pointer(&load->config), !load->notice);
	result->generation = world_publish_sockets(reload->cell, load->policy, reload->config->fail_mode, reload->config->log_reads, reload->config->sockets);
	result->changed = true;
}

static void load_done(void *data)
{
	Load *load = data;
	Reload *reload = load->reload;
	ReloadResult result = { 0 };
	Waiter *waiter = load->waiters;

	publish(reload, load, &result);
	if (reload->observer)
		reload->observer(&result, reload->observer_data);
	while (waiter) {
		Waiter *next = waiter->next;
		waiter->done(&result, waiter->data);
		g_free(waiter);
		waiter = next;
	}
	load_free(load);
	reload->running = false;
	if (reload->again) {
		reload->again = false;
		reload_start(reload, NULL, NULL);
	}
}

void reload_now(Reload *reload)
{
	Load *load = load_new(reload);

	load_run(load);
	load_done(load);
}

void reload_start(Reload *reload, ReloadFn done, void *data)
{
	if (done) {
		Waiter *waiter = g_new0(Waiter, 1);
		*waiter = (Waiter){ .next = reload->waiters, .done = done, .data = data };
		reload->waiters = waiter;
	}
	if (reload->running) {
		reload->again = true; /* the files may have changed since it read them */
		return;
	}
	Load *load = load_new(reload);
	reload->running = true;
	if (worker_submit(reload->worker, load_run, load_done, load))
		return;
	load_run(load); /* a full queue is no reason to miss a policy */
	load_done(load);
}

static int watch(Reload *reload);
static void arm(Reload *reload);

static int on_quiet(sd_event_source *source, uint64_t now, void *data)
{
	Reload *reload = data;

	(void)source;
	(void)now;
	reload->first_change_us = 0;
	bool waited = reload->waits;
	reload->waits = reload->lost && watch(reload) < 0;
	if (!waited || !reload->waits) /* a missing directory is complained of once */
		reload_start(reload, NULL, NULL);
	if (reload->waits)
		arm(reload);
	return 0;
}

/* Waits for quiet, but not for ever when something writes all the time. */
static void arm(Reload *reload)
{
	uint64_t now, quiet = reload->quiet_ms * MS_US;

	if (sd_event_now(reload->event, CLOCK_MONOTONIC, &now) < 0)
		return;
	if (!reload->first_change_us)
		reload->first_change_us = now;
	(void)timer_start_at(reload->timer, MIN(now + quiet, reload->first_change_us + LIMIT_RELOAD_POSTPONED * quiet));
}

static bool concerns_us(const Reload *reload, const struct inotify_event *event)
{
	if (event->mask & (IN_Q_OVERFLOW | IN_IGNORED | GONE))
		return true;
	if (!event->len || !strcmp(event->name, "config.yaml"))
		return event->len > 0;
	if (!g_str_has_suffix(event->name, ".yaml"))
		return false;
	g_autofree char *policy = g_strndup(event->name, strlen(event->name) - strlen(".yaml"));
	return !g_strcmp0(policy, reload->wanted) || (reload->config && socket_set_user(reload->config->sockets, policy));
}

static int on_change(sd_event_source *source, const struct inotify_event *event, void *data)
{
	Reload *reload = data;

	(void)source;
	if (event->mask & (IN_IGNORED | GONE))
		reload->lost = true;
	if (concerns_us(reload, event))
		arm(reload);
	return 0;
}

/* 0, or a negative errno: it stays lost. */
static int watch(Reload *reload)
{
	const Paths *paths = reload->paths;
	int r;

	reload->config_watch = sd_event_source_disable_unref(reload->config_watch);
	reload->policies_watch = sd_event_source_disable_unref(reload->policies_watch);
	if ((r = sd_event_add_inotify(reload->event, &reload->config_watch, paths->config_dir, WATCHED, on_change, reload)) < 0 ||
		(r = sd_event_add_inotify(reload->event, &reload->policies_watch, paths->policies_dir, WATCHED, on_change, reload)) < 0)
		return r;
	reload->lost = false;
	return 0;
}

Reload *reload_new(sd_event *event, Worker *worker, const Paths *paths, WorldCell *cell, GError **error)
{
	Reload *reload = g_new0(Reload, 1);
	int r;

	*reload = (Reload){ .event = event, .worker = worker, .paths = paths, .cell = cell, .quiet_ms = LIMIT_RELOAD_QUIET_MS,
		.kept = applied_read(paths->applied_file) };
	if ((r = watch(reload)) >= 0 && (r = timer_new(event, &reload->timer, on_quiet, reload)) >= 0)
		return reload;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "the configuration in %s cannot be watched: %s", paths->config_dir, g_strerror(-r));
	reload_free(reload);
	return NULL;
}

void reload_free(Reload *reload)
{
	if (!reload)
		return;
	sd_event_source_disable_unref(reload->config_watch);
	sd_event_source_disable_unref(reload->policies_watch);
	sd_event_source_disable_unref(reload->timer);
	g_free(reload->wanted);
	g_free(reload->error);
	g_free(reload->notice);
	g_free(reload->kept);
	config_free(reload->config);
	g_free(reload);
}

void reload_set_observer(Reload *reload, ReloadFn observer, void *data)
{
	reload->observer = observer;
	reload->observer_data = data;
}

const char *reload_error(const Reload *reload)
{
	return reload->error ? reload->error : reload->notice ? reload->notice : "";
}

const Config *reload_config(const Reload *reload)
{
	return reload->config;
}

const char *reload_kept(const Reload *reload)
{
	return reload->kept;
}

const char *reload_wanted(const Reload *reload)
{
	return reload->wanted;
}

void reload_keep(Reload *reload)
{
	reload->keeps = true;
}

void reload_guard(Reload *reload, bool on)
{
	bool again = reload->guarded && !on && reload->refused;

	reload->guarded = on;
	if (on || again)
		reload->refused = false;
	if (again)
		reload_start(reload, NULL, NULL);
}
