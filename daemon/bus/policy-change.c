/* SPDX-License-Identifier: MIT
 *
 * What changes policies: Use, Write, Adopt, Delete.  One change at a time, from the look at what is in force until the result is in
 * force: two that are sent back to back cannot hide behind each other.  Whether a change makes the guard laxer is found out three
 * times: for the gate (policy-refine.c), when the file is written, and when it is published, because files change in between.
 */
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "bus/change.h"
#include "bus/task.h"
#include "bus/tell.h"
#include "bus/writing.h"
#include "policy/review/laxer.h"
#include "policy/store.h"

/* One change. */
typedef struct Change {
	const char *name, *yaml; /* of the message */
	const char *was;         /* Replace: the digest of the text that the caller has seen; NULL: any */
	bool may_relax;          /* the caller may put a laxer policy in force */
	bool relaxes;            /* Adopt: and wants to, should it be one */
	bool active;             /* it is about the policy that is or will be in force */
	bool written;            /* a file was changed */
	const char *deed;        /* what the trail says is done; NULL: nothing yet */
	void (*work)(Work *work);
	Order order;
	char *kept, *wanted;     /* reload_kept(), reload_wanted() when it began */
	Before before;           /* what was there */
	char *problem;           /* why it is undone */
	GPtrArray *diagnostics;
} Change;

/* On the writer. */

/* What is about to be done.  `old`, `new`: what stands there before and after; NULL: nothing. */
static bool tell(Work *work, const char *deed, const char *old, const char *new, const char *relaxed)
{
	Change *change = work->data;
	const AuditEventDetail details[] = {
		{ "deed", deed, 0 }, { "old_digest", old ? old : "", 0 }, { "new_digest", new ? new : "", 0 },
		{ "in_force", change->active ? "yes" : "no", 0 }, { "relaxed", relaxed ? relaxed : "no", 0 },
	};
	const char *summary = arena_printf(work->arena, "policy %s: %s%s", change->name, deed, relaxed ? ", and it may allow more" : "");

	if (!work_tell(work, &(AuditEvent){ .kind = AUDIT_POLICY, .summary = summary, .subject = change->name, .details = details, .detail_count = G_N_ELEMENTS(details) }))
		return false;
	change->deed = deed;
	return true;
}

/* What the trail says was done was not, or was undone. */
static void tell_undone(Work *work, const char *why)
{
	Change *change = work->data;
	const AuditEventDetail details[] = { { "deed", "not done", 0 }, { "why", why, 0 } };
	const char *summary = arena_printf(work->arena, "policy %s: %s was not done", change->name, change->deed);

	if (!work_tell(work, &(AuditEvent){ .kind = AUDIT_POLICY, .summary = summary, .subject = change->name, .details = details, .detail_count = G_N_ELEMENTS(details) }))
		g_prefix_error(&work->error, "nothing was changed, and the audit trail does not say so: ");
	change->deed = NULL;
}

static char *digest_of(const char *text)
{
	return text ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1) : NULL;
}

/* Nobody's change is written over by one who has not seen it. */
static bool as_seen(Work *work, const char *digest)
{
	const Change *change = work->data;

	if (!change->was || !strcmp(change->was, digest ? digest : ""))
		return true;
	g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "the policy %s was changed meanwhile, and nothing was written; look at it (sentinel policy show %s) and do it again",
		change->name, change->name);
	return false;
}

/* `ret_why`: what it may allow that was denied, freed by the caller. */
static bool check_laxer(Work *work, const World *world, const Policy *policy, bool writes, char **ret_why)
{
	const Change *change = work->data;
	const char *why = *ret_why = change_laxer_why(world, policy, change->active, writes ? change->name : NULL);

	if (!why || change->may_relax)
		return true;
	g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "the policies changed while you were asked, and now this would let more through (%s); try again", why);
	return false;
}

/* A policy that does not load is never made the active one. */
static void use_work(Work *work)
{
	Change *change = work->data;
	const Paths *paths = work->context->paths;

	if (!store_check_name(change->name, &work->error))
		return;
	g_autoptr(Policy) policy = store_load(paths->policies_dir, change->name, change->diagnostics);
	const World *world = world_acquire(work->context->cell);
	g_autofree char *why = NULL;

	change->active = true;
	if (policy && check_laxer(work, world, policy, false, &why) &&
		tell(work, "put in force", world->policy ? policy_digest(world->policy) : NULL, policy_digest(policy), why))
		change->written = writing_apply(work, &change->order, change->kept, &change->before);
	if (change->deed && !change->written)
		tell_undone(work, work->error ? work->error->message : "");
	world_release(world);
}

static void undo_work(Work *work)
{
	const Change *change = work->data;

	(void)writing_undo(work, &change->order, &change->before);
	tell_undone(work, change->problem);
}

static void write_work(Work *work)
{
	Change *change = work->data;
	const Paths *paths = work->context->paths;
	g_autoptr(Policy) policy = policy_parse(change->name, change->yaml, strlen(change->yaml), change->diagnostics);
	const World *world = world_acquire(work->context->cell);
	g_autofree char *why = NULL;

	change->active = change_counts(world, paths->config_file, change->wanted, change->name);
	if (policy && strcmp(policy_name(policy), change->name) != 0)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "the policy calls itself %s: write name: %s", policy_name(policy), change->name);
	else if (policy && check_laxer(work, world, policy, true, &why)) {
		g_autofree char *text = store_read(paths->policies_dir, change->name, NULL), *old = digest_of(text);
		change->written = as_seen(work, old) && tell(work, "written", old, policy_digest(policy), why) && writing_apply(work, &change->order, NULL, &change->before);
	}
	if (change->deed && !change->written)
		tell_undone(work, work->error ? work->error->message : "");
	world_release(world);
}

/* Write and Use in one: both files are as they were, or the policy is in force. */
static void adopt_work(Work *work)
{
	Change *change = work->data;
	g_autoptr(Policy) policy = policy_parse(change->name, change->yaml, strlen(change->yaml), change->diagnostics);
	const World *world = world_acquire(work->context->cell);
	g_autofree char *why = policy && !change->relaxes ? policy_laxer_why(world->policy, policy) : NULL, *relaxed = NULL;

	change->active = true;
	if (policy && strcmp(policy_name(policy), change->name) != 0)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "the policy calls itself %s: write name: %s", policy_name(policy), change->name);
	else if (why)
		(void)work_fail(work, "WouldRelax", "it is not certainly as strict as what is in force (%s)", why);
	else if (policy && check_laxer(work, world, policy, true, &relaxed))
		change->written = tell(work, "adopted", world->policy ? policy_digest(world->policy) : NULL, policy_digest(policy), relaxed) &&
				  writing_apply(work, &change->order, change->kept, &change->before);
	if (change->deed && !change->written)
		tell_undone(work, work->error ? work->error->message : "");
	world_release(world);
}

/* What is not there is not told of. */
static void delete_told(Work *work)
{
	Change *change = work->data;
	const Paths *paths = work->context->paths;
	g_autofree char *text = store_read(paths->policies_dir, change->name, NULL), *old = digest_of(text);

	if (text && !tell(work, "deleted", old, NULL, NULL))
		return;
	if (!writing_apply(work, &change->order, NULL, &change->before) && change->deed)
		tell_undone(work, work->error->message);
}

static void delete_work(Work *work)
{
	Change *change = work->data;
	const Paths *paths = work->context->paths;
	const World *world = world_acquire(work->context->cell);

	if (change_counts(world, paths->config_file, change->wanted, change->name))
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "%s is the policy in force, or will be; put another in force first", change->name);
	else if (socket_set_user(world->sockets, change->name))
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_BUSY, "%s is the policy of the socket %s (config.yaml): give that another one first", change->name,
			socket_set_user(world->sockets, change->name)->name);
	else
		delete_told(work);
	world_release(world);
}

/* On main. */

static void begin(Bus *bus);

/* It is over. */
static void end(Task *task)
{
	Bus *bus = task->bus;

	(void)g_queue_pop_head(&bus->changes);
	task_finish(task);
	reload_guard(bus->context->reload, false);
	begin(bus);
}

static void undone(Task *task)
{
	const Change *change = task->work.data;

	if (!work_failed(&task->work))
		(void)work_fail(&task->work, "Busy", "the policies changed while you were asked: %s; nothing was changed, try again", change->problem);
	end(task);
}

/* Also when there is no room for it. */
static void undo_at_least(Task *task)
{
	if (task->work.word) {
		task->work.word = NULL;
		undo_work(&task->work);
	}
	undone(task);
}

static void reloaded(const ReloadResult *result, void *data)
{
	Task *task = data;
	Change *change = task->work.data;

	if (result->refused) {
		change->problem = g_strdup(result->error);
		task_write(task, undo_work, undo_at_least);
		return;
	}
	if (result->error)
		(void)work_fail(&task->work, "PolicyInvalid", "%s", result->error);
	end(task);
}

static void change_done(Task *task)
{
	const Change *change = task->work.data;
	g_autofree char *problem = diagnostics_first_error(change->diagnostics);

	if (change->written && change->active) {
		reload_start(task->bus->context->reload, reloaded, task);
		return;
	}
	if (!work_failed(&task->work) && problem)
		(void)work_fail(&task->work, "PolicyInvalid", "%s", problem);
	end(task);
}

/* The first of those that wait. */
static void begin(Bus *bus)
{
	Task *task = g_queue_peek_head(&bus->changes);

	if (!task)
		return;
	Change *change = task->work.data;
	change->kept = g_strdup(reload_kept(bus->context->reload));
	change->wanted = g_strdup(reload_wanted(bus->context->reload));
	reload_guard(bus->context->reload, !change->may_relax);
	task_write(task, change->work, change_done);
}

static void submit(Task *task, WriteKind kind, void (*work)(Work *work))
{
	Bus *bus = task->bus;
	Change *change = task->work.data;

	change->work = work;
	change->order = (Order){ kind, change->name, change->yaml };
	change->may_relax = work_may(&task->work, ACTION_MODE_RELAX) && (change->relaxes || change->work != adopt_work);
	change->diagnostics = diagnostics_new();
	g_queue_push_tail(&bus->changes, task);
	if (g_queue_get_length(&bus->changes) == 1)
		begin(bus);
}

static int read_name(Task *task)
{
	Change *change = task->work.data;

	return sd_bus_message_read_basic(task->call, 's', &change->name);
}

static int read_text(Task *task)
{
	Change *change = task->work.data;
	int r = sd_bus_message_read_basic(task->call, 's', &change->name);

	return r < 0 ? r : text_read(task, "a policy", LIMIT_POLICY_BYTES, &change->yaml);
}

static int read_replacement(Task *task)
{
	Change *change = task->work.data;
	int r = read_text(task);

	return r < 0 ? r : sd_bus_message_read_basic(task->call, 's', &change->was);
}

static int read_adoption(Task *task)
{
	Change *change = task->work.data;
	const BusOption options[] = { { "may_relax", OPTION_FLAG, &change->relaxes } };
	int r = read_text(task);

	return r < 0 ? r : options_read(task, options, G_N_ELEMENTS(options));
}

static void change_clear(void *data)
{
	Change *change = data;

	g_free(change->kept);
	g_free(change->wanted);
	before_clear(&change->before);
	g_free(change->problem);
	if (change->diagnostics)
		g_ptr_array_unref(change->diagnostics);
}

static void use_begin(Task *task)
{
	submit(task, WRITE_USE, use_work);
}

static void write_begin(Task *task)
{
	submit(task, WRITE_POLICY, write_work);
}

static void adopt_begin(Task *task)
{
	submit(task, ((const Change *)task->work.data)->relaxes ? WRITE_ADOPT_LAXER : WRITE_ADOPT, adopt_work);
}

static void delete_begin(Task *task)
{
	submit(task, WRITE_DELETE, delete_work);
}

const Handler policies_use = { sizeof(Change), .read = read_name, .begin = use_begin, .clear = change_clear };
const Handler policies_write = { sizeof(Change), .read = read_text, .begin = write_begin, .clear = change_clear };
const Handler policies_replace = { sizeof(Change), .read = read_replacement, .begin = write_begin, .clear = change_clear };
const Handler policies_adopt = { sizeof(Change), .read = read_adoption, .begin = adopt_begin, .clear = change_clear };
const Handler policies_delete = { sizeof(Change), .read = read_name, .begin = delete_begin, .clear = change_clear };
