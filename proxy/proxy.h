/* SPDX-License-Identifier: MIT
 *
 * sentinel-proxy: sockets that speak Docker's API, and send on to Docker what the judge (authz/judge.h) lets through.  One thread, sd-event.
 */
#pragma once

#include <systemd/sd-event.h>
#include "base/arena.h"
#include "proxy/judge.h"
#include "proxy/peer.h"

typedef struct Proxy {
	sd_event *event;
	sd_event_source *tick;
	const char *docker; /* the path of Docker's socket */
	PeerHost host;
	JudgeLink *judge;
	Arena *arena;       /* for one look at a target */
	GQueue connections;
	GHashTable *users;  /* uid -> how many */
	char *scratch;      /* LIMIT_SOCKET_READ_BYTES, for one read */
} Proxy;

/* A socket that listens. */
typedef struct Door {
	Proxy *proxy;
	char *name;
	sd_event_source *source;
} Door;

typedef struct Connection Connection;

/* One that was accepted; takes `fd`. */
void connection_begin(Door *door, int fd);
void connection_verdict(Connection *connection, const Verdict *verdict);
/* The judge has room for questions again. */
void connection_retry(Connection *connection);
/* Each second. */
void connection_tick(Connection *connection, int64_t now_us);
void connection_end(Connection *connection);
