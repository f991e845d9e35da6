/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "policy/caller.h"
#include "request/list.h"

static bool group_fits(const UserGroup *group, const Patterns *patterns)
{
	char number[16];

	if (*group->name && patterns_match(patterns, group->name))
		return true;
	(void)g_snprintf(number, sizeof number, "%u", (unsigned)group->gid);
	return group->gid != USER_NO_ID && patterns_match(patterns, number);
}

static bool candidate_fits(const Candidate *candidate, const Patterns *patterns)
{
	for (size_t i = 0; i < candidate->group_count; i++)
		if (group_fits(&candidate->groups[i], patterns))
			return true;
	return false;
}

bool caller_in_groups(const Caller *caller, const Patterns *groups)
{
	for (size_t i = 0; i < caller->count; i++)
		if (!candidate_fits(&caller->candidates[i], groups))
			return false;
	return caller->complete && caller->count > 0;
}

Caller caller_without(const Caller *caller, const char *name, Arena *arena)
{
	Candidate *left = arena_alloc(arena, (caller->count + 1) * sizeof *left);
	size_t count = 0;

	for (size_t i = 0; i < caller->count; i++)
		if (!caller->candidates[i].uid || strcmp(caller->candidates[i].name, name) != 0)
			left[count++] = caller->candidates[i];
	return (Caller){ left, count, caller->complete && count };
}

typedef struct GroupList {
	UserGroup *items;
	size_t count;
} GroupList;

static bool read_gid(const char *text, gid_t *ret)
{
	uint64_t number;

	if (!g_ascii_string_to_unsigned(text, 10, 0, USER_NO_ID - 1u, &number, NULL))
		return false;
	*ret = (gid_t)number;
	return true;
}

static bool read_group(const char *word, Arena *arena, UserGroup *ret)
{
	const char *colon = strchr(word, ':');

	*ret = (UserGroup){ .gid = USER_NO_ID, .name = "" };
	if (!*word || colon == word)
		return false;
	if (colon) {
		ret->name = arena_strndup(arena, word, (size_t)(colon - word));
		return read_gid(colon + 1, &ret->gid);
	}
	if (!read_gid(word, &ret->gid))
		ret->name = word;
	return true;
}

static bool read_groups(const CallerWords *words, Arena *arena, GroupList *ret, const char **ret_problem)
{
	bool primary = words->gid < 0;

	for (size_t i = 0; i < words->groups.count; i++) {
		UserGroup group;
		if (!read_group(words->groups.items[i], arena, &group)) {
			*ret_problem = arena_printf(arena, "a group is a name, a number or NAME:NUMBER, found \"%s\"",
				text_printable(arena, words->groups.items[i], 100));
			return false;
		}
		primary |= group.gid == (gid_t)words->gid;
		LIST_APPEND(arena, ret, group);
	}
	if (!primary) {
		const UserGroup group = { .gid = (gid_t)words->gid, .name = "" };
		LIST_APPEND(arena, ret, group);
	}
	return true;
}

bool caller_state(const CallerWords *words, Arena *arena, Caller *ret, const char **ret_user, const char **ret_problem)
{
	bool numbers = words->uid >= 0 || words->gid >= 0 || words->groups.count > 0;
	Candidate *candidate = arena_alloc(arena, sizeof *candidate);
	GroupList groups = { 0 };

	*ret = (Caller){ 0 };
	*ret_user = *words->user || words->uid < 0 ? words->user : arena_printf(arena, "%u", (unsigned)words->uid);
	if (!user_is_local(*ret_user)) {
		*ret_problem = "a uid and groups belong to one certain user of this machine";
		return !numbers;
	}
	if (!read_groups(words, arena, &groups, ret_problem))
		return false;
	*candidate = (Candidate){
		.name = *ret_user, .uid = words->uid < 0 ? USER_NO_ID : (uid_t)words->uid, .gid = words->gid < 0 ? USER_NO_ID : (gid_t)words->gid,
		.groups = groups.items, .group_count = groups.count,
	};
	*ret = (Caller){ candidate, 1, true };
	return true;
}
