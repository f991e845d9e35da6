/* SPDX-License-Identifier: MIT
 *
 * The directory with documents that say which vulnerabilities do not matter (policy/vex.h): DIR/vex beside the policies, *.json.  One that is not
 * root's or ours, that anybody may write, or that cannot be read says nothing; the others count.  Main thread.
 */
#pragma once

#include "policy/vex.h"

typedef struct VexFiles VexFiles;

VexFiles *vex_files_new(const char *directory); /* need not exist */
void vex_files_free(VexFiles *files);           /* NULL is accepted */
/* Whether names, sizes, times or owners are others than when this was asked last, or it never was. */
bool vex_files_changed(VexFiles *files);
/* What they say now; what is left out is in the log.  NULL: nothing. */
VexTable *vex_files_read(const VexFiles *files);
