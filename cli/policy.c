/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "cli/policy.h"
#include "cli/verb.h"
#include "cli/when.h"
#include "dbus/names.h"

int policy_call(Cli *cli, const char *member, const char *first, const char *second, sd_bus_message **ret_reply)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, member);

	if (!call)
		return EXIT_UNDONE;
	int r = first ? sd_bus_message_append_basic(call, 's', first) : 0;
	if (r >= 0 && second)
		r = sd_bus_message_append_basic(call, 's', second);
	if (r >= 0)
		return client_call(cli, call, ret_reply, NULL);
	sd_bus_message_unref(call);
	return output_error(cli, EXIT_USAGE, "usage", "the text cannot be sent: %s", g_strerror(-r));
}

int policy_replace(Cli *cli, const char *name, const char *yaml, const char *before)
{
	g_autofree char *digest = before ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, before, -1) : NULL;
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, "Replace"), *reply = NULL;

	if (!call)
		return EXIT_UNDONE;
	int r = sd_bus_message_append(call, "sss", name, yaml, digest ? digest : "");
	if (r < 0) {
		sd_bus_message_unref(call);
		return output_error(cli, EXIT_USAGE, "usage", "the text cannot be sent: %s", g_strerror(-r));
	}
	int code = client_call(cli, call, &reply, NULL);
	sd_bus_message_unref(reply);
	return code;
}

int policy_get(Cli *cli, const char *name, char **ret)
{
	sd_bus_message *reply = NULL;
	const char *text;
	int code = policy_call(cli, "Get", name, NULL, &reply), r = code == 0 ? sd_bus_message_read_basic(reply, 's', &text) : 0;

	if (code == 0 && r >= 0)
		*ret = g_strdup(text);
	sd_bus_message_unref(reply);
	return code != 0 ? code : r < 0 ? client_bad_answer(cli, r) : 0;
}

bool policy_is_file(const char *word)
{
	return !strcmp(word, "-") || strchr(word, '/') || g_str_has_suffix(word, ".yaml") || g_str_has_suffix(word, ".yml");
}

int policy_read(Cli *cli, const char *word, char **ret)
{
	return policy_is_file(word) ? policy_read_file(cli, word, ret) : policy_get(cli, word, ret);
}

int policy_read_errors(const Cli *cli, sd_bus_message *reply, const char *file)
{
	const char *name, *severity, *message;
	uint32_t line, column;
	int code = 0, r = sd_bus_message_enter_container(reply, 'a', "(suuss)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(suuss)", &name, &line, &column, &severity, &message)) > 0)
		if (code == 0 && !strcmp(severity, "error"))
			code = output_error(cli, EXIT_UNDONE, "policy_invalid", "%s:%u:%u: %s", file, line, column, message);
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return code != 0 ? code : r < 0 ? client_bad_answer(cli, r) : 0;
}

int policy_read_counts(sd_bus_message *reply, JsonObject *ret)
{
	const char *name;
	uint64_t count;
	int r = sd_bus_message_enter_container(reply, 'a', "{st}");

	while (r >= 0 && (r = sd_bus_message_read(reply, "{st}", &name, &count)) > 0)
		json_object_set_int_member(ret, name, (gint64)count);
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

int policy_append_time(const Cli *cli, sd_bus_message *call, const char *name, const char *text)
{
	int64_t us;

	if (!text)
		return 0;
	if (!time_parse(text, &us))
		return output_error(cli, EXIT_USAGE, "usage", "--%s %s: expected a time such as 7d, 12h or 2026-01-31", name, text);
	return sd_bus_message_append(call, "{sv}", name, "t", (uint64_t)us) < 0 ? EXIT_UNDONE : 0;
}

int policy_append_file(const Cli *cli, sd_bus_message *call, const char *file)
{
	if (!file)
		return 0;
	const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return output_error(cli, EXIT_USAGE, "usage", "cannot read %s: %s", file, g_strerror(errno));
	int r = sd_bus_message_append(call, "{sv}", "file", "h", fd);
	(void)close(fd);
	return r < 0 ? output_error(cli, EXIT_UNDONE, "failed", "the file cannot be sent: %s", g_strerror(-r)) : 0;
}

int policy_append_duration(const Cli *cli, sd_bus_message *call, const char *text)
{
	int64_t us;

	if (!text)
		return 0;
	if (!span_parse(text, &us) || us < G_USEC_PER_SEC)
		return output_error(cli, EXIT_USAGE, "usage", "--for %s: expected how long, such as 12h or 30d", text);
	return sd_bus_message_append(call, "{sv}", "duration", "t", (uint64_t)us / G_USEC_PER_SEC) < 0 ? EXIT_UNDONE : 0;
}

int policy_active(Cli *cli, char **ret)
{
	int code = client_property(cli, "ActivePolicy", ret);

	if (code == 0 && !**ret)
		code = output_error(cli, EXIT_UNDONE, "lockdown", "there is no valid policy in force; see: sentinel authz status");
	return code;
}

static int print_policy(Cli *cli, const char *name, sd_bus_message *reply)
{
	const char *yaml;
	int r = sd_bus_message_read_basic(reply, 's', &yaml);

	if (r < 0)
		return client_bad_answer(cli, r);
	if (!cli->json) {
		pager_open(cli);
		(void)fputs(yaml, stdout);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	output_set_text(data, "name", name);
	output_set_text(data, "yaml", yaml);
	output_object(true, data);
	return EXIT_DONE;
}

typedef struct Options {
	gboolean coverage;
} Options;

static const Option rows[] = {
	OPTION(Options, coverage, "coverage", 0, NULL, "show what it enforces of the CIS Docker Benchmark and the Pod Security Standards"),
};

static int run_show(Cli *cli, const void *data)
{
	const Options *options = data;
	g_autofree char *name = cli->word_count ? g_strdup(cli->words[0]) : NULL;
	sd_bus_message *reply = NULL;
	int code = client_connect(cli);

	if (code == 0 && !name)
		code = policy_active(cli, &name);
	if (code == 0 && options->coverage)
		return policy_show_coverage(cli, name);
	if (code == 0)
		code = policy_call(cli, "Get", name, NULL, &reply);
	if (code == 0)
		code = print_policy(cli, name, reply);
	sd_bus_message_unref(reply);
	return code;
}

const Verb verb_policy_show = {
	"policy show", run_show, 0, 1, "[NAME]", N_("show a policy's file, by default the one in force"), OPTION_TABLE(Options, rows),
	"policy show production",
};

static int run_use(Cli *cli, const void *options)
{
	int code = client_connect(cli);

	(void)options;
	if (code == 0)
		code = policy_call(cli, "Use", cli->words[0], NULL, NULL);
	if (code != 0)
		return code;
	if (!cli->json) {
		(void)printf("Policy %s is in force\n", cli->words[0]);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	output_set_text(data, "active_policy", cli->words[0]);
	output_object(true, data);
	return EXIT_DONE;
}

const Verb verb_policy_use = {
	"policy use", run_use, 1, 1, "NAME", N_("put a policy in force"), { 0 },
	"policy use production", .answer = true,
};
