/* SPDX-License-Identifier: MIT
 *
 * Where the project's other programs are.
 */
#pragma once

/* What the environment's `variable` says; else the one beside this program in a build directory ("daemon", "sentineld"); else `installed`.
 * Freed by the caller; whether it is there, its start shows. */
char *own_program_find(const char *variable, const char *folder, const char *name, const char *installed);
