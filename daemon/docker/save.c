/* SPDX-License-Identifier: MIT */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "core/lookup.h"
#include "docker/save.h"
#include "request/json.h"
#include "request/stored.h"

#define LOOK_BYTES (UINT64_C(16) << 20)
#define HTTP_OK 200
#define HTTP_NOT_FOUND 404
#define PLATFORM_MINOR 48 /* the first 1.N whose images/ID/get takes a platform (moby docs/api/version-history.md) */
#define ASK_MS 10000L

typedef struct Save {
	int fd;
	uint64_t length;
	ImageTransfer *transfer;
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
	atomic_store(&save->transfer->bytes, save->length);
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

static bool prepare_call(CURL *easy, const Client *client, const char *url, struct curl_slist *headers, long timeout_ms)
{
	return curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, client_socket(client)) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK;
}

/* What Docker says of an image, and by which version of its API. */
typedef struct Asked {
	GString *body;
	int minor; /* of version 1.N; 0: not said */
} Asked;

static size_t on_answer(char *bytes, size_t size, size_t count, void *data)
{
	GString *body = ((Asked *)data)->body;

	if (body->len + size * count > LIMIT_FACT_BYTES)
		return 0;
	g_string_append_len(body, bytes, (gssize)(size * count));
	return size * count;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *data)
{
	static const char name[] = "Api-Version: 1.";
	size_t length = size * count;

	if (length > strlen(name) && !g_ascii_strncasecmp(bytes, name, strlen(name))) {
		g_autofree char *text = g_strndup(bytes + strlen(name), length - strlen(name));
		((Asked *)data)->minor = (int)g_ascii_strtoull(text, NULL, 10);
	}
	return length;
}

typedef struct Platform {
	const char *os, *architecture, *variant;
	int64_t size;
	size_t layers;
} Platform;

static bool read_root(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("Layers", Platform, layers, json_count) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

/* The one of an image of several that Docker has here, as Docker takes it; "" where it needs none, or says too little. */
static const char *platform_of(const Asked *asked, ImageTransfer *transfer, Arena *arena)
{
	static const JsonField fields[] = {
		JSON_FIELD("Os", Platform, os, json_string), JSON_FIELD("Architecture", Platform, architecture, json_string), JSON_FIELD("Variant", Platform, variant, json_string),
		JSON_FIELD("Size", Platform, size, json_int), JSON_FIELD_SELF("RootFS", read_root),
	};
	Json json = json_begin(asked->body->str, asked->body->len, arena);
	Platform platform = { .os = "", .architecture = "", .variant = "" };
	Buffer out = BUFFER_INIT(arena);

	json.lenient = true;
	if (!json_object(&json, fields, G_N_ELEMENTS(fields), &platform))
		return "";
	atomic_store(&transfer->total, (uint64_t)MAX(platform.size, 0));
	atomic_store(&transfer->layers, (unsigned)platform.layers);
	if (asked->minor < PLATFORM_MINOR || !*platform.os || !*platform.architecture)
		return "";
	buffer_puts(&out, "{\"os\":");
	buffer_json_string(&out, platform.os, 0);
	buffer_puts(&out, ",\"architecture\":");
	buffer_json_string(&out, platform.architecture, 0);
	if (*platform.variant) {
		buffer_puts(&out, ",\"variant\":");
		buffer_json_string(&out, platform.variant, 0);
	}
	buffer_puts(&out, "}");
	return out.data;
}

static bool ask(const Client *client, const char *image, struct curl_slist *headers, Asked *asked)
{
	g_autofree char *url = g_strdup_printf("http://docker/images/%s/json", image);
	CURL *easy = curl_easy_init();
	bool good = easy && prepare_call(easy, client, url, headers, ASK_MS) && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer) == CURLE_OK &&
		    curl_easy_setopt(easy, CURLOPT_WRITEDATA, asked) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
		    curl_easy_setopt(easy, CURLOPT_HEADERDATA, asked) == CURLE_OK && curl_easy_perform(easy) == CURLE_OK;

	curl_easy_cleanup(easy);
	return good;
}

/* Docker's containerd store has images of several platforms, and of most of them only one is there: without its name nothing is handed out. */
static const char *ask_platform(const Client *client, const char *image, struct curl_slist *headers, ImageTransfer *transfer, Arena *arena)
{
	g_autoptr(GString) body = g_string_new("");
	Asked asked = { .body = body };

	return ask(client, image, headers, &asked) ? platform_of(&asked, transfer, arena) : "";
}

static bool prepare(CURL *easy, const Client *client, const char *url, struct curl_slist *headers, Save *save)
{
	return prepare_call(easy, client, url, headers, (long)LIMIT_SCAN_SAVE_MS) &&
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

bool client_save(void *data, const char *image_id, int fd, ImageTransfer *transfer, const _Atomic bool *cancelled, GError **error)
{
	const Client *client = data;
	g_autofree char *escaped = g_uri_escape_string(image_id, ":", FALSE);
	g_autoptr(Arena) arena = arena_new();
	g_autofree char *mark = g_strconcat(LOOKUP_HEADER ": ", client_mark(client), NULL);
	struct curl_slist *headers = curl_slist_append(NULL, mark);
	Save save = { .fd = fd, .transfer = transfer, .cancelled = cancelled };
	const char *platform = headers ? ask_platform(client, escaped, headers, transfer, arena) : "";
	g_autofree char *named = g_uri_escape_string(platform, NULL, FALSE);
	g_autofree char *url = g_strdup_printf("http://docker/images/%s/get%s%s", escaped, *named ? "?platform=" : "", named);
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

bool client_names(void *data, const char *image_id, const _Atomic bool *cancelled, Arena *arena, StringList *ret, GError **error)
{
	const Client *client = data;
	g_autofree char *escaped = g_uri_escape_string(image_id, ":", FALSE), *mark = g_strconcat(LOOKUP_HEADER ": ", client_mark(client), NULL);
	struct curl_slist *headers = curl_slist_append(NULL, mark);
	g_autoptr(GString) body = g_string_new("");
	Asked asked = { .body = body };
	StoredImage image;
	bool good = headers && !atomic_load(cancelled) && ask(client, escaped, headers, &asked) && stored_read_image(body->str, body->len, arena, &image);

	curl_slist_free_all(headers);
	if (good)
		*ret = image.digests;
	else
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "Docker does not say what the image is called");
	return good;
}
