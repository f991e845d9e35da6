/* SPDX-License-Identifier: MIT
 *
 * The keys of a policy file, from the top; settings.
 */
#include <string.h>
#include "base/scanner-names.h"
#include "policy/schema/schema.h"

static const Range score_range = { 0, 100 };
static const Range count_range = { 0, INT32_MAX };

/* Of a row the words that may be said there, each with its comma. */
#define WORD_YES(word) word,
#define WORD_NO(word)
#define MORE_NONE
#define MORE_ONE(word) word,
#define IMAGE_WORD(id, name, vulnerabilities, secrets, images, other) WORD_##images(name) MORE_##other
#define SECRET_WORD(id, name, vulnerabilities, secrets, images, other) WORD_##secrets(name)

static const char *const scanner_words[] = { SCANNERS(IMAGE_WORD) };
static const Choice scanner_choice = { scanner_words, G_N_ELEMENTS(scanner_words) };
static const char *const secret_scanner_words[] = { SCANNERS(SECRET_WORD) };
static const Choice secret_scanner_choice = { secret_scanner_words, G_N_ELEMENTS(secret_scanner_words) };

/* A name leads to other images: where one comes from is asked, as for exceptions. */
static FIELD_READER(read_vex)
{
	field_flag(loader, node, path, field, target);
	loader->by_image = loader->by_image || *(const bool *)target;
}

static const Field image_scanning_fields[] = {
	FIELD("enabled", Policy, image_scanning.enabled, field_flag, STRICTER_TRUE),
	DETAIL("scanners", Policy, image_scanning.scanners, read_choices, &scanner_choice),
	DETAIL("max_critical", Policy, image_scanning.max_critical, field_number, &count_range, STRICTER_COUNT, SWITCHES(RULE_IMAGE_FINDINGS)),
	DETAIL("max_high", Policy, image_scanning.max_high, field_number, &count_range, STRICTER_COUNT, SWITCHES(RULE_IMAGE_FINDINGS)),
	DETAIL("max_medium", Policy, image_scanning.max_medium, field_number, &count_range, STRICTER_COUNT, SWITCHES(RULE_IMAGE_FINDINGS)),
	FIELD("cache_duration", Policy, image_scanning.cache_us, field_duration, STRICTER_LOWER),
	FIELD("max_database_age", Policy, image_scanning.max_database_age_us, field_duration, STRICTER_MOST),
	FIELD("end_of_life", Policy, image_scanning.end_of_life, field_action, SWITCHES(RULE_IMAGE_FINDINGS)),
	FIELD("ignore_unfixed", Policy, image_scanning.ignore_unfixed, field_flag, STRICTER_FALSE),
	FIELD("vex", Policy, image_scanning.vex, read_vex, STRICTER_FALSE),
	DETAIL("exceptions", Policy, image_scanning.exceptions, field_sections, &known_section, STRICTER_FEWER),
};

static void check_image_scanning(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	const ScanLimits *limits = &((Policy *)element)->image_scanning;

	if (limits->enabled && limits->max_critical < 0 && limits->max_high < 0 && limits->max_medium < 0 && limits->end_of_life == ACTION_ALLOW)
		field_warning(loader, node, path, "says no max_critical, max_high or max_medium: images are scanned, and nothing follows from what is found");
}

static const Section image_scanning_section = {
	image_scanning_fields, G_N_ELEMENTS(image_scanning_fields), sizeof(Policy), NULL, check_image_scanning, NULL,
};

static const Field secret_scanning_fields[] = {
	FIELD("enabled", Policy, secret_scanning.enabled, field_flag, STRICTER_TRUE, SWITCHES(RULE_SECRET_SCAN)),
	DETAIL("scanner", Policy, secret_scanning.scanner, read_choice, &secret_scanner_choice, STRICTER_SAME),
	FIELD("block_on_verified", Policy, secret_scanning.block_on_verified, field_flag, STRICTER_TRUE),
	DETAIL("max_critical", Policy, secret_scanning.max_critical, field_number, &count_range, STRICTER_LOWER),
	DETAIL("max_high", Policy, secret_scanning.max_high, field_number, &count_range, STRICTER_LOWER),
	DETAIL("max_medium", Policy, secret_scanning.max_medium, field_number, &count_range, STRICTER_SAME),
	DETAIL("verified_secret_score", Policy, secret_scanning.verified_score, field_number, &score_range, STRICTER_SAME),
	DETAIL("critical_secret_score", Policy, secret_scanning.critical_score, field_number, &score_range, STRICTER_SAME),
	DETAIL("high_secret_score", Policy, secret_scanning.high_score, field_number, &score_range, STRICTER_SAME),
	FIELD("ignore_detectors", Policy, secret_scanning.ignore_detectors, field_words, STRICTER_FEWER),
	FIELD("exclude_paths", Policy, secret_scanning.exclude_paths, field_words, STRICTER_FEWER),
	FIELD("incomplete_paths", Policy, secret_scanning.incomplete_paths, field_words, STRICTER_FEWER),
};

static const Section secret_scanning_section = {
	secret_scanning_fields, G_N_ELEMENTS(secret_scanning_fields), sizeof(Policy), NULL, NULL, NULL,
};

static const Field settings_fields[] = {
	DETAIL("max_risk_score", Policy, max_risk_score, field_number, &score_range, STRICTER_LOWER),
	FIELD("require_image_scan", Policy, require_image_scan, field_flag, STRICTER_TRUE, SWITCHES(RULE_IMAGE_SCAN)),
	GROUP("image_scanning", image_scanning_section),
	GROUP("secret_scanning", secret_scanning_section),
};

const Section settings_section = { settings_fields, G_N_ELEMENTS(settings_fields), sizeof(Policy), NULL, NULL, NULL };

static const Field policy_fields[] = {
	FIELD("version", Policy, version, read_version, STRICTER_SILENT),
	FIELD("name", Policy, name, field_text, STRICTER_SILENT),
	FIELD("description", Policy, description, field_text, STRICTER_SILENT),
	FIELD("author", Policy, author, field_text, STRICTER_SILENT),
	FIELD("tags", Policy, tags, field_words, STRICTER_SILENT),
	FIELD("mode", Policy, mode, field_mode),
	GROUP("settings", settings_section),
	GROUP("rules", rules_section),
	DETAIL("custom_rules", Policy, custom, field_sections, &custom_rule_section, STRICTER_MORE),
	DETAIL("exceptions", Policy, exceptions, field_sections, &case_section, STRICTER_FEWER),
	DETAIL("tests", Policy, tests, field_sections, &test_section, STRICTER_SILENT),
};

/* What no policy can change cannot be excepted either, nor what scans say. */
static bool may_be_excepted(const Policy *policy, const char *id)
{
	if (g_str_has_prefix(id, "builtin.") || g_str_has_prefix(id, "settings."))
		return false;
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (!strcmp(rule_catalogue[i].id, id))
			return true;
	for (size_t i = 0; i < policy->custom.count; i++)
		if (!g_strcmp0(policy->custom.items[i].id, id)) /* what is no rule has none */
			return true;
	return false;
}

static void check_excepted(Loader *loader, const YamlNode *node, const Policy *policy)
{
	const YamlNode *list = field_find(node, "exceptions");
	const KeyPath at = { NULL, "exceptions", 0 };

	for (size_t i = 0; list && i < policy->exceptions.count; i++) {
		const StringList *rules = &policy->exceptions.items[i].rules;
		const KeyPath here = { &at, NULL, i }, key = { &here, "rules", 0 };
		for (size_t r = 0; r < rules->count; r++)
			if (!may_be_excepted(policy, rules->items[r]))
				field_error(loader, list->items[i], &key, "there is no rule %s that could have an exception; the rules are in docs/POLICY.md", rules->items[r]);
	}
}

static void check_policy(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	const Policy *policy = element;

	(void)path;
	if (!*policy->name)
		field_error(loader, node, NULL, "the key name is missing: name: my-policy");
	if (policy->mode == MODE_COUNT)
		field_error(loader, node, NULL, "the key mode is missing: mode: enforce, warn or audit");
	if (strcmp(policy->version, "1.0") != 0 && strcmp(policy->version, "1") != 0)
		field_error(loader, node, NULL, "version: expected \"1.0\"");
	check_excepted(loader, node, policy);
}

const Section policy_section = { policy_fields, G_N_ELEMENTS(policy_fields), sizeof(Policy), NULL, check_policy, "name mode" };
