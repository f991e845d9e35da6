/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/socket-look.h"

#define LISTENS 0x10000u /* linux net/unix/af_unix.c, unix_seq_show: __SO_ACCEPTCON */

#define FLAGS_WORD 3
#define PATH_WORD 7
#define HEX 16

/* What begins with the word of this number, from 0. */
static char *skip_words(char *line, int words)
{
	for (int i = 0; i < words; i++) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	return line;
}

/* "0000000000000000: 00000002 00000000 00010000 0001 01 23456 /run/docker.sock"; false: it has no path, or does not listen. */
static bool read_line(char *line, const char **ret_path)
{
	line[strcspn(line, "\n")] = 0;
	char *flags = skip_words(line, FLAGS_WORD);
	*ret_path = skip_words(flags, PATH_WORD - FLAGS_WORD);
	return **ret_path == '/' && (strtoul(flags, NULL, HEX) & LISTENS);
}

static void note(const Sockets *sockets, const char *path, SocketSeen *seen, Arena *arena)
{
	for (size_t i = 0; i < sockets->count; i++) {
		seen[i].listens |= !strcmp(socket_path(&sockets->items[i], arena), path);
		seen[i].upstream |= !strcmp(sockets->items[i].upstream, path);
	}
}

SocketSeen *socket_look(const SocketSet *set, const char *table, Arena *arena)
{
	const Sockets *sockets = socket_set_all(set);
	SocketSeen *seen = arena_alloc(arena, ((sockets ? sockets->count : 0) + 1) * sizeof *seen);
	FILE *file = sockets ? fopen(table, "re") : NULL;
	const char *path;
	char *line = NULL;
	size_t room = 0;

	while (file && getline(&line, &room, file) > 0)
		if (read_line(line, &path))
			note(sockets, path, seen, arena);
	free(line);
	if (file)
		(void)fclose(file);
	return seen;
}

static const char *problem_of(const SocketSet *set, const char *policy, Arena *arena)
{
	const char *problem = "";

	if (!strcmp(policy, SOCKET_ACTIVE_POLICY) || socket_set_policy(set, policy, &problem))
		return "";
	return arena_printf(arena, "its policy %s cannot be had: %s", policy, problem);
}

const char *socket_problem(const SocketSet *set, const Socket *socket, Arena *arena)
{
	const char *problem = problem_of(set, socket->policy, arena);

	for (size_t i = 0; !*problem && i < socket->rules.count; i++)
		problem = problem_of(set, socket->rules.items[i].policy, arena);
	return problem;
}

static bool diagnose_one(const SocketSet *set, const Socket *socket, const SocketSeen *seen, CheckList *checks, Arena *arena)
{
	const char *problem = socket_problem(set, socket, arena);

	if (*problem)
		check_add(checks, arena, "sockets", CHECK_FAILED, arena_printf(arena, "socket %s: %s", socket->name, problem),
			"Nothing is let through there: write that policy, or name another one in config.yaml (sockets:).");
	else if (!seen->listens)
		check_add(checks, arena, "sockets", CHECK_WARNING, arena_printf(arena, "socket %s: nobody listens at %s", socket->name, socket_path(socket, arena)),
			arena_printf(arena, "systemctl daemon-reload; systemctl start sentinel-proxy@%s.socket", socket->name));
	else if (*socket->upstream && !seen->upstream)
		check_add(checks, arena, "sockets", CHECK_WARNING, arena_printf(arena, "socket %s: nobody listens at %s, where its calls are sent to", socket->name, socket->upstream),
			"Start what listens there, or change upstream in config.yaml (sockets:).");
	else
		return true;
	return false;
}

void diagnose_sockets(const SocketSet *set, const SocketSeen *seen, CheckList *checks, Arena *arena)
{
	const Sockets *sockets = socket_set_all(set);
	bool good = true;

	for (size_t i = 0; sockets && i < sockets->count; i++)
		good &= diagnose_one(set, &sockets->items[i], &seen[i], checks, arena);
	if (sockets && good)
		check_add(checks, arena, "sockets", CHECK_OK, arena_printf(arena, "%zu of config.yaml listen, and have their policies", sockets->count), "");
}
