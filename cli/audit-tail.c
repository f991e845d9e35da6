/* SPDX-License-Identifier: MIT
 *
 * audit tail: decisions as they are made.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/audit.h"
#include "cli/client.h"
#include "cli/output.h"
#include "dbus/names.h"

typedef struct Options {
	AuditFilter filter;
} Options;

static const Option rows[] = {
	OPTION(Options, filter.decision, "decision", 'd', "WORD", "only those allowed, denied or warned"),
	OPTION(Options, filter.user, "user", 'u', "NAME", "only of this user"),
};

/* Who is shown what. */
typedef struct Tail {
	Cli *cli;
	const AuditFilter *filter;
} Tail;

typedef struct Decision {
	uint64_t id;
	uint32_t score;
	const char *decision, *user, *summary;
} Decision;

/* One JSON object a line: a stream has no envelope. */
static void print_json(const Decision *decision)
{
	g_autoptr(JsonObject) object = json_object_new();
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

	json_object_set_int_member(object, "id", (gint64)decision->id);
	output_set_text(object, "decision", decision->decision);
	json_object_set_int_member(object, "score", decision->score);
	output_set_text(object, "user", decision->user);
	output_set_text(object, "command", decision->summary);
	json_node_set_object(node, object);
	g_autofree char *text = json_to_string(node, FALSE);
	(void)puts(text);
}

static int on_decision(sd_bus_message *message, void *data, sd_bus_error *error)
{
	const Tail *tail = data;
	const AuditFilter *filter = tail->filter;
	Decision d;

	(void)error;
	if (!client_is_from_service(tail->cli, message) || sd_bus_message_read(message, "tsuss", &d.id, &d.decision, &d.score, &d.user, &d.summary) <= 0)
		return 0;
	if ((filter->decision && strcmp(filter->decision, d.decision) != 0) || (filter->user && strcmp(filter->user, d.user) != 0))
		return 0;
	if (tail->cli->json) {
		print_json(&d);
	} else {
		Paint paint = !strcmp(d.decision, "denied") ? PAINT_RED : !strcmp(d.decision, "warned") ? PAINT_YELLOW : PAINT_GREEN;
		g_autofree char *painted = output_paint(tail->cli, paint, d.decision);
		g_autofree char *user = output_clean(*d.user ? d.user : "-"), *summary = output_clean(d.summary);
		(void)printf("%" PRIu64 "  %s  %u  %s  %s\n", d.id, painted, d.score, user, summary);
	}
	(void)fflush(stdout);
	return 0;
}

/* The path from which DecisionMade comes to this caller. */
static int subscribe(Tail *tail)
{
	Cli *cli = tail->cli;
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "Subscribe"), *reply = NULL;
	const char *path = NULL;

	if (!call)
		return EXIT_UNDONE;
	int code = client_call(cli, call, &reply, NULL);
	int r = code == 0 ? sd_bus_message_read_basic(reply, 'o', &path) : 0;
	if (code == 0 && r >= 0)
		r = sd_bus_match_signal(cli->connection, NULL, SENTINEL_BUS_NAME, path, SENTINEL_INTERFACE_MANAGER, "DecisionMade", on_decision, tail);
	sd_bus_message_unref(reply);
	return r < 0 ? client_bad_answer(cli, r) : code;
}

static int run(Cli *cli, const void *data)
{
	const Options *options = data;
	Tail tail = { .cli = cli, .filter = &options->filter };
	AuditTimes times;
	int r = 0, code = cli->local ? output_error(cli, EXIT_USAGE, "usage", "a private sentineld decides nothing; there is nothing to wait for")
				     : audit_check_filter(cli, &options->filter, &times);

	if (code != 0 || (code = client_connect(cli)) != 0 || (code = subscribe(&tail)) != 0)
		return code;
	while (r >= 0)
		if ((r = sd_bus_process(cli->connection, NULL)) == 0)
			r = sd_bus_wait(cli->connection, UINT64_MAX);
	return output_error(cli, EXIT_UNDONE, "unreachable", "the connection to D-Bus is gone: %s", g_strerror(-r));
}

const Verb verb_audit_tail = { "audit tail", run, 0, 0, "", "show decisions as they are made", OPTION_TABLE(Options, rows) };
