/* SPDX-License-Identifier: MIT
 *
 * --mount (docker/cli opts/mount.go).
 */
#include <string.h>
#include "base/nearest.h"
#include "request/argv/call/body.h"
#include "request/argv/call/container.h"
#include "request/argv/value/value.h"
#include "request/path.h"

#define SHOWN_BYTES 100u

typedef struct MountReading {
	Line *line;
	ArgvMount *mount;
	const char *key, *value; /* value NULL: there is no '=' */
} MountReading;

static bool refuse(const MountReading *at, const char *expected)
{
	return line_refuse(at->line, "--mount: invalid value \"%s\" for %s: expected %s", text_printable(at->line->arena, at->value, SHOWN_BYTES), at->key,
		expected);
}

static bool take_switch(const MountReading *at, bool *ret)
{
	const char *value = at->value ? value_bool(at->value) : "true";

	if (ret)
		*ret = value && !strcmp(value, "true");
	return value || refuse(at, "true or false");
}

static bool take_type(const MountReading *at)
{
	at->mount->type = value_lower(at->value, at->line->arena);
	return true;
}

/* "./x", ".." and ".x" are below the working directory; anything else is sent as it is. */
static bool take_source(const MountReading *at)
{
	at->mount->source = *at->value == '.' ? line_absolute(at->line, at->value) : at->value;
	return at->mount->source != NULL;
}

static bool take_target(const MountReading *at)
{
	at->mount->target = at->value;
	return true;
}

static bool take_read_only(const MountReading *at)
{
	return take_switch(at, &at->mount->read_only);
}

static bool take_text(const MountReading *at G_GNUC_UNUSED)
{
	return true;
}

static bool take_propagation(const MountReading *at)
{
	at->mount->bind_options = true;
	at->mount->propagation = value_lower(at->value, at->line->arena);
	return true;
}

static bool take_bind_switch(const MountReading *at)
{
	at->mount->bind_options = true;
	return take_switch(at, NULL);
}

static bool take_recursive(const MountReading *at)
{
	if (!strcmp(at->value, "enabled"))
		return true;
	at->mount->bind_options = true;
	if (!strcmp(at->value, "disabled"))
		return true;
	at->mount->needs_read_only = true;
	at->mount->needs_private = at->mount->needs_private || !strcmp(at->value, "readonly");
	return !strcmp(at->value, "readonly") || !strcmp(at->value, "writable") || refuse(at, "enabled, disabled, writable or readonly");
}

static bool take_volume_text(const MountReading *at)
{
	at->mount->volume_options = true;
	return true;
}

static bool take_volume_switch(const MountReading *at)
{
	at->mount->volume_options = true;
	return take_switch(at, NULL);
}

static bool take_volume_driver(const MountReading *at)
{
	at->mount->volume_options = true;
	at->mount->driver = at->value;
	return true;
}

static bool take_volume_option(const MountReading *at)
{
	Pair option = value_pair(at->value, at->line->arena);

	at->mount->volume_options = true;
	if (*option.key)
		value_map_set(&at->mount->options, option, at->line->arena);
	return true;
}

static bool take_image_text(const MountReading *at)
{
	at->mount->image_options = true;
	return true;
}

static bool take_tmpfs_size(const MountReading *at)
{
	int64_t size;

	at->mount->tmpfs_options = true;
	return value_bytes(at->value, &size) || refuse(at, "a size such as 64m");
}

static bool take_tmpfs_mode(const MountReading *at)
{
	uint64_t mode;

	at->mount->tmpfs_options = true;
	return value_uint(at->value, 8, 32, &mode) || refuse(at, "an octal mode such as 1777");
}

typedef struct Key {
	const char *name;
	bool (*take)(const MountReading *at);
	bool bare; /* may stand without a value */
} Key;

static const Key keys[] = {
	{ "type", take_type, false },
	{ "source", take_source, false },
	{ "src", take_source, false },
	{ "target", take_target, false },
	{ "dst", take_target, false },
	{ "destination", take_target, false },
	{ "readonly", take_read_only, true },
	{ "ro", take_read_only, true },
	{ "consistency", take_text, false },
	{ "bind-propagation", take_propagation, false },
	{ "bind-nonrecursive", take_bind_switch, true },
	{ "bind-recursive", take_recursive, false },
	{ "volume-subpath", take_volume_text, false },
	{ "volume-nocopy", take_volume_switch, true },
	{ "volume-label", take_volume_text, false },
	{ "volume-driver", take_volume_driver, false },
	{ "volume-opt", take_volume_option, false },
	{ "image-subpath", take_image_text, false },
	{ "tmpfs-size", take_tmpfs_size, false },
	{ "tmpfs-mode", take_tmpfs_mode, false },
};

static bool unknown_key(Line *line, const char *key)
{
	const char *names[G_N_ELEMENTS(keys)];

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		names[i] = keys[i].name;
	const char *near = nearest_word(key, names, G_N_ELEMENTS(keys));
	return line_refuse(line, "--mount has no key \"%s\"%s%s%s", text_printable(line->arena, key, SHOWN_BYTES), near ? " (did you mean " : "",
		near ? near : "", near ? "?)" : "");
}

static bool read_field(Line *line, const char *field, ArgvMount *mount)
{
	size_t length = strcspn(field, "=");
	const char *key = value_lower(arena_strndup(line->arena, field, length), line->arena);
	const MountReading at = { line, mount, key, field[length] ? field + length + 1 : NULL };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(keys[i].name, key) != 0)
			continue;
		if (!at.value && !keys[i].bare)
			return line_refuse(line, "--mount: expected %s=VALUE", key);
		return keys[i].take(&at);
	}
	return unknown_key(line, key);
}

static bool check(Line *line, const ArgvMount *mount)
{
	const struct { bool used; const char *type, *keys; } groups[] = {
		{ mount->volume_options, "volume", "volume-*" }, { mount->image_options, "image", "image-*" },
		{ mount->bind_options, "bind", "bind-*" }, { mount->tmpfs_options, "tmpfs", "tmpfs-*" },
	};

	if (!*mount->type)
		return line_refuse(line, "--mount: a type is expected: bind, volume, tmpfs or image");
	if (!*mount->target)
		return line_refuse(line, "--mount: a target is expected: target=PATH");
	for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
		if (groups[i].used && strcmp(mount->type, groups[i].type) != 0)
			return line_refuse(line, "--mount: %s keys do not go with type=%s", groups[i].keys, text_printable(line->arena, mount->type, SHOWN_BYTES));
	if (mount->needs_read_only && !mount->read_only)
		return line_refuse(line, "--mount: this bind-recursive needs readonly as well");
	if (mount->needs_private && strcmp(mount->propagation, "rprivate") != 0)
		return line_refuse(line, "--mount: bind-recursive=readonly needs bind-propagation=rprivate as well");
	return true;
}

bool argv_mount_read(Line *line, const char *value, ArgvMount *ret)
{
	StringList fields;
	const char *why;

	*ret = (ArgvMount){ .type = "volume", .source = "", .target = "", .propagation = "", .driver = "" };
	if (!value_csv(value, line->arena, &fields, &why))
		return line_refuse(line, "--mount \"%s\": expected %s", text_printable(line->arena, value, SHOWN_BYTES), why);
	for (size_t i = 0; i < fields.count; i++)
		if (!read_field(line, fields.items[i], ret))
			return false;
	return check(line, ret);
}

void argv_mount_write(Line *line, const ArgvMount *mount)
{
	body_open(line, NULL, '{');
	body_text(line, "Type", mount->type);
	body_text(line, "Source", mount->source);
	body_text(line, "Target", mount->target);
	body_switch(line, "ReadOnly", mount->read_only);
	if (*mount->propagation) {
		body_open(line, "BindOptions", '{');
		body_text(line, "Propagation", mount->propagation);
		body_close(line, '{');
	}
	if (mount->volume_options) {
		body_open(line, "VolumeOptions", '{');
		body_open(line, "DriverConfig", '{');
		body_text(line, "Name", mount->driver);
		body_map(line, "Options", &mount->options);
		body_close(line, '{');
		body_close(line, '{');
	}
	body_close(line, '{');
}
