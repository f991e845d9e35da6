/* SPDX-License-Identifier: MIT
 *
 * sentinel-docker: makes Docker ask the plugin, or no longer; puts a socket of Sentinel's in the place of Docker's, and back; stops and starts
 * the guard.  Runs as root: from sentinel authz install, through pkexec when the caller is not root (the action manage-docker), and from the
 * package's scripts.  Takes one word and flags, no path, no text.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "helper/docker.h"
#include "helper/edit.h"
#include "helper/file.h"
#include "helper/takeover.h"
#include "helper/units.h"

#define PLUGIN "sentinel"
#define PLUGIN_SOCKET "/run/docker/plugins/" PLUGIN ".sock"
#define EXIT_USAGE 2
#define LOCK_FILE "/run/sentinel-docker.lock"

typedef struct Task {
	Docker docker;
	bool restart;    /* Docker, instead of telling it to read its file again */
	bool keep_units; /* the package's scripts look after them */
	bool close_builder; /* as well: what Docker's builder gives to builds */
	char *note;      /* beside daemon.json: what was written there of the builder */
	bool note_is_new;
	char *added;     /* the same; NULL: nothing was, or nothing is now */
	char *before, *after;
} Task;

/* What stands on dockerd's command line may not stand in its file as well: it would not start. */
static bool check_command_line(const Task *task, bool matters, GError **error)
{
	if (!matters)
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
		"dockerd was started with --authorization-plugin; remove that from its unit, or change the list there (systemctl cat docker)");
	return false;
}

static bool read_config(Task *task, GError **error)
{
	task->note = g_strconcat(task->docker.config_file, ".builder-sentinel", NULL);
	return file_read(task->docker.config_file, &task->before, error) && file_read(task->note, &task->added, error);
}

/* Takes `text`, the new one. */
static bool take(Task *task, char *text, GError **error)
{
	if (text) {
		g_free(task->after);
		task->after = text;
		return true;
	}
	g_prefix_error(error, "%s was left as it is: ", task->docker.config_file);
	return false;
}

static bool add(Task *task, GError **error)
{
	if (!take(task, edit_add(task->before, PLUGIN, error), error))
		return false;
	if (!task->close_builder || edit_builder_is_closed(task->after))
		return true;
	g_free(task->added);
	task->added = NULL;
	task->note_is_new = true;
	return take(task, edit_close_builder(task->after, &task->added, error), error);
}

/* The kept file, when what is there is nothing but that with what install wrote: then it comes back to the letter. */
static char *as_it_was(const Task *task)
{
	g_autofree char *file = g_strconcat(task->docker.config_file, FILE_KEPT, NULL), *kept = NULL, *builder = NULL;

	if (!task->before || !file_read(file, &kept, NULL) || !kept || !*kept)
		return NULL;
	g_autofree char *without = edit_remove(kept, PLUGIN, NULL), *with = edit_add(kept, PLUGIN, NULL);
	g_autofree char *closed = with && task->added ? edit_close_builder(with, &builder, NULL) : g_strdup(with);
	return !g_strcmp0(without, kept) && !g_strcmp0(closed, task->before) ? g_steal_pointer(&kept) : NULL;
}

static bool remove_all(Task *task, GError **error)
{
	char *kept = as_it_was(task);

	if (kept)
		return take(task, kept, error);
	if (!take(task, g_strdup(task->before ? task->before : ""), error))
		return false;
	if (task->added && *task->after && !take(task, edit_open_builder(task->after, task->added, error), error))
		return false;
	if (edit_is_ours(task->after, PLUGIN))
		return take(task, g_strdup(""), error);
	return !*task->after || take(task, edit_remove(task->after, PLUGIN, error), error);
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

/* dockerd reads what its builder gives at its start alone (moby daemon/reload.go). */
static void tell_of_builder(const Task *task)
{
	if (task->close_builder)
		(void)puts(task->restart || !task->docker.pid ? "Builds get neither the host's network nor processes without confinement" :
			"Builds get neither the host's network nor processes without confinement when Docker has been restarted: systemctl restart docker");
}

static bool install(Task *task, GError **error)
{
	if (!check_command_line(task, task->docker.listed, error) || !read_config(task, error) || !add(task, error) || (!task->keep_units && !units_enable(error)))
		return false;
	/* dockerd ends when it cannot reach a plugin that it was told to use: look right before. */
	if (!plugin_probe(PLUGIN_SOCKET, error) || !write_config(task, error) || (task->note_is_new && !file_replace(task->note, task->added, NULL, error)) ||
		!plugin_probe(PLUGIN_SOCKET, error) || !apply(task, error))
		return false;
	if ((task->docker.pid || task->restart) && !docker_asks()) {
		g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s is changed, but Docker does not ask the plugin yet; see: journalctl -u docker",
			task->docker.config_file);
		return false;
	}
	(void)printf("Docker asks Docker Sentinel before it does anything (%s)\n", task->docker.config_file);
	tell_of_builder(task);
	return true;
}

static bool uninstall(Task *task, GError **error)
{
	/* Somebody else's plugin there is no business of ours: it does not keep the package from being removed. */
	if (!check_command_line(task, task->docker.names_us, error) || !read_config(task, error) || !remove_all(task, error))
		return false;
	if (!write_config(task, error) || (task->added && !file_delete(task->note, error)) || (changed(task) && !apply(task, error)))
		return false;
	if (changed(task))
		g_usleep(G_USEC_PER_SEC); /* requests that Docker has begun still ask */
	if (!units_release(error) || (!task->keep_units && !units_disable(error)))
		return false;
	(void)printf(changed(task) ? "Docker no longer asks Docker Sentinel (%s)\n" : "Docker did not ask Docker Sentinel (%s)\n", task->docker.config_file);
	return true;
}

static bool stop(Task *task, GError **error)
{
	(void)task;
	if (!units_stop(error))
		return false;
	(void)puts("Docker Sentinel is stopped until sentinel authz start, or until the machine boots; where Docker is told to ask it, or its socket is Sentinel's, everything is denied");
	return true;
}

static bool start(Task *task, GError **error)
{
	(void)task;
	if (!units_start(error))
		return false;
	(void)puts("Docker Sentinel runs");
	return true;
}

static bool take_place(Task *task, GError **error)
{
	return takeover(&task->docker, task->restart, error);
}

static bool give_back(Task *task, GError **error)
{
	return takeover_undo(&task->docker, task->restart, error);
}

/* One at a time, till this process ends. */
static bool take_turn(GError **error)
{
	int fd = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		return true;
	g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s cannot be locked: %s", LOCK_FILE, g_strerror(errno));
	return false;
}

static int usage(void)
{
	(void)fputs("sentinel-docker: expected install, uninstall, start, stop, takeover or give-back, then --restart-docker, --keep-units or --builder\n", stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static const struct { const char *word; bool (*run)(Task *task, GError **error); } words[] = {
		{ "install", install }, { "uninstall", uninstall }, { "start", start }, { "stop", stop }, { "takeover", take_place }, { "give-back", give_back },
	};
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
		task.close_builder |= !strcmp(argv[i], "--builder");
		if (strcmp(argv[i], "--restart-docker") != 0 && strcmp(argv[i], "--keep-units") != 0 && strcmp(argv[i], "--builder") != 0)
			return usage();
	}
	if (geteuid() != 0)
		g_set_error(&error, G_FILE_ERROR, G_FILE_ERROR_PERM, "only root may do this");
	else if (take_turn(&error)) {
		docker_find(&task.docker, PLUGIN);
		good = words[word].run(&task, &error);
	}
	if (!good)
		(void)fprintf(stderr, "%s\n", error->message);
	docker_clear(&task.docker);
	g_free(task.note);
	g_free(task.added);
	g_free(task.before);
	g_free(task.after);
	return good ? 0 : 1;
}
