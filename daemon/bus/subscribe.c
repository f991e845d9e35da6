/* SPDX-License-Identifier: MIT
 *
 * Who hears of decisions, and of images that were built.  DecisionMade and ImageScanned name users, so on the system bus the broadcast reaches root
 * only (the bus policy file sees to it); everybody else subscribes and is sent, from a path of its
 * own, what they may see.
 */
#include <string.h>
#include "base/users.h"
#include "bus/task.h"

#define SUBSCRIBER_PATH SENTINEL_OBJECT_PATH "/subscriber"

typedef struct Subscriber {
	Bus *bus;
	uid_t uid;
	bool everything;
	char *user; /* whose decisions, unless everything */
} Subscriber;

static void subscriber_free(gpointer data)
{
	Subscriber *subscriber = data;

	quota_give_back(subscriber->bus->quotas, subscriber->uid, QUOTA_SUBSCRIBERS);
	g_free(subscriber->user);
	g_free(subscriber);
}

/* What is told, and of whose doing it is. */
typedef struct News {
	const char *member, *user;
	int (*put)(sd_bus_message *signal, const void *data);
	const void *data;
} News;

static int send_to(Bus *bus, const char *destination, const char *path, const News *news)
{
	sd_bus_message *signal = NULL;
	int r = sd_bus_message_new_signal(bus->connection, &signal, path, SENTINEL_INTERFACE_MANAGER, news->member);

	if (r >= 0 && destination)
		r = sd_bus_message_set_destination(signal, destination);
	if (r >= 0)
		r = news->put(signal, news->data);
	if (r >= 0)
		r = sd_bus_send(bus->connection, signal, NULL);
	sd_bus_message_unref(signal);
	return r;
}

static void tell(Bus *bus, const News *news)
{
	GHashTableIter iter;
	gpointer name, value;

	(void)send_to(bus, NULL, SENTINEL_OBJECT_PATH, news);
	if (!bus->subscribers)
		return;
	g_hash_table_iter_init(&iter, bus->subscribers);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		const Subscriber *subscriber = value;
		if (subscriber->everything || !strcmp(subscriber->user, news->user))
			(void)send_to(bus, name, SUBSCRIBER_PATH, news);
	}
}

static int put_notice(sd_bus_message *signal, const void *data)
{
	const Notice *notice = data;

	return sd_bus_message_append(signal, "tsuss", notice->id, outcome_name(notice->outcome), notice->score, notice->user, notice->summary);
}

void subscribers_tell(Bus *bus, const Notice *notice)
{
	tell(bus, &(News){ "DecisionMade", notice->user, put_notice, notice });
}

static int put_built(sd_bus_message *signal, const void *data)
{
	const BusBuilt *built = data;

	return sd_bus_message_append(signal, "ssssss", built->image, built->image_id, built->outcome, built->severity, built->user, built->summary);
}

void subscribers_tell_built(Bus *bus, const BusBuilt *built)
{
	tell(bus, &(News){ "ImageScanned", built->user, put_built, built });
}

void subscribers_forget(Bus *bus, const char *name)
{
	if (bus->subscribers)
		(void)g_hash_table_remove(bus->subscribers, name);
}

void subscribers_clear(Bus *bus)
{
	g_clear_pointer(&bus->subscribers, g_hash_table_unref);
}

/* The name of the subscriber's user. */
static void enrol(Work *work)
{
	g_autofree char *user = user_name(USER_DATABASE, work->uid);

	*(const char **)work->data = arena_strdup(work->arena, user);
}

/* These hear the broadcast; a second copy would be one too many. */
static bool hears_all(const Task *task)
{
	return task->bus->kind != BUS_SYSTEM || task->work.uid == 0;
}

/* 0; else work_fail() was called. */
static int add(Task *task)
{
	Bus *bus = task->bus;
	const char *problem, *name = sd_bus_message_get_sender(task->call);

	if (!bus->subscribers)
		bus->subscribers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, subscriber_free);
	(void)g_hash_table_remove(bus->subscribers, name);
	if ((problem = quota_take(bus->quotas, task->work.uid, QUOTA_SUBSCRIBERS)))
		return work_fail(&task->work, "LimitExceeded", "%s", problem);
	Subscriber *subscriber = g_new0(Subscriber, 1);
	*subscriber = (Subscriber){ bus, task->work.uid, work_may(&task->work, ACTION_AUDIT_READ), g_strdup(*(const char **)task->work.data) };
	g_hash_table_insert(bus->subscribers, g_strdup(name), subscriber);
	return 0;
}

/* Only while the caller is there: it is taken off again when it leaves. */
static int enrolled(Task *task, sd_bus_message *reply)
{
	if (!hears_all(task) && add(task) < 0)
		return 0;
	return sd_bus_message_append(reply, "o", hears_all(task) ? SENTINEL_OBJECT_PATH : SUBSCRIBER_PATH);
}

const Handler subscribe = { sizeof(const char *), NULL, enrol, enrolled };

static int unenrol(Task *task)
{
	const char *sender = sd_bus_message_get_sender(task->call);

	if (sender)
		subscribers_forget(task->bus, sender);
	return 0;
}

const Handler unsubscribe = { .read = unenrol };
