/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "base/error.h"
#include "core/seal.h"

#define KEY_BYTES 32
#define MARK "#seal "
#define DIGITS 64u
#define LINE_BYTES (strlen(MARK) + DIGITS + 1)

static unsigned char key[KEY_BYTES];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool opened;

/* Without randomness there is no key, and nothing may seem to have one. */
static void make_key(void)
{
	if (!opened && getrandom(key, sizeof key, 0) != KEY_BYTES)
		g_error("the system gives no random bytes");
}

static bool write_key(int fd)
{
	(void)pthread_once(&once, make_key);
	bool good = write(fd, key, sizeof key) == KEY_BYTES && fsync(fd) == 0;

	return close(fd) == 0 && good;
}

static bool read_key(int fd)
{
	unsigned char read_bytes[KEY_BYTES + 1];
	ssize_t length = read(fd, read_bytes, sizeof read_bytes);

	(void)close(fd);
	if (length != KEY_BYTES)
		return false;
	memcpy(key, read_bytes, sizeof key);
	return opened = true;
}

bool seal_open(const char *file, GError **error)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && read_key(fd))
		return true;
	if (fd < 0 && errno == ENOENT && (fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) >= 0) {
		if (write_key(fd))
			return true;
		(void)unlink(file);
	}
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "%s has no key that can be used: verdicts and grants will not be known after a restart; remove it if it is damaged",
		file);
	return false;
}

static void compute(const char *purpose, const char *text, size_t length, char *ret)
{
	(void)pthread_once(&once, make_key);
	GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, key, sizeof key);

	g_hmac_update(hmac, (const guchar *)purpose, (gssize)strlen(purpose) + 1);
	g_hmac_update(hmac, (const guchar *)text, (gssize)length);
	(void)g_strlcpy(ret, g_hmac_get_string(hmac), DIGITS + 1);
	g_hmac_unref(hmac);
}

char *seal_put(const char *purpose, const char *text, size_t length, size_t *ret_length)
{
	GString *sealed = g_string_new_len(text, (gssize)length);
	char digits[DIGITS + 1];

	compute(purpose, text, length, digits);
	g_string_append_printf(sealed, MARK "%s\n", digits);
	*ret_length = sealed->len;
	return g_string_free(sealed, FALSE);
}

/* Takes the same time wherever they differ. */
static bool equal(const char *left, const char *right, size_t length)
{
	unsigned char different = 0;

	for (size_t i = 0; i < length; i++)
		different |= (unsigned char)(left[i] ^ right[i]);
	return !different;
}

bool seal_check(const char *purpose, const char *text, size_t *length)
{
	char digits[DIGITS + 1];

	if (*length < LINE_BYTES)
		return false;
	const char *line = text + *length - LINE_BYTES;
	if (memcmp(line, MARK, strlen(MARK)) != 0 || line[LINE_BYTES - 1] != '\n')
		return false;
	compute(purpose, text, (size_t)(line - text), digits);
	if (!equal(line + strlen(MARK), digits, DIGITS))
		return false;
	*length = (size_t)(line - text);
	return true;
}
