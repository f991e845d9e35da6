/* SPDX-License-Identifier: MIT
 *
 * audit verify, seal and reindex.
 */
#include <inttypes.h>
#include <stdio.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "dbus/names.h"

/* The answer of a member of Audit without arguments.  0, or the exit code after saying why. */
static int ask(Cli *cli, const char *member, sd_bus_message **ret)
{
	const int code = client_connect(cli);
	sd_bus_message *call = code == 0 ? client_call_new(cli, SENTINEL_INTERFACE_AUDIT, member) : NULL;

	if (!call)
		return code != 0 ? code : EXIT_UNDONE;
	return client_call(cli, call, ret, NULL);
}

static int run_verify(Cli *cli, const void *options)
{
	sd_bus_message *reply = NULL;
	const char *detail;
	uint64_t entries;
	int intact;

	(void)options;
	int code = ask(cli, "Verify", &reply);
	if (code != 0)
		return code;
	int r = sd_bus_message_read(reply, "bts", &intact, &entries, &detail);
	if (r < 0) {
		sd_bus_message_unref(reply);
		return client_bad_answer(cli, r);
	}
	if (cli->json) {
		JsonObject *data = json_object_new();
		json_object_set_boolean_member(data, "intact", intact);
		json_object_set_int_member(data, "entries", (gint64)entries);
		output_set_text(data, "detail", detail);
		output_object(intact, data);
	} else {
		g_autofree char *painted = output_paint(cli, intact ? PAINT_GREEN : PAINT_RED, intact ? "intact" : "NOT INTACT");
		(void)printf("%s, %" PRIu64 " entries: %s\n", painted, entries, detail);
	}
	sd_bus_message_unref(reply);
	return intact ? EXIT_DONE : EXIT_DENIED;
}

static int run_reindex(Cli *cli, const void *options)
{
	sd_bus_message *reply = NULL;
	uint64_t entries;

	(void)options;
	int code = ask(cli, "Reindex", &reply);
	if (code != 0)
		return code;
	int r = sd_bus_message_read_basic(reply, 't', &entries);
	sd_bus_message_unref(reply);
	if (r < 0)
		return client_bad_answer(cli, r);
	if (cli->json) {
		JsonObject *data = json_object_new();
		json_object_set_int_member(data, "entries", (gint64)entries);
		output_object(true, data);
	} else {
		(void)printf("%" PRIu64 " decisions are in the new index\n", entries);
	}
	return EXIT_DONE;
}

const Verb verb_audit_reindex = {
	"audit reindex", run_reindex, 0, 0, "", N_("make the index of the audit trail anew"), { 0 },
	"audit reindex", .answer = true,
};

const Verb verb_audit_verify = {
	"audit verify", run_verify, 0, 0, "", N_("look whether the audit trail is whole"), { 0 },
	"audit verify", N_("the trail is not whole"), .answer = true,
};

static int run_seal(Cli *cli, const void *options)
{
	sd_bus_message *reply = NULL;
	const char *hash;
	uint64_t record;

	(void)options;
	int code = ask(cli, "Seal", &reply);
	if (code != 0)
		return code;
	int r = sd_bus_message_read(reply, "ts", &record, &hash);
	if (r >= 0 && cli->json) {
		JsonObject *data = json_object_new();
		json_object_set_int_member(data, "record", (gint64)record);
		output_set_text(data, "hash", hash);
		output_object(true, data);
	} else if (r >= 0) {
		(void)printf("sealed up to record %" PRIu64 " in the system's journal: %s\n", record, hash);
	}
	sd_bus_message_unref(reply);
	return r < 0 ? client_bad_answer(cli, r) : EXIT_DONE;
}

const Verb verb_audit_seal = {
	"audit seal", run_seal, 0, 0, "", N_("put the trail's newest hash into the system's journal"), { 0 },
	"audit seal", .answer = true,
};
