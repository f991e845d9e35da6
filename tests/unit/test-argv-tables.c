/* SPDX-License-Identifier: MIT
 *
 * The tables of docker's commands: they hold together, and docs/COMMANDS.md is what they say.
 * SENTINEL_WRITE_DOCS=1 writes it.
 */
#include <string.h>
#include "base/text.h"
#include "policy/rules.h"
#include "request/argv/commands/commands.h"
#include "request/argv/commands/verbs.h"
#include "request/endpoint.h"

static const CommandTable *const tables[] = { &container_commands, &image_commands, &swarm_commands, &other_commands };

static const char intro[] =
	"# The docker commands that `sentinel validate` reads\n\n"
	"Made from the tables that read them (`daemon/request/argv/commands/`); docker CLI 28.5 with buildx 0.29 is the model.\n"
	"Every command has `--help`; in front of the command stand docker's own flags (`--host`, `--context`, `--debug`, ...).\n"
	"\"Judged as\" is the call whose decision is shown. `docker compose`, `docker buildx bake` and `docker stack deploy` ask for many\n"
	"things at once, which their files say: validate what they run.\n\n"
	"`docker build` and `docker builder ...` are BuildKit's (`docker buildx build`) unless `DOCKER_BUILDKIT=0` is set or the plugin is not\n"
	"installed. An update of a service is judged by what the line says: the rest of the service is not known.\n\n"
	"Where \"judged as\" says \"for each\", every name makes a call of its own; calls after \"then\" follow, if the flags say so (`ID` is what\n"
	"was just made). All of them are judged: what is shown is the first that is denied, else the one with the highest score. Pulling for\n"
	"`docker run` counts when `--pull always` is set or Docker says that it does not have the image. What a stack holds is not known:\n"
	"`docker stack rm` is judged as the removal of a service of its name.\n\n"
	"A builder of the driver docker-container is a privileged container, `buildx_buildkit_NAME0`: `docker buildx create`, `inspect --bootstrap` and\n"
	"`build --builder NAME` (or `BUILDX_BUILDER`) are judged as its creation, also when it is made only later. Which builder `docker buildx use`\n"
	"has chosen stands in the caller's files and is not known. `build --network host` and `--allow network.host` are judged as the classic build with\n"
	"the host's network, too, `--allow security.insecure` and `--allow device` as a privileged container.\n";

static void each_command(void (*visit)(const Command *command, void *data), void *data)
{
	for (size_t t = 0; t < G_N_ELEMENTS(tables); t++)
		for (size_t i = 0; i < tables[t]->count; i++)
			visit(&tables[t]->commands[i], data);
}

static void find_flag(const Command *command, void *data)
{
	const FlagTable *table = command_flags(command);
	const char **name = data;

	for (size_t i = 0; *name && i < table->count; i++)
		if (!strcmp(table->flags[i].name, *name))
			*name = NULL;
}

/* What a finding names on the command line is a flag that docker has. */
static void test_rules(void)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const char *flag = rule_catalogue[i].flag, *name = g_str_has_prefix(flag, "--") ? flag + strlen("--") : NULL;
		g_test_message("%s: %s", rule_catalogue[i].id, flag);
		g_assert_true(name || !*flag);
		each_command(find_flag, &name);
		g_assert_null(name);
	}
}

/* What writes calls can name it. */
static bool has_name(const Flag *flag)
{
	for (int i = 0; i < FLAG_NAME_COUNT; i++)
		if (!strcmp(flag_text((FlagName)i), flag->name))
			return true;
	return false;
}

static void check_flags(const Command *command, void *data G_GNUC_UNUSED)
{
	const FlagTable *table = command_flags(command);

	for (size_t i = 0; i < table->count; i++) {
		const Flag *flag = &table->flags[i];
		bool same = !flag->same;
		g_test_message("%s --%s", command->words, flag->name);
		g_assert_nonnull(flag->type);
		g_assert_true(has_name(flag));
		g_assert_cmpuint(strlen(flag->type->expected), >, 0);
		for (size_t j = 0; j < table->count; j++) {
			g_assert_true(i == j || strcmp(flag->name, table->flags[j].name) != 0);
			g_assert_true(i == j || !flag->letter || flag->letter != table->flags[j].letter);
			same = same || (!strcmp(flag->same, table->flags[j].name) && flag->type == table->flags[j].type);
		}
		g_assert_true(same);
	}
}

static void check_call(const Command *command, void *data G_GNUC_UNUSED)
{
	g_autoptr(Arena) arena = arena_new();
	const char *hole = strchrnul(command->path, '{'), *subject;
	const char *path = arena_printf(arena, "%.*s%s%s", (int)(hole - command->path), command->path, *hole ? "x" : "", *hole ? hole + 2 : "");

	g_test_message("%s: %s %s", command->words, command->method, path);
	g_assert_cmpuint(command->least, <=, command->most);
	g_assert_true(!strcmp(command->method, "GET") || endpoint_find(command->method, path, arena, &subject));
}

/* Names make calls of their own, except where what follows the first one is no name. */
static void check_each(const Command *command, void *data G_GNUC_UNUSED)
{
	static const char *const others[] = { "container exec|exec", "container top|top", "plugin set", "container stats|stats" };
	bool several = command->most == SIZE_MAX && strstr(command->path, "{}");

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		if (!strcmp(others[i], command->words))
			return;
	g_test_message("%s", command->words);
	g_assert_cmpint(command->each, ==, several);
}

static void check_steps(const Command *command, void *data G_GNUC_UNUSED)
{
	g_autoptr(Arena) arena = arena_new();
	const char *subject;

	for (size_t i = 0; command->steps && i < command->steps->count; i++) {
		const Step *step = &command->steps->steps[i];
		g_auto(GStrv) parts = g_strsplit(step->path, "{}", -1);
		g_autofree char *path = g_strjoinv("x", parts);
		g_test_message("%s: %s %s", command->words, step->method, path);
		g_assert_nonnull(endpoint_find(step->method, path, arena, &subject));
	}
}

static void add_spellings(const Command *command, void *data)
{
	g_auto(GStrv) spellings = g_strsplit(command->words, "|", -1);

	for (size_t i = 0; spellings[i]; i++)
		g_assert_true(g_hash_table_add(data, g_strdup(spellings[i])));
}

static void test_tables(void)
{
	g_autoptr(GHashTable) spellings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	each_command(check_flags, NULL);
	each_command(check_call, NULL);
	each_command(check_each, NULL);
	each_command(check_steps, NULL);
	each_command(add_spellings, spellings);
	g_assert_true(g_hash_table_contains(spellings, "run") && g_hash_table_contains(spellings, "container run"));
}

static void describe(const Command *command, void *data)
{
	const FlagTable *table = command_flags(command);
	g_auto(GStrv) spellings = g_strsplit(command->words, "|", -1);
	g_autofree char *names = g_strjoinv(", docker ", spellings);
	Buffer *out = data;

	buffer_printf(out, "\n## docker %s\n\n", names);
	if (command->expected && *command->expected)
		buffer_printf(out, "`%s`; ", command->expected);
	buffer_printf(out, "judged as `%s %s`%s%s", command->method, command->path, command->each ? " for each" : "",
		command->unread ? "; its flags are the plugin's" : "");
	for (size_t i = 0; command->steps && i < command->steps->count; i++)
		buffer_printf(out, "%s `%s %s`", i ? "," : ", then", command->steps->steps[i].method, command->steps->steps[i].path);
	buffer_puts(out, "\n");
	for (size_t i = 0; i < table->count; i++) {
		const Flag *flag = &table->flags[i];
		buffer_puts(out, i ? ", `" : "\n`");
		if (flag->letter)
			buffer_printf(out, "-%c, ", flag->letter);
		buffer_printf(out, "--%s%s`", flag->name, flag->type->is_switch ? "" : "=");
	}
	if (table->count)
		buffer_puts(out, "\n");
}

static void test_document(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *path = g_build_filename(g_getenv("G_TEST_SRCDIR"), "../../docs/COMMANDS.md", NULL), *text = NULL;
	Buffer out = BUFFER_INIT(arena);

	buffer_puts(&out, intro);
	each_command(describe, &out);
	if (g_getenv("SENTINEL_WRITE_DOCS"))
		g_assert_true(g_file_set_contents(path, out.data, -1, NULL));
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	if (strcmp(text, out.data) != 0)
		g_error("docs/COMMANDS.md is not what the tables say: run this test with SENTINEL_WRITE_DOCS=1");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/argv-tables/tables", test_tables);
	g_test_add_func("/argv-tables/rules", test_rules);
	g_test_add_func("/argv-tables/document", test_document);
	return g_test_run();
}
