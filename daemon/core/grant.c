/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/users.h"
#include "core/grant.h"

/* Lines of the file, one a field; texts are escaped by GKeyFile. */
static const struct { const char *name; size_t offset; } texts[] = {
	{ "user", offsetof(Grant, user) },       { "image", offsetof(Grant, image) },   { "endpoint", offsetof(Grant, endpoint) },
	{ "subject", offsetof(Grant, subject) }, { "by", offsetof(Grant, by) },         { "reason", offsetof(Grant, reason) },
	{ "command", offsetof(Grant, command) },
};

struct GrantBook {
	pthread_mutex_t lock; /* also while the file is written: that happens seldom */
	char *file;
	GPtrArray *grants; /* Grant *, by id */
	uint64_t next_id;
	bool unsaved; /* the file is not what the book is */
};

static char **text_of(Grant *grant, size_t i)
{
	return (char **)(void *)((char *)grant + texts[i].offset);
}

void grant_free(Grant *grant)
{
	if (!grant)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(*text_of(grant, i));
	g_strfreev(grant->keys);
	g_free(grant);
}

static void grant_destroy(gpointer grant)
{
	grant_free(grant);
}

static Grant *grant_copy(Grant *grant)
{
	Grant *copy = g_new0(Grant, 1);

	*copy = *grant;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*text_of(copy, i) = g_strdup(*text_of(grant, i));
	copy->keys = g_strdupv(grant->keys);
	return copy;
}

void grant_key(const Finding *finding, char *ret)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	g_checksum_update(sum, (const guchar *)finding->rule, (gssize)strlen(finding->rule) + 1);
	g_checksum_update(sum, (const guchar *)finding->what, (gssize)strlen(finding->what) + 1);
	(void)g_strlcpy(ret, g_checksum_get_string(sum), GRANT_KEY_LENGTH + 1);
}

static void put_grant(GKeyFile *file, Grant *grant)
{
	g_autofree char *group = g_strdup_printf("%" G_GUINT64_FORMAT, grant->id);

	g_key_file_set_uint64(file, group, "decision", grant->decision_id);
	g_key_file_set_int64(file, group, "made", grant->made_us);
	g_key_file_set_int64(file, group, "expires", grant->expires_us);
	g_key_file_set_uint64(file, group, "uses", grant->uses_left);
	g_key_file_set_string_list(file, group, "keys", (const char *const *)grant->keys, g_strv_length(grant->keys));
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_key_file_set_string(file, group, texts[i].name, *text_of(grant, i));
}

static Grant *get_grant(GKeyFile *file, const char *group, GError **error)
{
	g_autoptr(Grant) grant = g_new0(Grant, 1);

	grant->id = g_ascii_strtoull(group, NULL, 10);
	grant->decision_id = g_key_file_get_uint64(file, group, "decision", error);
	grant->made_us = g_key_file_get_int64(file, group, "made", *error ? NULL : error);
	grant->expires_us = g_key_file_get_int64(file, group, "expires", *error ? NULL : error);
	grant->uses_left = (unsigned)MIN(g_key_file_get_uint64(file, group, "uses", *error ? NULL : error), LIMIT_GRANT_USES);
	grant->keys = g_key_file_get_string_list(file, group, "keys", NULL, *error ? NULL : error);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*text_of(grant, i) = g_key_file_get_string(file, group, texts[i].name, *error ? NULL : error);
	return *error || !grant->id ? NULL : g_steal_pointer(&grant);
}

static bool save(GrantBook *book, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	gsize length;

	g_key_file_set_uint64(file, "book", "next", book->next_id);
	for (guint i = 0; i < book->grants->len; i++)
		put_grant(file, g_ptr_array_index(book->grants, i));
	g_autofree char *text = g_key_file_to_data(file, &length, NULL);
	if (!g_file_set_contents_full(book->file, text, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error))
		return false;
	book->unsaved = false;
	return true;
}

static bool load(GrantBook *book, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();

	if (!g_file_test(book->file, G_FILE_TEST_EXISTS))
		return true;
	if (!g_key_file_load_from_file(file, book->file, G_KEY_FILE_NONE, error))
		return false;
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
	book->next_id = MAX(g_key_file_get_uint64(file, "book", "next", error), 1);
	for (char **group = groups; !*error && *group; group++) {
		Grant *grant = strcmp(*group, "book") != 0 ? get_grant(file, *group, error) : NULL;
		if (grant)
			g_ptr_array_add(book->grants, grant);
	}
	return !*error;
}

GrantBook *grant_book_open(const char *file)
{
	GrantBook *book = g_new0(GrantBook, 1);
	g_autoptr(GError) error = NULL;

	*book = (GrantBook){ .file = g_strdup(file), .grants = g_ptr_array_new_with_free_func(grant_destroy), .next_id = 1 };
	(void)pthread_mutex_init(&book->lock, NULL);
	if (load(book, &error))
		return book;
	log_error("%s cannot be read, its grants do not count: %s", file, error->message);
	(void)g_ptr_array_set_size(book->grants, 0);
	return book;
}

void grant_book_close(GrantBook *book)
{
	if (!book)
		return;
	g_ptr_array_unref(book->grants);
	(void)pthread_mutex_destroy(&book->lock);
	g_free(book->file);
	g_free(book);
}

/* The book must be locked. */
static bool has_room(const GrantBook *book, GError **error)
{
	if (book->grants->len < LIMIT_GRANTS)
		return true;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_LIMIT, "there are %u grants already; revoke some", LIMIT_GRANTS);
	return false;
}

uint64_t grant_reserve(GrantBook *book, GError **error)
{
	(void)pthread_mutex_lock(&book->lock);
	uint64_t id = has_room(book, error) ? book->next_id++ : 0;
	(void)pthread_mutex_unlock(&book->lock);
	return id;
}

uint64_t grant_add(GrantBook *book, Grant *grant, GError **error)
{
	uint64_t id = 0;

	(void)pthread_mutex_lock(&book->lock);
	if (has_room(book, error)) {
		grant->id = grant->id ? grant->id : book->next_id++;
		g_ptr_array_add(book->grants, grant_copy(grant));
		if (save(book, error))
			id = grant->id;
		else
			(void)g_ptr_array_remove_index(book->grants, book->grants->len - 1);
	}
	(void)pthread_mutex_unlock(&book->lock);
	return id;
}

/* What a create may do its container may: a start and an exec are about the image that it was made from. */
static bool concerns(const Grant *grant, const Request *request, const char *user)
{
	const char *image = request->stored ? request->stored->image.text : request->image.text;

	if (*grant->user ? strcmp(grant->user, user) != 0 : g_str_has_prefix(user, USER_TLS))
		return false;
	if (*grant->image)
		return strcmp(grant->image, image) == 0;
	return !*request->image.text && !strcmp(grant->endpoint, request->endpoint) && !strcmp(grant->subject, request->subject);
}

static bool excuses(const Grant *grant, const Decision *decision)
{
	char key[GRANT_KEY_LENGTH + 1];

	for (size_t i = 0; i < decision->finding_count; i++) {
		if (g_str_has_prefix(decision->findings[i].rule, "builtin."))
			return false;
		grant_key(&decision->findings[i], key);
		if (!g_strv_contains((const char *const *)grant->keys, key))
			return false;
	}
	return decision->finding_count > 0;
}

static uint64_t use(GrantBook *book, Grant *grant)
{
	g_autoptr(GError) error = NULL;

	grant->uses_left--;
	if (save(book, &error))
		return grant->id;
	log_error("grant %" G_GUINT64_FORMAT " cannot be used: %s", grant->id, error->message);
	grant->uses_left++;
	return 0;
}

/* The book must be locked. */
static Grant *find(const GrantBook *book, const Request *request, const Decision *decision, const char *user, int64_t now_us)
{
	for (guint i = 0; i < book->grants->len; i++) {
		Grant *grant = g_ptr_array_index(book->grants, i);
		if (grant->uses_left && grant->expires_us > now_us && concerns(grant, request, user) && excuses(grant, decision))
			return grant;
	}
	return NULL;
}

uint64_t grant_match(GrantBook *book, const Request *request, const Decision *decision, const char *user, int64_t now_us)
{
	(void)pthread_mutex_lock(&book->lock);
	const Grant *grant = find(book, request, decision, user, now_us);
	uint64_t id = grant ? grant->id : 0;
	(void)pthread_mutex_unlock(&book->lock);
	return id;
}

uint64_t grant_take(GrantBook *book, const Request *request, const Decision *decision, const char *user, int64_t now_us)
{
	(void)pthread_mutex_lock(&book->lock);
	Grant *grant = find(book, request, decision, user, now_us);
	uint64_t id = grant ? use(book, grant) : 0;
	(void)pthread_mutex_unlock(&book->lock);
	return id;
}

Grant *grant_find(GrantBook *book, uint64_t id)
{
	Grant *found = NULL;

	(void)pthread_mutex_lock(&book->lock);
	for (guint i = 0; !found && i < book->grants->len; i++)
		if (((const Grant *)g_ptr_array_index(book->grants, i))->id == id)
			found = grant_copy(g_ptr_array_index(book->grants, i));
	(void)pthread_mutex_unlock(&book->lock);
	return found;
}

/* What is out of the book must not come back with the file: one that cannot be written is removed, which needs no room on
 * the disk, and written when it can be.  A service that ends before that has lost its other grants, too. */
static bool keep_out(GrantBook *book, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (save(book, &cause))
		return true;
	book->unsaved = true;
	if (remove(book->file) == 0) {
		log_error("%s cannot be written and was removed, the grants are in memory only: %s", book->file, cause->message);
		return true;
	}
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "%s can neither be written (%s) nor removed", book->file, cause->message);
	return false;
}

bool grant_remove(GrantBook *book, uint64_t id, GError **error)
{
	bool kept = true;

	(void)pthread_mutex_lock(&book->lock);
	for (guint i = 0; i < book->grants->len; i++)
		if (((const Grant *)g_ptr_array_index(book->grants, i))->id == id) {
			(void)g_ptr_array_remove_index(book->grants, i);
			kept = keep_out(book, error);
			break;
		}
	(void)pthread_mutex_unlock(&book->lock);
	return kept;
}

Grant *grant_next_ended(GrantBook *book, int64_t now_us)
{
	Grant *found = NULL;

	(void)pthread_mutex_lock(&book->lock);
	for (guint i = 0; !found && i < book->grants->len; i++) {
		Grant *grant = g_ptr_array_index(book->grants, i);
		if (!grant->uses_left || grant->expires_us <= now_us)
			found = grant_copy(grant);
	}
	(void)pthread_mutex_unlock(&book->lock);
	return found;
}

void grant_book_settle(GrantBook *book)
{
	(void)pthread_mutex_lock(&book->lock);
	if (book->unsaved && save(book, NULL))
		log_notice("%s is written again", book->file);
	(void)pthread_mutex_unlock(&book->lock);
}

GPtrArray *grant_list(GrantBook *book)
{
	GPtrArray *copies = g_ptr_array_new_with_free_func(grant_destroy);

	(void)pthread_mutex_lock(&book->lock);
	for (guint i = 0; i < book->grants->len; i++)
		g_ptr_array_add(copies, grant_copy(g_ptr_array_index(book->grants, i)));
	(void)pthread_mutex_unlock(&book->lock);
	return copies;
}
