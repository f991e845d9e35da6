/* SPDX-License-Identifier: MIT */
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "authz/exposition.h"
#include "authz/listen.h"
#include "base/limits.h"
#include "base/log.h"

#define MS_US ((int64_t)1000)
#define SOCKET_MODE 0666

/* A text that was made a moment ago is good enough: the deciding thread waits while one is made. */
typedef struct Recent {
	struct MHD_Response *response;
	int64_t made_us;
} Recent;

struct Exposition {
	MetricsSource source;
	_Atomic bool degraded;
	char *path; /* as it is wanted; "" nowhere */
	struct MHD_Daemon *daemon;
	bool failed; /* told */
	/* of the thread that answers */
	GHashTable *users; /* uid -> connections, as pointers */
	Recent recent[METRICS_FORMATS];
};

static const char *const types[METRICS_FORMATS] = {
	[METRICS_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
	[METRICS_PLAIN] = "text/plain; version=0.0.4; charset=utf-8",
};

static uid_t user_of(int fd)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t length = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? peer.uid : (uid_t)-1;
}

/* One user may not have all connections; who has too many is hung up on. */
static void on_connection(void *data, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
	Exposition *exposition = data;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (code == MHD_CONNECTION_NOTIFY_STARTED && info) {
		gpointer user = GUINT_TO_POINTER(user_of(info->connect_fd));
		const guint count = GPOINTER_TO_UINT(g_hash_table_lookup(exposition->users, user)) + 1;
		(void)g_hash_table_insert(exposition->users, user, GUINT_TO_POINTER(count));
		*context = user;
		if (count > LIMIT_METRICS_PER_USER)
			(void)shutdown(info->connect_fd, SHUT_RDWR);
	} else if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		const guint count = GPOINTER_TO_UINT(g_hash_table_lookup(exposition->users, *context));
		if (count > 1)
			(void)g_hash_table_insert(exposition->users, *context, GUINT_TO_POINTER(count - 1));
		else
			(void)g_hash_table_remove(exposition->users, *context);
	}
}

static void forget(Recent *recent)
{
	if (recent->response)
		MHD_destroy_response(recent->response);
	*recent = (Recent){ 0 };
}

static struct MHD_Response *respond(Exposition *exposition, MetricsFormat format)
{
	Recent *recent = &exposition->recent[format];
	const int64_t now = g_get_monotonic_time();
	g_autoptr(Arena) arena = arena_new();

	if (recent->response && now - recent->made_us < LIMIT_METRICS_RECENT_MS * MS_US)
		return recent->response;
	forget(recent);
	const char *text = metrics_source_text(&exposition->source, atomic_load(&exposition->degraded), format, arena);
	if (!text)
		return NULL;
	/* The library does not write into what it copies. */
	recent->response = MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
	recent->made_us = now;
	if (recent->response)
		(void)MHD_add_response_header(recent->response, MHD_HTTP_HEADER_CONTENT_TYPE, types[format]);
	return recent->response;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned status)
{
	struct MHD_Response *empty = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result = empty ? MHD_queue_response(connection, status, empty) : MHD_NO;

	if (empty)
		MHD_destroy_response(empty);
	return result;
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
	const char *body, size_t *length, void **context)
{
	const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
	const MetricsFormat format = accept && strstr(accept, "application/openmetrics-text") ? METRICS_OPENMETRICS : METRICS_PLAIN;

	(void)version;
	(void)body;
	(void)length;
	(void)context;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
		return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED);
	if (strcmp(url, "/metrics") != 0)
		return refuse(connection, MHD_HTTP_NOT_FOUND);
	struct MHD_Response *response = respond(data, format);
	return response ? MHD_queue_response(connection, MHD_HTTP_OK, response) : refuse(connection, MHD_HTTP_SERVICE_UNAVAILABLE);
}

static void stop(Exposition *exposition)
{
	if (!exposition->daemon)
		return;
	MHD_stop_daemon(exposition->daemon);
	exposition->daemon = NULL;
	(void)unlink(exposition->path);
	for (unsigned i = 0; i < METRICS_FORMATS; i++)
		forget(&exposition->recent[i]);
	g_hash_table_remove_all(exposition->users);
}

static bool start(Exposition *exposition, GError **error)
{
	int fd = listen_at(exposition->path, SOCK_STREAM, error);

	if (fd < 0)
		return false;
	(void)chmod(exposition->path, SOCKET_MODE);
	exposition->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ITC, 0, NULL, NULL,
		on_request, exposition, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)LIMIT_METRICS_REQUEST_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, LIMIT_METRICS_IDLE_S, MHD_OPTION_CONNECTION_LIMIT,
		LIMIT_METRICS_CONNECTIONS, MHD_OPTION_NOTIFY_CONNECTION, on_connection, exposition, MHD_OPTION_END);
	if (exposition->daemon)
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "the thread that serves %s cannot be started", exposition->path);
	(void)close(fd);
	(void)unlink(exposition->path);
	return false;
}

/* Decisions go on without it. */
static void try(Exposition *exposition)
{
	g_autoptr(GError) error = NULL;

	if (exposition->daemon || !*exposition->path)
		return;
	bool good = start(exposition, &error);
	if (!good && !exposition->failed)
		log_warning("metrics.socket is not served, and tried again: %s", error->message);
	else if (good)
		log_info("counters for monitoring are at %s", exposition->path);
	exposition->failed = !good;
}

Exposition *exposition_new(const MetricsSource *source)
{
	Exposition *exposition = g_new0(Exposition, 1);

	exposition->source = *source;
	exposition->path = g_strdup("");
	exposition->users = g_hash_table_new(g_direct_hash, g_direct_equal);
	return exposition;
}

void exposition_free(Exposition *exposition)
{
	if (!exposition)
		return;
	stop(exposition);
	g_hash_table_unref(exposition->users);
	g_free(exposition->path);
	g_free(exposition);
}

void exposition_configure(Exposition *exposition, const char *path)
{
	if (strcmp(path, exposition->path) != 0) {
		stop(exposition);
		g_free(exposition->path);
		exposition->path = g_strdup(path);
		exposition->failed = false;
	}
	try(exposition);
}

void exposition_tick(Exposition *exposition, bool degraded)
{
	atomic_store(&exposition->degraded, degraded);
	try(exposition);
}
