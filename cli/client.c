/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli/agent.h"
#include "cli/client.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/own-program.h"
#include "cli/service.h"
#include "cli/waiting.h"
#include "config.h"
#include "dbus/names.h"

#define CHILD_FD 3
#define CALL_TIMEOUT_US ((uint64_t)330 * 1000 * 1000) /* a password takes its time */

static int spawn_daemon(Cli *cli, const char *program, int fd)
{
	char number[] = { '0' + CHILD_FD, 0 };
	const char *host = g_getenv("DOCKER_HOST"); /* the docker that is meant */
	const char *words[16] = { program, "--bus", "none", "--bus-fd", number, "--log-level", "error" };
	size_t count = 7;
	posix_spawn_file_actions_t actions;

	if (cli->config_dir) {
		words[count++] = "--config-dir";
		words[count++] = cli->config_dir;
	}
	if (host && g_str_has_prefix(host, "unix:///")) {
		words[count++] = "--docker-host";
		words[count++] = host;
	}

	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, fd, CHILD_FD);
	/* posix_spawn() does not write, but its parameter is not const. */
	int r = posix_spawn(&cli->child, program, &actions, NULL, (char **)(uintptr_t)words, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return -r;
}

/* A private instance on a socketpair, with the caller's rights. */
static int connect_local(Cli *cli)
{
	g_autofree char *program = own_program_find("SENTINEL_DAEMON", "daemon", "sentineld", SENTINEL_DAEMON);
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	/* A descriptor that is CHILD_FD already would keep its close-on-exec flag. */
	int far = fds[1] == CHILD_FD ? fcntl(fds[1], F_DUPFD_CLOEXEC, CHILD_FD + 1) : fds[1];
	int r = spawn_daemon(cli, program, far);
	if (far != fds[1])
		(void)close(far);
	(void)close(fds[1]);
	if (r >= 0)
		r = sd_bus_new(&cli->connection);
	if (r < 0) {
		(void)close(fds[0]);
		return r;
	}
	if ((r = sd_bus_set_fd(cli->connection, fds[0], fds[0])) < 0)
		return r;
	return sd_bus_start(cli->connection);
}

int client_connect(Cli *cli)
{
	int r;

	if (cli->local) {
		r = connect_local(cli);
		return r >= 0 ? 0 : output_error(cli, EXIT_UNDONE, "unreachable", _("cannot start a private sentineld: %s; is it installed?"), g_strerror(-r));
	}
	bool session = cli->bus && !strcmp(cli->bus, "session");
	r = session ? sd_bus_open_user(&cli->connection) : sd_bus_open_system(&cli->connection);
	if (r >= 0) {
		agent_start(cli);
		return 0;
	}
	return output_error(cli, EXIT_UNDONE, "unreachable", _("cannot reach the %s bus: %s; try --local, which needs no service"), session ? "session" : "system",
		g_strerror(-r));
}

void client_close(Cli *cli)
{
	agent_stop(cli);
	cli->connection = sd_bus_flush_close_unref(cli->connection);
	if (cli->child)
		(void)waitpid(cli->child, NULL, 0);
	cli->child = 0;
}

sd_bus_message *client_call_new(Cli *cli, const char *interface, const char *member)
{
	sd_bus_message *call = NULL;
	const char *service = cli->local ? NULL : SENTINEL_BUS_NAME;
	int r = sd_bus_message_new_method_call(cli->connection, &call, service, SENTINEL_OBJECT_PATH, interface, member);

	if (r >= 0)
		return call;
	(void)output_error(cli, EXIT_UNDONE, "unreachable", _("the connection to sentineld is gone: %s"), g_strerror(-r));
	return NULL;
}

bool client_is_from_service(const Cli *cli, sd_bus_message *signal)
{
	const char *sender = sd_bus_message_get_sender(signal), *owner = NULL;
	sd_bus_creds *creds = NULL;

	if (cli->local)
		return true;
	bool same = sender && sd_bus_get_name_creds(cli->connection, SENTINEL_BUS_NAME, SD_BUS_CREDS_UNIQUE_NAME, &creds) >= 0 &&
		    sd_bus_creds_get_unique_name(creds, &owner) >= 0 && !strcmp(sender, owner);
	sd_bus_creds_unref(creds);
	return same;
}

int client_explain(const Cli *cli, const sd_bus_error *error)
{
	static const char not_installed[] = N_("; is the package installed?  --local needs no service");
	static const char not_running[] = N_("; it cannot be started, see: systemctl status sentineld");
	static const char stopped[] = N_("; an administrator stopped it (systemctl status sentineld); to start it: sudo sentinel authz start");
	static const struct { const char *name; ExitCode code; const char *word, *advice; } rows[] = {
		{ SD_BUS_ERROR_ACCESS_DENIED, EXIT_UNAUTHORISED, "not_authorised", N_("; root may, and those whom polkit lets: pkaction | grep dockersentinel") },
		{ SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED, EXIT_UNAUTHORISED, "not_authorised", N_("; leave out --no-ask-password, or use sudo") },
		{ SENTINEL_ERROR_PREFIX "NoAgent", EXIT_UNAUTHORISED, "no_agent", N_("; run it on a terminal (with the package polkitd), or use sudo") },
		{ SENTINEL_ERROR_PREFIX "Dismissed", EXIT_UNAUTHORISED, "dismissed", "" },
		{ SENTINEL_ERROR_PREFIX "Unavailable", EXIT_UNDONE, "unavailable", "" },
		{ SD_BUS_ERROR_SERVICE_UNKNOWN, EXIT_UNDONE, "not_installed", not_installed },
		{ SD_BUS_ERROR_NAME_HAS_NO_OWNER, EXIT_UNDONE, "not_running", not_running },
		{ "org.freedesktop.DBus.Error.TimedOut", EXIT_UNDONE, "not_running", not_running },
		{ "org.freedesktop.systemd1.NoSuchUnit", EXIT_UNDONE, "not_installed", not_installed },
		{ "org.freedesktop.systemd1.UnitMasked", EXIT_UNDONE, "stopped", stopped },
		{ SD_BUS_ERROR_NO_REPLY, EXIT_UNDONE, "unreachable", "" },
		{ SENTINEL_ERROR_PREFIX "InvalidCommand", EXIT_USAGE, "usage", "" },
		{ SENTINEL_ERROR_PREFIX "InvalidArgs", EXIT_USAGE, "usage", "" },
		{ SENTINEL_ERROR_PREFIX "PolicyInvalid", EXIT_UNDONE, "policy_invalid", "" },
		{ SENTINEL_ERROR_PREFIX "NotFound", EXIT_UNDONE, "not_found", "" },
	};

	/* systemd's sentences end with a full stop. */
	size_t length = error->message ? strlen(error->message) : 0;
	int shown = (int)(length && error->message[length - 1] == '.' ? length - 1 : length);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (sd_bus_error_has_name(error, rows[i].name))
			return output_error(cli, rows[i].code, rows[i].word, "%.*s%s", shown, error->message ? error->message : "", language_of(rows[i].advice));
	return output_error(cli, EXIT_UNDONE, "failed", "%s", error->message ? error->message : error->name);
}

int client_call(Cli *cli, sd_bus_message *call, sd_bus_message **ret_reply, sd_bus_error *ret_error)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int code = 0;

	int r = waiting_call(cli, call, CALL_TIMEOUT_US, &error, ret_reply);
	sd_bus_message_unref(call);
	if (r >= 0)
		return 0;
	if (ret_error && sd_bus_error_is_set(&error))
		return sd_bus_error_move(ret_error, &error), EXIT_UNDONE;
	if (cli->local && !sd_bus_error_is_set(&error))
		code = output_error(cli, EXIT_UNDONE, "unreachable", _("the private sentineld ended: %s"), g_strerror(-r));
	else if (cli->local && (r == -ECONNRESET || r == -ENOTCONN || r == -EPIPE))
		code = output_error(cli, EXIT_UNDONE, "unreachable", _("the private sentineld could not start; its message says why"));
	else
		code = client_explain(cli, &error);
	sd_bus_error_free(&error);
	return code;
}

int client_ask_state(Cli *cli, sd_bus_message *call, sd_bus_message **ret_reply, bool *ret_absent)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;

	(void)sd_bus_message_set_auto_start(call, false);
	int code = client_call(cli, call, ret_reply, &error);
	*ret_absent = service_is_absent(&error);
	if (code != 0 && !*ret_absent && sd_bus_error_is_set(&error))
		code = client_explain(cli, &error);
	sd_bus_error_free(&error);
	return code;
}

int client_property(Cli *cli, const char *name, char **ret)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	const char *service = cli->local ? NULL : SENTINEL_BUS_NAME;
	int r = sd_bus_get_property_string(cli->connection, service, SENTINEL_OBJECT_PATH, SENTINEL_INTERFACE_MANAGER, name, &error, ret);
	int code = r < 0 ? client_explain(cli, &error) : 0;

	sd_bus_error_free(&error);
	return code;
}

int client_bad_answer(const Cli *cli, int r)
{
	return output_error(cli, EXIT_UNDONE, "failed", _("sentineld's answer cannot be read: %s; are both of the same version?"), g_strerror(-r));
}
