/* SPDX-License-Identifier: MIT
 *
 * What the files of this folder share.  Main thread.
 */
#pragma once

#include <systemd/sd-bus.h>
#include "audit/query.h"
#include "base/arena.h"
#include "bus/bus.h"
#include "dbus/names.h"
#include "policy/policy.h"
#include "request/request.h"

typedef struct Ticket Ticket; /* gate.h */

struct Bus {
	BusKind kind;
	const BusContext *context;
	sd_bus *connection; /* NULL while there is none */
	GQueue tickets;     /* Ticket *: calls that wait for an authorization */
	Ticket *passing;    /* of the call that is in a handler */
	GHashTable *subscribers; /* unique name -> Subscriber *; NULL while there is no connection */
	GHashTable *owners; /* number of a scan -> uid + 1 of who asked for it; NULL before the first connection */
	GQueue changes;     /* Errand *: changes of policies, one at a time; the first is under way */
	GHashTable *calls;  /* sender -> unsigned *: calls under way */
	sd_event_source *retry, *sweep;
	unsigned retry_s;
	bool complained;
};

/* The interfaces; their handlers get the Bus as userdata. */
extern const sd_bus_vtable manager_vtable[];
extern const sd_bus_vtable policies_vtable[];
extern const sd_bus_vtable audit_vtable[];

/* quota.c */
bool quota_take(Bus *bus, const char *sender); /* NULL: a peer */
void quota_give_back(Bus *bus, const char *sender);
/* worker_submit() within the sender's quota; `call` is only looked at. */
bool bus_submit(Bus *bus, sd_bus_message *call, JobFn work, JobFn done, void *data);

/* grants.c */
int grants_create(sd_bus_message *call, void *bus, sd_bus_error *error);
int grants_revoke(sd_bus_message *call, void *bus, sd_bus_error *error);
int grants_list(sd_bus_message *call, void *bus, sd_bus_error *error);
bool grants_refine(Ticket *ticket);

/* policy-refine.c: see GateRow */
bool policies_refine(Ticket *ticket);

/* errors.c */
int bus_reply_error(sd_bus_message *call, const GError *error);
/* The last word of the name: "InvalidArgs". */
int bus_reply_named(sd_bus_message *call, const char *word, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* options.c: a{sv} by a table; unknown names and wrong types are refused. */
typedef enum OptionType { OPTION_TEXT, OPTION_NUMBER, OPTION_PAIRS, OPTION_FILES, OPTION_WORDS, OPTION_FLAG } OptionType;
typedef struct BusOption {
	const char *name;
	OptionType type;
	void *target; /* const char **, uint64_t *, PairList *, PairList * (a{say}), StringList *, bool * */
} BusOption;
/* 0: read; else the reply was sent and this is what the handler returns.  Strings are copied to `arena`. */
int options_read(sd_bus_message *call, const BusOption *options, size_t count, Arena *arena);

/* subscribe.c */
int subscribers_start(Bus *bus);
void subscribers_clear(Bus *bus);
void subscribers_tell(Bus *bus, const Notice *notice);
int subscribe(sd_bus_message *call, void *bus, sd_bus_error *error);
int unsubscribe(sd_bus_message *call, void *bus, sd_bus_error *error);

/* policy-change.c */
int policies_use(sd_bus_message *call, void *bus, sd_bus_error *error);
int policies_write(sd_bus_message *call, void *bus, sd_bus_error *error);
int policies_delete(sd_bus_message *call, void *bus, sd_bus_error *error);
void changes_clear(Bus *bus); /* those that have not begun */

/* policies.c: a(suuss) */
int bus_append_diagnostics(sd_bus_message *reply, const GPtrArray *diagnostics);
/* policy-report.c */
int policies_test(sd_bus_message *call, void *bus, sd_bus_error *error);
int policies_digest(sd_bus_message *call, void *bus, sd_bus_error *error);
int policies_coverage(sd_bus_message *call, void *bus, sd_bus_error *error);

/* diagnose.c, validate.c, scans.c, audit.c, audit-clear.c */
int diagnose(sd_bus_message *call, void *bus, sd_bus_error *error);
int probe_docker(sd_bus_message *call, void *bus, sd_bus_error *error);
int validate_argv(sd_bus_message *call, void *bus, sd_bus_error *error);
int validate_request(sd_bus_message *call, void *bus, sd_bus_error *error);
int scan_image(sd_bus_message *call, void *bus, sd_bus_error *error);
int audit_query(sd_bus_message *call, void *bus, sd_bus_error *error);
int audit_clear(sd_bus_message *call, void *bus, sd_bus_error *error);
/* Waits until the index (NULL: another instance's) holds what the journal in `dir` holds now; an answer out of less would
 * lie.  Worker thread. */
bool audit_wait(Index *index, const char *dir, GError **error);
/* 0, or what the handler returns, as options_read(). */
int audit_filter_read(sd_bus_message *call, AuditFilter *filter, Arena *arena);
