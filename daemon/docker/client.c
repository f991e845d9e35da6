/* SPDX-License-Identifier: MIT */
#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/timer.h"
#include "core/lookup.h"
#include "docker/client.h"

#define UNIX_SCHEME "unix://"
#define MARK_BYTES 16
#define MS_US ((uint64_t)1000)

struct Client {
	sd_event *event;
	CURLM *multi;
	sd_event_source *timer;
	char *socket_path;
	char mark[2 * MARK_BYTES + 1];
	struct curl_slist *headers;
	GPtrArray *transfers; /* under way */
};

typedef struct Transfer {
	Client *client;
	CURL *easy;
	GString *body;
	struct curl_slist *headers; /* its own; NULL: the client's */
	char *sent; /* NULL: no body */
	ClientPiece piece; /* NULL: the body is collected */
	ClientDone done;
	void *data;
	bool begun;
} Transfer;

static long status_of(const Transfer *transfer, CURLcode code)
{
	long status = 0;

	if (code == CURLE_OK && curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK)
		return status;
	return CLIENT_NO_ANSWER;
}

/* Whether somebody listens there for us: libcurl takes a quarter of a second to say that nobody does. */
static bool served(const Client *client)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)g_strlcpy(address.sun_path, client->socket_path, sizeof address.sun_path);
	bool nobody = fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 && (errno == ENOENT || errno == ECONNREFUSED || errno == EACCES);
	if (fd >= 0)
		(void)close(fd);
	return !nobody;
}

static void finish(Transfer *transfer, long status)
{
	Client *client = transfer->client;

	(void)curl_multi_remove_handle(client->multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	(void)g_ptr_array_remove_fast(client->transfers, transfer);
	transfer->done(status, transfer->body->str, transfer->body->len, transfer->data);
	(void)g_string_free(transfer->body, TRUE);
	curl_slist_free_all(transfer->headers);
	g_free(transfer->sent);
	g_free(transfer);
}

static void finish_all_done(Client *client)
{
	const CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(client->multi, &left))) {
		Transfer *transfer = NULL;
		CURLcode code = message->data.result;
		if (message->msg == CURLMSG_DONE && curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer) == CURLE_OK && transfer)
			finish(transfer, status_of(transfer, code));
	}
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *data)
{
	Client *client = data;
	int flags = (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
		    (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
	int running;

	(void)source;
	(void)curl_multi_socket_action(client->multi, fd, flags, &running);
	finish_all_done(client);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t now, void *data)
{
	Client *client = data;
	int running;

	(void)source;
	(void)now;
	(void)curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	finish_all_done(client);
	return 0;
}

/* libcurl says what it waits for on a socket; `known` is the event source of an earlier word. */
static int watch(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
	static const uint32_t events[] = { [CURL_POLL_IN] = EPOLLIN, [CURL_POLL_OUT] = EPOLLOUT, [CURL_POLL_INOUT] = EPOLLIN | EPOLLOUT };
	Client *client = data;
	sd_event_source *source = known;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		sd_event_source_disable_unref(source);
		return 0;
	}
	if (source)
		return sd_event_source_set_io_events(source, events[what]) < 0 ? -1 : 0;
	if (sd_event_add_io(client->event, &source, fd, events[what], on_io, client) < 0)
		return -1;
	(void)curl_multi_assign(client->multi, fd, source);
	return 0;
}

static int arm(CURLM *multi, long timeout_ms, void *data)
{
	Client *client = data;

	(void)multi;
	int r = timeout_ms < 0 ? timer_stop(client->timer) : timer_start(client->timer, (uint64_t)timeout_ms * MS_US);
	return r < 0 ? -1 : 0;
}

static void begin_once(Transfer *transfer)
{
	long status = 0;

	if (transfer->begun || !transfer->piece || curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status != 200)
		return;
	transfer->begun = true;
	transfer->piece(NULL, 0, transfer->data);
}

static size_t on_header(char *line, size_t size, size_t count, void *data)
{
	if (size * count == 2 && line[0] == '\r') /* the empty line behind the headers */
		begin_once(data);
	return size * count;
}

static size_t on_body(char *piece, size_t size, size_t count, void *data)
{
	Transfer *transfer = data;
	size_t length = size * count;

	if (transfer->piece) {
		if (transfer->begun)
			transfer->piece(piece, length, transfer->data);
		return length;
	}
	if (transfer->body->len + length > LIMIT_FACT_BYTES)
		return 0; /* ends the call */
	(void)g_string_append_len(transfer->body, piece, (gssize)length);
	return length;
}

static bool put_body(const Transfer *transfer)
{
	return !transfer->sent || (curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, transfer->sent) == CURLE_OK &&
					  curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(transfer->sent)) == CURLE_OK &&
					  curl_easy_setopt(transfer->easy, CURLOPT_CUSTOMREQUEST, "GET") == CURLE_OK);
}

/* With everything but what `now` brings. */
static void start(Client *client, const char *target, unsigned timeout_ms, Transfer now)
{
	if (!served(client)) {
		curl_slist_free_all(now.headers);
		g_free(now.sent);
		now.done(CLIENT_NOBODY, "", 0, now.data);
		return;
	}
	Transfer *transfer = g_new0(Transfer, 1);
	g_autofree char *url = g_strconcat("http://docker", target, NULL);

	*transfer = now;
	transfer->client = client;
	transfer->easy = curl_easy_init();
	transfer->body = g_string_new(NULL);
	g_ptr_array_add(client->transfers, transfer);
	if (curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer) != CURLE_OK || curl_easy_setopt(transfer->easy, CURLOPT_URL, url) != CURLE_OK ||
		curl_easy_setopt(transfer->easy, CURLOPT_PATH_AS_IS, 1L) != CURLE_OK ||
		curl_easy_setopt(transfer->easy, CURLOPT_UNIX_SOCKET_PATH, client->socket_path) != CURLE_OK ||
		curl_easy_setopt(transfer->easy, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
		curl_easy_setopt(transfer->easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms) != CURLE_OK ||
		curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, now.headers ? now.headers : client->headers) != CURLE_OK ||
		curl_easy_setopt(transfer->easy, CURLOPT_HEADERFUNCTION, on_header) != CURLE_OK ||
		curl_easy_setopt(transfer->easy, CURLOPT_HEADERDATA, transfer) != CURLE_OK ||
		curl_easy_setopt(transfer->easy, CURLOPT_WRITEFUNCTION, on_body) != CURLE_OK ||
		curl_easy_setopt(transfer->easy, CURLOPT_WRITEDATA, transfer) != CURLE_OK || !put_body(transfer) ||
		curl_multi_add_handle(client->multi, transfer->easy) != CURLM_OK)
		finish(transfer, CLIENT_NO_ANSWER);
}

void client_get(Client *client, const char *target, unsigned timeout_ms, ClientDone done, void *data)
{
	start(client, target, timeout_ms, (Transfer){ .done = done, .data = data });
}

void client_get_numbered(Client *client, const char *target, uint64_t number, unsigned timeout_ms, ClientDone done, void *data)
{
	g_autofree char *header = g_strdup_printf(LOOKUP_HEADER ": %s-%" PRIu64, client->mark, number);

	start(client, target, timeout_ms, (Transfer){ .headers = curl_slist_append(NULL, header), .done = done, .data = data });
}

void client_send_numbered(Client *client, const char *target, uint64_t number, size_t length, unsigned timeout_ms, ClientDone done, void *data)
{
	g_autofree char *header = g_strdup_printf(LOOKUP_HEADER ": %s-%" PRIu64, client->mark, number);
	struct curl_slist *headers = curl_slist_append(curl_slist_append(NULL, header), "Content-Type: application/json");
	char *body = g_strnfill(length, ' ');

	body[0] = '{';
	body[length - 1] = '}';
	/* No question before the body (Expect): dockerd asks its plugins with what is there. */
	start(client, target, timeout_ms, (Transfer){ .headers = curl_slist_append(headers, "Expect:"), .sent = body, .done = done, .data = data });
}

void client_follow(Client *client, const char *target, ClientPiece piece, ClientDone done, void *data)
{
	start(client, target, 0, (Transfer){ .piece = piece, .done = done, .data = data });
}

/* A random word that only dockerd, which is sent it, can tell us again. */
static bool make_mark(Client *client)
{
	unsigned char random[MARK_BYTES];
	g_autofree char *header = NULL;

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return false;
	for (size_t i = 0; i < sizeof random; i++)
		(void)g_snprintf(client->mark + 2 * i, 3, "%02x", random[i]);
	header = g_strconcat(LOOKUP_HEADER ": ", client->mark, NULL);
	client->headers = curl_slist_append(NULL, header);
	return client->headers != NULL;
}

static bool prepare(Client *client)
{
	/* No TLS, no name look-ups: Docker is on this machine. */
	if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK || !(client->multi = curl_multi_init()) || !make_mark(client))
		return false;
	return timer_new(client->event, &client->timer, on_timer, client) >= 0 &&
	       curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, watch) == CURLM_OK &&
	       curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client) == CURLM_OK &&
	       curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, arm) == CURLM_OK &&
	       curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client) == CURLM_OK;
}

Client *client_new(sd_event *event, const char *host, GError **error)
{
	if (!g_str_has_prefix(host, UNIX_SCHEME "/") || strlen(host) - strlen(UNIX_SCHEME) >= sizeof ((struct sockaddr_un *)0)->sun_path) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "--docker-host %s: expected unix:///PATH, Docker's socket on this machine", host);
		return NULL;
	}
	Client *client = g_new0(Client, 1);
	client->event = event;
	client->socket_path = g_strdup(host + strlen(UNIX_SCHEME));
	client->transfers = g_ptr_array_new();
	if (prepare(client))
		return client;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "the client for Docker's API cannot be set up");
	client_free(client);
	return NULL;
}

void client_end(Client *client)
{
	while (client->transfers->len)
		finish(g_ptr_array_index(client->transfers, 0), CLIENT_NO_ANSWER);
}

void client_abandon(Client *client, ClientDone done)
{
	for (guint i = client->transfers->len; i-- > 0;) {
		Transfer *transfer = i < client->transfers->len ? g_ptr_array_index(client->transfers, i) : NULL;
		if (transfer && transfer->done == done)
			finish(transfer, CLIENT_NO_ANSWER);
	}
}

void client_free(Client *client)
{
	if (!client)
		return;
	client_end(client);
	g_ptr_array_unref(client->transfers);
	(void)curl_multi_cleanup(client->multi);
	curl_slist_free_all(client->headers);
	sd_event_source_disable_unref(client->timer);
	g_free(client->socket_path);
	g_free(client);
}

bool client_is_mark(const Client *client, const char *mark, uint64_t *ret_number)
{
	size_t length = strlen(client->mark);
	unsigned char difference = 0;

	*ret_number = 0;
	if (strnlen(mark, length) < length)
		return false;
	for (size_t i = 0; i < length; i++)
		difference |= (unsigned char)(client->mark[i] ^ mark[i]);
	if (difference || (mark[length] && mark[length] != '-'))
		return false;
	return !mark[length] || g_ascii_string_to_unsigned(mark + length + 1, 10, 1, UINT64_MAX, ret_number, NULL);
}

const char *client_socket(const Client *client)
{
	return client->socket_path;
}

const char *client_mark(const Client *client)
{
	return client->mark;
}
