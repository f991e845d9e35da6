/* SPDX-License-Identifier: MIT
 *
 * Where a rule does not apply.
 */
#pragma once

#include "policy/model.h"

/* Once, after the keys were read. */
void exception_compile(Exception *exception, Arena *arena);

/* The first exception that covers the request.  `ret_expired`: one that would, had it not expired. */
const Exception *exception_find(const ExceptionList *list, const Request *request, const Situation *situation, Arena *arena, const Exception **ret_expired);

/* What an exception of the policy's own list may name besides. */
typedef struct ExceptionCase {
	const char *rule, *what; /* Finding.rule, what */
	const char *also;        /* Finding.also: must be named with `what`; "" */
	bool read_only;          /* Finding.read_only */
} ExceptionCase;

/* The same of the policy's own list, whose exceptions name rules. */
const Exception *exception_find_case(const ExceptionList *list, const ExceptionCase *about, const Request *request, const Situation *situation, Arena *arena,
	const Exception **ret_expired);
/* Of all rules and of the policy's own list: how many hold, and how many have ended. */
void exception_count(const Policy *policy, int64_t now_us, uint64_t *ret_active, uint64_t *ret_expired);

/* An image as patterns see it: "docker.io/library/ubuntu:latest", "ghcr.io/x/y@sha256:...": a digest
 * decides alone.  "" for what is no image name. */
const char *image_pattern_subject(const ImageRef *image, Arena *arena);
/* "ubuntu" -> the globs that stand for every tag and digest of it. */
void image_pattern_expand(StringList *globs, const char *written, Arena *arena);
