/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include "cli/ask.h"
#include "cli/client.h"
#include "cli/compose.h"
#include "cli/init-adapt.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/policy.h"
#include "cli/variant.h"
#include "cli/yaml-write.h"
#include "dbus/names.h"

typedef struct Adapting {
	Cli *cli;
	JsonObject *tree, *existing;
	JsonArray *checks;
	GPtrArray *changes;
} Adapting;

/* The section at "rules.mounts", made where it is not there. */
static JsonObject *section(JsonObject *tree, const char *first, const char *second)
{
	if (!json_object_has_member(tree, first))
		json_object_set_object_member(tree, first, json_object_new());
	JsonNode *node = json_object_get_member(tree, first);
	if (!JSON_NODE_HOLDS_OBJECT(node))
		return NULL;
	return second ? section(json_node_get_object(node), second, NULL) : json_node_get_object(node);
}

static char *join(JsonObject *object, const char *name)
{
	JsonNode *node = object && json_object_has_member(object, name) ? json_object_get_member(object, name) : NULL;
	g_autoptr(GString) joined = g_string_new("");

	for (guint i = 0; node && JSON_NODE_HOLDS_ARRAY(node) && i < json_array_get_length(json_node_get_array(node)); i++) {
		JsonNode *element = json_array_get_element(json_node_get_array(node), i);
		if (json_node_get_value_type(element) == G_TYPE_STRING)
			g_string_append_printf(joined, "%s%s", i ? ", " : "", json_node_get_string(element));
	}
	return g_string_free(g_steal_pointer(&joined), FALSE);
}

/* The words of an answer as the new list of `object`; false: nothing was said, or the input ended (*ret_code). */
static bool ask_list(const Adapting *adapting, const char *question, JsonObject *object, const char *name, int *ret_code)
{
	g_autofree char *line = ask_line(question);
	g_autoptr(JsonArray) list = json_array_new();

	if (!line) {
		*ret_code = output_error(adapting->cli, EXIT_UNDONE, "cancelled", _("no answer: nothing was changed"));
		return false;
	}
	if (!*line)
		return false;
	g_auto(GStrv) words = g_strsplit_set(line, " ,\t", -1);
	for (char **word = words; *word; word++)
		if (**word && strcmp(*word, "-") != 0)
			json_array_add_string_element(list, *word);
	json_object_set_array_member(object, name, g_steal_pointer(&list));
	g_autofree char *joined = join(object, name);
	g_ptr_array_add(adapting->changes, g_strdup_printf("%s: %s", name, *joined ? joined : _("none")));
	return true;
}

/* "registry.example.com/team/app:1" -> "registry.example.com" */
static char *registry_of(const char *image)
{
	const char *slash = strchr(image, '/');
	g_autofree char *first = slash ? g_strndup(image, (gsize)(slash - image)) : g_strdup("");

	return strpbrk(first, ".:") || !strcmp(first, "localhost") ? g_steal_pointer(&first) : g_strdup("docker.io");
}

/* Of the a{st} of images, in a variant. */
static void add_registries(sd_bus_message *reply, GHashTable *seen, GString *names)
{
	const char *image;
	uint64_t count;

	if (sd_bus_message_enter_container(reply, 'v', "a{st}") < 0 || sd_bus_message_enter_container(reply, 'a', "{st}") < 0)
		return;
	while (sd_bus_message_read(reply, "{st}", &image, &count) > 0) {
		char *registry = registry_of(image);
		if (g_hash_table_add(seen, registry))
			g_string_append_printf(names, "%s%s", names->len ? ", " : "", registry);
	}
}

/* By the audit trail; nothing, when that may not be read without a password. */
static char *registries_in_use(Cli *cli)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_AUDIT, "Stats"), *reply = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GString) names = g_string_new("");
	const char *field;

	if (!call || sd_bus_message_append(call, "a{sv}", 0) < 0 || client_call(cli, call, &reply, &error) != 0) {
		sd_bus_error_free(&error);
		return g_strdup("");
	}
	bool more = sd_bus_message_enter_container(reply, 'a', "{sv}") >= 0;
	while (more && sd_bus_message_enter_container(reply, 'e', "sv") > 0 && sd_bus_message_read_basic(reply, 's', &field) > 0) {
		if (!strcmp(field, "images")) {
			add_registries(reply, seen, names);
			break;
		}
		more = sd_bus_message_skip(reply, "v") >= 0 && sd_bus_message_exit_container(reply) >= 0;
	}
	sd_bus_message_unref(reply);
	return g_string_free(g_steal_pointer(&names), FALSE);
}

static int ask_registries(const Adapting *adapting)
{
	JsonObject *images = section(adapting->tree, "rules", "images");
	int code = 0;

	if (!images)
		return 0;
	g_autofree char *now = join(images, "allowed_registries"), *used = registries_in_use(adapting->cli), *clean = output_clean(used);
	(void)printf(_("\nImages may come from: %s\n"), *now ? now : _("anywhere"));
	if (*clean)
		(void)printf(_("In use until now: %s\n"), clean);
	(void)ask_list(adapting, _("From which registries? (a list; Enter: as it is)"), images, "allowed_registries", &code);
	return code;
}

/* What stands between a container's root and the host in this directory. */
static const char *state_of(const char *directory)
{
	struct stat status;
	struct statvfs mount;

	if (stat(directory, &status) < 0)
		return _("is not there, or not for your eyes");
	if (!(status.st_mode & (S_IRWXG | S_IRWXO)))
		return _("closed: only root gets in");
	if (statvfs(directory, &mount) == 0 && (mount.f_flag & ST_NOSUID) && (mount.f_flag & ST_NODEV))
		return _("nosuid and nodev: what is left there does nothing");
	return _("open: a container's root may not write there (chmod 700, or a mount with nosuid,nodev)");
}

static int ask_directories(const Adapting *adapting)
{
	JsonObject *mounts = section(adapting->tree, "rules", "mounts"), *wanted = NULL;
	int code = 0;

	if (!mounts)
		return 0;
	if (adapting->existing)
		wanted = json_object_get_object_member(adapting->existing, "mounts");
	g_autofree char *now = join(mounts, "allowed"), *used = join(wanted, "allowed");
	(void)printf(_("\nContainers may write to: %s\n"), *now ? now : _("nothing that is listed"));
	if (*used)
		(void)printf(_("Existing ones write to: %s\n"), used);
	(void)puts(_("Whoever on the host can enter such a directory may start there what a container's root left behind.  Closing it (chmod 700) keeps\n"
		   "everybody but root and containers out; nosuid,nodev on its mount lets others in, and set-uid programs and devices do nothing there."));
	if (!ask_list(adapting, _("To which directories? (a list; -: none; Enter: as it is)"), mounts, "allowed", &code))
		return code;
	for (guint i = 0; i < json_array_get_length(json_object_get_array_member(mounts, "allowed")); i++) {
		const char *directory = json_array_get_string_element(json_object_get_array_member(mounts, "allowed"), i);
		(void)printf("  %s: %s\n", directory, state_of(directory));
	}
	return 0;
}

static bool check_is(const Adapting *adapting, const char *name, const char *status)
{
	for (guint i = 0; i < json_array_get_length(adapting->checks); i++) {
		JsonObject *check = json_array_get_object_element(adapting->checks, i);
		if (!strcmp(json_object_get_string_member(check, "name"), name))
			return !strcmp(json_object_get_string_member(check, "status"), status);
	}
	return false;
}

/* 0 and whether it is wanted. */
static int ask_flag(const Adapting *adapting, const char *question, const char *change, bool *ret)
{
	Answer answer = ask_yes(question);

	*ret = answer == ANSWER_YES;
	if (answer == ANSWER_NONE)
		return output_error(adapting->cli, EXIT_UNDONE, "cancelled", _("no answer: nothing was changed"));
	if (*ret)
		g_ptr_array_add(adapting->changes, g_strdup(change));
	return 0;
}

static int ask_pins(const Adapting *adapting)
{
	JsonObject *mounts = section(adapting->tree, "rules", "mounts");
	bool wanted;

	if (!mounts || !g_strcmp0(json_object_get_string_member_with_default(mounts, "pin", ""), "own"))
		return 0;
	int code = ask_flag(adapting, _("\nMay people mount directories of their own, as pins (docs/PINS.md)?"), _("pins: own directories"), &wanted);
	if (wanted)
		json_object_set_string_member(mounts, "pin", "own");
	return code;
}

static int ask_scans(const Adapting *adapting)
{
	const bool scanner = check_is(adapting, "trivy", "ok") || check_is(adapting, "grype", "ok");
	JsonObject *scanning = section(adapting->tree, "settings", "image_scanning");
	bool wanted;

	if (!scanner)
		(void)puts(_("\nNo scanner for known holes is installed (trivy, grype): install one, then put settings.image_scanning into the policy."));
	if (!scanner || !scanning || json_object_get_boolean_member_with_default(scanning, "enabled", FALSE))
		return 0;
	int code = ask_flag(adapting, _("\nDeny images with critical holes? They are scanned when they come."), _("images with critical findings are denied"), &wanted);
	if (wanted) {
		json_object_set_boolean_member(scanning, "enabled", TRUE);
		json_object_set_int_member(scanning, "max_critical", 0);
	}
	return code;
}

/* Sections that were only looked into. */
static void drop_empty(JsonObject *tree)
{
	static const char *const sections[][2] = { { "rules", "images" }, { "rules", "mounts" }, { "settings", "image_scanning" } };

	for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
		JsonObject *outer = json_object_has_member(tree, sections[i][0]) ? json_object_get_object_member(tree, sections[i][0]) : NULL;
		JsonNode *inner = outer && json_object_has_member(outer, sections[i][1]) ? json_object_get_member(outer, sections[i][1]) : NULL;
		if (inner && JSON_NODE_HOLDS_OBJECT(inner) && !json_object_get_size(json_node_get_object(inner)))
			json_object_remove_member(outer, sections[i][1]);
	}
}

/* The policy under a name of its own: the template stays what it is. */
static int make(const Adapting *adapting, const char *policy, Adapted *ret)
{
	g_autofree char *question = g_strdup_printf(_("\nWhat is the new policy called? [%s-here]"), policy), *line = ask_line(question);
	g_autoptr(GString) yaml = g_string_new("");
	sd_bus_message *reply = NULL;

	if (!line)
		return output_error(adapting->cli, EXIT_UNDONE, "cancelled", _("no answer: nothing was changed"));
	ret->name = *line ? g_strdup(line) : g_strconcat(policy, "-here", NULL);
	json_object_set_string_member(adapting->tree, "name", ret->name);
	json_object_remove_member(adapting->tree, "tests"); /* they are about the template */
	drop_empty(adapting->tree);
	g_string_append_printf(yaml, "# Made of %s by sentinel init.\n", policy);
	yaml_write(yaml, adapting->tree);
	int code = policy_call(adapting->cli, "Check", yaml->str, NULL, &reply);
	if (code == 0)
		code = policy_read_errors(adapting->cli, reply, ret->name);
	sd_bus_message_unref(reply);
	if (code == 0)
		ret->yaml = g_string_free(g_steal_pointer(&yaml), FALSE);
	return code;
}

int init_adapt(Cli *cli, const char *policy, JsonObject *existing, JsonArray *checks, Adapted *ret)
{
	g_autofree char *text = NULL, *problem = NULL;
	Answer answer = ask_yes(_("\nAdapt it to this machine (registries, directories, pins, scans)?"));

	*ret = (Adapted){ .changes = g_ptr_array_new_with_free_func(g_free) };
	if (answer == ANSWER_NONE)
		return output_error(cli, EXIT_UNDONE, "cancelled", _("no answer: nothing was changed"));
	int code = answer == ANSWER_YES ? policy_get(cli, policy, &text) : 0;
	if (code != 0 || !text)
		return code;
	g_autoptr(JsonNode) root = yaml_tree(text, strlen(text), &problem);
	if (!root)
		return output_error(cli, EXIT_UNDONE, "policy_invalid", _("%s: %s; adapt it with: sentinel policy edit"), policy, problem);
	const Adapting adapting = { cli, json_node_get_object(root), existing, checks, ret->changes };
	if ((code = ask_registries(&adapting)) == 0 && (code = ask_directories(&adapting)) == 0 && (code = ask_pins(&adapting)) == 0)
		code = ask_scans(&adapting);
	return code == 0 && ret->changes->len ? make(&adapting, policy, ret) : code;
}

void init_adapt_clear(Adapted *adapted)
{
	g_free(adapted->name);
	g_free(adapted->yaml);
	if (adapted->changes)
		g_ptr_array_unref(adapted->changes);
}
