/* SPDX-License-Identifier: MIT
 *
 * One call about policy files on its way through the worker.
 */
#pragma once

#include "bus/internal.h"

typedef struct Errand {
	Bus *bus;
	sd_bus_message *call;
	char *policies_dir, *config_file;
	char *argument, *yaml; /* a policy's name (Check: its text), the text that is to be written */
	/* Of a change: */
	bool may_relax;        /* the caller may put a laxer policy in force */
	bool active;           /* it is about the policy that is or will be in force */
	bool written;          /* a file was changed */
	JobFn work, undo;
	char *kept, *wanted;   /* reload_kept(), reload_wanted() when it began */
	char *old;             /* the text that was there before; NULL: none */
	GPtrArray *infos, *diagnostics;
	char *text;
	GError *error;
} Errand;

Errand *errand_new(Bus *bus, sd_bus_message *call, const char *argument);
void errand_free(Errand *errand);
/* What the handler returns; the errand is taken also when there was no room. */
int errand_submit(Errand *errand, JobFn work, JobFn done);
/* True when the errand failed; then the caller was told and it is gone. */
bool errand_failed(Errand *errand);
