/* SPDX-License-Identifier: MIT
 *
 * Environment variables and build arguments.  Names are reported, values never.
 */
#include <string.h>
#include "base/text.h"
#include "policy/check/check.h"
#include "policy/check/secret-shape.h"

#define SHOWN_NAME_BYTES 100u

static void judge_patterns(Evaluation *e, const char *word, const char *name)
{
	const EnvironmentRules *rules = &e->policy->environment;

	for (size_t i = 0; i < rules->secret_patterns.count; i++) {
		if (regex_match(rules->secret_patterns.items[i], word) == REGEX_NO)
			continue;
		check_report(e, RULE_ENV_PATTERN, &rules->rule, name);
		return;
	}
}

/* "NAME" without a value is taken from where docker runs, or is unset. */
static void judge_word(Evaluation *e, const char *word)
{
	const EnvironmentRules *rules = &e->policy->environment;
	size_t length = strcspn(word, "=");
	const char *whole = arena_strndup(e->arena, word, length), *name = text_printable(e->arena, whole, SHOWN_NAME_BYTES);
	const char *value = word[length] ? word + length + 1 : "";

	if (patterns_match(&rules->blocked, whole))
		check_report(e, RULE_ENV_BLOCKED, &rules->rule, name);
	size_t before = e->findings.count;
	if (rules->block_secrets && *value && secret_shaped(whole, value))
		check_report(e, RULE_ENV_SECRET, &rules->rule, name);
	if (e->findings.count == before) /* an exception for the one is none for the other */
		judge_patterns(e, word, name);
}

void check_environment(Evaluation *e)
{
	const StringList *env = &e->request->container.env;

	for (size_t i = 0; e->policy->environment.rule.set && i < env->count; i++)
		judge_word(e, env->items[i]);
}

static bool sets(const StringList *env, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < env->count; i++)
		if (!strncmp(env->items[i], name, length) && (env->items[i][length] == '=' || !env->items[i][length]))
			return true;
	return false;
}

void check_environment_required(Evaluation *e)
{
	const EnvironmentRules *rules = &e->policy->environment;

	for (size_t i = 0; i < rules->required.count; i++)
		if (!sets(&e->request->container.env, rules->required.items[i]))
			check_report(e, RULE_ENV_REQUIRED, &rules->rule, rules->required.items[i]);
}
