/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "request/list.h"
#include "scan/secret/image/walk-internal.h"

static void found(const EngineMatch *match, void *data)
{
	ImageWalk *walk = data;
	EngineMatch placed = *match;

	if (walk->packed_line)
		placed.line = walk->packed_line;
	if (!walk->stop && !findings_add(walk->findings, &placed, walk->path, walk->layer))
		walk_leave_out(walk, GAP_FINDINGS);
}

ImageWalk *image_walk_new(const DetectorOptions *options, Findings *findings, Metadata *metadata)
{
	ImageWalk *walk = g_new0(ImageWalk, 1);
	const EngineCalls calls = { found, walk_must_stop, walk };

	*walk = (ImageWalk){ .options = options, .findings = findings, .metadata = metadata, .engine = engine_new_with(options->ignore_detectors, options->more, calls),
		.arena = arena_new(), .layer = FINDINGS_NO_LAYER, .end_s = walk_now_s() + LIMIT_SECRET_S, .path = "", .known_as = "", .gap_path = "", .damage = "" };
	for (const char *const *glob = options->exclude_paths; glob && *glob; glob++)
		LIST_APPEND(walk->arena, &walk->excluded.globs, *glob);
	patterns_compile(&walk->excluded, walk->arena);
	return walk;
}

void image_walk_free(ImageWalk *walk)
{
	if (!walk)
		return;
	for (size_t i = 0; i < LEVELS; i++)
		g_free(walk->buffers[i]);
	engine_free(walk->engine);
	arena_free(walk->arena);
	g_free(walk);
}

static void walk_stream(ImageWalk *walk, Stream *stream, unsigned level, const char *parent);

/* The first of them is told. */
static void damaged(ImageWalk *walk, const char *path, const char *what)
{
	if (!*walk->damage)
		walk->damage = arena_printf(walk->arena, "%s: it is damaged: %s", text_printable(walk->arena, path, LIMIT_SECRET_PATH_BYTES),
			text_printable(walk->arena, what, LIMIT_SECRET_PATH_BYTES));
}

/* Within the archive of the image these are its layers; further inside a damaged one is only a file that cannot be read. */
static void open_archive(ImageWalk *walk, Stream *outer, const char *head, size_t length, unsigned level)
{
	const char *path = walk->path;

	if (level >= LEVELS) {
		walk_leave_out(walk, GAP_DEPTH);
		return;
	}
	g_autoptr(Stream) stream = stream_from_entry(outer, head, length);
	if (stream)
		walk_stream(walk, stream, level, path);
	else if (level == 1)
		damaged(walk, path, "the layer cannot be read");
}

/* All of the entry goes through its digest, what is behind the end of an archive in it, too.  False: the scan ended before. */
static bool read_to_end(ImageWalk *walk, Stream *stream)
{
	size_t length;

	while (!walk_must_stop(walk) && (length = stream_skip(stream)) > 0)
		walk->bytes += length;
	return !walk->stop;
}

/* A layer that is packed is unpacked in a step of its own: the image says the digest of what is in it. */
static void look_at_layer(ImageWalk *walk, Stream *outer, const char *head, size_t length, bool packed)
{
	Digest digest;

	walk->layer = metadata_add_layer(walk->metadata, walk->path);
	if (!packed) {
		open_archive(walk, outer, head, length, 1);
		return;
	}
	g_autoptr(Stream) stream = stream_unpack(outer, head, length, &digest);
	if (!stream) {
		damaged(walk, walk->path, "the layer cannot be unpacked");
		return;
	}
	open_archive(walk, stream, "", 0, 1);
	if (!read_to_end(walk, stream))
		return;
	if (stream_is_damaged(stream))
		damaged(walk, walk->path, stream_problem(stream));
	metadata_add_content(walk->metadata, walk->layer, digest_end(&digest).text);
}

/* A file beside the layers. */
static void look_at_metadata(ImageWalk *walk, Stream *stream, char *buffer, size_t length, const char *name)
{
	const bool json = length && (*buffer == '{' || *buffer == '[');

	if (json && walk_was_all(0, length) && metadata_keep(walk->metadata, name, buffer, length))
		return;
	if (json)
		metadata_add_text(walk->metadata, name);
	g_autofree char *path = g_strconcat("image-metadata:file:", name, NULL);
	walk->path = walk->known_as = path;
	walk->layer = FINDINGS_NO_LAYER;
	walk_look_at_file(walk, stream, buffer, length, content_kind(buffer, length));
}

/* `same`: the bytes were taken for an archive already, and are none. */
static void look_at_entry(ImageWalk *walk, Stream *stream, unsigned level, bool same)
{
	char **buffer = &walk->buffers[level];

	if (!*buffer)
		*buffer = g_malloc(LIMIT_SECRET_PIECE_BYTES);
	const size_t length = walk_read(walk, stream, *buffer, 0);
	const ContentKind seen = content_kind(*buffer, length), kind = same && seen == CONTENT_ARCHIVE ? CONTENT_BLOB : seen;
	const size_t zip = kind == CONTENT_TEXT || kind == CONTENT_BLOB ? content_zip_behind_script(*buffer, length) : 0;
	if (zip)
		walk_look(walk, &(Piece){ .path = walk->path, .place = place_of(walk->path), .text = *buffer, .length = zip, .to = zip, .line = 1 });
	if (zip || kind == CONTENT_ARCHIVE)
		open_archive(walk, stream, *buffer + zip, length - zip, level + 1);
	else if (kind != CONTENT_BINARY && length)
		walk_look_at_file(walk, stream, *buffer, length, kind);
}

/* An entry of the archive of the image: a layer, or what stands beside them. */
static void look_at_part(ImageWalk *walk, Stream *stream)
{
	char **buffer = &walk->buffers[0];
	const char *name = walk->path;
	Digest digest;

	if (!*buffer)
		*buffer = g_malloc(LIMIT_SECRET_PIECE_BYTES);
	stream_watch(stream, &digest);
	const size_t length = walk_read(walk, stream, *buffer, 0);
	const bool packed = content_is_packed(*buffer, length), layer = packed || content_is_tar(*buffer, length);
	if (layer)
		look_at_layer(walk, stream, *buffer, length, packed);
	else
		look_at_metadata(walk, stream, *buffer, length, name);
	if (!read_to_end(walk, stream))
		return;
	const DigestHex hex = digest_end(&digest);
	metadata_add_digest(walk->metadata, name, hex.text);
	if (layer && !packed)
		metadata_add_content(walk->metadata, walk->layer, hex.text);
}

/* "/app/.env" of a layer, "/app/x.jar!/a" of an archive in it; as written in the archive of the image itself. */
static char *path_of(unsigned level, const char *parent, const char *name)
{
	while (g_str_has_prefix(name, "./") || (*name == '/' && level))
		name += *name == '/' ? 1 : 2;
	if (level == 0)
		return g_strdup(name);
	return level == 1 ? g_strconcat("/", name, NULL) : g_strconcat(parent, "!/", name, NULL);
}

/* .env of .env.gz */
static char *without_packing(const char *path)
{
	static const char *const ends[] = { ".gz", ".bz2", ".zst", ".tgz" };

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
		if (g_str_has_suffix(path, ends[i]))
			return g_strndup(path, strlen(path) - strlen(ends[i]));
	return g_strdup(path);
}

static void walk_stream(ImageWalk *walk, Stream *stream, unsigned level, const char *parent)
{
	StreamEntry entry;
	StreamAnswer answer = STREAM_END;

	while (!walk_must_stop(walk) && (answer = stream_next(stream, &entry)) == STREAM_ENTRY) {
		const bool single = level && stream_is_single(stream);
		g_autofree char *path = single ? g_strdup(parent) : path_of(level, parent, entry.path);
		g_autofree char *known_as = single && stream_is_packed(stream) ? without_packing(path) : g_strdup(path);
		walk->entries++;
		walk->path = path;
		walk->known_as = known_as;
		if (level == 0 && entry.kind == STREAM_LINK)
			metadata_add_link(walk->metadata, path, entry.target);
		if (entry.kind == STREAM_FILE && level == 0)
			look_at_part(walk, stream);
		else if (entry.kind == STREAM_FILE && !patterns_match(&walk->excluded, path))
			look_at_entry(walk, stream, level, single && !stream_is_packed(stream));
		if (level == 1 && single)
			damaged(walk, parent, "a layer is a tar archive, and this is no tar archive");
		walk->path = walk->known_as = parent;
	}
	if (level <= 1 && (answer == STREAM_BROKEN || stream_is_damaged(stream)))
		damaged(walk, level ? parent : "the archive", stream_problem(stream));
}

void image_walk_archive(ImageWalk *walk, int fd)
{
	g_autoptr(Stream) stream = stream_from_fd(fd);

	if (stream)
		walk_stream(walk, stream, 0, "");
	else
		walk->damage = "what docker save writes is a tar archive, and this is none";
}

const char *image_walk_damage(const ImageWalk *walk)
{
	return walk->damage;
}
