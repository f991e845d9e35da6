/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "policy/decision.h"

static const char *const severity_names[SEVERITY_COUNT] = {
	[SEVERITY_LOW] = "low", [SEVERITY_MEDIUM] = "medium", [SEVERITY_HIGH] = "high", [SEVERITY_CRITICAL] = "critical",
};
static const unsigned points[SEVERITY_COUNT] = {
	[SEVERITY_LOW] = 5, [SEVERITY_MEDIUM] = 15, [SEVERITY_HIGH] = 25, [SEVERITY_CRITICAL] = 40,
};
static const char *const action_names[ACTION_COUNT] = { [ACTION_ALLOW] = "allow", [ACTION_WARN] = "warn", [ACTION_BLOCK] = "block" };
static const char *const mode_names[MODE_COUNT] = { [MODE_ENFORCE] = "enforce", [MODE_WARN] = "warn", [MODE_AUDIT] = "audit" };
static const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_ALLOWED] = "allowed", [OUTCOME_DENIED] = "denied", [OUTCOME_WARNED] = "warned",
};

const char *severity_name(Severity severity)
{
	return severity_names[severity];
}

unsigned severity_points(Severity severity)
{
	return points[severity];
}

const char *action_name(Action action)
{
	return action_names[action];
}

const char *mode_name(Mode mode)
{
	return mode_names[mode];
}

const char *outcome_name(Outcome outcome)
{
	return outcome_names[outcome];
}

static bool parse(const char *word, const char *const *names, size_t count, unsigned *ret)
{
	for (unsigned i = 0; i < count; i++) {
		if (!strcmp(word, names[i])) {
			*ret = i;
			return true;
		}
	}
	return false;
}

bool severity_parse(const char *word, Severity *ret)
{
	unsigned value = 0;
	bool known = parse(word, severity_names, SEVERITY_COUNT, &value);

	*ret = value;
	return known;
}

bool action_parse(const char *word, Action *ret)
{
	unsigned value = 0;
	bool known = parse(word, action_names, ACTION_COUNT, &value);

	*ret = value;
	return known;
}

bool mode_parse(const char *word, Mode *ret)
{
	unsigned value = 0;
	bool known = parse(word, mode_names, MODE_COUNT, &value);

	*ret = value;
	return known;
}

bool decision_outweighs(const Decision *next, const Decision *told)
{
	return !told || (told->allowed && (!next->allowed || next->score > told->score));
}
