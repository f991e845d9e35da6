/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
#include "core/world.h"

/* A World and who holds it.  The cell's own reference is one of `users`. */
typedef struct HeldWorld {
	World world; /* first: a World * is a HeldWorld * */
	_Atomic unsigned users;
} HeldWorld;

/* The lock is held for a pointer and a counter only: an acquire cannot meet a World that is going. */
struct WorldCell {
	pthread_mutex_t lock;
	HeldWorld *current;
};

static HeldWorld *world_new(Policy *policy, FailMode fail_mode, bool log_reads, uint64_t generation)
{
	HeldWorld *held = g_new0(HeldWorld, 1);

	held->world = (World){
		.policy = policy ? policy_ref(policy) : NULL, .fail_mode = fail_mode, .log_reads = log_reads, .generation = generation,
	};
	atomic_init(&held->users, 1);
	return held;
}

static void drop(HeldWorld *held)
{
	if (atomic_fetch_sub_explicit(&held->users, 1, memory_order_acq_rel) != 1)
		return;
	policy_unref(held->world.policy);
	g_free(held);
}

WorldCell *world_cell_new(void)
{
	WorldCell *cell = g_new0(WorldCell, 1);

	(void)pthread_mutex_init(&cell->lock, NULL);
	cell->current = world_new(NULL, FAIL_CLOSED, true, 0);
	return cell;
}

void world_cell_free(WorldCell *cell)
{
	if (!cell)
		return;
	drop(cell->current);
	(void)pthread_mutex_destroy(&cell->lock);
	g_free(cell);
}

const World *world_acquire(WorldCell *cell)
{
	(void)pthread_mutex_lock(&cell->lock);
	HeldWorld *held = cell->current;
	atomic_fetch_add_explicit(&held->users, 1, memory_order_relaxed);
	(void)pthread_mutex_unlock(&cell->lock);
	return &held->world;
}

void world_release(const World *world)
{
	/* Handed out by world_acquire() as const: nobody but the counter changes. */
	drop((HeldWorld *)(uintptr_t)world);
}

uint64_t world_publish(WorldCell *cell, Policy *policy, FailMode fail_mode, bool log_reads)
{
	uint64_t generation = cell->current->world.generation + 1;
	HeldWorld *held = world_new(policy, fail_mode, log_reads, generation);

	(void)pthread_mutex_lock(&cell->lock);
	HeldWorld *old = cell->current;
	cell->current = held;
	(void)pthread_mutex_unlock(&cell->lock);
	drop(old);
	return generation;
}
