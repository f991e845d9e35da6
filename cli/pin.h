/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/cli.h"

typedef struct PinWanted {
	bool read_only, keep;
	bool once;           /* for one command */
	int64_t duration_us; /* 0: the service's default, or none for what is kept */
	const char *map;     /* NULL: the same */
} PinWanted;

/* The path of a new pin of a directory, freed by the caller.  0, or the exit code after saying why. */
int pin_make(Cli *cli, const char *path, const PinWanted *wanted, char **ret_path);
/* Ends one.  The container that had it, or "", freed by the caller.  0, or the exit code after saying why. */
int pin_drop(Cli *cli, const char *path, char **ret_container);
