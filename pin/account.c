/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include "base/users.h"
#include "pin/account.h"
#include "pin/subid.h"

#define FIRST_OF_PEOPLE 1000u /* groups below are the system's; login.defs(5), GID_MIN */
#define NOBODY 65534u

const PinDatabases pin_databases = { USER_DATABASE, GROUP_DATABASE, "/etc/subuid", "/etc/subgid" };

static const char *const range_answers[] = {
	[SUBID_FOUND] = NULL,
	[SUBID_NONE] = "there is no range of 65535 ids for you in /etc/subuid and /etc/subgid: an administrator adds one with usermod "
		       "--add-subuids and --add-subgids",
	[SUBID_SHARED] = "your range in /etc/subuid or /etc/subgid is also somebody else's, or accounts lie in it: an administrator gives "
			 "you one of your own",
	[SUBID_UNKNOWN] = "/etc/subuid and /etc/subgid cannot be read or understood",
};

/* Files of a container's root have this group: one's own, or that of all people, never one that opens something of the system's. */
static bool harmless_group(const UserAccount *account)
{
	for (guint i = 0; i < account->groups->len; i++) {
		const UserGroup *group = &g_array_index(account->groups, UserGroup, i);
		if (group->gid == account->gid)
			return group->gid != 0 && group->gid != NOBODY &&
			       (group->gid >= FIRST_OF_PEOPLE || !strcmp(group->name, account->name) || !strcmp(group->name, "users"));
	}
	return false;
}

static SubidAnswer find_range(const char *ranges, const char *accounts, const char *name, uint32_t uid, uint32_t *ret)
{
	FILE *range_file = fopen(ranges, "re"), *account_file = fopen(accounts, "re");
	SubidAnswer answer = subid_find(range_file, account_file, name, uid, ret);

	if (range_file)
		(void)fclose(range_file);
	if (account_file)
		(void)fclose(account_file);
	return answer;
}

static const char *find_ranges(const PinDatabases *databases, const char *name, PinIds *ids)
{
	SubidAnswer answer = find_range(databases->uid_ranges, databases->users, name, ids->uid, &ids->range);

	if (answer == SUBID_FOUND)
		answer = find_range(databases->gid_ranges, databases->groups, name, ids->uid, &ids->group_range);
	return range_answers[answer];
}

const char *pin_account(const PinDatabases *databases, uint32_t uid, PinMap map, PinIds *ret)
{
	if (uid == 0 || uid == NOBODY || uid == USER_NO_ID)
		return "pins are for people: root needs none, and nobody has no directories";
	UserAccount *account = user_account_new(databases->users, databases->groups, uid);
	const char *problem = NULL;
	*ret = (PinIds){ .uid = uid, .gid = account->gid };
	if (account->gid == USER_NO_ID)
		problem = "this machine's /etc/passwd does not know you, or not you alone";
	else if (!harmless_group(account))
		problem = "your primary group is the system's: files of a container would get its rights";
	else if (map == PIN_MAP_SUBUID)
		problem = find_ranges(databases, account->name, ret);
	user_account_free(account);
	return problem;
}
