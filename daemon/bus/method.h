/* SPDX-License-Identifier: MIT
 *
 * What the bus knows of this service, as tables (methods.c).  sd-bus's vtables (vtable.c), the gate (gate.c) and the introspection data
 * that is installed (introspect.c) come from them and from nowhere else.
 */
#pragma once

#include <systemd/sd-bus.h>
#include "bus/work.h"
#include "dbus/names.h"

#define ACTION(name) "io.github.dockersentinel.sentinel1." name
#define ACTION_EVALUATE ACTION("evaluate")
#define ACTION_STATUS ACTION("status")
#define ACTION_AUDIT_READ_OWN ACTION("audit.read-own")
#define ACTION_AUDIT_READ ACTION("audit.read")
#define ACTION_AUDIT_MANAGE ACTION("audit.manage")
#define ACTION_POLICY_MANAGE ACTION("policy.manage")
#define ACTION_POLICY_DELETE ACTION("policy.delete")
#define ACTION_POLICY_RELOAD ACTION("policy.reload")
#define ACTION_MODE_RELAX ACTION("mode.relax")
#define ACTION_SCAN ACTION("scan")
#define ACTION_GRANT ACTION("grant")
#define ACTION_GRANT_REVOKE ACTION("grant.revoke")
#define ACTION_PIN ACTION("pin")

typedef struct Task Task; /* task.h */

typedef enum MethodRun {
	RUN_INLINE, /* on the main loop: what is at hand */
	RUN_READ,   /* on one of the readers, with a budget; dropped when nobody waits for it any more */
	RUN_WRITE,  /* on the writer, one after the other; what was begun is carried out */
	RUN_DOCKER, /* as RUN_READ, between questions to Docker, which count */
} MethodRun;

/* What a method does, in this order; NULL: nothing is to be done there. */
typedef struct Handler {
	size_t size;                                         /* of what it keeps in work->data */
	int (*read)(Task *task);                             /* main: the arguments; negative: work_fail() was called, or an errno */
	void (*work)(Work *work);                            /* where the row says */
	int (*answer)(Task *task, sd_bus_message *reply);    /* main: what the call returns; negative: it cannot be sent */
	void (*clear)(void *data);                           /* main: what is not in the arena */
	void (*begin)(Task *task);                           /* main: instead of `work`, its own way, which ends with task_finish() */
} Handler;

/* A look at the call before polkit is asked: may choose a stricter action (task->action) and say details. */
typedef struct Refine {
	size_t size;
	int (*read)(Task *task); /* main; negative: the arguments are wrong, which the handler will say */
	void (*work)(Work *work); /* on a reader; NULL: nothing to be found out */
	void (*done)(Task *task);
	void (*clear)(void *data);
	bool written; /* who writes policies, where there is one, asks polkit (writing.h) */
} Refine;

typedef struct Method {
	const char *name;
	const char *in, *out;  /* "as argv, a{sv} options" */
	const char *says;      /* one line for who reads the interface */
	const char *action;    /* NULL: open to everybody, polkit is not asked */
	const char *less;      /* tried, without a dialog, when `action` was refused; the handler then shows less */
	const Refine *refine;
	MethodRun run;
	unsigned patience_s;   /* of a reader; 0: LIMIT_READ_S */
	const Handler *handler; /* NULL: sd-bus answers */
} Method;

typedef enum PropertyKind { PROPERTY_CHANGES, PROPERTY_CONST, PROPERTY_SILENT } PropertyKind;

typedef struct Property {
	const char *name, *type, *says;
	PropertyKind kind;
	sd_bus_property_get_t get;
} Property;

typedef struct Signal {
	const char *name, *arguments, *says;
} Signal;

typedef struct Interface {
	const char *name, *says;
	bool foreign; /* the bus's own: only its rows in the gate are ours */
	const Method *methods;
	size_t method_count;
	const Property *properties;
	size_t property_count;
	const Signal *signals;
	size_t signal_count;
} Interface;

extern const Interface interfaces[];
extern const size_t interface_count;

const Interface *interface_find(const char *name);
/* `interface` may be NULL, as callers may leave it out.  NULL: there is no such member. */
const Method *method_find(const char *interface, const char *member);

/* "as argv, a{sv} options" -> "asa{sv}" and "argv\0options\0" (with `names` NULL: not wanted). */
void arguments_split(const char *arguments, GString *types, GString *names);

/* vtable.c: of one interface; lives as long as the process. */
const sd_bus_vtable *interface_vtable(const Interface *interface, sd_bus_message_handler_t dispatch);
/* introspect.c: the document that is installed; `names` are interfaces' names. */
char *introspect(const char *object, const char *const *names, size_t count);
