/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/nearest.h"
#include "request/argv-commands.h"
#include "request/image.h"
#include "request/list.h"
#include "request/mounts.h"

static void finish_container(Line *line)
{
	Request *request = line->request;

	request->image = image_parse(line->positional.items[0], line->arena);
	request->subject = request->container.name;
	for (size_t i = 1; i < line->positional.count; i++)
		LIST_APPEND(line->arena, &request->container.command, line->positional.items[i]);
	request->has_container = true;
}

static void finish_exec(Line *line)
{
	line->request->subject = line->positional.items[0];
	for (size_t i = 1; i < line->positional.count; i++)
		LIST_APPEND(line->arena, &line->request->container.command, line->positional.items[i]);
	line->request->has_container = true;
}

static void finish_image(Line *line)
{
	line->request->image = image_parse(line->positional.items[0], line->arena);
}

static void finish_tag(Line *line)
{
	line->request->subject = line->positional.items[0];
	line->request->image = image_parse(line->positional.items[1], line->arena);
}

static void finish_volume(Line *line)
{
	Request *request = line->request;

	request->subject = line->positional.count ? line->positional.items[0] : request->container.name;
	request->container.name = "";
	request->has_container = true;
	mounts_add_options(&request->container, &line->options, "", "--opt", line->arena);
}

static void finish_nothing(Line *line)
{
	(void)line;
}

#define RUN KIND_CONTAINER_CREATE
#define READ KIND_READ
#define LIFE KIND_LIFECYCLE

static const Command commands[] = {
	{ "run", "container.create", RUN, &run_flags, 1, 0, "an image", finish_container, false },
	{ "create", "container.create", RUN, &create_flags, 1, 0, "an image", finish_container, false },
	{ "container run", "container.create", RUN, &run_flags, 1, 0, "an image", finish_container, false },
	{ "container create", "container.create", RUN, &create_flags, 1, 0, "an image", finish_container, false },
	{ "exec", "exec.create", KIND_EXEC_CREATE, &exec_flags, 2, 0, "a container and a command", finish_exec, false },
	{ "container exec", "exec.create", KIND_EXEC_CREATE, &exec_flags, 2, 0, "a container and a command", finish_exec, false },
	{ "build", "image.build", KIND_IMAGE_BUILD, &build_flags, 1, 1, "one build context", finish_nothing, true },
	{ "image build", "image.build", KIND_IMAGE_BUILD, &build_flags, 1, 1, "one build context", finish_nothing, true },
	{ "builder build", "image.build", KIND_IMAGE_BUILD, &build_flags, 1, 1, "one build context", finish_nothing, true },
	{ "pull", "image.create", KIND_IMAGE_PULL, &pull_flags, 1, 1, "one image", finish_image, true },
	{ "image pull", "image.create", KIND_IMAGE_PULL, &pull_flags, 1, 1, "one image", finish_image, true },
	{ "push", "image.push", KIND_IMAGE_PUSH, &push_flags, 1, 1, "one image", finish_image, true },
	{ "image push", "image.push", KIND_IMAGE_PUSH, &push_flags, 1, 1, "one image", finish_image, true },
	{ "tag", "image.tag", KIND_IMAGE_TAG, NULL, 2, 2, "a source and a target image", finish_tag, true },
	{ "image tag", "image.tag", KIND_IMAGE_TAG, NULL, 2, 2, "a source and a target image", finish_tag, true },
	{ "start", "container.start", KIND_CONTAINER_START, &start_flags, 1, 0, "a container", NULL, true },
	{ "container start", "container.start", KIND_CONTAINER_START, &start_flags, 1, 0, "a container", NULL, true },
	{ "volume create", "volume.create", KIND_VOLUME_CREATE, &volume_create_flags, 0, 1, "one name", finish_volume, true },

	{ "ps", "container.list", READ }, { "container ls", "container.list", READ }, { "container ps", "container.list", READ },
	{ "container list", "container.list", READ }, { "images", "image.list", READ }, { "image ls", "image.list", READ },
	{ "image list", "image.list", READ }, { "logs", "container.logs", READ }, { "container logs", "container.logs", READ },
	{ "inspect", "container.inspect", READ }, { "container inspect", "container.inspect", READ }, { "image inspect", "image.inspect", READ },
	{ "info", "system.info", READ }, { "version", "system.version", READ }, { "system info", "system.info", READ },
	{ "system df", "system.df", READ }, { "system events", "system.events", READ }, { "events", "system.events", READ },
	{ "stats", "container.stats", READ }, { "container stats", "container.stats", READ }, { "top", "container.top", READ },
	{ "container top", "container.top", READ }, { "diff", "container.changes", READ }, { "container diff", "container.changes", READ },
	{ "port", "container.inspect", READ }, { "container port", "container.inspect", READ }, { "history", "image.history", READ },
	{ "image history", "image.history", READ }, { "search", "image.search", READ }, { "save", "image.save", READ },
	{ "image save", "image.save", READ }, { "export", "container.export", READ }, { "container export", "container.export", READ },
	{ "wait", "container.wait", READ }, { "container wait", "container.wait", READ }, { "volume ls", "volume.list", READ },
	{ "volume inspect", "volume.inspect", READ }, { "network ls", "network.list", READ }, { "network inspect", "network.inspect", READ },

	{ "stop", "container.stop", LIFE }, { "container stop", "container.stop", LIFE }, { "kill", "container.kill", LIFE },
	{ "container kill", "container.kill", LIFE }, { "rm", "container.delete", LIFE }, { "container rm", "container.delete", LIFE },
	{ "rmi", "image.delete", LIFE }, { "image rm", "image.delete", LIFE }, { "pause", "container.pause", LIFE },
	{ "container pause", "container.pause", LIFE }, { "unpause", "container.unpause", KIND_CONTAINER_START },
	{ "container unpause", "container.unpause", KIND_CONTAINER_START }, { "restart", "container.restart", KIND_CONTAINER_START },
	{ "container restart", "container.restart", KIND_CONTAINER_START }, { "rename", "container.rename", LIFE },
	{ "container rename", "container.rename", LIFE }, { "attach", "container.attach", LIFE }, { "container attach", "container.attach", LIFE },
	{ "cp", "container.archive-put", LIFE }, { "container cp", "container.archive-put", LIFE }, { "commit", "container.commit", LIFE },
	{ "container commit", "container.commit", LIFE }, { "load", "image.load", LIFE }, { "image load", "image.load", LIFE },
	{ "import", "image.create", LIFE }, { "image import", "image.create", LIFE }, { "login", "system.auth", LIFE },
	{ "container prune", "container.prune", LIFE }, { "image prune", "image.prune", LIFE }, { "volume prune", "volume.prune", LIFE },
	{ "network prune", "network.prune", LIFE }, { "system prune", "container.prune", LIFE }, { "builder prune", "build.prune", LIFE },
	{ "volume rm", "volume.delete", LIFE }, { "network create", "network.create", LIFE }, { "network rm", "network.delete", LIFE },
	{ "network connect", "network.connect", LIFE }, { "network disconnect", "network.disconnect", LIFE },

	{ "swarm init", "swarm.init", KIND_SWARM }, { "swarm join", "swarm.join", KIND_SWARM }, { "swarm update", "swarm.update", KIND_SWARM },
	{ "swarm leave", "swarm.leave", LIFE }, { "plugin install", "plugin.pull", KIND_PLUGIN }, { "plugin create", "plugin.create", KIND_PLUGIN },
	{ "plugin enable", "plugin.enable", KIND_PLUGIN }, { "plugin disable", "plugin.disable", KIND_PLUGIN },
	{ "plugin rm", "plugin.delete", KIND_PLUGIN }, { "plugin set", "plugin.set", KIND_PLUGIN }, { "plugin upgrade", "plugin.upgrade", KIND_PLUGIN },
	{ "plugin ls", "plugin.list", READ }, { "plugin inspect", "plugin.inspect", READ },
};

/* Whether the words of a command stand at argv; how many there are. */
static size_t words_match(const char *words, const char *const *argv, size_t argc)
{
	size_t used = 0;

	for (const char *at = words; *at; used++) {
		size_t length = strcspn(at, " ");
		if (used == argc || strlen(argv[used]) != length || memcmp(argv[used], at, length) != 0)
			return 0;
		at += length + (at[length] == ' ');
	}
	return used;
}

const Command *command_find(const char *const *argv, size_t argc, size_t *used)
{
	const Command *best = NULL;

	*used = 0;
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		size_t words = words_match(commands[i].words, argv, argc);
		if (words > *used) {
			best = &commands[i];
			*used = words;
		}
	}
	return best;
}

const char *command_nearest(const char *word)
{
	const char *words[G_N_ELEMENTS(commands)];
	size_t count = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		if (!strchr(commands[i].words, ' '))
			words[count++] = commands[i].words;
	return nearest_word(word, words, count);
}
