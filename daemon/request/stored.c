/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "request/container.h"
#include "request/image.h"
#include "request/list.h"
#include "request/mounts.h"
#include "request/stored.h"

bool stored_read_volume(const char *text, size_t length, Arena *arena, StoredVolume *ret)
{
	static const JsonField fields[] = {
		JSON_FIELD("Driver", StoredVolume, driver, json_string),
		JSON_FIELD("Options", StoredVolume, options, json_pairs),
	};
	Json json = json_begin(text, length, arena);

	*ret = (StoredVolume){ .driver = "" };
	return json_object(&json, fields, G_N_ELEMENTS(fields), ret) && json_finish(&json);
}

static bool read_image_config(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("User", StoredImage, user, json_string), JSON_FIELD("Cmd", StoredImage, command, json_string_or_strings),
		JSON_FIELD("Entrypoint", StoredImage, entrypoint, json_string_or_strings),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

bool stored_read_image(const char *text, size_t length, Arena *arena, StoredImage *ret)
{
	static const JsonField fields[] = {
		JSON_FIELD("Id", StoredImage, id, json_string),
		JSON_FIELD("RepoDigests", StoredImage, digests, json_strings),
		JSON_FIELD_SELF("Config", read_image_config),
	};
	Json json = json_begin(text, length, arena);

	*ret = (StoredImage){ .id = "", .user = "" };
	return json_object(&json, fields, G_N_ELEMENTS(fields), ret) && json_finish(&json);
}

typedef struct Info {
	const char *data_root, *log_driver, *runtime;
	StringList security;
} Info;

bool stored_read_engine(const char *text, size_t length, Arena *arena, Engine *ret)
{
	static const JsonField fields[] = {
		JSON_FIELD("DockerRootDir", Info, data_root, json_string), JSON_FIELD("SecurityOptions", Info, security, json_strings),
		JSON_FIELD("LoggingDriver", Info, log_driver, json_string), JSON_FIELD("DefaultRuntime", Info, runtime, json_string),
	};
	Json json = json_begin(text, length, arena);
	Info info = { .data_root = "", .log_driver = "", .runtime = "" };

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &info) || !json_finish(&json) || *info.data_root != '/')
		return false;
	*ret = (Engine){ .known = true, .data_root = info.data_root, .log_driver = info.log_driver, .runtime = info.runtime };
	for (size_t i = 0; i < info.security.count; i++) {
		ret->no_new_privileges |= !strcmp(info.security.items[i], "name=no-new-privileges");
		ret->remapped |= !strcmp(info.security.items[i], "name=userns") || !strcmp(info.security.items[i], "name=rootless");
	}
	return true;
}

bool stored_read_network(const char *text, size_t length, Arena *arena, const char **ret_driver)
{
	const JsonField fields[] = { { "Driver", strlen("Driver"), 0, json_string } };
	Json json = json_begin(text, length, arena);

	return json_object(&json, fields, G_N_ELEMENTS(fields), ret_driver) && json_finish(&json);
}

typedef struct Listed {
	const char *id;
} Listed;

static bool read_listed(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("Id", Listed, id, json_string) };
	StringList *ids = target;
	Listed listed = { .id = "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &listed) || !*listed.id)
		return false;
	LIST_APPEND(json->arena, ids, listed.id);
	return true;
}

static bool read_first_tag(Json *json, void *target)
{
	ListedImage *image = target;
	StringList tags = { 0 };

	if (!json_strings(json, &tags))
		return false;
	image->name = tags.count ? tags.items[0] : "";
	return true;
}

static bool read_listed_image(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("Id", ListedImage, id, json_string), JSON_FIELD("Created", ListedImage, created_s, json_int), JSON_FIELD_SELF("RepoTags", read_first_tag),
	};
	ListedImages *images = target;
	ListedImage image = { .id = "", .name = "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &image) || !*image.id)
		return false;
	LIST_APPEND(json->arena, images, image);
	return true;
}

bool stored_read_images(const char *text, size_t length, Arena *arena, ListedImages *ret)
{
	Json json = json_begin(text, length, arena);

	*ret = (ListedImages){ 0 };
	return json_array(&json, read_listed_image, ret) && json_finish(&json);
}

bool stored_read_ids(const char *text, size_t length, Arena *arena, StringList *ret)
{
	Json json = json_begin(text, length, arena);

	*ret = (StringList){ 0 };
	return json_array(&json, read_listed, ret) && json_finish(&json);
}

typedef struct Exec {
	const char *container, *user;
	bool privileged;
	StringList entrypoint, arguments;
} Exec;

static bool read_process(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("user", Exec, user, json_string), JSON_FIELD("privileged", Exec, privileged, json_bool),
		JSON_FIELD("entrypoint", Exec, entrypoint, json_string_or_strings), JSON_FIELD("arguments", Exec, arguments, json_strings),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

bool stored_read_exec(const char *text, size_t length, Arena *arena, ContainerSpec *spec, const char **ret_container)
{
	static const JsonField fields[] = { JSON_FIELD("ContainerID", Exec, container, json_string), JSON_FIELD_SELF("ProcessConfig", read_process) };
	Json json = json_begin(text, length, arena);
	Exec exec = { .container = "", .user = "" };

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &exec) || !json_finish(&json) || !*exec.container)
		return false;
	spec->user = exec.user;
	spec->privileged = exec.privileged;
	spec->command = exec.entrypoint; /* moby daemon/exec.go: its first word */
	for (size_t i = 0; i < exec.arguments.count; i++)
		LIST_APPEND(arena, &spec->command, exec.arguments.items[i]);
	*ret_container = exec.container;
	return true;
}

/* moby oci/defaults.go, as of 20.10: a list that lacks one of these protects less than Docker's own. */
static const char *const masked[] = {
	"/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
};
static const char *const readonly[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };

static bool has(const StringList *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], word))
			return true;
	return false;
}

static bool has_all(const StringList *list, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!has(list, words[i]))
			return false;
	return true;
}

/* One of "Mounts" (api/types: MountPoint). */
typedef struct Point {
	const char *type, *name, *source, *target, *propagation;
	bool writable;
} Point;

static bool read_point(Json *json, void *target)
{
	static const JsonField fields[] = {
		JSON_FIELD("Type", Point, type, json_string),
		JSON_FIELD("Name", Point, name, json_string),
		JSON_FIELD("Source", Point, source, json_string),
		JSON_FIELD("Destination", Point, target, json_string),
		JSON_FIELD("RW", Point, writable, json_bool),
		JSON_FIELD("Propagation", Point, propagation, json_string),
	};
	ContainerSpec *spec = target;
	Point point = { .type = "", .name = "", .source = "", .target = "", .propagation = "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &point))
		return false;
	if (!strcmp(point.type, "bind") || (!*point.type && !*point.name))
		mounts_add_path(spec, point.source, point.target, !point.writable, "Mounts", json->arena);
	else if (!strcmp(point.type, "volume") || !*point.type)
		mounts_add_volume(spec, point.name, point.target, !point.writable, "Mounts", json->arena);
	else if (!strcmp(point.type, "tmpfs"))
		return true;
	else
		mounts_add_typed(spec, point.type, "", point.target, !point.writable, "Mounts", json->arena);
	spec->mounts.items[spec->mounts.count - 1].propagation = point.propagation;
	return true;
}

static bool read_points(Json *json, void *target)
{
	return json_array(json, read_point, target);
}

typedef struct Inspected {
	ContainerSpec points; /* only its mounts */
	const char *id, *name, *image_id;
	StoredContainer container;
} Inspected;

static bool read_config(Json *json, void *target)
{
	return container_read_config(json, &((Inspected *)target)->container);
}

static bool read_host_config(Json *json, void *target)
{
	return container_read_host_config(json, &((Inspected *)target)->container);
}

/* The labels of a joined container, which Docker copies when the caller gives none. */
static bool copied_labels(const StringList *options)
{
	static const char *const parts[] = { "label=user:", "label=role:", "label=type:", "label=level:" };

	if (options->count < G_N_ELEMENTS(parts))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		if (!g_str_has_prefix(options->items[options->count - G_N_ELEMENTS(parts) + i], parts[i]))
			return false;
	return true;
}

/* moby daemon/create.go, generateSecurityOpt: where SELinux's labels would be in the way Docker itself writes label=disable, behind
 * what the caller said.  What that allows the container has by what the caller asked for, and that is judged. */
static void undo_labels(ContainerSpec *spec, Arena *arena)
{
	bool host = spec->privileged || !strcmp(spec->pid_mode, "host") || !strcmp(spec->ipc_mode, "host");
	bool joined = g_str_has_prefix(spec->pid_mode, "container:") || g_str_has_prefix(spec->ipc_mode, "container:");
	StringList said = { 0 };

	for (size_t i = 0; i < spec->security_opt.count; i++)
		if (!host || strcmp(spec->security_opt.items[i], "label=disable") != 0)
			LIST_APPEND(arena, &said, spec->security_opt.items[i]);
	if (joined && !host && copied_labels(&said))
		said.count -= 4;
	spec->security_opt = said;
}

/* What create would have said had Docker not filled in the rest. */
static void undo_defaults(ContainerSpec *spec)
{
	spec->masked_paths_set = spec->masked_paths_set && !spec->privileged && !has_all(&spec->masked_paths, masked, G_N_ELEMENTS(masked));
	spec->readonly_paths_set = spec->readonly_paths_set && !spec->privileged && !has_all(&spec->readonly_paths, readonly, G_N_ELEMENTS(readonly));
	spec->cgroupns_mode = "";
	if (!strcmp(spec->runtime, "runc") || !strcmp(spec->runtime, "io.containerd.runc.v2"))
		spec->runtime = "";
	if (!strcmp(spec->restart_policy, "no"))
		spec->restart_policy = "";
}

bool stored_read_container(const char *text, size_t length, Arena *arena, Request *request)
{
	static const JsonField fields[] = {
		JSON_FIELD("Id", Inspected, id, json_string),
		JSON_FIELD("Name", Inspected, name, json_string),
		JSON_FIELD("Image", Inspected, image_id, json_string),
		JSON_FIELD_SELF("Config", read_config),
		JSON_FIELD_SELF("HostConfig", read_host_config),
		JSON_FIELD("Mounts", Inspected, points, read_points),
	};
	Inspected read = { .points = request->container, .id = "", .name = "", .image_id = "", .container = { .config = request->container, .host = request->container, .image = "" } };
	Json json = json_begin(text, length, arena);

	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &read) || !json_finish(&json))
		return false;
	container_join(&request->container, &read.container, arena);
	request->container_id = read.id;
	request->container.entrypoint_set = true; /* what the image says was taken over at creation */
	request->container.name = read.name + (*read.name == '/');
	request->container.mounts = read.points.mounts;
	undo_defaults(&request->container);
	undo_labels(&request->container, arena);
	request->kind = KIND_CONTAINER_CREATE;
	request->endpoint = "container.create";
	request->image = image_parse(read.container.image, arena);
	request->image_id = read.image_id; /* not what the name leads to now */
	request->image_user = request->container.user; /* what the image said was taken over at creation */
	request->has_container = true;
	return true;
}
