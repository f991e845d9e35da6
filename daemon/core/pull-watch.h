/* SPDX-License-Identifier: MIT
 *
 * Calls under way that give images names: which pulls run, and whether anybody else may be at a name meanwhile.  Whoever has one sees to it that
 * one thread at a time uses it.
 */
#pragma once

#include <sys/types.h>
#include "base/limits.h"
#include "request/request.h"

/* A name that is being pulled, or was a moment ago. */
typedef struct WatchedPull {
	char *name; /* NULL: free */
	unsigned running;
	int64_t begun_us, ended_us; /* begun: of the first that the others followed closely */
} WatchedPull;

typedef struct PullWatch {
	pid_t docker;
	unsigned naming;  /* calls that run and can give an image a name */
	int64_t named_us; /* when one last began or ended */
	WatchedPull watched[LIMIT_PULLS_WATCHED];
} PullWatch;

/* What runs is not known any more; frees what it holds. */
void watch_forget(PullWatch *watch);
/* Calls that name no image count for nothing.  `docker`: its process; when that is another one, nothing runs any more. */
void watch_begun(PullWatch *watch, const Request *request, pid_t docker, int64_t now_us);
void watch_ended(PullWatch *watch, const Request *request, int64_t now_us);
bool watch_expects(const PullWatch *watch);
/* A number for the pull of `name` (NULL: no name); 0: somebody may have been at the name since it began, or nobody asked this service for one. */
int64_t watch_number(PullWatch *watch, const char *name);
