/* SPDX-License-Identifier: MIT
 *
 * The interface Pins: what is asked is passed on to the helper, with who asks.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/pin-client.h"
#include "base/text.h"
#include "bus/task.h"

#define PIN_OBJECTS SENTINEL_OBJECT_PATH "/pins/"
#define NOT_SAID UINT64_MAX

/* One call: of Pin and Drop the one pin, of List all of the caller's. */
typedef struct Asked {
	PinQuestion question;
	int fd_and_one; /* 0: none */
	const char *map;
	bool read_only, keep, once;
	uint64_t seconds;
	GArray *items; /* PinItem */
} Asked;

static void clear(void *data)
{
	Asked *asked = data;

	if (asked->fd_and_one)
		(void)close(asked->fd_and_one - 1);
	if (asked->items)
		g_array_unref(asked->items);
}

static int refuse(Work *work, const PinAnswer *answer)
{
	static const char *const words[PIN_RESULT_COUNT] = {
		[PIN_OK] = "",
		[PIN_REFUSED] = "Invalid",
		[PIN_NOT_FOUND] = "NotFound",
		[PIN_FULL] = "LimitExceeded",
		[PIN_FAILED] = "Failed",
	};

	return work_fail(work, words[answer->result], "%s", answer->text);
}

/* Of a long list one part after the other. */
static void ask(Work *work)
{
	Asked *asked = work->data;
	PinClient *client = pin_client_new(work->context->pin_socket);
	const PinAnswer *answer;
	bool more;

	asked->question.uid = work->uid;
	asked->items = g_array_new(FALSE, TRUE, sizeof(PinItem));
	do {
		more = false;
		if (!pin_client_ask(client, &asked->question, asked->fd_and_one - 1, LIMIT_PIN_ASK_MS, &answer))
			(void)work_fail(work, "Unavailable",
				"the helper that makes pins does not answer; see: systemctl status sentinel-pin.socket "
				"sentinel-pin.service");
		else if (answer->result != PIN_OK)
			(void)refuse(work, answer);
		else if (answer->count) {
			g_array_append_vals(asked->items, answer->items, answer->count);
			asked->question.cursor = answer->items[answer->count - 1].serial;
			more = asked->question.ask == PIN_LIST && budget_spend(1);
		}
	} while (more);
	pin_client_free(client);
	if (!work_failed(work) && asked->question.ask != PIN_LIST && asked->items->len != 1)
		(void)work_fail(work, "Unavailable", "the helper that makes pins does not say what it did");
}

static const PinItem *item_at(const Task *task, guint index)
{
	const Asked *asked = task->work.data;

	return &g_array_index(asked->items, PinItem, index);
}

/* Pin */

static int read_map(Task *task, Asked *asked)
{
	static const char *const maps[PIN_MAP_COUNT] = { [PIN_MAP_SELF] = "self", [PIN_MAP_SUBUID] = "subuid" };

	while (asked->question.map < PIN_MAP_COUNT && strcmp(maps[asked->question.map], asked->map) != 0)
		asked->question.map++;
	if (asked->question.map < PIN_MAP_COUNT)
		return 0;
	return work_fail(
		&task->work, "InvalidArgs", "there is no map \"%.*s\"; there are: self, subuid", (int)LIMIT_METHOD_BYTES, asked->map);
}

static int pin_read(Task *task)
{
	Asked *asked = task->work.data;
	const BusOption options[] = {
		{ "read_only", OPTION_FLAG, &asked->read_only },
		{ "keep", OPTION_FLAG, &asked->keep },
		{ "once", OPTION_FLAG, &asked->once },
		{ "duration", OPTION_NUMBER, &asked->seconds },
		{ "map", OPTION_TEXT, &asked->map },
	};
	int fd, r = sd_bus_message_read_basic(task->call, 'h', &fd);

	*asked = (Asked){ .question.ask = PIN_MAKE, .map = "self", .seconds = NOT_SAID };
	if (r < 0 || (r = options_read(task, options, G_N_ELEMENTS(options))) < 0 || (r = read_map(task, asked)) < 0)
		return r;
	if (asked->keep && asked->seconds != NOT_SAID)
		return work_fail(&task->work, "InvalidArgs", "a pin is kept until it is dropped (keep), or for some time (duration)");
	if (asked->keep && asked->once)
		return work_fail(&task->work, "InvalidArgs", "a pin is kept until it is dropped (keep), or for one command (once)");
	if (asked->seconds == NOT_SAID)
		asked->seconds = LIMIT_PIN_DEFAULT_S;
	if (!asked->seconds || asked->seconds > LIMIT_PIN_S)
		return work_fail(&task->work, "InvalidArgs", "a pin lasts 1 to %u seconds (duration)", LIMIT_PIN_S);
	asked->question.seconds = asked->keep ? 0 : asked->seconds;
	asked->question.flags = (asked->read_only ? PIN_READ_ONLY : 0u) | (asked->keep ? PIN_KEEP : 0u) | (asked->once ? PIN_ONCE : 0u);
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	asked->fd_and_one = fd + 1;
	return fd < 0 ? -errno : 0;
}

static int pin_answer(Task *task, sd_bus_message *reply)
{
	const PinItem *item = item_at(task, 0);
	g_autofree char *path = g_strconcat(PIN_DIR "/", item->name, NULL), *object = g_strconcat(PIN_OBJECTS, item->name, NULL);

	return sd_bus_message_append(reply, "so", path, object);
}

const Handler pins_pin = { sizeof(Asked), pin_read, ask, pin_answer, clear };

/* Drop */

static int drop_read(Task *task)
{
	Asked *asked = task->work.data;
	const char *object;
	int r = sd_bus_message_read_basic(task->call, 'o', &object);

	asked->question.ask = PIN_DROP;
	if (r < 0)
		return r;
	if (!g_str_has_prefix(object, PIN_OBJECTS) || !pin_is_hex(object + strlen(PIN_OBJECTS), PIN_NAME_LENGTH))
		return work_fail(&task->work, "NotFound", "there is no such pin; see: sentinel pin list");
	(void)g_strlcpy(asked->question.name, object + strlen(PIN_OBJECTS), sizeof asked->question.name);
	return 0;
}

static int drop_answer(Task *task, sd_bus_message *reply)
{
	return sd_bus_message_append_basic(reply, 's', item_at(task, 0)->container);
}

const Handler pins_drop = { sizeof(Asked), drop_read, ask, drop_answer, clear };

/* List */

static int list_read(Task *task)
{
	((Asked *)task->work.data)->question.ask = PIN_LIST;
	return 0;
}

static int append_item(sd_bus_message *reply, const PinItem *item, Arena *arena)
{
	static const char *const maps[PIN_MAP_COUNT] = { [PIN_MAP_SELF] = "self", [PIN_MAP_SUBUID] = "subuid" };
	const char *path = arena_printf(arena, "%s/%s", PIN_DIR, item->name),
		   *object = arena_printf(arena, "%s%s", PIN_OBJECTS, item->name);

	return sd_bus_message_append(reply, "a{sv}", 12, "pin", "o", object, "path", "s", path, "directory", "s",
		text_printable(arena, item->origin, LIMIT_PIN_ORIGIN_BYTES), "uid", "u", item->uid, "map", "s",
		maps[MIN(item->map, PIN_MAP_SUBUID)], "read_only", "b", (int)((item->flags & PIN_READ_ONLY) != 0), "made", "t",
		item->made_us, "expires", "t", item->expires_us == PIN_ENDLESS ? 0 : item->expires_us, "kept", "b", (int)((item->flags & PIN_KEEP) != 0),
		"session", "b", (int)((item->flags & PIN_SESSION) != 0), "absent", "b", (int)((item->flags & PIN_ABSENT) != 0), "container", "s",
		item->container);
}

static int list_answer(Task *task, sd_bus_message *reply)
{
	const Asked *asked = task->work.data;
	int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

	for (guint i = 0; r >= 0 && i < asked->items->len; i++)
		r = append_item(reply, item_at(task, i), task->work.arena);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

const Handler pins_list = { sizeof(Asked), list_read, ask, list_answer, clear };
