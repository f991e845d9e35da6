/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/endpoint.h"
#include "request/summary.h"

static void put_words(Buffer *out, const char *first, const char *second)
{
	buffer_append(out, " ", 1);
	buffer_puts(out, first);
	if (!*second)
		return;
	buffer_append(out, " ", 1);
	buffer_puts(out, second);
}

static void put_flag(Buffer *out, const char *flag, const char *value)
{
	if (*value)
		put_words(out, flag, value);
}

static void put_switch(Buffer *out, const char *flag, bool on)
{
	if (on)
		put_words(out, flag, "");
}

static void put_list(Buffer *out, const char *flag, const StringList *list)
{
	for (size_t i = 0; i < list->count; i++)
		put_flag(out, flag, list->items[i]);
}

static void put_mounts(Buffer *out, const MountList *mounts)
{
	for (size_t i = 0; i < mounts->count; i++) {
		const Mount *mount = &mounts->items[i];
		if (mount->kind != MOUNT_BIND)
			continue;
		put_words(out, "-v", mount->source);
		buffer_append(out, ":", 1);
		buffer_puts(out, mount->target);
		buffer_puts(out, mount->read_only ? ":ro" : "");
	}
}

static void put_container(Buffer *out, const ContainerSpec *spec)
{
	put_flag(out, "--name", spec->name);
	put_switch(out, "--privileged", spec->privileged);
	put_flag(out, "--network", strcmp(spec->network_mode, "default") != 0 ? spec->network_mode : "");
	put_flag(out, "--pid", spec->pid_mode);
	put_flag(out, "--ipc", strcmp(spec->ipc_mode, "private") != 0 ? spec->ipc_mode : "");
	put_flag(out, "--uts", spec->uts_mode);
	put_flag(out, "--userns", spec->userns_mode);
	put_flag(out, "--user", spec->user);
	put_list(out, "--cap-add", &spec->cap_add);
	put_list(out, "--cap-drop", &spec->cap_drop);
	put_list(out, "--security-opt", &spec->security_opt);
	put_list(out, "--volumes-from", &spec->volumes_from);
	put_mounts(out, &spec->mounts);
	for (size_t i = 0; i < spec->devices.count; i++)
		put_flag(out, "--device", spec->devices.items[i].path_on_host);
}

/* An import has no path of its own: it is a pull without an image. */
static const char *command_of(const Request *request, const Endpoint *row)
{
	return !strcmp(request->endpoint, "image.import") ? "docker import" : row->command;
}

const char *summary_write(const Request *request, const Endpoint *row, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	if (!row) {
		const char *mark = strchrnul(request->uri, '?');
		return arena_printf(arena, "%s %.*s", request->method, (int)(mark - request->uri), request->uri);
	}
	buffer_puts(&out, command_of(request, row));
	if (request->has_container)
		put_container(&out, &request->container);
	if (request->kind == KIND_IMAGE_BUILD)
		put_flag(&out, "--network", request->container.network_mode);
	bool names_image = *request->image.text != 0;
	if (*request->subject && (!names_image || request->kind == KIND_IMAGE_TAG) && strcmp(request->subject, request->container.name) != 0)
		put_words(&out, request->subject, "");
	if (names_image) {
		const ImageRef *image = &request->image;
		if (request->kind == KIND_IMAGE_BUILD)
			put_words(&out, "-t", "");
		put_words(&out, image->text, "");
		if (*image->tag && !g_str_has_suffix(image->text, image->tag)) {
			buffer_append(&out, ":", 1);
			buffer_puts(&out, image->tag);
		}
	}
	return text_printable(arena, out.data, LIMIT_RECORD_FIELD);
}
