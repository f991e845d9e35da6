/* SPDX-License-Identifier: MIT */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include "base/limits.h"
#include "base/users.h"

bool user_is_certain(const char *user)
{
	return *user && strcmp(user, USER_TLS) != 0 && !g_str_has_prefix(user, USER_ONE_OF);
}

/* A name of digits would be taken for a uid, one with a mark of ours for something else. */
static bool usable(const char *name)
{
	return *name && strspn(name, "0123456789") < strlen(name) && !strpbrk(name, ":,?");
}

char *user_name(const char *file, uid_t uid)
{
	g_autofree char *name = NULL;
	struct passwd entry, *found;
	char buffer[LIMIT_PASSWD_BYTES];
	FILE *users = fopen(file, "re");
	bool shared = false;

	while (users && fgetpwent_r(users, &entry, buffer, sizeof buffer, &found) == 0) {
		if (entry.pw_uid == uid && !name)
			name = g_strdup(entry.pw_name);
	}
	if (users)
		rewind(users);
	while (users && name && fgetpwent_r(users, &entry, buffer, sizeof buffer, &found) == 0)
		shared |= entry.pw_uid != uid && strcmp(entry.pw_name, name) == 0;
	if (users)
		(void)fclose(users);
	return name && !shared && usable(name) ? g_steal_pointer(&name) : g_strdup_printf("%u", (unsigned)uid);
}
