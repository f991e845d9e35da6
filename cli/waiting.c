/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "cli/language.h"
#include "cli/layout.h"
#include "cli/waiting.h"
#include "dbus/names.h"

#define BAR_CELLS 24
#define BAR_TEXT (BAR_CELLS + 7) /* a blank before it, " 100 %" behind it */
#define LEAST_TEXT 10            /* of what goes on; on what is still narrower lines would be broken */
#define FIRST_US (G_USEC_PER_SEC / 50) /* who has waited so long may wait longer */
#define TICK_US (G_USEC_PER_SEC / 10)
#define ASK_US (2 * G_USEC_PER_SEC) /* how far it is, is known at once or not at all */

static const struct {
	const char *member, *what;
} slow[] = {
	{ "Verify", N_("reading the trail") },
	{ "Reindex", N_("making the index of the trail anew") },
	{ "Replay", N_("judging the recorded calls") },
	{ "Learn", N_("judging the recorded calls") },
	{ "Export", N_("writing the decisions") },
	{ "Clear", N_("removing records") },
};

/* One call that is waited for. */
typedef struct Wait {
	const Cli *cli;
	const char *what; /* NULL: nothing is shown */
	sd_bus_message *reply;
	int64_t since_us;
	bool deaf; /* the service does not say how far it is */
	bool drawn;
} Wait;

bool waiting_is_shown(const Cli *cli)
{
	return !cli->quiet && !cli->streams && isatty(STDERR_FILENO);
}

static glong columns(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : (glong)LAYOUT_COLUMNS;
}

void waiting_draw(const char *what, unsigned percent)
{
	const bool pictures = g_get_charset(NULL);
	g_autofree char *shown = layout_cut(what, MAX(columns() - BAR_TEXT, LEAST_TEXT));
	g_autoptr(GString) bar = g_string_new("");

	percent = MIN(percent, 100);
	for (unsigned i = 0; i < BAR_CELLS; i++) {
		const bool full = i * 100 < percent * BAR_CELLS;
		g_string_append(bar, pictures ? (full ? "█" : "░") : full ? "#" : ".");
	}
	(void)fprintf(stderr, "\r%s %s %3u %%", shown, bar->str, percent);
}

void waiting_wipe(void)
{
	(void)fputs("\r\033[K", stderr);
}

static const char *what_of(const Cli *cli, const char *member)
{
	for (size_t i = 0; member && i < G_N_ELEMENTS(slow); i++)
		if (!strcmp(member, slow[i].member))
			return waiting_is_shown(cli) ? _(slow[i].what) : NULL;
	return NULL;
}

static int on_reply(sd_bus_message *reply, void *data, sd_bus_error *error)
{
	Wait *wait = data;

	(void)error;
	wait->reply = sd_bus_message_ref(reply);
	return 0;
}

/* Percent of the call of that number; -1: not known. */
static int ask(Wait *wait, uint64_t serial)
{
	sd_bus_message *call = NULL, *reply = NULL;
	uint32_t number, percent;
	int found = -1;
	int r = sd_bus_message_new_method_call(
		wait->cli->connection, &call, wait->cli->local ? NULL : SENTINEL_BUS_NAME, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, "Progress");

	if (r >= 0)
		r = sd_bus_call(wait->cli->connection, call, ASK_US, NULL, &reply);
	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(uu)");
	wait->deaf = r < 0;
	while (r >= 0 && (r = sd_bus_message_read(reply, "(uu)", &number, &percent)) > 0)
		if (number == serial)
			found = (int)percent;
	sd_bus_message_unref(call);
	sd_bus_message_unref(reply);
	return found;
}

/* While polkit's agent may ask something the terminal is its own: until the call is known to run. */
static void show(Wait *wait, uint64_t serial)
{
	const int percent = wait->deaf ? -1 : ask(wait, serial);
	const int64_t seconds = (g_get_monotonic_time() - wait->since_us) / G_USEC_PER_SEC;

	if (percent >= 0 && !wait->reply)
		waiting_draw(wait->what, (unsigned)percent);
	else if (percent < 0 && seconds && !wait->cli->agent && !wait->reply)
		(void)fprintf(stderr, "\r%s, %d s\033[K", wait->what, (int)seconds);
	else
		return;
	wait->drawn = true;
}

static int wait_for(Wait *wait, uint64_t serial)
{
	sd_bus *bus = wait->cli->connection;
	int64_t due_us = wait->since_us + FIRST_US;
	int r = 0;

	while (r >= 0 && !wait->reply) {
		if ((r = sd_bus_process(bus, NULL)) != 0)
			continue;
		const int64_t now_us = g_get_monotonic_time();
		if (now_us >= due_us) {
			show(wait, serial);
			due_us = g_get_monotonic_time() + TICK_US;
			continue;
		}
		if ((r = sd_bus_wait(bus, (uint64_t)(due_us - now_us))) == -EINTR)
			r = 0;
	}
	return wait->reply ? 0 : r;
}

int waiting_call(const Cli *cli, sd_bus_message *call, uint64_t timeout_us, sd_bus_error *ret_error, sd_bus_message **ret_reply)
{
	Wait wait = { .cli = cli, .what = what_of(cli, sd_bus_message_get_member(call)), .since_us = g_get_monotonic_time() };
	sd_bus_slot *slot = NULL;
	uint64_t serial = 0;
	int r;

	if (!wait.what)
		return sd_bus_call(cli->connection, call, timeout_us, ret_error, ret_reply);
	if ((r = sd_bus_call_async(cli->connection, &slot, call, on_reply, &wait, timeout_us)) >= 0 && (r = sd_bus_message_get_cookie(call, &serial)) >= 0)
		r = wait_for(&wait, serial);
	sd_bus_slot_unref(slot);
	if (wait.drawn)
		waiting_wipe();
	if (r >= 0 && sd_bus_message_is_method_error(wait.reply, NULL)) /* sd-bus answers itself when the connection is lost */
		r = sd_bus_is_open(cli->connection) > 0 ? sd_bus_error_copy(ret_error, sd_bus_message_get_error(wait.reply)) : -ECONNRESET;
	if (r >= 0 && ret_reply)
		*ret_reply = sd_bus_message_ref(wait.reply);
	sd_bus_message_unref(wait.reply);
	return r;
}
