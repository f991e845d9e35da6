/* SPDX-License-Identifier: MIT
 *
 * What Docker's administrator chose for containers that say nothing of it, and dockerd shows as if they had said it (moby daemon/logs.go,
 * mergeAndVerifyLogConfig, which also keeps it; daemon/inspect.go, mergeUlimits; daemon/daemon_unix.go, adaptContainerSettings).  Pure.
 */
#pragma once

#include "request/request.h"

typedef struct Defaults {
	const char *log_driver;
	PairList log_options;
	UlimitList ulimits;
	int64_t shm_size;
} Defaults;

/* `json`: daemon.json, NULL: there is none; `words`: dockerd's command line, each word with a NUL behind it.  False: it is not what Docker would start with. */
bool defaults_read(const char *json, size_t json_length, const char *words, size_t words_length, Arena *arena, Defaults *ret);
/* Whether the request, or what it has stored, says anything of the kind. */
bool defaults_concern(const Request *request);
/* The request, and what it has stored, without what equals a default: nobody's wish, and what the container has without it. */
const Request *defaults_apply(const Defaults *defaults, const Request *request, Arena *arena);
