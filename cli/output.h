/* SPDX-License-Identifier: MIT
 *
 * Answers go to stdout, talk to stderr; with --json one envelope {success, timestamp, data | error}.
 */
#pragma once

#include "cli/cli.h"

typedef enum Paint { PAINT_RED, PAINT_YELLOW, PAINT_GREEN, PAINT_BOLD } Paint;

/* Prints the envelope; takes `data`.  For verbs that were asked for JSON. */
void output_object(bool success, JsonObject *data);
/* The same with an object of one list, {name: array}; takes `array`. */
void output_array(bool success, const char *name, JsonArray *array);
/* Says what went wrong, in the form that was asked for.  Returns `code`. */
int output_error(const Cli *cli, ExitCode code, const char *name, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* A copy without what changes a terminal: control characters but line feed and tab, and what turns the direction of text, become '?'. */
char *output_clean(const char *text);
/* json_object_set_string_member() with such a copy: what came from elsewhere. */
void output_set_text(JsonObject *object, const char *name, const char *text);
/* The text, clean, between colour codes when stdout is a terminal that wants them. */
char *output_paint(const Cli *cli, Paint paint, const char *text);
