/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <glib.h>
#include "proxy/peer.h"

#define READ_BYTES ((size_t)16 * 1024)
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

static bool refuse(const char **ret_problem, const char *problem)
{
	*ret_problem = problem;
	return false;
}

/* The beginning of a small file of a process; NULL: it cannot be read. */
static char *slurp(const char *proc, pid_t pid, const char *name)
{
	g_autofree char *path = g_strdup_printf("%s/%d/%s", proc, (int)pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;

	if (fd < 0)
		return NULL;
	char buffer[READ_BYTES];
	size_t length = 0;
	ssize_t part = 0;
	while (length < sizeof buffer && (part = read(fd, buffer + length, sizeof buffer - length)) > 0)
		length += (size_t)part;
	if (part >= 0 && length)
		text = g_strndup(buffer, length);
	(void)close(fd);
	return text;
}

/* The number of the mount at its root: another one in each namespace of mounts, and in a chroot(2). */
static char *read_mount(const char *proc, pid_t pid)
{
	char *text = slurp(proc, pid, "mountinfo");

	if (text)
		text[strcspn(text, " \n")] = 0;
	return text;
}

bool peer_host_look(const char *proc, PeerHost *ret)
{
	*ret = (PeerHost){ slurp(proc, 1, "uid_map"), read_mount(proc, 1), slurp(proc, 1, "cgroup") };
	return ret->users && ret->mount && ret->cgroup;
}

void peer_host_clear(PeerHost *host)
{
	g_free(host->users);
	g_free(host->mount);
	g_free(host->cgroup);
	*host = (PeerHost){ NULL, NULL, NULL };
}

/* proc(5), status: one number for each namespace of processes that it is in. */
static bool has_one_pid(const char *status)
{
	const char *line = status ? strstr(status, "\nNSpid:") : NULL;

	if (!line)
		return false;
	line += strlen("\nNSpid:");
	line += strspn(line, " \t");
	line += strspn(line, "0123456789");
	return *line == '\n';
}

/* Where an id of a container's begins; "": there is none. */
static const char *find_id(const char *cgroup)
{
	size_t digits = 0;

	for (const char *at = cgroup; *at; at++) {
		digits = g_ascii_isxdigit(*at) ? digits + 1 : 0;
		if (digits >= PEER_ID_DIGITS)
			return at + 1 - PEER_ID_DIGITS;
	}
	return "";
}

/* What container runtimes call the cgroups of theirs: the id of the container is a part of the name. */
static bool has_container(const char *cgroup)
{
	return *find_id(cgroup) || strstr(cgroup, "/lxc.payload") || strstr(cgroup, "/kubepods") || strstr(cgroup, "/libpod");
}

bool peer_is_of_host(const char *proc, const PeerHost *host, pid_t pid, const char **ret_problem)
{
	g_autofree char *users = slurp(proc, pid, "uid_map"), *mount = read_mount(proc, pid), *status = slurp(proc, pid, "status"), *cgroup = slurp(proc, pid, "cgroup");

	if (!users || !mount || !status || !cgroup)
		return refuse(ret_problem, "the process that has connected cannot be looked at: it may have ended");
	if (strcmp(users, host->users) != 0)
		return refuse(ret_problem, "the process that has connected is in a user namespace of its own, as in a container");
	if (!has_one_pid(status))
		return refuse(ret_problem, "the process that has connected is in a process namespace of its own, as in a container");
	g_autofree char *now = strcmp(mount, host->mount) != 0 ? read_mount(proc, 1) : NULL; /* the host's may have been mounted anew */
	if (strcmp(mount, now ? now : host->mount) != 0)
		return refuse(ret_problem, "the process that has connected has mounts of its own, as in a container or a service with PrivateTmp=");
	if (has_container(cgroup) && strcmp(cgroup, host->cgroup) != 0)
		return refuse(ret_problem, "the process that has connected belongs to a container");
	return true;
}

/* Not a later process of the same number: it is still there after it was looked at. */
static bool is_alive(int pidfd)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	return poll(&ended, 1, 0) == 0;
}

static int open_process(int fd, pid_t pid)
{
	int pidfd;
	socklen_t length = sizeof pidfd;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &length) == 0)
		return pidfd;
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static bool read_groups(int fd, PeerWho *who)
{
	socklen_t length = sizeof who->groups - sizeof *who->groups;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, who->groups, &length) < 0)
		return false;
	who->group_count = length / sizeof *who->groups;
	for (unsigned i = 0; i < who->group_count; i++)
		if (who->groups[i] == who->gid)
			return true;
	who->groups[who->group_count++] = who->gid;
	return true;
}

static void read_program(pid_t pid, PeerWho *who)
{
	g_autofree char *name = slurp("/proc", pid, "comm");

	(void)g_strlcpy(who->program, name ? name : "", sizeof who->program);
	for (char *at = who->program; *at; at++)
		if (*at < ' ' || *at >= 0x7f)
			*at = at[1] ? '?' : 0;
}

static void read_container(pid_t pid, PeerWho *who)
{
	g_autofree char *cgroup = slurp("/proc", pid, "cgroup");

	(void)g_strlcpy(who->container, cgroup ? find_id(cgroup) : "", sizeof who->container);
}

/* Why it is none of the host's; "": it is one. */
static const char *find_stranger(const PeerHost *host, pid_t pid, int pidfd)
{
	const char *problem = "";

	if (pidfd < 0 || (peer_is_of_host("/proc", host, pid, &problem) && !is_alive(pidfd)))
		return "the process that has connected cannot be looked at: it may have ended";
	return problem;
}

bool peer_look(int fd, const PeerHost *host, PeerWho *ret, const char **ret_problem)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	*ret = (PeerWho){ .stranger = "" };
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 || peer.pid <= 0 || peer.uid == (uid_t)-1)
		return refuse(ret_problem, "the kernel does not say who has connected");
	ret->uid = peer.uid;
	ret->gid = peer.gid;
	ret->pid = peer.pid;
	if (!read_groups(fd, ret))
		return refuse(ret_problem, "the kernel does not say in which groups the one is who has connected");
	int pidfd = open_process(fd, peer.pid);
	read_program(peer.pid, ret);
	read_container(peer.pid, ret);
	ret->stranger = find_stranger(host, peer.pid, pidfd);
	if (pidfd >= 0)
		(void)close(pidfd);
	return true;
}
