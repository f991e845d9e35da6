/* SPDX-License-Identifier: MIT
 *
 * Connections that call, and what each user has under way: every quota of the bus.  Main thread.
 */
#pragma once

#include <sys/types.h>
#include "bus/bus.h"

typedef enum QuotaKind { QUOTA_CALLS, QUOTA_POLKIT, QUOTA_DOCKER, QUOTA_SUBSCRIBERS, QUOTA_COUNT } QuotaKind;

/* One connection that has calls under way.  A unique name is never used twice, so that what is known of it stays true. */
typedef struct Sender {
	Bus *bus;
	char *name;
	unsigned calls;
	bool known; /* whose it is */
	uid_t uid;
} Sender;

typedef struct Quotas Quotas;

Quotas *quotas_new(void);
void quotas_free(Quotas *quotas);
/* NULL: taken, and must be given back; else what is said to the caller. */
const char *quota_take(Quotas *quotas, uid_t uid, QuotaKind kind);
bool quota_has_room(const Quotas *quotas, uid_t uid, QuotaKind kind);
void quota_give_back(Quotas *quotas, uid_t uid, QuotaKind kind);
/* False: so few descriptors are left that decisions need them. */
bool descriptors_left(void);

/* The sender of a call; NULL: it has LIMIT_CALLS_PER_SENDER under way. */
Sender *sender_take(Bus *bus, const char *name);
void sender_give_back(Sender *sender);
/* For each connection to the bus. */
int senders_start(Bus *bus);
void senders_clear(Bus *bus);
