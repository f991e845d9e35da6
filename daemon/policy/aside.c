/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "policy/aside.h"
#include "policy/exception.h"
#include "policy/model.h"
#include "request/list.h"

#define SHOWN_BYTES 200u

static const char *say_exception(const Exception *exception, Arena *arena)
{
	const char *until = *exception->expires ? arena_printf(arena, " until %s", exception->expires) : "";

	return arena_printf(arena, "an exception%s%s%s", until, *exception->reason ? ": " : "", text_printable(arena, exception->reason, SHOWN_BYTES));
}

static const char *say_statement(const VexStatement *statement, Arena *arena)
{
	const char *reason = text_printable(arena, statement->reason, SHOWN_BYTES);

	return arena_printf(arena, "%s by %s%s%s", statement->status, text_printable(arena, statement->file, SHOWN_BYTES), *reason ? ": " : "", reason);
}

bool policy_sets_aside(const Policy *policy)
{
	const ScanLimits *limits = &policy->image_scanning;

	return limits->exceptions.count || limits->vex || limits->ignore_unfixed;
}

Aside vulnerability_aside(const Policy *policy, const VexTable *vex, const VerdictVulnerability *one, const Request *request, const Situation *situation, Arena *arena)
{
	const ScanLimits *limits = &policy->image_scanning;
	const ExceptionCase about = { one->id, one->package, "", false };
	const VexCase said = { one->id, one->purl, request->image_local || !*request->image.registry ? NULL : &request->image, request->image.digest, request->image_id };
	const Exception *expired, *exception = exception_find_case(&limits->exceptions, &about, request, situation, arena, &expired);
	const VexStatement *statement = !exception && limits->vex && vex ? vex_find(vex, &said, arena) : NULL;

	if (exception)
		return (Aside){ say_exception(exception, arena), exception->owner };
	if (statement)
		return (Aside){ say_statement(statement, arena), "" };
	return (Aside){ limits->ignore_unfixed && !one->fixed ? "there is no version without it (ignore_unfixed)" : NULL, "" };
}

static void add_reason(AsideSum *sum, const Aside *aside, const VerdictVulnerability *one, Arena *arena)
{
	const char *name = arena_printf(arena, "%s in %s", text_printable(arena, one->id, SHOWN_BYTES), text_printable(arena, one->package, SHOWN_BYTES));

	for (size_t i = 0; i < sum->reasons.count; i++) {
		AsideReason *reason = &sum->reasons.items[i];
		if (strcmp(reason->why, aside->why) != 0 || strcmp(reason->owner, aside->owner) != 0)
			continue;
		if (reason->count++ < LIMIT_ASIDE_SHOWN)
			reason->first = arena_printf(arena, "%s, %s", reason->first, name);
		return;
	}
	const AsideReason reason = { aside->why, aside->owner, name, 1 };
	LIST_APPEND(arena, &sum->reasons, reason);
}

AsideSum verdict_without(const Policy *policy, const VexTable *vex, const Verdict *verdict, const Request *request, const Situation *situation, Arena *arena)
{
	AsideSum sum = { verdict->critical, verdict->high, verdict->medium, { NULL, 0 } };

	for (size_t i = 0; policy_sets_aside(policy) && i < verdict->known.count; i++) {
		const VerdictVulnerability *one = &verdict->known.items[i];
		const Aside aside = vulnerability_aside(policy, vex, one, request, situation, arena);
		if (!aside.why)
			continue;
		sum.critical -= MIN(sum.critical, one->critical);
		sum.high -= MIN(sum.high, one->high);
		sum.medium -= MIN(sum.medium, one->medium);
		add_reason(&sum, &aside, one, arena);
	}
	return sum;
}
