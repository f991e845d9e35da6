/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>
#include "base/timer.h"
#include "notifier/call.h"
#include "notifier/screen.h"
#include "notifier/words.h"

#define SERVER "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"
#define SECOND_US ((uint64_t)1000 * 1000)
#define CLOSED_BY_PERSON 2

static const struct {
	BubbleAction action;
	const char *key, *label;
} actions[] = {
	{ ACTION_WHY, "why", "Why?" },
	{ ACTION_COPY, "copy-fixed", "Copy fixed command" },
	{ ACTION_SHOW, "show-fixed", "Show fixed command" },
	{ ACTION_ALLOW, "allow-once", "Allow once…" },
};

/* Who waits for the answer to a Notify; given to sd-bus. */
typedef struct Shown {
	Screen *screen;
	uint64_t serial;
	unsigned generation;
} Shown;

static void flush(Screen *screen);

static void retry_later(Screen *screen)
{
	(void)timer_start(screen->timer, LIMIT_NOTIFIER_RETRY_S * SECOND_US);
}

static int on_shown(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const Shown *shown = data;
	Screen *screen = shown->screen;
	Bubble *bubble = board_find(screen->board, shown->serial);
	bool same = shown->generation == screen->generation;
	uint32_t id = 0;

	(void)error;
	bool good = !sd_bus_message_is_method_error(reply, NULL) && sd_bus_message_read(reply, "u", &id) > 0;
	if (bubble && same)
		board_sent(screen->board, bubble, id, call_now_us());
	if (bubble && same && !good)
		bubble->changed = true;
	if (same && !good)
		retry_later(screen);
	else
		flush(screen);
	return 1;
}

static int append_actions(sd_bus_message *call, unsigned offered)
{
	int r = sd_bus_message_open_container(call, 'a', "s");

	if (r >= 0 && offered & ACTION_WHY)
		r = sd_bus_message_append(call, "ss", "default", actions[0].label);
	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(actions); i++)
		if (offered & actions[i].action)
			r = sd_bus_message_append(call, "ss", actions[i].key, actions[i].label);
	return r < 0 ? r : sd_bus_message_close_container(call);
}

static int append_hints(sd_bus_message *call, const News *news, unsigned offered)
{
	uint8_t urgency = (uint8_t)news_urgency(news);
	int r = sd_bus_message_open_container(call, 'a', "{sv}");

	if (r >= 0)
		r = sd_bus_message_append(call, "{sv}{sv}{sv}", "urgency", "y", urgency, "category", "s", words_category(news->kind),
			"desktop-entry", "s", NOTIFIER_ID);
	if (r >= 0 && news->kind == NEWS_WARNED)
		r = sd_bus_message_append(call, "{sv}", "transient", "b", 1);
	if (r >= 0 && offered)
		r = sd_bus_message_append(call, "{sv}", "resident", "b", 1);
	return r < 0 ? r : sd_bus_message_close_container(call);
}

static int append_bubble(const Screen *screen, sd_bus_message *call, const Bubble *bubble)
{
	g_autofree char *title = words_title(bubble->news, bubble->count), *body = words_body(bubble->news, screen->markup, bubble->note);
	/* A server without bodies shows the one line: then the reason is in it. */
	g_autofree char *both = screen->body ? NULL : g_strconcat(title, ": ", bubble->note ? bubble->note : bubble->news->reason, NULL);
	int r = sd_bus_message_append(
		call, "susss", "Docker Sentinel", bubble->server_id, NOTIFIER_ID, both ? both : title, screen->body ? body : "");

	if (r >= 0)
		r = append_actions(call, bubble->offered);
	if (r >= 0)
		r = append_hints(call, bubble->news, bubble->offered);
	return r < 0 ? r : sd_bus_message_append(call, "i", -1);
}

static int send_bubble(Screen *screen, Bubble *bubble)
{
	sd_bus_message *call = NULL;
	Shown *shown = g_new(Shown, 1);
	int r = sd_bus_message_new_method_call(screen->bus, &call, SERVER, SERVER_PATH, SERVER, "Notify");

	*shown = (Shown){ screen, bubble->serial, screen->generation };
	bubble->offered = screen->actions && !bubble->busy && !bubble->settled ? screen->offers(bubble->news, screen->data) : 0;
	if (r >= 0)
		r = append_bubble(screen, call, bubble);
	if (r >= 0)
		r = call_send(screen->bus, call, LIMIT_NOTIFIER_ANSWER_S, on_shown, shown, g_free);
	else
		g_free(shown);
	sd_bus_message_unref(call);
	bubble->said = bubble->news->id;
	bubble->changed = r < 0;
	bubble->sending = r >= 0;
	return r;
}

static void see_capability(Screen *screen, const char *word)
{
	const struct {
		const char *word;
		bool *flag;
	} known[] = { { "body", &screen->body }, { "body-markup", &screen->markup }, { "actions", &screen->actions } };

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (!strcmp(word, known[i].word))
			*known[i].flag = true;
}

static int on_capabilities(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Screen *screen = data;
	const char *word;
	int r = sd_bus_message_is_method_error(reply, NULL) ? -1 : sd_bus_message_enter_container(reply, 'a', "s");

	(void)error;
	screen->asked = sd_bus_slot_unref(screen->asked);
	screen->body = screen->markup = screen->actions = false;
	for (unsigned i = 0; r >= 0 && i < LIMIT_NOTIFIER_CAPABILITIES && (r = sd_bus_message_read_basic(reply, 's', &word)) > 0; i++)
		see_capability(screen, word);
	screen->known = r >= 0;
	if (screen->known)
		flush(screen);
	else
		retry_later(screen);
	return 1;
}

static void ask_capabilities(Screen *screen)
{
	sd_bus_message *call = NULL;
	int r = sd_bus_message_new_method_call(screen->bus, &call, SERVER, SERVER_PATH, SERVER, "GetCapabilities");

	if (r >= 0)
		r = sd_bus_call_async(screen->bus, &screen->asked, call, on_capabilities, screen, LIMIT_NOTIFIER_ANSWER_S * SECOND_US);
	sd_bus_message_unref(call);
	if (r < 0)
		retry_later(screen);
}

static bool is_quiet(const Settings *settings)
{
	time_t now = time(NULL);
	struct tm local;

	return localtime_r(&now, &local) && settings_is_quiet(settings, local.tm_hour * 60 + local.tm_min);
}

/* Sends what is due, and wakes again for what is due later. */
static void flush(Screen *screen)
{
	uint64_t now = call_now_us();
	Bubble *bubble;

	board_set_quiet(screen->board, is_quiet(screen->board->settings), now);
	uint64_t next = board_next_us(screen->board, now);
	if (next == UINT64_MAX && !screen->board->hushed)
		return;
	if (next != UINT64_MAX && !screen->known) {
		if (!screen->asked)
			ask_capabilities(screen);
		return;
	}
	while ((bubble = board_due(screen->board, now)))
		if (!(screen->actions && screen->prepare(bubble, screen->data)) && send_bubble(screen, bubble) < 0) {
			retry_later(screen);
			return;
		}
	next = board_next_us(screen->board, now);
	if (next != UINT64_MAX)
		(void)timer_start_at(screen->timer, next);
	else if (screen->board->hushed)
		(void)timer_start(screen->timer, 60 * SECOND_US); /* until the quiet hours are over */
}

void screen_wake(Screen *screen)
{
	flush(screen);
}

static int on_timer(sd_event_source *source, uint64_t now, void *data)
{
	(void)source;
	(void)now;
	flush(data);
	return 0;
}

static void on_server(void *data)
{
	Screen *screen = data;

	screen->generation++;
	screen->known = false;
	screen->asked = sd_bus_slot_unref(screen->asked);
	board_forget_server(screen->board, call_now_us());
	if (screen->server.owner)
		flush(screen);
}

static BubbleAction action_of(const char *key)
{
	for (size_t i = 0; i < G_N_ELEMENTS(actions); i++)
		if (!strcmp(key, actions[i].key))
			return actions[i].action;
	return !strcmp(key, "default") ? ACTION_WHY : 0;
}

/* A repeat that is not shown yet may be another command: that was not what somebody clicked on. */
static bool is_meant(const Bubble *bubble, BubbleAction action)
{
	return action & bubble->offered && !bubble->busy && bubble->said == bubble->news->id;
}

static int on_action(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Screen *screen = data;
	const char *key;
	uint32_t id;

	(void)error;
	if (!peer_sent(&screen->server, message) || sd_bus_message_read(message, "us", &id, &key) <= 0)
		return 0;
	Bubble *bubble = board_find_shown(screen->board, id);
	BubbleAction action = action_of(key);
	if (bubble && is_meant(bubble, action))
		screen->acted(bubble, action, screen->data);
	return 0;
}

static int on_closed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Screen *screen = data;
	uint32_t id, reason;

	(void)error;
	if (!peer_sent(&screen->server, message) || sd_bus_message_read(message, "uu", &id, &reason) <= 0)
		return 0;
	Bubble *bubble = board_find_shown(screen->board, id);
	if (bubble)
		board_closed(bubble, reason == CLOSED_BY_PERSON);
	return 0;
}

int screen_start(Screen *screen, sd_event *event)
{
	static const char match[] = "type='signal',sender='" SERVER "',path='" SERVER_PATH "',interface='" SERVER "',member='%s'";
	const struct {
		const char *member;
		sd_bus_message_handler_t handler;
	} signals[] = { { "ActionInvoked", on_action }, { "NotificationClosed", on_closed } };
	int r = timer_new(event, &screen->timer, on_timer, screen);

	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(signals); i++) {
		g_auto(GStrv) parts = g_strsplit(match, "%s", 2);
		g_autofree char *text = g_strjoinv(signals[i].member, parts);
		r = sd_bus_add_match_async(screen->bus, &screen->matches[i], text, signals[i].handler, NULL, screen);
	}
	return r < 0 ? r : peer_watch(&screen->server, screen->bus, SERVER, on_server, screen);
}

void screen_stop(Screen *screen)
{
	peer_forget(&screen->server);
	screen->asked = sd_bus_slot_unref(screen->asked);
	for (size_t i = 0; i < G_N_ELEMENTS(screen->matches); i++)
		screen->matches[i] = sd_bus_slot_unref(screen->matches[i]);
	screen->timer = sd_event_source_disable_unref(screen->timer);
}
