/* SPDX-License-Identifier: MIT
 *
 * scan, scan-secrets: a job of the service's, waited for.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/scan.h"
#include "cli/variant.h"
#include "cli/verb.h"
#include "cli/waiting.h"
#include "dbus/names.h"

#define LOOK_US ((uint64_t)500 * 1000)
#define CANCEL_US ((uint64_t)10 * 1000 * 1000) /* whoever interrupts does not want to wait for long */

typedef struct Options {
	char *scanner, *max_critical, *max_high, *max_medium, *format, *output;
	gboolean fail_on, signatures;
} Options;

static const Option rows[] = {
	OPTION(Options, scanner, "scanner", 0, "SCANNERS", "trivy, grype, scout; several with commas"),
	OPTION(Options, fail_on, "fail-on", 0, NULL, "exit status 1 for a critical or high finding, or by --max-..."),
	OPTION(Options, max_critical, "max-critical", 0, "N", "exit status 1 when more are critical"),
	OPTION(Options, max_high, "max-high", 0, "N", "... when more are high"),
	OPTION(Options, max_medium, "max-medium", 0, "N", "... when more are medium"),
	OPTION(Options, format, "format", 0, "REPORT", "table, json, sarif or cyclonedx", .fallback = "table"),
	OPTION(Options, output, "output", 'o', "FILE", "write FILE, whole or not at all; another format than table"),
	OPTION(Options, signatures, "signatures", 0, NULL, "check its signatures, as the policy asks for; exit status 1: not signed"),
};

typedef struct SecretOptions {
	char *scanner, *format, *output;
	gboolean fail_on;
} SecretOptions;

static const Option secret_rows[] = {
	OPTION(SecretOptions, scanner, "scanner", 0, "DETECTORS", "builtin, trufflehog, gitleaks, trivy; several with commas"),
	OPTION(SecretOptions, fail_on, "fail-on-secrets", 0, NULL, "exit status 1 when there are any"),
	OPTION(SecretOptions, format, "format", 0, "REPORT", "table, json or sarif; without the secrets themselves", .fallback = "table"),
	OPTION(SecretOptions, output, "output", 'o', "FILE", "write FILE, whole or not at all; another format than table"),
};

/* What is scanned for, and by whom. */
typedef struct Aim {
	bool secrets, signatures;
	const char *scanners; /* NULL: those of the service */
	ScanThresholds limits;
	ScanAnswer answer;
} Aim;

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static const char *service(const Cli *cli)
{
	return cli->local ? NULL : SENTINEL_BUS_NAME;
}

static int append_scanners(sd_bus_message *call, const char *names)
{
	g_auto(GStrv) words = g_strsplit(names, ",", -1);
	int r;

	if ((r = sd_bus_message_open_container(call, 'e', "sv")) < 0 || (r = sd_bus_message_append_basic(call, 's', "scanners")) < 0 ||
		(r = sd_bus_message_open_container(call, 'v', "as")) < 0 || (r = sd_bus_message_append_strv(call, words)) < 0 ||
		(r = sd_bus_message_close_container(call)) < 0)
		return r;
	return sd_bus_message_close_container(call);
}

static int append_options(sd_bus_message *call, const Aim *aim)
{
	int r = sd_bus_message_open_container(call, 'a', "{sv}");

	if (r >= 0)
		r = sd_bus_message_append(call, "{sv}{sv}", "secrets", "b", (int)aim->secrets, "attached", "b", 1);
	if (r >= 0 && aim->signatures)
		r = sd_bus_message_append(call, "{sv}", "signatures", "b", 1);
	if (r >= 0 && aim->scanners)
		r = append_scanners(call, aim->scanners);
	return r < 0 ? r : sd_bus_message_close_container(call);
}

/* The path of the job. */
static int start(Cli *cli, const Aim *aim, char **ret_job)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "Scan"), *reply = NULL;
	const char *job = NULL;
	int r;

	if (!call)
		return EXIT_UNDONE;
	r = sd_bus_message_append_basic(call, 's', cli->words[0]);
	if (r >= 0)
		r = append_options(call, aim);
	if (r < 0) {
		sd_bus_message_unref(call);
		return output_error(cli, EXIT_USAGE, "usage", "the name of the image cannot be sent: %s", g_strerror(-r));
	}
	int code = client_call(cli, call, &reply, NULL);
	if (code == 0 && (r = sd_bus_message_read_basic(reply, 'o', &job)) < 0)
		code = client_bad_answer(cli, r);
	*ret_job = g_strdup(job);
	sd_bus_message_unref(reply);
	return code;
}

static void show_progress(const Cli *cli, const char *job)
{
	uint32_t percent = 0;

	if (!waiting_is_shown(cli))
		return;
	if (sd_bus_get_property_trivial(cli->connection, service(cli), job, SENTINEL_INTERFACE_JOB, "Progress", NULL, 'u', &percent) < 0)
		return;
	char *phase = NULL;
	(void)sd_bus_get_property_string(cli->connection, service(cli), job, SENTINEL_INTERFACE_JOB, "Phase", NULL, &phase);
	g_autofree char *scanned = g_strdup_printf(_("scanning %s"), cli->words[0]);
	g_autofree char *what = phase && *phase ? g_strdup_printf("%s (%s)", scanned, phase) : g_strdup(scanned);
	free(phase);
	waiting_draw(what, percent);
}

static void end_progress(const Cli *cli)
{
	if (waiting_is_shown(cli))
		waiting_wipe();
}

/* Signals of the job only wake this up; what counts is its state. */
static int on_signal(sd_bus_message *message, void *data, sd_bus_error *error)
{
	(void)message;
	(void)data;
	(void)error;
	return 0;
}

/* A second interrupt must not tear the call: timeout(1) sends two, and who leaves before the answer has the calls dropped. */
static int cancel(Cli *cli, const char *job)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *call = NULL;
	sigset_t ends;

	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGINT);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &ends, NULL);
	int r = sd_bus_message_new_method_call(cli->connection, &call, service(cli), job, SENTINEL_INTERFACE_JOB, "Cancel");
	if (r >= 0)
		r = sd_bus_call(cli->connection, call, CANCEL_US, &error, NULL);
	sd_bus_message_unref(call);
	int code = r >= 0 ? output_error(cli, EXIT_UNDONE, "cancelled", "interrupted; the scan is cancelled")
		: output_error(cli, EXIT_UNDONE, "cancelled", "interrupted; the scan goes on, it cannot be cancelled: %s", error.message ? error.message : g_strerror(-r));
	sd_bus_error_free(&error);
	return code;
}

static int wait_for(Cli *cli, const char *job)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	g_autofree char *state = NULL;
	int r = 0;

	while (r >= 0 && !interrupted) {
		char *word = NULL;
		r = sd_bus_get_property_string(cli->connection, service(cli), job, SENTINEL_INTERFACE_JOB, "State", &error, &word);
		g_free(state);
		state = word;
		if (r < 0 || !strcmp(state, "done") || !strcmp(state, "cancelled"))
			break;
		show_progress(cli, job);
		while (r >= 0 && (r = sd_bus_process(cli->connection, NULL)) > 0)
			;
		if (r >= 0 && (r = sd_bus_wait(cli->connection, LOOK_US)) == -EINTR)
			r = 0;
	}
	end_progress(cli);
	if (interrupted) {
		sd_bus_error_free(&error);
		return cancel(cli, job);
	}
	if (r < 0) {
		int code = sd_bus_error_is_set(&error) ? client_explain(cli, &error) : output_error(cli, EXIT_UNDONE, "unreachable", "sentineld is gone: %s", g_strerror(-r));
		sd_bus_error_free(&error);
		return code;
	}
	return !g_strcmp0(state, "done") ? 0 : output_error(cli, EXIT_UNDONE, "cancelled", "the scan was cancelled");
}

static int get_result(Cli *cli, const char *job, JsonObject **ret)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	int r = sd_bus_get_property(cli->connection, service(cli), job, SENTINEL_INTERFACE_JOB, "Result", &error, &reply, "a{sv}");

	if (r < 0) {
		int code = client_explain(cli, &error);
		sd_bus_error_free(&error);
		return code;
	}
	*ret = variant_read_dict(reply);
	sd_bus_message_unref(reply);
	return *ret ? 0 : client_bad_answer(cli, -EBADMSG);
}

static int scan(Cli *cli, const Aim *aim)
{
	const struct sigaction action = { .sa_handler = on_interrupt };
	g_autofree char *job = NULL;
	JsonObject *result = NULL;
	int code = client_connect(cli);

	if (code == 0)
		(void)sd_bus_match_signal_async(cli->connection, NULL, service(cli), NULL, SENTINEL_INTERFACE_JOB, NULL, on_signal, NULL, NULL);
	if (code != 0 || (code = start(cli, aim, &job)) != 0)
		return code;
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	code = wait_for(cli, job);
	if (code == 0)
		code = get_result(cli, job, &result);
	if (code == 0)
		code = scan_report(cli, result, aim->secrets, &aim->limits, &aim->answer);
	if (result)
		json_object_unref(result);
	return code;
}

static int read_limit(const Cli *cli, const char *name, const char *text, int64_t *ret)
{
	guint64 value = 0;

	if (text && !g_ascii_string_to_unsigned(text, 10, 0, INT32_MAX, &value, NULL))
		return output_error(cli, EXIT_USAGE, "usage", "--%s %s: expected a number from 0", name, text);
	*ret = text ? (int64_t)value : -1;
	return 0;
}

/* What goes with what, before anything is scanned. */
static int read_answer(const Cli *cli, const char *format, const char *output, bool secrets, ScanAnswer *ret)
{
	*ret = (ScanAnswer){ .format = SCAN_TABLE, .output = output };
	if (format && !scan_format_parse(format, &ret->format))
		return output_error(cli, EXIT_USAGE, "usage", "--format %s: expected table, json, sarif%s", format, secrets ? "" : " or cyclonedx");
	if (secrets && ret->format == SCAN_CYCLONEDX)
		return output_error(cli, EXIT_USAGE, "usage", "--format cyclonedx: it has no place for secrets; expected table, json or sarif");
	if (output && ret->format == SCAN_TABLE)
		return output_error(cli, EXIT_USAGE, "usage", "--output needs --format json, sarif or cyclonedx");
	if (cli->json && ret->format != SCAN_TABLE && !output)
		return output_error(cli, EXIT_USAGE, "usage", "--json with --format needs --output FILE: two answers do not mix");
	return 0;
}

static int run(Cli *cli, const void *data)
{
	const Options *options = data;
	Aim aim = { .scanners = options->scanner, .limits = { .fail_on = options->fail_on } };
	ScanThresholds *limits = &aim.limits;
	int code = read_answer(cli, options->format, options->output, false, &aim.answer);

	if (code == 0)
		code = read_limit(cli, "max-critical", options->max_critical, &limits->max_critical);
	if (code == 0)
		code = read_limit(cli, "max-high", options->max_high, &limits->max_high);
	if (code == 0)
		code = read_limit(cli, "max-medium", options->max_medium, &limits->max_medium);
	if (code != 0)
		return code;
	if (options->signatures) {
		aim.signatures = true;
		*limits = (ScanThresholds){ .fail_on = TRUE, .any_secret = TRUE, .max_critical = -1, .max_high = -1, .max_medium = -1 };
		return scan(cli, &aim);
	}
	bool named = options->max_critical || options->max_high || options->max_medium;
	if (limits->fail_on && !named)
		limits->max_critical = limits->max_high = 0;
	limits->fail_on = limits->fail_on || named;
	return scan(cli, &aim);
}

const Verb verb_scan = {
	"scan", run, 1, 1, "IMAGE", N_("look for known vulnerabilities in an image that Docker has"), OPTION_TABLE(Options, rows),
	"scan --max-critical 0 nginx:latest", N_("more was found than is allowed, or with --signatures: it is not signed"), .answer = true,
};

static int run_secrets(Cli *cli, const void *data)
{
	const SecretOptions *options = data;
	Aim aim = {
		.secrets = true,
		.scanners = options->scanner,
		.limits = { .fail_on = options->fail_on, .any_secret = TRUE, .max_critical = -1, .max_high = -1, .max_medium = -1 },
	};
	int code = read_answer(cli, options->format, options->output, true, &aim.answer);

	return code != 0 ? code : scan(cli, &aim);
}

const Verb verb_scan_secrets = {
	"scan-secrets", run_secrets, 1, 1, "IMAGE", N_("look for secrets in it"), OPTION_TABLE(SecretOptions, secret_rows),
	"scan-secrets --fail-on-secrets myapp:latest", N_("secrets were found"), .answer = true,
};
