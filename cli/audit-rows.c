/* SPDX-License-Identifier: MIT
 *
 * Entries as lines of a table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/audit.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/when.h"

#define COLUMNS 7u
#define FOLLOWS_US (10 * G_USEC_PER_SEC) /* how long after a create call the docker client sends what belongs to it */
#define PRECEDES_US (2 * G_USEC_PER_SEC) /* ... and how long before a call it asks who is there */

static const char *text_of(JsonObject *entry, const char *name)
{
	return json_object_get_string_member_with_default(entry, name, "");
}

static int64_t number_of(JsonObject *entry, const char *name)
{
	return json_object_get_int_member_with_default(entry, name, 0);
}

static JsonArray *findings_of(JsonObject *entry)
{
	return json_object_has_member(entry, "findings") ? json_object_get_array_member(entry, "findings") : NULL;
}

/* What blocks weighs more than what does not. */
static int weight_of(JsonObject *finding)
{
	static const char *const severities[] = { "low", "medium", "high", "critical" };
	const char *severity = text_of(finding, "severity");
	int weight = !strcmp(text_of(finding, "action"), "block") ? (int)G_N_ELEMENTS(severities) : 0;

	for (int i = 0; i < (int)G_N_ELEMENTS(severities); i++)
		if (!strcmp(severity, severities[i]))
			return weight + i;
	return weight;
}

bool audit_is_event(JsonObject *entry)
{
	return strcmp(json_object_get_string_member_with_default(entry, "kind", "decision"), "decision") != 0;
}

JsonObject *audit_worst(JsonObject *entry)
{
	JsonArray *findings = findings_of(entry);
	JsonObject *worst = NULL;

	for (guint i = 0; findings && i < json_array_get_length(findings); i++) {
		JsonObject *finding = json_array_get_object_element(findings, i);
		if (!worst || weight_of(finding) > weight_of(worst))
			worst = finding;
	}
	return worst;
}

static bool is_one_of(JsonObject *entry, const char *const *endpoints)
{
	return g_strv_contains(endpoints, text_of(entry, "endpoint"));
}

/* Nothing is hidden that was not simply let through. */
static bool is_plain(JsonObject *entry)
{
	JsonArray *findings = findings_of(entry);

	return !strcmp(text_of(entry, "decision"), "allowed") && (!findings || !json_array_get_length(findings));
}

/* What docker run and docker exec send behind the call that says what runs. */
static bool is_follower(JsonObject *entry, JsonObject *leader)
{
	static const char *const of_run[] = { "container.attach", "container.wait", "container.start", "container.resize", NULL };
	static const char *const of_exec[] = { "exec.start", "exec.resize", "exec.inspect", NULL };
	static const char *const creates[] = { "container.create", NULL }, *const execs[] = { "exec.create", NULL };

	return is_plain(entry) &&
	       ((is_one_of(entry, of_run) && is_one_of(leader, creates)) || (is_one_of(entry, of_exec) && is_one_of(leader, execs)));
}

/* The row that an entry belongs to: of the same user, a moment before or (a ping) after it.  `rows` is newest first, with `at` the entry's
 * own. */
static int leader_of(const GArray *rows, guint at)
{
	static const char *const ping[] = { "system.ping", NULL };
	JsonObject *entry = g_array_index(rows, AuditRow, at).entry;
	const bool is_ping = is_one_of(entry, ping);
	const int step = is_ping ? -1 : 1;

	if (!is_plain(entry))
		return -1;
	for (int i = (int)at + step; i >= 0 && i < (int)rows->len; i += step) {
		JsonObject *other = g_array_index(rows, AuditRow, i).entry;
		int64_t apart = number_of(entry, "time") - number_of(other, "time");
		if (apart > FOLLOWS_US || apart < -PRECEDES_US)
			return -1;
		if (strcmp(text_of(entry, "user"), text_of(other, "user")) != 0)
			continue;
		if (is_ping ? !is_one_of(other, ping) : is_follower(entry, other))
			return i;
	}
	return -1;
}

GArray *audit_rows(JsonArray *entries, bool fold)
{
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(AuditRow));
	GArray *rows = g_array_new(FALSE, TRUE, sizeof(AuditRow));

	for (guint i = 0; i < json_array_get_length(entries); i++) {
		const AuditRow row = { json_array_get_object_element(entries, i), 0 };
		g_array_append_val(all, row);
	}
	g_autofree int *leaders = g_new(int, all->len + 1);
	for (guint i = 0; i < all->len; i++) {
		leaders[i] = fold ? leader_of(all, i) : -1;
		int last = leaders[i];
		/* A ping before a call that is itself folded belongs to where that went. */
		for (unsigned hops = 0; last >= 0 && last < (int)i && leaders[last] >= 0 && hops < all->len; hops++)
			last = leaders[last];
		if (last >= 0)
			g_array_index(all, AuditRow, last).folded++;
	}
	for (guint i = 0; i < all->len; i++)
		if (leaders[i] < 0)
			g_array_append_val(rows, g_array_index(all, AuditRow, i));
	return rows;
}

/* Without what stands for the image's own words (request/runs.h), which audit show tells. */
static const char *words_given(const char *argv)
{
	static const char *const marks[] = { "[] ", "<image>", " " };

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		if (g_str_has_prefix(argv, marks[i]))
			argv += strlen(marks[i]);
	return argv;
}

static void add_row(GPtrArray *cells, const AuditRow *row)
{
	JsonObject *entry = row->entry, *worst = audit_worst(entry);
	const char *user = text_of(entry, "user"), *command = text_of(entry, "command"), *argv = words_given(text_of(entry, "argv"));

	g_ptr_array_add(cells, g_strdup_printf("%" G_GINT64_FORMAT, number_of(entry, "id")));
	g_ptr_array_add(cells, time_show(number_of(entry, "time")));
	g_ptr_array_add(cells, g_strdup(text_of(entry, audit_is_event(entry) ? "kind" : "decision")));
	g_ptr_array_add(cells, audit_is_event(entry) ? g_strdup("-") : g_strdup_printf("%" G_GINT64_FORMAT, number_of(entry, "score")));
	g_ptr_array_add(cells, g_strdup(*user ? user : "-"));
	g_autofree char *line = *argv ? g_strdup_printf("%s %s", command, argv) : g_strdup(command);
	g_ptr_array_add(cells, row->folded ? g_strdup_printf("%s (+%u)", line, row->folded) : g_strdup(line));
	g_ptr_array_add(cells, g_strdup(worst ? text_of(worst, "message") : ""));
}

void audit_print_rows(Cli *cli, const GArray *rows, guint count)
{
	static const char *const heading[COLUMNS] = { "ID", "TIME", "DECISION", "SCORE", "USER", "COMMAND", "REASON" };
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < COLUMNS; i++)
		g_ptr_array_add(cells, g_strdup(heading[i]));
	for (guint i = 0; i < rows->len && i < count; i++)
		add_row(cells, &g_array_index(rows, AuditRow, i));
	table_print(cli, cells, COLUMNS);
}
