/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>
#include <glib.h>
#include "base/limits.h"
#include "core/audit-event.h"
#include "core/folds.h"

#define MANY "" /* the endpoint of a line for more calls than are told apart */

typedef struct Fold {
	char *key, *user, *endpoint, *subject, *policy, *summary;
	uint64_t reads;
	int64_t first_us, last_us;
} Fold;

struct Folds {
	pthread_mutex_t lock; /* never held while a line is written */
	GPtrArray *table;     /* of Fold * */
	GHashTable *by_key;
	int64_t due_us; /* monotonic; 0: nothing waits */
};

static void fold_free(void *data)
{
	Fold *fold = data;

	g_free(fold->key);
	g_free(fold->user);
	g_free(fold->endpoint);
	g_free(fold->subject);
	g_free(fold->policy);
	g_free(fold->summary);
	g_free(fold);
}

static void begin_table(Folds *folds)
{
	folds->table = g_ptr_array_new_with_free_func(fold_free);
	folds->by_key = g_hash_table_new(g_str_hash, g_str_equal);
	folds->due_us = 0;
}

Folds *folds_new(void)
{
	Folds *folds = g_new0(Folds, 1);

	(void)pthread_mutex_init(&folds->lock, NULL);
	begin_table(folds);
	return folds;
}

void folds_free(Folds *folds)
{
	if (!folds)
		return;
	g_hash_table_unref(folds->by_key);
	g_ptr_array_unref(folds->table);
	(void)pthread_mutex_destroy(&folds->lock);
	g_free(folds);
}

static unsigned count_of_user(const Folds *folds, const char *user)
{
	unsigned count = 0;

	for (guint i = 0; i < folds->table->len; i++)
		count += !strcmp(((const Fold *)g_ptr_array_index(folds->table, i))->user, user);
	return count;
}

/* Texts that are shown have no line feed. */
static char *key_of(const FoldedRead *read)
{
	return g_strdup_printf("%s\n%s\n%s\n%s", read->user, read->endpoint, read->subject, read->policy);
}

/* NULL: there is none, and no room. */
static Fold *take(Folds *folds, const FoldedRead *read, unsigned room)
{
	g_autofree char *key = key_of(read);
	Fold *fold = g_hash_table_lookup(folds->by_key, key);

	if (fold || folds->table->len >= room)
		return fold;
	fold = g_new0(Fold, 1);
	*fold = (Fold){ .key = g_steal_pointer(&key),
		.user = g_strdup(read->user),
		.endpoint = g_strdup(read->endpoint),
		.subject = g_strdup(read->subject),
		.policy = g_strdup(read->policy),
		.summary = g_strdup(read->summary),
		.first_us = read->time_us,
		.last_us = read->time_us };
	g_ptr_array_add(folds->table, fold);
	(void)g_hash_table_insert(folds->by_key, fold->key, fold);
	return fold;
}

/* With the lock. */
static void add(Folds *folds, const FoldedRead *read, uint64_t reads, int64_t last_us)
{
	const FoldedRead of_caller = { read->user, MANY, "", read->policy, "other reads of this caller", read->time_us };
	const FoldedRead of_all = { "", MANY, "", "", "reads of more callers than are told apart", read->time_us };
	const bool full = count_of_user(folds, read->user) >= LIMIT_FOLDS_PER_USER;
	Fold *fold = take(folds, read, full ? 0 : LIMIT_FOLDS);

	if (!fold)
		fold = take(folds, &of_caller, LIMIT_FOLDS);
	if (!fold)
		fold = take(folds, &of_all, LIMIT_FOLDS + 1);
	fold->reads += reads;
	fold->first_us = MIN(fold->first_us, read->time_us);
	fold->last_us = MAX(fold->last_us, last_us);
	if (!folds->due_us)
		folds->due_us = g_get_monotonic_time() + (int64_t)LIMIT_FOLD_S * G_USEC_PER_SEC;
}

void folds_add(Folds *folds, const FoldedRead *read)
{
	(void)pthread_mutex_lock(&folds->lock);
	add(folds, read, 1, read->time_us);
	(void)pthread_mutex_unlock(&folds->lock);
}

bool folds_are_due(Folds *folds, int64_t now_us)
{
	(void)pthread_mutex_lock(&folds->lock);
	bool due = folds->due_us && now_us >= folds->due_us;
	(void)pthread_mutex_unlock(&folds->lock);
	return due;
}

static bool write_one(const Fold *fold, const Ledger *ledger)
{
	g_autofree char *summary = fold->reads == 1 ? g_strdup_printf("%s, once", fold->summary)
						    : g_strdup_printf("%s, %" G_GUINT64_FORMAT " times", fold->summary, fold->reads);
	const AuditEventDetail details[] = {
		{ "call", fold->endpoint, 0 },
		{ "policy", fold->policy, 0 },
		{ AUDIT_FOLDED_READS, NULL, fold->reads },
		{ "first", NULL, (uint64_t)fold->first_us },
		{ "last", NULL, (uint64_t)fold->last_us },
	};

	return audit_event_write(ledger, &(AuditEvent){ .kind = AUDIT_FOLDED,
						 .user = fold->user,
						 .summary = summary,
						 .subject = fold->subject,
						 .details = details,
						 .detail_count = G_N_ELEMENTS(details) }) == 0;
}

/* Those of `table` from `at` on wait again, beside what has come meanwhile. */
static void put_back(Folds *folds, const GPtrArray *table, guint at)
{
	(void)pthread_mutex_lock(&folds->lock);
	for (; at < table->len; at++) {
		const Fold *fold = g_ptr_array_index(table, at);
		const FoldedRead read = { fold->user, fold->endpoint, fold->subject, fold->policy, fold->summary, fold->first_us };
		add(folds, &read, fold->reads, fold->last_us);
	}
	(void)pthread_mutex_unlock(&folds->lock);
}

bool folds_write(Folds *folds, const Ledger *ledger)
{
	(void)pthread_mutex_lock(&folds->lock);
	g_autoptr(GPtrArray) table = folds->table;
	g_hash_table_unref(folds->by_key);
	begin_table(folds);
	(void)pthread_mutex_unlock(&folds->lock);
	guint written = 0;

	while (written < table->len && write_one(g_ptr_array_index(table, written), ledger))
		written++;
	if (written < table->len)
		put_back(folds, table, written);
	return written == table->len;
}
