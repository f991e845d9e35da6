/* SPDX-License-Identifier: MIT
 *
 * The plugin socket: libmicrohttpd in its own threads.  Main thread.
 */
#pragma once

#include "authz/plugin.h"

typedef struct Server Server;

/* `fd`: a listening socket from systemd, or -1: bind `path` (0600; a stale socket is replaced, a live
 * one is an error; the directory must exist). */
Server *server_start(const Plugin *plugin, const char *path, int fd, GError **error);
/* Where it listens; NULL is accepted and gives "". */
const char *server_path(const Server *server);
/* Each answer closes its connection from now on: Docker's next call goes to whoever listens then (RFC 9112, 9.6). */
void server_retire(Server *server);
/* Whether somebody comes after us on the same socket, which is systemd's. */
bool server_hands_over(const Server *server);
/* What is new is not asked of Docker any more (authz/plugin.h, parting). */
void server_ask_no_more(Server *server);
/* No new connections: they wait for the next instance.  What comes on those that are there is answered. */
void server_quiesce(Server *server);
/* Nothing waits for Docker any more: what does, and what would, is told the parting word. */
void server_part(Server *server);
bool server_busy(Server *server);  /* something is not answered yet */
bool server_waits(Server *server); /* ... but waits for Docker */
/* After server_quiesce(), again and again: ends connections that are idle.  How many there are, and how many of them are still idle. */
unsigned server_let_go(Server *server, unsigned *ret_idle);
void server_stop(Server *server); /* ends the answers under way; a socket of systemd's stays open */
