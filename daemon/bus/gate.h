/* SPDX-License-Identifier: MIT
 *
 * The gate before every handler.  Main thread.
 */
#pragma once

#include "bus/internal.h"

#define ACTION(name) "io.github.dockersentinel.sentinel1." name
#define ACTION_EVALUATE ACTION("evaluate")
#define ACTION_STATUS ACTION("status")
#define ACTION_AUDIT_READ_OWN ACTION("audit.read-own")
#define ACTION_AUDIT_READ ACTION("audit.read")
#define ACTION_AUDIT_MANAGE ACTION("audit.manage")
#define ACTION_POLICY_MANAGE ACTION("policy.manage")
#define ACTION_MODE_RELAX ACTION("mode.relax")
#define ACTION_SCAN ACTION("scan")
#define ACTION_GRANT ACTION("grant")

typedef struct GateRow {
	const char *interface, *member;
	const char *action; /* NULL: open to everybody, polkit is not asked */
	const char *less;   /* tried, without a dialog, when `action` was refused; the handler then shows less */
	/* Looks closer at the call and may choose a stricter action and fill policy and mode, then calls
	 * gate_refined(), now or later.  Takes the reference.  false: it could not be done (and the
	 * reference was dropped). */
	bool (*refine)(Ticket *ticket);
} GateRow;

extern const GateRow gate_rows[];
extern const size_t gate_row_count;

/* One call on its way through the gate. */
struct Ticket {
	unsigned users;
	Bus *bus; /* NULL: it was put away, nobody waits for the answer */
	sd_bus_message *call;
	const GateRow *row;
	const char *action;  /* that is asked for */
	const char *granted; /* NULL while that is open */
	bool trusted;        /* root, the user of a session bus, a peer: may do everything */
	uid_t uid;
	char *policy, *image, *why; /* details for polkit's dialog and rules; NULL: none */
	const char *mode;
	sd_bus_slot *slot;
};

Ticket *ticket_ref(Ticket *ticket);
void ticket_unref(Ticket *ticket);

int gate_prepare(Bus *bus); /* once, before there is a connection */
int gate_install(Bus *bus); /* for each connection */
/* The connection goes: nobody waits any more. */
void gate_clear(Bus *bus);
/* `interface` may be NULL, as callers may leave it out.  NULL: there is no such member. */
const GateRow *gate_row(const char *interface, const char *member);
void gate_refined(Ticket *ticket);
/* About the call that a handler was given; only until the handler returns. */
bool gate_allows(const Bus *bus, const sd_bus_message *call, const char *action);
uid_t gate_uid(const Bus *bus, const sd_bus_message *call);
