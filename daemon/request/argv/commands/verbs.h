/* SPDX-License-Identifier: MIT
 *
 * What the commands write into their call; each returns false after line_refuse().
 */
#pragma once

#include "request/argv/line.h"

/* call/container.c */
bool argv_write_container(Line *line);
bool argv_write_update(Line *line);
bool argv_write_exec(Line *line);
/* call/image.c */
bool argv_write_build(Line *line);
bool argv_write_pull(Line *line);
bool argv_write_push(Line *line);
bool argv_write_tag(Line *line);
bool argv_write_commit(Line *line);
bool argv_write_import(Line *line);
/* buildx.c */
bool argv_write_buildkit(Line *line);
bool argv_write_builder(Line *line);
/* call/resource.c */
bool argv_write_volume(Line *line);
bool argv_write_network(Line *line);
bool argv_write_copy(Line *line);
bool argv_write_plugin(Line *line);
bool argv_write_plugin_push(Line *line);
bool argv_write_rename(Line *line);
bool argv_write_start(Line *line);
bool argv_write_checkpoint(Line *line);  /* one is made */
bool argv_write_checkpoints(Line *line); /* listed, removed */
bool argv_write_inspect(Line *line);
bool argv_write_stats(Line *line);
bool argv_write_swarm(Line *line);
bool argv_write_swarm_update(Line *line);
bool argv_write_secret(Line *line);
bool argv_write_login(Line *line);
bool argv_write_connect(Line *line);
bool argv_write_rotate(Line *line); /* swarm tokens and keys are read unless --rotate */
bool argv_write_scale(Line *line);
/* call/service.c */
bool argv_write_service(Line *line);

extern const FlagTable container_create_flags, container_run_flags, build_flags, buildx_flags, service_create_flags, service_update_flags;

/* steps.c */
extern const StepTable create_steps, run_steps, start_steps, exec_steps, plugin_install_steps, prune_steps;
/* buildx.c: of a build, of what makes a builder */
extern const StepTable buildx_steps, builder_steps;

/* One family of docker's commands. */
typedef struct CommandTable {
	const Command *commands;
	size_t count;
} CommandTable;

extern const CommandTable container_commands, image_commands, swarm_commands, other_commands;
/* docker build and docker builder ... when they are BuildKit's. */
extern const Command buildx_build_command, buildx_prune_command;
