/* SPDX-License-Identifier: MIT
 *
 * The facts about one path: the walk, and what the tables of mounts add to it.
 */
#include <string.h>
#include <sys/stat.h>
#include "base/limits.h"
#include "base/members.h"
#include "base/pin-wire.h"
#include "request/list.h"
#include "request/path-look.h"
#include "request/path-walk.h"
#include "request/path.h"

typedef struct Look {
	const MountTables *tables;
	PathFacts *facts;
	unsigned paths;
	bool too_many;
	Arena *arena;
} Look;

/* A part of the source: itself, or a mount that lies below it. */
typedef struct Part {
	MountPlace place;
	bool itself;
} Part;

/* File systems of this machine alone: what they say of owners and modes nobody else can change.  Others, FUSE before all, may say anything. */
static bool is_local(const char *type)
{
	static const char *const types[] = { "bcachefs", "btrfs", "cramfs", "devpts", "devtmpfs", "efivarfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs", "iso9660",
		"jfs", "msdos", "nilfs2", "ntfs3", "overlay", "proc", "ramfs", "reiserfs", "rootfs", "squashfs", "sysfs", "tmpfs", "udf", "vfat", "xfs", "zfs" };

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

/* What this process sees at a path is what the owner of the table sees there. */
static bool seen_alike(const MountTable *own, const MountTable *other, const char *path, Arena *arena)
{
	if (own == other)
		return true;
	MountPlace mine = mount_table_place(own, path, arena), theirs = mount_table_place(other, path, arena);
	return place_same(&mine, &theirs);
}

static void note_local(Look *look)
{
	PathFacts *facts = look->facts;

	for (size_t i = 0; i < facts->steps.count; i++) {
		PathStep *step = &facts->steps.items[i];
		step->local = is_local(mount_table_place(look->tables->docker, step->directory.path, look->arena).mount->type);
	}
}

static bool check_views(Look *look)
{
	PathFacts *facts = look->facts;
	const MountTable *own = look->tables->own, *docker = look->tables->docker;
	bool alike = mount_table_place(docker, "/", look->arena).mount && seen_alike(own, docker, facts->resolved, look->arena);

	for (size_t i = 0; alike && i < facts->steps.count; i++)
		alike = seen_alike(own, docker, facts->steps.items[i].directory.path, look->arena);
	if (!alike)
		facts->problem = "the guard does not see there what Docker sees: their mounts differ";
	return alike;
}

/* Where the group is what decides who may search it. */
static bool group_decides(const PathNode *node)
{
	return (node->mode & S_IXGRP) && !(node->mode & S_IXOTH);
}

static void add_node(PathWay *way, const PathNode *node, Arena *arena)
{
	PathNode copy = *node;

	if (group_decides(node))
		copy.members = group_has_members(&member_files, node->gid);
	LIST_APPEND(arena, way, copy);
}

/* The directories that lie above the end of a way, and the end. */
static void add_nodes(PathWay *way, const PathFacts *walked, Arena *arena)
{
	for (size_t i = 0; i < walked->steps.count; i++)
		if (path_relation(walked->resolved, walked->steps.items[i].directory.path) == PATH_INSIDE)
			add_node(way, &walked->steps.items[i].directory, arena);
	if (walked->exists)
		add_node(way, &walked->source, arena);
}

/* `table`: in which the way was found. */
static void add_way(Look *look, const MountTable *table, const char *path, const MountRow *mount, bool below)
{
	PathWay way = { .path = path, .harmless = mount->nosuid && mount->nodev, .below = below };
	PathFacts walked = *look->facts;

	if (!(look->paths & PATHS_WAYS))
		return;
	if (look->facts->ways.count == LIMIT_PATH_NAMES) {
		look->too_many = true;
		return;
	}
	if (strcmp(path, look->facts->resolved) != 0)
		path_walk(path, look->arena, &walked);
	way.known = !*walked.problem && walked.exists == look->facts->exists && !strcmp(walked.resolved, path) && seen_alike(look->tables->own, table, path, look->arena);
	if (way.known)
		add_nodes(&way, &walked, look->arena);
	LIST_APPEND(look->arena, &look->facts->ways, way);
}

static void add_name(Look *look, const char *name)
{
	PathNameList *names = &look->facts->names;
	PathRelation relation = path_relation(name, look->facts->resolved);

	if (relation == PATH_EQUAL || relation == PATH_INSIDE)
		return;
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->items[i], name))
			return;
	if (names->count == LIMIT_PATH_NAMES)
		look->too_many = true;
	else
		LIST_APPEND(look->arena, names, name);
}

/* Where a mount shows the part, or something in it; NULL: it does not. */
static const char *shown_at(const Part *part, const MountRow *mount, Arena *arena)
{
	if (mount->device != part->place.mount->device)
		return NULL;
	switch (path_relation(part->place.path, mount->root)) {
	case PATH_EQUAL:
		return mount->point;
	case PATH_INSIDE:
		return place_join(mount->point, part->place.path + (strcmp(mount->root, "/") != 0 ? strlen(mount->root) : 0), arena);
	case PATH_CONTAINS:
		return mount->point;
	case PATH_APART:
		break;
	}
	return NULL;
}

/* A pin is a name that nobody but root comes to, and that who owns a directory may give to it: it must not close it to others. */
static bool is_pin(const MountRow *mount)
{
	return path_relation(mount->point, PIN_DIR) == PATH_INSIDE;
}

/* A name is one also where another mount covers it now; people come only to what is not covered. */
static void add_part(Look *look, const MountTable *table, const Part *part)
{
	for (size_t i = 0; i < table->count && !look->too_many; i++) {
		const char *at = is_pin(&table->items[i]) ? NULL : shown_at(part, &table->items[i], look->arena);
		if (!at)
			continue;
		add_name(look, at);
		const MountRow *visible = mount_table_place(table, at, look->arena).mount;
		if (visible == &table->items[i] && (part->itself || !part->place.mount->read_only))
			add_way(look, table, at, visible, !part->itself);
	}
}

/* By Docker's mounts, which are the host's as a rule, and by the host's. */
static void add_part_everywhere(Look *look, const Part *part)
{
	add_part(look, look->tables->docker, part);
	if (look->tables->host != look->tables->docker)
		add_part(look, look->tables->host, part);
}

static void add_names(Look *look)
{
	const MountTable *docker = look->tables->docker;
	const Part itself = { mount_table_place(docker, look->facts->resolved, look->arena), true };

	add_part_everywhere(look, &itself);
	for (size_t i = 0; i < docker->count && !look->too_many; i++) {
		const MountRow *row = &docker->items[i];
		if (path_relation(row->point, look->facts->resolved) == PATH_INSIDE)
			add_part_everywhere(look, &(Part){ { row, row->root }, false });
	}
	if (look->too_many)
		look->facts->problem = "it is mounted at too many places";
}

/* Docker cleans the path of a bind and mount(2) does not: what is not the same by both is not judged. */
static void walk_both(const char *source, const char *clean, Arena *arena, PathFacts *ret)
{
	PathFacts lexical;

	path_walk(source, arena, ret);
	if (*ret->problem || !strstr(source, ".."))
		return;
	path_walk(clean, arena, &lexical);
	if (*lexical.problem)
		ret->problem = lexical.problem;
	else if (strcmp(lexical.resolved, ret->resolved) != 0)
		ret->problem = "a \"..\" behind a link leads elsewhere than it reads";
	for (size_t i = 0; i < lexical.steps.count; i++)
		LIST_APPEND(arena, &ret->steps, lexical.steps.items[i]);
}

void path_look(const char *source, const char *clean, const MountTables *tables, unsigned paths, Arena *arena, PathFacts *ret)
{
	Look look = { .tables = tables, .facts = ret, .paths = paths, .arena = arena };

	walk_both(source, clean, arena, ret);
	if (*ret->problem || !check_views(&look))
		return;
	note_local(&look);
	add_names(&look);
}
