/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

/* SCAN_KEY_BYTES of this installation, made when they are not there: the same secret has the same
 * fingerprint in every scan, and nobody without the key can try words against it.  When the file can neither be
 * read nor made the key is this process's alone.  Blocks for a moment. */
void scan_key_load(const char *file, unsigned char *ret);
