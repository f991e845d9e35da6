/* SPDX-License-Identifier: MIT */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "scan/secret/image/stream.h"

#define READ_BYTES 131072u
#define MOST_RETRIES 8u

struct Stream {
	struct archive *reader;
	int fd;
	char *bytes;   /* of the descriptor */
	Stream *outer; /* NULL: the descriptor */
	const char *head;
	size_t head_length;
	const char *left; /* of the last block of the entry at hand */
	size_t left_length;
	Digest *digest; /* of the entry at hand; NULL: nobody asks */
	bool raw, damaged;
};

static la_ssize_t read_fd(struct archive *reader, void *data, const void **ret_block)
{
	Stream *stream = data;
	ssize_t length;

	do
		length = read(stream->fd, stream->bytes, READ_BYTES);
	while (length < 0 && errno == EINTR);
	if (length < 0)
		archive_set_error(reader, errno, "cannot be read");
	*ret_block = stream->bytes;
	return length;
}

/* The next bytes of the entry at hand; 0: its end, or it cannot be read further. */
static size_t next_block(Stream *stream, const char **ret_block)
{
	const void *block = NULL;
	size_t length = 0;
	la_int64_t offset = 0;

	if (stream->left_length) {
		*ret_block = stream->left;
		length = stream->left_length;
		stream->left_length = 0;
		return length;
	}
	while (!length) {
		int answer = archive_read_data_block(stream->reader, &block, &length, &offset);
		stream->damaged |= answer != ARCHIVE_OK && answer != ARCHIVE_WARN && answer != ARCHIVE_EOF;
		if (answer != ARCHIVE_OK && answer != ARCHIVE_WARN)
			return 0;
	}
	if (stream->digest)
		digest_add(stream->digest, block, length);
	*ret_block = block;
	return length;
}

static la_ssize_t read_entry(struct archive *reader, void *data, const void **ret_block)
{
	Stream *stream = data;
	const char *block = "";

	size_t length = stream->head_length;
	if (length) {
		*ret_block = stream->head;
		stream->head_length = 0;
		return (la_ssize_t)length;
	}
	length = next_block(stream->outer, &block);
	*ret_block = block;
	if (length || !stream->outer->damaged)
		return (la_ssize_t)length;
	archive_set_error(reader, EIO, "it cannot be read further: %s", stream_problem(stream->outer));
	return -1;
}

static bool open_reader(Stream *stream)
{
	struct archive *reader = stream->reader = archive_read_new();

	return reader && archive_read_support_filter_gzip(reader) == ARCHIVE_OK && archive_read_support_filter_bzip2(reader) == ARCHIVE_OK &&
	       archive_read_support_filter_zstd(reader) == ARCHIVE_OK && archive_read_support_format_empty(reader) == ARCHIVE_OK &&
	       (stream->raw || archive_read_support_format_tar(reader) == ARCHIVE_OK) &&
	       (stream->raw || archive_read_support_format_zip_streamable(reader) == ARCHIVE_OK) &&
	       (!stream->outer || archive_read_support_format_raw(reader) == ARCHIVE_OK) &&
	       archive_read_open2(reader, stream, NULL, stream->outer ? read_entry : read_fd, NULL, NULL) == ARCHIVE_OK;
}

Stream *stream_from_fd(int fd)
{
	g_autoptr(Stream) stream = g_new0(Stream, 1);

	stream->fd = fd;
	stream->bytes = g_malloc(READ_BYTES);
	return open_reader(stream) ? g_steal_pointer(&stream) : NULL;
}

Stream *stream_from_entry(Stream *outer, const char *head, size_t length)
{
	g_autoptr(Stream) stream = g_new0(Stream, 1);

	*stream = (Stream){ .fd = -1, .outer = outer, .head = head, .head_length = length };
	return open_reader(stream) ? g_steal_pointer(&stream) : NULL;
}

Stream *stream_unpack(Stream *outer, const char *head, size_t length, Digest *digest)
{
	g_autoptr(Stream) stream = g_new0(Stream, 1);
	StreamEntry entry;

	*stream = (Stream){ .fd = -1, .outer = outer, .head = head, .head_length = length, .raw = true };
	if (!open_reader(stream) || stream_next(stream, &entry) != STREAM_ENTRY)
		return NULL;
	stream_watch(stream, digest);
	return g_steal_pointer(&stream);
}

void stream_free(Stream *stream)
{
	if (!stream)
		return;
	(void)archive_read_free(stream->reader);
	g_free(stream->bytes);
	g_free(stream);
}

static const char *first_text(const char *text, const char *other)
{
	if (text)
		return text;
	return other ? other : "";
}

static StreamEntry entry_of(struct archive_entry *entry)
{
	const unsigned type = archive_entry_filetype(entry);
	StreamEntry found = { STREAM_OTHER, first_text(archive_entry_pathname_utf8(entry), archive_entry_pathname(entry)), "" };

	if (type == AE_IFREG || !type)
		found.kind = STREAM_FILE;
	if (type == AE_IFLNK) {
		found.kind = STREAM_LINK;
		found.target = first_text(archive_entry_symlink_utf8(entry), archive_entry_symlink(entry));
	}
	return found;
}

StreamAnswer stream_next(Stream *stream, StreamEntry *ret_entry)
{
	struct archive_entry *entry = NULL;
	int answer = ARCHIVE_RETRY;

	stream->left_length = 0;
	stream->digest = NULL;
	for (unsigned i = 0; i < MOST_RETRIES && answer == ARCHIVE_RETRY; i++) {
		answer = archive_read_next_header(stream->reader, &entry);
		stream->damaged |= answer == ARCHIVE_RETRY;
	}
	if (answer == ARCHIVE_EOF)
		return STREAM_END;
	if (answer != ARCHIVE_OK && answer != ARCHIVE_WARN)
		return STREAM_BROKEN;
	*ret_entry = entry_of(entry);
	return STREAM_ENTRY;
}

size_t stream_fill(Stream *stream, char *buffer, size_t room)
{
	const char *block = NULL;
	size_t used = 0, length = 0;

	while (used < room && (length = next_block(stream, &block)) > 0) {
		const size_t part = MIN(length, room - used);
		memcpy(buffer + used, block, part);
		used += part;
		stream->left = block + part;
		stream->left_length = length - part;
	}
	return used;
}

void stream_watch(Stream *stream, Digest *digest)
{
	stream->digest = digest;
	if (digest)
		digest_begin(digest);
}

size_t stream_skip(Stream *stream)
{
	const char *block = NULL;

	return next_block(stream, &block);
}

bool stream_is_damaged(Stream *stream)
{
	return stream->damaged;
}

bool stream_is_single(Stream *stream)
{
	return archive_format(stream->reader) == ARCHIVE_FORMAT_RAW;
}

bool stream_is_packed(Stream *stream)
{
	return archive_filter_count(stream->reader) > 1;
}

const char *stream_problem(Stream *stream)
{
	const char *text = archive_error_string(stream->reader);

	return text ? text : "no archive";
}
