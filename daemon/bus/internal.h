/* SPDX-License-Identifier: MIT
 *
 * What the files of this folder share.  Main thread.
 */
#pragma once

#include <systemd/sd-bus.h>
#include "base/arena.h"
#include "bus/bus.h"
#include "dbus/names.h"
#include "policy/policy.h"
#include "request/request.h"

struct Bus {
	BusKind kind;
	const BusContext *context;
	sd_bus *connection; /* NULL while there is none */
	sd_event_source *retry;
	unsigned retry_s;
	bool complained;
};

/* The interfaces; their handlers get the Bus as userdata. */
extern const sd_bus_vtable manager_vtable[];
extern const sd_bus_vtable policies_vtable[];

/* manager.c: what the other threads have to say. */
void manager_on_notice(const Notice *notice, void *bus);
void manager_on_reload(const ReloadResult *result, void *bus);

/* gate.c: stands before every handler of a connection. */
int gate_install(Bus *bus);
typedef enum GateLevel { GATE_REFUSED, GATE_OPEN, GATE_ADMIN } GateLevel;
/* `interface` may be NULL, as callers may leave it out. */
GateLevel gate_level(const char *interface, const char *member);

/* errors.c */
int bus_reply_error(sd_bus_message *call, const GError *error);
/* The last word of the name: "InvalidArgs". */
int bus_reply_named(sd_bus_message *call, const char *word, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* options.c: a{sv} by a table; unknown names and wrong types are refused. */
typedef enum OptionType { OPTION_TEXT, OPTION_NUMBER, OPTION_PAIRS, OPTION_FILES } OptionType;
typedef struct BusOption {
	const char *name;
	OptionType type;
	void *target; /* const char **, uint64_t *, PairList *, PairList * (a{say}) */
} BusOption;
/* 0: read; else the reply was sent and this is what the handler returns.  Strings are copied to `arena`. */
int options_read(sd_bus_message *call, const BusOption *options, size_t count, Arena *arena);

/* policies.c: a(suuss) */
int bus_append_diagnostics(sd_bus_message *reply, const GPtrArray *diagnostics);
/* policy-report.c */
int policies_test(sd_bus_message *call, void *bus, sd_bus_error *error);
int policies_coverage(sd_bus_message *call, void *bus, sd_bus_error *error);

/* validate.c, audit.c */
int validate_argv(sd_bus_message *call, void *bus, sd_bus_error *error);
int validate_request(sd_bus_message *call, void *bus, sd_bus_error *error);
int audit_query(sd_bus_message *call, void *bus, sd_bus_error *error);
