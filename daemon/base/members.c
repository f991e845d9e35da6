/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib.h>
#include "base/limits.h"
#include "base/members.h"

const MemberFiles member_files = { "/etc/passwd", "/etc/group", "/etc/nsswitch.conf" };

/* Fields of a line of passwd(5) and of group(5). */
enum { PASSWD_NAME = 0, PASSWD_UID = 2, PASSWD_GID = 3, PASSWD_FIELDS = 7 };
enum { GROUP_GID = 2, GROUP_MEMBERS = 3, GROUP_FIELDS = 4 };

/* NULL: it cannot be read, or is longer than LIMIT_DATABASE_BYTES.  `ret_absent`: there is no such file. */
static char *read_file(const char *path, bool *ret_absent)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	size_t length = 0;
	ssize_t got = 0;

	*ret_absent = fd < 0 && errno == ENOENT;
	if (fd < 0)
		return NULL;
	bool good = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= (off_t)LIMIT_DATABASE_BYTES;
	char *text = good ? g_malloc(LIMIT_DATABASE_BYTES + 1) : NULL;
	while (good && length < LIMIT_DATABASE_BYTES && (got = read(fd, text + length, LIMIT_DATABASE_BYTES - length)) > 0)
		length += (size_t)got;
	(void)close(fd);
	if (!good || got < 0 || length == LIMIT_DATABASE_BYTES || memchr(text, 0, length)) {
		g_free(text);
		return NULL;
	}
	text[length] = 0;
	return text;
}

static bool is_number(const char *text, uint64_t *ret)
{
	char *end = NULL;

	*ret = g_ascii_strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end;
}

/* Services that read these files and nothing else; systemd's makes up users of its own, which are in groups of their own. */
static bool lists_files_only(const char *services)
{
	static const char *const known[] = { "files", "systemd" };
	g_auto(GStrv) words = g_strsplit_set(services, " \t", -1);

	for (size_t i = 0; words[i]; i++) {
		bool good = !*words[i] || *words[i] == '[';
		for (size_t k = 0; k < G_N_ELEMENTS(known); k++)
			good = good || !strcmp(words[i], known[k]);
		if (!good)
			return false;
	}
	return true;
}

/* Without the file, and for what it does not name, these files are asked (nsswitch.conf(5)). */
static bool files_are_all(const char *nsswitch)
{
	static const char *const databases[] = { "passwd:", "group:", "initgroups:" };
	bool absent;
	g_autofree char *text = read_file(nsswitch, &absent);
	g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;

	for (size_t i = 0; lines && lines[i]; i++) {
		char *line = g_strstrip(lines[i]);
		line[strcspn(line, "#")] = 0;
		for (size_t d = 0; d < G_N_ELEMENTS(databases); d++)
			if (g_str_has_prefix(line, databases[d]) && !lists_files_only(line + strlen(databases[d])))
				return false;
	}
	return text || absent;
}

/* Whether a line of passwd says that somebody beside root has this primary group.  What is no line of passwd may be anything. */
static bool has_primary(const char *line, gid_t gid)
{
	g_auto(GStrv) fields = g_strsplit(line, ":", -1);
	uint64_t uid, primary;

	if (!*line)
		return false;
	if (g_strv_length(fields) != PASSWD_FIELDS || !is_number(fields[PASSWD_UID], &uid) || !is_number(fields[PASSWD_GID], &primary))
		return true;
	return primary == gid && uid != 0;
}

static bool names_others(const char *members)
{
	g_auto(GStrv) names = g_strsplit(members, ",", -1);

	for (size_t i = 0; names[i]; i++)
		if (*g_strstrip(names[i]) && strcmp(names[i], "root") != 0)
			return true;
	return false;
}

static bool has_listed(const char *line, gid_t gid)
{
	g_auto(GStrv) fields = g_strsplit(line, ":", -1);
	uint64_t number;

	if (!*line)
		return false;
	if (g_strv_length(fields) != GROUP_FIELDS || !is_number(fields[GROUP_GID], &number))
		return true;
	return number == gid && names_others(fields[GROUP_MEMBERS]);
}

static bool any_line(const char *file, bool (*has)(const char *line, gid_t gid), gid_t gid)
{
	bool absent;
	g_autofree char *text = read_file(file, &absent);
	g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;

	if (!text)
		return true;
	for (size_t i = 0; lines[i]; i++)
		if (has(lines[i], gid))
			return true;
	return false;
}

bool group_has_members(const MemberFiles *files, gid_t gid)
{
	return !files_are_all(files->nsswitch) || any_line(files->passwd, has_primary, gid) || any_line(files->group, has_listed, gid);
}
