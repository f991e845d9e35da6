/* SPDX-License-Identifier: MIT
 *
 * How users are written wherever one is named: "alice" is a certain user of this machine, "tls:alice"
 * the holder of a client certificate of that name, "one-of:alice,root" some of this machine of which one
 * it is, "one-of:alice,?" that it may also be somebody who was not seen, "" nobody known.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#define USER_TLS "tls:"
#define USER_ONE_OF "one-of:"
#define USER_UNSEEN "?"
#define USER_DATABASE "/etc/passwd"

/* False: nothing may be allowed, shown or granted because it is this user. */
bool user_is_certain(const char *user);
/* The name of `uid` in a file like passwd(5); its number when it has none there, or one that is another's, too.
 * No other name service is asked: they can take long, and a name must not depend on that. */
char *user_name(const char *file, uid_t uid);
