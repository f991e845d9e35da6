/* SPDX-License-Identifier: MIT
 *
 * The head of an HTTP/1.1 message, read so that it has one meaning (RFC 9110, RFC 9112; Go net/http/request.go, transfer.go).  What two readers could
 * take differently is refused: nothing is repaired.  Of a client's head only what the table of fields names is kept, and a head that is sent on
 * is written anew from that (head-write.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/limits.h"

/* A piece of the bytes that were read. */
typedef struct Piece {
	const char *at;
	size_t length;
} Piece;

/* How a body is sent. */
typedef enum Framing {
	FRAMING_NONE,   /* there is none */
	FRAMING_LENGTH,
	FRAMING_CHUNKS,
	FRAMING_CLOSE,  /* an answer's, to the end of the connection */
} Framing;

typedef enum UpgradeKind {
	UPGRADE_NONE,
	UPGRADE_TCP,       /* Docker's own: attach, exec */
	UPGRADE_H2C,       /* BuildKit: /session, /grpc */
	UPGRADE_WEBSOCKET, /* attach/ws */
} UpgradeKind;

typedef struct Field {
	Piece name, value; /* without the blanks around it */
} Field;

typedef struct Head {
	Piece method, target; /* of a request */
	int status;           /* of an answer */
	Piece reason;
	bool old;             /* HTTP/1.0 */
	bool close;           /* the sender ends the connection after this message */
	bool expects;         /* 100-continue */
	bool host;            /* there is a Host */
	bool upgrades;        /* Connection: Upgrade */
	Framing framing;
	uint64_t length;      /* of the body, FRAMING_LENGTH */
	bool says_length;     /* ... also 0, which FRAMING_NONE may stand for */
	UpgradeKind upgrade;
	Piece content_type;
	bool has_content_type;
	Field fields[LIMIT_HEAD_FIELDS]; /* that are sent on */
	size_t field_count;
} Head;

typedef enum HeadResult {
	HEAD_WHOLE,
	HEAD_MORE, /* it is not all there */
	HEAD_BAD,
} HeadResult;

/* Where the head ends: `bytes` as far as they have come, at most LIMIT_HEAD_BYTES of them are looked at.  `scanned`: 0 at first; what it was left at when more have come.
 * WHOLE: `ret_bytes` is its length, with the empty line.  BAD: `ret_status` is what to answer, and `ret_problem` says why. */
HeadResult head_find_end(const char *bytes, size_t length, size_t *scanned, size_t *ret_bytes, int *ret_status, const char **ret_problem);
/* A whole head (`length` is what head_find_end() said).  Pieces of `ret` point into `bytes`.  False: as above. */
bool head_read_request(const char *bytes, size_t length, Head *ret, int *ret_status, const char **ret_problem);
/* Docker's answer to a request of this method; the same rules, but fields that nobody knows are kept. */
bool head_read_answer(const char *bytes, size_t length, Piece method, Head *ret, const char **ret_problem);

bool piece_is(Piece piece, const char *text); /* in any case of letters */
const char *upgrade_name(UpgradeKind kind);   /* as Docker writes it; "" for none */
