/* SPDX-License-Identifier: MIT
 *
 * What was found so far, each (rule, path, fingerprint) once.  No text of a secret is kept: only its HMAC-SHA256 with
 * the installation's key.  Not thread-safe.
 */
#pragma once

#include "scan/report.h"
#include "scan/secret/text/engine.h"
#include "scan/secret/image/metadata.h"

typedef struct Findings Findings;

#define FINDINGS_NO_LAYER SIZE_MAX

/* Strings go into `arena`; `key` has DETECTOR_KEY_BYTES and stays the caller's. */
Findings *findings_new(Arena *arena, const uint8_t *key);
void findings_free(Findings *findings); /* NULL is accepted */
/* False: there are LIMIT_SECRET_FINDINGS of them, this one is not kept. */
bool findings_add(Findings *findings, const EngineMatch *match, const char *path, size_t layer);
/* The worst first.  Of rules that found the same text in one file the one that knows more of it reports: its own form, before
 * the file's, before any setting. */
void findings_finish(Findings *findings, const Metadata *metadata, ScanReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Findings, findings_free)
