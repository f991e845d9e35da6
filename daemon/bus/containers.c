/* SPDX-License-Identifier: MIT
 *
 * What a policy would say of the containers that exist, for who may ask Docker about them.
 */
#include <errno.h>
#include "bus/existing.h"
#include "bus/sight.h"
#include "bus/task.h"

typedef struct Containers {
	const char *policy_name; /* "": the one in force */
	Policy *policy;
	VerdictTable *verdicts;
	Existing existing;
} Containers;

static int read_options(Task *task)
{
	Containers *containers = task->work.data;
	const BusOption options[] = { { "policy", OPTION_TEXT, &containers->policy_name } };

	containers->policy_name = "";
	return options_read(task, options, G_N_ELEMENTS(options));
}

static void begin(Work *work)
{
	Containers *containers = work->data;

	if (!sight_of(work).all)
		(void)work_fail(work, SD_BUS_ERROR_ACCESS_DENIED, "only those who may talk to Docker are told of its containers");
	else if (policy_chosen(work, containers->policy_name, &containers->policy, &containers->verdicts) && !containers->policy)
		(void)work_fail(work, "PolicyInvalid", "there is no valid policy in force");
	containers->existing.policy = containers->policy;
	containers->existing.verdicts = containers->verdicts;
}

static void judge(Work *work)
{
	Containers *containers = work->data;

	if (!containers->policy)
		begin(work);
	if (work_failed(work))
		return;
	if (existing_judge(&containers->existing, work) && !containers->existing.known)
		(void)work_fail(work, "Unavailable", "Docker does not say which containers there are; see: sentinel doctor");
}

static int append_denial(sd_bus_message *reply, const Denial *denial)
{
	int r;

	if ((r = sd_bus_message_open_container(reply, 'r', "ssa(ss)")) < 0 || (r = sd_bus_message_append(reply, "ss", denial->name, denial->image)) < 0 ||
		(r = sd_bus_message_open_container(reply, 'a', "(ss)")) < 0)
		return r;
	for (size_t i = 0; r >= 0 && i < denial->finding_count; i++)
		r = sd_bus_message_append(reply, "(ss)", denial->findings[i].rule, denial->findings[i].message);
	if (r < 0 || (r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static int append_denials(sd_bus_message *reply, const DenialList *denials)
{
	int r = sd_bus_message_open_container(reply, 'a', "(ssa(ss))");

	for (size_t i = 0; r >= 0 && i < denials->count; i++)
		r = append_denial(reply, &denials->items[i]);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_list(sd_bus_message *reply, const char *key, const StringList *list)
{
	int r;

	if ((r = sd_bus_message_open_container(reply, 'e', "sas")) < 0 || (r = sd_bus_message_append_basic(reply, 's', key)) < 0 ||
		(r = sd_bus_message_open_container(reply, 'a', "s")) < 0)
		return r;
	for (size_t i = 0; r >= 0 && i < list->count; i++)
		r = sd_bus_message_append_basic(reply, 's', list->items[i]);
	if (r < 0 || (r = sd_bus_message_close_container(reply)) < 0)
		return r;
	return sd_bus_message_close_container(reply);
}

static int append_proposal(sd_bus_message *reply, const Proposal *proposal)
{
	int r = sd_bus_message_open_container(reply, 'a', "{sas}");

	if (r >= 0 && proposal->allowed.count)
		r = append_list(reply, "allowed", &proposal->allowed);
	if (r >= 0 && proposal->allowed_read_only.count)
		r = append_list(reply, "allowed_read_only", &proposal->allowed_read_only);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int answer(Task *task, sd_bus_message *reply)
{
	const Containers *containers = task->work.data;
	const Existing *existing = &containers->existing;
	int r = sd_bus_message_append(reply, "sub", policy_file_name(containers->policy), (uint32_t)existing->looked, (int)existing->more);

	if (r >= 0)
		r = append_denials(reply, &existing->denials);
	return r < 0 ? r : append_proposal(reply, &existing->proposal);
}

static void clear(void *data)
{
	Containers *containers = data;

	existing_clear(&containers->existing);
	policy_unref(containers->policy);
	verdict_table_unref(containers->verdicts);
}

const Handler judge_containers = { sizeof(Containers), read_options, judge, answer, clear };
