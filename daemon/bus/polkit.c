/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "base/log.h"
#include "bus/polkit.h"

#define SERVICE "org.freedesktop.PolicyKit1"
#define OBJECT "/org/freedesktop/PolicyKit1/Authority"
#define FLAG_INTERACTIVE 1u
#define SECOND_US ((uint64_t)1000 * 1000)

typedef struct Asked {
	PolkitFn done;
	void *data;
	bool interactive;
} Asked;

static bool was_dismissed(sd_bus_message *reply)
{
	const char *name, *value;
	bool dismissed = false;

	(void)sd_bus_message_enter_container(reply, 'a', "{ss}");
	while (sd_bus_message_read(reply, "{ss}", &name, &value) > 0)
		dismissed |= !strcmp(name, "polkit.dismissed");
	return dismissed;
}

static PolkitAnswer read_answer(sd_bus_message *reply, bool interactive)
{
	int authorised = false, challenge = false;

	if (sd_bus_message_is_method_error(reply, NULL)) {
		const sd_bus_error *error = sd_bus_message_get_error(reply);
		log_warning("polkit: %s", error->message ? error->message : error->name);
		return sd_bus_error_has_name(error, SD_BUS_ERROR_LIMITS_EXCEEDED) ? POLKIT_BUSY : POLKIT_GONE;
	}
	if (!sd_bus_message_has_signature(reply, "(bba{ss})"))
		return POLKIT_GONE;
	(void)sd_bus_message_enter_container(reply, 'r', "bba{ss}");
	(void)sd_bus_message_read(reply, "bb", &authorised, &challenge);
	if (authorised)
		return POLKIT_YES;
	if (was_dismissed(reply))
		return POLKIT_DISMISSED;
	return !challenge ? POLKIT_NO : interactive ? POLKIT_NO_AGENT : POLKIT_CHALLENGE;
}

static int on_reply(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	const Asked *asked = data;

	(void)error;
	asked->done(read_answer(reply, asked->interactive), asked->data);
	return 0;
}

static int append_details(sd_bus_message *call, const PolkitQuestion *question)
{
	int r = sd_bus_message_open_container(call, 'a', "{ss}");

	for (size_t i = 0; r >= 0 && i < question->detail_count; i++)
		r = sd_bus_message_append(call, "{ss}", question->details[i].name, question->details[i].value);
	return r < 0 ? r : sd_bus_message_close_container(call);
}

static char *cancellation(uint64_t number)
{
	return g_strdup_printf("sentinel-%" G_GUINT64_FORMAT, number);
}

void polkit_cancel(sd_bus *connection, uint64_t number)
{
	g_autofree char *id = cancellation(number);

	if (connection)
		(void)sd_bus_call_method_async(connection, NULL, SERVICE, OBJECT, SERVICE ".Authority", "CancelCheckAuthorization", NULL, NULL, "s", id);
}

int polkit_ask(sd_bus *connection, const PolkitQuestion *question, PolkitFn done, void *data, sd_bus_slot **ret_slot)
{
	uint64_t patience = (question->interactive ? LIMIT_POLKIT_DIALOG_S : LIMIT_POLKIT_ANSWER_S) * SECOND_US;
	sd_bus_message *call = NULL;
	sd_bus_slot *slot = NULL;
	g_autofree char *id = cancellation(question->number);
	Asked *asked = g_new0(Asked, 1);
	int r = sd_bus_message_new_method_call(connection, &call, SERVICE, OBJECT, SERVICE ".Authority", "CheckAuthorization");

	*asked = (Asked){ done, data, question->interactive };
	if (r >= 0)
		r = sd_bus_message_append(call, "(sa{sv})s", "system-bus-name", 1, "name", "s", question->sender, question->action);
	if (r >= 0)
		r = append_details(call, question);
	if (r >= 0)
		r = sd_bus_message_append(call, "us", question->interactive ? FLAG_INTERACTIVE : 0, id);
	if (r >= 0)
		r = sd_bus_call_async(connection, &slot, call, on_reply, asked, patience);
	sd_bus_message_unref(call);
	if (r < 0) {
		g_free(asked);
		return r;
	}
	(void)sd_bus_slot_set_destroy_callback(slot, g_free);
	*ret_slot = slot;
	return 0;
}
