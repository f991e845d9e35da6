/* SPDX-License-Identifier: MIT
 *
 * pin: a directory of the caller's as a path that a container may have.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/pin.h"
#include "cli/verb.h"
#include "cli/when.h"
#include "dbus/names.h"

typedef struct Options {
	gboolean read_only, keep;
	char *duration, *map, *args;
} Options;

static const Option rows[] = {
	OPTION(Options, args, "args", 0, "DIR:TARGET", "pin DIR and print all that docker run needs to have it at TARGET"),
	OPTION(Options, read_only, "read-only", 0, NULL, "for looking only"),
	OPTION(Options, duration, "for", 0, "SPAN", "how long: 30m, 8h, 7d; at most 30d", .fallback = "8h"),
	OPTION(Options, keep, "keep", 0, NULL, "until it is dropped: over the ends of sessions, and when the machine starts again"),
	OPTION(Options, map, "map", 0, "MAP",
		"self: uid 0 of the container is you, all others are nobody; subuid: they are your range in /etc/subuid"),
};

static int open_directory(const Cli *cli, const char *path, int *ret)
{
	*ret = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret >= 0)
		return 0;
	return output_error(cli, EXIT_UNDONE, "failed", "%s: %s", path, g_strerror(errno));
}

static int append(sd_bus_message *call, int directory, const PinWanted *wanted)
{
	int r = sd_bus_message_append_basic(call, 'h', &directory);

	if (r >= 0)
		r = sd_bus_message_open_container(call, 'a', "{sv}");
	if (r >= 0 && wanted->read_only)
		r = sd_bus_message_append(call, "{sv}", "read_only", "b", 1);
	if (r >= 0 && wanted->keep)
		r = sd_bus_message_append(call, "{sv}", "keep", "b", 1);
	if (r >= 0 && wanted->once)
		r = sd_bus_message_append(call, "{sv}", "once", "b", 1);
	if (r >= 0 && wanted->duration_us)
		r = sd_bus_message_append(call, "{sv}", "duration", "t", (uint64_t)(wanted->duration_us / G_USEC_PER_SEC));
	if (r >= 0 && wanted->map)
		r = sd_bus_message_append(call, "{sv}", "map", "s", wanted->map);
	return r < 0 ? r : sd_bus_message_close_container(call);
}

int pin_make(Cli *cli, const char *path, const PinWanted *wanted, char **ret_path)
{
	sd_bus_message *reply = NULL;
	int directory, code = open_directory(cli, path, &directory);
	const char *pin = NULL;

	if (code == 0)
		code = cli->connection ? 0 : client_connect(cli);
	sd_bus_message *call = code == 0 ? client_call_new(cli, SENTINEL_INTERFACE_PINS, "Pin") : NULL;
	int r = call ? append(call, directory, wanted) : -ENOTCONN;
	if (directory >= 0)
		(void)close(directory);
	if (!call)
		return code != 0 ? code : EXIT_UNDONE;
	if (r < 0) {
		sd_bus_message_unref(call);
		return client_bad_answer(cli, r);
	}
	code = client_call(cli, call, &reply, NULL);
	if (code == 0 && (r = sd_bus_message_read_basic(reply, 's', &pin)) < 0)
		code = client_bad_answer(cli, r);
	*ret_path = g_strdup(pin);
	sd_bus_message_unref(reply);
	return code;
}

/* ".:/w" -> "." and "/w"; what docker would read as a third part has no place here. */
static int split(const Cli *cli, const char *text, char **ret_directory, const char **ret_target)
{
	const char *colon = strrchr(text, ':');

	if (!colon || colon == text || colon[1] != '/' || strpbrk(colon, " \t\n\"'\\$`*?[") || strchr(text, ':') != colon)
		return output_error(cli, EXIT_USAGE, "usage",
			"--args %s: expected DIR:TARGET, such as .:/w; a TARGET without blanks and shell characters", text);
	*ret_directory = g_strndup(text, (gsize)(colon - text));
	*ret_target = colon + 1;
	return 0;
}

static void print_pin(const Cli *cli, const char *path, const char *target)
{
	if (!cli->json) {
		if (target)
			(void)printf("--cap-drop MKNOD -v %s:%s\n", path, target);
		else
			(void)printf("%s\n", path);
		return;
	}
	JsonObject *data = json_object_new();
	output_set_text(data, "path", path);
	if (target)
		output_set_text(data, "target", target);
	output_object(true, data);
}

static int run(Cli *cli, const void *data)
{
	const Options *options = data;
	PinWanted wanted = { .read_only = options->read_only, .keep = options->keep, .map = options->map };
	g_autofree char *directory = NULL, *path = NULL;
	const char *target = NULL;

	if (cli->local)
		return output_error(cli, EXIT_USAGE, "usage", "pins need the installed service");
	if (options->args && cli->word_count)
		return output_error(cli, EXIT_USAGE, "usage", "the directory is named by --args, or alone");
	if (options->duration && options->keep)
		return output_error(cli, EXIT_USAGE, "usage", "--keep is until it is dropped, --for is how long: one of them");
	if (options->duration && (!span_parse(options->duration, &wanted.duration_us) || wanted.duration_us < G_USEC_PER_SEC))
		return output_error(cli, EXIT_USAGE, "usage", "--for %s: expected a span such as 30m, 8h or 7d", options->duration);
	int code = options->args ? split(cli, options->args, &directory, &target) : 0;
	if (code == 0)
		code = pin_make(cli, directory ? directory : cli->word_count ? cli->words[0] : ".", &wanted, &path);
	if (code == 0)
		print_pin(cli, path, target);
	return code;
}

const Verb verb_pin = {
	"pin", run, 0, 1, "[DIR]", N_("make a directory of yours one that a container may have"), OPTION_TABLE(Options, rows),
	"pin --for 2h ~/work",
};
