/* SPDX-License-Identifier: MIT
 *
 * -v and --device (docker/cli internal volumespec, cli/command/container/opts.go).
 */
#include <string.h>
#include "request/argv/call/body.h"
#include "request/argv/call/container.h"
#include "request/argv/value/value.h"
#include "request/list.h"
#include "request/path.h"

#define SHOWN_BYTES 100u
#define VOLUME_PARTS 3u

typedef struct Volume {
	const char *text;   /* as it is sent */
	bool has_source;    /* goes to Binds; else it is an anonymous volume */
} Volume;

static bool refuse(Line *line, const char *value, const char *why)
{
	return line_refuse(line, "invalid value \"%s\" for --volume: %s", text_printable(line->arena, value, SHOWN_BYTES), why);
}

/* Exactly one letter, of whatever alphabet. */
static bool is_letter(const char *text, size_t length)
{
	return length && length == (size_t)g_utf8_skip[(unsigned char)*text] && g_unichar_isalpha(g_utf8_get_char(text));
}

/* The colons that stand between parts: "c:/x" is one part, as on Windows. */
static bool split(Line *line, const char *value, size_t *ret_parts, size_t *ret_source)
{
	size_t start = 0, parts = 0;

	for (size_t at = 0;; at++) {
		bool drive = value[at] == ':' && is_letter(value + start, at - start);
		if (value[at] && (value[at] != ':' || drive))
			continue;
		if (at == start)
			return refuse(line, value, "there is nothing between two colons; expected SOURCE:TARGET[:OPTIONS] or TARGET");
		if (!parts)
			*ret_source = at;
		parts++;
		if (parts > VOLUME_PARTS || (parts == VOLUME_PARTS && value[at]))
			return refuse(line, value, "too many colons; expected SOURCE:TARGET[:OPTIONS]");
		start = at + 1;
		if (!value[at])
			break;
	}
	*ret_parts = parts;
	return true;
}

static bool read_volume(Line *line, const char *value, Volume *ret)
{
	size_t parts = 0, source = 0;

	*ret = (Volume){ value, false };
	if (!*value)
		return refuse(line, value, "expected SOURCE:TARGET[:OPTIONS] or TARGET");
	if (!value[1] || !value[2])
		return true;
	if (!split(line, value, &parts, &source))
		return false;
	ret->has_source = parts > 1;
	if (ret->has_source && *value == '.') {
		size_t colon = strcspn(value, ":");
		const char *path = line_absolute(line, arena_strndup(line->arena, value, colon));
		if (!path)
			return false;
		ret->text = arena_printf(line->arena, "%s%s", path, value + colon);
	}
	return true;
}

bool argv_volumes_check(Line *line)
{
	StringList values = line_list(line, FLAG_VOLUME);
	Volume volume;

	for (size_t i = 0; i < values.count; i++)
		if (!read_volume(line, values.items[i], &volume))
			return false;
	return true;
}

static bool repeated(const StringList *values, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (!strcmp(values->items[i], values->items[index]))
			return true;
	return false;
}

void argv_volumes_write(Line *line)
{
	StringList values = line_list(line, FLAG_VOLUME);
	Volume volume;

	body_open(line, "Volumes", '{');
	for (size_t i = 0; i < values.count; i++) {
		if (repeated(&values, i) || !read_volume(line, values.items[i], &volume) || volume.has_source)
			continue;
		body_open(line, volume.text, '{');
		body_close(line, '{');
	}
	body_close(line, '{');
}

void argv_binds_write(Line *line)
{
	StringList values = line_list(line, FLAG_VOLUME), binds = { 0 };
	Volume volume;

	for (size_t i = 0; i < values.count; i++)
		if (!repeated(&values, i) && read_volume(line, values.items[i], &volume) && volume.has_source)
			LIST_APPEND(line->arena, &binds, volume.text);
	body_list(line, "Binds", &binds);
}

/* Letters and digits at both ends, and those of `between` inside. */
static bool cdi_word(const char *text, size_t length, const char *between, bool digit_first)
{
	if (!length || !(digit_first ? g_ascii_isalnum(*text) : g_ascii_isalpha(*text)) || !g_ascii_isalnum(text[length - 1]))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!g_ascii_isalnum(text[i]) && !strchr(between, text[i]))
			return false;
	return true;
}

/* vendor.com/class=device (tags.cncf.io/container-device-interface/pkg/parser) */
static bool is_cdi_name(const char *device)
{
	const char *equals = strchr(device, '='), *slash = strchr(device, '/');

	return equals && slash && slash < equals && cdi_word(device, (size_t)(slash - device), "_-.", false) &&
	       cdi_word(slash + 1, (size_t)(equals - slash - 1), "_-", false) && cdi_word(equals + 1, strlen(equals + 1), "_-.:", true);
}

static bool is_device_mode(const char *text)
{
	return *text && strlen(text) <= 3 && strspn(text, "rwm") == strlen(text) && strchr(text, *text) == strrchr(text, *text) &&
	       (!text[1] || strchr(text, text[1]) == strrchr(text, text[1]));
}

static bool read_device(Line *line, const char *value, Device *ret)
{
	g_auto(GStrv) parts = g_strsplit(value, ":", -1);
	guint count = g_strv_length(parts);
	bool mode_second = count == 2 && is_device_mode(parts[1]);
	Arena *arena = line->arena;

	if (!count || count > 3 || !*parts[0] || (count == 3 && !is_device_mode(parts[2])))
		return line_refuse(line, "invalid value \"%s\" for --device: expected HOST-PATH[:CONTAINER-PATH][:PERMISSIONS], the permissions from r, w and m",
			text_printable(arena, value, SHOWN_BYTES));
	const char *inside = count == 1 || mode_second ? parts[0] : parts[1];
	if (*inside != '/')
		return line_refuse(line, "invalid value \"%s\" for --device: \"%s\" is not an absolute path", text_printable(arena, value, SHOWN_BYTES),
			text_printable(arena, inside, SHOWN_BYTES));
	bool same = count == 1 || mode_second;
	ret->path_on_host = same ? path_clean(parts[0], arena) : arena_strdup(arena, parts[0]);
	ret->path_in_container = same ? ret->path_on_host : count == 2 ? path_clean(parts[1], arena) : arena_strdup(arena, parts[1]);
	ret->permissions = arena_strdup(arena, mode_second ? parts[1] : count == 3 ? parts[2] : "rwm");
	return true;
}

bool argv_devices_check(Line *line)
{
	StringList values = line_list(line, FLAG_DEVICE);
	Device device = { "", "", "" };

	for (size_t i = 0; i < values.count; i++)
		if (!is_cdi_name(values.items[i]) && !read_device(line, values.items[i], &device))
			return false;
	return true;
}

static void write_requests(Line *line, const StringList *cdi_names)
{
	size_t gpus = line_list(line, FLAG_GPUS).count;

	if (!gpus && !cdi_names->count)
		return;
	body_open(line, "DeviceRequests", '[');
	for (size_t i = 0; i < gpus + (cdi_names->count > 0); i++) {
		body_open(line, NULL, '{');
		if (i == gpus)
			body_list(line, "DeviceIDs", cdi_names);
		body_close(line, '{');
	}
	body_close(line, '[');
}

void argv_devices_write(Line *line)
{
	StringList values = line_list(line, FLAG_DEVICE), cdi_names = { 0 };
	Device device = { "", "", "" };

	body_open(line, "Devices", '[');
	for (size_t i = 0; i < values.count; i++) {
		if (is_cdi_name(values.items[i])) {
			LIST_APPEND(line->arena, &cdi_names, values.items[i]);
			continue;
		}
		if (!read_device(line, values.items[i], &device))
			continue;
		body_open(line, NULL, '{');
		body_text(line, "PathOnHost", device.path_on_host);
		body_text(line, "PathInContainer", device.path_in_container);
		body_text(line, "CgroupPermissions", device.permissions);
		body_close(line, '{');
	}
	body_close(line, '[');
	write_requests(line, &cdi_names);
}
