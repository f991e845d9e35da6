/* SPDX-License-Identifier: MIT */
#pragma once

#include "request/request.h"

/* Splits a reference; never fails: a malformed one keeps its text as repository, with registry "" so
 * that no allowed registry matches it. */
ImageRef image_parse(const char *text, Arena *arena);
/* "docker.io/library/ubuntu:latest" */
const char *image_canonical(const ImageRef *image, Arena *arena);
