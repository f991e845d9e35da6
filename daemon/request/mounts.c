/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/list.h"
#include "request/local-volume.h"
#include "request/mounts.h"
#include "request/path.h"

void mounts_add_path(ContainerSpec *spec, const char *source, const char *target, bool read_only, const char *origin, Arena *arena)
{
	const char *clean = path_clean(source, arena), *resolved = path_resolve(source, arena);
	Mount mount = {
		.kind = MOUNT_BIND, .type = "bind", .source = source, .clean = clean, .resolved = resolved, .target = target, .driver = "",
		.propagation = "", .origin = origin, .read_only = read_only, .device = path_is_device(resolved),
	};

	LIST_APPEND(arena, &spec->mounts, mount);
}

static const char *const kind_words[] = { [MOUNT_BIND] = "bind", [MOUNT_VOLUME] = "volume", [MOUNT_TMPFS] = "tmpfs", [MOUNT_OTHER] = "other" };

static void add_other(ContainerSpec *spec, MountKind kind, const char *source, const char *target, bool read_only, const char *origin,
	Arena *arena)
{
	Mount mount = {
		.kind = kind, .type = kind_words[kind], .source = source, .clean = "", .resolved = "", .target = target, .driver = "", .propagation = "", .origin = origin,
		.read_only = read_only,
	};

	LIST_APPEND(arena, &spec->mounts, mount);
}

void mounts_add_volume(ContainerSpec *spec, const char *name, const char *target, bool read_only, const char *origin, Arena *arena)
{
	add_other(spec, MOUNT_VOLUME, name, target, read_only, origin, arena);
}

void mounts_add_typed(ContainerSpec *spec, const char *type, const char *source, const char *target, bool read_only, const char *origin, Arena *arena)
{
	add_other(spec, MOUNT_OTHER, source, target, read_only, origin, arena);
	spec->mounts.items[spec->mounts.count - 1].type = type;
}

/* Whether `word` stands in the comma-separated `list`. */
static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; *at; at += *at == ',') {
		size_t part = strcspn(at, ",");
		if (part == length && !memcmp(at, word, length))
			return true;
		at += part;
	}
	return false;
}

static const char *propagation_in(const char *options)
{
	static const char *const words[] = { "rshared", "shared", "rslave", "slave", "rprivate", "private" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (has_word(options, words[i]))
			return words[i];
	return "";
}

void mounts_add_bind(ContainerSpec *spec, const char *bind, const char *origin, Arena *arena)
{
	char *source = arena_strdup(arena, bind), *target = strchr(source, ':'), *options = NULL;

	if (target) {
		*target++ = 0;
		options = strchr(target, ':');
		if (options)
			*options++ = 0;
	}
	bool read_only = options && has_word(options, "ro");
	size_t before = spec->mounts.count;
	if (!target)
		add_other(spec, MOUNT_VOLUME, "", source, false, origin, arena);
	else if (*source == '/')
		mounts_add_path(spec, source, target, read_only, origin, arena);
	else
		add_other(spec, MOUNT_VOLUME, source, target, read_only, origin, arena);
	spec->mounts.items[before].propagation = propagation_in(options ? options : "");
}

typedef struct Binds {
	ContainerSpec *spec;
	size_t index;
} Binds;

static bool read_bind(Json *json, void *target)
{
	Binds *binds = target;
	const char *text = "";

	if (binds->index == LIMIT_MOUNTS)
		return json_refuse(json, "too many mounts");
	if (!json_string(json, &text))
		return false;
	mounts_add_bind(binds->spec, text, text_indexed(json->arena, "HostConfig.Binds", binds->index++), json->arena);
	return true;
}

bool mounts_read_binds(Json *json, void *target)
{
	return json_array(json, read_bind, &(Binds){ target, 0 });
}

static bool read_volume(Json *json, const char *key, void *target)
{
	add_other(target, MOUNT_VOLUME, "", key, false, "Volumes", json->arena);
	return json_skip(json, NULL);
}

bool mounts_read_volumes(Json *json, void *target)
{
	return json_map(json, read_volume, target);
}

static bool read_tmpfs(Json *json, const char *key, void *target)
{
	add_other(target, MOUNT_TMPFS, "", key, false, "HostConfig.Tmpfs", json->arena);
	return json_skip(json, NULL);
}

bool mounts_read_tmpfs(Json *json, void *target)
{
	return json_map(json, read_tmpfs, target);
}

/* mount(2) takes a relative path from dockerd's working directory, which is "/". */
static void add_device(ContainerSpec *spec, const char *path, const char *target, const char *origin, Arena *arena)
{
	mounts_add_path(spec, *path == '/' ? path : arena_printf(arena, "/%s", path), target, false, origin, arena);
}

/* One element of HostConfig.Mounts (api/types/mount). */
typedef struct MountBody {
	const char *type, *source, *target, *driver, *propagation;
	bool read_only;
	PairList options;
} MountBody;

static bool read_driver(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("Name", MountBody, driver, json_string),
		JSON_FIELD("Options", MountBody, options, json_pairs),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_volume_options(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("DriverConfig", read_driver) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_bind_options(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("Propagation", MountBody, propagation, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static void add_mount(ContainerSpec *spec, const MountBody *body, const char *origin, Arena *arena)
{
	size_t at = spec->mounts.count;

	if (!strcmp(body->type, "bind") || !strcmp(body->type, "npipe")) {
		add_device(spec, body->source, body->target, origin, arena);
		spec->mounts.items[at].read_only = body->read_only;
		spec->mounts.items[at].propagation = body->propagation;
		spec->mounts.items[at].type = body->type;
		return;
	}
	bool volume = !strcmp(body->type, "volume") || !*body->type;
	MountKind kind = volume ? MOUNT_VOLUME : !strcmp(body->type, "tmpfs") ? MOUNT_TMPFS : MOUNT_OTHER;
	add_other(spec, kind, body->source, body->target, body->read_only, origin, arena);
	spec->mounts.items[at].driver = body->driver;
	if (kind == MOUNT_OTHER)
		spec->mounts.items[at].type = body->type;
	if (body->options.count)
		local_volume_add(spec, "", &body->options, body->target, origin, arena);
}

static bool read_mount(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("Type", MountBody, type, json_string),
		JSON_FIELD("Source", MountBody, source, json_string),
		JSON_FIELD("Target", MountBody, target, json_string),
		JSON_FIELD("ReadOnly", MountBody, read_only, json_bool),
		JSON_FIELD_SELF("BindOptions", read_bind_options),
		JSON_FIELD_SELF("VolumeOptions", read_volume_options),
	};
	Binds *mounts = target;
	MountBody body = { .type = "", .source = "", .target = "", .driver = "", .propagation = "" };

	if (mounts->index == LIMIT_MOUNTS)
		return json_refuse(json, "too many mounts");
	if (!json_object(json, fields, G_N_ELEMENTS(fields), &body))
		return false;
	add_mount(mounts->spec, &body, text_indexed(json->arena, "HostConfig.Mounts", mounts->index++), json->arena);
	return true;
}

bool mounts_read_mounts(Json *json, void *target)
{
	return json_array(json, read_mount, &(Binds){ target, 0 });
}
