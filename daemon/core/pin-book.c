/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include "base/limits.h"
#include "core/pin-book.h"

struct PinBook {
	pthread_mutex_t lock;
	GHashTable *containers; /* a set of ids */
	atomic_bool missed;
};

PinBook *pin_book_new(void)
{
	PinBook *book = g_new0(PinBook, 1);

	(void)pthread_mutex_init(&book->lock, NULL);
	book->containers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return book;
}

void pin_book_free(PinBook *book)
{
	if (!book)
		return;
	g_hash_table_unref(book->containers);
	(void)pthread_mutex_destroy(&book->lock);
	g_free(book);
}

void pin_book_add(PinBook *book, const char *container)
{
	(void)pthread_mutex_lock(&book->lock);
	if (g_hash_table_size(book->containers) < LIMIT_PIN_CONTAINERS)
		(void)g_hash_table_add(book->containers, g_strdup(container));
	(void)pthread_mutex_unlock(&book->lock);
}

bool pin_book_remove(PinBook *book, const char *container)
{
	(void)pthread_mutex_lock(&book->lock);
	bool removed = g_hash_table_remove(book->containers, container);
	(void)pthread_mutex_unlock(&book->lock);
	return removed;
}

bool pin_book_empty(PinBook *book)
{
	(void)pthread_mutex_lock(&book->lock);
	bool empty = g_hash_table_size(book->containers) == 0;
	(void)pthread_mutex_unlock(&book->lock);
	return empty;
}

void pin_book_miss(PinBook *book)
{
	atomic_store(&book->missed, true);
}

bool pin_book_missed(PinBook *book)
{
	return atomic_exchange(&book->missed, false);
}
