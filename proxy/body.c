/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <glib.h>
#include "base/limits.h"
#include "proxy/body.h"

static uint64_t held; /* in files, by all bodies of this process */

static bool write_all(int file, const void *bytes, size_t length)
{
	for (const char *at = bytes; length;) {
		ssize_t part = write(file, at, length);
		if (part < 0 && errno != EINTR)
			return false;
		at += MAX(part, 0);
		length -= (size_t)MAX(part, 0);
	}
	return true;
}

/* From memory into a file. */
static bool move(Body *body)
{
	int file = memfd_create("body", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (file < 0 || !write_all(file, body->small.at, (size_t)body->length)) {
		if (file >= 0)
			(void)close(file);
		return false;
	}
	body->file = file;
	held += body->length;
	bytes_clear(&body->small);
	return true;
}

BodyResult body_add(Body *body, const char *bytes, size_t length)
{
	uint64_t whole = body->length + length;

	if (whole > LIMIT_JUDGE_BODY_BYTES)
		return BODY_TOO_LARGE;
	if (whole <= LIMIT_JUDGE_INLINE_BYTES && body->file < 0 && !bytes_are_scarce()) {
		bytes_add(&body->small, bytes, length);
		body->length = whole;
		return BODY_TAKEN;
	}
	uint64_t more = body->file < 0 ? whole : length;
	if (held + more > LIMIT_SOCKET_BODIES_BYTES || (body->file < 0 && !move(body)) || !write_all(body->file, bytes, length))
		return BODY_NO_ROOM;
	held += length;
	body->length = whole;
	return BODY_TAKEN;
}

bool body_seal(Body *body)
{
	return body->file < 0 || fcntl(body->file, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
}

void body_clear(Body *body)
{
	bytes_clear(&body->small);
	if (body->file >= 0) {
		held -= body->length;
		(void)close(body->file);
	}
	*body = BODY_INIT;
}
