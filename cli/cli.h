/* SPDX-License-Identifier: MIT
 *
 * The sentinel command: what its verbs share.  It speaks D-Bus only and decides nothing itself.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <json-glib/json-glib.h>
#include <systemd/sd-bus.h>

typedef enum ExitCode {
	EXIT_DONE = 0,         /* done, or allowed */
	EXIT_DENIED = 1,       /* denied by policy */
	EXIT_USAGE = 2,
	EXIT_UNDONE = 3,       /* could not be decided or done */
	EXIT_UNAUTHORISED = 4,
} ExitCode;

typedef struct Cli {
	/* options of all verbs */
	gboolean json, local, no_color, no_ask_password, help;
	gboolean systemd, restart_docker, builder, force;
	char *bus, *config_dir;
	/* options of some */
	char *policy, *decision, *user, *image, *rule, *text, *since, *until, *reason, *format, *output;
	char *template, *junit;
	char *uid, *gid, *groups;
	char *scanner, *max_critical, *max_high, *max_medium;
	gboolean coverage, yes, fail_on, no_interactive;
	int64_t limit;

	char **words; /* behind the verb */
	int word_count;
	const char *verb; /* "audit list" */

	sd_bus *connection;
	int child; /* of --local; 0: none */
	int agent; /* polkit's; 0: none */
} Cli;

typedef enum OptionKind { OPTION_FLAG, OPTION_TEXT, OPTION_COUNT } OptionKind;

typedef struct Option {
	const char *name;
	char letter;
	OptionKind kind;
	size_t offset; /* into Cli */
	const char *value, *help; /* "NAME", "what it does" */
} Option;

typedef struct Verb {
	const char *words; /* "audit list" */
	int (*run)(Cli *cli);
	const Option *options;
	size_t option_count;
	int least, most; /* arguments; most -1: any number */
	const char *arguments, *help;
} Verb;

/* The verbs, one file a group. */
int run_version(Cli *cli);
int run_doctor(Cli *cli);
int run_init(Cli *cli);
int run_validate(Cli *cli);
int run_exec(Cli *cli);
int run_scan(Cli *cli);
int run_scan_secrets(Cli *cli);
int run_audit_list(Cli *cli);
int run_audit_tail(Cli *cli);
int run_audit_stats(Cli *cli);
int run_audit_export(Cli *cli);
int run_audit_verify(Cli *cli);
int run_audit_clear(Cli *cli);
int run_policy_list(Cli *cli);
int run_policy_show(Cli *cli);
int run_policy_use(Cli *cli);
int run_policy_validate(Cli *cli);
int run_policy_test(Cli *cli);
int run_policy_create(Cli *cli);
int run_policy_digest(Cli *cli);
int run_policy_edit(Cli *cli);
int run_policy_delete(Cli *cli);
int run_authz_status(Cli *cli);
int run_authz_reload(Cli *cli);
int run_authz_start(Cli *cli);
int run_authz_stop(Cli *cli);
int run_authz_install(Cli *cli);
int run_authz_uninstall(Cli *cli);

extern const Option audit_tail_options[], audit_stats_options[], audit_export_options[], audit_clear_options[];
extern const size_t audit_tail_option_count, audit_stats_option_count, audit_export_option_count, audit_clear_option_count;
extern const Option validate_options[], audit_list_options[], authz_install_options[], exec_options[], init_options[];
extern const size_t validate_option_count, audit_list_option_count, authz_install_option_count, exec_option_count, init_option_count;
extern const Option scan_options[], scan_secrets_options[];
extern const size_t scan_option_count, scan_secrets_option_count;
extern const Option policy_show_options[], policy_create_options[], policy_test_options[];
extern const size_t policy_show_option_count, policy_create_option_count, policy_test_option_count;
