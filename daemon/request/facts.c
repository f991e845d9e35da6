/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/container.h"
#include "request/facts-ask.h"
#include "request/image.h"
#include "request/list.h"
#include "request/local-volume.h"
#include "request/mounts.h"
#include "request/pins.h"
#include "request/service.h"
#include "request/stored.h"
#include "request/use.h"

static void add_volume(const Pass *pass, const char *name, const char *target)
{
	const Fact *fact = facts_need(pass, FACT_VOLUME, name);
	StoredVolume volume;

	if (fact && facts_readable(pass, fact, stored_read_volume(fact->json, fact->length, pass->arena, &volume)))
		local_volume_add(&pass->request->container, volume.driver, &volume.options, target, arena_printf(pass->arena, "volume %s", name), pass->arena);
}

/* `joined`: their processes are seen, and through them (/proc/PID/root) what they have mounted: of that only pins count. */
static void add_mounts_of(const Pass *pass, const char *container, bool joined)
{
	const Request *stored = facts_container(pass, container);

	if (!stored)
		return;
	for (size_t i = 0; i < stored->container.mounts.count; i++) {
		Mount mount = stored->container.mounts.items[i];
		if (joined && !pin_concerns(&mount, pass->arena))
			continue;
		mount.of_joined = joined;
		if (pass->request->container.mounts.count == LIMIT_MOUNTS) {
			facts_unresolved(pass, arena_printf(pass->arena, "all mounts of container %s: one container may have %u of them", text_printable(pass->arena, container, SHOWN_NAME_BYTES), LIMIT_MOUNTS));
			return;
		}
		LIST_APPEND(pass->arena, &pass->request->container.mounts, mount);
	}
}

/* "web:ro" -> "web" */
static const char *container_of(const char *from, Arena *arena)
{
	return arena_strndup(arena, from, strcspn(from, ":"));
}

static void add_volumes(const Pass *pass)
{
	ContainerSpec *spec = &pass->request->container;

	for (size_t i = 0; i < spec->volumes_from.count; i++)
		add_mounts_of(pass, container_of(spec->volumes_from.items[i], pass->arena), false);
	/* What the options of a volume add is no volume: the list grows behind the ones that are looked at. */
	for (size_t i = 0, count = spec->mounts.count; i < count; i++)
		if (spec->mounts.items[i].kind == MOUNT_VOLUME && *spec->mounts.items[i].source)
			add_volume(pass, spec->mounts.items[i].source, spec->mounts.items[i].target);
}

/* A namespace of another container's is the host's when that container has the host's. */
static void follow(const Pass *pass, const char **mode, size_t offset)
{
	static const char prefix[] = "container:";

	for (unsigned steps = 0; g_str_has_prefix(*mode, prefix); steps++) {
		if (steps == LIMIT_FACT_JOINS) {
			facts_unresolved(pass, "containers that join one another without end");
			return;
		}
		const Request *stored = facts_container(pass, *mode + strlen(prefix));
		if (!stored)
			return;
		if (offset == offsetof(ContainerSpec, pid_mode))
			add_mounts_of(pass, *mode + strlen(prefix), true);
		const char *joined = *(const char *const *)(const void *)((const char *)&stored->container + offset);
		if (strcmp(joined, "host") != 0 && !g_str_has_prefix(joined, prefix))
			return;
		*mode = joined;
	}
}

static void follow_all(const Pass *pass)
{
	ContainerSpec *spec = &pass->request->container;

	follow(pass, &spec->network_mode, offsetof(ContainerSpec, network_mode));
	follow(pass, &spec->pid_mode, offsetof(ContainerSpec, pid_mode));
	follow(pass, &spec->ipc_mode, offsetof(ContainerSpec, ipc_mode));
}

/* What Docker looks the image up by: a pull and a push name its tag apart. */
static const char *image_name(const Request *request, Arena *arena)
{
	bool apart = request->kind == KIND_IMAGE_PULL || request->kind == KIND_IMAGE_PUSH;

	return apart ? image_canonical(&request->image, arena) : request->image.text;
}

static void add_image(const Pass *pass, bool with_user)
{
	Request *request = pass->request;
	const char *name = image_name(request, pass->arena);
	StoredImage image;

	if (!*request->image.text)
		return;
	const Fact *fact = facts_need(pass, FACT_IMAGE, name);
	if (fact && facts_readable(pass, fact, stored_read_image(fact->json, fact->length, pass->arena, &image))) {
		request->image_id = image.id;
		if (with_user)
			request->image_user = image.user;
	}
	/* The node that runs a service pulls what it does not have. */
	request->image_absent = request->kind != KIND_SERVICE && facts_find(pass, FACT_IMAGE, name)->state == FACT_ABSENT;
}

/* Where the image comes from.  A container has the one that it was made of, whatever its name means now; when that is gone nobody
 * can say any more. */
static void add_origin(const Pass *pass)
{
	Request *request = pass->request;
	bool stored = *request->container_id;
	const char *name = stored ? request->image_id : image_name(request, pass->arena);
	StoredImage image;

	if (!*request->image.text || *request->image.digest || !*name)
		return;
	const Fact *fact = facts_need(pass, FACT_IMAGE, name);
	request->image_here = fact && facts_readable(pass, fact, stored_read_image(fact->json, fact->length, pass->arena, &image));
	if (request->image_here && !*request->image_id)
		request->image_id = image.id;
	if (request->image_here) {
		ImageOrigin origin = image_origin(&request->image, image.id, &image.digests, pass->arena);
		request->image_local = origin != IMAGE_PULLED;
		request->image_made_here = origin == IMAGE_MADE_HERE;
	} else
		request->image_local = stored && facts_find(pass, FACT_IMAGE, name)->state == FACT_ABSENT;
}

static bool same(const StringList *left, const StringList *right)
{
	for (size_t i = 0; left->count == right->count && i < left->count; i++)
		if (strcmp(left->items[i], right->items[i]) != 0)
			return false;
	return left->count == right->count;
}

/* A container keeps its image's words as its own.  When the image is gone nobody can say whose they are. */
static void add_command(const Pass *pass)
{
	Request *request = pass->request;
	StoredImage image;

	if (!*request->container_id || !*request->image_id)
		return;
	const Fact *fact = facts_need(pass, FACT_IMAGE, request->image_id);
	if (!fact || !facts_readable(pass, fact, stored_read_image(fact->json, fact->length, pass->arena, &image)))
		return;
	request->image_entrypoint = same(&request->container.entrypoint, &image.entrypoint);
	request->image_command = same(&request->container.command, &image.command);
}

/* The docker client sends the networks of a service as their ids: the host's may be one of them. */
static void name_networks(const Pass *pass)
{
	ContainerSpec *spec = &pass->request->container;

	for (size_t i = 0; i < spec->networks.count && strcmp(spec->network_mode, "host") != 0; i++) {
		const Fact *fact = facts_need(pass, FACT_NETWORK, spec->networks.items[i]);
		const char *driver = "";
		if (fact && facts_readable(pass, fact, stored_read_network(fact->json, fact->length, pass->arena, &driver)) && !strcmp(driver, "host"))
			spec->network_mode = "host";
	}
}

static void complete(const Pass *pass);

/* Judged beside what the call says. */
static void add_previous(const Pass *pass)
{
	const Request *request = pass->request;
	const Fact *fact = facts_need(pass, FACT_SERVICE, request->subject);
	Request *previous = request_new(pass->arena);

	previous->method = request->method;
	previous->kind = request->kind;
	previous->endpoint = request->endpoint;
	previous->mutates = true;
	if (!fact || !facts_readable(pass, fact, service_read_previous(fact->json, fact->length, previous, pass->arena)) || !previous->has_container)
		return;
	complete(&(Pass){ previous, pass->facts, pass->wants, pass->arena });
	for (size_t i = 0; i < previous->unresolved.count; i++)
		facts_unresolved(pass, previous->unresolved.items[i]);
	pass->request->stored = previous;
}

static bool has_binds(const MountList *mounts)
{
	for (size_t i = 0; i < mounts->count; i++)
		if (mounts->items[i].kind == MOUNT_BIND)
			return true;
	return false;
}

static void add_engine(const Pass *pass)
{
	const Fact *fact = facts_need(pass, FACT_ENGINE, "info");

	if (fact)
		(void)facts_readable(pass, fact, stored_read_engine(fact->json, fact->length, pass->arena, &pass->request->engine));
}

/* Docker writes its defaults into what it keeps (moby daemon/logs.go, mergeAndVerifyLogConfig; daemon/create.go): what equals one is no wish
 * of the caller's, and gives nothing that they would not have without it.  A Docker that does not say leaves the name as it is. */
static void undo_chosen(const Pass *pass)
{
	ContainerSpec *spec = &pass->request->container;
	Engine engine;

	if (pass->request->kind != KIND_CONTAINER_CREATE || (!*spec->log_driver && !*spec->runtime))
		return;
	const Fact *fact = facts_find(pass, FACT_ENGINE, "info");
	if (fact->state != FACT_KNOWN || !stored_read_engine(fact->json, fact->length, pass->arena, &engine))
		return;
	if (!strcmp(spec->log_driver, engine.log_driver))
		spec->log_driver = "";
	if (!strcmp(spec->runtime, engine.runtime))
		spec->runtime = "";
}

static void complete(const Pass *pass)
{
	if (pass->wants & WANT_VOLUMES)
		add_volumes(pass);
	if (pass->wants & WANT_JOINED)
		follow_all(pass);
	if (pass->wants & WANT_NETWORKS)
		name_networks(pass);
	if ((pass->wants & WANT_ENGINE) && has_binds(&pass->request->container.mounts))
		add_engine(pass);
	if (pass->wants & WANT_DEFAULTS)
		undo_chosen(pass);
	const Request *request = pass->request;
	bool with_user = (pass->wants & WANT_IMAGE) && !*request->container.user && !request->image_user;
	if (with_user || ((pass->wants & WANT_IMAGE_ID) && !*request->image_id))
		add_image(pass, with_user);
	if (pass->wants & WANT_ORIGIN)
		add_origin(pass);
	if (pass->wants & WANT_COMMAND)
		add_command(pass);
}

/* The container that is used; an exec is started by its own id, and who it runs as was said when it was made.  "": it is not known, or not yet. */
static const char *used_container(const Pass *pass)
{
	Request *request = pass->request;
	const char *container = "";

	if (strcmp(request->endpoint, "exec.start") != 0)
		return request->subject;
	const Fact *fact = facts_need(pass, FACT_EXEC, request->subject);
	if (fact && facts_readable(pass, fact, stored_read_exec(fact->json, fact->length, pass->arena, &request->container, &container)))
		use_apply(request, pass->arena);
	return container;
}

/* NULL: it is not known, or not yet. */
static Request *read_stored(const Pass *pass)
{
	const char *container = used_container(pass);

	return *container ? facts_container(pass, container) : NULL;
}

/* With a list of mounts of its own, to append to. */
static Request *copy_request(const Request *request, Arena *arena)
{
	Request *copy = arena_alloc(arena, sizeof *copy);
	const MountList *mounts = &request->container.mounts;

	*copy = *request;
	copy->container.mounts = (MountList){ 0 };
	for (size_t i = 0; i < mounts->count; i++)
		LIST_APPEND(arena, &copy->container.mounts, mounts->items[i]);
	return copy;
}

/* The container of docker run is not there yet: its line says what it will be. */
static void add_stored(const Pass *pass)
{
	const Request *made = pass->request->stored;
	Request *stored = made ? copy_request(made, pass->arena) : read_stored(pass);

	if (!stored)
		return;
	stored->method = pass->request->method;
	use_overlay(stored, pass->request);
	complete(&(Pass){ stored, pass->facts, pass->wants & ~(unsigned)WANT_STORED, pass->arena });
	for (size_t i = 0; i < stored->unresolved.count; i++)
		facts_unresolved(pass, stored->unresolved.items[i]);
	pass->request->stored = stored;
}

const Request *facts_apply(const Request *request, unsigned wants, FactList *facts, Arena *arena)
{
	Request *copy = copy_request(request, arena);
	const Pass pass = { copy, facts, wants, arena };
	if (request->use) {
		if ((wants & WANT_STORED) && *request->subject)
			add_stored(&pass);
		if ((wants & WANT_ENGINE) && has_binds(&copy->container.mounts)) /* directories of checkpoints */
			add_engine(&pass);
	} else {
		complete(&pass);
		if (copy->rollback && (wants & WANT_STORED))
			add_previous(&pass);
	}
	return copy;
}

bool facts_open(const FactList *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		if (facts->items[i].state == FACT_OPEN)
			return true;
	return false;
}

void facts_give_up(FactList *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		if (facts->items[i].state == FACT_OPEN)
			facts->items[i].state = FACT_FAILED;
}
