/* SPDX-License-Identifier: MIT
 *
 * sentinel-docker: makes Docker ask the plugin, or no longer.  Runs as root: from sentinel authz
 * install, through pkexec when the caller is not root (the action manage-docker), and from the
 * package's scripts.  Takes one word and two flags, no path, no text.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "helper/docker.h"
#include "helper/edit.h"
#include "helper/file.h"

#define PLUGIN "sentinel"
#define PLUGIN_SOCKET "/run/docker/plugins/" PLUGIN ".sock"
#define EXIT_USAGE 2

typedef struct Task {
	Docker docker;
	bool restart;    /* Docker, instead of telling it to read its file again */
	bool keep_units; /* the package's scripts look after them */
	char *before, *after;
} Task;

static bool run(const char *const *words, GError **error)
{
	g_autofree char *problem = NULL;
	int status;

	if (!g_spawn_sync(NULL, (char **)(uintptr_t)words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &problem, &status, error))
		return false;
	if (g_spawn_check_wait_status(status, NULL))
		return true;
	g_set_error(error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED, "%s %s: %s", words[0], words[1], g_strchomp(problem));
	return false;
}

/* What stands on dockerd's command line may not stand in its file as well: it would not start. */
static bool check_command_line(const Task *task, GError **error)
{
	if (!task->docker.listed)
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
		"dockerd was started with --authorization-plugin; remove that from its unit, or change the list there (systemctl cat docker)");
	return false;
}

static bool read_config(Task *task, char *(*edit)(const char *text, const char *plugin, GError **error), GError **error)
{
	if (!file_read(task->docker.config_file, &task->before, error))
		return false;
	task->after = edit(task->before, PLUGIN, error);
	if (!task->after)
		g_prefix_error(error, "%s was left as it is: ", task->docker.config_file);
	return task->after != NULL;
}

static bool changed(const Task *task)
{
	return g_strcmp0(task->before ? task->before : "", task->after) != 0;
}

static bool write_config(const Task *task, GError **error)
{
	if (!changed(task))
		return true;
	if (task->before && !*task->after)
		return file_delete(task->docker.config_file, error);
	return file_replace(task->docker.config_file, task->after, docker_validate, error);
}

static bool apply(const Task *task, GError **error)
{
	static const char *const restart[] = { "systemctl", "restart", "docker.service", NULL };

	if (task->restart)
		return run(restart, error);
	if (!task->docker.pid) {
		(void)puts("Docker does not run; the change counts when it starts");
		return true;
	}
	return docker_reload(&task->docker, error);
}

static bool install(Task *task, GError **error)
{
	static const char *const enable[] = { "systemctl", "enable", "--now", "sentineld.socket", "sentineld.service", NULL };

	if (!check_command_line(task, error) || !read_config(task, edit_add, error) || (!task->keep_units && !run(enable, error)))
		return false;
	/* dockerd ends when it cannot reach a plugin that it was told to use: look right before. */
	if (!plugin_probe(PLUGIN_SOCKET, error) || !write_config(task, error) || !plugin_probe(PLUGIN_SOCKET, error) || !apply(task, error))
		return false;
	if ((task->docker.pid || task->restart) && !docker_asks()) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s is changed, but Docker does not ask the plugin yet; see: journalctl -u docker",
			task->docker.config_file);
		return false;
	}
	(void)printf("Docker asks Docker Sentinel before it does anything (%s)\n", task->docker.config_file);
	return true;
}

static bool uninstall(Task *task, GError **error)
{
	static const char *const disable[] = { "systemctl", "disable", "--now", "sentineld.service", "sentineld.socket", NULL };

	if (!check_command_line(task, error) || !read_config(task, edit_remove, error))
		return false;
	if (task->before && edit_is_ours(task->before, PLUGIN))
		*task->after = 0;
	if (!write_config(task, error) || (changed(task) && !apply(task, error)))
		return false;
	if (changed(task))
		g_usleep(G_USEC_PER_SEC); /* requests that Docker has begun still ask */
	if (!task->keep_units && !run(disable, error))
		return false;
	(void)printf(changed(task) ? "Docker no longer asks Docker Sentinel (%s)\n" : "Docker did not ask Docker Sentinel (%s)\n", task->docker.config_file);
	return true;
}

static int usage(void)
{
	(void)fputs("sentinel-docker: expected install or uninstall, then --restart-docker or --keep-units\n", stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static const struct { const char *word; bool (*run)(Task *task, GError **error); } words[] = { { "install", install }, { "uninstall", uninstall } };
	g_autoptr(GError) error = NULL;
	Task task = { 0 };
	bool good = false;
	size_t word = 0;

	while (word < G_N_ELEMENTS(words) && (argc < 2 || strcmp(argv[1], words[word].word) != 0))
		word++;
	if (word == G_N_ELEMENTS(words))
		return usage();
	for (int i = 2; i < argc; i++) {
		task.restart |= !strcmp(argv[i], "--restart-docker");
		task.keep_units |= !strcmp(argv[i], "--keep-units");
		if (strcmp(argv[i], "--restart-docker") != 0 && strcmp(argv[i], "--keep-units") != 0)
			return usage();
	}
	docker_find(&task.docker);
	if (geteuid() != 0)
		(void)fputs("only root may do this\n", stderr);
	else if (!(good = words[word].run(&task, &error)))
		(void)fprintf(stderr, "%s\n", error->message);
	docker_clear(&task.docker);
	g_free(task.before);
	g_free(task.after);
	return good ? 0 : 1;
}
