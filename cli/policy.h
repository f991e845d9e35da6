/* SPDX-License-Identifier: MIT
 *
 * What the policy verbs share.
 */
#pragma once

#include "cli/cli.h"

/* A call of the interface Policies with up to two texts (NULL: none).  0 and the reply (`ret_reply` may be
 * NULL), or the exit code after saying why. */
int policy_call(Cli *cli, const char *member, const char *first, const char *second, sd_bus_message **ret_reply);

typedef struct PolicyRow {
	char *name, *mode, *description; /* mode "": it does not load, the description says why */
	bool active;
} PolicyRow;

/* The policies that there are, as PolicyRow; the caller frees them.  0, or the exit code after saying why. */
int policy_rows(Cli *cli, GPtrArray **ret);
/* Says that there is none, and what to do about it; EXIT_UNDONE. */
int policy_none(const Cli *cli);
/* As a table on stdout. */
void policy_rows_print(Cli *cli, const GPtrArray *rows);

/* The a(suuss) at the read position: printed as FILE:LINE:COL: message, or added to `array` (may be
 * NULL).  The number of errors; negative: a broken answer. */
int policy_read_diagnostics(const Cli *cli, sd_bus_message *reply, const char *file, JsonArray *array);

/* For a policy's file: it needs no service.  0, or the exit code after saying why. */
int policy_connect_for_files(Cli *cli);
/* The files of the command line, each looked at by a call that takes its text and returns what is wrong; an exit code. */
int policy_check_files(Cli *cli, const char *interface, const char *member);
/* FILE, or "-" for stdin, as text.  0, or the exit code after saying why: EXIT_DENIED when it cannot be a
 * policy. */
int policy_read_file(const Cli *cli, const char *file, char **ret);
/* Writes a file; one that is there stays unless `force`.  0, or the exit code after saying why. */
int policy_write_file(const Cli *cli, const char *file, const char *text, bool force);
/* Writes it when its text is still `before` (NULL: there was none). */
int policy_replace(Cli *cli, const char *name, const char *yaml, const char *before);
/* The name of the policy in force. */
int policy_active(Cli *cli, char **ret);
/* The text of a policy of the service.  0, or the exit code after saying why. */
int policy_get(Cli *cli, const char *name, char **ret);
/* A word that means a file: "-", or one with a '/' or the end of one (.yaml, .yml). */
bool policy_is_file(const char *word);
/* The text of a file, or of a policy of the service by its name.  0, or the exit code after saying why. */
int policy_read(Cli *cli, const char *word, char **ret);

/* The a(suuss) at the read position, of a policy of which nothing can be said when it does not load: its first error is told.  0, or the exit code. */
int policy_read_errors(const Cli *cli, sd_bus_message *reply, const char *file);
/* The a{st} at the read position.  Negative: it cannot be read. */
int policy_read_counts(sd_bus_message *reply, JsonObject *ret);
/* Options of a call: a time (NULL: not given); a file that is read ("file"); how long something holds ("duration").  0, or the exit code after saying why. */
int policy_append_time(const Cli *cli, sd_bus_message *call, const char *name, const char *text);
int policy_append_file(const Cli *cli, sd_bus_message *call, const char *file);
int policy_append_duration(const Cli *cli, sd_bus_message *call, const char *text);

/* policy-coverage.c */
int policy_show_coverage(Cli *cli, const char *name);

/* policy-containers.c.  What a policy ("": the one in force) would say of the containers that exist, as it is shown with --json.  0, or the exit code
 * after saying why; with `ret_unknown` a Docker that does not say is no error and sets it. */
int policy_judge_containers(Cli *cli, const char *name, JsonObject **ret, bool *ret_unknown);
/* The same for people. */
void policy_print_containers(const Cli *cli, JsonObject *judged);
