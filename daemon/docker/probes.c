/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
#include <glib.h>
#include "base/limits.h"
#include "base/log.h"
#include "docker/probes.h"
#include "request/engine.h"

/* From this size on plugins are not shown a body (moby pkg/authorization/authz.go, maxBodySize, before 29.3.1). */
#define LARGE_BODY_BYTES ((size_t)1024 * 1024)

#define OK 200

typedef struct Open {
	Probes *probes;
	uint64_t number;
	bool arrived, body_shown;
	ProbeFn done;
	void *data;
} Open;

struct Probes {
	Client *client;
	uint64_t last;
	_Atomic Bodies bodies;
	pthread_mutex_t lock; /* guards what follows, and what is in it */
	GPtrArray *open;
};

Probes *probes_new(Client *client)
{
	Probes *probes = g_new0(Probes, 1);

	probes->client = client;
	probes->open = g_ptr_array_new();
	(void)pthread_mutex_init(&probes->lock, NULL);
	return probes;
}

void probes_free(Probes *probes)
{
	g_ptr_array_unref(probes->open);
	(void)pthread_mutex_destroy(&probes->lock);
	g_free(probes);
}

/* Known only of a Docker that asked about the ping and then answered it. */
static void judge_bodies(Probes *probes, const Open *open, long status)
{
	if (!open->arrived || status != OK)
		return;
	atomic_store(&probes->bodies, open->body_shown ? BODIES_SHOWN : BODIES_HIDDEN);
	if (!open->body_shown)
		log_warning("%s: %s", engine_hidden_bodies.message, engine_hidden_bodies.advice);
}

static void finish(long status, const char *body, size_t length, void *data)
{
	Open *open = data;
	Probes *probes = open->probes;
	Probe result = status == CLIENT_NOBODY ? PROBE_NOBODY : status == CLIENT_NO_ANSWER ? PROBE_SILENT : status == OK ? PROBE_UNASKED : PROBE_REFUSED;

	(void)body;
	(void)length;
	(void)pthread_mutex_lock(&probes->lock);
	(void)g_ptr_array_remove_fast(probes->open, open);
	(void)pthread_mutex_unlock(&probes->lock);
	if (open->done)
		open->done(open->arrived ? PROBE_ASKED : result, open->data);
	else
		judge_bodies(probes, open, status);
	g_free(open);
}

static Open *begin(Probes *probes, ProbeFn done, void *data)
{
	Open *open = g_new0(Open, 1);

	*open = (Open){ .probes = probes, .number = ++probes->last, .done = done, .data = data };
	(void)pthread_mutex_lock(&probes->lock);
	g_ptr_array_add(probes->open, open);
	(void)pthread_mutex_unlock(&probes->lock);
	return open;
}

void probes_begin(Probes *probes, ProbeFn done, void *data)
{
	Open *open = begin(probes, done, data);

	client_get_numbered(probes->client, "/_ping", open->number, LIMIT_PROBE_MS, finish, open);
}

void probes_try_bodies(Probes *probes)
{
	Open *open = begin(probes, NULL, NULL);

	atomic_store(&probes->bodies, BODIES_UNKNOWN);
	client_send_numbered(probes->client, "/_ping", open->number, LARGE_BODY_BYTES, LIMIT_PROBE_MS, finish, open);
}

Bodies probes_bodies(const Probes *probes)
{
	return atomic_load(&probes->bodies);
}

void probes_arrived(Probes *probes, uint64_t number, bool body_shown)
{
	(void)pthread_mutex_lock(&probes->lock);
	for (guint i = 0; i < probes->open->len; i++) {
		Open *open = g_ptr_array_index(probes->open, i);
		if (open->number != number)
			continue;
		open->arrived = true;
		open->body_shown = body_shown;
	}
	(void)pthread_mutex_unlock(&probes->lock);
}
