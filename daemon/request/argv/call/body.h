/* SPDX-License-Identifier: MIT
 *
 * Writing the call that the docker CLI would send: its query and its JSON body.
 */
#pragma once

#include "request/argv/line.h"

/* A member of the object that is open; `name` NULL: an element of the array that is open.  What is empty or zero is left out. */
void body_text(Line *line, const char *name, const char *value);
void body_number(Line *line, const char *name, int64_t value);
void body_switch(Line *line, const char *name, bool value);
void body_list(Line *line, const char *name, const StringList *values);
void body_map(Line *line, const char *name, const PairList *pairs);
/* '{' or '[' ... and its other half. */
void body_open(Line *line, const char *name, char bracket);
void body_close(Line *line, char bracket);

void query_add(Line *line, const char *name, const char *value);
/* The path of the call, `subject` in the place of {}: cleaned as path.Join does, escaped as net/url does (moby client/client.go). */
void line_set_path(Line *line, const char *pattern, const char *subject);
