/* SPDX-License-Identifier: MIT */
#include "base/limits.h"
#include "base/log.h"
#include "policy/store-keys.h"
#include "service/keys.h"

/* One look. */
typedef struct Look {
	KeysWatch *watch;
	const World *world;
	bool changed;
} Look;

static void run(void *data)
{
	Look *look = data;

	look->changed = store_keys_changed(look->world->policy);
}

static void done(void *data)
{
	Look *look = data;

	look->watch->busy = false;
	if (look->changed) {
		log_info("a file of keys has changed: the policy is loaded again");
		reload_start(look->watch->reload, NULL, NULL);
	}
	world_release(look->world);
	g_free(look);
}

void keys_tick(KeysWatch *watch, WorldCell *cell)
{
	gint64 now_us = g_get_monotonic_time();
	const World *world = world_acquire(cell);

	if (watch->busy || now_us < watch->next_us || !world->policy || !policy_signature_entry(world->policy, 0)) {
		world_release(world);
		return;
	}
	watch->next_us = now_us + LIMIT_SIGNATURE_LOOK_S * G_USEC_PER_SEC;
	Look *look = g_new0(Look, 1);
	*look = (Look){ .watch = watch, .world = world };
	watch->busy = worker_submit(watch->loader, run, done, look);
	if (watch->busy)
		return;
	world_release(world);
	g_free(look);
}
