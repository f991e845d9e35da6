/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "policy/check/check.h"
#include "policy/exception.h"

#define SHOWN_IMAGE_BYTES 200u

static const char *shown(const Evaluation *e)
{
	return text_printable(e->arena, e->request->image.text, SHOWN_IMAGE_BYTES);
}

/* A malformed name has no registry and is on no list. */
bool registries_have(const Registries *registries, const ImageRef *image, Arena *arena)
{
	if (!*image->registry)
		return false;
	if (patterns_match(&registries->hosts, image->registry))
		return true;
	return registries->repositories.globs.count && patterns_match(&registries->repositories, arena_printf(arena, "%s/%s", image->registry, image->repository));
}

bool registry_is_foreign(const ImageRules *rules, const ImageRef *image, Arena *arena)
{
	return *image->text && rules->rule.set && rules->allowed.written.count && !registries_have(&rules->allowed, image, arena);
}

/* Of a container: Docker has the image and did not pull it from where its name says, so nothing comes from there. */
static bool made_here(const Request *request)
{
	return request->kind == KIND_CONTAINER_CREATE && request->image_made_here;
}

/* Where an image comes from or goes to. */
void check_registry(Evaluation *e)
{
	const ImageRules *rules = &e->policy->images;
	const ImageRef *image = &e->request->image;

	if (!*image->text || !rules->rule.set)
		return;
	if (registry_is_foreign(rules, image, e->arena)) {
		if (!made_here(e->request))
			check_report(e, RULE_REGISTRY, &rules->rule, shown(e));
	} else if (registries_have(&rules->blocked, image, e->arena))
		check_report(e, RULE_REGISTRY_BLOCKED, &rules->rule, shown(e));
	if (rules->blocked_images.globs.count && patterns_match(&rules->blocked_images, image_pattern_subject(image, e->arena)))
		check_report(e, RULE_IMAGE_BLOCKED, &rules->rule, shown(e));
}

/* What is made here may be called anything; a name that promises a registry that is not allowed is told in any case. */
static void check_local(Evaluation *e, const ImageRules *rules)
{
	if (made_here(e->request) && registry_is_foreign(rules, &e->request->image, e->arena))
		check_report_as(e, RULE_IMAGE_NAME, &rules->rule, MAX(rules->local, ACTION_WARN), "", shown(e));
	else
		check_report_as(e, RULE_IMAGE_LOCAL, &rules->rule, rules->local, "", shown(e));
}

/* How exactly an image that will run is named. */
void check_image_name(Evaluation *e)
{
	const ImageRules *rules = &e->policy->images;
	const ImageRef *image = &e->request->image;

	if (!*image->text || *image->digest || !rules->rule.set)
		return;
	if (e->request->image_local)
		check_local(e, rules);
	if (rules->require_digest)
		check_report(e, RULE_DIGEST, &rules->rule, shown(e));
	if (!*image->tag || !strcmp(image->tag, "latest"))
		check_report_as(e, RULE_LATEST, &rules->rule, rules->block_latest_tag ? ACTION_BLOCK : ACTION_WARN, "", "");
}
