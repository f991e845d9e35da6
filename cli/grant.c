/* SPDX-License-Identifier: MIT
 *
 * grant list, grant create, grant revoke: a call that was denied, let through as it was.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include "cli/client.h"
#include "cli/grant.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/variant.h"
#include "cli/verb.h"
#include "cli/when.h"
#include "dbus/names.h"

#define COLUMNS 7u

static int read_number(const Cli *cli, const char *what, const char *text, uint64_t *ret)
{
	if (g_ascii_string_to_unsigned(text, 10, 1, UINT64_MAX, ret, NULL))
		return 0;
	return output_error(cli, EXIT_USAGE, "usage", "%s: expected %s", text, what);
}

static int append(sd_bus_message *call, uint64_t decision, const GrantWanted *wanted)
{
	int r = sd_bus_message_append_basic(call, 't', &decision);

	if (r >= 0)
		r = sd_bus_message_open_container(call, 'a', "{sv}");
	if (r >= 0)
		r = sd_bus_message_append(call, "{sv}", "reason", "s", wanted->reason);
	if (r >= 0 && wanted->duration_s)
		r = sd_bus_message_append(call, "{sv}", "duration", "t", wanted->duration_s);
	if (r >= 0 && wanted->uses)
		r = sd_bus_message_append(call, "{sv}", "uses", "t", wanted->uses);
	return r < 0 ? r : sd_bus_message_close_container(call);
}

int grant_make(Cli *cli, uint64_t decision, const GrantWanted *wanted, uint64_t *ret_grant)
{
	sd_bus_message *reply = NULL;
	int code = cli->connection ? 0 : client_connect(cli);
	sd_bus_message *call = code == 0 ? client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "CreateGrant") : NULL;

	if (!call)
		return code != 0 ? code : EXIT_UNDONE;
	int r = append(call, decision, wanted);
	if (r < 0) {
		sd_bus_message_unref(call);
		return output_error(cli, EXIT_USAGE, "usage", "the reason cannot be sent: %s", g_strerror(-r));
	}
	code = client_call(cli, call, &reply, NULL);
	if (code == 0 && (r = sd_bus_message_read_basic(reply, 't', ret_grant)) < 0)
		code = client_bad_answer(cli, r);
	sd_bus_message_unref(reply);
	return code;
}

/* grant create */

typedef struct Options {
	char *reason, *duration, *uses;
} Options;

static const Option rows[] = {
	OPTION(Options, reason, "reason", 0, "TEXT", "why, for the dialog and the audit trail; needed"),
	OPTION(Options, duration, "for", 0, "SPAN", "how long it may be used: 10min, 2h; at most 7d", .fallback = "10min"),
	OPTION(Options, uses, "uses", 0, "N", "how often; at most 100", .fallback = "1"),
};

static int read_options(const Cli *cli, const Options *options, GrantWanted *ret)
{
	int64_t duration_us = 0;

	*ret = (GrantWanted){ .reason = options->reason };
	if (!options->reason || !*options->reason)
		return output_error(cli, EXIT_USAGE, "usage", "--reason is needed: who reads the audit trail wants to know why");
	if (options->duration && (!span_parse(options->duration, &duration_us) || duration_us < G_USEC_PER_SEC))
		return output_error(cli, EXIT_USAGE, "usage", "--for %s: expected a span such as 10min, 2h or 1d", options->duration);
	ret->duration_s = (uint64_t)(duration_us / G_USEC_PER_SEC);
	return options->uses ? read_number(cli, "a number of uses", options->uses, &ret->uses) : 0;
}

static int create(Cli *cli, const void *data)
{
	GrantWanted wanted;
	uint64_t decision, grant = 0;
	int code = read_number(cli, "the number of a decision (sentinel audit list --decision denied)", cli->words[0], &decision);

	if (code == 0)
		code = read_options(cli, data, &wanted);
	if (code == 0)
		code = grant_make(cli, decision, &wanted, &grant);
	if (code != 0)
		return code;
	if (!cli->json) {
		(void)printf("Grant %" PRIu64 " for decision %" PRIu64 ": the same call by the same user is let through now; repeat the command\n", grant, decision);
		return EXIT_DONE;
	}
	JsonObject *object = json_object_new();
	json_object_set_int_member(object, "grant", (gint64)grant);
	json_object_set_int_member(object, "decision", (gint64)decision);
	output_object(true, object);
	return EXIT_DONE;
}

const Verb verb_grant_create = {
	"grant create", create, 1, 1, "DECISION", N_("let exactly the call through that this decision denied"), OPTION_TABLE(Options, rows),
	"grant create 4711 --reason \"restore of the backup\" --for 1h", .answer = true,
};

/* grant revoke */

static void say_revoked(const Cli *cli, uint64_t grant)
{
	if (!cli->json) {
		(void)printf("Grant %" PRIu64 " is revoked\n", grant);
		return;
	}
	JsonObject *data = json_object_new();
	json_object_set_int_member(data, "grant", (gint64)grant);
	output_object(true, data);
}

static int end(Cli *cli, const void *options)
{
	uint64_t grant;
	int code = read_number(cli, "the number of a grant (sentinel grant list)", cli->words[0], &grant);

	(void)options;
	if (code == 0)
		code = client_connect(cli);
	sd_bus_message *call = code == 0 ? client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "RevokeGrant") : NULL;
	if (!call)
		return code != 0 ? code : EXIT_UNDONE;
	int r = sd_bus_message_append_basic(call, 't', &grant);
	if (r < 0) {
		sd_bus_message_unref(call);
		return client_bad_answer(cli, r);
	}
	code = client_call(cli, call, NULL, NULL);
	if (code == 0)
		say_revoked(cli, grant);
	return code;
}

const Verb verb_grant_revoke = {
	"grant revoke", end, 1, 1, "GRANT", N_("end a grant before its time"), { 0 },
	"grant revoke 3", .answer = true,
};

/* grant list */

static char *show_number(JsonObject *grant, const char *name)
{
	return g_strdup_printf("%" PRId64, json_object_get_int_member_with_default(grant, name, 0));
}

static char *show_text(JsonObject *grant, const char *name, const char *without)
{
	const char *text = json_object_get_string_member_with_default(grant, name, "");

	return output_clean(*text ? text : without);
}

static void add_row(GPtrArray *cells, JsonObject *grant)
{
	g_ptr_array_add(cells, show_number(grant, "id"));
	g_ptr_array_add(cells, time_show(json_object_get_int_member_with_default(grant, "expires", 0)));
	g_ptr_array_add(cells, show_number(grant, "uses_left"));
	g_ptr_array_add(cells, show_text(grant, "user", "anybody here"));
	g_ptr_array_add(cells, show_text(grant, "by", "-"));
	g_ptr_array_add(cells, show_text(grant, "command", "-"));
	g_ptr_array_add(cells, show_text(grant, "reason", "-"));
}

static void print(Cli *cli, JsonArray *grants)
{
	static const char *const heading[COLUMNS] = { "GRANT", "UNTIL", "USES", "USER", "BY", "COMMAND", "REASON" };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < COLUMNS; i++)
		g_ptr_array_add(cells, g_strdup(heading[i]));
	for (guint i = 0; i < json_array_get_length(grants); i++)
		add_row(cells, json_array_get_object_element(grants, i));
	table_print(cli, cells, COLUMNS);
}

static void print_json(JsonArray *grants)
{
	JsonObject *data = json_object_new();

	json_object_set_array_member(data, "grants", json_array_ref(grants));
	output_object(true, data);
}

static int list(Cli *cli, const void *options)
{
	sd_bus_message *reply = NULL;
	int code = client_connect(cli);
	sd_bus_message *call = code == 0 ? client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "ListGrants") : NULL;

	(void)options;
	if (!call)
		return code != 0 ? code : EXIT_UNDONE;
	if ((code = client_call(cli, call, &reply, NULL)) != 0)
		return code;
	g_autoptr(JsonArray) grants = variant_read_dicts(reply);
	sd_bus_message_unref(reply);
	if (!grants)
		return client_bad_answer(cli, -EBADMSG);
	if (cli->json)
		print_json(grants);
	else
		print(cli, grants);
	return EXIT_DONE;
}

const Verb verb_grant_list = {
	"grant list", list, 0, 0, "", N_("show the grants that can still be used"), { 0 },
	"grant list",
};
