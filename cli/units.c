/* SPDX-License-Identifier: MIT
 *
 * authz start and stop, by systemd's own interface and its own authorization
 * (org.freedesktop.systemd1(5)).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/output.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define MANAGER SYSTEMD ".Manager"
#define OBJECT "/org/freedesktop/systemd1"
#define PATIENCE_US ((uint64_t)30 * 1000 * 1000)

/* The job that is waited for. */
typedef struct Wait {
	char *job;    /* NULL: not known yet */
	char *result; /* "done", "failed", ... */
	GHashTable *removed; /* job -> result: it may be over before its name is known */
} Wait;

static int on_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	Wait *wait = data;
	const char *job, *unit, *result;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(message, "uoss", &id, &job, &unit, &result) > 0)
		g_hash_table_insert(wait->removed, g_strdup(job), g_strdup(result));
	return 0;
}

static int wait_for_job(Cli *cli, Wait *wait)
{
	gint64 until = g_get_monotonic_time() + (gint64)PATIENCE_US;
	int r = 0;

	while (!(wait->result = g_hash_table_lookup(wait->removed, wait->job)) && g_get_monotonic_time() < until && r >= 0)
		if ((r = sd_bus_process(cli->connection, NULL)) == 0)
			r = sd_bus_wait(cli->connection, 100 * 1000);
	if (wait->result && !strcmp(wait->result, "done"))
		return 0;
	return output_error(cli, EXIT_UNDONE, "failed", "systemd says: %s; see: systemctl status sentineld", wait->result ? wait->result : "no answer yet");
}

static int call_systemd(Cli *cli, const char *member, const char *unit, Wait *wait)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *call = NULL, *reply = NULL;
	const char *job;
	int code = 0, r = sd_bus_message_new_method_call(cli->connection, &call, SYSTEMD, OBJECT, MANAGER, member);

	if (r >= 0)
		r = sd_bus_message_append(call, "ss", unit, "replace");
	if (r >= 0)
		r = sd_bus_call(cli->connection, call, 0, &error, &reply);
	if (r >= 0)
		r = sd_bus_message_read_basic(reply, 'o', &job);
	if (r >= 0)
		wait->job = g_strdup(job);
	else if (sd_bus_error_is_set(&error))
		code = client_explain(cli, &error);
	else
		code = output_error(cli, EXIT_UNDONE, "failed", "systemd cannot be asked: %s", g_strerror(-r));
	sd_bus_message_unref(call);
	sd_bus_message_unref(reply);
	sd_bus_error_free(&error);
	return code;
}

static int change(Cli *cli, const char *member, const char *unit, const char *said)
{
	if (cli->local || (cli->bus && !strcmp(cli->bus, "session")))
		return output_error(cli, EXIT_USAGE, "usage", "start and stop are for the system's service");
	Wait wait = { .removed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free) };
	int code = client_connect(cli);
	if (code == 0) {
		(void)sd_bus_match_signal(cli->connection, NULL, SYSTEMD, OBJECT, MANAGER, "JobRemoved", on_removed, &wait);
		(void)sd_bus_call_method(cli->connection, SYSTEMD, OBJECT, MANAGER, "Subscribe", NULL, NULL, "");
		code = call_systemd(cli, member, unit, &wait);
	}
	if (code == 0)
		code = wait_for_job(cli, &wait);
	if (code == 0 && cli->json)
		output_json(true, json_node_new(JSON_NODE_NULL));
	else if (code == 0)
		(void)puts(said);
	g_free(wait.job);
	g_hash_table_unref(wait.removed);
	return code;
}

int run_authz_start(Cli *cli)
{
	return change(cli, "StartUnit", "sentineld.service", "Docker Sentinel runs");
}

/* The socket: without it the service, which needs it, stops as well and is not started by the next request. */
int run_authz_stop(Cli *cli)
{
	return change(cli, "StopUnit", "sentineld.socket", "Docker Sentinel is stopped; where Docker has it in its configuration, Docker denies everything now");
}
