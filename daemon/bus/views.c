/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <glib.h>
#include "bus/views.h"

struct Views {
	pthread_mutex_t lock; /* guards what follows */
	GPtrArray *idle;
	const char *pin_socket;
};

Views *views_new(const char *pin_socket)
{
	Views *views = g_new0(Views, 1);

	(void)pthread_mutex_init(&views->lock, NULL);
	views->idle = g_ptr_array_new();
	views->pin_socket = pin_socket;
	return views;
}

void views_free(Views *views)
{
	for (guint i = 0; i < views->idle->len; i++)
		host_view_free(g_ptr_array_index(views->idle, i));
	g_ptr_array_unref(views->idle);
	(void)pthread_mutex_destroy(&views->lock);
	g_free(views);
}

HostView *views_borrow(Views *views)
{
	(void)pthread_mutex_lock(&views->lock);
	HostView *view = views->idle->len ? g_ptr_array_steal_index_fast(views->idle, views->idle->len - 1) : NULL;
	(void)pthread_mutex_unlock(&views->lock);
	return view ? view : host_view_new(views->pin_socket);
}

void views_give_back(Views *views, HostView *view)
{
	(void)pthread_mutex_lock(&views->lock);
	g_ptr_array_add(views->idle, view);
	(void)pthread_mutex_unlock(&views->lock);
}
