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
#include "bus/gate.h"
#include "core/grant-trail.h"

#define DEFAULT_DURATION_S 600u
#define SECOND_US ((int64_t)1000 * 1000)

/* One call, or the gate's look at it, on its way through the worker. */
typedef struct Wish {
	Bus *bus;
	sd_bus_message *call;
	Ticket *ticket; /* of the gate's look */
	Index *index;
	char *audit_dir;
	Arena *arena;
	uid_t uid;
	uint64_t decision_id, duration_s, uses, grant_id;
	const char *reason;
	AuditLine line;
	bool found;
	GError *error;
} Wish;

static Wish *wish_new(Bus *bus, sd_bus_message *call)
{
	Wish *wish = g_new0(Wish, 1);

	*wish = (Wish){
		.bus = bus, .call = sd_bus_message_ref(call), .index = bus->context->index, .audit_dir = g_strdup(bus->context->paths->audit_dir),
		.arena = arena_new(), .uid = gate_uid(bus, call), .duration_s = DEFAULT_DURATION_S, .uses = 1, .reason = "",
	};
	return wish;
}

static void wish_free(Wish *wish)
{
	sd_bus_message_unref(wish->call);
	g_free(wish->audit_dir);
	arena_free(wish->arena);
	g_clear_error(&wish->error);
	g_free(wish);
}

static int submit(Wish *wish, JobFn work, JobFn done)
{
	if (bus_submit(wish->bus, wish->call, work, done, wish))
		return 1;
	int r = bus_reply_named(wish->call, "Busy", "too many calls wait; try again");
	wish_free(wish);
	return r;
}

/* The decision, from the index. */
static void look_up(Wish *wish)
{
	const AuditFilter filter = { 0 };

	if (!audit_wait(wish->index, wish->audit_dir, &wish->error))
		return;
	g_autoptr(GPtrArray) rows = query_run(wish->audit_dir, &filter, 1, wish->decision_id + 1, &wish->error);
	const AuditRow *row = rows && rows->len ? g_ptr_array_index(rows, 0) : NULL;
	if (!row || row->id != wish->decision_id)
		return;
	const char *text = arena_strdup(wish->arena, row->json);
	wish->found = line_read(text, strlen(text), wish->arena, &wish->line);
}

/* The gate's look: the dialog names the image. */

static void refine_work(void *data)
{
	look_up(data);
}

static void refine_done(void *data)
{
	Wish *wish = data;
	Ticket *ticket = wish->ticket;

	ticket->image = g_strdup(wish->found && *wish->line.image ? wish->line.image : "-");
	ticket->policy = g_strdup(wish->found ? wish->line.policy : "-");
	wish_free(wish);
	gate_refined(ticket);
}

bool grants_refine(Ticket *ticket)
{
	Wish *wish = wish_new(ticket->bus, ticket->call);

	wish->ticket = ticket;
	(void)sd_bus_message_read_basic(ticket->call, 't', &wish->decision_id);
	(void)sd_bus_message_rewind(ticket->call, true);
	if (worker_submit(ticket->bus->context->worker, refine_work, refine_done, wish))
		return true;
	wish_free(wish);
	ticket_unref(ticket);
	return false;
}

/* CreateGrant */

static const char *what_is_wrong(const Wish *wish)
{
	if (!wish->found)
		return "there is no such decision; see: sentinel audit list";
	if (strcmp(wish->line.decision, "denied") != 0)
		return "this decision was no denial";
	if (wish->line.truncated || !wish->line.finding_count)
		return "this denial was not written down in full";
	for (size_t i = 0; i < wish->line.finding_count; i++) {
		if (g_str_has_prefix(wish->line.findings[i].rule, "builtin."))
			return "this request cannot be judged, and so not be granted either";
		if (strlen(wish->line.findings[i].key) != GRANT_KEY_LENGTH)
			return "this denial is of an older version";
	}
	if (strlen(wish->line.fit) != GRANT_FIT_LENGTH)
		return "nobody can say which image would run: have it pulled and the call made again, then grant the denial that comes of it";
	return NULL;
}

static Grant *grant_from(const Wish *wish)
{
	const AuditLine *line = &wish->line;
	Grant *grant = g_new0(Grant, 1);

	*grant = (Grant){
		.decision_id = wish->decision_id, .made_us = g_get_real_time(), .uses_left = (unsigned)wish->uses, .user = g_strdup(g_str_has_prefix(line->user, USER_ONE_OF) ? "" : line->user),
		.image = g_strdup(line->image), .endpoint = g_strdup(line->endpoint), .subject = g_strdup(line->subject), .by = user_name(USER_DATABASE, wish->uid),
		.reason = g_strdup(wish->reason), .command = g_strdup(line->command), .fit = g_strdup(line->fit), .keys = g_new0(char *, line->finding_count + 1),
	};
	grant->expires_us = grant->made_us + (int64_t)wish->duration_s * SECOND_US;
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
static void make(Wish *wish)
{
	const BusContext *context = wish->bus->context;
	g_autoptr(Grant) grant = grant_from(wish);

	grant->id = grant_reserve(context->grants, &wish->error);
	if (!grant->id)
		return;
	if (grant_write_down(context->ledger, GRANT_MADE, grant, grant->by) != 0) {
		g_set_error(&wish->error, SENTINEL_ERROR, SENTINEL_ERROR_IO,
			"the grant cannot be written to the audit trail in %s and was not made; is there room on that disk?", wish->audit_dir);
		return;
	}
	wish->grant_id = grant_add(context->grants, grant, &wish->error);
	if (wish->grant_id)
		announce(grant);
	else if (grant_write_down(context->ledger, GRANT_REVOKED, grant, grant->by) != 0)
		g_prefix_error(&wish->error, "the audit trail says that grant %" G_GUINT64_FORMAT " was made, but it was not: ", grant->id);
}

static void create_work(void *data)
{
	Wish *wish = data;

	look_up(wish);
	if (wish->error)
		return;
	const char *problem = what_is_wrong(wish);
	if (problem)
		g_set_error(&wish->error, SENTINEL_ERROR, wish->found ? SENTINEL_ERROR_INVALID : SENTINEL_ERROR_NOT_FOUND, "decision %" G_GUINT64_FORMAT ": %s",
			wish->decision_id, problem);
	else
		make(wish);
}

static void create_done(void *data)
{
	Wish *wish = data;

	if (wish->error)
		(void)bus_reply_error(wish->call, wish->error);
	else
		(void)sd_bus_reply_method_return(wish->call, "t", wish->grant_id);
	wish_free(wish);
}

static int read_wish(Wish *wish)
{
	const BusOption options[] = {
		{ "reason", OPTION_TEXT, &wish->reason }, { "duration", OPTION_NUMBER, &wish->duration_s }, { "uses", OPTION_NUMBER, &wish->uses },
	};
	int r = sd_bus_message_read_basic(wish->call, 't', &wish->decision_id);

	if (r < 0 || (r = options_read(wish->call, options, G_N_ELEMENTS(options), wish->arena)) != 0)
		return r;
	if (!*wish->reason || strlen(wish->reason) > LIMIT_GRANT_REASON)
		return bus_reply_named(wish->call, "InvalidArgs", "a grant needs the option \"reason\", a text of at most %u bytes", LIMIT_GRANT_REASON);
	if (!wish->duration_s || wish->duration_s > LIMIT_GRANT_S || !wish->uses || wish->uses > LIMIT_GRANT_USES)
		return bus_reply_named(wish->call, "InvalidArgs", "a grant lasts 1 to %u seconds (duration) and for 1 to %u uses", LIMIT_GRANT_S, LIMIT_GRANT_USES);
	wish->reason = text_printable(wish->arena, wish->reason, LIMIT_GRANT_REASON);
	return 0;
}

int grants_create(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	Wish *wish = wish_new(bus, call);
	int r = read_wish(wish);

	(void)error;
	if (r == 0)
		return submit(wish, create_work, create_done);
	wish_free(wish);
	return r;
}

/* RevokeGrant */

/* In the trail first, here as well: when the call fails there, nothing has changed. */
static void revoke_work(void *data)
{
	Wish *wish = data;
	const BusContext *context = wish->bus->context;
	g_autoptr(Grant) grant = grant_find(context->grants, wish->grant_id);
	g_autofree char *by = user_name(USER_DATABASE, wish->uid);

	if (!grant)
		g_set_error(&wish->error, SENTINEL_ERROR, SENTINEL_ERROR_NOT_FOUND, "there is no grant %" G_GUINT64_FORMAT, wish->grant_id);
	else if (grant_write_down(context->ledger, GRANT_REVOKED, grant, by) != 0)
		g_set_error(&wish->error, SENTINEL_ERROR, SENTINEL_ERROR_IO,
			"the revocation cannot be written to the audit trail in %s: grant %" G_GUINT64_FORMAT " still counts; is there room on that disk?", wish->audit_dir,
			wish->grant_id);
	else if (!grant_remove(context->grants, wish->grant_id, &wish->error))
		g_prefix_error(&wish->error, "grant %" G_GUINT64_FORMAT " is revoked, but comes back when the service starts again: ", wish->grant_id);
}

static void revoke_done(void *data)
{
	Wish *wish = data;

	if (wish->error)
		(void)bus_reply_error(wish->call, wish->error);
	else
		(void)sd_bus_reply_method_return(wish->call, "");
	wish_free(wish);
}

int grants_revoke(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	Wish *wish = wish_new(bus, call);
	int r = sd_bus_message_read_basic(call, 't', &wish->grant_id);

	(void)error;
	if (r > 0)
		return submit(wish, revoke_work, revoke_done);
	wish_free(wish);
	return r;
}

/* ListGrants */

static int append_grant(sd_bus_message *reply, const Grant *grant)
{
	return sd_bus_message_append(reply, "a{sv}", 9, "id", "t", grant->id, "decision", "t", grant->decision_id, "made", "t", (uint64_t)grant->made_us, "expires",
		"t", (uint64_t)grant->expires_us, "uses_left", "u", grant->uses_left, "user", "s", grant->user, "by", "s", grant->by, "reason", "s", grant->reason,
		"command", "s", grant->command);
}

int grants_list(sd_bus_message *call, void *bus, sd_bus_error *error)
{
	g_autoptr(GPtrArray) grants = grant_list(((Bus *)bus)->context->grants);
	sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(call, &reply);

	(void)error;
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "a{sv}");
	for (guint i = 0; r >= 0 && i < grants->len; i++)
		r = append_grant(reply, g_ptr_array_index(grants, i));
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	if (r >= 0)
		r = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return r < 0 ? r : 1;
}
