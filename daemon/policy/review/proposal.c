/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/review/proposal.h"
#include "policy/rules.h"
#include "request/list.h"
#include "request/path.h"

static bool has(const StringList *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], path))
			return true;
	return false;
}

static void add(StringList *list, const char *path, Arena *arena)
{
	if (!has(list, path))
		LIST_APPEND(arena, list, arena_strdup(arena, path));
}

static bool is_written(const Request *stored, const char *path, Arena *arena)
{
	const MountList *mounts = &stored->container.mounts;

	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->items[i].kind == MOUNT_BIND && !mounts->items[i].read_only && !strcmp(path_canonical_run(mounts->items[i].clean, arena), path))
			return true;
	return false;
}

void proposal_add(Proposal *proposal, const Decision *decision, const Request *stored, Arena *arena)
{
	for (size_t i = 0; i < decision->finding_count; i++) {
		const Finding *finding = &decision->findings[i];
		bool unlisted = !strcmp(finding->rule, rule_catalogue[RULE_MOUNT_UNLISTED].id), to_look_at = !strcmp(finding->rule, rule_catalogue[RULE_MOUNT_READ_ONLY].id);
		if (finding->action != ACTION_BLOCK || (!unlisted && !to_look_at))
			continue;
		bool written = to_look_at || is_written(stored, finding->what, arena);
		add(written ? &proposal->allowed : &proposal->allowed_read_only, finding->what, arena);
	}
}
