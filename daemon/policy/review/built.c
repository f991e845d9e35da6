/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "policy/check/check.h"
#include "policy/review/built.h"
#include "request/image.h"

const char *built_outcome_name(BuiltOutcome outcome)
{
	static const char *const names[BUILT_OUTCOME_COUNT] = { [BUILT_UNSCANNED] = "unscanned", [BUILT_FOUND] = "found", [BUILT_PASSED] = "passed" };

	return names[outcome];
}

/* One without a name cannot be pushed, but what is in it can be said all the same. */
static ImageRef image_of(const char *name, const char *image_id, Arena *arena)
{
	ImageRef image = image_parse(name, arena);

	if (!*image.tag && !*image.digest)
		image.digest = image_id;
	return image;
}

static void run(Evaluation *e, RequestKind kind, const char *name, const char *image_id, void (*check)(Evaluation *e))
{
	Request *request = request_new(e->arena);

	request->kind = kind;
	request->image = image_of(name, image_id, e->arena);
	request->image_id = image_id;
	e->request = request;
	check(e);
}

static BuiltWord sum_up(const FoundList *findings, Arena *arena)
{
	BuiltWord word = { BUILT_PASSED, "", "" };
	int worst = -1;

	for (size_t i = 0; i < findings->count; i++) {
		const Found *found = &findings->items[i];
		/* What was not looked at has the fixes of a scan that is missing. */
		word.outcome = found->info == &rule_catalogue[RULE_IMAGE_SCAN] ? BUILT_UNSCANNED : MIN(word.outcome, BUILT_FOUND);
		word.summary = arena_printf(arena, "%s%s%s", word.summary, *word.summary ? "; " : "", found->finding.message);
		worst = MAX(worst, (int)found->finding.severity);
	}
	if (worst >= 0)
		word.severity = severity_name((Severity)worst);
	return word;
}

BuiltWord built_judge(const Policy *policy, const char *name, const char *image_id, const Situation *situation, Arena *arena)
{
	Policy *asking = arena_alloc(arena, sizeof *asking);
	Evaluation e = { .policy = asking, .situation = situation, .arena = arena, .scan_image = "", .also = "" };

	/* That nobody has looked is said also where it forbids nothing. */
	memcpy(asking, policy, sizeof *asking);
	asking->require_image_scan |= asking->image_scanning.enabled;
	run(&e, KIND_IMAGE_PUSH, name, image_id, check_push_secrets);
	run(&e, KIND_CONTAINER_CREATE, name, image_id, check_image_scan);
	return sum_up(&e.findings, arena);
}
