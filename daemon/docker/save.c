/* SPDX-License-Identifier: MIT */
#include <curl/curl.h>
#include <errno.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "core/lookup.h"
#include "docker/save.h"

#define LOOK_BYTES (UINT64_C(16) << 20)
#define HTTP_OK 200
#define HTTP_NOT_FOUND 404

typedef struct Save {
	int fd;
	uint64_t length;
	const _Atomic bool *cancelled;
	int failure; /* errno of a write */
	bool too_large, no_room;
} Save;

/* Looked at every so many bytes; when the system does not say there is room. */
static bool has_room(const Save *save)
{
	struct statvfs disk;

	return fstatvfs(save->fd, &disk) < 0 || (uint64_t)disk.f_bavail * disk.f_frsize >= LIMIT_SCAN_FREE_BYTES;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
	Save *save = data;
	size_t length = size * count, done = 0;

	if (save->length / LOOK_BYTES != (save->length + length) / LOOK_BYTES || !save->length)
		save->no_room = !has_room(save);
	save->length += length;
	save->too_large = save->length > LIMIT_SCAN_IMAGE_BYTES;
	while (!save->too_large && !save->no_room && done < length) {
		ssize_t written = write(save->fd, bytes + done, length - done);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0) {
			save->failure = errno;
			return 0; /* ends the call */
		}
		done += (size_t)written;
	}
	return done == length ? length : 0;
}

static int on_progress(void *data, curl_off_t total, curl_off_t now, curl_off_t upload_total, curl_off_t upload_now)
{
	(void)total;
	(void)now;
	(void)upload_total;
	(void)upload_now;
	return atomic_load(((const Save *)data)->cancelled);
}

static bool prepare(CURL *easy, const Client *client, const char *url, struct curl_slist *headers, Save *save)
{
	return curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, client_socket(client)) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)LIMIT_SCAN_SAVE_MS) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_WRITEDATA, save) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_XFERINFODATA, save) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
}

static bool explain(const Save *save, CURLcode code, long status, GError **error)
{
	if (save->too_large)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_LIMIT, "the image is larger than %u GiB", (unsigned)(LIMIT_SCAN_IMAGE_BYTES >> 30));
	else if (save->no_room)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_LIMIT, "there is too little room in the cache directory: %u GiB must stay free",
			(unsigned)(LIMIT_SCAN_FREE_BYTES >> 30));
	else if (save->failure)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "the image cannot be written to the cache directory: %s", g_strerror(save->failure));
	else if (atomic_load(save->cancelled))
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "it was cancelled");
	else if (status == HTTP_NOT_FOUND)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_NOT_FOUND, "Docker has no such image any more");
	else if (status && status != HTTP_OK)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "Docker does not hand the image out (HTTP %ld)", status);
	else
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "Docker does not hand the image out: %s", curl_easy_strerror(code));
	return false;
}

bool client_save(void *data, const char *image_id, int fd, const _Atomic bool *cancelled, GError **error)
{
	const Client *client = data;
	g_autofree char *escaped = g_uri_escape_string(image_id, ":", FALSE);
	g_autofree char *url = g_strdup_printf("http://docker/images/%s/get", escaped);
	g_autofree char *mark = g_strconcat(LOOKUP_HEADER ": ", client_mark(client), NULL);
	struct curl_slist *headers = curl_slist_append(NULL, mark);
	Save save = { .fd = fd, .cancelled = cancelled };
	CURL *easy = curl_easy_init();
	CURLcode code = CURLE_FAILED_INIT;
	long status = 0;

	if (easy && headers && prepare(easy, client, url, headers, &save))
		code = curl_easy_perform(easy);
	if (easy)
		(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(easy);
	curl_slist_free_all(headers);
	return (code == CURLE_OK && status == HTTP_OK) || explain(&save, code, status, error);
}
