/* SPDX-License-Identifier: MIT
 *
 * The one judge of host paths, whatever the door and the spelling: lexical and resolved form; and of
 * volumes.
 */
#include <string.h>
#include "policy/check.h"
#include "request/path.h"

/* The entry that speaks for a source, and how strongly: the path itself and what the source contains
 * before the longest that the source lies in. */
typedef struct Verdict {
	const Entry *entry; /* NULL: none */
	size_t weight;
} Verdict;

#define STRONGEST SIZE_MAX

static bool waived(const Entry *entry, const Mount *mount)
{
	return entry->allow_read_only && mount->read_only;
}

/* The strictest entry of a range that this mount is not excused from. */
static const Entry *strictest(const EntryList *list, PathRange range, const Mount *mount, const Entry *best)
{
	for (const PathItem *item = range.begin; item < range.end; item++) {
		const Entry *entry = &list->items[item->value];
		if (!waived(entry, mount) && (!best || entry->action > best->action))
			best = entry;
	}
	return best;
}

/* Everything lies under "/": as an entry it means the root directory itself. */
static Verdict find_above(const EntryList *list, const PathSet *set, const char *source)
{
	for (size_t length = path_parent_length(source, strlen(source)); length > 1; length = path_parent_length(source, length)) {
		PathRange range = path_set_equal(set, source, length);
		if (range.begin < range.end)
			return (Verdict){ &list->items[range.begin->value], length };
	}
	return (Verdict){ NULL, 0 };
}

static Verdict find_entry(const EntryList *list, const PathSet *set, const char *source, const Mount *mount)
{
	PathRange equal = path_set_equal(set, source, strlen(source));
	const Entry *best = strictest(list, path_set_below(set, source), mount, strictest(list, equal, mount, NULL));

	if (best)
		return (Verdict){ best, STRONGEST };
	if (equal.begin < equal.end)
		return (Verdict){ NULL, STRONGEST };
	Verdict above = find_above(list, set, source);
	if (above.entry && waived(above.entry, mount))
		above.entry = NULL;
	return above;
}

static size_t allowed_length(const MountRules *rules, const char *source)
{
	for (size_t length = strlen(source); length; length = path_parent_length(source, length)) {
		PathRange range = path_set_equal(&rules->allowed_set, source, length);
		if (range.begin < range.end && (length > 1 || !strcmp(source, "/")))
			return length;
	}
	return 0;
}

/* True when an entry had a say. */
static bool judge_lists(Evaluation *e, const MountRules *rules, const Mount *mount, const char *source)
{
	size_t allowed = allowed_length(rules, source);
	Verdict blocked = find_entry(&rules->blocked, &rules->blocked_set, source, mount);
	Verdict warned = find_entry(&rules->warned, &rules->warned_set, source, mount);

	if (blocked.entry && blocked.weight >= warned.weight && blocked.weight > allowed)
		check_report_as(e, RULE_MOUNT_BLOCKED, &rules->rule, blocked.entry->action, blocked.entry->message, source);
	else if (warned.entry && warned.weight > allowed)
		check_report_as(e, RULE_MOUNT_WARNED, &rules->rule, MIN(warned.entry->action, ACTION_WARN), warned.entry->message, source);
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
	bool listed = allowed_length(rules, clean) && allowed_length(rules, resolved);
	if (rules->block_bind_mounts && !listed)
		check_report(e, RULE_MOUNT_BIND, &rules->rule, clean);
	else if (rules->require_read_only && !mount->read_only)
		check_report(e, RULE_MOUNT_WRITABLE, &rules->rule, clean);
}

static bool shared(const Mount *mount)
{
	return !strcmp(mount->propagation, "shared") || !strcmp(mount->propagation, "rshared");
}

void check_mounts(Evaluation *e)
{
	const MountList *mounts = &e->request->container.mounts;

	if (!e->policy->mounts.rule.set)
		return;
	for (size_t i = 0; i < mounts->count; i++) {
		if (mounts->items[i].kind != MOUNT_BIND)
			continue;
		judge(e, &e->policy->mounts, &mounts->items[i]);
		if (e->policy->mounts.block_shared_propagation && shared(&mounts->items[i]))
			check_report(e, RULE_MOUNT_PROPAGATION, &e->policy->mounts.rule, mounts->items[i].source);
	}
}

static void judge_driver(Evaluation *e, const char *driver)
{
	const VolumeRules *rules = &e->policy->volumes;
	const char *effective = *driver ? driver : "local";

	if (rules->allowed_drivers.globs.count && !patterns_match(&rules->allowed_drivers, effective))
		check_report(e, RULE_VOLUME_DRIVER, &rules->rule, effective);
}

static void judge_option(Evaluation *e, const Pair *option)
{
	const VolumeRules *rules = &e->policy->volumes;

	if (!patterns_match(&rules->allowed_options, option->key) &&
		!patterns_match(&rules->allowed_options, arena_printf(e->arena, "%s=%s", option->key, option->value)))
		check_report(e, RULE_VOLUME_OPTION, &rules->rule, option->key);
}

/* Volumes that are made: by name, or by the way for a container. */
void check_volumes(Evaluation *e)
{
	const Request *request = e->request;
	const MountList *mounts = &request->container.mounts;

	if (!e->policy->volumes.rule.set)
		return;
	if (request->kind == KIND_VOLUME_CREATE)
		judge_driver(e, request->driver);
	if (*request->container.volume_driver)
		judge_driver(e, request->container.volume_driver);
	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->items[i].kind == MOUNT_VOLUME && *mounts->items[i].driver)
			judge_driver(e, mounts->items[i].driver);
	for (size_t i = 0; e->policy->volumes.allowed_options.globs.count && i < request->options.count; i++)
		judge_option(e, &request->options.items[i]);
}
