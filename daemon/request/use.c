/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/use.h"

#define ROOT "0"

/* What every use of a container's own processes has in common. */
#define OWN(id) { .endpoint = (id), .writes = true, .as_made = true }
#define BRINGS(id) { .endpoint = (id), .writes = true }
/* What dockerd does itself, as root of the host. */
#define READS_AS_ROOT(id) { .endpoint = (id), .user = ROOT, .capable = true, .gains = true, .foreign = true, .as_made = true }

static const Use uses[] = {
	OWN("container.start"),
	OWN("container.restart"),
	OWN("container.unpause"),
	OWN("container.update"),
	OWN("container.rename"),
	OWN("container.attach"),
	BRINGS("exec.create"),
	BRINGS("exec.start"),
	OWN("checkpoint.create"),
	OWN("checkpoint.delete"),
	READS_AS_ROOT("checkpoint.list"),
	READS_AS_ROOT("container.archive-get"),
	{ .endpoint = "container.archive-put", .user = ROOT, .capable = true, .gains = true, .writes = true, .foreign = true },
	READS_AS_ROOT("container.export"),
	READS_AS_ROOT("container.commit"),
};

const Use *use_of(const char *endpoint)
{
	for (size_t i = 0; i < G_N_ELEMENTS(uses); i++)
		if (!strcmp(uses[i].endpoint, endpoint))
			return &uses[i];
	return NULL;
}

bool use_is_exec(const Request *request)
{
	return !strcmp(request->endpoint, "exec.create") || !strcmp(request->endpoint, "exec.start");
}

void use_apply(Request *request, Arena *arena)
{
	const ContainerSpec *spec = &request->container;

	request->use = use_of(request->endpoint);
	if (!use_is_exec(request))
		return;
	Use *use = arena_alloc(arena, sizeof *use);
	*use = *request->use;
	use->capable = spec->privileged;
	if (*spec->user) {
		use->user = spec->user;
		use->foreign = true;
	}
	request->use = use;
}

/* What an update leaves out stays as it is (moby container/container_unix.go, UpdateContainer). */
static void overlay_update(ContainerSpec *spec, const ContainerSpec *update)
{
	const struct { int64_t *stored; int64_t said; } numbers[] = {
		{ &spec->memory, update->memory },       { &spec->memory_swap, update->memory_swap }, { &spec->nano_cpus, update->nano_cpus },
		{ &spec->cpu_quota, update->cpu_quota }, { &spec->cpu_shares, update->cpu_shares },   { &spec->pids_limit, update->pids_limit },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (numbers[i].said)
			*numbers[i].stored = numbers[i].said;
	/* The call's own restart policy is judged with the call. */
	if (*update->restart_policy)
		spec->restart_policy = "";
}

void use_overlay(Request *stored, const Request *request)
{
	ContainerSpec *spec = &stored->container;

	stored->use = request->use;
	if (request->kind == KIND_CONTAINER_UPDATE)
		overlay_update(spec, &request->container);
	if (use_is_exec(request) && *request->container.user) {
		spec->user = request->container.user;
		stored->image_user = request->container.user;
	}
}
