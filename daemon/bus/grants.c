/* SPDX-License-Identifier: MIT
 *
 * CreateGrant, RevokeGrant, ListGrants.
 */
#include <string.h>
#include "audit/line.h"
#include "base/error.h"
#include "base/event.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/users.h"
#include "bus/task.h"
#include "core/grant-trail.h"

#define DEFAULT_DURATION_S 600u
#define SECOND_US ((int64_t)1000 * 1000)

/* One call, or the gate's look at it. */
typedef struct GrantCall {
	uint64_t decision_id, duration_s, uses, grant_id;
	const char *reason;
	AuditLine line; /* of the decision */
	bool found;
} GrantCall;

/* The decision, from the index. */
static void look_up(Work *work)
{
	GrantCall *call = work->data;
	const AuditFilter filter = { 0 };
	const char *dir = work->context->paths->audit_dir;

	if (!audit_wait(writers_index(work->context->writers), dir, &work->error))
		return;
	g_autoptr(GPtrArray) rows = query_run(dir, &filter, 1, call->decision_id + 1, &work->error);
	const AuditRow *row = rows && rows->len ? g_ptr_array_index(rows, 0) : NULL;
	if (!row || row->id != call->decision_id)
		return;
	const char *text = arena_strdup(work->arena, row->json);
	call->found = audit_line_read(text, strlen(text), work->arena, &call->line);
}

/* CreateGrant */

static const char *what_is_wrong(const GrantCall *call)
{
	if (!call->found)
		return "there is no such decision; see: sentinel audit list";
	if (strcmp(call->line.decision, "denied") != 0)
		return "this decision was no denial";
	if (call->line.truncated || !call->line.finding_count)
		return "this denial was not written down in full";
	for (size_t i = 0; i < call->line.finding_count; i++) {
		if (g_str_has_prefix(call->line.findings[i].rule, "builtin."))
			return "this request cannot be judged, and so not be granted either";
		if (strlen(call->line.findings[i].key) != GRANT_KEY_LENGTH)
			return "this denial is of an older version";
	}
	if (strlen(call->line.fit) != GRANT_FIT_LENGTH)
		return "nobody can say which image would run: have it pulled and the call made again, then grant the denial that comes of it";
	return NULL;
}

static Grant *grant_from(const Work *work)
{
	const GrantCall *call = work->data;
	const AuditLine *line = &call->line;
	Grant *grant = g_new0(Grant, 1);

	*grant = (Grant){
		.decision_id = call->decision_id, .made_us = g_get_real_time(), .uses_left = (unsigned)call->uses, .user = g_strdup(g_str_has_prefix(line->user, USER_ONE_OF) ? "" : line->user),
		.image = g_strdup(line->image), .endpoint = g_strdup(line->endpoint), .subject = g_strdup(line->subject), .by = user_name(USER_DATABASE, work->uid),
		.reason = g_strdup(call->reason), .command = g_strdup(line->command), .fit = g_strdup(line->fit), .keys = g_new0(char *, line->finding_count + 1),
	};
	grant->expires_us = grant->made_us + (int64_t)call->duration_s * SECOND_US;
	for (size_t i = 0; i < line->finding_count; i++)
		grant->keys[i] = g_strdup(line->findings[i].key);
	return grant;
}

static void announce(const Grant *grant)
{
	g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, grant->id);
	const EventField fields[] = {
		{ "SENTINEL_GRANT", id }, { "SENTINEL_USER", grant->by }, { "SENTINEL_COMMAND", grant->command }, { "SENTINEL_REASON", grant->reason },
	};

	event_log(EVENT_GRANT_MADE, fields, G_N_ELEMENTS(fields), "grant %s by %s for %s: %s", id, grant->by, grant->command, grant->reason);
}

/* In the trail before it counts: a grant that nobody can find afterwards is not made. */
static void make(Work *work)
{
	GrantCall *call = work->data;
	const BusContext *context = work->context;
	g_autoptr(Grant) grant = grant_from(work);

	grant->id = grant_reserve(context->grants, &work->error);
	if (!grant->id)
		return;
	if (grant_write_down(context->ledger, GRANT_MADE, grant, grant->by) != 0) {
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_IO,
			"the grant cannot be written to the audit trail in %s and was not made; is there room on that disk?", context->paths->audit_dir);
		return;
	}
	call->grant_id = grant_add(context->grants, grant, &work->error);
	if (call->grant_id)
		announce(grant);
	else if (grant_write_down(context->ledger, GRANT_REVOKED, grant, grant->by) != 0)
		g_prefix_error(&work->error, "the audit trail says that grant %" G_GUINT64_FORMAT " was made, but it was not: ", grant->id);
}

static void create_work(Work *work)
{
	const GrantCall *call = work->data;

	look_up(work);
	if (work->error)
		return;
	const char *problem = what_is_wrong(call);
	if (problem)
		g_set_error(&work->error, SENTINEL_ERROR, call->found ? SENTINEL_ERROR_INVALID : SENTINEL_ERROR_NOT_FOUND, "decision %" G_GUINT64_FORMAT ": %s",
			call->decision_id, problem);
	else
		make(work);
}

static int create_answer(Task *task, sd_bus_message *reply)
{
	const GrantCall *call = task->work.data;

	return sd_bus_message_append_basic(reply, 't', &call->grant_id);
}

static int read_options(Task *task)
{
	GrantCall *call = task->work.data;
	const BusOption options[] = {
		{ "reason", OPTION_TEXT, &call->reason }, { "duration", OPTION_NUMBER, &call->duration_s }, { "uses", OPTION_NUMBER, &call->uses },
	};

	*call = (GrantCall){ .duration_s = DEFAULT_DURATION_S, .uses = 1, .reason = "" };
	int r = sd_bus_message_read_basic(task->call, 't', &call->decision_id);
	return r < 0 ? r : options_read(task, options, G_N_ELEMENTS(options));
}

static int create_read(Task *task)
{
	GrantCall *call = task->work.data;
	int r = read_options(task);

	if (r < 0)
		return r;
	if (!*call->reason || strlen(call->reason) > LIMIT_GRANT_REASON)
		return work_fail(&task->work, "InvalidArgs", "a grant needs the option \"reason\", a text of at most %u bytes", LIMIT_GRANT_REASON);
	if (!call->duration_s || call->duration_s > LIMIT_GRANT_S || !call->uses || call->uses > LIMIT_GRANT_USES)
		return work_fail(&task->work, "InvalidArgs", "a grant lasts 1 to %u seconds (duration) and for 1 to %u uses", LIMIT_GRANT_S, LIMIT_GRANT_USES);
	call->reason = text_printable(task->work.arena, call->reason, LIMIT_GRANT_REASON);
	return 0;
}

const Handler grants_create = { sizeof(GrantCall), create_read, create_work, create_answer };

/* The gate's look: the dialog says what would be let through, for whom, how long, and why. */
static void create_refined(Task *task)
{
	const GrantCall *call = task->work.data;
	const AuditLine *line = &call->line;
	g_autofree char *uses = g_strdup_printf("%" G_GUINT64_FORMAT, call->uses), *duration = g_strdup_printf("%" G_GUINT64_FORMAT " min", (call->duration_s + 59) / 60);

	task_detail(task, "policy", call->found ? line->policy : NULL);
	task_detail(task, "image", call->found && *line->image ? line->image : NULL);
	task_detail(task, "user", call->found && *line->user ? line->user : NULL);
	task_detail(task, "command", call->found ? line->command : NULL);
	task_detail(task, "reason", *call->reason ? call->reason : NULL);
	task_detail(task, "uses", uses);
	task_detail(task, "duration", duration);
}

const Refine create_refine = { sizeof(GrantCall), read_options, look_up, create_refined, NULL };

/* RevokeGrant */

static int revoke_read(Task *task)
{
	GrantCall *call = task->work.data;

	return sd_bus_message_read_basic(task->call, 't', &call->grant_id);
}

/* In the trail first, here as well: when the call fails there, nothing has changed. */
static void revoke_work(Work *work)
{
	const GrantCall *call = work->data;
	const BusContext *context = work->context;
	g_autoptr(Grant) grant = grant_find(context->grants, call->grant_id);
	g_autofree char *by = user_name(USER_DATABASE, work->uid);

	if (!grant)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_NOT_FOUND, "there is no grant %" G_GUINT64_FORMAT, call->grant_id);
	else if (grant_write_down(context->ledger, GRANT_REVOKED, grant, by) != 0)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_IO,
			"the revocation cannot be written to the audit trail in %s: grant %" G_GUINT64_FORMAT " still counts; is there room on that disk?",
			context->paths->audit_dir, call->grant_id);
	else if (!grant_remove(context->grants, call->grant_id, &work->error))
		g_prefix_error(&work->error, "grant %" G_GUINT64_FORMAT " is revoked, but comes back when the service starts again: ", call->grant_id);
}

const Handler grants_revoke = { sizeof(GrantCall), revoke_read, revoke_work, NULL };

static void revoke_refined(Task *task)
{
	const GrantCall *call = task->work.data;
	g_autoptr(Grant) grant = grant_find(task->bus->context->grants, call->grant_id);
	g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, call->grant_id);

	task_detail(task, "grant", number);
	task_detail(task, "user", grant && *grant->user ? grant->user : NULL);
	task_detail(task, "command", grant ? grant->command : NULL);
}

const Refine revoke_refine = { sizeof(GrantCall), revoke_read, NULL, revoke_refined, NULL };

/* ListGrants */

static int append_grant(sd_bus_message *reply, const Grant *grant)
{
	return sd_bus_message_append(reply, "a{sv}", 9, "id", "t", grant->id, "decision", "t", grant->decision_id, "made", "t", (uint64_t)grant->made_us, "expires",
		"t", (uint64_t)grant->expires_us, "uses_left", "u", grant->uses_left, "user", "s", grant->user, "by", "s", grant->by, "reason", "s", grant->reason,
		"command", "s", grant->command);
}

static int list_answer(Task *task, sd_bus_message *reply)
{
	g_autoptr(GPtrArray) grants = grant_list(task->bus->context->grants);
	int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

	for (guint i = 0; r >= 0 && i < grants->len; i++)
		r = append_grant(reply, g_ptr_array_index(grants, i));
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

const Handler grants_list = { .answer = list_answer };
