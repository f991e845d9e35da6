/* SPDX-License-Identifier: MIT
 *
 * The service: options, start order, loop, stop order.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include "authz/exposition.h"
#include "authz/listen.h"
#include "authz/server.h"
#include "base/error.h"
#include "base/held.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/pulse.h"
#include "base/timer.h"
#include "bus/bus.h"
#include "config.h"
#include "core/dockerd.h"
#include "core/metrics.h"
#include "core/paths.h"
#include "docker/lookups.h"
#include "options.h"
#include "scan/agent.h"
#include "scan/redactor.h"
#include "service/chronicle.h"
#include "service/drain.h"
#include "service/files.h"
#include "service/herald.h"
#include "service/judging.h"
#include "service/pinned.h"
#include "service/pulling.h"
#include "service/scanning.h"
#include "service/trail.h"
#include "stopped.h"

#define TICK_US ((uint64_t)1000 * 1000)

typedef struct Service {
	Options options;
	Paths *paths;
	sd_event *event;
	sd_event_source *tick;
	Drain drain;
	Worker *loader, *writer, *packer, *readers; /* policies are read by the first alone: it never waits for a caller's work */
	WorldCell *cell;
	Status status;
	NoticeQueue *notices;
	Trail trail;
	Chronicle chronicle;
	Plugin plugin;
	TextRedactor *redactor; /* of the thread that answers Docker */
	Lookups *lookups;
	Identity *identity;
	Scanning scanning;
	Pulling pulling;
	Pinned pinned;
	Reload *reload;
	Herald herald;
	bool watched; /* systemd waits for signs of life */
	Server *server;
	HostView *server_view; /* of the authz thread */
	Marks *marks; /* of calls that sockets have judged */
	Judging judging;
	BusContext bus_context;
	Bus *bus;
	Exposition *exposition; /* NULL: a private instance */
} Service;

/* A trial instance (--bus-fd) that may not write the directory can still read it. */
static bool prepare_files(Service *service, GError **error)
{
	service->paths = paths_new(service->options.config_dir);
	return files_prepare(service->paths, service->options.write_socket, service->options.bus == BUS_PEER, error);
}

static bool start_audit(Service *service, GError **error)
{
	(void)error;
	trail_start(&service->trail, service->paths->audit_dir, &service->status, service->options.bus == BUS_PEER);
	if (service->options.bus != BUS_PEER)
		chronicle_start(&service->chronicle, &service->trail);
	return true;
}

/* systemd hears nothing any more when a thread is stuck, and starts the service again. */
static void feed_watchdog(const Service *service, uint64_t now)
{
	bool stuck = pulse_look(now);

	if (service->watched && !stuck)
		(void)sd_notify(0, "WATCHDOG=1");
}

/* Health that nobody asks for. */
static int on_tick(sd_event_source *source, uint64_t now, void *data)
{
	Service *service = data;

	bool changed = trail_tick(&service->trail);

	chronicle_tick(&service->chronicle, changed);
	if (changed)
		bus_state_changed(service->bus);
	if (trail_look_at_disk(&service->trail))
		bus_state_changed(service->bus);
	scanning_tick(&service->scanning);
	if (service->server) {
		exposition_tick(service->exposition, atomic_load(&service->status.audit_down) || *reload_error(service->reload));
		pulling_tick(&service->pulling);
		pinned_tick(&service->pinned);
	}
	feed_watchdog(service, now);
	return timer_start(source, TICK_US);
}

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
	(void)source;
	(void)info;
	reload_start(((Service *)data)->reload, NULL, NULL);
	return 0;
}

static int on_terminate(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
	Service *service = data;

	(void)source;
	chronicle_ends_by(&service->chronicle, info);
	return drain_begin(&service->drain, service->server, service->lookups, service->scanning.jobs, service->plugin.pushes);
}

static bool start_loop(Service *service, GError **error)
{
	sigset_t signals;
	int r;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL); /* before any thread: they inherit it */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* a write that fails is an error that is told, also at a limit on files */
	if ((r = sd_event_default(&service->event)) < 0 ||
		(r = sd_event_add_signal(service->event, NULL, SIGTERM, on_terminate, service)) < 0 ||
		(r = sd_event_add_signal(service->event, NULL, SIGINT, on_terminate, service)) < 0 ||
		(r = sd_event_add_signal(service->event, NULL, SIGHUP, on_hangup, service)) < 0 ||
		(r = drain_set_up(&service->drain, service->event)) < 0 ||
		(r = timer_new(service->event, &service->tick, on_tick, service)) < 0 || (r = timer_start(service->tick, TICK_US)) < 0) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "the event loop cannot be set up: %s", g_strerror(-r));
		return false;
	}
	service->watched = sd_watchdog_enabled(0, NULL) > 0;
	return true;
}

static void configure_exposition(Service *service)
{
	const Config *config = reload_config(service->reload);

	if (service->exposition && config)
		exposition_configure(service->exposition, config->metrics_socket);
}

static void configure_trail(Service *service)
{
	const Config *config = reload_config(service->reload);

	if (config)
		trail_configure(&service->trail, &config->audit, service->options.bus == BUS_PEER ? NULL : service->writer,
			service->options.bus == BUS_PEER ? NULL : service->packer);
}

static void on_reload(const ReloadResult *result, void *data)
{
	Service *service = data;

	scanning_configure(&service->scanning, reload_config(service->reload));
	configure_trail(service);
	configure_exposition(service);
	if (service->lookups && reload_config(service->reload))
		lookups_set_patience(service->lookups, reload_config(service->reload)->docker_patience_s);
	chronicle_on_reload(&service->chronicle, result, service->cell, reload_config(service->reload));
	herald_on_reload(result, &service->herald);
}

static bool start_policy(Service *service, GError **error)
{
	service->cell = world_cell_new();
	service->loader = worker_new(service->event, &worker_loader, error);
	service->writer = service->loader ? worker_new(service->event, &worker_writer, error) : NULL;
	service->packer = service->writer ? worker_new(service->event, &worker_packer, error) : NULL;
	service->readers = service->packer ? worker_new(service->event, &worker_readers, error) : NULL;
	service->notices = service->readers ? notice_queue_new(service->event, error) : NULL;
	service->reload = service->notices ? reload_new(service->event, service->loader, service->paths, service->cell, error) : NULL;
	if (!service->reload)
		return false;
	service->herald = (Herald){ .cell = service->cell, .chronicle = &service->chronicle };
	notice_queue_set_handler(service->notices, herald_on_notice, &service->herald);
	if (service->options.bus != BUS_PEER)
		reload_keep(service->reload);
	reload_set_observer(service->reload, on_reload, service);
	reload_now(service->reload);
	configure_trail(service);
	if (!reload_config(service->reload))
		log_error("lockdown: there is no valid policy, only read-only calls are allowed until one is in place");
	return true;
}

static bool start_lookups(Service *service, GError **error)
{
	const char *host = service->options.docker_host;

	/* Who names a host wants it asked; a trial can do without. */
	service->lookups = lookups_new(service->event, host, host && service->options.bus != BUS_PEER, error);
	if (service->lookups && reload_config(service->reload))
		lookups_set_patience(service->lookups, reload_config(service->reload)->docker_patience_s);
	return service->lookups != NULL;
}

static bool start_pulls(Service *service, GError **error)
{
	(void)error;
	service->pulling.cell = service->cell;
	service->pulling.lookups = service->lookups;
	pulling_start(&service->pulling, service->paths->pulls_file, service->options.bus != BUS_PEER);
	return true;
}

static bool start_scans(Service *service, GError **error)
{
	service->scanning = (Scanning){ .keys = { .loader = service->loader, .reload = service->reload }, .cell = service->cell, .lookups = service->lookups, .private_instance = service->options.bus == BUS_PEER,
		.built = { .tell = herald_on_built, .data = &service->herald } };
	remote_use(service->options.scan_sockets);
	if (!scanning_start(&service->scanning, service->event, service->paths, error))
		return false;
	scanning_configure(&service->scanning, reload_config(service->reload));
	return true;
}

/* "unix:///run/docker.sock" -> "/run/docker.sock" */
static const char *docker_path(const char *host)
{
	const char *path = host ? strstr(host, "://") : NULL;

	return path ? path + strlen("://") : NULL;
}

static bool start_server(Service *service, GError **error)
{
	int passed = listen_passed(AF_UNIX);

	paths_add_own(service->paths, service->options.authz_socket);
	paths_add_own(service->paths, service->options.judge_socket);
	paths_add_own(service->paths, service->options.write_socket);
	paths_add_own(service->paths, docker_path(service->options.docker_host));
	service->plugin = (Plugin){ .cell = service->cell, .status = &service->status, .notices = service->notices, .ledger = &service->trail.ledger, .folds = service->trail.folds,
		.own_paths = paths_own(service->paths), .pulls = service->pulling.pulls, .builds = service->scanning.builds, .pushes = service->pulling.pushes, .lookup = lookups_get(service->lookups), .grants = service->trail.grants, .scans = jobs_queue(service->scanning.jobs) };
	if (passed < 0 && !service->options.authz_socket)
		return true; /* a private instance of the command line's */
	service->status.metrics = metrics_new();
	jobs_set_metrics(service->scanning.jobs, service->status.metrics);
	dockerd_notice(0);
	service->identity = identity_new(docker_path(service->options.docker_host), listen_passed(AF_NETLINK), HELD_SOCKET, &service->status);
	lookups_set_version_observer(service->lookups, identity_meet, service->identity);
	service->plugin.identity = service->identity;
	service->plugin.view = service->server_view = host_view_new(service->options.pin_socket);
	service->pinned = (Pinned){ .lookups = service->lookups, .worker = service->readers, .socket = service->options.pin_socket };
	pinned_start(&service->pinned);
	service->plugin.pinning = pinning_new(service->options.pin_socket, service->pinned.book);
	service->redactor = text_redactor_new();
	service->plugin.redactor = text_redactor_get(service->redactor);
	service->plugin.marks = service->marks = marks_new();
	service->server = server_start(&service->plugin, service->options.authz_socket, passed, error);
	if (!service->server)
		return false;
	service->exposition = exposition_new(&(MetricsSource){ service->cell, service->trail.grants, &service->status, service->paths->fetch_dir, SENTINEL_VERSION });
	configure_exposition(service);
	return true;
}

static bool start_judge(Service *service, GError **error)
{
	const Options *options = &service->options;

	(void)error;
	if (service->server && options->judge_socket)
		judging_start(&service->judging, &service->plugin, options->judge_socket, options->pin_socket, service->pinned.book);
	return true;
}

static bool start_bus(Service *service, GError **error)
{
	service->bus_context = (BusContext){
		.docker_socket = lookups_socket(service->lookups), .pin_socket = service->options.pin_socket, .write_socket = service->options.write_socket, .event = service->event, .readers = service->readers, .writer = service->writer, .paths = service->paths, .pulls = service->pulling.pulls, .cell = service->cell, .status = &service->status,
		.reload = service->reload, .lookup = lookups_get(service->lookups), .serves = service->server != NULL, .plugin_socket = server_path(service->server), .jobs = service->scanning.jobs,
		.writers = &service->trail.writers, .grants = service->trail.grants, .ledger = &service->trail.ledger,
	};
	service->bus = bus_start(service->options.bus, service->options.bus_fd, &service->bus_context, error);
	service->herald.bus = service->bus;
	return service->bus != NULL || service->options.bus == BUS_NONE;
}

static void stop(Service *service)
{
	(void)sd_notify(0, "STOPPING=1");
	jobs_stop(service->scanning.jobs);
	exposition_free(service->exposition);
	lookups_stop(service->lookups); /* what waits for Docker is answered */
	pushes_wait_no_more(service->plugin.pushes);
	server_stop(service->server);
	judging_stop(&service->judging);
	marks_free(service->marks);
	identity_free(service->identity);
	host_view_free(service->server_view);
	pinning_free(service->plugin.pinning);
	text_redactor_free(service->redactor);
	bus_give_up_reads(service->bus);
	worker_stop(service->readers); /* answers what the bus still waits for */
	worker_stop(service->writer);
	trail_give_up_packing(&service->trail);
	worker_stop(service->packer);
	worker_stop(service->loader);
	service->herald.bus = NULL;
	bus_stop(service->bus);
	worker_free(service->readers);
	worker_free(service->writer);
	worker_free(service->packer);
	worker_free(service->loader);
	metrics_free(service->status.metrics);
	reload_free(service->reload);
	scanning_free(&service->scanning);
	lookups_free(service->lookups);
	notice_queue_free(service->notices);
	pulling_stop(&service->pulling);
	pinned_stop(&service->pinned);
	trail_settle(&service->trail);
	chronicle_stop(&service->chronicle);
	trail_stop(&service->trail);
	herald_clear(&service->herald);
	world_cell_free(service->cell);
	sd_event_source_unref(service->tick);
	drain_clear(&service->drain);
	sd_event_unref(service->event);
	paths_free(service->paths);
	options_clear(&service->options);
}

/* Request bodies pass through this process: no core file, no debugger of another user's. */
static void protect_memory(void)
{
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	(void)prctl(PR_SET_DUMPABLE, 0);
}

int main(int argc, char **argv)
{
	static bool (*const start_order[])(Service *, GError **) = {
		prepare_files, start_loop, start_audit, start_policy, start_lookups, start_pulls, start_scans, start_server, start_judge, start_bus,
	};
	Service service = { 0 };
	g_autoptr(GError) error = NULL;

	int status = options_parse(&service.options, argc, argv);
	if (status >= 0)
		return status;
	protect_memory();
	if (service.options.stopped) {
		status = stopped_run(service.options.authz_socket);
		options_clear(&service.options);
		return status;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(start_order); i++) {
		if (start_order[i](&service, &error))
			continue;
		log_error("cannot start: %s", error->message);
		chronicle_ends(&service.chronicle, error->message);
		stop(&service);
		return EXIT_FAILURE;
	}
	(void)sd_notify(0, "READY=1");
	log_info("sentineld %s is ready", SENTINEL_VERSION);
	int r = sd_event_loop(service.event);
	chronicle_ends(&service.chronicle, r < 0 ? g_strerror(-r) : "there is nobody left who asks");
	stop(&service);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
