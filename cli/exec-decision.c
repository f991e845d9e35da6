/* SPDX-License-Identifier: MIT
 *
 * Which decision denied a command: the service says it.  What a program wrote on the way is no source, for a container may write what it likes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/users.h"
#include "cli/client.h"
#include "cli/exec.h"
#include "cli/output.h"
#include "cli/variant.h"
#include "dbus/names.h"

#define LOOKED_AT 50u

/* The newest denial of that call that is certainly the caller's: entries come newest first. */
static uint64_t pick(sd_bus_message *reply, const char *user, const char *command)
{
	uint64_t found = 0;
	int r = sd_bus_message_enter_container(reply, 'a', "a{sv}");

	while (r >= 0 && !found && sd_bus_message_at_end(reply, false) == 0) {
		g_autoptr(JsonObject) entry = variant_read_dict(reply);
		if (!entry)
			return 0;
		if (!strcmp(json_object_get_string_member_with_default(entry, "user", ""), user) &&
			!strcmp(json_object_get_string_member_with_default(entry, "command", ""), command))
			found = (uint64_t)json_object_get_int_member_with_default(entry, "id", 0);
	}
	return found;
}

int exec_find_decision(Cli *cli, const char *command, int64_t since_us, uint64_t *ret)
{
	g_autofree char *user = user_name(USER_DATABASE, getuid());
	int code = cli->connection ? 0 : client_connect(cli);
	sd_bus_message *call = code == 0 ? client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "AuditQuery") : NULL, *reply = NULL;

	*ret = 0;
	if (!call)
		return code != 0 ? code : EXIT_UNDONE;
	int r = sd_bus_message_append(call, "a{sv}ut", 2, "decision", "s", "denied", "since", "t", (uint64_t)since_us, LOOKED_AT, (uint64_t)0);
	if (r >= 0)
		r = sd_bus_message_set_allow_interactive_authorization(call, false); /* one's own are shown without a password */
	if (r < 0) {
		sd_bus_message_unref(call);
		return client_bad_answer(cli, r);
	}
	if ((code = client_call(cli, call, &reply, NULL)) != 0)
		return code;
	*ret = pick(reply, user, command);
	sd_bus_message_unref(reply);
	if (!*ret)
		(void)fprintf(stderr, "sentinel: no denial of this command is certainly yours (%s), so no grant is asked for; when another user's connection to Docker makes it "
				      "uncertain, try again, or see: sentinel audit list --decision denied\n", user);
	return 0;
}
