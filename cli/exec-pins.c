/* SPDX-License-Identifier: MIT
 *
 * exec makes pins: what the policy denies of the caller's own directories, and would allow as pins, is given to the container as pins.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/exec.h"
#include "cli/output.h"
#include "cli/pin.h"

/* One mount of the command, as the service tells of it. */
typedef struct Part {
	guint index, words; /* of the command's words */
	const char *keep, *source, *target;
	bool read_only;
	char *path; /* of the pin; NULL: there is none */
} Part;

static bool read_part(JsonObject *object, const Cli *cli, Part *ret)
{
	gint64 index = json_object_get_int_member_with_default(object, "index", -1),
	       words = json_object_get_int_member_with_default(object, "words", 0);

	*ret = (Part){
		.index = (guint)index,
		.words = (guint)words,
		.keep = json_object_get_string_member_with_default(object, "keep", ""),
		.source = json_object_get_string_member_with_default(object, "source", ""),
		.target = json_object_get_string_member_with_default(object, "target", ""),
		.read_only = json_object_get_boolean_member_with_default(object, "read_only", FALSE),
	};
	return index >= 0 && words > 0 && index + words <= cli->word_count;
}

static bool is_own_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == getuid();
}

/* 0, or the exit code after saying what went wrong; what is not the caller's own directory stays as it is. */
static int make_pins(Cli *cli, GArray *parts, guint *ret_made)
{
	for (guint i = 0; i < parts->len; i++) {
		Part *part = &g_array_index(parts, Part, i);
		const PinWanted wanted = { .read_only = part->read_only, .once = true };
		int code = is_own_directory(part->source) ? pin_make(cli, part->source, &wanted, &part->path) : 0;
		if (code != 0)
			return code;
		*ret_made += part->path != NULL;
	}
	return 0;
}

static void drop_pins(Cli *cli, const GArray *parts)
{
	for (guint i = 0; i < parts->len; i++) {
		const Part *part = &g_array_index(parts, Part, i);
		g_autofree char *container = NULL;
		if (part->path)
			(void)pin_drop(cli, part->path, &container);
	}
}

static const Part *part_at(const GArray *parts, guint index)
{
	for (guint i = 0; i < parts->len; i++)
		if (g_array_index(parts, Part, i).index == index && g_array_index(parts, Part, i).path)
			return &g_array_index(parts, Part, i);
	return NULL;
}

/* The command with its pins; freed by the caller. */
static char **write_words(const Cli *cli, const GArray *parts)
{
	GPtrArray *words = g_ptr_array_new();

	for (guint i = 0; i < (guint)cli->word_count; i++) {
		const Part *part = part_at(parts, i);
		if (!part) {
			g_ptr_array_add(words, g_strdup(cli->words[i]));
			continue;
		}
		if (*part->keep)
			g_ptr_array_add(words, g_strdup(part->keep));
		g_ptr_array_add(words, g_strdup("--cap-drop"));
		g_ptr_array_add(words, g_strdup("MKNOD"));
		g_ptr_array_add(words, g_strdup("-v"));
		g_ptr_array_add(words, g_strdup_printf("%s:%s", part->path, part->target));
		i += part->words - 1;
	}
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

static void take_words(Cli *cli, char **words)
{
	g_strfreev(cli->words);
	cli->words = words;
	cli->word_count = (int)g_strv_length(words);
}

static void tell(const GArray *parts)
{
	for (guint i = 0; i < parts->len; i++) {
		const Part *part = &g_array_index(parts, Part, i);
		g_autofree char *source = output_clean(part->source), *target = output_clean(part->target);
		if (part->path)
			(void)fprintf(stderr,
				"sentinel: %s is at %s through a pin, in which the container's root is you (sentinel pin list)\n", source,
				target);
	}
}

/* Whether the policy lets the command through with the pins; what else it denies is no better with them. */
static bool try_pins(Cli *cli, const GArray *parts)
{
	g_auto(GStrv) pinned = write_words(cli, parts);
	Cli with = *cli;
	g_autofree char *said = NULL;

	with.words = pinned;
	with.word_count = (int)g_strv_length(pinned);
	if (exec_validate(&with, true, &said) != EXIT_DONE)
		return false;
	tell(parts);
	take_words(cli, g_steal_pointer(&pinned));
	return true;
}

static JsonArray *listed(JsonParser *parser, const char *validated)
{
	JsonNode *root = validated && json_parser_load_from_data(parser, validated, -1, NULL) ? json_parser_get_root(parser) : NULL;
	JsonObject *answer = root && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
	JsonObject *data = answer && json_object_has_member(answer, "data") ? json_object_get_object_member(answer, "data") : NULL;

	return data && json_object_has_member(data, "pins") ? json_object_get_array_member(data, "pins") : NULL;
}

bool exec_pin(Cli *cli, const char *validated)
{
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GArray) parts = g_array_new(FALSE, TRUE, sizeof(Part));
	JsonArray *pins = listed(parser, validated);
	guint made = 0;
	Part part;

	for (guint i = 0; pins && i < json_array_get_length(pins); i++)
		if (read_part(json_array_get_object_element(pins, i), cli, &part))
			g_array_append_val(parts, part);
	bool good = make_pins(cli, parts, &made) == 0 && made && try_pins(cli, parts);
	if (!good)
		drop_pins(cli, parts);
	for (guint i = 0; i < parts->len; i++)
		g_free(g_array_index(parts, Part, i).path);
	return good;
}
