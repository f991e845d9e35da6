/* SPDX-License-Identifier: MIT
 *
 * The Docker Engine API as a client that never blocks: libcurl's multi interface on the main loop,
 * over Docker's Unix socket.  Only GET.  Main thread, but for client_is_mark().
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <glib.h>

typedef struct Client Client;

enum { CLIENT_NO_ANSWER = 0, CLIENT_NOBODY = -1 }; /* instead of an HTTP status */

/* The end of a call: an HTTP status or one of the above.  `body` is NUL-terminated, "" for a stream. */
typedef void (*ClientDone)(long status, const char *body, size_t length, void *data);
/* A piece of a stream; NULL: it has begun (the headers of a 200 are there).  It must not start a call:
 * libcurl does not take one from inside (curl_multi_add_handle(3), CURLM_RECURSIVE_API_CALL). */
typedef void (*ClientPiece)(const char *piece, size_t length, void *data);

/* `host`: "unix:///run/docker.sock"; other kinds of addresses are an error. */
Client *client_new(sd_event *event, const char *host, GError **error);
void client_end(Client *client);
/* Those with this `done` are over, without an answer. */
void client_abandon(Client *client, ClientDone done);  /* ends every call with CLIENT_NO_ANSWER */
void client_free(Client *client); /* the same, and frees; NULL is accepted */

/* `target` is escaped already: "/volumes/data". */
void client_get(Client *client, const char *target, unsigned timeout_ms, ClientDone done, void *data);
/* Until Docker ends it. */
void client_follow(Client *client, const char *target, ClientPiece piece, ClientDone done, void *data);
/* As client_get(), with a number behind the mark. */
/* ... with a body of `length` bytes, as JSON. */
void client_send_numbered(Client *client, const char *target, uint64_t number, size_t length, unsigned timeout_ms, ClientDone done, void *data);
void client_get_numbered(Client *client, const char *target, uint64_t number, unsigned timeout_ms, ClientDone done, void *data);
/* Whether `mark` is what this client puts into LOOKUP_HEADER; with its number, 0 when it has none.  Any thread. */
bool client_is_mark(const Client *client, const char *mark, uint64_t *ret_number);
/* Where Docker listens, and the mark itself.  Any thread. */
const char *client_socket(const Client *client);
const char *client_mark(const Client *client);
