/* SPDX-License-Identifier: MIT
 *
 * What `docker compose up` would ask of Docker: the calls that Compose sends for what a project's files say (docker/compose pkg/compose/create.go).
 * Nothing is decided here: each call is judged by the service.  What is not understood to the letter makes its call unknown, never allowed.
 */
#pragma once

#include "cli/caller.h"
#include "cli/cli.h"

typedef struct ComposeCall {
	char *what; /* "service web" */
	char *uri;  /* "/containers/create?name=..."; NULL: there is no call to judge, only `unknown` */
	JsonObject *body;
	char *unknown; /* why it is not known what Docker is asked; NULL: it is */
} ComposeCall;

/* The words behind "docker compose". */
typedef struct ComposeLine {
	GPtrArray *global; /* of char *: options in front of the command, as they were given */
	char *file, *project, *directory;
	GPtrArray *services; /* of char *: those that are named; empty: all */
	bool alone;          /* v1's program, or the second version's own: it has no plugin to ask */
	bool no_deps, build, no_build;
	unsigned files; /* how many were named */
} ComposeLine;

/* compose-line.c.  Whether the words are docker compose up or create. */
bool compose_is_up(char *const *words);
/* 0, or the exit code after saying what is not understood. */
int compose_read_line(const Cli *cli, char *const *words, ComposeLine *ret);
void compose_line_clear(ComposeLine *line);

/* compose-model.c.  The project as `docker compose config` has it, or as its file says it; 0, or the exit code after saying why not. */
int compose_read_model(const Cli *cli, const ComposeLine *line, JsonObject **ret);
/* compose-yaml.c.  A file in the common form; NULL and why not. */
JsonNode *compose_yaml(const char *text, gsize length, char **ret_problem);
/* The same of a file that is not Compose's. */
JsonNode *yaml_tree(const char *text, gsize length, char **ret_problem);

/* compose-calls.c.  GPtrArray of ComposeCall *, in the order of Compose. */
GPtrArray *compose_calls(JsonObject *model, const ComposeLine *line);
/* compose-service.c */
ComposeCall *compose_service(JsonObject *model, const char *name, JsonObject *service);

/* What a call is made of. */
typedef struct ComposeBuild {
	JsonObject *model, *body, *host;
	const char *project, *service;
	char *unknown;
} ComposeBuild;
/* The first reason stays. */
void compose_unknown(ComposeBuild *build, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* compose-parts.c: mounts, ports, networks.  `value` is what stands under the key. */
void compose_volumes(ComposeBuild *build, JsonNode *value);
void compose_ports(ComposeBuild *build, JsonNode *value);
void compose_networks(ComposeBuild *build, JsonNode *value);
/* The name that Docker knows a network or volume of the project by. */
char *compose_name(JsonObject *model, const char *kind, const char *key);
/* "64m", "1gb", 1024: bytes; -1: it is none. */
gint64 compose_bytes(JsonNode *value);
/* A text or a number as text; NULL: it is neither. */
char *compose_text(JsonNode *value);

/* compose.c.  validate's exit code. */
int compose_validate(Cli *cli, const char *policy, const Caller *caller);
