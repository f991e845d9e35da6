/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>
#include "authz/listen.h"
#include "base/error.h"

#define BACKLOG 512

static gboolean address_set(struct sockaddr_un *address, const char *path, GError **error)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) < sizeof address->sun_path) {
		memcpy(address->sun_path, path, strlen(path));
		return TRUE;
	}
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "the socket path %s is too long: %zu bytes are the most that a Unix socket takes", path,
		sizeof address->sun_path - 1);
	return FALSE;
}

/* What stands at `path` may be replaced: nothing, or a socket that nobody listens on. */
static gboolean check_free(const char *path, int type, const struct sockaddr_un *address, GError **error)
{
	struct stat status;

	if (lstat(path, &status) < 0)
		return TRUE;
	if (!S_ISSOCK(status.st_mode)) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "%s is in the way: it is not a socket; move it or choose another path", path);
		return FALSE;
	}
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	int result = fd < 0 ? 0 : connect(fd, (const struct sockaddr *)address, sizeof *address);
	if (fd >= 0)
		(void)close(fd);
	if (result == 0)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "another process already listens on %s; stop it first", path);
	return result != 0;
}

static int fail(int fd, const char *path, GError **error)
{
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot listen on %s: %s; the directory must exist and be writable", path, g_strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

int listen_at(const char *path, int type, GError **error)
{
	g_autofree char *temporary = g_strdup_printf("%s.%d", path, (int)getpid());
	struct sockaddr_un address, wanted;

	if (!address_set(&address, temporary, error) || !address_set(&wanted, path, error) || !check_free(path, type, &wanted, error))
		return -1;
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	(void)unlink(temporary);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
		return fail(fd, path, error);
	if (chmod(temporary, 0600) == 0 && listen(fd, BACKLOG) == 0 && rename(temporary, path) == 0)
		return fd;
	int cause = errno;
	(void)unlink(temporary);
	errno = cause;
	return fail(fd, path, error);
}

char *listen_path(int fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t length = sizeof address - 1; /* the last byte stays 0 */

	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0 || address.sun_family != AF_UNIX || *address.sun_path != '/')
		return g_strdup("");
	return g_strdup(address.sun_path);
}

int listen_passed(int family)
{
	int count = sd_listen_fds(0);

	for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + count; fd++)
		if (sd_is_socket(fd, family, 0, -1) > 0)
			return fd;
	return -1;
}
