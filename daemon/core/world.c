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

/* A copy with references of its own. */
static HeldWorld *world_new(const World *world)
{
	HeldWorld *held = g_new0(HeldWorld, 1);

	held->world = *world;
	if (world->policy)
		held->world.policy = policy_ref(world->policy);
	held->world.sockets = socket_set_ref(world->sockets);
	if (world->verdicts)
		held->world.verdicts = verdict_table_ref(world->verdicts);
	atomic_init(&held->users, 1);
	return held;
}

static void drop(HeldWorld *held)
{
	if (atomic_fetch_sub_explicit(&held->users, 1, memory_order_acq_rel) != 1)
		return;
	policy_unref(held->world.policy);
	/* Its own references, kept as const so that deciding threads only look. */
	socket_set_unref((SocketSet *)(uintptr_t)held->world.sockets);
	verdict_table_unref((VerdictTable *)(uintptr_t)held->world.verdicts);
	g_free(held);
}

WorldCell *world_cell_new(void)
{
	WorldCell *cell = g_new0(WorldCell, 1);

	(void)pthread_mutex_init(&cell->lock, NULL);
	cell->current = world_new(&(World){ .fail_mode = FAIL_CLOSED, .log_reads = LOG_READS_FOLDED });
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

static void swap(WorldCell *cell, const World *world)
{
	HeldWorld *held = world_new(world);

	(void)pthread_mutex_lock(&cell->lock);
	HeldWorld *old = cell->current;
	cell->current = held;
	(void)pthread_mutex_unlock(&cell->lock);
	drop(old);
}

uint64_t world_publish(WorldCell *cell, Policy *policy, FailMode fail_mode, LogReads log_reads)
{
	return world_publish_sockets(cell, policy, fail_mode, log_reads, cell->current->world.sockets);
}

uint64_t world_publish_sockets(WorldCell *cell, Policy *policy, FailMode fail_mode, LogReads log_reads, const SocketSet *sockets)
{
	World world = cell->current->world;

	world.policy = policy;
	world.fail_mode = fail_mode;
	world.log_reads = log_reads;
	world.sockets = sockets;
	world.generation++;
	swap(cell, &world);
	return world.generation;
}

void world_publish_verdicts(WorldCell *cell, const VerdictTable *verdicts)
{
	World world = cell->current->world;

	world.verdicts = verdicts;
	swap(cell, &world);
}
