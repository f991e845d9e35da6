/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "policy/check.h"
#include "request/image.h"

#define SHOWN_IMAGE_BYTES 200u

static bool host_in(const StringList *registries, const char *registry)
{
	for (size_t i = 0; i < registries->count; i++)
		if (!strcmp(registries->items[i], registry) || (!strcmp(registries->items[i], "index.docker.io") && !strcmp(registry, "docker.io")))
			return true;
	return false;
}

/* Where an image comes from or goes to.  A malformed name has no registry and is on no list. */
void check_registry(Evaluation *e)
{
	const ImageRules *rules = &e->policy->images;
	const ImageRef *image = &e->request->image;

	if (!*image->text)
		return;
	const char *shown = text_printable(e->arena, image->text, SHOWN_IMAGE_BYTES), *canonical = image_canonical(image, e->arena);
	if (rules->allowed_registries.count && !host_in(&rules->allowed_registries, image->registry))
		check_report(e, RULE_REGISTRY, &rules->rule, shown);
	else if (host_in(&rules->blocked_registries, image->registry))
		check_report(e, RULE_REGISTRY_BLOCKED, &rules->rule, shown);
	if (check_matches(&rules->blocked_images, image->text) || check_matches(&rules->blocked_images, canonical))
		check_report(e, RULE_IMAGE_BLOCKED, &rules->rule, shown);
}

/* How exactly an image that will run is named. */
void check_image_name(Evaluation *e)
{
	const ImageRules *rules = &e->policy->images;
	const ImageRef *image = &e->request->image;

	if (!*image->text || *image->digest || !rules->rule.set)
		return;
	if (rules->require_digest)
		check_report(e, RULE_DIGEST, &rules->rule, text_printable(e->arena, image->text, SHOWN_IMAGE_BYTES));
	if (!*image->tag || !strcmp(image->tag, "latest"))
		check_report_as(e, RULE_LATEST, &rules->rule, rules->block_latest_tag ? ACTION_BLOCK : ACTION_WARN, "", "");
}
