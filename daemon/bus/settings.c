/* SPDX-License-Identifier: MIT
 *
 * Manager.Settings and Manager.CheckSettings: config.yaml, and the rules for secrets beside it.
 */
#include <string.h>
#include "base/limits.h"
#include "bus/task.h"
#include "core/config-show.h"
#include "scan/own-rules.h"

static int append_rows(sd_bus_message *reply, const Config *config, Arena *arena)
{
	size_t count;
	const ConfigRow *rows = config_describe(config, arena, &count);
	int r = sd_bus_message_open_container(reply, 'a', "(ssu)");

	for (size_t i = 0; r >= 0 && i < count; i++)
		r = sd_bus_message_append(reply, "(ssu)", rows[i].key, rows[i].value, rows[i].line);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void settings_work(Work *work)
{
	if (!reload_config(work->context->reload))
		(void)work_fail(work, "Unavailable", "no configuration has loaded yet: %s", reload_error(work->context->reload));
}

static int settings_answer(Task *task, sd_bus_message *reply)
{
	const BusContext *context = task->bus->context;
	int r = sd_bus_message_append(reply, "ss", context->paths->config_file, reload_error(context->reload));

	return r < 0 ? r : append_rows(reply, reload_config(context->reload), task->work.arena);
}

const Handler manager_settings = { 0, NULL, settings_work, settings_answer };

typedef struct Checked {
	const char *text; /* of the message, which the task holds */
	GPtrArray *diagnostics;
} Checked;

static int check_read(Task *task)
{
	Checked *checked = task->work.data;

	return text_read(task, "a configuration", LIMIT_CONFIG_BYTES, &checked->text);
}

static void check_work(Work *work)
{
	Checked *checked = work->data;

	checked->diagnostics = diagnostics_new();
	if (own_rules_meant(checked->text)) {
		(void)own_rules_parse(OWN_RULES_FILE, checked->text, strlen(checked->text), work->arena, checked->diagnostics);
		return;
	}
	config_free(config_parse("config.yaml", checked->text, strlen(checked->text), checked->diagnostics));
}

static int check_answer(Task *task, sd_bus_message *reply)
{
	const Checked *checked = task->work.data;

	return bus_append_diagnostics(reply, checked->diagnostics);
}

static void check_clear(void *data)
{
	Checked *checked = data;

	if (checked->diagnostics)
		g_ptr_array_unref(checked->diagnostics);
}

const Handler manager_check_settings = { sizeof(Checked), check_read, check_work, check_answer, check_clear };
