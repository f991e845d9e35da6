/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/log.h"
#include "core/grant-internal.h"
#include "core/seal.h"
#include "request/print.h"

#define PURPOSE "grants"

/* A create that Docker works on. */
typedef struct Expected {
	uint64_t grant;
	char print[PRINT_LENGTH + 1];
} Expected;

struct GrantBook {
	Expected expected[LIMIT_GRANTS_EXPECTED]; /* the oldest first */
	_Atomic unsigned expected_count;
	pthread_mutex_t lock; /* also while the file is written: that happens seldom */
	char *file;
	GPtrArray *grants; /* Grant *, by id */
	uint64_t next_id;
	bool unsaved; /* the file is not what the book is */
};

static void grant_destroy(gpointer grant)
{
	grant_free(grant);
}

static bool save(GrantBook *book, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	gsize length;

	g_key_file_set_uint64(file, "book", "next", book->next_id);
	for (guint i = 0; i < book->grants->len; i++)
		grant_put(file, g_ptr_array_index(book->grants, i));
	g_autofree char *text = g_key_file_to_data(file, &length, NULL), *sealed = seal_put(PURPOSE, text, length, &length);
	if (!g_file_set_contents_full(book->file, sealed, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error))
		return false;
	book->unsaved = false;
	return true;
}

static bool load(GrantBook *book, GError **error)
{
	g_autofree char *text = NULL;
	gsize length;
	g_autoptr(GKeyFile) file = g_key_file_new();

	if (!g_file_test(book->file, G_FILE_TEST_EXISTS))
		return true;
	if (!g_file_get_contents(book->file, &text, &length, error))
		return false;
	if (!seal_check(PURPOSE, text, &length)) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID, "this service did not write it");
		return false;
	}
	if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, error))
		return false;
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
	book->next_id = MAX(g_key_file_get_uint64(file, "book", "next", error), 1);
	for (char **group = groups; !*error && *group; group++) {
		Grant *grant = strcmp(*group, "book") != 0 ? grant_get(file, *group, error) : NULL;
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
	g_ptr_array_set_size(book->grants, 0);
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

/* What is used up is used up on the disk, or it is not used. */
static uint64_t use(GrantBook *book, Grant *grant, const Request *request)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) bound = g_strdupv(grant->bound);
	unsigned uses = grant->uses_left;

	if (!grant_is_bound(grant, request))
		grant->uses_left--;
	else if (!strcmp(request->endpoint, "container.attach"))
		return grant->id;
	else
		grant_rebind(grant, grant_made(request), NULL);
	if (save(book, &error))
		return grant->id;
	log_error("grant %" G_GUINT64_FORMAT " cannot be used: %s", grant->id, error->message);
	grant->uses_left = uses;
	g_strfreev(grant->bound);
	grant->bound = g_steal_pointer(&bound);
	return 0;
}

/* The book must be locked. */
static Grant *find(const GrantBook *book, const Request *request, const Decision *decision, const char *user, int64_t now_us)
{
	for (guint i = 0; i < book->grants->len; i++) {
		Grant *grant = g_ptr_array_index(book->grants, i);
		if (grant_fits(grant, request, decision, user, now_us))
			return grant;
	}
	return NULL;
}

uint64_t grant_take(GrantBook *book, const Request *request, const Decision *decision, const char *user, int64_t now_us)
{
	(void)pthread_mutex_lock(&book->lock);
	Grant *grant = find(book, request, decision, user, now_us);
	uint64_t id = grant ? use(book, grant, request) : 0;
	(void)pthread_mutex_unlock(&book->lock);
	return id;
}

/* Out of the list, which must be locked. */
static void forget_expected(GrantBook *book, unsigned i)
{
	unsigned count = --book->expected_count;

	memmove(&book->expected[i], &book->expected[i + 1], (count - i) * sizeof book->expected[0]);
}

/* One that Docker never answers makes room for newer ones: its container is not excused. */
void grant_expect(GrantBook *book, uint64_t grant, const char *print)
{
	(void)pthread_mutex_lock(&book->lock);
	if (book->expected_count == LIMIT_GRANTS_EXPECTED)
		forget_expected(book, 0);
	Expected *expected = &book->expected[book->expected_count++];
	expected->grant = grant;
	(void)g_strlcpy(expected->print, print, sizeof expected->print);
	(void)pthread_mutex_unlock(&book->lock);
}

bool grant_expects(GrantBook *book)
{
	return atomic_load(&book->expected_count) > 0;
}

static void bind_container(GrantBook *book, uint64_t id, const char *container)
{
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < book->grants->len; i++) {
		Grant *grant = g_ptr_array_index(book->grants, i);
		if (grant->id == id)
			grant_rebind(grant, container, container);
	}
	if (!save(book, &error))
		log_error("what grant %" G_GUINT64_FORMAT " made cannot be kept: %s", id, error->message);
}

void grant_bind(GrantBook *book, const char *print, const char *id)
{
	(void)pthread_mutex_lock(&book->lock);
	for (unsigned i = 0; i < book->expected_count; i++) {
		if (strcmp(book->expected[i].print, print) != 0)
			continue;
		uint64_t grant = book->expected[i].grant;
		forget_expected(book, i);
		if (*id)
			bind_container(book, grant, id);
		break;
	}
	(void)pthread_mutex_unlock(&book->lock);
}

/* Whether the book, which must be locked, waits for what comes of it. */
static bool is_expected(const GrantBook *book, uint64_t grant)
{
	for (unsigned i = 0; i < book->expected_count; i++)
		if (book->expected[i].grant == grant)
			return true;
	return false;
}

static bool has_ended(const GrantBook *book, const Grant *grant, int64_t now_us)
{
	bool open = grant->uses_left || (grant->bound && *grant->bound) || is_expected(book, grant->id);

	return !open || grant->expires_us <= now_us;
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
		if (has_ended(book, grant, now_us))
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
