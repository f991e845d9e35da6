/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "request/host-view.h"
#include "request/list.h"
#include "request/path.h"
#include "request/pins.h"

#define FIRST_PROCESS 1
#define READ_BYTES ((size_t)64 * 1024)

/* One process's table, which is read again when the kernel says that it has changed (proc(5)). */
typedef struct Watched {
	pid_t pid; /* 0: this process */
	int fd;
	int64_t read_us; /* CLOCK_MONOTONIC; 0: never */
	char *text;
	size_t length, size;
	Arena *arena;
	MountTable table;
	const char *problem; /* "" : the table is there */
} Watched;

struct HostView {
	Watched own, host, docker;
	PinClient *pins;
};

static void watched_init(Watched *watched, pid_t pid)
{
	*watched = (Watched){ .pid = pid, .fd = -1, .arena = arena_new(), .problem = "" };
}

static void watched_close(Watched *watched)
{
	if (watched->fd >= 0)
		(void)close(watched->fd);
	watched->fd = -1;
	watched->read_us = 0;
}

static void watched_clear(Watched *watched)
{
	watched_close(watched);
	arena_free(watched->arena);
	g_free(watched->text);
}

HostView *host_view_new(const char *pin_socket)
{
	HostView *view = g_new0(HostView, 1);

	watched_init(&view->own, 0);
	watched_init(&view->host, FIRST_PROCESS);
	watched_init(&view->docker, FIRST_PROCESS);
	view->pins = pin_client_new(pin_socket);
	return view;
}

void host_view_free(HostView *view)
{
	if (!view)
		return;
	watched_clear(&view->own);
	watched_clear(&view->host);
	watched_clear(&view->docker);
	pin_client_free(view->pins);
	g_free(view);
}

static bool changed(Watched *watched, int64_t now_us)
{
	struct pollfd poll_fd = { .fd = watched->fd, .events = POLLPRI };

	return !watched->read_us || now_us - watched->read_us > LIMIT_MOUNTINFO_MS * (int64_t)1000 || poll(&poll_fd, 1, 0) < 0 ||
	       (poll_fd.revents & (POLLPRI | POLLERR));
}

/* False: it cannot be read, or is too long. */
static bool read_text(Watched *watched)
{
	ssize_t got;

	if (lseek(watched->fd, 0, SEEK_SET) < 0)
		return false;
	watched->length = 0;
	do {
		if (watched->size - watched->length < READ_BYTES) {
			watched->size += READ_BYTES;
			watched->text = g_realloc(watched->text, watched->size);
		}
		got = read(watched->fd, watched->text + watched->length, watched->size - watched->length);
		watched->length += got > 0 ? (size_t)got : 0;
	} while (got > 0 && watched->length <= LIMIT_MOUNTINFO_BYTES);
	return got == 0;
}

static bool open_table(Watched *watched)
{
	char path[48];

	if (watched->fd >= 0)
		return true;
	if (watched->pid)
		(void)snprintf(path, sizeof path, "/proc/%d/mountinfo", (int)watched->pid);
	watched->fd = open(watched->pid ? path : "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	return watched->fd >= 0;
}

static void refresh(Watched *watched, int64_t now_us)
{
	if (!open_table(watched)) {
		watched->problem = "the host's mounts cannot be read";
		return;
	}
	if (!changed(watched, now_us))
		return;
	arena_reset(watched->arena);
	watched->problem = "";
	watched->read_us = now_us;
	if (!read_text(watched) || !mount_table_read(watched->text, watched->length, watched->arena, &watched->table)) {
		watched->problem = "the host's mounts cannot be understood, or are too many";
		watched_close(watched);
	}
}

static bool same_text(const Watched *left, const Watched *right)
{
	return left->length == right->length && !memcmp(left->text, right->text, left->length);
}

/* What is wrong; "" : nothing. */
static const char *get_tables(HostView *view, pid_t docker, MountTables *ret)
{
	int64_t now_us = g_get_monotonic_time();

	if (docker && view->docker.pid != docker) {
		watched_close(&view->docker);
		view->docker.pid = docker;
	}
	refresh(&view->own, now_us);
	refresh(&view->host, now_us);
	if (docker)
		refresh(&view->docker, now_us);
	const char *problem = *view->own.problem ? view->own.problem : *view->host.problem ? view->host.problem : docker ? view->docker.problem : "";
	if (*problem)
		return problem;
	*ret = (MountTables){ &view->own.table, same_text(&view->own, &view->host) ? &view->own.table : &view->host.table, NULL };
	if (!docker || same_text(&view->docker, &view->host))
		ret->docker = ret->host;
	else
		ret->docker = same_text(&view->docker, &view->own) ? ret->own : &view->docker.table;
	return "";
}

/* Whether there is something to look at. */
static bool has_open(const MountList *mounts, bool again)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->items[i].kind == MOUNT_BIND && (again || !mounts->items[i].facts))
			return true;
	return false;
}

/* Looks at one path, and says in the mount what is there. */
typedef void LookFn(Mount *mount, const void *data, Arena *arena);

static Request *look_at_all(const Request *request, bool again, LookFn *look, const void *data, Arena *arena)
{
	Request *copy = arena_alloc(arena, sizeof *copy);
	MountList *mounts = &copy->container.mounts;

	*copy = *request;
	*mounts = (MountList){ 0 };
	for (size_t i = 0; i < request->container.mounts.count; i++) {
		Mount mount = request->container.mounts.items[i];
		if (mount.kind == MOUNT_BIND && (again || !mount.facts))
			look(&mount, data, arena);
		LIST_APPEND(arena, mounts, mount);
	}
	return copy;
}

static const Request *apply(const Request *request, bool again, LookFn *look, const void *data, Arena *arena)
{
	const Request *stored = request->stored;
	Request *copy = has_open(&request->container.mounts, again) ? look_at_all(request, again, look, data, arena) : NULL;
	const Request *looked = stored ? apply(stored, again, look, data, arena) : NULL;

	if (looked == stored)
		return copy ? copy : request;
	if (!copy) {
		copy = arena_alloc(arena, sizeof *copy);
		*copy = *request;
	}
	copy->stored = looked;
	return copy;
}

/* The tables, for the paths of one request. */
typedef struct Sight {
	MountTables tables;
	const char *problem;
	unsigned paths;
	PinClient *pins;
} Sight;

static void look_at(Mount *mount, const void *data, Arena *arena)
{
	const Sight *sight = data;

	if ((sight->paths & PATHS_PINS) && pin_concerns(mount, arena))
		mount->pin = pin_look(sight->pins, mount, arena);
	if (!(sight->paths & PATHS_FACTS) || mount->pin)
		return;
	PathFacts *facts = arena_alloc(arena, sizeof *facts);
	mount->facts = facts;
	if (*sight->problem)
		*facts = (PathFacts){ .problem = sight->problem, .resolved = "" };
	else
		path_look(*mount->source == '/' ? mount->source : mount->clean, mount->clean, &sight->tables, sight->paths, arena, facts);
}

const Request *host_view_apply(HostView *view, pid_t docker, unsigned paths, bool again, const Request *request, Arena *arena)
{
	bool open = has_open(&request->container.mounts, again) || (request->stored && has_open(&request->stored->container.mounts, again));

	if (!paths || !open || !view)
		return request;
	Sight sight = { .paths = paths, .pins = view->pins, .problem = "" };
	if (paths & PATHS_FACTS)
		sight.problem = get_tables(view, docker, &sight.tables);
	return apply(request, again, look_at, &sight, arena);
}

static PathStep assumed_step(const char *path)
{
	return (PathStep){ .directory = { .path = path, .mode = S_IFDIR | 0755 }, .local = true, .exists = true };
}

static void assume(Mount *mount, const void *data, Arena *arena)
{
	PathFacts *facts = arena_alloc(arena, sizeof *facts);
	PathWay way = { .path = mount->clean, .known = true };
	PathStep root = assumed_step("/");

	(void)data;
	*facts = (PathFacts){ .problem = "", .resolved = mount->clean, .exists = true, .source = { .path = mount->clean, .mode = S_IFDIR | 0755 } };
	LIST_APPEND(arena, &facts->steps, root);
	LIST_APPEND(arena, &way, root.directory);
	LIST_APPEND(arena, &way, facts->source);
	LIST_APPEND(arena, &facts->ways, way);
	mount->facts = facts;
	if (pin_concerns(mount, arena))
		mount->pin = pin_assume(mount, arena);
}

const Request *host_view_assume(const Request *request, Arena *arena)
{
	Request *copy = arena_alloc(arena, sizeof *copy);

	*copy = *apply(request, true, assume, NULL, arena);
	copy->engine = (Engine){ .known = true, .data_root = "/var/lib/docker" };
	return copy;
}
