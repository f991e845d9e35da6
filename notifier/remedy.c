/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "cli/variant.h"
#include "dbus/names.h"
#include "notifier/call.h"
#include "notifier/fix.h"
#include "notifier/remedy.h"

/* One denial that is looked at. */
typedef struct Trial {
	Remedy *remedy;
	uint64_t serial, id;
	char *rule;   /* for which it was denied first of all */
	char **words; /* as they were asked, or fixed */
	bool fixed;
} Trial;

static void trial_free(void *data)
{
	Trial *trial = data;

	g_free(trial->rule);
	g_strfreev(trial->words);
	g_free(trial);
}

/* One that was denied meanwhile takes its place as it is. */
static void conclude(const Trial *trial, const char *line)
{
	Screen *screen = trial->remedy->screen;
	Bubble *bubble = board_find(screen->board, trial->serial);

	if (!bubble)
		return;
	bubble->preparing = false;
	bubble->news->looked = true;
	if (line && bubble->news->id == trial->id) {
		g_free(bubble->news->fixed);
		bubble->news->fixed = g_strdup(line);
	}
	screen_wake(screen);
}

static int on_judged(sd_bus_message *reply, void *data, sd_bus_error *error);

static int send(Trial *trial)
{
	sd_bus_message *call = NULL;
	sd_bus *bus = trial->remedy->guard->bus;
	int r = sd_bus_message_new_method_call(bus, &call, SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "Validate");

	if (r >= 0)
		r = sd_bus_message_set_auto_start(call, 0);
	if (r >= 0)
		r = sd_bus_message_append_strv(call, trial->words);
	/* One variable says that no other is set: nothing of a terminal's is known here, and nothing of it is in the words. */
	if (r >= 0)
		r = sd_bus_message_append(call, "a{sv}", 1, "env", "a{ss}", 1, "DOCKER_BUILDKIT", "0");
	if (r >= 0)
		r = call_send(bus, call, LIMIT_NOTIFIER_TRIAL_S, on_judged, trial, trial_free);
	else
		trial_free(trial);
	sd_bus_message_unref(call);
	return r;
}

/* Another trial of the same denial: this one belongs to its call. */
static bool try_fixed(Trial *trial, char **words)
{
	Trial *next = g_new(Trial, 1);

	*next = *trial;
	trial->rule = NULL;
	next->words = words;
	next->fixed = true;
	return send(next) >= 0;
}

typedef struct Judged {
	int allowed;
	JsonArray *findings;
	JsonObject *details;
} Judged;

static bool read_judged(sd_bus_message *reply, Judged *ret)
{
	uint32_t score;

	if (sd_bus_message_read(reply, "bu", &ret->allowed, &score) < 0 || !(ret->findings = variant_read_findings(reply)))
		return false;
	g_autoptr(JsonArray) mitigations = variant_read_strings(reply);
	ret->details = mitigations ? variant_read_dict(reply) : NULL;
	/* Who may not look at everything was told by less. */
	return ret->details && !json_object_get_boolean_member_with_default(ret->details, "limited", FALSE);
}

static const char *text_of(JsonObject *finding, const char *name)
{
	return json_object_get_string_member_with_default(finding, name, "");
}

/* What blocks, with the words that it is about; NULL: it is not what was denied. */
static char **fix(const Trial *trial, const Judged *judged)
{
	const guint count = json_array_get_length(judged->findings);
	g_autofree FixFinding *findings = g_new0(FixFinding, count + 1);
	JsonArray *indexes = json_object_has_member(judged->details, "argument_index")
				     ? json_object_get_array_member(judged->details, "argument_index")
				     : NULL;
	size_t blocking = 0;
	bool same = false;

	if (judged->allowed || !indexes || json_array_get_length(indexes) != count)
		return NULL;
	for (guint i = 0; i < count; i++) {
		JsonObject *finding = json_array_get_object_element(judged->findings, i);
		const char *rule = text_of(finding, "rule");
		same |= !strcmp(rule, trial->rule);
		if (!strcmp(text_of(finding, "action"), "block"))
			findings[blocking++] = (FixFinding){ rule, (int)json_array_get_int_element(indexes, i) };
	}
	return same ? fix_words((const char *const *)trial->words, findings, blocking) : NULL;
}

static int on_judged(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Trial *trial = data;
	Judged judged = { 0 };
	bool good = !sd_bus_message_is_method_error(reply, NULL) && peer_sent(&trial->remedy->guard->service, reply) &&
		    read_judged(reply, &judged);
	char **words = good && !trial->fixed ? fix(trial, &judged) : NULL;
	g_autofree char *line = good && trial->fixed && judged.allowed ? fix_line((const char *const *)trial->words) : NULL;

	(void)error;
	g_clear_pointer(&judged.findings, json_array_unref);
	g_clear_pointer(&judged.details, json_object_unref);
	if (!words || !try_fixed(trial, words))
		conclude(trial, line);
	return 1;
}

bool remedy_prepare(Bubble *bubble, Remedy *remedy)
{
	const News *news = bubble->news;

	if (news->kind != NEWS_DENIED || news->looked || !news->own || !news->typed || !remedy->guard->bus || !remedy->guard->service.owner)
		return false;
	Trial *trial = g_new0(Trial, 1);
	*trial = (Trial){
		.remedy = remedy,
		.serial = bubble->serial,
		.id = news->id,
		.rule = g_strdup(news->rule),
		.words = g_strdupv(news->typed),
	};
	if (send(trial) < 0)
		return false;
	return bubble->preparing = true;
}
