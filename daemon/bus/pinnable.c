/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "bus/pinnable.h"
#include "policy/wants.h"
#include "request/list.h"
#include "request/path-look.h"
#include "request/pins.h"

static bool caused(const Decision *decision, const int32_t *indexes, const ArgvPart *part)
{
	for (size_t i = 0; i < decision->finding_count; i++)
		if (indexes[i] == (int32_t)part->index && !strcmp(decision->findings[i].category, "mounts"))
			return true;
	return false;
}

static bool same_mount(const Mount *left, const Mount *right)
{
	return left->kind == right->kind && left->read_only == right->read_only && !strcmp(left->source, right->source) &&
	       !strcmp(left->target, right->target);
}

/* The one mount that is gone without the part; NULL: it is not exactly one. */
static const Mount *find_gone(const MountList *whole, const MountList *without)
{
	size_t at = 0;

	if (whole->count != without->count + 1)
		return NULL;
	while (at < without->count && same_mount(&whole->items[at], &without->items[at]))
		at++;
	for (size_t i = at; i < without->count; i++)
		if (!same_mount(&whole->items[i + 1], &without->items[i]))
			return NULL;
	return &whole->items[at];
}

static const Mount *mount_of(const Cause *cause, const ArgvPart *part)
{
	ArgvReading reading;
	const char **argv = arena_alloc(cause->arena, (cause->argc + 1) * sizeof *argv);
	size_t count = 0;

	for (size_t i = 0; i < cause->argc; i++)
		if (i < part->index || i >= part->index + part->words)
			argv[count++] = cause->argv[i];
	if (!argv_read_line(argv, count, cause->context, cause->arena, &reading, NULL) || reading.request->kind != KIND_CONTAINER_CREATE)
		return NULL;
	return find_gone(&cause->reading->request->container.mounts, &reading.request->container.mounts);
}

/* A directory of the host's as -v gives it: what else a mount may have said a pin has not got. */
static bool replaceable(const Mount *mount, Arena *arena)
{
	bool plain = !*mount->propagation || !strcmp(mount->propagation, "rprivate") || !strcmp(mount->propagation, "private");

	return mount->kind == MOUNT_BIND && !mount->from_volume && plain && *mount->source == '/' && *mount->target == '/' &&
	       !strchr(mount->target, ':') && !pin_concerns(mount, arena);
}

/* Switches may stand before it in the same word. */
static const char *kept_of(const char *word, Arena *arena)
{
	const char *letter = word[0] == '-' && word[1] != '-' ? strchr(word, 'v') : NULL;

	return letter && letter > word + 1 ? arena_strndup(arena, word, (size_t)(letter - word)) : "";
}

PinnableList pinnable_find(const Cause *cause, const Decision *decision, const int32_t *indexes)
{
	const ArgvPartList *parts = &cause->reading->parts;
	PinnableList list = { 0 };

	if (decision->allowed || !cause->policy || cause->reading->request->kind != KIND_CONTAINER_CREATE ||
		!(policy_paths(cause->policy) & PATHS_PINS))
		return list;
	for (size_t i = 0; i < parts->count && i < LIMIT_TRACED_FLAGS; i++) {
		const ArgvPart *part = &parts->items[i];
		bool mounts = !strcmp(part->flag, "volume") || !strcmp(part->flag, "mount");
		const Mount *mount = mounts && caused(decision, indexes, part) ? mount_of(cause, part) : NULL;
		if (!mount || !replaceable(mount, cause->arena))
			continue;
		Pinnable pinnable = { (uint32_t)part->index, (uint32_t)part->words, kept_of(cause->argv[part->index], cause->arena),
			mount->source, mount->target, mount->read_only };
		LIST_APPEND(cause->arena, &list, pinnable);
	}
	return list;
}
