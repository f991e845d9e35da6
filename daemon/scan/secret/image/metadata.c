/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/list.h"
#include "scan/secret/image/digest.h"
#include "scan/secret/image/image-config.h"
#include "scan/secret/image/metadata.h"

#define DEEPEST_INDEX 4u
#define BLOBS "blobs/"
#define SHA256_BLOBS BLOBS "sha256/"
#define SHA256 "sha256:"

typedef struct Blob {
	const char *name, *bytes;
	size_t length;
	bool read; /* its members were given one by one, or are no texts */
} Blob;

typedef struct Layer {
	const char *name, *digest;
	const char *content; /* the digest of what is in it; "": it was not read to its end */
} Layer;

struct Metadata {
	Arena *arena;
	struct { Blob *items; size_t count; } blobs;
	struct { Layer *items; size_t count; } layers;
	GHashTable *by_name; /* "blob NAME", "layer NAME": index + 1; "text NAME": 1; of two with one name the later counts, as when they are unpacked */
	GHashTable *links;
	size_t bytes, images;
	MetadataTextFn each;
	void *data;
	MetadataAnswer answer;
	const char *problem;
};

Metadata *metadata_new(Arena *arena)
{
	Metadata *metadata = arena_alloc(arena, sizeof *metadata);

	metadata->arena = arena;
	metadata->problem = "";
	metadata->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	metadata->links = g_hash_table_new(g_str_hash, g_str_equal);
	return metadata;
}

void metadata_free(Metadata *metadata)
{
	if (!metadata)
		return;
	g_hash_table_unref(metadata->by_name);
	g_hash_table_unref(metadata->links);
}

static void name_it(Metadata *metadata, const char *kind, const char *name, size_t number)
{
	(void)g_hash_table_replace(metadata->by_name, arena_concat(metadata->arena, kind, name), GSIZE_TO_POINTER(number));
}

/* 0: there is none. */
static size_t number_of(Metadata *metadata, const char *kind, const char *name)
{
	g_autofree char *key = g_strconcat(kind, name, NULL);

	return GPOINTER_TO_SIZE(g_hash_table_lookup(metadata->by_name, key));
}

bool metadata_keep(Metadata *metadata, const char *name, const char *bytes, size_t length)
{
	if (length + strlen(name) > LIMIT_SECRET_METADATA_BYTES - metadata->bytes)
		return false;
	metadata->bytes += length + strlen(name);
	const Blob blob = { arena_strdup(metadata->arena, name), arena_strndup(metadata->arena, bytes, length), length, false };
	LIST_APPEND(metadata->arena, &metadata->blobs, blob);
	name_it(metadata, "blob ", name, metadata->blobs.count);
	return true;
}

void metadata_add_text(Metadata *metadata, const char *name)
{
	if (strlen(name) > LIMIT_SECRET_METADATA_BYTES - metadata->bytes)
		return;
	metadata->bytes += strlen(name);
	name_it(metadata, "text ", name, 1);
}

size_t metadata_add_layer(Metadata *metadata, const char *name)
{
	const Layer layer = { arena_strdup(metadata->arena, name), "", "" };

	LIST_APPEND(metadata->arena, &metadata->layers, layer);
	name_it(metadata, "layer ", name, metadata->layers.count);
	return metadata->layers.count - 1;
}

void metadata_add_link(Metadata *metadata, const char *name, const char *target)
{
	while (g_str_has_prefix(target, "../"))
		target += strlen("../");
	(void)g_hash_table_replace(metadata->links, arena_strdup(metadata->arena, name), arena_strdup(metadata->arena, target));
}

/* The worst that was found stays. */
static void complain(Metadata *metadata, MetadataAnswer answer, const char *what, const char *name)
{
	if (answer <= metadata->answer)
		return;
	metadata->answer = answer;
	metadata->problem = *name ? arena_printf(metadata->arena, "%s: %s", name, what) : what;
}

/* blobs/sha256/DIGEST; DIGEST.json is a configuration as Docker before 25 writes it.  "": the name says none. */
static const char *digest_in_name(const char *name)
{
	if (g_str_has_prefix(name, SHA256_BLOBS))
		return name + strlen(SHA256_BLOBS);
	return g_str_has_suffix(name, ".json") && digest_is_hex(name, strlen(name) - strlen(".json")) ? name : "";
}

void metadata_add_digest(Metadata *metadata, const char *name, const char *digest)
{
	const char *named = digest_in_name(name);

	if (*named && (strncmp(named, digest, DIGEST_HEX_LENGTH) != 0 || g_ascii_isalnum(named[DIGEST_HEX_LENGTH])))
		complain(metadata, METADATA_BROKEN, "it is damaged: its digest is another than its name says", name);
	else if (!*named && g_str_has_prefix(name, BLOBS))
		complain(metadata, METADATA_PARTLY, "its name is a digest of a kind that cannot be checked", name);
}

void metadata_add_content(Metadata *metadata, size_t layer, const char *digest)
{
	metadata->layers.items[layer].content = arena_strdup(metadata->arena, digest);
}

/* What has no digest in its name is the layer that the configuration names. */
static void check_layer(Metadata *metadata, const Layer *layer, const char *diff_id)
{
	const char *hex = g_str_has_prefix(diff_id, SHA256) ? diff_id + strlen(SHA256) : "";

	if (g_str_has_prefix(layer->name, SHA256_BLOBS))
		return;
	if (!digest_is_hex(hex, strlen(hex)))
		complain(metadata, METADATA_PARTLY, "the image says no digest that the layer could be checked by", layer->name);
	else if (!*layer->content)
		complain(metadata, METADATA_PARTLY, "the layer was not read to its end", layer->name);
	else if (strcmp(hex, layer->content) != 0)
		complain(metadata, METADATA_BROKEN, "the layer is damaged: its digest is another than the image says", layer->name);
}

static Blob *find_blob(Metadata *metadata, const char *name)
{
	size_t number = number_of(metadata, "blob ", name);

	return number ? &metadata->blobs.items[number - 1] : NULL;
}

static Layer *find_layer(Metadata *metadata, const char *name)
{
	const char *target = g_hash_table_lookup(metadata->links, name);
	size_t number = number_of(metadata, "layer ", target ? target : name);

	return number ? &metadata->layers.items[number - 1] : NULL;
}

static const char *blob_name(Metadata *metadata, const char *digest)
{
	const char *colon = strchr(digest, ':');

	return colon ? arena_printf(metadata->arena, "blobs/%.*s/%s", (int)(colon - digest), digest, colon + 1) : digest;
}

static void give(Metadata *metadata, const char *path, const char *text)
{
	if (*text)
		metadata->each(path, text, strlen(text), metadata->data);
}

static void give_words(Metadata *metadata, const char *what, const StringList *words)
{
	Buffer text = BUFFER_INIT(metadata->arena);

	buffer_puts(&text, "");
	for (size_t i = 0; i < words->count; i++) {
		buffer_puts(&text, i ? " " : "");
		buffer_puts(&text, words->items[i]);
	}
	give(metadata, arena_concat(metadata->arena, "image-metadata:", what), text.data);
}

static void give_texts(Metadata *metadata, const ImageConfig *config)
{
	Arena *arena = metadata->arena;

	for (size_t i = 0; i < config->env.count; i++) {
		const char *text = config->env.items[i];
		give(metadata, arena_printf(arena, "image-metadata:env:%.*s", (int)MIN(strcspn(text, "="), LIMIT_SECRET_PATH_BYTES), text), text);
	}
	for (size_t i = 0; i < config->labels.count; i++) {
		const Pair *label = &config->labels.items[i];
		give(metadata, arena_concat(arena, "image-metadata:label:", label->key), arena_printf(arena, "%s=%s", label->key, label->value));
	}
	for (size_t i = 0; i < config->history.count; i++)
		give(metadata, arena_printf(arena, "image-metadata:history:%zu:%s", i / 2, i % 2 ? "comment" : "created-by"), config->history.items[i]);
	give_words(metadata, "cmd", &config->cmd);
	give_words(metadata, "entrypoint", &config->entrypoint);
	give_words(metadata, "onbuild", &config->on_build);
	give_words(metadata, "healthcheck", &config->health);
}

static bool use_config(Metadata *metadata, const char *name, ImageConfig *ret_config)
{
	Blob *blob = find_blob(metadata, name);
	const char *problem = "";

	*ret_config = (ImageConfig){ 0 };
	if (!blob) {
		complain(metadata, METADATA_PARTLY, "the image's configuration is not in the archive, or too large", name);
		return false;
	}
	if (!image_read_config(blob->bytes, blob->length, metadata->arena, ret_config, &problem)) {
		complain(metadata, METADATA_BROKEN, problem, name);
		return false;
	}
	if (!blob->read)
		give_texts(metadata, ret_config);
	blob->read = true;
	return true;
}

static void use_image(Metadata *metadata, const char *config_name, const StringList *layers)
{
	ImageConfig config;

	if (++metadata->images > LIMIT_SECRET_IMAGES) {
		complain(metadata, METADATA_PARTLY, "there are too many images in one archive", "");
		return;
	}
	(void)use_config(metadata, config_name, &config);
	for (size_t i = 0; i < layers->count; i++) {
		Layer *layer = find_layer(metadata, layers->items[i]);
		if (!layer && !find_blob(metadata, layers->items[i]) && !number_of(metadata, "text ", layers->items[i]))
			complain(metadata, METADATA_PARTLY, "the layer is not in the archive", layers->items[i]);
		const bool named = i < config.diff_ids.count && layers->count == config.diff_ids.count;
		if (layer && named)
			layer->digest = config.diff_ids.items[i];
		if (layer)
			check_layer(metadata, layer, named ? config.diff_ids.items[i] : "");
	}
}

static void use_saved(Metadata *metadata, Blob *blob)
{
	SavedImages images;
	const char *problem = "";

	blob->read = true;
	if (!image_read_saved(blob->bytes, blob->length, metadata->arena, &images, &problem))
		complain(metadata, METADATA_BROKEN, problem, blob->name);
	else
		for (size_t i = 0; i < images.count; i++)
			use_image(metadata, images.items[i].config, &images.items[i].layers);
}

static void use_oci_manifest(Metadata *metadata, const OciFile *file)
{
	StringList layers = { 0 };

	for (size_t i = 0; i < file->layers.count; i++) {
		const char *name = blob_name(metadata, file->layers.items[i]);
		Layer *layer = find_layer(metadata, name);
		if (layer && !*layer->digest)
			layer->digest = file->layers.items[i];
		LIST_APPEND(metadata->arena, &layers, name);
	}
	use_image(metadata, blob_name(metadata, file->config), &layers);
}

/* An index within the index may name what is for other machines and was not saved. */
static void use_oci(Metadata *metadata, Blob *blob, unsigned depth)
{
	OciFile file;
	const char *problem = "";

	if (blob->read && depth)
		return;
	blob->read = true;
	if (!image_read_oci(blob->bytes, blob->length, metadata->arena, &file, &problem))
		complain(metadata, METADATA_BROKEN, problem, blob->name);
	else if (depth >= DEEPEST_INDEX)
		complain(metadata, METADATA_PARTLY, "indexes within indexes, too deep", blob->name);
	else if (*file.config)
		use_oci_manifest(metadata, &file);
	else
		for (size_t i = 0; i < file.manifests.count; i++) {
			Blob *next = find_blob(metadata, blob_name(metadata, file.manifests.items[i]));
			if (next)
				use_oci(metadata, next, depth + 1);
			else if (!depth)
				complain(metadata, METADATA_PARTLY, "a manifest is not in the archive", file.manifests.items[i]);
		}
}

/* What nothing names as a configuration: those of single layers that an old Docker writes, attestations. */
static void give_rest(Metadata *metadata)
{
	ImageConfig config;

	for (size_t i = 0; i < metadata->blobs.count; i++) {
		Blob *blob = &metadata->blobs.items[i];
		if (blob->read)
			continue;
		if (g_str_has_suffix(blob->name, "/json"))
			(void)use_config(metadata, blob->name, &config);
		else
			metadata->each(arena_concat(metadata->arena, "image-metadata:file:", blob->name), blob->bytes, blob->length, metadata->data);
	}
}

MetadataAnswer metadata_finish(Metadata *metadata, MetadataTextFn each, void *data, const char **ret_problem)
{
	Blob *saved = find_blob(metadata, "manifest.json"), *index = find_blob(metadata, "index.json");

	metadata->each = each;
	metadata->data = data;
	if (saved)
		use_saved(metadata, saved);
	if (index)
		use_oci(metadata, index, 0);
	if (!metadata->images)
		complain(metadata, METADATA_BROKEN, "the archive names no image: it is cut off, or not what docker save writes", "");
	give_rest(metadata);
	*ret_problem = metadata->problem;
	return metadata->answer;
}

const char *metadata_layer(const Metadata *metadata, size_t layer)
{
	return layer < metadata->layers.count ? metadata->layers.items[layer].digest : "";
}
