/* SPDX-License-Identifier: MIT
 *
 * Pins that are kept: a list that outlives the machine's run, from which they are made again when it starts.
 */
#pragma once

#include "pin/keep.h"

/* Writes what is kept, when it is not what was written last; on the disk when this returns.  0, or a negative errno. */
int pin_kept_save(PinKeeper *keeper);
/* The list into a table that is empty.  0, also when there is no list; or a negative errno: it is there and cannot be read. */
int pin_kept_read(PinKeeper *keeper);
/* Each that is not mounted is made again, as its owner opens it; what is another directory now, or none, is told on stderr and stays in
 * the list, not mounted. */
void pin_kept_restore(PinKeeper *keeper);
