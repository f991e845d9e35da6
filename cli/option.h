/* SPDX-License-Identifier: MIT
 *
 * Options as rows: each verb's file has a struct for what was said, and a table of the options that fill it.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>
#include "cli/cli.h"

typedef enum OptionKind { OPTION_FLAG, OPTION_TEXT, OPTION_COUNT } OptionKind;

typedef struct Option {
	const char *name;
	char letter; /* 0: none */
	OptionKind kind;
	size_t offset;            /* into the struct */
	const char *value, *help; /* "NAME" (NULL: takes none), "what it does" */
	const char *fallback;     /* what counts when it is not given; NULL: nothing that has a name */
} Option;

/* A row.  The kind is that of the member: gboolean is a flag, char * a text (NULL: not given), int64_t a count above 0 (0: not given).  Behind
 * the help may stand `.fallback = "20"`.  By the word for the value it is completed: cli/complete.c has a row for each. */
#define OPTION(Struct, member, name, letter, value, help, ...)                                                                             \
	{                                                                                                                                  \
		(name), (letter), _Generic(((Struct *)NULL)->member, gboolean: OPTION_FLAG, char *: OPTION_TEXT, int64_t: OPTION_COUNT),   \
			offsetof(Struct, member), (value), (help), ##__VA_ARGS__                                                           \
	}

/* A table with its struct; what the main program allocates, fills and frees. */
typedef struct OptionTable {
	const Option *rows;
	size_t count, bytes; /* of rows, of the struct */
} OptionTable;

#define OPTION_TABLE(Struct, table)                                                                                                        \
	{                                                                                                                                  \
		(table), G_N_ELEMENTS(table), sizeof(Struct)                                                                               \
	}

/* Those of all verbs; they fill a Cli. */
extern const OptionTable option_all;

/* The option at words[*at], of `table` (NULL: none) into `values`, or of all verbs into `cli`; moves on behind its value.  0, or the exit
 * code after saying why. */
int option_read(Cli *cli, const OptionTable *table, void *values, char **words, int *at);
/* The option of this name ("limit"), letter or, with an = behind it, of either; of `table` (NULL: none) or of all verbs; NULL: none. */
const Option *option_find(const OptionTable *table, const char *word);
/* The lines of a help. */
void option_print(FILE *stream, const OptionTable *table);
/* The rows for programs. */
JsonArray *option_describe(const OptionTable *table);
/* Frees the texts. */
void option_clear(const OptionTable *table, void *values);
