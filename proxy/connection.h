/* SPDX-License-Identifier: MIT
 *
 * One connection of a client: what connection.c (events), request.c (to Docker), answer.c (from Docker) and reply.c (answers of our own) share.
 *
 * Of a request and its answer at most one is under way: what a client sends ahead stays in its socket.
 */
#pragma once

#include "proxy/chunk.h"
#include "proxy/proxy.h"
#include "proxy/side.h"
#include "request/endpoint.h"

#define SOCKET_PATH_BYTES 108u /* unix(7) */

typedef enum RequestState {
	REQUEST_HEAD,   /* comes */
	REQUEST_BODY,   /* comes, and is to be judged */
	REQUEST_WHOLE,  /* ... and is all there: until the judge has room for the question */
	REQUEST_JUDGED, /* the judge is asked */
	REQUEST_FILE,   /* the body that was judged goes to Docker */
	REQUEST_STREAM, /* a body that nobody judges goes to Docker as it comes */
	REQUEST_SENT,
} RequestState;

typedef enum AnswerState {
	ANSWER_NONE,  /* nothing was asked */
	ANSWER_HEAD,
	ANSWER_FILTERED, /* its body is collected, to leave something out */
	ANSWER_SHOWN, /* its body is collected for the judge, before the client has it */
	ANSWER_BODY,
	ANSWER_WHOLE,
	ANSWER_TUNNEL, /* what comes from one end goes to the other */
	ANSWER_LEFT,  /* the client has left: what Docker still does is waited for */
	ANSWER_LAST,  /* of ours, and then the connection ends */
} AnswerState;

struct Connection {
	Proxy *proxy;
	const Door *door;
	GList link; /* in proxy->connections */
	PeerWho who;
	Side client, docker;
	RequestState request;
	AnswerState answer;
	Bytes in;         /* of the client, not read yet */
	size_t scanned;   /* of it, for the end of the head */
	int64_t since_us; /* when what is under way began to come; 0: nothing is */
	Bytes head_bytes; /* `head` points into them */
	Head head;
	const Endpoint *row; /* NULL: an unknown call */
	Chunks chunks;    /* of the request's body */
	uint64_t left;    /* of it, FRAMING_LENGTH */
	Body body;
	off_t sent;       /* of the body, to Docker */
	uint64_t number;  /* at the judge; 0: nothing is open there */
	bool show_answer, followed, closes;
	char mark[JUDGE_MARK_DIGITS + 1];
	char upstream[SOCKET_PATH_BYTES]; /* "": Docker's own socket */
	char *target;     /* to send instead of the client's; NULL: that one */
	char *labels;     /* without which a container is not shown; NULL: any is */
	bool hides_environment;
	Bytes from;       /* of Docker, not read yet */
	size_t from_scanned;
	int status;       /* of Docker's answer */
	Framing framing;  /* of its body, as is: */
	Chunks answer_chunks;
	uint64_t answer_left;
	Bytes shown, shown_raw; /* of its body, and as it came; while it is collected */
};

/* request.c.  False: the connection is over. */
bool request_take(Connection *connection);  /* what has come of the client */
bool request_go(Connection *connection);    /* it was let through */
bool request_send_file(Connection *connection);
/* A piece of a body that is collected or passed on; false: it was refused or cannot go on. */
bool request_feed(Connection *connection, const char *bytes, size_t length, size_t *ret_used);

/* connection.c */
int connection_on_docker(sd_event_source *source, int fd, uint32_t events, void *connection);
/* Bytes that are there before there is somebody to read them as what they are meant to be. */
bool connection_came_ahead(const Connection *connection);

/* answer.c */
bool answer_take(Connection *connection, const char *bytes, size_t length); /* what has come of Docker */
bool answer_end(Connection *connection);  /* nothing more comes of Docker */
void exchange_over(Connection *connection); /* the judge is told */

extern const char sentinel_is_gone[];
/* reply.c: an answer of ours, in JSON as Docker's own; the connection ends after it when `closes`. */
bool reply(Connection *connection, int status, const char *text, bool closes);
/* To one that is not a connection yet. */
void reply_unheard(int fd, int status, const char *text);
