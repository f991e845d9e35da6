/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "pin/map.h"

typedef struct Map {
	PinIds ids;
	int fd;
} Map;

struct PinMaps {
	GArray *items; /* Map */
};

PinMaps *pin_maps_new(void)
{
	PinMaps *maps = g_new0(PinMaps, 1);

	maps->items = g_array_new(FALSE, TRUE, sizeof(Map));
	return maps;
}

void pin_maps_free(PinMaps *maps)
{
	if (!maps)
		return;
	for (guint i = 0; i < maps->items->len; i++)
		(void)close(g_array_index(maps->items, Map, i).fd);
	g_array_unref(maps->items);
	g_free(maps);
}

static int write_map(pid_t pid, const char *which, uint32_t id, uint32_t range)
{
	char path[48], text[96];
	int length = snprintf(text, sizeof text, "%u 0 1\n", id);

	if (range)
		length += snprintf(text + length, sizeof text - (size_t)length, "%u 1 %u\n", range, LIMIT_PIN_RANGE);
	(void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, which);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = write(fd, text, (size_t)length) == length ? 0 : -errno; /* in one call, or it counts as a second one */
	(void)close(fd);
	return r;
}

static int open_namespace(pid_t pid, const PinIds *ids)
{
	char path[48];
	int r = write_map(pid, "uid_map", ids->uid, ids->range);

	if (r >= 0)
		r = write_map(pid, "gid_map", ids->gid, ids->group_range);
	if (r < 0)
		return r;
	(void)snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A process that lives for as long as it takes to have its namespace. */
static int make_namespace(const PinIds *ids)
{
	pid_t own = getpid(), pid = (pid_t)syscall(SYS_clone, (unsigned long)CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0);

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the helper is killed before it ends this */
		while (getppid() == own)
			(void)pause();
		_exit(0);
	}
	int fd = open_namespace(pid, ids);
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return fd;
}

int pin_maps_get(PinMaps *maps, const PinIds *ids)
{
	for (guint i = 0; i < maps->items->len; i++)
		if (!memcmp(&g_array_index(maps->items, Map, i).ids, ids, sizeof *ids))
			return g_array_index(maps->items, Map, i).fd;
	const Map map = { *ids, make_namespace(ids) };
	if (map.fd >= 0)
		g_array_append_val(maps->items, map);
	return map.fd;
}
