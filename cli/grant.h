/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/cli.h"

typedef struct GrantWanted {
	const char *reason;
	uint64_t duration_s, uses; /* 0: as the service has it */
} GrantWanted;

/* A grant for the call that this decision denied.  Returns 0, or the exit code after saying what went wrong. */
int grant_make(Cli *cli, uint64_t decision, const GrantWanted *wanted, uint64_t *ret_grant);
