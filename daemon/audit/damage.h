/* SPDX-License-Identifier: MIT
 *
 * Damage to audit.db, whoever meets it: SQLite says it to its log, which is heard here, and the index is made again.
 */
#pragma once

/* Before SQLite is used for the first time; later it changes nothing.  Any thread. */
void damage_watch(void);
