/* SPDX-License-Identifier: MIT
 *
 * The flags of docker's commands as tables (docker CLI 28: cli/command/container/opts.go and the
 * files of each command), and what parsing one line knows.
 */
#pragma once

#include "base/text.h"
#include "request/argv.h"

typedef struct Flag Flag;

/* One command line on its way to a Request. */
typedef struct Line {
	const ArgvContext *context;
	Arena *arena;
	Request *request;
	StringList needs;      /* what the caller must send: "env:NAME", "file:PATH" */
	StringList positional; /* behind the flags */
	PairList options;      /* docker volume create --opt */
	Buffer summary;
} Line;

/* `value` is "true" or "false" for switches.  False: what was expected is in the error. */
typedef bool (*FlagSetter)(Line *line, const Flag *flag, const char *value, GError **error);

struct Flag {
	const char *name; /* without "--" */
	char letter;      /* 0: none */
	bool is_switch;   /* takes no value unless written --flag=value */
	FlagSetter set;   /* NULL: nothing of it concerns a policy */
	size_t offset;    /* into ContainerSpec, for the setters that need it */
	bool secret;      /* NAME=VALUE whose value is never shown */
};

typedef struct FlagTable {
	const Flag *flags;
	size_t count;
} FlagTable;

extern const FlagTable run_flags, create_flags, exec_flags, build_flags, pull_flags, push_flags, start_flags, volume_create_flags;

/* argv-container.c */
bool flag_text(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_switch(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_list(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_int(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_bytes(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_cpus(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_capability(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_env(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_env_file(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_label(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_label_file(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_entrypoint(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_network(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_security(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_sysctl(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_port(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_image_tag(Line *line, const Flag *flag, const char *value, GError **error);

/* argv-mounts.c */
bool flag_volume(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_mount(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_tmpfs(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_device(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_gpus(Line *line, const Flag *flag, const char *value, GError **error);
bool flag_volume_option(Line *line, const Flag *flag, const char *value, GError **error);

/* The content of a file that the caller sent, or NULL after noting that it is needed. */
const char *line_file(Line *line, const char *path);
bool line_invalid(GError **error, const Flag *flag, const char *value, const char *expected);
