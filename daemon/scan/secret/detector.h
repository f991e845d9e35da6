/* SPDX-License-Identifier: MIT
 *
 * The detector of secrets that is always there: reads what `docker save` writes (also an OCI layout as a tar), layer by
 * layer, without unpacking anything.  What an upper layer deletes is still in the image, and is reported.
 *
 * Looked at: text (UTF-8 or the like, and UTF-16), also in tar, zip, gzip, bzip2 and zstd within layers, and tokens in
 * base64; of unknown binary files what has the form of a token; Env, Labels, Cmd, Entrypoint, OnBuild, Healthcheck and the history of the
 * configuration.  Left out on purpose, and not counted as missing: programs, libraries, media and fonts by how they
 * begin, files that are packed by xz or encrypted, an archive within a layer that is damaged (its readable part is looked
 * at), and what exclude_paths names.  docs/SECRETS.md says more.
 *
 * The outcome is SCAN_CLEAN or SCAN_FOUND only when all of the rest was looked at.  SCAN_INCOMPLETE: a limit of
 * base/limits.h (LIMIT_SECRET_) was reached, the scan was cancelled, or a layer or configuration that the image names was
 * not there.  SCAN_FAILED: the archive or a layer is damaged, cannot be read, or holds no image.  Both keep what was found.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>
#include "base/arena.h"
#include "scan/report.h"
#include "scan/secret/rules/rules.h"

#define DETECTOR_KEY_BYTES 32u

typedef struct DetectorOptions {
	uint8_t key[DETECTOR_KEY_BYTES];     /* of the installation, for fingerprints */
	const char *const *exclude_paths;    /* globs of paths in the image, as in policies; ends with NULL, or is NULL */
	const char *const *ignore_detectors; /* ids of rules, the same */
	const _Atomic bool *cancelled;       /* true: end soon; NULL: never */
	const RuleTable *more;               /* rules besides, up to a table without items; NULL: none */
	const char *version;                 /* of all rules together; NULL: that of the built-in ones */
} DetectorOptions;

/* The report, "builtin" and the version of the rules, in `arena`.  The descriptor is read from where it is and stays the
 * caller's.  Any thread; one call uses only its own memory. */
ScanReport detector_scan_archive(int fd, const DetectorOptions *options, Arena *arena);
