/* SPDX-License-Identifier: MIT
 *
 * What of a call people look for beside its command: what runs, published ports, named volumes, memory.  Of the container that is made, or
 * that is used, as Docker keeps it.
 */
#include <string.h>
#include "base/limits.h"
#include "request/runs.h"
#include "core/record-names.h"

static void put_argv(Buffer *out, const Request *request, Arena *arena)
{
	const char *line = runs_line(request, LIMIT_RECORD_FIELD, arena);

	if (!*line && request->use && request->stored)
		line = runs_line(request->stored, LIMIT_RECORD_FIELD, arena);
	if (!*line || runs_what_the_image_says(request))
		return;
	buffer_puts(out, ",\"argv\":");
	buffer_json_string(out, line, LIMIT_RECORD_FIELD);
}

/* The next item of an array that begins with the first; what has no room is left out, which "..." says. */
static bool put_item(Buffer *out, const char *member, size_t *count, const char *text)
{
	const bool full = ++*count > LIMIT_RECORD_NAMES;

	if (*count == 1)
		buffer_printf(out, ",\"%s\":[", member);
	else
		buffer_puts(out, ",");
	buffer_json_string(out, full ? "..." : text, LIMIT_RECORD_NAME_BYTES);
	return !full;
}

static void put_ports(Buffer *out, const ContainerSpec *spec, Arena *arena)
{
	size_t count = 0;
	bool room = true;

	for (size_t i = 0; i < spec->ports.count && room; i++) {
		const Port *port = &spec->ports.items[i];
		const char *from = *port->host_ip ? arena_printf(arena, "%s:", port->host_ip) : "";
		room = put_item(out, "ports", &count, arena_printf(arena, "%s%s:%s", from, port->host_port, port->container));
	}
	if (count)
		buffer_puts(out, "]");
}

static void put_volumes(Buffer *out, const ContainerSpec *spec, Arena *arena)
{
	size_t count = 0;
	bool room = true;

	for (size_t i = 0; i < spec->mounts.count && room; i++) {
		const Mount *mount = &spec->mounts.items[i];
		if (mount->kind == MOUNT_VOLUME && *mount->source)
			room = put_item(out, "volumes", &count, arena_printf(arena, "%s:%s%s", mount->source, mount->target, mount->read_only ? ":ro" : ""));
	}
	if (count)
		buffer_puts(out, "]");
}

void record_put_names(Buffer *out, const KeptCall *kept, Arena *arena)
{
	const Request *request = kept ? kept->request : NULL; /* without what must not be written down */
	const ContainerSpec *spec = NULL;

	if (request && request->has_container)
		spec = &request->container;
	else if (request && request->use && request->stored)
		spec = &request->stored->container;
	if (request)
		put_argv(out, request, arena);
	if (!spec)
		return;
	put_ports(out, spec, arena);
	put_volumes(out, spec, arena);
	if (spec->memory > 0)
		buffer_printf(out, ",\"memory\":%" G_GINT64_FORMAT, spec->memory);
}
