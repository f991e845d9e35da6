/* SPDX-License-Identifier: MIT
 *
 * Pairs of policies: which is laxer.
 */
#include <string.h>
#include "base/arena.h"
#include "policy/laxer.h"

static Policy *parse(const char *body)
{
	g_autofree char *text = g_strconcat("version: \"1.0\"\nname: p\n", body, NULL);
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	Policy *policy = policy_parse("p.yaml", text, strlen(text), diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);

	if (!policy)
		g_error("%s", problem);
	return policy;
}

#define RULES "mode: enforce\nrules:\n"

static const struct { const char *before, *after; bool laxer; } pairs[] = {
	{ "mode: enforce\n", "mode: enforce\n", false },
	{ "mode: enforce\n", "mode: warn\n", true },
	{ "mode: warn\n", "mode: audit\n", true },
	{ "mode: audit\n", "mode: enforce\n", false },
	{ "mode: enforce\ndescription: a\n", "mode: enforce\nauthor: b\n", false },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\nsettings: {max_risk_score: 51}\n", true },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\nsettings: {max_risk_score: 20}\n", false },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\n", true },
	{ "mode: enforce\nsettings: {require_image_scan: true}\n", "mode: enforce\nsettings: {require_image_scan: true, image_scanning: {cache_duration: 9000h}}\n", true },
	{ "mode: enforce\nsettings: {require_image_scan: true}\n", "mode: enforce\nsettings: {require_image_scan: false}\n", true },
	{ "mode: enforce\nsettings: {max_risk_score: 50}\n", "mode: enforce\nsettings: {max_risk_score: 50, require_image_scan: true}\n", false },
	{ "mode: enforce\nsettings: {secret_scanning: {enabled: true}}\n", "mode: enforce\nsettings: {secret_scanning: {enabled: true, exclude_paths: [\"*\"]}}\n", true },
	{ "mode: enforce\nsettings: {secret_scanning: {enabled: true}}\n", "mode: enforce\nsettings: {secret_scanning: {enabled: true, max_high: 9}}\n", true },
	{ "mode: enforce\nsettings: {secret_scanning: {enabled: true}}\n", "mode: enforce\nsettings: {max_risk_score: 100}\n", true },
	{ RULES "  privileged: {action: block}\n", "mode: enforce\n", true },
	{ "mode: enforce\n", RULES "  privileged: {action: warn}\n", false },
	{ RULES "  privileged: {action: block}\n", RULES "  privileged: {action: warn}\n", true },
	{ RULES "  privileged: {action: warn}\n", RULES "  privileged: {action: block}\n", false },
	{ RULES "  privileged: {action: block}\n", RULES "  privileged: {}\n", true },
	{ RULES "  privileged: {}\n", RULES "  privileged: {action: block}\n", false },
	{ RULES "  privileged: {action: block, severity: high}\n", RULES "  privileged: {action: block, severity: low}\n", true },
	{ RULES "  privileged: {action: block}\n", RULES "  privileged: {action: block, message: no}\n", false },
	{ RULES "  privileged: {}\n", RULES "  privileged: {exceptions: [{images: [\"docker:dind\"]}]}\n", true },
	{ RULES "  privileged: {exceptions: [{images: [\"docker:dind\"]}]}\n", RULES "  privileged: {}\n", false },
	{ RULES "  privileged: {exceptions: [{images: [a]}]}\n", RULES "  privileged: {exceptions: [{images: [a, b]}]}\n", true },
	{ RULES "  privileged: {exceptions: [{images: [a]}, {images: [b]}]}\n", RULES "  privileged: {exceptions: [{images: [b]}]}\n", false },
	{ RULES "  mounts: {blocked: [{path: /}]}\n", RULES "  mounts: {blocked: []}\n", true },
	{ RULES "  mounts: {blocked: [{path: /}]}\n", RULES "  mounts: {blocked: [{path: /}, {path: /etc}]}\n", false },
	{ RULES "  mounts: {blocked: [{path: /}]}\n", RULES "  mounts: {blocked: [{path: /etc, action: warn}, {path: /}]}\n", true },
	{ RULES "  mounts: {blocked: [{path: /}]}\n", RULES "  mounts: {blocked: [{path: /etc, allow_read_only: true}, {path: /}]}\n", true },
	{ RULES "  mounts: {require_read_only: true}\n", RULES "  mounts: {require_read_only: false}\n", true },
	{ RULES "  mounts: {require_read_only: false}\n", RULES "  mounts: {require_read_only: true}\n", false },
	{ RULES "  mounts: {}\n", RULES "  mounts: {require_read_only: true}\n", false },
	{ RULES "  images: {allowed_registries: [docker.io]}\n", RULES "  images: {allowed_registries: [docker.io, quay.io]}\n", true },
	{ RULES "  images: {allowed_registries: [docker.io, quay.io]}\n", RULES "  images: {allowed_registries: [docker.io]}\n", false },
	{ RULES "  images: {allowed_registries: [docker.io]}\n", RULES "  images: {allowed_registries: []}\n", true },
	{ RULES "  images: {blocked_registries: [a.io]}\n", RULES "  images: {blocked_registries: [a.io, b.io]}\n", false },
	{ RULES "  images: {blocked_registries: [a.io, b.io]}\n", RULES "  images: {blocked_registries: [b.io]}\n", true },
	{ RULES "  container: {max_memory: 1g}\n", RULES "  container: {max_memory: 2g}\n", true },
	{ RULES "  container: {max_memory: 1g}\n", RULES "  container: {max_memory: 1g}\n", false },
	{ RULES "  container: {max_memory: 1g}\n", RULES "  container: {}\n", true },
};

static void test_pairs(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autoptr(Policy) before = parse(pairs[i].before), after = parse(pairs[i].after);
		if (policy_is_laxer(before, after) != pairs[i].laxer)
			g_error("%s->\n%s: expected %s", pairs[i].before, pairs[i].after, pairs[i].laxer ? "laxer" : "not laxer");
	}
}

static void test_lockdown(void)
{
	g_autoptr(Policy) policy = parse("mode: enforce\n");

	g_assert_true(policy_is_laxer(NULL, policy));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/laxer/pairs", test_pairs);
	g_test_add_func("/laxer/lockdown", test_lockdown);
	return g_test_run();
}
