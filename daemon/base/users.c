/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include "base/limits.h"
#include "base/users.h"

bool user_is_certain(const char *user)
{
	return *user && strcmp(user, USER_TLS) != 0 && strcmp(user, USER_SOCKET) != 0 && !g_str_has_prefix(user, USER_ONE_OF);
}

bool user_is_local(const char *user)
{
	return user_is_certain(user) && !g_str_has_prefix(user, USER_TLS) && !g_str_has_prefix(user, USER_SOCKET);
}

/* A name of digits would be taken for a uid, one with a mark of ours for something else. */
static bool usable(const char *name)
{
	return *name && strspn(name, "0123456789") < strlen(name) && !strpbrk(name, ":,?");
}

/* What the database says of a uid and of the name that it gives to it first. */
typedef struct Entries {
	char *name;
	gid_t gid;
	bool name_shared, uid_shared;
} Entries;

static void find_entries(FILE *users, uid_t uid, Entries *ret)
{
	struct passwd entry, *found;
	char buffer[LIMIT_PASSWD_BYTES];

	while (fgetpwent_r(users, &entry, buffer, sizeof buffer, &found) == 0) {
		if (entry.pw_uid != uid)
			continue;
		ret->uid_shared = ret->name != NULL;
		if (!ret->name) {
			ret->name = g_strdup(entry.pw_name);
			ret->gid = entry.pw_gid;
		}
	}
	ret->name_shared = fseek(users, 0, SEEK_SET) < 0;
	while (ret->name && fgetpwent_r(users, &entry, buffer, sizeof buffer, &found) == 0)
		ret->name_shared |= entry.pw_uid != uid && strcmp(entry.pw_name, ret->name) == 0;
}

static void look_up(const char *file, uid_t uid, Entries *ret)
{
	FILE *users = fopen(file, "re");

	*ret = (Entries){ .gid = USER_NO_ID };
	if (!users)
		return;
	find_entries(users, uid, ret);
	(void)fclose(users);
}

/* Takes the name. */
static char *shown_name(Entries *entries, uid_t uid)
{
	g_autofree char *name = g_steal_pointer(&entries->name);

	return name && !entries->name_shared && usable(name) ? g_steal_pointer(&name) : g_strdup_printf("%u", (unsigned)uid);
}

char *user_name(const char *file, uid_t uid)
{
	Entries entries;

	look_up(file, uid, &entries);
	return shown_name(&entries, uid);
}

static void add_group(GArray *groups, gid_t gid, const char *name)
{
	for (guint i = 0; i < groups->len; i++)
		if (g_array_index(groups, UserGroup, i).gid == gid)
			return;
	const UserGroup group = { gid, usable(name) ? g_strdup(name) : g_strdup("") };
	g_array_append_val(groups, group);
}

static bool has_member(const struct group *entry, const char *name)
{
	for (char **member = entry->gr_mem; *member; member++)
		if (strcmp(*member, name) == 0)
			return true;
	return false;
}

/* False: an entry cannot be read, so nobody knows what it and those behind it say. */
static bool read_groups(FILE *file, const char *name, gid_t primary, GArray *groups)
{
	g_autofree char *buffer = g_malloc(LIMIT_GROUP_BYTES);
	struct group entry, *found;
	int r;

	while ((r = fgetgrent_r(file, &entry, buffer, LIMIT_GROUP_BYTES, &found)) == 0) {
		if (entry.gr_gid == primary || has_member(&entry, name))
			add_group(groups, entry.gr_gid, entry.gr_name);
		if (groups->len > LIMIT_USER_GROUPS)
			return false;
	}
	return r == ENOENT;
}

static void clear_group(void *group)
{
	g_free((char *)(uintptr_t)((UserGroup *)group)->name);
}

static void find_groups(UserAccount *account, const char *file)
{
	FILE *groups = fopen(file, "re");

	if (!groups || !read_groups(groups, account->name, account->gid, account->groups))
		g_array_set_size(account->groups, 0);
	else
		add_group(account->groups, account->gid, "");
	if (groups)
		(void)fclose(groups);
}

UserAccount *user_account_new(const char *users, const char *groups, uid_t uid)
{
	UserAccount *account = g_new0(UserAccount, 1);
	Entries entries;

	look_up(users, uid, &entries);
	bool alone = entries.name && !entries.name_shared && !entries.uid_shared && usable(entries.name);
	*account = (UserAccount){
		.name = shown_name(&entries, uid), .gid = alone ? entries.gid : USER_NO_ID, .groups = g_array_new(FALSE, FALSE, sizeof(UserGroup)),
	};
	g_array_set_clear_func(account->groups, clear_group);
	if (alone)
		find_groups(account, groups);
	return account;
}

void user_account_free(UserAccount *account)
{
	if (!account)
		return;
	g_array_unref(account->groups);
	g_free(account->name);
	g_free(account);
}

uid_t user_find(const char *file, const char *name)
{
	struct passwd entry, *found;
	char buffer[LIMIT_PASSWD_BYTES];
	FILE *users = fopen(file, "re");
	uid_t uid = USER_NO_ID;
	bool several = false;

	while (users && fgetpwent_r(users, &entry, buffer, sizeof buffer, &found) == 0) {
		if (strcmp(entry.pw_name, name) != 0)
			continue;
		several |= uid != USER_NO_ID && uid != entry.pw_uid;
		uid = entry.pw_uid;
	}
	if (users)
		(void)fclose(users);
	return several ? USER_NO_ID : uid;
}
