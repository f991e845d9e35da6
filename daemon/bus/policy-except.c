/* SPDX-License-Identifier: MIT
 *
 * Policies.Except: the policy in force with an exception for one denied call.  Nothing is written: who wants it sends the text with Write.
 */
#include <string.h>
#include "audit/line.h"
#include "audit/query.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/users.h"
#include "bus/recorded-calls.h"
#include "bus/task.h"
#include "policy/review/append.h"
#include "policy/review/recorded.h"
#include "policy/store.h"
#include "policy/wants.h"

#define DEFAULT_DURATION_S (30u * 24 * 3600)

typedef struct Excepting {
	uint64_t decision, duration_s;
	const char *reason, *owner;
	const char *name, *yaml, *items; /* the answer */
} Excepting;

static int read_arguments(Task *task)
{
	Excepting *excepting = task->work.data;
	const BusOption options[] = {
		{ "reason", OPTION_TEXT, &excepting->reason }, { "owner", OPTION_TEXT, &excepting->owner }, { "duration", OPTION_NUMBER, &excepting->duration_s },
	};
	int r = sd_bus_message_read_basic(task->call, 't', &excepting->decision);

	excepting->reason = excepting->owner = "";
	excepting->duration_s = DEFAULT_DURATION_S;
	r = r < 0 ? r : options_read(task, options, G_N_ELEMENTS(options));
	if (r >= 0 && (!*excepting->reason || strlen(excepting->reason) > LIMIT_GRANT_REASON))
		return work_fail(&task->work, "InvalidArgs", "an exception needs the option \"reason\", a text of at most %u bytes", LIMIT_GRANT_REASON);
	if (r >= 0 && (!excepting->duration_s || excepting->duration_s > LIMIT_EXCEPTION_S))
		return work_fail(&task->work, "InvalidArgs", "an exception holds 1 to %u seconds (duration)", LIMIT_EXCEPTION_S);
	return r;
}

static bool refuse(Work *work, const char *why)
{
	const Excepting *excepting = work->data;

	if (!work->error)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "decision %" G_GUINT64_FORMAT ": %s", excepting->decision, why);
	return false;
}

/* The record, and the request in it. */
static const KeptCall *look_up(Work *work, AuditLine *ret_line)
{
	const Excepting *excepting = work->data;
	const AuditFilter filter = { 0 };
	const char *dir = work->context->paths->audit_dir;

	if (!audit_wait(writers_index(work->context->writers), dir, &work->error))
		return NULL;
	g_autoptr(GPtrArray) rows = query_run(dir, &filter, 1, excepting->decision + 1, &work->error);
	const AuditRow *row = rows && rows->len ? g_ptr_array_index(rows, 0) : NULL;
	const char *text = row && row->id == excepting->decision ? arena_strdup(work->arena, row->json) : "";
	if (!audit_line_read(text, strlen(text), work->arena, ret_line)) {
		(void)refuse(work, "there is no such decision; see: sentinel audit list");
		return NULL;
	}
	if (strcmp(ret_line->decision, "denied") != 0 && !ret_line->grant) {
		(void)refuse(work, "this decision was no denial, and no grant let it through");
		return NULL;
	}
	const KeptCall *kept = recorded_call(text, strlen(text), work->arena);
	if (!kept)
		(void)refuse(work, "the record does not have the request");
	return kept;
}

static Situation situation_of(const Work *work, const KeptCall *kept, const AuditLine *line)
{
	return (Situation){
		.user = line->user, .caller = kept->caller, .now_us = g_get_real_time(), .builder = kept->builder, .own_paths = paths_own(work->context->paths), .trial = true,
	};
}

/* What would be written; it is tried before it is shown. */
static bool make_text(Work *work, const Policy *policy, const char *yaml, const ExcuseCall *call, const ExcuseList *list)
{
	Excepting *excepting = work->data;
	Buffer items = BUFFER_INIT(work->arena);
	g_autofree char *caller = user_name(USER_DATABASE, work->uid);
	const ExcuseTerms terms = {
		.reason = text_printable(work->arena, excepting->reason, LIMIT_GRANT_REASON), .owner = text_printable(work->arena, *excepting->owner ? excepting->owner : caller, LIMIT_RECORD_FIELD),
		.expires = exception_end(excepting->duration_s, work->arena),
	};
	const unsigned indent = policy_exceptions_indent(policy, yaml);
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	const char *why;

	buffer_printf(&items, "%*s# for decision %" G_GUINT64_FORMAT ": %s\n", (int)indent, "", excepting->decision, text_printable(work->arena, call->request->endpoint, LIMIT_RECORD_FIELD));
	for (size_t i = 0; i < list->count; i++) {
		const StringList users = { (const char **)(uintptr_t)&list->items[i].user, *list->items[i].user ? 1 : 0 };
		excuse_put(&items, &list->items[i], &users, &terms, indent);
	}
	excepting->items = items.data;
	excepting->yaml = policy_text_with(policy, yaml, items.data, work->arena, &why);
	if (!excepting->yaml)
		return refuse(work, why);
	g_autoptr(Policy) after = policy_parse("policy.yaml", excepting->yaml, strlen(excepting->yaml), diagnostics);
	if (!after || !policy_evaluate(after, call->request, call->situation, work->arena)->allowed)
		return refuse(work, "no exception would be enough to let it through");
	return true;
}

static bool except(Work *work, const Policy *policy, const Policy *reach, const char *yaml)
{
	AuditLine line;
	const KeptCall *kept = look_up(work, &line);
	ExcuseList list;

	if (!kept)
		return false;
	const Situation situation = situation_of(work, kept, &line);
	const Recorded recorded = { kept->request, kept->wants, kept->paths, &kept->hidden, kept->verdicts.count > 0, false };
	const ExcuseCall call = {
		.request = kept->request, .situation = &situation, .origin_known = kept->wants & WANT_ORIGIN,
		.command_known = !kept_hides(kept, "command") && !kept_hides(kept, "entrypoint"),
	};
	const char *why = policy_excuses(policy, reach, &call, work->arena, &list), *lacks = policy_lacks(policy, &recorded);
	lacks = lacks ? lacks : policy_lacks(reach, &recorded);
	if (why || lacks)
		return refuse(work, arena_printf(work->arena, "there is no exception for it: %s", why ? why : lacks));
	if (!list.count)
		return refuse(work, "the policy in force lets it through already");
	return make_text(work, policy, yaml, &call, &list);
}

static void except_work(Work *work)
{
	Excepting *excepting = work->data;
	const World *world = world_acquire(work->context->cell);
	const char *name = world->policy ? arena_strdup(work->arena, policy_file_name(world->policy)) : "";
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();

	world_release(world);
	excepting->name = name;
	g_autofree char *yaml = *name ? store_read(work->context->paths->policies_dir, name, NULL) : NULL;
	g_autoptr(Policy) policy = yaml ? policy_parse(name, yaml, strlen(yaml), diagnostics) : NULL, reach = policy_of_reach();
	if (!policy)
		(void)refuse(work, "there is no policy in force that could have an exception; see: sentinel authz status");
	else
		(void)except(work, policy, reach, yaml);
}

static int answer(Task *task, sd_bus_message *reply)
{
	const Excepting *excepting = task->work.data;

	return sd_bus_message_append(reply, "sss", excepting->name, excepting->yaml, excepting->items);
}

const Handler policies_except = { sizeof(Excepting), read_arguments, except_work, answer };
