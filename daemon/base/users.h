/* SPDX-License-Identifier: MIT
 *
 * How users are written wherever one is named: "alice" is a certain user of this machine, "tls:alice"
 * the holder of a client certificate of that name, "one-of:alice,root" some of this machine of which one
 * it is, "one-of:alice,?" that it may also be somebody who was not seen, "socket:ci" whoever has the
 * socket of that name (config.yaml, identity: fixed), "" nobody known.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#define USER_TLS "tls:"
#define USER_ONE_OF "one-of:"
#define USER_SOCKET "socket:"
#define USER_UNSEEN "?"
#define USER_PROXY "sentinel-proxy" /* whose process sends on what came to a socket of Sentinel's */
#define USER_DATABASE "/etc/passwd"
#define GROUP_DATABASE "/etc/group"
#define USER_NO_ID ((uid_t)-1) /* no uid, and no gid */

typedef struct UserGroup {
	gid_t gid;
	const char *name;
} UserGroup;

/* What the two databases say of a uid. */
typedef struct UserAccount {
	char *name; /* as user_name() */
	gid_t gid;  /* USER_NO_ID: the database has none, or several */
	GArray *groups; /* of UserGroup, the primary one too; empty when not all can be known, or the name or the uid is another's, too */
} UserAccount;

/* False: nothing may be allowed, shown or granted because it is this user. */
bool user_is_certain(const char *user);
/* One certain user of this machine, who has a uid. */
bool user_is_local(const char *user);
/* The name of `uid` in a file like passwd(5); its number when it has none there, or one that is another's, too.
 * No other name service is asked: they can take long, and a name must not depend on that. */
char *user_name(const char *file, uid_t uid);
/* `users` and `groups`: files like passwd(5) and group(5). */
UserAccount *user_account_new(const char *users, const char *groups, uid_t uid);
void user_account_free(UserAccount *account); /* NULL is accepted */
/* The uid of a name, USER_NO_ID when it has none, or several. */
uid_t user_find(const char *file, const char *name);
