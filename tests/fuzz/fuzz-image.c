/* SPDX-License-Identifier: MIT
 *
 * Whatever the bytes of an archive: a report, no crash, memory by the limits; and a whole answer says nothing was left out.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "scan/secret/detector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const ScanReport *report)
{
	bool whole = report->outcome == SCAN_CLEAN || report->outcome == SCAN_FOUND;

	if (whole != !*report->detail || (report->outcome == SCAN_CLEAN && report->count))
		abort();
	for (size_t i = 0; i < report->count; i++)
		if (!*report->items[i].id || strlen(report->items[i].fingerprint) != SCAN_FINGERPRINT_LENGTH || !g_utf8_validate(report->items[i].path, -1, NULL))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	const DetectorOptions options = { .key = "fuzz" };
	g_autoptr(Arena) arena = arena_new();

	if (fd < 0)
		fd = memfd_create("image", MFD_CLOEXEC);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	ScanReport report = detector_scan_archive(fd, &options, arena);
	check(&report);
	return 0;
}
