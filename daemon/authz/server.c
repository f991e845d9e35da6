/* SPDX-License-Identifier: MIT */
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "authz/call.h"
#include "authz/listen.h"
#include "authz/message.h"
#include "authz/peers.h"
#include "authz/server.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"

#define CONNECTION_POOL_BYTES ((size_t)32 * 1024) /* larger ones make reconnects slow */
#define REQUEST_PATH "/AuthZPlugin.AuthZReq" /* the only path with calls that wait */
#define PARTING_STEP_MS 5u
#define PID_UNKNOWN (-1) /* of another process namespace */

/* One message and its answer. */
typedef struct Exchange {
	Server *server;
	struct MHD_Connection *connection;
	Peer *peer;
	bool waits; /* for Docker, and counts as such */
	Incoming message;
	Call *call;   /* NULL unless it waits for facts */
	Arena *arena; /* the call's, while it waits */
} Exchange;

struct Server {
	Plugin plugin;
	struct MHD_Daemon *daemon;
	struct MHD_Response *allowed; /* made once: plugin_allowed */
	char *path;
	bool passed; /* it is a socket of systemd's, which stays */
	Arena *arena; /* of the one thread that answers, as is: */
	Exchange *spare; /* the last that ended, with its room; or NULL */
	Peers peers;
	_Atomic unsigned under_way, waiting;
	_Atomic bool retiring;
	MHD_socket quiesced; /* of which nothing is accepted any more; MHD_INVALID_SOCKET: not yet.  Main's */
};

/* Its process; 0: it is not dockerd and gets no answer. */
static pid_t trusted_peer(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return 0;
	if (peer.uid == 0 || peer.uid == geteuid())
		return peer.pid ? peer.pid : PID_UNKNOWN;
	log_warning("closed a connection of uid %u (pid %d) to the plugin socket: only dockerd may ask", (unsigned)peer.uid, (int)peer.pid);
	return 0;
}

static void on_connection(void *data, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	Server *server = data;

	if (code == MHD_CONNECTION_NOTIFY_STARTED && info)
		*context = peers_add(&server->peers, info->connect_fd, trusted_peer(info->connect_fd));
	else if (code == MHD_CONNECTION_NOTIFY_CLOSED && *context)
		peers_remove(&server->peers, g_steal_pointer(context));
}

/* NULL: gets no answer. */
static Peer *peer_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	Peer *peer = info ? info->socket_context : NULL;

	return peer && peer->pid ? peer : NULL;
}

static void exchange_free(Exchange *exchange)
{
	if (exchange)
		message_clear(&exchange->message);
	g_free(exchange);
}

/* With the room of the one before it, unless that was large. */
static Exchange *exchange_begin(Server *server, struct MHD_Connection *connection, Peer *peer)
{
	Exchange *exchange = server->spare ? g_steal_pointer(&server->spare) : g_new0(Exchange, 1);

	*exchange = (Exchange){ .server = server, .connection = connection, .peer = peer, .message = exchange->message };
	atomic_fetch_add(&server->under_way, 1);
	peer_begins(peer);
	return exchange;
}

static void exchange_end(Server *server, Exchange *exchange)
{
	peer_ends(exchange->peer);
	if (exchange->waits)
		atomic_fetch_sub(&server->waiting, 1);
	if (!message_reuse(&exchange->message) || server->spare)
		exchange_free(exchange);
	else
		server->spare = exchange;
	atomic_fetch_sub(&server->under_way, 1);
}

static struct MHD_Response *make_response(const PluginAnswer *answer, enum MHD_ResponseMemoryMode memory)
{
	/* libmicrohttpd copies or reads and does not write, but its parameter is not const. */
	void *body = (void *)(uintptr_t)answer->body;
	struct MHD_Response *response = MHD_create_response_from_buffer(answer->length, body, memory);

	if (response)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	return response;
}

static enum MHD_Result reply(const Server *server, struct MHD_Connection *connection, const PluginAnswer *answer)
{
	bool retiring = atomic_load(&server->retiring);

	if (answer->body == plugin_allowed.body && !retiring)
		return MHD_queue_response(connection, answer->http_status, server->allowed);
	struct MHD_Response *response = make_response(answer, MHD_RESPMEM_MUST_COPY);
	if (!response)
		return MHD_NO;
	if (answer->http_status == PLUGIN_AGAIN)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, REQUEST_PATH);
	if (retiring)
		(void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	enum MHD_Result result = MHD_queue_response(connection, answer->http_status, response);
	MHD_destroy_response(response);
	return result;
}

static void park(void *data)
{
	Exchange *exchange = data;

	if (!exchange->waits)
		atomic_fetch_add(&exchange->server->waiting, 1);
	exchange->waits = true;
	MHD_suspend_connection(exchange->connection);
}

static void resume(void *data)
{
	MHD_resume_connection(((Exchange *)data)->connection);
}

/* The whole message is there. */
static enum MHD_Result answer(Server *server, Exchange *exchange, const char *path)
{
	const CallWait wait = { park, resume, exchange, MAX(exchange->peer->pid, 0) };
	const Incoming *message = &exchange->message;
	size_t length = message->too_large ? (size_t)LIMIT_MESSAGE_BYTES + 1 : message->length;
	/* A call that waits keeps the arena; it may be told to go on before this returns, but only this thread goes on. */
	PluginAnswer said = plugin_answer(&server->plugin, path, message->data, length, &wait, server->arena, &exchange->call);

	if (exchange->call) {
		exchange->arena = server->arena;
		server->arena = arena_new();
		return MHD_YES;
	}
	enum MHD_Result result = reply(server, exchange->connection, &said);
	arena_reset(server->arena);
	return result;
}

static enum MHD_Result go_on(const Server *server, Exchange *exchange)
{
	PluginAnswer said;

	if (!call_go_on(exchange->call, &said))
		return MHD_YES;
	exchange->call = NULL;
	return reply(server, exchange->connection, &said);
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
	const char *chunk, size_t *chunk_length, void **context)
{
	Server *server = data;
	Exchange *exchange = *context;

	(void)version;
	if (!exchange) {
		Peer *peer = peer_of(connection);
		if (!peer)
			return MHD_NO;
		*context = exchange_begin(server, connection, peer);
		return MHD_YES;
	}
	if (exchange->call)
		return go_on(server, exchange);
	if (*chunk_length) {
		message_take(&exchange->message, chunk, *chunk_length);
		*chunk_length = 0;
		return MHD_YES;
	}
	return answer(server, exchange, strcmp(method, "POST") == 0 ? url : "");
}

static void on_completed(void *data, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
	Server *server = data;
	Exchange *exchange = *context;

	(void)connection;
	(void)code;
	if (!exchange)
		return;
	if (exchange->call)
		call_drop(exchange->call);
	arena_free(exchange->arena);
	*context = NULL;
	exchange_end(server, exchange);
}

Server *server_start(const Plugin *plugin, const char *path, int fd, GError **error)
{
	bool own = fd < 0;

	if (own)
		fd = listen_at(path, SOCK_STREAM, error);
	if (fd < 0)
		return NULL;
	Server *server = g_new0(Server, 1);
	server->plugin = *plugin;
	server->plugin.parting = own ? &plugin_ending : &plugin_again;
	peers_init(&server->peers);
	server->quiesced = MHD_INVALID_SOCKET;
	server->path = own ? g_strdup(path) : listen_path(fd);
	server->passed = !own;
	server->arena = arena_new();
	server->allowed = make_response(&plugin_allowed, MHD_RESPMEM_PERSISTENT);
	server->plugin.patience = patience_new(); /* NULL: who asks must be certain at once */
	/* No timeout: closing an idle connection makes dockerd ask again without the body. */
	server->daemon = !server->allowed ? NULL : MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_USE_SUPPRESS_DATE_NO_CLOCK | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
		on_request, server, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_POOL_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_CONNECTION_LIMIT, LIMIT_CONNECTIONS, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_END);
	if (server->daemon)
		return server;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "the HTTP server for the plugin socket cannot be started");
	(void)close(fd);
	server_stop(server);
	return NULL;
}

const char *server_path(const Server *server)
{
	return server ? server->path : "";
}

void server_retire(Server *server)
{
	atomic_store(&server->retiring, true);
}

bool server_hands_over(const Server *server)
{
	return server->passed;
}

void server_ask_no_more(Server *server)
{
	atomic_store(&server->plugin.leaving, LEAVING_SOON);
}

/* The socket stays open until libmicrohttpd's thread has ended: that may still be about to take it out of its epoll set, and ends the process
 * when the number is another file's or nobody's (its MHD_epoll()). */
void server_quiesce(Server *server)
{
	if (server->quiesced == MHD_INVALID_SOCKET)
		server->quiesced = MHD_quiesce_daemon(server->daemon);
}

void server_part(Server *server)
{
	atomic_store(&server->plugin.leaving, LEAVING_NOW);
}

bool server_busy(Server *server)
{
	return atomic_load(&server->under_way) > 0;
}

bool server_waits(Server *server)
{
	return atomic_load(&server->waiting) > 0;
}

unsigned server_let_go(Server *server, unsigned *ret_idle)
{
	peers_let_go(&server->peers);
	return peers_count(&server->peers, ret_idle);
}

static void drain(Server *server)
{
	const struct timespec pause = { .tv_nsec = PARTING_STEP_MS * 1000000 };
	unsigned idle;

	server_retire(server);
	server_quiesce(server);
	server_part(server);
	patience_stop(server->plugin.patience);
	for (unsigned waited = 0; server_let_go(server, &idle) && waited < LIMIT_PARTING_MS; waited += PARTING_STEP_MS)
		(void)nanosleep(&pause, NULL);
}

void server_stop(Server *server)
{
	if (!server)
		return;
	if (!server->passed && server->path && server->daemon)
		(void)unlink(server->path);
	if (server->daemon) {
		drain(server);
		MHD_stop_daemon(server->daemon);
	}
	patience_free(server->plugin.patience);
	if (server->quiesced != MHD_INVALID_SOCKET)
		(void)close(server->quiesced);
	if (server->allowed)
		MHD_destroy_response(server->allowed);
	arena_free(server->arena);
	exchange_free(server->spare);
	peers_clear(&server->peers);
	g_free(server->path);
	g_free(server);
}
