/* SPDX-License-Identifier: MIT
 *
 * metrics: counters for Prometheus, printed or as a file that node_exporter reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/verb.h"
#include "dbus/names.h"

#define TEXTFILE_MODE 0644

typedef struct Options {
	char *textfile;
} Options;

static const Option rows[] = {
	OPTION(Options, textfile, "textfile", 0, "FILE", "write FILE, whole or not at all, for the textfile collector of node_exporter"),
};

static int ask(Cli *cli, const char *format, sd_bus_message **ret_reply, const char **ret_text)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "Metrics");

	if (!call)
		return EXIT_UNDONE;
	if (sd_bus_message_append_basic(call, 's', format) < 0) {
		sd_bus_message_unref(call);
		return EXIT_UNDONE;
	}
	int code = client_call(cli, call, ret_reply, NULL), r = code == 0 ? sd_bus_message_read_basic(*ret_reply, 's', ret_text) : 0;

	return code != 0 ? code : r < 0 ? client_bad_answer(cli, r) : 0;
}

/* Who reads it meets the old one or the new one; the collector looks at *.prom alone. */
static int write_file(const Cli *cli, const char *file, const char *text)
{
	g_autofree char *temporary = g_strdup_printf("%s.XXXXXX", file);
	const size_t length = strlen(text);
	const int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, TEXTFILE_MODE);
	bool fine = fd >= 0 && write(fd, text, length) == (ssize_t)length && fchmod(fd, TEXTFILE_MODE) == 0;

	fine = (fd < 0 || close(fd) == 0) && fine && g_rename(temporary, file) == 0;
	if (fine)
		return 0;
	const int failed = errno;
	if (fd >= 0)
		(void)g_unlink(temporary);
	return output_error(cli, EXIT_UNDONE, "failed", "cannot write %s: %s", file, g_strerror(failed));
}

static int show(const Cli *cli, const char *file, const char *text)
{
	int code = file ? write_file(cli, file, text) : 0;

	if (code != 0)
		return code;
	if (!cli->json) {
		(void)fputs(file ? "" : text, stdout);
		return EXIT_DONE;
	}
	JsonObject *data = json_object_new();
	output_set_text(data, file ? "textfile" : "metrics", file ? file : text);
	output_object(true, data);
	return EXIT_DONE;
}

static int run_metrics(Cli *cli, const void *data)
{
	const Options *options = data;
	sd_bus_message *reply = NULL;
	const char *text = "";
	int code = client_connect(cli);

	if (code == 0)
		code = ask(cli, options->textfile ? "plain" : "openmetrics", &reply, &text);
	if (code == 0)
		code = show(cli, options->textfile, text);
	sd_bus_message_unref(reply);
	return code;
}

const Verb verb_metrics = {
	"metrics", run_metrics, 0, 0, "", N_("print counters for Prometheus, as OpenMetrics"), OPTION_TABLE(Options, rows),
	"metrics --textfile /var/lib/prometheus/node-exporter/sentinel.prom",
};
