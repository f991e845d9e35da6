/* SPDX-License-Identifier: MIT */
#include <nettle/sha2.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <glib.h>
#include "core/marks.h"

#define SECOND_US INT64_C(1000000)

/* A call that is under way. */
typedef struct Marked {
	char *method, *target, *type, *length;
	uint8_t hash[SHA256_DIGEST_SIZE]; /* of its body */
	bool has_body, taken;
	int64_t until_us;
} Marked;

struct Marks {
	pthread_mutex_t lock;
	GHashTable *calls; /* mark -> Marked */
};

static void marked_free(void *data)
{
	Marked *marked = data;

	g_free(marked->method);
	g_free(marked->target);
	g_free(marked->type);
	g_free(marked->length);
	g_free(marked);
}

Marks *marks_new(void)
{
	Marks *marks = g_new0(Marks, 1);

	(void)pthread_mutex_init(&marks->lock, NULL);
	marks->calls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, marked_free);
	return marks;
}

void marks_free(Marks *marks)
{
	if (!marks)
		return;
	g_hash_table_unref(marks->calls);
	(void)pthread_mutex_destroy(&marks->lock);
	g_free(marks);
}

static void hash_body(const ApiCall *call, uint8_t ret[SHA256_DIGEST_SIZE])
{
	struct sha256_ctx context;

	sha256_init(&context);
	sha256_update(&context, call->body_length, (const uint8_t *)call->body);
	sha256_digest(&context, SHA256_DIGEST_SIZE, ret);
}

static bool make_digits(char ret_mark[JUDGE_MARK_DIGITS + 1])
{
	uint8_t bytes[JUDGE_MARK_DIGITS / 2];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++)
		(void)g_snprintf(ret_mark + 2 * i, 3, "%02x", bytes[i]);
	return true;
}

bool marks_make(Marks *marks, const ApiCall *call, int64_t now_us, char ret_mark[JUDGE_MARK_DIGITS + 1])
{
	if (!make_digits(ret_mark))
		return false;
	Marked *marked = g_new0(Marked, 1);
	*marked = (Marked){ g_strdup(call->method), g_strdup(call->uri), g_strdup(call->content_type), g_strdup(call->content_length),
		.has_body = call->body != NULL, .until_us = now_us + LIMIT_MARK_S * SECOND_US };
	if (call->body)
		hash_body(call, marked->hash);
	(void)pthread_mutex_lock(&marks->lock);
	bool room = g_hash_table_size(marks->calls) < LIMIT_JUDGE_CALLS;
	if (room)
		(void)g_hash_table_insert(marks->calls, g_strdup(ret_mark), marked);
	(void)pthread_mutex_unlock(&marks->lock);
	if (!room)
		marked_free(marked);
	return room;
}

/* Docker shows a body where it thinks that it is JSON; what it does not show has at least the length and the type. */
static bool is_same(const Marked *marked, const ApiCall *call)
{
	uint8_t hash[SHA256_DIGEST_SIZE];

	if (strcmp(marked->method, call->method) != 0 || strcmp(marked->target, call->uri) != 0 || strcmp(marked->type, call->content_type) != 0 ||
		strcmp(marked->length, call->content_length) != 0)
		return false;
	if (!call->body)
		return true;
	hash_body(call, hash);
	return marked->has_body && memcmp(hash, marked->hash, sizeof hash) == 0;
}

bool marks_take(Marks *marks, const char *mark, const ApiCall *call, int64_t now_us)
{
	(void)pthread_mutex_lock(&marks->lock);
	Marked *marked = g_hash_table_lookup(marks->calls, mark);
	bool good = marked && !marked->taken && now_us < marked->until_us && is_same(marked, call);
	if (good)
		marked->taken = true;
	(void)pthread_mutex_unlock(&marks->lock);
	return good;
}

bool marks_taken(Marks *marks, const char *mark)
{
	(void)pthread_mutex_lock(&marks->lock);
	const Marked *marked = g_hash_table_lookup(marks->calls, mark);
	bool taken = marked && marked->taken;
	(void)pthread_mutex_unlock(&marks->lock);
	return taken;
}

void marks_end(Marks *marks, const char *mark)
{
	(void)pthread_mutex_lock(&marks->lock);
	(void)g_hash_table_remove(marks->calls, mark);
	(void)pthread_mutex_unlock(&marks->lock);
}
