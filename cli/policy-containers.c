/* SPDX-License-Identifier: MIT
 *
 * policy containers: which of those that exist a policy would not let start again, and what an administrator could write.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli/client.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "cli/policy.h"
#include "cli/variant.h"
#include "cli/verb.h"
#include "dbus/names.h"

static JsonArray *read_reasons(sd_bus_message *reply)
{
	JsonArray *reasons = json_array_new();
	const char *rule, *message;

	if (sd_bus_message_enter_container(reply, 'a', "(ss)") < 0)
		return reasons;
	while (sd_bus_message_read(reply, "(ss)", &rule, &message) > 0) {
		JsonObject *reason = json_object_new();
		output_set_text(reason, "rule", rule);
		output_set_text(reason, "message", message);
		json_array_add_object_element(reasons, reason);
	}
	(void)sd_bus_message_exit_container(reply);
	return reasons;
}

static int read_denied(sd_bus_message *reply, JsonArray *denied)
{
	const char *name, *image;
	int r = sd_bus_message_enter_container(reply, 'a', "(ssa(ss))");

	while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "ssa(ss)")) > 0) {
		JsonObject *container = json_object_new();
		json_array_add_object_element(denied, container);
		r = sd_bus_message_read(reply, "ss", &name, &image);
		if (r < 0)
			break;
		output_set_text(container, "name", name);
		output_set_text(container, "image", image);
		json_object_set_array_member(container, "reasons", read_reasons(reply));
		r = sd_bus_message_exit_container(reply);
	}
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int read_lists(sd_bus_message *reply, JsonObject *lists)
{
	const char *key;
	int r = sd_bus_message_enter_container(reply, 'a', "{sas}");

	while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sas")) > 0) {
		r = sd_bus_message_read_basic(reply, 's', &key);
		JsonArray *paths = r < 0 ? NULL : variant_read_strings(reply);
		if (!paths)
			return r < 0 ? r : -EBADMSG;
		json_object_set_array_member(lists, key, paths);
		r = sd_bus_message_exit_container(reply);
	}
	return r;
}

static int read_judged(sd_bus_message *reply, JsonObject *judged)
{
	JsonArray *denied = json_array_new();
	JsonObject *mounts = json_object_new();
	const char *policy;
	uint32_t count;
	int more, r = sd_bus_message_read(reply, "sub", &policy, &count, &more);

	json_object_set_array_member(judged, "denied", denied);
	json_object_set_object_member(judged, "mounts", mounts);
	if (r < 0)
		return r;
	output_set_text(judged, "policy", policy);
	json_object_set_int_member(judged, "judged", count);
	json_object_set_boolean_member(judged, "more", more != 0);
	r = read_denied(reply, denied);
	return r < 0 ? r : read_lists(reply, mounts);
}

/* Docker is away, or its containers are not for this caller. */
static bool is_unknown(const sd_bus_error *error)
{
	return sd_bus_error_has_name(error, SENTINEL_ERROR_PREFIX "Unavailable") || sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED);
}

int policy_judge_containers(Cli *cli, const char *name, JsonObject **ret, bool *ret_unknown)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_MANAGER, "JudgeContainers"), *reply = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	bool unknown = false;

	if (!call)
		return EXIT_UNDONE;
	int r = *name ? sd_bus_message_append(call, "a{sv}", 1, "policy", "s", name) : sd_bus_message_append(call, "a{sv}", 0);
	if (r < 0) {
		sd_bus_message_unref(call);
		return client_bad_answer(cli, r);
	}
	int code = client_call(cli, call, &reply, &error);
	if (code != 0 && sd_bus_error_is_set(&error)) {
		unknown = ret_unknown && is_unknown(&error);
		code = unknown ? 0 : client_explain(cli, &error);
	}
	sd_bus_error_free(&error);
	if (ret_unknown)
		*ret_unknown = unknown;
	if (code == 0 && !unknown) {
		g_autoptr(JsonObject) judged = json_object_new();
		r = read_judged(reply, judged);
		if (r < 0)
			code = client_bad_answer(cli, r);
		else
			*ret = g_steal_pointer(&judged);
	}
	sd_bus_message_unref(reply);
	return code;
}

/* As an item of a list in brackets. */
static char *yaml_item(const char *text)
{
	static const char plain[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "/._-+@=";

	if (*text && !text[strspn(text, plain)])
		return g_strdup(text);
	GString *quoted = g_string_new("\"");
	for (const char *at = text; *at; at++)
		g_string_append_printf(quoted, "%s%c", *at == '"' || *at == '\\' ? "\\" : "", *at);
	g_string_append_c(quoted, '"');
	return g_string_free(quoted, FALSE);
}

static void print_lists(const char *policy, JsonObject *lists)
{
	static const char *const keys[] = { "allowed", "allowed_read_only" };

	if (!json_object_get_size(lists))
		return;
	(void)printf("\nNothing was changed.  If containers may have these directories, an administrator adds them (sudo sentinel policy edit %s):\n", policy);
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		JsonArray *paths = json_object_has_member(lists, keys[i]) ? json_object_get_array_member(lists, keys[i]) : NULL;
		for (guint p = 0; paths && p < json_array_get_length(paths); p++) {
			g_autofree char *item = yaml_item(json_array_get_string_element(paths, p)), *first = g_strdup_printf("  to rules.mounts.%s: ", keys[i]);
			(void)printf("%s%s", p ? ", " : first, item);
		}
		if (paths)
			(void)puts("");
	}
}

void policy_print_containers(const Cli *cli, JsonObject *judged)
{
	JsonArray *denied = json_object_get_array_member(judged, "denied");
	const char *policy = json_object_get_string_member(judged, "policy");
	guint count = json_array_get_length(denied);

	(void)printf("Policy %s would deny the next start of %u of %" G_GINT64_FORMAT " containers%s\n", policy, count, json_object_get_int_member(judged, "judged"),
		json_object_get_boolean_member(judged, "more") ? " (the newest; there are more)" : "");
	for (guint i = 0; i < count; i++) {
		JsonObject *container = json_array_get_object_element(denied, i);
		JsonArray *reasons = json_object_get_array_member(container, "reasons");
		g_autofree char *name = output_paint(cli, PAINT_BOLD, json_object_get_string_member(container, "name"));
		(void)printf("  %s (%s)\n", name, json_object_get_string_member(container, "image"));
		for (guint r = 0; r < json_array_get_length(reasons); r++) {
			JsonObject *reason = json_array_get_object_element(reasons, r);
			(void)printf("    %s (%s)\n", json_object_get_string_member(reason, "message"), json_object_get_string_member(reason, "rule"));
		}
	}
	print_lists(policy, json_object_get_object_member(judged, "mounts"));
}

static int run(Cli *cli, const void *options)
{
	g_autoptr(JsonObject) judged = NULL;
	int code = client_connect(cli);

	(void)options;
	if (code == 0)
		code = policy_judge_containers(cli, cli->word_count ? cli->words[0] : "", &judged, NULL);
	if (code != 0)
		return code;
	guint denied = json_array_get_length(json_object_get_array_member(judged, "denied"));
	if (cli->json) {
		output_object(denied == 0, json_object_ref(judged));
	} else {
		pager_open(cli);
		policy_print_containers(cli, judged);
	}
	return denied ? EXIT_DENIED : EXIT_DONE;
}

const Verb verb_policy_containers = {
	"policy containers", run, 0, 1, "[NAME]", N_("show which containers that exist a policy would not let start again"), { 0 },
	"policy containers strict", N_("a container would be denied"),
};
