/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <glib.h>
#include "base/limits.h"
#include "docker/probes.h"

typedef struct Open {
	Probes *probes;
	uint64_t number;
	bool arrived;
	ProbeFn done;
	void *data;
} Open;

struct Probes {
	Client *client;
	uint64_t last;
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

static void finish(long status, const char *body, size_t length, void *data)
{
	Open *open = data;
	Probes *probes = open->probes;
	Probe result = status == CLIENT_NOBODY ? PROBE_NOBODY : status == CLIENT_NO_ANSWER ? PROBE_SILENT : status == 200 ? PROBE_UNASKED : PROBE_REFUSED;

	(void)body;
	(void)length;
	(void)pthread_mutex_lock(&probes->lock);
	(void)g_ptr_array_remove_fast(probes->open, open);
	bool arrived = open->arrived;
	(void)pthread_mutex_unlock(&probes->lock);
	open->done(arrived ? PROBE_ASKED : result, open->data);
	g_free(open);
}

void probes_begin(Probes *probes, ProbeFn done, void *data)
{
	Open *open = g_new0(Open, 1);

	*open = (Open){ .probes = probes, .number = ++probes->last, .done = done, .data = data };
	(void)pthread_mutex_lock(&probes->lock);
	g_ptr_array_add(probes->open, open);
	(void)pthread_mutex_unlock(&probes->lock);
	client_get_numbered(probes->client, "/_ping", open->number, LIMIT_PROBE_MS, finish, open);
}

void probes_arrived(Probes *probes, uint64_t number)
{
	(void)pthread_mutex_lock(&probes->lock);
	for (guint i = 0; i < probes->open->len; i++) {
		Open *open = g_ptr_array_index(probes->open, i);
		if (open->number == number)
			open->arrived = true;
	}
	(void)pthread_mutex_unlock(&probes->lock);
}
