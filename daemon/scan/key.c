/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/random.h>
#include "base/log.h"
#include "scan/key.h"
#include "scan/reading.h"

void scan_key_load(const char *file, unsigned char *ret)
{
	g_autofree char *kept = NULL;
	g_autoptr(GError) error = NULL;
	gsize length;

	if (g_file_get_contents(file, &kept, &length, NULL) && length == SCAN_KEY_BYTES) {
		memcpy(ret, kept, SCAN_KEY_BYTES);
		explicit_bzero(kept, length);
		return;
	}
	if (getrandom(ret, SCAN_KEY_BYTES, 0) != (ssize_t)SCAN_KEY_BYTES)
		g_error("the kernel has no random bytes");
	if (!g_file_set_contents_full(file, (const char *)ret, SCAN_KEY_BYTES, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
		log_debug("fingerprints of secrets are of this process alone: %s", error->message);
}
