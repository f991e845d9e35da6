/* SPDX-License-Identifier: MIT
 *
 * What a host path is, behind its name: who could exchange it, what it is called elsewhere, and what can come back from it.
 */
#include <string.h>
#include <sys/stat.h>
#include "policy/check/actor.h"
#include "policy/check/paths.h"
#include "request/path.h"

/* By their own rights: root's are not limited, and a group that is not listed may be theirs all the same. */
static bool may_search(const Candidate *candidate, const PathNode *node)
{
	if (candidate->uid == 0)
		return true;
	if (node->uid == candidate->uid)
		return node->mode & S_IXUSR;
	if (node->acl)
		return false;
	for (size_t i = 0; i < candidate->group_count; i++)
		if (candidate->groups[i].gid == node->gid)
			return node->mode & S_IXGRP;
	return (node->mode & S_IXOTH) && (node->mode & S_IXGRP);
}

/* A bind leads into a directory whatever lies above it: the caller must be able to go the way without Docker. */
static bool callers_go_the_way(const Evaluation *e, const PathFacts *facts)
{
	const Caller *caller = &e->situation->caller;

	for (size_t i = 0; i < facts->steps.count; i++)
		for (size_t c = 0; c < caller->count; c++)
			if (!may_search(&caller->candidates[c], &facts->steps.items[i].directory))
				return false;
	return true;
}

bool path_is_as_self(const Evaluation *e, const MountRules *rules, const Mount *mount)
{
	if (!rules->as_self || !mount->facts || *mount->facts->problem)
		return false;
	Actor actor = actor_of(e);
	return actor_is_bare(e, &actor) && callers_go_the_way(e, mount->facts);
}

/* Nobody but root can make the name another thing: not who may write to the directory, but in a sticky one what is root's stays
 * root's; and a link is not somebody else's. */
static bool step_is_trusted(const PathStep *step)
{
	const PathNode *directory = &step->directory;
	bool closed = !(directory->mode & (S_IWGRP | S_IWOTH));
	bool sticky = (directory->mode & S_ISVTX) && step->exists && step->entry_uid == 0;

	return step->local && directory->uid == 0 && (closed || sticky) && (!step->link || step->entry_uid == 0);
}

/* Names in it are made by a service of the system's: enough for a file that the policy names itself. */
static bool is_systems(const PathStep *step)
{
	const PathNode *directory = &step->directory;

	return step->local && directory->uid < FIRST_ORDINARY_ID && !(directory->mode & (S_IWGRP | S_IWOTH)) && !step->link;
}

static bool is_named_file(const MountRules *rules, const Mount *mount)
{
	const PathFacts *facts = mount->facts;
	PathRange range = path_set_equal(&rules->read_only_set, facts->resolved, strlen(facts->resolved));

	return mount->read_only && facts->exists && S_ISREG(facts->source.mode) && range.begin < range.end;
}

static bool people_come_to(const PathFacts *facts)
{
	for (size_t i = 0; i < facts->steps.count; i++)
		if (facts->steps.items[i].directory.uid == 0 && !(facts->steps.items[i].directory.mode & (S_IXGRP | S_IXOTH)))
			return false;
	return facts->source.mode & (S_IXGRP | S_IXOTH);
}

/* The source itself may belong to anybody; but what people come to, and somebody else than root changes, is theirs while Docker makes
 * mounts in it. */
static bool source_is_trusted(const PathFacts *facts)
{
	bool root_only = facts->source.uid == 0 && !(facts->source.mode & (S_IWGRP | S_IWOTH));

	return !S_ISDIR(facts->source.mode) || root_only || !people_come_to(facts);
}

/* "" when it is. */
static const char *why_not_trusted(const PathFacts *facts, bool named, Arena *arena)
{
	for (size_t i = 0; i < facts->steps.count; i++) {
		const PathStep *step = &facts->steps.items[i];
		const PathNode *directory = &step->directory;
		if (step_is_trusted(step) || (named && is_systems(step)))
			continue;
		if (!step->local)
			return arena_printf(arena, "%s is on a file system that others can change", directory->path);
		if (directory->uid != 0)
			return arena_printf(arena, "%s belongs to uid %u", directory->path, (unsigned)directory->uid);
		if (step->link && step->entry_uid != 0)
			return arena_printf(arena, "a link in %s belongs to uid %u", directory->path, (unsigned)step->entry_uid);
		return arena_printf(arena, "%s can be written by others than root", directory->path);
	}
	if (facts->exists && !source_is_trusted(facts))
		return "it is a directory that others than root change and that is open to people of the host";
	return "";
}

static void check_trusted(Evaluation *e, const MountRules *rules, const Mount *mount)
{
	const PathFacts *facts = mount->facts;
	const char *why = rules->require_trusted != ACTION_ALLOW ? why_not_trusted(facts, is_named_file(rules, mount), e->arena) : "";

	if (*why)
		check_report_as(e, RULE_MOUNT_TRUSTED, &rules->rule, rules->require_trusted, "", arena_printf(e->arena, "%s (%s)", facts->resolved, why));
}

/* Nobody but root, and who writes there, can search it. */
static bool node_is_closed(const PathNode *node, const Actor *actor)
{
	bool own = node->uid == 0 || (!actor->may_be_root && !actor->foreign && node->uid == actor->uid);
	bool group = (node->mode & S_IXGRP) && (node->acl || node->members);

	return own && !(node->mode & S_IXOTH) && !group;
}

static bool way_is_open(const PathWay *way, const Actor *actor)
{
	if (way->harmless)
		return false;
	for (size_t i = 0; way->known && i < way->count; i++)
		if (node_is_closed(&way->items[i], actor))
			return false;
	return true;
}

/* A place where people on the host come to what was written; NULL: there is none. */
static const PathWay *open_way(const Mount *mount, const Actor *actor)
{
	const PathWayList *ways = &mount->facts->ways;

	for (size_t i = 0; i < ways->count; i++)
		if ((!mount->read_only || ways->items[i].below) && way_is_open(&ways->items[i], actor))
			return &ways->items[i];
	return NULL;
}

/* What was found is not what is mounted: an exception needs both. */
static void name_source(Evaluation *e, const Mount *mount, const char *found)
{
	const char *source = path_canonical_run(mount->facts->resolved, e->arena);

	if (strcmp(found, source) != 0)
		e->also = source;
}

static void check_way_back(Evaluation *e, const MountRules *rules, const Mount *mount)
{
	Actor actor = actor_of(e);

	/* A volume that is made is written by nobody yet: who mounts it is judged then. */
	if ((rules->no_way_back == ACTION_ALLOW && rules->foreign_ids == ACTION_ALLOW) || !actor.writes || e->request->kind == KIND_VOLUME_CREATE)
		return;
	const PathWay *way = open_way(mount, &actor);
	if (!way)
		return;
	name_source(e, mount, way->path);
	if (actor.may_be_root)
		check_report_as(e, RULE_MOUNT_WAY_BACK, &rules->rule, rules->no_way_back, "", way->path);
	else if (!actor_is_caller(e, &actor))
		check_report_as(e, RULE_MOUNT_FOREIGN, &rules->rule, rules->foreign_ids, "", way->path);
}

void check_path_nature(Evaluation *e, const MountRules *rules, const Mount *mount)
{
	check_trusted(e, rules, mount);
	check_way_back(e, rules, mount);
}

/* Below these Docker and its guard find what they are: their data, their settings, and the sockets that they trust.  What lies in one with `each` is given away by its
 * own name (an exception's values), and nothing else is with it. */
static const struct { const char *path; bool to_look_at, each; } own_files[] = {
	{ "/run/sentinel/fixed", false, true },
	{ "/etc/sentinel", false },  { "/var/lib/sentinel", false }, { "/var/lib/sentinel-pins", false }, { "/var/cache/sentinel", false }, { "/etc/docker", false },
	{ "/run/sentinel", false },  { "/run/sentinel-engine", false }, { "/run/docker", false },       { "/run/containerd", false },   { "/var/lib/containerd", false }, { "/usr/lib/docker/plugins", true },
};

static bool touches(const char *path, const char *own)
{
	return path_relation(path, own) != PATH_APART;
}

static const char *engine_file_at(const Evaluation *e, const Mount *mount, const char *path)
{
	const char *root = e->request->engine.known ? path_clean(e->request->engine.data_root, e->arena) : "/var/lib/docker";

	if (touches(path, root))
		return root;
	for (size_t i = 0; i < G_N_ELEMENTS(own_files); i++) {
		if (own_files[i].each && path_relation(path, own_files[i].path) == PATH_INSIDE)
			return path;
		if (!own_files[i].each && touches(path, own_files[i].path) && !(own_files[i].to_look_at && mount->read_only))
			return own_files[i].path;
	}
	for (const char *const *own = e->situation->own_paths; own && *own; own++)
		if (touches(path, *own))
			return *own;
	return NULL;
}

bool check_engine_files(Evaluation *e, const MountRules *rules, const Mount *mount)
{
	const PathNameList *names = &mount->facts->names;
	const char *found = engine_file_at(e, mount, mount->facts->resolved);

	for (size_t i = 0; i < names->count && !found; i++)
		found = engine_file_at(e, mount, names->items[i]);
	if (!found)
		return false;
	name_source(e, mount, found);
	check_report(e, RULE_MOUNT_ENGINE, &rules->rule, found);
	return true;
}

bool mounts_look_closer(const MountRules *rules)
{
	return rules->default_action != ACTION_ALLOW || rules->require_trusted != ACTION_ALLOW || rules->no_way_back != ACTION_ALLOW || rules->foreign_ids != ACTION_ALLOW ||
	       rules->as_self || rules->block_engine_files;
}
