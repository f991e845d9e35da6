/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>
#include "base/limits.h"
#include "docker/memory.h"

typedef struct Kept {
	FactState state;
	char *json; /* NULL unless FACT_KNOWN */
	size_t length;
} Kept;

struct Memory {
	pthread_mutex_t lock; /* guards what follows */
	bool open;
	uint64_t epochs[FACT_KIND_COUNT];
	GHashTable *kept[FACT_KIND_COUNT]; /* name -> Kept */
};

static void kept_free(gpointer data)
{
	Kept *kept = data;

	g_free(kept->json);
	g_free(kept);
}

Memory *memory_new(void)
{
	Memory *memory = g_new0(Memory, 1);

	(void)pthread_mutex_init(&memory->lock, NULL);
	for (size_t i = 0; i < FACT_KIND_COUNT; i++)
		memory->kept[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_free);
	return memory;
}

void memory_free(Memory *memory)
{
	for (size_t i = 0; i < FACT_KIND_COUNT; i++)
		g_hash_table_unref(memory->kept[i]);
	(void)pthread_mutex_destroy(&memory->lock);
	g_free(memory);
}

static void forget(Memory *memory, FactKind kind)
{
	memory->epochs[kind]++;
	g_hash_table_remove_all(memory->kept[kind]);
}

static void set_open(Memory *memory, bool open)
{
	(void)pthread_mutex_lock(&memory->lock);
	memory->open = open;
	for (FactKind kind = 0; kind < FACT_KIND_COUNT; kind++)
		forget(memory, kind);
	(void)pthread_mutex_unlock(&memory->lock);
}

void memory_open(Memory *memory)
{
	set_open(memory, true);
}

void memory_close(Memory *memory)
{
	set_open(memory, false);
}

void memory_forget(Memory *memory, FactKind kind)
{
	(void)pthread_mutex_lock(&memory->lock);
	forget(memory, kind);
	(void)pthread_mutex_unlock(&memory->lock);
}

uint64_t memory_epoch(Memory *memory, FactKind kind)
{
	(void)pthread_mutex_lock(&memory->lock);
	uint64_t epoch = memory->epochs[kind];
	(void)pthread_mutex_unlock(&memory->lock);
	return epoch;
}

void memory_keep(Memory *memory, const Fact *fact, uint64_t epoch)
{
	bool kept_by_events = fact->kind != FACT_DAEMON && fact->kind != FACT_EXEC && fact->kind != FACT_SERVICE && fact->kind != FACT_IMAGES;

	if (!kept_by_events || (fact->state != FACT_KNOWN && fact->state != FACT_ABSENT))
		return;
	(void)pthread_mutex_lock(&memory->lock);
	if (memory->open && memory->epochs[fact->kind] == epoch) {
		Kept *kept = g_new0(Kept, 1);
		*kept = (Kept){ .state = fact->state, .length = fact->length };
		kept->json = fact->state == FACT_KNOWN ? g_memdup2(fact->json, fact->length) : NULL;
		if (g_hash_table_size(memory->kept[fact->kind]) >= LIMIT_FACTS_KEPT)
			g_hash_table_remove_all(memory->kept[fact->kind]);
		(void)g_hash_table_replace(memory->kept[fact->kind], g_strdup(fact->name), kept);
	}
	(void)pthread_mutex_unlock(&memory->lock);
}

bool memory_recall(Memory *memory, Fact *fact, Arena *arena)
{
	(void)pthread_mutex_lock(&memory->lock);
	const Kept *kept = g_hash_table_lookup(memory->kept[fact->kind], fact->name);
	if (kept) {
		fact->state = kept->state;
		fact->length = kept->length;
		fact->json = kept->json ? arena_strndup(arena, kept->json, kept->length) : NULL;
	}
	(void)pthread_mutex_unlock(&memory->lock);
	return kept != NULL;
}
