/* SPDX-License-Identifier: MIT */
#include "request/path-walk.h"
#include "request/viewer.h"

static _Thread_local const PathViewer *current;

const PathViewer *viewer_set(const PathViewer *viewer)
{
	const PathViewer *before = current;

	current = viewer;
	return before;
}

bool viewer_is_set(void)
{
	return current != NULL;
}

static bool has_group(gid_t gid)
{
	for (size_t i = 0; i < current->count; i++)
		if (current->groups[i] == gid)
			return true;
	return false;
}

bool viewer_may_search(const PathNode *directory)
{
	if (!current || directory->uid == current->uid)
		return !current || (directory->mode & S_IXUSR);
	if (directory->acl)
		return false;
	return directory->mode & (has_group(directory->gid) ? S_IXGRP : S_IXOTH);
}

bool viewer_stat(const char *path, struct stat *ret, Arena *arena)
{
	PathFacts facts;

	if (!current)
		return stat(path, ret) == 0;
	path_walk(path, arena, &facts);
	*ret = (struct stat){ .st_mode = facts.source.mode, .st_dev = facts.source.device, .st_ino = facts.source.inode, .st_uid = facts.source.uid, .st_gid = facts.source.gid };
	return !*facts.problem && facts.exists;
}
