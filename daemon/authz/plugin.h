/* SPDX-License-Identifier: MIT
 *
 * The authorization plugin without its socket: the bytes of one plugin message in, the bytes of the
 * answer out (moby pkg/authorization, pkg/plugins).
 */
#pragma once

#include "authz/identity.h"
#include "core/grant.h"
#include "core/ledger.h"
#include "core/lookup.h"
#include "core/notice.h"
#include "core/scan-queue.h"
#include "core/status.h"
#include "core/world.h"
#include "request/host-view.h"

typedef struct Plugin {
	WorldCell *cell;
	Status *status;
	NoticeQueue *notices; /* NULL: nobody listens */
	const Lookup *lookup; /* NULL: there is no Docker to ask */
	GrantBook *grants;    /* NULL: there are none */
	Identity *identity;   /* NULL: who asks on the Unix socket is not known; else one thread only may answer */
	HostView *view;       /* NULL: host paths are not looked at; what needs that is denied */
	const ScanQueue *scans; /* NULL: nobody scans */
	bool stopped; /* an administrator stopped the guard: every call is denied, and nothing else here is looked at */
	const Ledger *ledger; /* NULL: another instance holds the journal: treated as a journal that cannot be written */
} Plugin;

typedef struct PluginAnswer {
	unsigned http_status; /* 200, 400 or 404 */
	const char *body;     /* in the arena or static */
	size_t length;
} PluginAnswer;

/* What nearly every call is told. */
extern const PluginAnswer plugin_allowed;

/* A question that waits for facts, and how it is told to go on (authz/call.h). */
typedef struct Call Call;
typedef struct CallWait CallWait;

/* `path` as in the request line ("/AuthZPlugin.AuthZReq").  Any thread.  Not answered yet when
 * `ret_call` is not NULL afterwards: it waits, and `arena` belongs to it. */
PluginAnswer plugin_answer(const Plugin *plugin, const char *path, const char *message, size_t length, const CallWait *wait, Arena *arena,
	Call **ret_call);
