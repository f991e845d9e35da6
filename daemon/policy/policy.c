/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/scanner-names.h"
#include "policy/compile.h"
#include "policy/review/lint.h"
#include "policy/schema/schema.h"

#define DAY_US (INT64_C(24) * 3600 * 1000 * 1000)

static Policy *policy_new(void)
{
	Policy *policy = g_new0(Policy, 1);

	atomic_init(&policy->users, 1);
	policy->arena = arena_new();
	policy->version = "1.0";
	policy->name = policy->description = policy->author = policy->file_name = "";
	policy->mode = MODE_COUNT;
	policy->max_risk_score = 100;
	policy->buildkit_confined = ACTION_BLOCK;
	policy->image_scanning = (ScanLimits){ .max_critical = -1, .max_high = -1, .max_medium = -1 };
	policy->image_scanning.cache_us = DAY_US;
	policy->secret_scanning = (SecretLimits){
		.scanner = scanner_names[SCANNER_BUILTIN].name, .block_on_verified = true, .max_critical = -1, .max_high = -1, .max_medium = -1, .verified_score = -1, .critical_score = -1, .high_score = -1,
	};
	policy->capabilities.default_action = ACTION_WARN;
	return policy;
}

Policy *policy_parse(const char *file, const char *text, size_t length, GPtrArray *diagnostics)
{
	g_autoptr(Policy) policy = policy_new();
	Loader loader = { .file = file, .arena = policy->arena, .diagnostics = diagnostics, .now_us = g_get_real_time() };
	YamlNode *root = yaml_parse(file, text, length, policy->arena, diagnostics);

	if (root)
		section_read(&loader, root, NULL, &policy_section, policy);
	if (!root || diagnostics_have_error(diagnostics))
		return NULL;
	g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
	policy->digest = arena_strdup(policy->arena, digest);
	policy->source = root;
	policy->by_image = loader.by_image;
	policy->by_label = loader.by_label;
	policy->by_command = loader.by_command;
	policy->rules_by_fact = loader.rules_by_fact;
	policy_compile(policy);
	lint_policy(&loader, root, policy);
	if (diagnostics_have_error(diagnostics))
		return NULL;
	return g_steal_pointer(&policy);
}

Policy *policy_ref(Policy *policy)
{
	atomic_fetch_add_explicit(&policy->users, 1, memory_order_relaxed);
	return policy;
}

void policy_unref(Policy *policy)
{
	if (!policy || atomic_fetch_sub_explicit(&policy->users, 1, memory_order_acq_rel) != 1)
		return;
	arena_free(policy->arena);
	g_free(policy);
}

const char *policy_name(const Policy *policy)
{
	return policy->name;
}

const char *policy_digest(const Policy *policy)
{
	return policy->digest;
}

const char *policy_file_name(const Policy *policy)
{
	return policy->file_name;
}

const char *policy_description(const Policy *policy)
{
	return policy->description;
}

Mode policy_mode(const Policy *policy)
{
	return policy->mode;
}

unsigned policy_max_risk_score(const Policy *policy)
{
	return (unsigned)policy->max_risk_score;
}

const PolicyTestList *policy_tests(const Policy *policy)
{
	return &policy->tests;
}

const StringList *policy_image_scanners(const Policy *policy)
{
	return &policy->image_scanning.scanners;
}

const char *policy_secret_scanner(const Policy *policy)
{
	return policy->secret_scanning.scanner;
}

unsigned policy_scans(const Policy *policy)
{
	if (!policy)
		return 0;
	return (policy->require_image_scan || policy->image_scanning.enabled ? SCANS_IMAGE : 0u) | (policy->secret_scanning.enabled ? SCANS_SECRETS : 0u) |
	       (policy->images.rule.set && policy->images.require_signed ? SCANS_SIGNATURES : 0u);
}

int64_t policy_scan_lasts_us(const Policy *policy)
{
	return policy->image_scanning.cache_us;
}
