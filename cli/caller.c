/* SPDX-License-Identifier: MIT */
#include <unistd.h>
#include "base/users.h"
#include "cli/caller.h"
#include "cli/output.h"

static int append_id(sd_bus_message *call, const char *name, uint64_t id)
{
	return sd_bus_message_append(call, "{sv}", name, "t", id);
}

static int append_groups(sd_bus_message *call, char **groups)
{
	int r = sd_bus_message_open_container(call, 'e', "sv");

	if (r < 0 || (r = sd_bus_message_append_basic(call, 's', "groups")) < 0 || (r = sd_bus_message_open_container(call, 'v', "as")) < 0 ||
		(r = sd_bus_message_append_strv(call, groups)) < 0 || (r = sd_bus_message_close_container(call)) < 0)
		return r;
	return sd_bus_message_close_container(call);
}

/* As the service finds it: by the same files. */
static int append_account(sd_bus_message *call, uid_t uid)
{
	UserAccount *account = user_account_new(USER_DATABASE, GROUP_DATABASE, uid);
	g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(g_free);
	int r = sd_bus_message_append(call, "{sv}", "user", "s", account->name);

	for (guint i = 0; i < account->groups->len; i++) {
		const UserGroup *group = &g_array_index(account->groups, UserGroup, i);
		g_ptr_array_add(groups, g_strdup_printf("%s%s%u", group->name, *group->name ? ":" : "", (unsigned)group->gid));
	}
	g_ptr_array_add(groups, NULL);
	if (r >= 0)
		r = append_id(call, "uid", uid);
	if (r >= 0 && account->gid != USER_NO_ID)
		r = append_id(call, "gid", account->gid);
	if (r >= 0)
		r = append_groups(call, (char **)groups->pdata);
	user_account_free(account);
	return r;
}

static bool read_id(const char *text, uint64_t *ret)
{
	return g_ascii_string_to_unsigned(text, 10, 0, USER_NO_ID - 1u, ret, NULL);
}

int caller_check(const Cli *cli, const Caller *caller)
{
	const struct { const char *name, *text; } ids[] = { { "uid", caller->uid }, { "gid", caller->gid } };
	uint64_t id;

	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
		if (ids[i].text && !read_id(ids[i].text, &id))
			return output_error(cli, EXIT_USAGE, "usage", "--%s %s: expected a number", ids[i].name, ids[i].text);
	return 0;
}

static int append_number(sd_bus_message *call, const char *name, const char *text)
{
	uint64_t id;

	return text && read_id(text, &id) ? append_id(call, name, id) : 0;
}

/* Just what the options say. */
static int append_stated(const Caller *caller, sd_bus_message *call)
{
	int r = caller->user ? sd_bus_message_append(call, "{sv}", "user", "s", caller->user) : 0;

	if (r >= 0)
		r = append_number(call, "uid", caller->uid);
	if (r >= 0)
		r = append_number(call, "gid", caller->gid);
	if (r < 0 || !caller->groups)
		return r;
	g_auto(GStrv) groups = g_strsplit(caller->groups, ",", 0);
	return append_groups(call, groups);
}

int caller_append(const Caller *caller, sd_bus_message *call)
{
	uid_t uid = caller->user ? user_find(USER_DATABASE, caller->user) : getuid();

	return caller->uid || caller->gid || caller->groups || uid == USER_NO_ID ? append_stated(caller, call) : append_account(call, uid);
}
