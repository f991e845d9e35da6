/* SPDX-License-Identifier: MIT
 *
 * What every rule has: {action, severity, message, exceptions}.
 */
#include <string.h>
#include "policy/exception.h"
#include "policy/schema/schema.h"

static void init_exception(void *element)
{
	*(Exception *)element = (Exception){ .reason = "", .owner = "", .expires = "", .expires_us = INT64_MAX };
}

FIELD_READER(read_date)
{
	const char *text = "";

	field_text(loader, node, path, field, &text);
	if (*text && !date_parse(text, target))
		field_wrong(loader, node, path, "a date such as 2026-12-31, or 2026-12-31T18:00:00Z");
}

#define EXCEPTION_FIELDS                                                        \
	FIELD("images", Exception, images, field_words, STRICTER_LISTED),       \
	FIELD("names", Exception, names, field_words, STRICTER_LISTED),         \
	FIELD("labels", Exception, labels, field_words, STRICTER_LISTED),       \
	FIELD("users", Exception, users, field_words, STRICTER_LISTED),         \
	FIELD("groups", Exception, groups, field_words, STRICTER_LISTED),       \
	FIELD("reason", Exception, reason, field_text, STRICTER_SILENT),        \
	FIELD("owner", Exception, owner, field_text, STRICTER_SILENT),          \
	FIELD("expires", Exception, expires_us, read_date, STRICTER_LOWER)

static const Field exception_fields[] = { EXCEPTION_FIELDS };
static const Field case_fields[] = {
	FIELD("values", Exception, values, field_words, STRICTER_LISTED),
	FIELD("rules", Exception, rules, field_words, STRICTER_FEWER),
	FIELD("commands", Exception, commands, field_words, STRICTER_LISTED),
	FIELD("read_only", Exception, read_only, field_flag, STRICTER_TRUE),
	EXCEPTION_FIELDS,
};

static void check_globs(Loader *loader, const YamlNode *node, const KeyPath *path, const char *key)
{
	const YamlNode *list = field_find(node, key);

	for (size_t i = 0; list && list->kind == YAML_LIST && i < list->count; i++) {
		const char *problem = list->items[i]->kind == YAML_SCALAR ? glob_problem(list->items[i]->text) : NULL;
		const KeyPath here = { path, key, 0 };
		if (problem)
			field_error(loader, list->items[i], &here, "%s", problem);
	}
}

/* Who asks chooses a container's name and labels; what a tag means can change. */
static bool is_proof(const Exception *exception)
{
	bool digests = exception->images.count > 0;

	for (size_t i = 0; i < exception->images.count; i++) {
		const char *digest = strstr(exception->images.items[i], "sha256:");
		digests = digests && digest && !strpbrk(digest, "*?[");
	}
	return digests || exception->users.count || exception->groups.count;
}

static const char *doubt(const Exception *exception)
{
	if (!exception->images.count && !exception->names.count && !exception->labels.count)
		return "this is for everybody; add users or groups, or images by digest (NAME@sha256:...)";
	return exception->images.count ? "a tag can be made to mean another image; write NAME@sha256:..., or add users or groups" :
					 "whoever asks chooses the name and the labels, so this is for everybody; add users or groups, or images by "
					 "digest (NAME@sha256:...)";
}

static bool says_whom(const Exception *exception)
{
	return exception->images.count || exception->names.count || exception->labels.count || exception->users.count || exception->groups.count;
}

/* False: it has ended. */
static bool read_end(Loader *loader, const YamlNode *node, const KeyPath *path, Exception *exception)
{
	const YamlNode *expires = field_find(node, "expires");

	if (expires && expires->kind == YAML_SCALAR)
		exception->expires = expires->text;
	if (exception->expires_us <= loader->now_us)
		field_warning(loader, expires, path, "the exception ended on %s and does not apply any more; remove it or give it a new end", exception->expires);
	return exception->expires_us > loader->now_us;
}

static void check_terms(Loader *loader, const YamlNode *node, const KeyPath *path, Exception *exception)
{
	check_globs(loader, node, path, "images");
	check_globs(loader, node, path, "names");
	check_globs(loader, node, path, "labels");
	check_globs(loader, node, path, "users");
	check_globs(loader, node, path, "groups");
	if (read_end(loader, node, path, exception) && !is_proof(exception) && !diagnostics_have_error(loader->diagnostics))
		field_warning(loader, node, path, "%s", doubt(exception));
	loader->by_image = loader->by_image || exception->images.count;
	loader->by_label = loader->by_label || exception->labels.count;
	loader->by_command = loader->by_command || exception->commands.count;
	exception_compile(exception, loader->arena);
}

static void check_exception(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	const Exception *exception = element;

	loader->rules_by_fact = loader->rules_by_fact || exception->images.count || exception->labels.count;
	if (!says_whom(element))
		field_error(loader, node, path, "an exception needs images, names, labels, users or groups, or it would be for everything");
	check_terms(loader, node, path, element);
}

/* Which rules there are, the policy as a whole says (schema.c). */
static void check_case(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	Exception *exception = element;

	if (!exception->rules.count)
		field_error(loader, node, path, "an exception of this list needs rules, as rules: [mounts.default]");
	if (!says_whom(exception) && !exception->values.count && !exception->commands.count)
		field_error(loader, node, path, "an exception needs values, commands, images, names, labels, users or groups, or it would be for everything");
	check_terms(loader, node, path, exception);
}

const Section exception_section = { exception_fields, G_N_ELEMENTS(exception_fields), sizeof(Exception), init_exception, check_exception,
	"images|names|labels|users|groups" };
const Section case_section = { case_fields, G_N_ELEMENTS(case_fields), sizeof(Exception), init_exception, check_case,
	"rules values|commands|images|names|labels|users|groups" };

static const Field known_fields[] = {
	FIELD("vulnerabilities", Exception, rules, field_words, STRICTER_FEWER),
	FIELD("packages", Exception, values, field_words, STRICTER_LISTED),
	FIELD("images", Exception, images, field_words, STRICTER_LISTED),
	FIELD("reason", Exception, reason, field_text, STRICTER_SILENT),
	FIELD("owner", Exception, owner, field_text, STRICTER_SILENT),
	FIELD("expires", Exception, expires_us, read_date, STRICTER_LOWER),
};

/* Single ones: what is not known yet is not excepted. */
static void check_known(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	Exception *exception = element;

	if (!exception->rules.count)
		field_error(loader, node, path, "an exception of this list needs vulnerabilities, as vulnerabilities: [CVE-2026-1234]");
	for (size_t i = 0; i < exception->rules.count; i++)
		if (!*exception->rules.items[i] || strpbrk(exception->rules.items[i], "*?[ "))
			field_error(loader, node, path, "expected the id of one vulnerability, such as CVE-2026-1234, without wildcards");
	if (!*exception->reason)
		field_error(loader, node, path, "the key reason is missing: why it does not matter");
	check_globs(loader, node, path, "images");
	(void)read_end(loader, node, path, exception);
	loader->by_image = loader->by_image || exception->images.count;
	exception_compile(exception, loader->arena);
}

const Section known_section = { known_fields, G_N_ELEMENTS(known_fields), sizeof(Exception), init_exception, check_known, "vulnerabilities reason" };

FIELD_READER(read_rule_severity)
{
	RuleSettings *rule = target;

	field_severity(loader, node, path, field, &rule->severity);
	rule->severity_set = true;
}

static const Field rule_fields[] = {
	FIELD("action", RuleSettings, action, field_action),
	{ "severity", read_rule_severity, 0, NULL },
	FIELD("message", RuleSettings, message, field_text, STRICTER_SILENT),
	DETAIL("exceptions", RuleSettings, exceptions, field_sections, &exception_section, STRICTER_FEWER),
};

static void check_idle(Loader *loader, const YamlNode *node, const KeyPath *path, void *element)
{
	const RuleSettings *rule = element;

	if (rule->action == ACTION_ALLOW && rule->exceptions.count)
		field_warning(loader, node, path, "the exceptions have no effect: the action is allow");
}

const Section rule_section = { rule_fields, G_N_ELEMENTS(rule_fields), sizeof(RuleSettings), NULL, check_idle, NULL };

static void rule_init(RuleSettings *rule, Action action)
{
	*rule = (RuleSettings){ .set = true, .action = action, .message = "" };
}

/* A rule of its own: being there makes it apply; it blocks unless it says otherwise. */
FIELD_READER(read_rule)
{
	(void)field;
	rule_init(target, ACTION_BLOCK);
	section_read(loader, node, path, &rule_section, target);
}

FIELD_READER(read_rule_or_word)
{
	RuleSettings *rule = target;

	if (node->kind != YAML_SCALAR) {
		read_rule(loader, node, path, field, target);
		return;
	}
	rule_init(rule, ACTION_BLOCK);
	field_action(loader, node, path, field, &rule->action);
}

FIELD_READER(read_group)
{
	const RuleDefaults *defaults = field->detail;

	rule_init((RuleSettings *)(void *)((char *)target + defaults->rule), defaults->action);
	section_read(loader, node, path, defaults->section, target);
}
