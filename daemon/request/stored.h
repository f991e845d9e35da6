/* SPDX-License-Identifier: MIT
 *
 * What Docker answers about a container, a volume, an image or a network that it has.
 */
#pragma once

#include "request/request.h"

typedef struct StoredVolume {
	const char *driver;
	PairList options; /* of the local driver: type, o, device */
} StoredVolume;

/* False when the answer is not what Docker documents. */
bool stored_read_volume(const char *json, size_t length, Arena *arena, StoredVolume *ret);
typedef struct StoredImage {
	const char *id;   /* "sha256:..." */
	const char *user; /* of its configuration, "" when it has none */
	StringList entrypoint, command;
	StringList digests; /* "NAME@sha256:...": where it was pulled from or pushed to, as far as Docker's image store can say */
} StoredImage;

bool stored_read_image(const char *json, size_t length, Arena *arena, StoredImage *ret);
/* What Docker says of itself: where its data is, and its defaults. */
bool stored_read_engine(const char *json, size_t length, Arena *arena, Engine *ret);
/* The ids of the containers of a list (GET /containers/json; api/types: Container). */
bool stored_read_ids(const char *json, size_t length, Arena *arena, StringList *ret);
/* One of Docker's list of images. */
typedef struct ListedImage {
	const char *id, *name; /* its first name, "app:1"; "": it has none */
	int64_t created_s;
} ListedImage;
typedef struct ListedImages {
	ListedImage *items;
	size_t count;
} ListedImages;
bool stored_read_images(const char *text, size_t length, Arena *arena, ListedImages *ret);
/* The driver of a network. */
bool stored_read_network(const char *json, size_t length, Arena *arena, const char **ret_driver);
/* A process that was made in a container and perhaps not started yet: `ret_container` is the id of that, `spec` gets what it runs, and as whom. */
bool stored_read_exec(const char *json, size_t length, Arena *arena, ContainerSpec *spec, const char **ret_container);
/* As the create call that would make the same container: KIND_CONTAINER_CREATE.  Mounts are the
 * container's mount points (binds, volumes by name, inherited ones too).  What Docker filled in by
 * itself (the default runtime, the cgroup namespace of its host, its own masked paths, label=disable
 * beside what needs it) is left out. */
bool stored_read_container(const char *json, size_t length, Arena *arena, Request *request);
