/* SPDX-License-Identifier: MIT
 *
 * The trail's old end, taken away on purpose.  What remains says so: a record with the endpoint
 * "sentinel.clear" whose user did it and whose subject is the number of records.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>
#include "audit/journal.h"

/* Removes the records from the oldest on up to the first that is not older than `until_us` (0: all that
 * are there); later ones stay, also older ones among them that a clock set back wrote.  What cannot be
 * written down does not happen.  Worker thread. */
bool clear_run(Journal *journal, const char *dir, uint64_t until_us, const char *by, uint64_t *ret_entries, GError **error);
