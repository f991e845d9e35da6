/* SPDX-License-Identifier: MIT
 *
 * Images that must be signed: policies that ask for it, programs that check it, and what a call is told then.
 */
#pragma once

#include "policy/signature.h"
#include "policy/store.h"
#include "request/list.h"
#include "scan-fixture.h"
#include "scan/signers.h"
#include "scan/verify.h"

#define DIGEST "sha256:00000000000000000000000000000000000000000000000000000000000000dd"
#define OTHER_DIGEST "sha256:00000000000000000000000000000000000000000000000000000000000000ee"
#define PAYLOAD(digest) "{\"critical\":{\"identity\":{\"docker-reference\":\"a.net/team/app\"},\"image\":{\"docker-manifest-digest\":\"" digest "\"},\"type\":\"cosign container image signature\"},\"optional\":null}"
#define GOOD "echo '[" PAYLOAD(DIGEST) "]'"
#define KEY "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
#define CREATE "/v1.43/containers/create"

static StringList names;

/* SPDX-License-Identifier: MIT
 *
 * Signatures: what is believed of programs that check them, and what a decision makes of it.  Whatever could not be checked is not signed.
 */
static inline bool name_images(void *data, const char *image_id, const _Atomic bool *cancelled, Arena *arena, StringList *ret, GError **error)
{
	(void)data;
	(void)cancelled;
	(void)arena;
	if (!names.count)
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "Docker is gone");
	g_assert_cmpstr(image_id, ==, ID);
	*ret = names;
	return names.count > 0;
}

static const char *one_name[] = { "a.net/team/app@" DIGEST };

/* The policy of DIR/p.yaml with this list of images.signatures; its file of a key is DIR/a.pub. */
static inline Policy *load(const Fixture *f, const char *signatures)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(GString) text = g_string_new("name: p\nmode: enforce\nrules:\n  images:\n    require_signed: true\n    signatures: ");

	g_string_append(text, signatures);
	(void)g_string_replace(text, "DIR", f->dir, 0);
	scratch_put(f->dir, "p.yaml", text->str);
	Policy *policy = store_load(f->dir, "p", diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);
	g_assert_cmpstr(problem, ==, NULL);
	return policy;
}

static inline void use(Fixture *f, const char *signatures)
{
	g_autoptr(Policy) policy = load(f, signatures);

	world_publish(f->cell, policy, FAIL_CLOSED, LOG_READS_NONE);
}

#define BY_KEY "[{registries: [a.net/team], keys: [DIR/a.pub]}]"
#define BY_TWO "[{registries: [a.net/team], keys: [DIR/a.pub, DIR/b.pub]}]"
#define BY_ROOTS(file) "[{registries: [a.net/team], identity: me@x.net, issuer: \"https://i.net\", roots: DIR/" file "}]"
#define BY_SKOPEO "[{registries: [a.net/team], adapter: skopeo, keys: [DIR/a.pub]}]"

static inline void begin(Fixture *f)
{
	names = (StringList){ one_name, 1 };
	f->source.names = name_images;
	scratch_put(f->dir, "a.pub", KEY);
	scratch_put(f->dir, "b.pub", KEY "\n");
}

static inline ScanReport check_as(Fixture *f, const char *image_id, const char *image)
{
	const ScanOrder plan = { .image_id = image_id, .image = image, .steps = { { &signature_scanner, SCAN_SIGNATURE } }, .step_count = 1 };
	const ScanJob *job = jobs_add(f->jobs, &plan, NULL);

	g_assert_nonnull(job);
	wait_for(f, job);
	return job->reports[0];
}

static inline ScanReport check(Fixture *f)
{
	return check_as(f, ID, "a.net/team/app:1");
}

/* What a call of this image is told; "" : it is allowed. */
static inline const char *judge_as(Fixture *f, const char *image, const char *image_id, int64_t later_us, Arena *arena)
{
	const char *body = arena_printf(arena, "{\"Image\":\"%s\"}", image);
	const ApiCall call = { .method = "POST", .uri = CREATE, .body = body, .body_length = strlen(body), .content_type = "application/json", .content_length = "2" };
	const World *world = world_acquire(f->cell);
	const Situation situation = { .now_us = g_get_real_time() + later_us, .verdicts = world->verdicts };
	Request *request = api_read(&call, arena);

	request->image_id = image_id;
	const Decision *decision = policy_evaluate(world->policy, request, &situation, arena);
	const char *message = "";
	for (size_t i = 0; i < decision->finding_count; i++)
		if (!strcmp(decision->findings[i].rule, "images.require_signed"))
			message = arena_strdup(arena, decision->findings[i].message);
	world_release(world);
	return message;
}

static inline const char *judge(Fixture *f, Arena *arena)
{
	return judge_as(f, "a.net/team/app:1", ID, 0, arena);
}
