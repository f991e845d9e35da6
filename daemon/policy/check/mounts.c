/* SPDX-License-Identifier: MIT
 *
 * The one judge of host paths, whatever the door and the spelling: lexical and resolved form; and of
 * volumes.
 */
#include <string.h>
#include "policy/check/paths.h"
#include "request/path.h"
#include "request/pins.h"

/* The entry that speaks for a source, and how strongly: the path itself and what the source contains
 * before the longest that the source lies in. */
typedef struct PathAnswer {
	const Entry *entry; /* NULL: none */
	size_t weight;
} PathAnswer;

#define STRONGEST SIZE_MAX

/* A mount as it is judged. */
typedef struct Source {
	const Mount *mount;
	bool read_only; /* all of it */
	bool as_self;
} Source;

static bool waived(const Entry *entry, const Source *source)
{
	return (entry->allow_read_only && source->read_only) || (entry->allow_as_self && source->as_self);
}

/* The strictest entry of a range that this mount is not excused from. */
static const Entry *strictest(const EntryList *list, PathRange range, const Source *source, const Entry *best)
{
	for (const PathItem *item = range.begin; item < range.end; item++) {
		const Entry *entry = &list->items[item->value];
		if (!waived(entry, source) && (!best || entry->action > best->action))
			best = entry;
	}
	return best;
}

/* Everything lies under "/": as an entry it means the root directory itself. */
static PathAnswer find_above(const EntryList *list, const PathSet *set, const char *source)
{
	for (size_t length = path_parent_length(source, strlen(source)); length > 1; length = path_parent_length(source, length)) {
		PathRange range = path_set_equal(set, source, length);
		if (range.begin < range.end)
			return (PathAnswer){ &list->items[range.begin->value], length };
	}
	return (PathAnswer){ NULL, 0 };
}

static PathAnswer find_entry(const EntryList *list, const PathSet *set, const char *path, const Source *source)
{
	PathRange equal = path_set_equal(set, path, strlen(path));
	const Entry *best = strictest(list, path_set_below(set, path), source, strictest(list, equal, source, NULL));

	if (best)
		return (PathAnswer){ best, STRONGEST };
	if (equal.begin < equal.end)
		return (PathAnswer){ NULL, STRONGEST };
	PathAnswer above = find_above(list, set, path);
	if (above.entry && waived(above.entry, source))
		above.entry = NULL;
	return above;
}

/* How much of the path the longest entry is that it lies under; 0: none. */
static size_t listed_length(const PathSet *set, const char *source)
{
	for (size_t length = strlen(source); length; length = path_parent_length(source, length)) {
		PathRange range = path_set_equal(set, source, length);
		if (range.begin < range.end && (length > 1 || !strcmp(source, "/")))
			return length;
	}
	return 0;
}

/* A mount below that can be written comes along with a read-only one. */
static bool is_read_only(const Mount *mount)
{
	for (size_t i = 0; mount->facts && i < mount->facts->ways.count; i++)
		if (mount->facts->ways.items[i].below)
			return false;
	return mount->read_only;
}

static size_t allowed_length(const MountRules *rules, const Source *source, const char *path)
{
	size_t length = listed_length(&rules->allowed_set, path);

	return source->read_only ? MAX(length, listed_length(&rules->read_only_set, path)) : length;
}

/* True when an entry had a say. */
static bool judge_lists(Evaluation *e, const MountRules *rules, const Source *source, const char *path)
{
	size_t allowed = allowed_length(rules, source, path);
	PathAnswer blocked = find_entry(&rules->blocked, &rules->blocked_set, path, source);
	PathAnswer warned = find_entry(&rules->warned, &rules->warned_set, path, source);

	if (blocked.entry && blocked.weight >= warned.weight && blocked.weight > allowed)
		check_report_as(e, RULE_MOUNT_BLOCKED, &rules->rule, blocked.entry->action, blocked.entry->message, path);
	else if (warned.entry && warned.weight > allowed)
		check_report_as(e, RULE_MOUNT_WARNED, &rules->rule, MIN(warned.entry->action, ACTION_WARN), warned.entry->message, path);
	else
		return false;
	return true;
}

/* What it is called, by every name that it has. */
static bool judge_names(Evaluation *e, const MountRules *rules, const Source *source, const char *clean, const char *resolved)
{
	const PathFacts *facts = source->mount->facts;
	bool found = judge_lists(e, rules, source, clean);

	found |= strcmp(clean, resolved) != 0 && judge_lists(e, rules, source, resolved);
	for (size_t i = 0; facts && i < facts->names.count && !found; i++)
		found = judge_lists(e, rules, source, path_canonical_run(facts->names.items[i], e->arena));
	return found;
}

/* Docker makes a source that is not there, as root: not below what is only to look at. */
static bool would_be_made(const MountRules *rules, const Source *source, const char *resolved)
{
	const PathFacts *facts = source->mount->facts;
	PathRange named = path_set_equal(&rules->read_only_set, resolved, strlen(resolved));

	return facts && !*facts->problem && !facts->exists && !listed_length(&rules->allowed_set, resolved) && named.begin == named.end;
}

/* What is in no list. */
static void judge_unlisted(Evaluation *e, const MountRules *rules, const Source *source, const char *clean, const char *resolved)
{
	bool listed = allowed_length(rules, source, clean) && allowed_length(rules, source, resolved);
	bool to_look_at = listed_length(&rules->read_only_set, clean) && listed_length(&rules->read_only_set, resolved);

	if (rules->default_action != ACTION_ALLOW && !listed)
		check_report_as(e, to_look_at ? RULE_MOUNT_READ_ONLY : RULE_MOUNT_UNLISTED, &rules->rule, rules->default_action, "", clean);
	else if (rules->default_action != ACTION_ALLOW && would_be_made(rules, source, resolved))
		check_report_as(e, RULE_MOUNT_UNLISTED, &rules->rule, rules->default_action, arena_printf(e->arena, "%s is not there, and Docker would make it, as root", clean), clean);
	else if (rules->block_bind_mounts && !listed)
		check_report(e, RULE_MOUNT_BIND, &rules->rule, clean);
	else if (rules->require_read_only && !source->mount->read_only)
		check_report(e, RULE_MOUNT_WRITABLE, &rules->rule, clean);
}

static bool blocked_since(const Evaluation *e, size_t before)
{
	for (size_t i = before; i < e->findings.count; i++)
		if (e->findings.items[i].finding.action == ACTION_BLOCK)
			return true;
	return false;
}

/* An exception sets the entry aside that blocks the path, and nothing else that is asked of what is mounted. */
static bool excused_since(const Evaluation *e, size_t findings, size_t waived)
{
	for (size_t i = waived; i < e->waived.count; i++)
		if (!strcmp(e->waived.items[i].rule, rule_catalogue[RULE_MOUNT_BLOCKED].id))
			return !blocked_since(e, findings);
	return false;
}

static void judge(Evaluation *e, const MountRules *rules, const Mount *mount)
{
	const PathFacts *facts = mount->facts;
	bool closer = mounts_look_closer(rules), seen = facts && !*facts->problem;
	const Source source = { mount, is_read_only(mount), path_is_as_self(e, rules, mount) };
	const char *clean = path_canonical_run(mount->clean, e->arena);
	const char *resolved = path_canonical_run(closer && seen ? facts->resolved : mount->resolved, e->arena);

	if (!*resolved) {
		check_report_builtin(e, RULE_UNRESOLVED, arena_printf(e->arena, "where %s leads", clean));
		return;
	}
	e->read_only = source.read_only;
	e->also = strcmp(clean, resolved) != 0 ? resolved : "";
	size_t before = e->findings.count, waived = e->waived.count;
	bool named = judge_names(e, rules, &source, clean, resolved);
	if (named && !excused_since(e, before, waived)) {
		if (rules->block_engine_files && seen && !blocked_since(e, before))
			(void)check_engine_files(e, rules, mount);
		return;
	}
	if (closer && !seen) {
		check_report_builtin(e, RULE_UNRESOLVED, arena_printf(e->arena, "what %s is (%s)", clean, facts ? facts->problem : "nobody looked"));
		return;
	}
	if ((rules->block_engine_files && check_engine_files(e, rules, mount)) || source.as_self)
		return;
	if (!named)
		judge_unlisted(e, rules, &source, clean, resolved);
	else if (rules->require_read_only && !mount->read_only)
		check_report(e, RULE_MOUNT_WRITABLE, &rules->rule, clean);
	if (closer)
		check_path_nature(e, rules, mount);
}

/* Docker itself makes a mount a slave whose source is a beginning of its data root, or begins with it (moby daemon/daemon_linux.go,
 * validateBindDaemonRoot: as text): that is nobody's wish. */
static bool is_slave_by_docker(const Evaluation *e, const Mount *mount)
{
	const char *root = e->request->engine.known ? e->request->engine.data_root : "/var/lib/docker";

	return g_str_has_prefix(mount->clean, root) || g_str_has_prefix(root, mount->clean);
}

/* Mounts pass out of the container; or, where a policy judges what paths are, into it later, when nobody judges any more: what comes
 * is not even read-only. */
static bool passes_mounts(const Evaluation *e, const Mount *mount)
{
	bool in = !strcmp(mount->propagation, "slave") || !strcmp(mount->propagation, "rslave");

	if (!strcmp(mount->propagation, "shared") || !strcmp(mount->propagation, "rshared"))
		return true;
	return in && mounts_look_closer(&e->policy->mounts) && !is_slave_by_docker(e, mount);
}

void check_mounts(Evaluation *e)
{
	const MountList *mounts = &e->request->container.mounts;

	if (!e->policy->mounts.rule.set)
		return;
	for (size_t i = 0; i < mounts->count; i++) {
		if (mounts->items[i].kind != MOUNT_BIND)
			continue;
		if (pins_judged(&e->policy->mounts) && pin_concerns(&mounts->items[i], e->arena)) {
			check_pin(e, &e->policy->mounts, &mounts->items[i]);
			continue;
		}
		judge(e, &e->policy->mounts, &mounts->items[i]);
		e->also = "";
		e->read_only = false;
		if (e->policy->mounts.block_shared_propagation && passes_mounts(e, &mounts->items[i]))
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
