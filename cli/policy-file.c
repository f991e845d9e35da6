/* SPDX-License-Identifier: MIT
 *
 * policy validate, policy digest: files, not the service's policies.  A private sentineld reads them unless
 * a bus is asked for, so that they work on a build machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/limits.h"
#include "cli/client.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/verb.h"
#include "dbus/names.h"

#define FILE_MODE 0644
/* A little more than the service takes. */
#define LARGEST_FILE ((gsize)LIMIT_POLICY_BYTES + 1)

static char *read_stream(FILE *stream, gsize *ret_length)
{
	GString *text = g_string_new("");
	char block[65536];
	size_t got;

	do {
		got = fread(block, 1, MIN(sizeof block, LARGEST_FILE - text->len), stream);
		g_string_append_len(text, block, (gssize)got);
	} while (text->len < LARGEST_FILE && !feof(stream) && !ferror(stream));
	*ret_length = text->len;
	return g_string_free(text, FALSE);
}

int policy_read_file(const Cli *cli, const char *file, char **ret)
{
	gsize length = 0;
	bool input = !strcmp(file, "-");
	FILE *stream = input ? stdin : fopen(file, "re");

	*ret = NULL;
	if (!stream)
		return output_error(cli, EXIT_USAGE, "usage", "cannot read %s: %s", file, g_strerror(errno));
	g_autofree char *text = read_stream(stream, &length);
	bool failed = ferror(stream) != 0;
	if (!input)
		(void)fclose(stream);
	if (failed)
		return output_error(cli, EXIT_USAGE, "usage", "cannot read %s", file);
	if (length > LIMIT_POLICY_BYTES)
		return output_error(cli, EXIT_DENIED, "policy_invalid", "%s: the file is too large, a policy has at most %u bytes", file, LIMIT_POLICY_BYTES);
	if (strlen(text) != length || !g_utf8_validate(text, (gssize)length, NULL))
		return output_error(cli, EXIT_DENIED, "policy_invalid", "%s: the file is not UTF-8 text", file);
	*ret = g_steal_pointer(&text);
	return 0;
}

int policy_write_file(const Cli *cli, const char *file, const char *text, bool force)
{
	const int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), FILE_MODE);
	const size_t length = strlen(text);

	if (fd < 0 && errno == EEXIST)
		return output_error(cli, EXIT_USAGE, "usage", "there is a file %s already; name another one, or add --force", file);
	ssize_t written = fd < 0 ? -1 : write(fd, text, length);
	int failed = written < 0 || (size_t)written != length ? errno : 0;
	if (fd >= 0 && close(fd) != 0 && !failed)
		failed = errno;
	return fd < 0 || failed ? output_error(cli, EXIT_UNDONE, "failed", "cannot write %s: %s", file, g_strerror(failed ? failed : errno)) : 0;
}

static void add_diagnostic(JsonArray *array, uint32_t line, uint32_t column, const char *severity, const char *message)
{
	JsonObject *object = json_object_new();

	json_object_set_int_member(object, "line", line);
	json_object_set_int_member(object, "column", column);
	output_set_text(object, "severity", severity);
	output_set_text(object, "message", message);
	json_array_add_object_element(array, object);
}

int policy_read_diagnostics(const Cli *cli, sd_bus_message *reply, const char *file, JsonArray *array)
{
	const char *name, *severity, *message;
	uint32_t line, column;
	int errors = 0, r = sd_bus_message_enter_container(reply, 'a', "(suuss)");

	while (r >= 0 && (r = sd_bus_message_read(reply, "(suuss)", &name, &line, &column, &severity, &message)) > 0) {
		bool error = !strcmp(severity, "error");
		errors += error;
		if (array)
			add_diagnostic(array, line, column, severity, message);
		if (!cli->json && line)
			(void)printf("%s:%u:%u: %s%s\n", file, line, column, error ? "" : "warning: ", message);
		else if (!cli->json)
			(void)printf("%s: %s%s\n", file, error ? "" : "warning: ", message);
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return r < 0 ? r : errors;
}

int policy_connect_for_files(Cli *cli)
{
	if (!cli->bus)
		cli->local = TRUE;
	return client_connect(cli);
}

/* What checks a text. */
typedef struct CheckCall {
	const char *interface, *member;
} CheckCall;

static int send_check(Cli *cli, const CheckCall *check, const char *text, sd_bus_message **ret_reply)
{
	sd_bus_message *call = client_call_new(cli, check->interface, check->member);

	if (!call)
		return EXIT_UNDONE;
	if (sd_bus_message_append_basic(call, 's', text) >= 0)
		return client_call(cli, call, ret_reply, NULL);
	sd_bus_message_unref(call);
	return output_error(cli, EXIT_USAGE, "usage", "the text cannot be sent");
}

/* An exit code; `ret_said`: it was an error that has been told, with --json as the one answer. */
static int validate_file(Cli *cli, const CheckCall *check, const char *file, JsonArray *files, bool *ret_said)
{
	g_autofree char *text = NULL;
	sd_bus_message *reply = NULL;
	int code = policy_read_file(cli, file, &text);

	*ret_said = code != 0;
	if (code != 0)
		return code;
	JsonArray *diagnostics = json_array_new();
	JsonObject *object = json_object_new();
	code = send_check(cli, check, text, &reply);
	int errors = code == 0 ? policy_read_diagnostics(cli, reply, file, diagnostics) : 0;

	sd_bus_message_unref(reply);
	output_set_text(object, "file", file);
	json_object_set_boolean_member(object, "valid", code == 0 && errors == 0);
	json_object_set_array_member(object, "diagnostics", diagnostics);
	json_array_add_object_element(files, object);
	*ret_said = code != 0 || errors < 0;
	if (code != 0)
		return code;
	if (errors < 0)
		return client_bad_answer(cli, errors);
	if (!cli->json && !errors)
		(void)printf("%s: valid\n", file);
	return errors ? EXIT_DENIED : EXIT_DONE;
}

int policy_check_files(Cli *cli, const char *interface, const char *member)
{
	const CheckCall check = { interface, member };
	int worst = policy_connect_for_files(cli);
	JsonArray *files = json_array_new();
	bool said = worst != 0;

	for (int i = 0; !said && i < cli->word_count; i++) {
		int code = validate_file(cli, &check, cli->words[i], files, &said);
		worst = MAX(worst, code);
		said &= cli->json; /* people are told about the other files as well */
	}
	if (cli->json && !said)
		output_array(worst == EXIT_DONE, "files", files);
	else
		json_array_unref(files);
	return worst;
}

static int run_validate(Cli *cli, const void *options)
{
	(void)options;
	return policy_check_files(cli, SENTINEL_INTERFACE_POLICIES, "Check");
}

const Verb verb_policy_validate = {
	"policy validate", run_validate, 1, -1, "FILE...", N_("check policy files: FILE:LINE:COL: message"), { 0 },
	"policy validate ./policy.yaml", N_("a file does not load"), .answer = true, .alone = true,
};

/* What is wrong with a file is said with its name. */
static int ask_digest(Cli *cli, const char *name, const char *text, sd_bus_message **ret_reply)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, "ProfileDigest");
	sd_bus_error error = SD_BUS_ERROR_NULL;

	if (!call)
		return EXIT_UNDONE;
	(void)sd_bus_message_append_basic(call, 's', text);
	int code = client_call(cli, call, ret_reply, &error);
	if (code != 0 && sd_bus_error_has_name(&error, SENTINEL_ERROR_PREFIX "InvalidArgs"))
		code = output_error(cli, EXIT_USAGE, "usage", "%s: %s", name, error.message);
	else if (code != 0 && sd_bus_error_is_set(&error))
		code = client_explain(cli, &error);
	sd_bus_error_free(&error);
	return code;
}

static int run_digest(Cli *cli, const void *options)
{
	int code = policy_connect_for_files(cli);
	g_autoptr(JsonArray) digests = json_array_new();

	(void)options;
	for (int i = 0; code == 0 && i < cli->word_count; i++) {
		g_autofree char *text = NULL;
		sd_bus_message *reply = NULL;
		const char *digest = "";
		code = policy_read_file(cli, cli->words[i], &text);
		if (code == 0)
			code = ask_digest(cli, cli->words[i], text, &reply);
		if (code == 0 && sd_bus_message_read_basic(reply, 's', &digest) < 0)
			code = client_bad_answer(cli, -EBADMSG);
		if (code == 0 && !cli->json)
			(void)printf("%s  %s\n", digest, cli->words[i]);
		json_array_add_string_element(digests, digest);
		sd_bus_message_unref(reply);
	}
	if (code == 0 && cli->json)
		output_array(true, "digests", json_array_ref(digests));
	return code;
}

const Verb verb_policy_digest = {
	"policy digest", run_digest, 1, -1, "FILE...", N_("say by which name a policy allows a seccomp profile"), { 0 },
	"policy digest ./seccomp.json", .alone = true,
};
