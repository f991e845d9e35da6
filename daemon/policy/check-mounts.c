/* SPDX-License-Identifier: MIT
 *
 * The one judge of host paths, whatever the door and the spelling: lexical and resolved form.
 */
#include <string.h>
#include "policy/check.h"
#include "request/path.h"

/* How an entry's path stands to a source. */
typedef enum Hit { HIT_NONE, HIT_INSIDE, HIT_EQUAL, HIT_CONTAINS } Hit;

/* Everything lies under "/": as an entry it means the root directory itself. */
static Hit hit(const char *source, const char *entry)
{
	switch (path_relation(source, entry)) {
	case PATH_EQUAL:
		return HIT_EQUAL;
	case PATH_INSIDE:
		return strcmp(entry, "/") != 0 ? HIT_INSIDE : HIT_NONE;
	case PATH_CONTAINS:
		return HIT_CONTAINS;
	case PATH_APART:
		break;
	}
	return HIT_NONE;
}

/* The entry itself speaks strongest, then one that the source contains, then the longest that it lies in. */
static size_t weight(Hit how, const Entry *entry)
{
	switch (how) {
	case HIT_EQUAL:
		return SIZE_MAX;
	case HIT_CONTAINS:
		return SIZE_MAX - 1;
	case HIT_INSIDE:
		return strlen(entry->name);
	case HIT_NONE:
		break;
	}
	return 0;
}

static const Entry *find_entry(const EntryList *list, const char *source, size_t *ret_weight)
{
	const Entry *best = NULL;

	*ret_weight = 0;
	for (size_t i = 0; i < list->count; i++) {
		const Entry *entry = &list->items[i];
		size_t how_strong = weight(hit(source, entry->name), entry);
		if (how_strong > *ret_weight) {
			best = entry;
			*ret_weight = how_strong;
		}
	}
	return best;
}

static size_t allowed_length(const StringList *allowed, const char *source)
{
	size_t longest = 0;

	for (size_t i = 0; i < allowed->count; i++) {
		Hit how = hit(source, allowed->items[i]);
		if (how == HIT_EQUAL || how == HIT_INSIDE)
			longest = MAX(longest, strlen(allowed->items[i]));
	}
	return longest;
}

/* True when an entry had a say. */
static bool judge_lists(Evaluation *e, const MountRules *rules, const Mount *mount, const char *source)
{
	size_t allowed = allowed_length(&rules->allowed, source), blocked_length, warned_length;
	const Entry *blocked = find_entry(&rules->blocked, source, &blocked_length);
	const Entry *warned = find_entry(&rules->warned, source, &warned_length);

	if (blocked && blocked_length >= warned_length && blocked_length > allowed && !(blocked->allow_read_only && mount->read_only))
		check_report_as(e, RULE_MOUNT_BLOCKED, &rules->rule, blocked->action, blocked->message, source);
	else if (warned && warned_length > allowed && !(warned->allow_read_only && mount->read_only))
		check_report_as(e, RULE_MOUNT_WARNED, &rules->rule, ACTION_WARN, warned->message, source);
	else
		return false;
	return true;
}

static void judge(Evaluation *e, const MountRules *rules, const Mount *mount)
{
	const char *clean = path_canonical_run(mount->clean, e->arena), *resolved = path_canonical_run(mount->resolved, e->arena);

	if (!*mount->resolved) {
		check_report_builtin(e, RULE_UNRESOLVED, arena_printf(e->arena, "where %s leads", clean));
		return;
	}
	bool written = judge_lists(e, rules, mount, clean);
	bool real = strcmp(clean, resolved) != 0 && judge_lists(e, rules, mount, resolved);
	if (written || real)
		return;
	bool listed = allowed_length(&rules->allowed, clean) && allowed_length(&rules->allowed, resolved);
	if (rules->block_bind_mounts && !listed)
		check_report(e, RULE_MOUNT_BIND, &rules->rule, clean);
	else if (rules->require_read_only && !mount->read_only)
		check_report(e, RULE_MOUNT_WRITABLE, &rules->rule, clean);
}

void check_mounts(Evaluation *e)
{
	const MountList *mounts = &e->request->container.mounts;

	if (!e->policy->mounts.rule.set)
		return;
	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->items[i].kind == MOUNT_BIND)
			judge(e, &e->policy->mounts, &mounts->items[i]);
}
