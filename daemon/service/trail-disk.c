/* SPDX-License-Identifier: MIT
 *
 * A disk that fills is told of long before it is full.
 */
#include <sys/statvfs.h>
#include "base/limits.h"
#include "base/log.h"
#include "service/herald.h"
#include "service/trail.h"

#define SMALL_DISK 10u /* of a small one a tenth is little */

bool trail_look_at_disk(Trail *trail)
{
	const int64_t now = g_get_monotonic_time();
	struct statvfs disk;

	if (trail->private_instance || now < trail->disk_due_us || statvfs(trail->dir, &disk) < 0)
		return false;
	trail->disk_due_us = now + (int64_t)LIMIT_DISK_LOOK_S * G_USEC_PER_SEC;
	Journal *journal = writers_journal(&trail->writers);
	const uint64_t lent = journal ? journal_lent(journal) : 0, seen = (uint64_t)disk.f_bavail * disk.f_frsize;
	const uint64_t room = seen - MIN(seen, lent), all = (uint64_t)disk.f_blocks * disk.f_frsize;
	const uint64_t least = MIN(LIMIT_DISK_LOW_BYTES, all / SMALL_DISK);
	const bool was = atomic_load(&trail->status->disk_low),
		   low = room < (was ? least + least / SMALL_DISK : least); /* not to and fro */
	if (low == was)
		return false;
	atomic_store(&trail->status->disk_low, low);
	if (low)
		herald_disk_low(trail->dir, room);
	else
		log_notice("the disk with the audit trail has room again");
	return true;
}
