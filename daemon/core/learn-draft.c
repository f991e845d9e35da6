/* SPDX-License-Identifier: MIT
 *
 * What was learned, as the text of a policy.
 */
#include <string.h>
#include "base/text.h"
#include "core/learn.h"
#include "policy/review/testing.h"
#include "request/list.h"

#define EVIDENCE_BYTES 120

static const char *moment(int64_t us, Arena *arena)
{
	g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC);
	g_autofree char *text = when ? g_date_time_format(when, "%Y-%m-%d %H:%M") : g_strdup("?");

	return arena_strdup(arena, text);
}

static const char *people(const StringList *users, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	for (size_t i = 0; i < users->count; i++)
		buffer_printf(&out, "%s%s", i ? ", " : "", *users->items[i] ? text_printable(arena, users->items[i], EVIDENCE_BYTES) : "somebody unknown");
	return out.length ? out.data : "";
}

static const char *times(uint64_t count, const char *what, Arena *arena)
{
	return arena_printf(arena, "%" G_GUINT64_FORMAT " %s%s", count, what, count == 1 ? "" : "s");
}

static void put_evidence(Buffer *out, const Evidence *seen, unsigned indent, Arena *arena)
{
	buffer_printf(out, "%*s# %s by %s, %s to %s UTC\n", (int)indent, "", times(seen->count, "call", arena), people(&seen->users, arena), moment(seen->first_us, arena),
		moment(seen->last_us, arena));
	buffer_printf(out, "%*s# for example decision %" G_GUINT64_FORMAT ": %s\n", (int)indent, "", seen->example, seen->command);
}

static void put_cases(Buffer *out, const Learned *learned, unsigned indent, Arena *arena)
{
	for (size_t i = 0; i < learned->cases.count; i++) {
		const LearnCase *one = &learned->cases.items[i];
		const StringList nobody = { 0 }, *users = *one->excuse.user ? &one->seen.users : &nobody;
		const ExcuseTerms terms = {
			.reason = arena_printf(arena, "learned from %s, such as decision %" G_GUINT64_FORMAT, times(one->seen.count, "recorded call", arena), one->seen.example),
			.owner = learned->terms.owner, .expires = learned->terms.expires,
		};
		put_evidence(out, &one->seen, indent, arena);
		excuse_put(out, &one->excuse, users, &terms, indent);
	}
}

static void put_refusals(Buffer *out, const Learned *learned, bool unknown, const char *title, Arena *arena)
{
	bool any = false;

	for (size_t i = 0; i < learned->refusals.count; i++) {
		const LearnRefusal *one = &learned->refusals.items[i];
		if (one->unknown != unknown)
			continue;
		if (!any)
			buffer_printf(out, "#\n# %s\n", title);
		any = true;
		buffer_printf(out, "#\n# - %s\n", one->why);
		put_evidence(out, &one->seen, 0, arena);
	}
}

static void put_head(Buffer *out, const Learned *learned, Arena *arena)
{
	buffer_printf(out, "# A draft, made of %s that were let through: %" G_GUINT64_FORMAT " of them the policy %s would deny. With the exceptions at the\n"
		"# end %" G_GUINT64_FORMAT " of these would be let through, and %" G_GUINT64_FORMAT " stay denied.\n"
		"# Read each exception before it holds: it lets through what was seen, whether it was good or not. Then try the draft:\n"
		"#   sentinel policy validate FILE; sentinel policy test FILE; sentinel policy replay FILE\n",
		times(learned->calls, "recorded call", arena), learned->denied, policy_name(learned->base), learned->proposed, learned->refused);
	put_refusals(out, learned, false, "Not proposed because:", arena);
	put_refusals(out, learned, true, "What the policy would say of these is not known, because:", arena);
}

/* The key of the top level with the new name; everything else stays. */
static const char *rename_in(const char *yaml, const char *name, Arena *arena)
{
	g_autoptr(GRegex) line = g_regex_new("^name:.*$", G_REGEX_MULTILINE, 0, NULL);
	g_autofree char *with = g_strdup_printf("name: %s", name), *text = g_regex_replace_literal(line, yaml, -1, 0, with, 0, NULL);

	return arena_strdup(arena, text ? text : yaml);
}

size_t learn_failures(const Policy *policy, Arena *arena)
{
	size_t count, failed = 0;
	const PolicyTestResult *results = policy_run_tests(policy, g_get_real_time(), arena, &count);

	for (size_t i = 0; i < count; i++)
		failed += !results[i].passed;
	return failed;
}

/* NULL: it does not load, or its tests say something else than those of `base`. */
static const char *checked(const Learned *learned, const char *text, const char **ret_why)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("draft", text, strlen(text), diagnostics);
	g_autofree char *problem = diagnostics_first_error(diagnostics);

	*ret_why = NULL;
	if (!policy)
		*ret_why = arena_printf(learned->arena, "it would not load: %s", problem);
	else if (learn_failures(policy, learned->arena) > learned->failures)
		*ret_why = "a test of the policy expects something else";
	return *ret_why ? NULL : text;
}

const char *learn_conflict(const Learned *learned, const ExcuseList *list)
{
	Arena *arena = learned->arena;
	const StringList nobody = { 0 };
	const ExcuseTerms terms = { .reason = "", .owner = "", .expires = learned->terms.expires };
	Buffer items = BUFFER_INIT(arena);
	const char *why;

	for (size_t i = 0; i < list->count; i++)
		if (!*list->items[i].user)
			excuse_put(&items, &list->items[i], &nobody, &terms, policy_exceptions_indent(learned->base, learned->yaml));
	const char *text = items.length ? policy_text_with(learned->base, learned->yaml, items.data, arena, &why) : NULL;
	if (text)
		(void)checked(learned, text, &why);
	return items.length ? why : NULL;
}

const char *learn_draft(const Learned *learned, const char *name, const char **ret_why)
{
	Arena *arena = learned->arena;
	Buffer out = BUFFER_INIT(arena), items = BUFFER_INIT(arena);

	put_head(&out, learned, arena);
	put_cases(&items, learned, policy_exceptions_indent(learned->base, learned->yaml), arena);
	const char *text = items.length ? policy_text_with(learned->base, learned->yaml, items.data, arena, ret_why) : learned->yaml;
	if (!text)
		return NULL;
	buffer_puts(&out, rename_in(text, name, arena));
	return checked(learned, out.data, ret_why);
}
