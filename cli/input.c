/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>
#include "cli/input.h"
#include "cli/output.h"

#define LARGEST_FILE ((goffset)1024 * 1024)

void input_init(Input *input)
{
	*input = (Input){
		.env = g_ptr_array_new_with_free_func(g_free), .files = g_ptr_array_new_with_free_func(g_free),
		.unset = g_ptr_array_new_with_free_func(g_free),
	};
}

void input_clear(Input *input)
{
	g_ptr_array_unref(input->env);
	g_ptr_array_unref(input->files);
	g_ptr_array_unref(input->unset);
}

static int open_entry(sd_bus_message *call, const char *name, const char *contents)
{
	int r = sd_bus_message_open_container(call, 'e', "sv");

	if (r < 0 || (r = sd_bus_message_append_basic(call, 's', name)) < 0 || (r = sd_bus_message_open_container(call, 'v', contents)) < 0)
		return r;
	return sd_bus_message_open_container(call, 'a', contents + 1);
}

static int close_entry(sd_bus_message *call)
{
	int r = sd_bus_message_close_container(call);

	if (r < 0 || (r = sd_bus_message_close_container(call)) < 0)
		return r;
	return sd_bus_message_close_container(call);
}

static int append_file(sd_bus_message *call, const char *path, const char *content)
{
	int r;

	if ((r = sd_bus_message_open_container(call, 'e', "say")) < 0 || (r = sd_bus_message_append_basic(call, 's', path)) < 0 ||
		(r = sd_bus_message_append_array(call, 'y', content, strlen(content))) < 0)
		return r;
	return sd_bus_message_close_container(call);
}

int input_append(sd_bus_message *call, const Input *input)
{
	int r = input->asked ? open_entry(call, "env", "a{ss}") : 0;

	for (guint i = 0; r >= 0 && i + 1 < input->env->len; i += 2)
		r = sd_bus_message_append(call, "{ss}", g_ptr_array_index(input->env, i), g_ptr_array_index(input->env, i + 1));
	if (r < 0 || !input->asked || (r = close_entry(call)) < 0 || (r = open_entry(call, "unset", "as")) < 0)
		return r;
	for (guint i = 0; r >= 0 && i < input->unset->len; i++)
		r = sd_bus_message_append_basic(call, 's', g_ptr_array_index(input->unset, i));
	if (r < 0 || (r = close_entry(call)) < 0 || (r = open_entry(call, "files", "a{say}")) < 0)
		return r;
	for (guint i = 0; r >= 0 && i + 1 < input->files->len; i += 2)
		r = append_file(call, g_ptr_array_index(input->files, i), g_ptr_array_index(input->files, i + 1));
	return r < 0 ? r : close_entry(call);
}

static void add_pair(GPtrArray *pairs, const char *name, const char *content)
{
	g_ptr_array_add(pairs, g_strdup(name));
	g_ptr_array_add(pairs, g_strdup(content));
}

bool input_has_plugin(const char *name)
{
	static const char *const places[] = {
		"/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins", "/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins",
	};
	const char *directory = g_getenv("DOCKER_CONFIG");
	g_autofree char *own = directory && *directory ? g_build_filename(directory, "cli-plugins", name, NULL)
						       : g_build_filename(g_get_home_dir(), ".docker/cli-plugins", name, NULL);

	if (g_file_test(own, G_FILE_TEST_IS_EXECUTABLE))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autofree char *path = g_build_filename(places[i], name, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
			return true;
	}
	return false;
}

static void gather_variable(const char *name, Input *input)
{
	const char *value = g_getenv(name);

	/* Without the buildx plugin docker falls back to its classic builder (docker/cli cmd/docker/builder.go). */
	if (!strcmp(name, "DOCKER_BUILDKIT") && (!value || !*value) && !input_has_plugin("docker-buildx"))
		value = "0";
	if (value)
		add_pair(input->env, name, value);
	else
		g_ptr_array_add(input->unset, g_strdup(name));
}

static int gather_file(const Cli *cli, const char *path, Input *input)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *content = NULL;
	struct stat status;
	gsize length;

	for (guint i = 0; i < input->files->len; i += 2)
		if (!strcmp(g_ptr_array_index(input->files, i), path))
			return output_error(cli, EXIT_UNDONE, "failed", "sentineld asks twice for %s", path);
	if (stat(path, &status) == 0 && (!S_ISREG(status.st_mode) || status.st_size > LARGEST_FILE))
		return output_error(cli, EXIT_USAGE, "usage", "%s is not a file of at most 1 MiB", path);
	if (!g_file_get_contents(path, &content, &length, &error))
		return output_error(cli, EXIT_USAGE, "usage", "%s", error->message);
	if (strlen(content) != length)
		return output_error(cli, EXIT_USAGE, "usage", "%s is not a text file: there is a NUL in it", path);
	add_pair(input->files, path, content);
	return 0;
}

int input_gather(const Cli *cli, const char *list, Input *input)
{
	g_autoptr(JsonNode) node = json_from_string(list, NULL);
	JsonArray *names = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
	int code = names ? 0 : output_error(cli, EXIT_UNDONE, "failed", "sentineld asks for input in a way that is not understood: %s", list);

	input->asked = true;
	for (guint i = 0; names && code == 0 && i < json_array_get_length(names); i++) {
		const char *name = json_array_get_string_element(names, i);
		if (g_str_has_prefix(name, "env:"))
			gather_variable(name + strlen("env:"), input);
		else
			code = gather_file(cli, g_str_has_prefix(name, "file:") ? name + strlen("file:") : name, input);
	}
	return code;
}
