/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "bus/cause.h"
#include "bus/trial.h"

static int append_findings(sd_bus_message *reply, const Decision *decision)
{
	int r = sd_bus_message_open_container(reply, 'a', "(sssss)");

	for (size_t i = 0; r >= 0 && i < decision->finding_count; i++) {
		const Finding *f = &decision->findings[i];
		r = sd_bus_message_append(reply, "(sssss)", f->rule, severity_name(f->severity), f->category, action_name(f->action), f->message);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_numbers(sd_bus_message *reply, const char *name, const int32_t *numbers, size_t count)
{
	int r;

	if ((r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 || (r = sd_bus_message_append_basic(reply, 's', name)) < 0 ||
		(r = sd_bus_message_open_container(reply, 'v', "ai")) < 0 ||
		(r = sd_bus_message_append_array(reply, 'i', numbers, count * sizeof *numbers)) < 0 ||
		(r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static int append_strings(sd_bus_message *reply, const char *const *strings, size_t count)
{
	int r = sd_bus_message_open_container(reply, 'a', "s");

	for (size_t i = 0; r >= 0 && i < count; i++)
		r = sd_bus_message_append_basic(reply, 's', strings[i]);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* A list with one string a finding, in their order: what (sssss) has no place for. */
static int append_column(sd_bus_message *reply, const char *name, const char *const *strings, size_t count)
{
	int r;

	if ((r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 || (r = sd_bus_message_append_basic(reply, 's', name)) < 0 ||
		(r = sd_bus_message_open_container(reply, 'v', "as")) < 0 || (r = append_strings(reply, strings, count)) < 0 ||
		(r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

void trial_trace(Trial *trial, Arena *arena)
{
	const Decision *decision = trial->told.decision;
	const Cause cause = {
		.policy = trial->policy, .situation = trial->situation, .view = trial->view, .argv = trial->argv.items, .argc = trial->argv.count,
		.context = &trial->told.context, .reading = &trial->told.reading, .arena = arena,
	};

	if (!trial->argv.count)
		return;
	trial->indexes = cause_find(&cause, decision);
	trial->widths = cause_widths(&cause, trial->indexes, decision->finding_count);
	trial->pins = pinnable_find(&cause, decision, trial->indexes);
}

/* What sentinel exec does by itself. */
static int append_pins(sd_bus_message *reply, const PinnableList *pins)
{
	int r;

	if (!pins->count)
		return 0;
	if ((r = sd_bus_message_open_container(reply, 'e', "sv")) < 0 || (r = sd_bus_message_append_basic(reply, 's', "pins")) < 0 ||
		(r = sd_bus_message_open_container(reply, 'v', "aa{sv}")) < 0 || (r = sd_bus_message_open_container(reply, 'a', "a{sv}")) < 0)
		return r;
	for (size_t i = 0; r >= 0 && i < pins->count; i++) {
		const Pinnable *pin = &pins->items[i];
		r = sd_bus_message_append(reply, "a{sv}", 6, "index", "u", pin->index, "words", "u", pin->words, "keep", "s", pin->keep, "source", "s",
			pin->source, "target", "s", pin->target, "read_only", "b", (int)pin->read_only);
	}
	if (r < 0 || (r = sd_bus_message_close_container(reply)) < 0 || (r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static int append_causes(sd_bus_message *reply, const Trial *trial, const Decision *decision)
{
	int r;

	if (!trial->argv.count)
		return 0;
	if ((r = sd_bus_message_append(reply, "{sv}", "logged", "s", trial->told.reading.request->summary)) < 0 ||
		(r = append_column(reply, "words", trial->told.reading.words.items, trial->told.reading.words.count)) < 0 ||
		(r = append_numbers(reply, "argument_index", trial->indexes, decision->finding_count)) < 0)
		return r;
	r = append_numbers(reply, "argument_words", trial->widths, decision->finding_count);
	return r < 0 ? r : append_pins(reply, &trial->pins);
}

static int append_columns(sd_bus_message *reply, const Decision *decision, Arena *arena)
{
	const char **arguments = arena_alloc(arena, (decision->finding_count + 1) * sizeof *arguments);
	const char **references = arena_alloc(arena, (decision->finding_count + 1) * sizeof *references);

	for (size_t i = 0; i < decision->finding_count; i++) {
		arguments[i] = decision->findings[i].argument;
		references[i] = decision->findings[i].references;
	}
	int r = append_column(reply, "arguments", arguments, decision->finding_count);
	return r < 0 ? r : append_column(reply, "references", references, decision->finding_count);
}

static int append_details(sd_bus_message *reply, const Trial *trial, const Decision *decision, Arena *arena)
{
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	if (r >= 0 && !trial->sight.all)
		r = sd_bus_message_append(reply, "{sv}", "limited", "b", 1);
	if (r >= 0)
		r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}", "policy", "s", decision->policy, "mode", "s", mode_name(decision->mode), "max_score", "u",
			decision->max_score, "outcome", "s", outcome_name(decision->outcome), "command", "s",
			trial->argv.count ? trial->told.reading.command : trial->told.reading.request->summary);
	if (r >= 0)
		r = append_columns(reply, decision, arena);
	if (r >= 0)
		r = append_causes(reply, trial, decision);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int trial_answer(Task *task, sd_bus_message *reply)
{
	const Trial *trial = task->work.data;
	const Decision *decision = trial->told.decision;
	int r = sd_bus_message_append(reply, "bu", (int)decision->allowed, decision->score);

	if (r >= 0)
		r = append_findings(reply, decision);
	if (r >= 0)
		r = append_strings(reply, decision->mitigations, decision->mitigation_count);
	return r < 0 ? r : append_details(reply, trial, decision, task->work.arena);
}
