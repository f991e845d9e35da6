/* SPDX-License-Identifier: MIT
 *
 * Calls that follow the one that a command is known by (docker/cli cli/command/container/run.go, create.go, exec.go,
 * start.go, plugin/install.go, system/prune.go).  What changes nothing (wait, inspect) is not among them.
 */
#include <string.h>
#include "request/argv/call/body.h"
#include "request/argv/value/reference.h"
#include "request/argv/commands/verbs.h"

static ArgvMade when(bool made)
{
	return made ? ARGV_MADE : ARGV_NOT_MADE;
}

static ArgvMade attached(Line *line)
{
	return when(!line_switch(line, FLAG_DETACH));
}

static ArgvMade start_attached(Line *line)
{
	return when(line_switch(line, FLAG_ATTACH) || line_switch(line, FLAG_INTERACTIVE));
}

/* What is no name cannot be pulled: the CLI ends there. */
static ArgvMade pulled(Line *line)
{
	const char *pull = line_text(line, FLAG_PULL);
	Reference reference;

	if (!strcmp(pull, "never") || reference_parse(line_argument(line, 0), line->arena, &reference))
		return ARGV_NOT_MADE;
	return strcmp(pull, "always") != 0 ? ARGV_MADE_IF_ABSENT : ARGV_MADE;
}

static ArgvMade enabled(Line *line)
{
	return when(!line_switch(line, FLAG_DISABLE));
}

static ArgvMade has_settings(Line *line)
{
	return when(line->arguments.count > 1);
}

static ArgvMade prunes_volumes(Line *line)
{
	return when(line_switch(line, FLAG_VOLUMES));
}

/* A plugin is known by its alias. */
static bool write_set(Line *line)
{
	if (*line_text(line, FLAG_ALIAS))
		line_set_path(line, "/plugins/{}/set", line_text(line, FLAG_ALIAS));
	return true;
}

static bool write_enable(Line *line)
{
	if (*line_text(line, FLAG_ALIAS))
		line_set_path(line, "/plugins/{}/enable", line_text(line, FLAG_ALIAS));
	return true;
}

#define PULL { "POST", "/images/create", pulled, argv_write_pull }

static const Step creating[] = { PULL };
static const Step running[] = {
	{ "POST", "/containers/ID/start", NULL, NULL },
	{ "POST", "/containers/ID/attach", attached, NULL },
	PULL,
};
static const Step starting[] = { { "POST", "/containers/{}/attach", start_attached, NULL } };
static const Step executing[] = { { "POST", "/exec/ID/start", NULL, NULL } };
static const Step installing[] = {
	{ "POST", "/plugins/{}/set", has_settings, write_set },
	{ "POST", "/plugins/{}/enable", enabled, write_enable },
};
static const Step pruning[] = {
	{ "POST", "/networks/prune", NULL, NULL },
	{ "POST", "/volumes/prune", prunes_volumes, NULL },
	{ "POST", "/images/prune", NULL, NULL },
	{ "POST", "/build/prune", NULL, NULL },
};

const StepTable create_steps = { creating, G_N_ELEMENTS(creating) }, run_steps = { running, G_N_ELEMENTS(running) };
const StepTable start_steps = { starting, G_N_ELEMENTS(starting) }, exec_steps = { executing, G_N_ELEMENTS(executing) };
const StepTable plugin_install_steps = { installing, G_N_ELEMENTS(installing) }, prune_steps = { pruning, G_N_ELEMENTS(pruning) };
