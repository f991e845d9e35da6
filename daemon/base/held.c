/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <glib.h>
#include "base/held.h"

#define PROTOCOL_BYTES 32
#define TCP_LISTEN 0x0au /* enum in linux/include/net/tcp_states.h */
#define TCP_FIELD_STATE 3u /* words of a line of /proc/net/tcp (proc(5)) */
#define TCP_FIELD_INODE 9u

/* The kernel's names of protocols (sk_prot->name), which sockfs shows as an attribute.  "UNIX" is datagrams, but all
 * of them before Linux 5.15; TCP is looked at once more. */
typedef enum Protocol { PROTOCOL_OTHER, PROTOCOL_HARMLESS, PROTOCOL_UNIX, PROTOCOL_STREAM, PROTOCOL_TCP } Protocol;

static Protocol protocol_of(int directory, const char *fd)
{
	static const struct { const char *name; Protocol protocol; } rows[] = {
		{ "UNIX-STREAM", PROTOCOL_STREAM }, { "UNIX", PROTOCOL_UNIX }, { "TCP", PROTOCOL_TCP }, { "TCPv6", PROTOCOL_TCP },
		{ "NETLINK", PROTOCOL_HARMLESS }, { "UDP", PROTOCOL_HARMLESS }, { "UDPv6", PROTOCOL_HARMLESS },
	};
	char path[64], name[PROTOCOL_BYTES + 1] = "";

	(void)g_snprintf(path, sizeof path, "/proc/self/fd/%d/%s", directory, fd);
	if (getxattr(path, "system.sockprotoname", name, PROTOCOL_BYTES) <= 0)
		return PROTOCOL_OTHER;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!strcmp(name, rows[i].name))
			return rows[i].protocol;
	return PROTOCOL_OTHER;
}

static bool holds(const HeldAnswer *answer, unsigned long ino)
{
	for (uint32_t i = 0; i < answer->count; i++)
		if (answer->items[i].ino == ino)
			return true;
	return false;
}

/* False: that is no line of /proc/net/tcp. */
static bool read_tcp(char *line, unsigned long *ret_state, unsigned long *ret_ino)
{
	char *rest = NULL;
	unsigned field = 0;

	for (const char *word = strtok_r(line, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest), field++) {
		if (field == TCP_FIELD_STATE)
			*ret_state = strtoul(word, NULL, 16);
		else if (field == TCP_FIELD_INODE)
			*ret_ino = strtoul(word, NULL, 10);
	}
	return field > TCP_FIELD_INODE;
}

/* Whether one of its sockets listens for TCP in its network: the kernel lists those first.  What it has in containers'
 * networks answers names there. */
static bool listens(pid_t pid, const char *file, const HeldAnswer *answer)
{
	char path[64], line[512];
	unsigned long state, ino;
	bool found = false;

	(void)g_snprintf(path, sizeof path, "/proc/%d/net/%s", (int)pid, file);
	FILE *sockets = fopen(path, "re");
	if (!sockets)
		return errno != ENOENT;
	bool whole = fgets(line, sizeof line, sockets) != NULL; /* the heading */
	while (whole && !found && fgets(line, sizeof line, sockets)) {
		if (!read_tcp(line, &state, &ino))
			whole = false;
		else if (state != TCP_LISTEN)
			break;
		else
			found = holds(answer, ino);
	}
	(void)fclose(sockets);
	return found || !whole;
}

/* From what the kernel says to what it means. */
static void settle(pid_t pid, HeldAnswer *answer)
{
	bool stream = false, tcp = false;

	for (uint32_t i = 0; i < answer->count; i++) {
		stream |= answer->items[i].kind == PROTOCOL_STREAM;
		tcp |= answer->items[i].kind == PROTOCOL_TCP;
	}
	tcp = tcp && (listens(pid, "tcp", answer) || listens(pid, "tcp6", answer));
	const HeldKind kinds[] = {
		[PROTOCOL_OTHER] = HELD_OTHER, [PROTOCOL_HARMLESS] = HELD_HARMLESS, [PROTOCOL_UNIX] = stream ? HELD_HARMLESS : HELD_UNIX,
		[PROTOCOL_STREAM] = HELD_UNIX, [PROTOCOL_TCP] = tcp ? HELD_OTHER : HELD_HARMLESS,
	};
	for (uint32_t i = 0; i < answer->count; i++)
		answer->items[i].kind = kinds[answer->items[i].kind];
}

/* False: it cannot be seen.  What is no socket, or has been closed meanwhile, is nothing. */
static bool take(int directory, const char *fd, HeldAnswer *answer)
{
	static const char prefix[] = "socket:[";
	char target[64] = "", *end;

	ssize_t length = readlinkat(directory, fd, target, sizeof target - 1);
	if (length < 0)
		return errno == ENOENT;
	if (!g_str_has_prefix(target, prefix))
		return true;
	unsigned long ino = strtoul(target + strlen(prefix), &end, 10);
	if (*end != ']' || ino > UINT32_MAX)
		return false;
	if (answer->count >= LIMIT_LOOK_HELD)
		return false;
	answer->items[answer->count++] = (HeldSocket){ (uint32_t)ino, protocol_of(directory, fd) };
	return true;
}

void held_look(pid_t pid, HeldAnswer *ret)
{
	char path[64];
	struct stat status;
	const struct dirent *entry = NULL;

	*ret = (HeldAnswer){ .number = ret->number };
	(void)g_snprintf(path, sizeof path, "/proc/%d", (int)pid);
	if (pid <= 0 || stat(path, &status) < 0)
		return;
	ret->uid = status.st_uid;
	(void)g_strlcat(path, "/fd", sizeof path);
	DIR *directory = opendir(path);
	if (!directory)
		return;
	bool whole = true;
	for (errno = 0; whole && (entry = readdir(directory)); errno = 0)
		whole = *entry->d_name == '.' || take(dirfd(directory), entry->d_name, ret);
	ret->known = whole && errno == 0;
	(void)closedir(directory);
	settle(pid, ret);
}

size_t held_size(const HeldAnswer *answer)
{
	return offsetof(HeldAnswer, items) + answer->count * sizeof answer->items[0];
}
