/* SPDX-License-Identifier: MIT
 *
 * What judge.c (the thread) and judge-client.c (proxies, and their calls) share.  The judge's thread, but for judge_resume().
 */
#pragma once

#include <pthread.h>
#include <systemd/sd-event.h>
#include "authz/judge-read.h"
#include "authz/judge.h"
#include "authz/read-filter.h"

struct Judge {
	Plugin plugin, foreign; /* of calls to Docker; of those to another upstream, of which nothing can be asked */
	char *path, *packet;
	int listen, wake;
	bool runs;
	_Atomic bool stopping;
	pthread_t thread;
	sd_event *event;
	Accounts *accounts;
	GPtrArray *clients;  /* of JudgeClient */
	unsigned calls, waiting; /* of all of them: known, and that wait for Docker */
	uint64_t bodies;     /* bytes of theirs */
	pthread_mutex_t lock; /* guards: */
	GQueue ready;        /* of JudgeCall: they have waited */
};

/* A proxy that is connected. */
typedef struct JudgeClient {
	Judge *judge;
	int fd;
	sd_event_source *source;
	GHashTable *calls; /* number -> JudgeCall */
	GQueue answers;    /* of GBytes, while it does not read them */
} JudgeClient;

typedef struct JudgeCall {
	Judge *judge;
	const Plugin *plugin; /* one of the judge's */
	char *upstream;       /* "": Docker's own socket */
	ReadFilter filter;    /* in `arena` */
	JudgeClient *client; /* NULL: it is gone */
	JudgeAsked asked;
	uint64_t number, bytes;
	Arena *arena; /* NULL: what came of it is of no interest */
	Call *call;   /* not judged yet, and waits */
	char mark[JUDGE_MARK_DIGITS + 1]; /* "": it was not let through */
} JudgeCall;

bool judge_client_add(Judge *judge, int fd);
void judge_client_end(JudgeClient *client);
/* It may go on; any thread. */
void judge_resume(void *call);
void judge_go_on(JudgeCall *call);
