/* SPDX-License-Identifier: MIT
 *
 * The project: Docker's plugin knows all that Compose reads; without it a file in the common form is read here, and what is not is refused.
 */
#include <string.h>
#include "cli/compose.h"
#include "cli/input.h"
#include "cli/output.h"

#define LARGEST_FILE ((gsize)4 * 1024 * 1024)

static int not_known(const Cli *cli, const char *file, const char *why)
{
	return output_error(cli, EXIT_UNDONE, "not_known", "%s: %s; so it is not known what Compose would ask of Docker. With Docker's plugin installed (docker compose version) it is asked instead",
		file, why);
}

static int take_object(const Cli *cli, JsonNode *root, JsonObject **ret)
{
	JsonObject *object = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
	JsonNode *services = object ? json_object_get_member(object, "services") : NULL;

	if (!services || !JSON_NODE_HOLDS_OBJECT(services))
		return output_error(cli, EXIT_USAGE, "usage", "the project has no services");
	*ret = json_object_ref(object);
	return 0;
}

/* Compose doubles each $ in what it prints, so that it can be read again. */
static bool undouble(char *text)
{
	char *to = text;

	for (const char *at = text; *at; at++) {
		if (*at == '$') {
			at++;
			if (*at != '$')
				return false;
		}
		*to++ = *at;
	}
	*to = 0;
	return true;
}

static int ask_plugin(const Cli *cli, const ComposeLine *line, JsonObject **ret)
{
	static const char *const front[] = { "docker", "compose" }, *const end[] = { "config", "--format", "json" };
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *out = NULL, *problem = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonParser) parser = json_parser_new();
	int status = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(front); i++)
		g_ptr_array_add(argv, (void *)(uintptr_t)front[i]);
	for (guint i = 0; i < line->global->len; i++)
		g_ptr_array_add(argv, g_ptr_array_index(line->global, i));
	for (size_t i = 0; i < G_N_ELEMENTS(end); i++)
		g_ptr_array_add(argv, (void *)(uintptr_t)end[i]);
	g_ptr_array_add(argv, NULL);
	if (!g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &problem, &status, &error))
		return output_error(cli, EXIT_UNDONE, "not_known", "docker compose cannot be asked: %s", error->message);
	if (!g_spawn_check_wait_status(status, NULL))
		return output_error(cli, EXIT_USAGE, "usage", "docker compose config: %s", g_strchomp(problem));
	if (!undouble(out))
		return output_error(cli, EXIT_UNDONE, "not_known", "docker compose config answered with a $ that is not doubled: this Compose is not understood");
	if (!json_parser_load_from_data(parser, out, -1, &error))
		return output_error(cli, EXIT_UNDONE, "not_known", "docker compose config answered no JSON: %s", error->message);
	return take_object(cli, json_parser_get_root(parser), ret);
}

/* Compose's own choice, in this directory. */
static char *find_file(const ComposeLine *line, char **ret_problem)
{
	static const char *const names[] = { "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml" };
	static const char *const more[] = { "compose.override.yaml", "compose.override.yml", "docker-compose.override.yml", "docker-compose.override.yaml" };
	char *found = NULL;

	if (line->file)
		return g_strdup(line->file);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (!g_file_test(names[i], G_FILE_TEST_EXISTS))
			continue;
		if (found)
			*ret_problem = g_strdup_printf("there is %s, too: say which with --file", names[i]);
		else
			found = g_strdup(names[i]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(more); i++)
		if (g_file_test(more[i], G_FILE_TEST_EXISTS) && !*ret_problem)
			*ret_problem = g_strdup_printf("Compose would put %s over it", more[i]);
	return found;
}

/* What else changes what the file means. */
static char *surroundings(const ComposeLine *line, const char *directory)
{
	static const char *const names[] = { "COMPOSE_FILE", "COMPOSE_PROFILES", "COMPOSE_PROJECT_NAME", "COMPOSE_ENV_FILES" };
	g_autofree char *file = g_build_filename(directory, ".env", NULL), *text = NULL;

	if (line->files > 1)
		return g_strdup("Compose would put several files over one another");
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_getenv(names[i]))
			return g_strdup_printf("%s is set", names[i]);
	if (g_file_get_contents(file, &text, NULL, NULL) && strstr(text, "COMPOSE_"))
		return g_strdup(".env says something to Compose");
	return NULL;
}

static char *check_keys(JsonObject *project)
{
	static const char *const known[] = { "version", "name", "services", "networks", "volumes", "secrets", "configs", NULL };
	g_autoptr(GList) keys = json_object_get_members(project);

	for (const GList *at = keys; at; at = at->next)
		if (!g_strv_contains(known, at->data) && !g_str_has_prefix(at->data, "x-"))
			return g_strdup_printf("the key %s is not read", (const char *)at->data);
	return NULL;
}

/* compose-go cli/options.go: of the directory, in small letters. */
static void set_name(JsonObject *project, const ComposeLine *line, const char *directory)
{
	const char *said = line->project ? line->project : json_object_get_string_member_with_default(project, "name", NULL);
	g_autofree char *absolute = g_canonicalize_filename(directory, NULL), *base = said ? g_strdup(said) : g_path_get_basename(absolute), *small = g_ascii_strdown(base, -1);
	GString *name = g_string_new("");

	for (const char *at = small; *at; at++)
		if (g_ascii_isalnum(*at) || *at == '-' || *at == '_')
			g_string_append_c(name, *at);
	json_object_set_string_member(project, "name", name->str);
	json_object_set_string_member(project, "x-directory", absolute);
	json_object_set_boolean_member(project, "x-underscore", line->alone);
	(void)g_string_free(name, TRUE);
}

static int read_yaml(const Cli *cli, const ComposeLine *line, JsonObject **ret)
{
	g_autofree char *problem = NULL, *text = NULL;
	g_autofree char *file = find_file(line, &problem);
	g_autofree char *directory = line->directory ? g_strdup(line->directory) : file ? g_path_get_dirname(file) : NULL;
	g_autoptr(GError) error = NULL;
	gsize length = 0;

	if (!file)
		return output_error(cli, EXIT_USAGE, "usage", "there is no compose.yaml here; name the file: docker compose --file FILE up");
	if (!problem)
		problem = surroundings(line, directory);
	if (problem)
		return not_known(cli, file, problem);
	if (!g_file_get_contents(file, &text, &length, &error))
		return output_error(cli, EXIT_USAGE, "usage", "%s", error->message);
	g_autoptr(JsonNode) root = length <= LARGEST_FILE && g_utf8_validate(text, (gssize)length, NULL) ? compose_yaml(text, length, &problem) : NULL;
	int code = root ? take_object(cli, root, ret) : not_known(cli, file, problem ? problem : "it is no UTF-8 text of at most 4 MiB");
	if (code != 0)
		return code;
	problem = check_keys(*ret);
	set_name(*ret, line, directory);
	return problem ? not_known(cli, file, problem) : 0;
}

int compose_read_model(const Cli *cli, const ComposeLine *line, JsonObject **ret)
{
	return !line->alone && input_has_plugin("docker-compose") ? ask_plugin(cli, line, ret) : read_yaml(cli, line, ret);
}
