/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "core/diagnose.h"
#include "request/engine.h"
#include "request/list.h"
#include "request/stored.h"

#define PLUGIN "sentinel"
#define SHOWN_VERSION_BYTES 60u
#define SHOWN_NAMES 5u

enum { ASK_VERSION, ASK_INFO, ASK_COUNT };

const char *check_status_name(CheckStatus status)
{
	static const char *const names[CHECK_STATUS_COUNT] = { [CHECK_OK] = "ok", [CHECK_WARNING] = "warning", [CHECK_FAILED] = "failed" };

	return names[status];
}

void check_add(CheckList *checks, Arena *arena, const char *name, CheckStatus status, const char *message, const char *advice)
{
	const Check check = { name, status, message, advice };

	LIST_APPEND(arena, checks, check);
}

void diagnose_questions(FactList *facts, Arena *arena)
{
	static const char *const names[ASK_COUNT] = { [ASK_VERSION] = "version", [ASK_INFO] = "info" };

	for (size_t i = 0; i < ASK_COUNT; i++) {
		const Fact fact = { .kind = FACT_DAEMON, .name = names[i], .state = FACT_OPEN };
		LIST_APPEND(arena, facts, fact);
	}
}

const Guarded *guarded(Probe probe, bool serves)
{
	static const Guarded rows[] = {
		[PROBE_NOBODY] = { "unknown", CHECK_FAILED, "it is not known whether Docker asks Sentinel: nobody listens on Docker's socket",
			"start Docker: systemctl start docker; or say where it listens: sentineld --docker-host" },
		[PROBE_SILENT] = { "unknown", CHECK_FAILED, "it is not known whether Docker asks Sentinel: Docker does not answer", "see: journalctl -u docker" },
		[PROBE_REFUSED] = { "refused", CHECK_FAILED, "Docker refuses calls, and does not ask this Sentinel about them", "see: docker version; journalctl -u docker" },
		[PROBE_UNASKED] = { "unasked", CHECK_FAILED, "Docker does not ask Sentinel: nothing is guarded",
			"sudo sentinel authz install (or by hand: \"authorization-plugins\": [\"" PLUGIN "\"] in /etc/docker/daemon.json, and reload Docker)" },
		[PROBE_ASKED] = { "asked", CHECK_OK, "Docker asks Sentinel about every call", "" },
	};
	static const Guarded elsewhere = { "elsewhere", CHECK_WARNING, "it is not known whether Docker asks Sentinel: this is a private instance, which Docker does not ask",
		"ask the service: sentinel doctor, without --local" };

	return probe == PROBE_UNASKED && !serves ? &elsewhere : &rows[probe];
}

void diagnose_guard(const Guarded *state, CheckList *checks, Arena *arena)
{
	check_add(checks, arena, "plugin", state->status, state->message, state->advice);
}

/* The policy itself says whether BuildKit may be used, by the facts that it is given for a real call. */
void diagnose_builder(bool allowed, bool if_closed, const Builder *builder, CheckList *checks, Arena *arena)
{
	static const char advice[] = "sudo sentinel authz install --builder, then restart Docker (or by hand in daemon.json: " BUILDER_CLOSED ")";
	const char *network = builder->network_host == ENTITLEMENT_ON ? "the host's network" : "";
	const char *insecure = builder->security_insecure == ENTITLEMENT_ON ? "processes without confinement" : "";
	const char *gives = arena_printf(arena, "%s%s%s", network, *network && *insecure ? " and " : "", insecure);

	if (*builder->unknown)
		check_add(checks, arena, "builder", CHECK_WARNING, arena_printf(arena, "it is not known what Docker's builder gives to builds (BuildKit is %s by the policy): %s",
			allowed ? "allowed" : "blocked", builder->unknown), if_closed ? "restart Docker when containers may stop: it reads this at its start alone" : "");
	else if (!builder_closed(builder))
		check_add(checks, arena, "builder", allowed ? CHECK_WARNING : CHECK_OK, arena_printf(arena, "BuildKit is %s; Docker's builder %s a build %s",
			allowed ? "allowed" : "blocked by the policy", allowed ? "gives" : "would give", gives), if_closed ? advice : "");
	else
		check_add(checks, arena, "builder", CHECK_OK, arena_printf(arena, "BuildKit is %s; a build gets neither the host's network nor processes without confinement%s",
			allowed ? "allowed" : "blocked by the policy", builder->device == ENTITLEMENT_ON ? ", from Docker 29 on devices that CDI names" : ""), "");
}

void diagnose_pushes(const FactList *facts, bool looks, bool builds, CheckList *checks, Arena *arena)
{
	static const struct { CheckStatus status; const char *message, *advice; } rows[] = {
		[STORE_DOCKER] = { CHECK_OK, "an image is looked at for secrets before it is pushed", "" },
		[STORE_CONTAINERD] = { CHECK_WARNING, "BuildKit pushes what it builds by itself (docker build --push), and no call says so: such a push is not looked at for secrets",
			"endpoints: {buildkit: block} in the policy, or \"features\": {\"containerd-snapshotter\": false} in /etc/docker/daemon.json (images are made anew)" },
		[STORE_UNKNOWN] = { CHECK_WARNING, "it is not known where this Docker keeps images; with containerd's store BuildKit pushes by itself what it builds, not looked at for secrets",
			"see: docker info; endpoints: {buildkit: block} in the policy holds it in any case" },
	};
	const Fact *info = &facts->items[ASK_INFO];
	EngineStore store = builds && info->state == FACT_KNOWN ? engine_store(info->json, info->length, arena) : STORE_UNKNOWN;

	if (!looks)
		return;
	if (!builds)
		store = STORE_DOCKER;
	check_add(checks, arena, "pushes", rows[store].status, rows[store].message, rows[store].advice);
}

void diagnose_docker(const FactList *facts, Bodies bodies, CheckList *checks, Arena *arena)
{
	const Fact *version = &facts->items[ASK_VERSION];
	const char *number = version->state == FACT_KNOWN ? engine_version(version->json, version->length, arena) : NULL;

	if (!number) {
		check_add(checks, arena, "docker", CHECK_FAILED, version->state == FACT_NOBODY ? "there is no Docker at its usual socket" : "Docker does not answer",
			"start it: systemctl start docker; or say where it listens: sentineld --docker-host");
		return;
	}
	check_add(checks, arena, "docker", CHECK_OK, arena_printf(arena, "Docker %s answers", text_printable(arena, number, SHOWN_VERSION_BYTES)), "");
	const EngineRemarkList remarks = engine_remarks(number, arena);
	for (size_t i = 0; i < remarks.count; i++)
		check_add(checks, arena, remarks.items[i].name, CHECK_WARNING, remarks.items[i].message, remarks.items[i].advice);
	if (bodies == BODIES_HIDDEN)
		check_add(checks, arena, engine_hidden_bodies.name, CHECK_WARNING, engine_hidden_bodies.message, engine_hidden_bodies.advice);
	else
		check_add(checks, arena, engine_hidden_bodies.name, CHECK_OK, bodies == BODIES_SHOWN ? "this Docker shows bodies of 1 MiB and more to plugins" :
			"it is not known whether this Docker shows bodies of 1 MiB and more to plugins; calls whose body is not shown are denied", "");
}

void diagnose_mounts(size_t judged, size_t denied, const StringList *by_mounts, CheckList *checks, Arena *arena)
{
	static const char advice[] = "see which, why, and what could be put into the policy: sentinel policy containers";
	const char *names = "";

	for (size_t i = 0; i < MIN(by_mounts->count, SHOWN_NAMES); i++)
		names = arena_printf(arena, "%s%s%s", names, i ? ", " : "", by_mounts->items[i]);
	if (by_mounts->count > SHOWN_NAMES)
		names = arena_printf(arena, "%s and %zu more", names, by_mounts->count - SHOWN_NAMES);
	if (by_mounts->count)
		check_add(checks, arena, "mounts", CHECK_WARNING, arena_printf(arena, "the policy would not let %zu of %zu containers start again for what they mount: %s", by_mounts->count, judged, names), advice);
	else
		check_add(checks, arena, "mounts", CHECK_OK, arena_printf(arena, "no container of %zu mounts what would be denied at its next start%s", judged,
			denied ? arena_printf(arena, "; for other reasons %zu would be: sentinel policy containers", denied) : ""), "");
}

/* docs/SECURITY.md says what comes of it; a Docker that does not say is not told of. */
void diagnose_ids(const FactList *facts, CheckList *checks, Arena *arena)
{
	const Fact *info = &facts->items[ASK_INFO];
	Engine engine;

	if (info->state != FACT_KNOWN || !stored_read_engine(info->json, info->length, arena, &engine))
		return;
	if (engine.remapped)
		check_add(checks, arena, "ids", CHECK_OK, "root in a container is nobody on this host", "");
	else
		check_add(checks, arena, "ids", CHECK_WARNING, "root in a container is root of this host: who also has an account here can give it descriptors and gets device nodes from it, which no plugin sees",
			"\"userns-remap\": \"default\" in /etc/docker/daemon.json, and restart Docker (images and containers are made anew); docs/SECURITY.md");
}

void diagnose_identity(IdentityState state, CheckList *checks, Arena *arena)
{
	static const struct { CheckStatus status; const char *message, *advice; } rows[] = {
		[IDENTITY_PROVEN] = { CHECK_OK, "who asks on Docker's socket is known when one user is connected", "" },
		[IDENTITY_UNPROVEN] = { CHECK_WARNING, "who asks on Docker's socket is never certain: what Docker holds cannot be seen",
			"start the witness: systemctl start sentinel-witness.socket" },
		[IDENTITY_SHARED] = { CHECK_WARNING, "who asks on Docker's socket is never certain: this Docker takes HTTP/2, where who has asked may be gone before anybody looks",
			"pins, exceptions by user or group and grants of a user need a Docker below 29.2.0" },
		[IDENTITY_BLIND] = { CHECK_WARNING, "who asks on Docker's socket is not known: the kernel does not list its sockets",
			"see that the kernel has unix_diag, and that sentineld.socket has been restarted after an upgrade" },
	};

	if (state != IDENTITY_UNTRIED)
		check_add(checks, arena, "users", rows[state].status, rows[state].message, rows[state].advice);
}
