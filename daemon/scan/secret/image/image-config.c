/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/json.h"
#include "request/list.h"
#include "scan/secret/image/image-config.h"

static bool finish(Json *json, bool good, const char **ret_problem)
{
	good = good && json_finish(json);
	*ret_problem = good ? "" : json->problem;
	return good;
}

static bool read_saved_image(Json *json, void *target)
{
	const JsonField fields[] = { JSON_FIELD("Config", SavedImage, config, json_string), JSON_FIELD("Layers", SavedImage, layers, json_strings) };
	SavedImage image = { .config = "" };
	SavedImages *images = target;

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &image))
		return false;
	LIST_APPEND(json->arena, images, image);
	return true;
}

bool image_read_saved(const char *text, size_t length, Arena *arena, SavedImages *ret_images, const char **ret_problem)
{
	Json json = json_begin(text, length, arena);

	*ret_images = (SavedImages){ 0 };
	return finish(&json, json_array(&json, read_saved_image, ret_images), ret_problem);
}

static bool read_digest(Json *json, void *target)
{
	const JsonField fields[] = { { "Digest", strlen("Digest"), 0, json_string } };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_digests(Json *json, void *target)
{
	const char *digest = "";
	StringList *list = target;

	if (!read_digest(json, &digest))
		return false;
	LIST_APPEND(json->arena, list, digest);
	return true;
}

static bool read_descriptors(Json *json, void *target)
{
	return json_array(json, read_digests, target);
}

bool image_read_oci(const char *text, size_t length, Arena *arena, OciFile *ret_file, const char **ret_problem)
{
	const JsonField fields[] = {
		JSON_FIELD("Manifests", OciFile, manifests, read_descriptors),
		JSON_FIELD("Layers", OciFile, layers, read_descriptors),
		JSON_FIELD("Config", OciFile, config, read_digest),
	};
	Json json = json_begin(text, length, arena);

	*ret_file = (OciFile){ .config = "" };
	return finish(&json, json_object(&json, fields, G_N_ELEMENTS(fields), ret_file), ret_problem);
}

/* The reader's tables know names of letters only. */
static bool read_root_member(Json *json, const char *key, void *target)
{
	return strcmp(key, "diff_ids") ? json_skip(json, NULL) : json_strings(json, target);
}

static bool read_root(Json *json, void *target)
{
	return json_map(json, read_root_member, target);
}

static bool read_step_member(Json *json, const char *key, void *target)
{
	const char **texts = target;

	if (!strcmp(key, "created_by"))
		return json_string(json, &texts[0]);
	return strcmp(key, "comment") ? json_skip(json, NULL) : json_string(json, &texts[1]);
}

static bool read_step(Json *json, void *target)
{
	const char *texts[] = { "", "" };
	StringList *history = target;

	if (!json_map(json, read_step_member, texts))
		return false;
	LIST_APPEND(json->arena, history, texts[0]);
	LIST_APPEND(json->arena, history, texts[1]);
	return true;
}

static bool read_history(Json *json, void *target)
{
	return json_array(json, read_step, target);
}

static bool read_health(Json *json, void *target)
{
	const JsonField fields[] = { { "Test", strlen("Test"), 0, json_strings } };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_run_config(Json *json, void *target)
{
	const JsonField fields[] = {
		JSON_FIELD("Env", ImageConfig, env, json_strings),
		JSON_FIELD("Labels", ImageConfig, labels, json_pairs),
		JSON_FIELD("Cmd", ImageConfig, cmd, json_string_or_strings),
		JSON_FIELD("Entrypoint", ImageConfig, entrypoint, json_string_or_strings),
		JSON_FIELD("OnBuild", ImageConfig, on_build, json_strings),
		JSON_FIELD("Healthcheck", ImageConfig, health, read_health),
	};

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

bool image_read_config(const char *text, size_t length, Arena *arena, ImageConfig *ret_config, const char **ret_problem)
{
	const JsonField fields[] = {
		JSON_FIELD_SELF("Config", read_run_config),
		JSON_FIELD("History", ImageConfig, history, read_history),
		JSON_FIELD("Rootfs", ImageConfig, diff_ids, read_root),
	};
	Json json = json_begin(text, length, arena);

	*ret_config = (ImageConfig){ 0 };
	return finish(&json, json_object(&json, fields, G_N_ELEMENTS(fields), ret_config), ret_problem);
}
