/* SPDX-License-Identifier: MIT
 *
 * audit show: everything about one decision, or one administrative event.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/audit.h"
#include "cli/client.h"
#include "cli/language.h"
#include "cli/output.h"
#include "cli/pager.h"
#include "cli/when.h"
#include "dbus/names.h"

/* A line of the answer; what is empty is left out. */
static void say(const Cli *cli, const char *name, const char *text)
{
	g_autofree char *label = g_strdup_printf("%-10s", name), *painted = output_paint(cli, PAINT_BOLD, label),
			*clean = output_clean(text);

	if (*text)
		(void)printf("%s  %s\n", painted, clean);
}

static const char *text_of(JsonObject *object, const char *name)
{
	return json_object_get_string_member_with_default(object, name, "");
}

static JsonArray *array_of(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static guint length_of(JsonObject *object, const char *name)
{
	JsonArray *array = array_of(object, name);

	return array ? json_array_get_length(array) : 0;
}

static void say_findings(const Cli *cli, JsonObject *record)
{
	for (guint i = 0; i < length_of(record, "findings"); i++) {
		JsonObject *finding = json_array_get_object_element(array_of(record, "findings"), i);
		bool blocks = !strcmp(text_of(finding, "action"), "block");
		g_autofree char *rule = output_clean(text_of(finding, "rule")), *message = output_clean(text_of(finding, "message"));
		g_autofree char *action = output_paint(cli, blocks ? PAINT_RED : PAINT_YELLOW, text_of(finding, "action"));
		g_autofree char *references = output_clean(text_of(finding, "references"));
		(void)printf("  %s  [%s] %s (%s%s%s)\n", action, text_of(finding, "severity"), message, rule, *references ? "; " : "", references);
	}
}

static void say_waived(JsonObject *record)
{
	for (guint i = 0; i < length_of(record, "waived"); i++) {
		JsonObject *waived = json_array_get_object_element(array_of(record, "waived"), i);
		g_autofree char *rule = output_clean(text_of(waived, "rule")), *reason = output_clean(text_of(waived, "reason"));
		(void)printf("  set aside by an exception: %s (%s)\n", rule, reason);
	}
}

/* Only what works when it is typed: the service says whether there could be one. */
static void offer_exception(Cli *cli, JsonObject *entry)
{
	sd_bus_message *call = client_call_new(cli, SENTINEL_INTERFACE_POLICIES, "Except"), *reply = NULL;
	sd_bus_error error = SD_BUS_ERROR_NULL;

	if (!call)
		return;
	if (sd_bus_message_append(call, "ta{sv}", audit_id(entry), 1, "reason", "s", "-") < 0)
		sd_bus_message_unref(call);
	else if (client_call(cli, call, &reply, &error) == 0 && reply)
		(void)printf("  → or an administrator makes an exception of it: sentinel policy except %" PRIu64 " --reason TEXT\n", audit_id(entry));
	sd_bus_error_free(&error);
	sd_bus_message_unref(reply);
}

/* What would make it pass. */
static void say_way_out(Cli *cli, JsonObject *entry, JsonObject *record)
{
	bool denied = !strcmp(text_of(record, "decision"), "denied");

	if (length_of(entry, "fixes"))
		say(cli, denied ? "To pass" : "Advice", "change the call:");
	for (guint i = 0; i < length_of(entry, "fixes"); i++) {
		g_autofree char *fix = output_clean(json_array_get_string_element(array_of(entry, "fixes"), i));
		(void)printf("  → %s\n", fix);
	}
	if (denied && *text_of(record, "fit"))
		(void)printf("  → or an administrator lets exactly this call through once: sentinel grant create %" PRIu64 " --reason '...'\n",
			audit_id(entry));
	if (denied)
		offer_exception(cli, entry);
}

static void say_list(const Cli *cli, JsonObject *record, const char *label, const char *name)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < length_of(record, name); i++)
		g_string_append_printf(text, "%s%s", i ? ", " : "", json_array_get_string_element(array_of(record, name), i));
	say(cli, label, text->str);
}

/* Which of all that had this name. */
static void say_policy(const Cli *cli, JsonObject *record)
{
	g_autofree char *which = g_strdup_printf("%s (generation %" PRId64 ", digest %s...)", text_of(record, "policy"),
		json_object_get_int_member_with_default(record, "generation", 0), text_of(record, "digest"));

	say(cli, "Policy", *text_of(record, "digest") ? which : text_of(record, "policy"));
}

static void say_score(const Cli *cli, JsonObject *record)
{
	g_autofree char *score = g_strdup_printf("%" PRId64 " of 100, the policy allows %" PRId64,
		json_object_get_int_member_with_default(record, "score", 0),
		json_object_get_int_member_with_default(record, "max_score", 0));

	say(cli, "Score", score);
}

static void say_all(Cli *cli, JsonObject *entry, JsonObject *record)
{
	static const struct {
		const char *label, *name;
	} texts[] = {
		{ "Command", "command" },
		{ "Runs", "argv" },
		{ "Image", "image" },
		{ "Container", "container" },
		{ "About", "subject" },
		{ "Mode", "mode" },
		{ "Call", "endpoint" },
		{ "Socket", "socket" },
		{ "Program", "program" },
		{ "Caller in", "caller_container" },
	};
	const char *decision = text_of(record, "decision"), *user = text_of(record, "user");
	g_autofree char *id = g_strdup_printf("%" PRIu64, audit_id(entry)),
			*time = time_show(json_object_get_int_member_with_default(record, "time", 0));
	g_autofree char *path = g_strdup_printf("%s %s", text_of(record, "method"), text_of(record, "uri"));
	g_autofree char *took = g_strdup_printf("%" PRId64 " µs", json_object_get_int_member_with_default(record, "duration_us", 0));
	g_autofree char *painted = output_paint(cli,
		!strcmp(decision, "denied")   ? PAINT_RED
		: !strcmp(decision, "warned") ? PAINT_YELLOW
					      : PAINT_GREEN,
		decision);
	g_autofree char *grant = g_strdup_printf("%" PRId64, json_object_get_int_member_with_default(record, "grant", 0));

	g_autofree char *memory = g_format_size_full((guint64)json_object_get_int_member_with_default(record, "memory", 0), G_FORMAT_SIZE_IEC_UNITS);

	(void)printf("Decision %s: %s\n", id, painted);
	say(cli, "Time", time);
	say(cli, "User", *user ? user : "not known");
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		say(cli, texts[i].label, text_of(record, texts[i].name));
	say_policy(cli, record);
	say_list(cli, record, "Ports", "ports");
	say_list(cli, record, "Volumes", "volumes");
	if (json_object_has_member(record, "memory"))
		say(cli, "Memory", memory);
	say(cli, "Path", path);
	say_score(cli, record);
	say(cli, "Took", took);
	if (json_object_has_member(record, "grant"))
		say(cli, "Grant", grant);
	if (length_of(record, "findings") + length_of(record, "waived"))
		say(cli, "Reasons", "what the policy found:");
	say_findings(cli, record);
	say_waived(record);
	if (json_object_has_member(record, "truncated"))
		(void)printf("  and more, for which a line had no room\n");
	say_way_out(cli, entry, record);
}

/* What an event was about, as its kind has it. */
static void say_details(const Cli *cli, JsonObject *record)
{
	JsonNode *node = json_object_get_member(record, "details");
	g_autoptr(GList) names = node && JSON_NODE_HOLDS_OBJECT(node) ? json_object_get_members(json_node_get_object(node)) : NULL;

	for (const GList *at = names; at; at = at->next) {
		JsonNode *value = json_object_get_member(json_node_get_object(node), at->data);
		const bool time = (!strcmp(at->data, "first") || !strcmp(at->data, "last")) && JSON_NODE_HOLDS_VALUE(value);
		g_autofree char *text = time						? time_show(json_node_get_int(value))
					: !JSON_NODE_HOLDS_VALUE(value)			? json_to_string(value, FALSE)
					: json_node_get_value_type(value) == G_TYPE_STRING ? g_strdup(json_node_get_string(value))
											   : g_strdup_printf("%" PRId64, json_node_get_int(value));
		g_autofree char *name = output_clean(at->data);
		say(cli, name, text);
	}
}

static void say_event(const Cli *cli, JsonObject *entry, JsonObject *record)
{
	static const struct {
		const char *label, *name;
	} texts[] = { { "What", "command" }, { "Image", "image" }, { "About", "subject" } };
	const char *user = text_of(record, "user");
	g_autofree char *time = time_show(json_object_get_int_member_with_default(record, "time", 0)), *kind = output_clean(text_of(entry, "kind"));

	(void)printf("Event %" PRIu64 ": %s\n", audit_id(entry), kind);
	say(cli, "Time", time);
	say(cli, "User", *user ? user : "none");
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		say(cli, texts[i].label, text_of(record, texts[i].name));
	say_details(cli, record);
}

/* The line of the trail, every field of it. */
static JsonNode *parse_record(JsonObject *entry)
{
	return json_from_string(text_of(entry, "record"), NULL);
}

static int show(Cli *cli, JsonObject *entry)
{
	g_autoptr(JsonNode) node = parse_record(entry);

	if (!node || !JSON_NODE_HOLDS_OBJECT(node))
		return client_bad_answer(cli, -1);
	JsonObject *record = json_node_get_object(node);
	if (!cli->json) {
		pager_open(cli);
		if (audit_is_event(entry))
			say_event(cli, entry, record);
		else
			say_all(cli, entry, record);
		return EXIT_DONE;
	}
	if (array_of(entry, "fixes"))
		json_object_set_array_member(record, "fixes", json_array_ref(array_of(entry, "fixes")));
	output_object(true, json_object_ref(record));
	return EXIT_DONE;
}

static int run(Cli *cli, const void *options)
{
	static const AuditFilter all = { 0 };
	static const AuditTimes ever = { 0 };
	g_autoptr(JsonArray) entries = NULL;
	uint64_t id;

	(void)options;
	if (!audit_read_id(cli->words[0], &id))
		return output_error(cli, EXIT_USAGE, "usage",
			"audit show %s: expected the number of a decision or an event, as the denial and sentinel audit list have it", cli->words[0]);
	int code = client_connect(cli);
	if (code == 0)
		code = audit_query(cli, &(AuditPage){ .filter = &all, .times = &ever, .limit = 1, .before = id + 1, .whole = true }, &entries);
	if (code != 0)
		return code;
	if (!json_array_get_length(entries) || audit_id(json_array_get_object_element(entries, 0)) != id)
		return output_error(cli, EXIT_UNDONE, "not_found",
			"there is no decision %" PRIu64 " here that you may see: it was removed, or is somebody else's", id);
	return show(cli, json_array_get_object_element(entries, 0));
}

const Verb verb_audit_show = {
	"audit show", run, 1, 1, "ID", N_("show everything about one decision or event"), { 0 },
	"audit show 4711",
};
