/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>
#include "base/users.h"
#include "bus/sight.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(UserAccount, user_account_free)

static bool is_in(const PathViewer *viewer, gid_t gid)
{
	for (size_t i = 0; i < viewer->count; i++)
		if (viewer->groups[i] == gid)
			return true;
	return false;
}

/* By the rights of its socket, as connect(2) goes by them. */
static bool may_talk_to(const char *docker, const PathViewer *viewer)
{
	struct stat status;

	if (!docker || stat(docker, &status) < 0)
		return false;
	if (status.st_uid == viewer->uid)
		return status.st_mode & S_IWUSR;
	return status.st_mode & (is_in(viewer, status.st_gid) ? S_IWGRP : S_IWOTH);
}

Insight sight_of(const Work *work)
{
	if (work->trusted)
		return (Insight){ .all = true };
	g_autoptr(UserAccount) account = user_account_new(USER_DATABASE, GROUP_DATABASE, work->uid);
	gid_t *groups = arena_alloc(work->arena, (account->groups->len + 1) * sizeof *groups);
	size_t count = 0;

	for (guint i = 0; i < account->groups->len; i++)
		groups[count++] = g_array_index(account->groups, UserGroup, i).gid;
	Insight sight = { .viewer = { .uid = work->uid, .groups = groups, .count = count } };
	sight.all = work->uid == 0 || may_talk_to(work->context->docker_socket, &sight.viewer);
	return sight;
}

void sight_use(const Insight *sight)
{
	(void)viewer_set(sight && !sight->all ? &sight->viewer : NULL);
}
