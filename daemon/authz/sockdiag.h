/* SPDX-License-Identifier: MIT
 *
 * The kernel's list of Unix sockets (sock_diag(7), linux/unix_diag.h; net/unix/diag.c says what is in it): the
 * question, and the answer read into a table.  Pure.  Shown are the sockets of one network namespace, connected or listening, that
 * have a file: one that nobody has accepted yet or that is closed is not there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <glib.h>

typedef struct UnixSocket {
	uint32_t ino, peer; /* peer 0: none, or it is closed */
	uint64_t cookie;    /* no other socket's, also when the number is used again */
	uid_t uid;          /* of the file: who made the socket */
	bool has_uid;       /* Linux 5.3 and newer */
	bool connected;     /* else it listens */
	bool named;         /* one that was accepted has the name of the one that listens */
	bool wanted;        /* ... and it is the name that was looked for */
} UnixSocket;

typedef struct SocketTable {
	UnixSocket *items;
	size_t count, size;
	const char *path; /* the name to look for; /var/run is /run */
} SocketTable;

typedef enum DiagResult { DIAG_MORE, DIAG_DONE, DIAG_BAD } DiagResult;

#define DIAG_REQUEST_BYTES 40

/* The question, with a number that comes back in the answers. */
void sockdiag_request(uint32_t number, unsigned char ret[DIAG_REQUEST_BYTES]);
/* What one recv(2) gave.  Answers to other questions are left out.  BAD: it says that something is wrong, is not what a kernel
 * writes, or has more than LIMIT_LOOK_SOCKETS; the table is of no use then. */
DiagResult sockdiag_read(const unsigned char *bytes, size_t length, uint32_t number, SocketTable *table);

void socket_table_clear(SocketTable *table); /* empty, `path` stays */
void socket_table_free(SocketTable *table);  /* what it holds */
/* After the last answer, before any search. */
void socket_table_sort(SocketTable *table);
const UnixSocket *socket_table_find(const SocketTable *table, uint32_t ino); /* NULL: not there */
