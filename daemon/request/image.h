/* SPDX-License-Identifier: MIT */
#pragma once

#include "request/request.h"

/* Splits a reference; never fails: a malformed one keeps its text as repository, with registry "" so
 * that no allowed registry matches it. */
ImageRef image_parse(const char *text, Arena *arena);
/* As it was named, with its tag: "a.net/app:1". */
const char *image_tagged(const ImageRef *image, Arena *arena);
/* "docker.io/library/ubuntu:latest" */
const char *image_canonical(const ImageRef *image, Arena *arena);
/* What Docker's list of "NAME@sha256:..." says of where the image with this id came from.  The containerd store writes one for every tag,
 * with the image's own id as its digest (moby daemon/containerd/image_inspect.go): that shows neither. */
typedef enum ImageOrigin { IMAGE_MADE_HERE, IMAGE_FROM_SOMEWHERE, IMAGE_PULLED } ImageOrigin;
ImageOrigin image_origin(const ImageRef *image, const char *id, const StringList *digests, Arena *arena);
