/* SPDX-License-Identifier: MIT
 *
 * What the databases of users and groups say of a uid, kept until one of the two files changes.  One thread.
 */
#pragma once

#include "base/users.h"

typedef struct Accounts Accounts;

Accounts *accounts_new(void);
void accounts_free(Accounts *accounts); /* NULL is accepted */
/* Good until the next call. */
const UserAccount *accounts_get(Accounts *accounts, uid_t uid);
