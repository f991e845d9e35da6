/* SPDX-License-Identifier: MIT
 *
 * Members of the body of a create call, and the flag that makes each.
 */
#pragma once

#include "request/json.h"

typedef struct Typing {
	Arena *arena;
	StringList flags;               /* as they are found */
	StringList command, entrypoint; /* words */
	StringList published, exposed;  /* "80/tcp" */
	StringList networks;
	const char *image, *network_mode, *restart;
	int64_t restarts;
	bool entrypoint_set, out, in, err;
	unsigned unconfined; /* of the two lists that systempaths=unconfined empties */
} Typing;

typedef struct TypedMember {
	const char *name; /* exactly so: another spelling is another client's */
	bool (*read)(Json *json, const char *flag, Typing *typing);
	const char *flag; /* "--user" */
} TypedMember;

/* An object whose members are in the table; others must be empty. */
bool typed_object(Json *json, const TypedMember *members, size_t count, Typing *typing);
void typed_flag(Typing *typing, const char *flag, const char *value); /* value NULL: a switch */

/* Readers.  False: there is no flag that makes this. */
bool typed_empty(Json *json, const char *flag, Typing *typing); /* null, "", 0, false, and what holds nothing else */
bool typed_text(Json *json, const char *flag, Typing *typing);
bool typed_switch(Json *json, const char *flag, Typing *typing);
bool typed_choice(Json *json, const char *flag, Typing *typing); /* false is another thing than nothing */
bool typed_number(Json *json, const char *flag, Typing *typing);
bool typed_list(Json *json, const char *flag, Typing *typing);
bool typed_pairs(Json *json, const char *flag, Typing *typing); /* NAME=VALUE */

/* host.c */
bool typed_host_config(Json *json, const char *flag, Typing *typing);
