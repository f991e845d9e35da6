/* SPDX-License-Identifier: MIT */
#pragma once

/* A top-level key of older policy files: what to write instead.  NULL: it is none. */
const char *old_key_now(const char *key);
