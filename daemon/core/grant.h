/* SPDX-License-Identifier: MIT
 *
 * Grants: what somebody with the right to do so let through although the policy denies it.  A grant is made from a denied
 * decision and fits the call that was denied and no other: all of it, the image by its id, a container by its id.  It excuses what
 * was found then, for the same user, a number of times until it expires.  What the policy did not find is not excused; builtin
 * findings never are.  A create that it lets through binds it to the container that comes of it: attaching to that and one
 * start are excused as well (docker run is these calls); an exec in the same way, to its start.  What is bound may have findings
 * more than were looked at, when the policy lets those through.  Kept in one file, so that a use counts also when the power goes.
 * Any thread.
 */
#pragma once

#include <glib.h>
#include "policy/decision.h"
#include "request/api.h"

#define GRANT_FIT_LENGTH 64 /* hexadecimal digits of a SHA-256 */
#define GRANT_KEY_LENGTH 32 /* hexadecimal digits: the first half of a SHA-256 */

typedef struct Grant {
	uint64_t id, decision_id;
	int64_t made_us, expires_us; /* CLOCK_REALTIME */
	unsigned uses_left;
	char *user, *image, *endpoint, *subject; /* of the decision; user "" when it was not certain: anybody of this machine */
	char *fit;                               /* grant_fit() of the call; "" (of an older version): none */
	char **keys;                             /* of its findings, grant_key() */
	char **bound;                            /* ids of containers that it made and that were not started yet; NULL: none */
	char *by, *reason, *command;             /* who granted it, why, and what (for people) */
} Grant;

void grant_free(Grant *grant); /* NULL is accepted */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Grant, grant_free)

/* What a grant of a denied call fits: the call as it came, what Docker has under the names in it.  `request`: with its facts.
 * "" when it names an image of which nobody knows what it will be. */
const char *grant_fit(const ApiCall *call, const Request *request, Arena *arena);
/* What a finding is about: its rule and the value that it found.  `ret` has room for GRANT_KEY_LENGTH + 1. */
void grant_key(const Finding *finding, char *ret);

typedef struct GrantBook GrantBook;

/* A file that cannot be read gives an empty book and an error in the log. */
GrantBook *grant_book_open(const char *file);
void grant_book_close(GrantBook *book); /* NULL is accepted */

/* An id for a grant that is told of before it counts; 0 with an error when there is no room for one. */
uint64_t grant_reserve(GrantBook *book, GError **error);
/* Keeps a copy, under the id that was reserved (0: both get a new one); 0 with an error when there is no room or it cannot be kept. */
uint64_t grant_add(GrantBook *book, Grant *grant, GError **error);
/* Uses up one use of a grant that fits request->fit and excuses everything the decision found, or what a container has that one
 * made; its id, or 0. */
uint64_t grant_take(GrantBook *book, const Request *request, const Decision *decision, const char *user, int64_t now_us);
/* A create that `grant` let through is on its way: grant_bind() is told what comes of it. */
void grant_expect(GrantBook *book, uint64_t grant, const char *print);
/* Whether any is. */
bool grant_expects(GrantBook *book);
/* Docker has made the container `id` for the call with this print; "": it has made none. */
void grant_bind(GrantBook *book, const char *print, const char *id);
/* A copy; NULL: there is no such grant. */
Grant *grant_find(GrantBook *book, uint64_t id);
/* It does not count any more.  False with an error: it may count again when the service has started anew. */
bool grant_remove(GrantBook *book, uint64_t id, GError **error);
/* Writes the file when that was not possible before.  Each second. */
void grant_book_settle(GrantBook *book);
/* A copy of one that has expired or is used up; NULL: there is none. */
Grant *grant_next_ended(GrantBook *book, int64_t now_us);
/* Copies, oldest first: GPtrArray of Grant * (frees its elements). */
GPtrArray *grant_list(GrantBook *book);
