/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/limits.h"
#include "bus/scans.h"
#include "bus/sender.h"
#include "bus/task.h"

typedef struct Counts {
	unsigned of[QUOTA_COUNT];
} Counts;

struct Quotas {
	GHashTable *users; /* uid + 1 -> Counts * */
	Counts all;        /* without root's, which are bounded by those of one user */
};

/* Texts are for those that refuse; the others wait for their turn. */
static const struct { unsigned per_user, all; const char *own, *others; } limits[QUOTA_COUNT] = {
	[QUOTA_CALLS] = { LIMIT_CALLS_PER_USER, LIMIT_CALLS, "as many calls of yours as one user may have wait for an answer already",
		"too many calls of all users wait; try again" },
	[QUOTA_POLKIT] = { LIMIT_POLKIT_QUESTIONS_PER_USER, LIMIT_POLKIT_QUESTIONS, "", "" },
	[QUOTA_DOCKER] = { LIMIT_DOCKER_CALLS_PER_USER, LIMIT_DOCKER_CALLS, "", "" },
	[QUOTA_SUBSCRIBERS] = { LIMIT_SUBSCRIBERS_PER_USER, LIMIT_SUBSCRIBERS, "as many connections of yours as one user may have hear of decisions already",
		"there are as many subscribers as there may be already" },
};

Quotas *quotas_new(void)
{
	Quotas *quotas = g_new0(Quotas, 1);

	quotas->users = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	return quotas;
}

void quotas_free(Quotas *quotas)
{
	g_hash_table_unref(quotas->users);
	g_free(quotas);
}

static gpointer key(uid_t uid)
{
	return GSIZE_TO_POINTER((gsize)uid + 1);
}

static bool is_full(const Quotas *quotas, uid_t uid, QuotaKind kind, const char **ret_problem)
{
	const Counts *own = g_hash_table_lookup(quotas->users, key(uid));

	*ret_problem = NULL;
	if (own && own->of[kind] >= limits[kind].per_user)
		*ret_problem = limits[kind].own;
	else if (uid != 0 && quotas->all.of[kind] >= limits[kind].all)
		*ret_problem = limits[kind].others;
	return *ret_problem != NULL;
}

bool quota_has_room(const Quotas *quotas, uid_t uid, QuotaKind kind)
{
	const char *problem;

	return !is_full(quotas, uid, kind, &problem);
}

const char *quota_take(Quotas *quotas, uid_t uid, QuotaKind kind)
{
	const char *problem;

	if (is_full(quotas, uid, kind, &problem))
		return problem;
	Counts *own = g_hash_table_lookup(quotas->users, key(uid));
	if (!own) {
		own = g_new0(Counts, 1);
		g_hash_table_insert(quotas->users, key(uid), own);
	}
	own->of[kind]++;
	quotas->all.of[kind] += uid != 0;
	return NULL;
}

void quota_give_back(Quotas *quotas, uid_t uid, QuotaKind kind)
{
	static const Counts none = { 0 };
	Counts *own = g_hash_table_lookup(quotas->users, key(uid));

	own->of[kind]--;
	quotas->all.of[kind] -= uid != 0;
	if (!memcmp(own, &none, sizeof none))
		(void)g_hash_table_remove(quotas->users, key(uid));
}

/* The kernel gives the lowest number that is free. */
bool descriptors_left(void)
{
	struct rlimit limit;
	int lowest = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);

	if (lowest < 0 || getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return false;
	(void)close(lowest);
	return (rlim_t)lowest < limit.rlim_cur - MIN(LIMIT_DESCRIPTORS_KEPT, limit.rlim_cur / 2);
}

Sender *sender_take(Bus *bus, const char *name)
{
	Sender *sender = g_hash_table_lookup(bus->senders, name);

	if (!sender) {
		sender = g_new0(Sender, 1);
		*sender = (Sender){ .bus = bus, .name = g_strdup(name) };
		g_hash_table_insert(bus->senders, sender->name, sender);
	}
	if (sender->calls == LIMIT_CALLS_PER_SENDER)
		return NULL;
	sender->calls++;
	return sender;
}

void sender_give_back(Sender *sender)
{
	if (--sender->calls)
		return;
	if (g_hash_table_lookup(sender->bus->senders, sender->name) == sender)
		(void)g_hash_table_remove(sender->bus->senders, sender->name);
	g_free(sender->name);
	g_free(sender);
}

static int on_owner_changed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	const char *name, *before, *after;
	Bus *bus = data;

	(void)error;
	if (g_strcmp0(sd_bus_message_get_sender(message), "org.freedesktop.DBus") != 0 || sd_bus_message_read(message, "sss", &name, &before, &after) <= 0 || *after)
		return 0;
	const Sender *sender = g_hash_table_lookup(bus->senders, name);
	if (sender)
		tasks_vanish(bus, sender);
	subscribers_forget(bus, name);
	scans_left(bus, name);
	return 0;
}

int senders_start(Bus *bus)
{
	if (bus->kind == BUS_PEER)
		return 0;
	return sd_bus_match_signal_async(bus->connection, NULL, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged",
		on_owner_changed, NULL, bus);
}

/* Another bus gives the same names to others; who has calls under way keeps their sender. */
void senders_clear(Bus *bus)
{
	tasks_vanish(bus, NULL);
	g_hash_table_remove_all(bus->senders);
}
