/* SPDX-License-Identifier: MIT
 *
 * Flags that take something from the host: volumes, mounts, devices.
 */
#include <string.h>
#include "base/error.h"
#include "request/argv-flags.h"
#include "request/list.h"
#include "request/mounts.h"
#include "request/path.h"

/* The CLI makes "./x" and "../x" absolute; anything else that is not absolute is a volume's name. */
static const char *absolute(Line *line, const char *path, GError **error)
{
	if (*path != '.')
		return path;
	if (!line->context->cwd || *line->context->cwd != '/') {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "the relative path \"%s\" needs the working directory of the caller", path);
		return NULL;
	}
	return path_clean(arena_printf(line->arena, "%s/%s", line->context->cwd, path), line->arena);
}

bool flag_volume(Line *line, const Flag *flag, const char *value, GError **error)
{
	size_t source = strcspn(value, ":");

	if (!*value || *value == ':' || (value[source] && !value[source + 1]))
		return line_invalid(error, flag, value, "SOURCE:TARGET[:OPTIONS] or TARGET");
	if (value[source]) {
		const char *path = absolute(line, arena_strndup(line->arena, value, source), error);
		if (!path)
			return false;
		value = arena_printf(line->arena, "%s%s", path, value + source);
	}
	mounts_add_bind(&line->request->container, value, "--volume", line->arena);
	return true;
}

bool flag_tmpfs(Line *line, const Flag *flag, const char *value, GError **error)
{
	Mount mount = { .kind = MOUNT_TMPFS, .source = "", .clean = "", .resolved = "", .target = value, .driver = "", .propagation = "",
		.origin = "--tmpfs" };

	(void)flag;
	(void)error;
	LIST_APPEND(line->arena, &line->request->container.mounts, mount);
	return true;
}

/* The fields of one CSV line (RFC 4180): "a,b" keeps its comma in quotes. */
static StringList split_csv(const char *text, Arena *arena)
{
	StringList fields = { 0 };
	Buffer field = BUFFER_INIT(arena);
	bool quoted = false;

	buffer_puts(&field, "");
	for (;; text++) {
		if (*text == '"') {
			quoted = !quoted;
		} else if (!*text || (*text == ',' && !quoted)) {
			LIST_APPEND(arena, &fields, field.data);
			field = BUFFER_INIT(arena);
			buffer_puts(&field, "");
			if (!*text)
				return fields;
		} else {
			buffer_append(&field, text, 1);
		}
	}
}

typedef struct MountWords {
	const char *type, *source, *target;
	bool read_only;
	PairList options;
} MountWords;

static void add_option(PairList *options, const char *value, Arena *arena)
{
	size_t name = strcspn(value, "=");
	Pair option = { arena_strndup(arena, value, name), value[name] ? value + name + 1 : "" };

	LIST_APPEND(arena, options, option);
}

/* One key of --mount (opts/mount.go). */
static bool read_word(MountWords *words, const char *key, const char *value, Arena *arena)
{
	const struct { const char *key; const char **target; } texts[] = {
		{ "type", &words->type }, { "source", &words->source }, { "src", &words->source }, { "target", &words->target },
		{ "dst", &words->target }, { "destination", &words->target },
	};
	static const char *const others[] = {
		"consistency", "bind-propagation", "bind-nonrecursive", "bind-recursive", "volume-subpath", "volume-nocopy", "volume-label",
		"volume-driver", "tmpfs-size", "tmpfs-mode", "image-subpath", "bind-create-src",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		if (!strcmp(key, texts[i].key))
			return (*texts[i].target = value) != NULL;
	if (!strcmp(key, "readonly") || !strcmp(key, "ro")) {
		words->read_only = !*value || !strcmp(value, "true") || !strcmp(value, "1");
		return true;
	}
	if (!strcmp(key, "volume-opt")) {
		add_option(&words->options, value, arena);
		return true;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		if (!strcmp(key, others[i]))
			return true;
	return false;
}

static bool add_mount(Line *line, const Flag *flag, const MountWords *words, const char *value, GError **error)
{
	ContainerSpec *spec = &line->request->container;

	if (!*words->target)
		return line_invalid(error, flag, value, "a target");
	if (!strcmp(words->type, "bind")) {
		const char *source = absolute(line, words->source, error);
		if (!source || *source != '/')
			return source ? line_invalid(error, flag, value, "an absolute source for type=bind") : false;
		mounts_add_path(spec, source, words->target, words->read_only, "--mount", line->arena);
		return true;
	}
	MountKind kind = !strcmp(words->type, "volume") ? MOUNT_VOLUME : !strcmp(words->type, "tmpfs") ? MOUNT_TMPFS : MOUNT_OTHER;
	Mount mount = { .kind = kind, .source = words->source, .clean = "", .resolved = "", .target = words->target, .driver = "", .propagation = "",
		.origin = "--mount" };
	mount.read_only = words->read_only;
	LIST_APPEND(line->arena, &spec->mounts, mount);
	mounts_add_options(spec, &words->options, words->target, "--mount", line->arena);
	return true;
}

bool flag_mount(Line *line, const Flag *flag, const char *value, GError **error)
{
	MountWords words = { .type = "volume", .source = "", .target = "" };
	StringList fields = split_csv(value, line->arena);

	for (size_t i = 0; i < fields.count; i++) {
		const char *field = fields.items[i];
		size_t length = strcspn(field, "=");
		g_autofree char *key = g_ascii_strdown(field, (gssize)length);
		if (!read_word(&words, key, field[length] ? field + length + 1 : "", line->arena))
			return line_invalid(error, flag, value, arena_printf(line->arena, "keys such as type, source, target; found \"%s\"", key));
	}
	return add_mount(line, flag, &words, value, error);
}

/* PATH[:PATH[:PERMISSIONS]], or a CDI name such as vendor.com/class=device. */
bool flag_device(Line *line, const Flag *flag, const char *value, GError **error)
{
	ContainerSpec *spec = &line->request->container;

	if (!*value)
		return line_invalid(error, flag, value, "a device");
	if (*value != '/' && strchr(value, '=')) {
		spec->device_requests++;
		return true;
	}
	size_t host = strcspn(value, ":");
	Device device = { arena_strndup(line->arena, value, host), value[host] ? value + host + 1 : value, "rwm" };
	LIST_APPEND(line->arena, &spec->devices, device);
	return true;
}

bool flag_gpus(Line *line, const Flag *flag, const char *value, GError **error)
{
	(void)flag;
	(void)value;
	(void)error;
	line->request->container.device_requests++;
	return true;
}

/* docker volume create --opt: judged together when the line is read. */
bool flag_volume_option(Line *line, const Flag *flag, const char *value, GError **error)
{
	(void)flag;
	(void)error;
	add_option(&line->options, value, line->arena);
	return true;
}
