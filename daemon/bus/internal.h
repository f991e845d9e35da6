/* SPDX-License-Identifier: MIT
 *
 * What the files of this folder share.  Main thread.
 */
#pragma once

#include <systemd/sd-bus.h>
#include "audit/query.h"
#include "base/arena.h"
#include "bus/bus.h"
#include "bus/method.h"
#include "bus/sender.h"
#include "bus/work.h"
#include "dbus/names.h"
#include "policy/policy.h"
#include "policy/verdict.h"
#include "request/request.h"

typedef struct Question Question; /* question.h */

/* For polkit's dialog and rules. */
typedef struct Detail {
	const char *name, *value;
} Detail;

struct Bus {
	BusKind kind;
	const BusContext *context;
	sd_bus *connection;   /* NULL while there is none */
	GQueue tasks;         /* Task *: all calls under way */
	Task *passing;        /* of the call that is in a handler of sd-bus */
	GQueue waiting;       /* Task *: for their turn to ask polkit */
	GQueue questions;     /* Question *: to polkit, without an answer */
	uint64_t question_number;
	GQueue docker;        /* Task *: for their turn to ask Docker */
	GHashTable *senders;  /* unique name -> Sender *, not owned */
	Quotas *quotas;
	GHashTable *subscribers; /* unique name -> Subscriber *; NULL while there is no connection */
	GHashTable *attached; /* ... -> the connection with which it goes */
	GHashTable *owners;   /* number of a scan -> uid + 1 of who asked for it; NULL before the first connection */
	GQueue changes;       /* Task *: changes of policies, one at a time; the first is under way */
	Views *views;
	sd_event_source *retry, *sweep, *patience;
	unsigned retry_s;
	bool complained;
};

/* What the rows of methods.c lead to. */
extern const Handler validate_argv, validate_request, reload_policy, audit_query, diagnose, judge_containers, probe_docker, scan_image, scan_cancel, grants_create, grants_revoke,
	grants_list, subscribe, unsubscribe, manager_metrics, manager_settings, manager_check_settings, manager_progress, policies_list, policies_get, policies_check, policies_test, policies_coverage, policies_diff, policies_replay, policies_learn, policies_except, policies_digest, policies_use,
	policies_write, policies_replace, policies_adopt, policies_delete, audit_stats, audit_export, audit_verify, audit_seal, audit_reindex, audit_clear, pins_pin, pins_drop, pins_list, sockets_list;
extern const Refine policies_refine, delete_refine, create_refine, revoke_refine;
int get_version(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_active_policy(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_mode(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_state(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_generation(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_policy_error(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_audit_warning(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_plugin_socket(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_counter(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_fetched(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_job_state(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_job_phase(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_job_progress(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);
int get_job_result(sd_bus *connection, const char *path, const char *interface, const char *property, sd_bus_message *reply, void *data, sd_bus_error *error);

/* errors.c */
const char *error_word(const GError *error); /* the last word of its name on the bus */
int bus_reply_named(sd_bus_message *call, const char *word, const char *message);

/* options.c: a{sv} by a table; unknown names, wrong types and what is too much are refused. */
typedef enum OptionType { OPTION_TEXT, OPTION_NUMBER, OPTION_PAIRS, OPTION_FILES, OPTION_WORDS, OPTION_FLAG, OPTION_FILE } OptionType;
typedef struct BusOption {
	const char *name;
	OptionType type;
	void *target; /* const char **, uint64_t *, PairList *, PairList * (a{say}), StringList *, bool *, int * (of the message) */
} BusOption;
/* 0: read; negative: work_fail() was called, or an errno.  Strings are copied to the task's arena. */
int options_read(Task *task, const BusOption *options, size_t count);
/* A text of the message, which the task holds; `what` is "a policy", for its refusal.  As sd_bus_message_read_basic(), or as options_read(). */
int text_read(Task *task, const char *what, size_t limit, const char **ret);

/* subscribe.c */
void subscribers_clear(Bus *bus);
void subscribers_forget(Bus *bus, const char *name);
void subscribers_tell(Bus *bus, const Notice *notice);
void subscribers_tell_built(Bus *bus, const BusBuilt *built);

/* policies.c.  The policy that a caller means ("": the one in force, which may be none: *ret NULL) and what is known of images (may be NULL); false:
 * work_fail() was called.  Both are the caller's.  Any thread. */
bool policy_chosen(Work *work, const char *name, Policy **ret, VerdictTable **ret_verdicts);
/* policy-learn.c: the policy that says what nobody may have; and the last day of something that holds so long. */
Policy *policy_of_reach(void);
const char *exception_end(uint64_t duration_s, Arena *arena);
/* policies.c: a(suuss) */
int bus_append_diagnostics(sd_bus_message *reply, const GPtrArray *diagnostics);

/* audit.c.  Waits until the index (NULL: another instance's) holds what the journal in `dir` holds now; an answer out of less would
 * lie.  Any thread but main. */
bool audit_wait(Index *index, const char *dir, GError **error);
/* As options_read(). */
int audit_filter_read(Task *task, AuditFilter *filter);
/* The same with events, where the call does not say what it wants. */
int audit_filter_read_any(Task *task, AuditFilter *filter);
