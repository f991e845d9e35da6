/* SPDX-License-Identifier: MIT */
#include <sys/epoll.h>
#include "bus/polkit.h"
#include "helper/write-ask.h"

#define SECOND_US ((uint64_t)1000 * 1000)

typedef struct Asked {
	bool over;
	PolkitAnswer answer;
} Asked;

static bool read_uid(sd_bus *bus, const char *sender, uid_t *ret)
{
	sd_bus_message *reply = NULL;
	uint32_t uid;
	int r = sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser",
		NULL, &reply, "s", sender);

	if (r >= 0 && (r = sd_bus_message_read_basic(reply, 'u', &uid)) > 0)
		*ret = uid;
	sd_bus_message_unref(reply);
	return r > 0;
}

static void on_polkit(PolkitAnswer answer, void *data)
{
	*(Asked *)data = (Asked){ true, answer };
}

/* What would have been asked for on the way is dropped with our connection to the bus. */
static int on_hangup(sd_event_source *source, int fd, uint32_t events, void *data)
{
	(void)fd;
	(void)events;
	(void)data;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static PolkitAnswer ask_polkit(sd_bus *bus, sd_event *event, const WriteAsk *ask)
{
	static const char *const actions[WRITE_RIGHT_COUNT] = {
		[WRITE_RIGHT_MANAGE] = ACTION_POLICY_MANAGE,
		[WRITE_RIGHT_DELETE] = ACTION_POLICY_DELETE,
		[WRITE_RIGHT_RELAX] = ACTION_MODE_RELAX,
	};
	const Detail said[] = { { "policy", ask->policy }, { "mode", ask->mode }, { "why", ask->why } };
	Detail details[G_N_ELEMENTS(said)];
	PolkitQuestion question = {
		.sender = ask->sender, .action = actions[ask->right], .details = details, .number = 1, .interactive = ask->interactive
	};
	Asked asked = { .answer = POLKIT_GONE };
	sd_bus_slot *slot = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
		if (said[i].value)
			details[question.detail_count++] = said[i];
	int r = polkit_ask(bus, &question, on_polkit, &asked, &slot);
	while (r >= 0 && !asked.over && sd_event_get_state(event) != SD_EVENT_FINISHED)
		r = sd_event_run(event, UINT64_MAX);
	sd_bus_slot_unref(slot);
	return asked.answer;
}

static WriteResult decide(sd_bus *bus, sd_event *event, const WriteAsk *ask, uid_t *ret_uid)
{
	if (!read_uid(bus, ask->sender, ret_uid))
		return WRITE_LEFT;
	if (*ret_uid == 0)
		return WRITE_YES; /* root may everything, also while there is no polkit */
	if (sd_bus_attach_event(bus, event, SD_EVENT_PRIORITY_NORMAL) < 0 ||
		sd_event_add_io(event, NULL, ask->connection, EPOLLRDHUP, on_hangup, NULL) < 0)
		return WRITE_GONE;
	return (WriteResult)ask_polkit(bus, event, ask);
}

WriteResult write_ask(const WriteAsk *ask, uid_t *ret_uid, void *data)
{
	sd_bus *bus = NULL;
	sd_event *event = NULL;
	WriteResult result = WRITE_GONE;

	(void)data;
	if (sd_bus_open_system(&bus) >= 0 && sd_bus_set_method_call_timeout(bus, LIMIT_WRITE_PATIENCE_S * SECOND_US) >= 0 &&
		sd_event_new(&event) >= 0)
		result = decide(bus, event, ask, ret_uid);
	sd_bus_flush_close_unref(bus);
	sd_event_unref(event);
	return result;
}
