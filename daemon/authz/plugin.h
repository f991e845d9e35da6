/* SPDX-License-Identifier: MIT
 *
 * The authorization plugin without its socket: the bytes of one plugin message in, the bytes of the
 * answer out (moby pkg/authorization, pkg/plugins).
 */
#pragma once

#include "authz/identity.h"
#include "authz/patience.h"
#include "authz/pinning.h"
#include "core/builds.h"
#include "core/folds.h"
#include "core/grant.h"
#include "core/ledger.h"
#include "core/lookup.h"
#include "core/marks.h"
#include "core/notice.h"
#include "core/pulls.h"
#include "core/pushes.h"
#include "core/redactor.h"
#include "core/scan-queue.h"
#include "core/status.h"
#include "core/world.h"
#include "request/host-view.h"

#define PLUGIN_AGAIN 307u

typedef struct PluginAnswer {
	unsigned http_status; /* 200, 307, 400 or 404 */
	const char *body;     /* in the arena or static */
	size_t length;
} PluginAnswer;

/* How much a service that was told to end still does. */
typedef enum Leaving {
	LEAVING_NOT,
	LEAVING_SOON, /* it asks Docker no new questions */
	LEAVING_NOW,  /* nothing waits for Docker any more */
} Leaving;

typedef struct Plugin {
	WorldCell *cell;
	Status *status;
	NoticeQueue *notices; /* NULL: nobody listens */
	const Lookup *lookup; /* NULL: there is no Docker to ask */
	Pulls *pulls;         /* NULL: nobody remembers which images were pulled */
	Builds *builds;       /* NULL: nobody remembers who builds */
	Pushes *pushes;       /* NULL: names may move while they are pushed */
	GrantBook *grants;    /* NULL: there are none */
	Identity *identity;   /* NULL: who asks on the Unix socket is not known; else one thread only may answer */
	Patience *patience;   /* NULL: no call waits until it is certain who asks */
	const char *const *own_paths; /* Situation.own_paths; NULL: nothing but the usual */
	Pinning *pinning;     /* NULL: pins are nobody's */
	HostView *view;       /* NULL: host paths are not looked at; what needs that is denied */
	const ScanQueue *scans; /* NULL: nobody scans */
	const Redactor *redactor; /* NULL: texts of calls are not written down; else one thread only may answer */
	Marks *marks; /* calls that were judged at a socket; NULL: there are none */
	bool stopped; /* an administrator stopped the guard: every call is denied, and nothing else here is looked at */
	_Atomic Leaving leaving;
	const PluginAnswer *parting; /* plugin_again or plugin_ending; told to what may not wait */
	Folds *folds; /* NULL: each read that is written down has a line */
	const Ledger *ledger; /* NULL: another instance holds the journal: treated as a journal that cannot be written */
} Plugin;

/* What nearly every call is told. */
extern const PluginAnswer plugin_allowed;
/* Instead of a decision that would take a question to Docker: ask again, of who comes next (RFC 9110, 15.4.8: the same call with the
 * same body; net/http of dockerd's does so); or, where nobody comes, no. */
extern const PluginAnswer plugin_again, plugin_ending;

/* A question that waits for facts, and how it is told to go on (authz/call.h). */
typedef struct Call Call;
typedef struct CallWait CallWait;
typedef struct Envelope Envelope;

/* A call that was let through is over: what came of it matters to grants, pins, pulls and pushes. */
void plugin_settle(const Plugin *plugin, const Envelope *envelope, Arena *arena);
/* `path` as in the request line ("/AuthZPlugin.AuthZReq").  Any thread.  Not answered yet when
 * `ret_call` is not NULL afterwards: it waits, and `arena` belongs to it. */
PluginAnswer plugin_answer(const Plugin *plugin, const char *path, const char *message, size_t length, const CallWait *wait, Arena *arena,
	Call **ret_call);
