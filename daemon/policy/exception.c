/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/text.h"
#include "base/users.h"
#include "policy/exception.h"
#include "policy/schema/field.h"
#include "request/list.h"
#include "request/runs.h"

#define DIGEST "sha256:"
#define CUT "\xe2\x80\xa6"

const char *image_pattern_subject(const ImageRef *image, Arena *arena)
{
	if (!*image->registry)
		return "";
	if (*image->digest)
		return arena_printf(arena, "%s/%s@%s", image->registry, image->repository, image->digest);
	return arena_printf(arena, "%s/%s:%s", image->registry, image->repository, *image->tag ? image->tag : "latest");
}

/* "ubuntu" -> "docker.io/library/ubuntu", as github.com/distribution/reference reads names; what begins
 * with a wildcard stays. */
static const char *with_registry(const char *name, Arena *arena)
{
	size_t first = strcspn(name, "/");
	bool path = name[first] == '/';
	bool host = path && (memchr(name, '.', first) || memchr(name, ':', first) || (first == 9 && !strncmp(name, "localhost", 9)));

	if (host) {
		const char *below = name + first + 1;
		bool hub = g_str_has_prefix(name, "docker.io/") || g_str_has_prefix(name, "index.docker.io/");
		return hub ? arena_concat(arena, strchr(below, '/') ? "docker.io/" : "docker.io/library/", below) : name;
	}
	if (strcspn(name, "*?[") < first)
		return name;
	return arena_concat(arena, path ? "docker.io/" : "docker.io/library/", name);
}

static void add(StringList *globs, const char *glob, Arena *arena)
{
	LIST_APPEND(arena, globs, glob);
}

void image_pattern_expand(StringList *globs, const char *written, Arena *arena)
{
	if (g_str_has_prefix(written, DIGEST)) {
		add(globs, arena_printf(arena, "*@%s", written), arena);
		return;
	}
	const char *name = with_registry(written, arena), *slash = strrchr(name, '/');
	const char *tag = strchr(slash ? slash : name, ':'), *digest = strchr(name, '@');
	if (digest && tag && tag < digest) /* name:tag@digest: the tag decides nothing */
		name = arena_printf(arena, "%.*s%s", (int)(tag - name), name, digest);
	if (digest || g_str_has_suffix(name, "*")) {
		add(globs, name, arena);
		if (!digest && tag && !strcmp(tag, ":*"))
			add(globs, arena_printf(arena, "%.*s@*", (int)(tag - name), name), arena);
		return;
	}
	if (tag) {
		add(globs, name, arena);
		return;
	}
	add(globs, arena_concat(arena, name, ":*"), arena);
	add(globs, arena_concat(arena, name, "@*"), arena);
}

void exception_compile(Exception *exception, Arena *arena)
{
	for (size_t i = 0; i < exception->images.count; i++)
		image_pattern_expand(&exception->image_patterns.globs, exception->images.items[i], arena);
	for (size_t i = 0; i < exception->labels.count; i++) {
		const char *label = exception->labels.items[i];
		add(&exception->label_patterns.globs, strchr(label, '=') ? label : arena_printf(arena, "%s=*", label), arena);
	}
	exception->name_patterns.globs = exception->names;
	exception->user_patterns.globs = exception->users;
	exception->group_patterns.globs = exception->groups;
	patterns_compile(&exception->image_patterns, arena);
	patterns_compile(&exception->name_patterns, arena);
	patterns_compile(&exception->label_patterns, arena);
	patterns_compile(&exception->user_patterns, arena);
	patterns_compile(&exception->group_patterns, arena);
}

static bool labels_fit(const Patterns *patterns, const PairList *labels, Arena *arena)
{
	for (size_t i = 0; i < labels->count; i++)
		if (patterns_match(patterns, arena_printf(arena, "%s=%s", labels->items[i].key, labels->items[i].value)))
			return true;
	return false;
}

/* Nobody is excepted on a guess: an unknown caller, or one of several, is not the one who is named. */
static bool user_fits(const Patterns *patterns, const char *user)
{
	return user_is_certain(user) && patterns_match(patterns, user);
}

/* Anybody can give any image a name; "*" is every image, whatever its name. */
static bool image_fits(const Exception *exception, const Request *request, Arena *arena)
{
	for (size_t i = 0; request->image_local && i < exception->images.count; i++)
		if (!strcmp(exception->images.items[i], "*"))
			return true;
	return !request->image_local && patterns_match(&exception->image_patterns, image_pattern_subject(&request->image, arena));
}

static bool covers(const Exception *exception, const Request *request, const Situation *situation, Arena *arena)
{
	if (exception->images.count && !image_fits(exception, request, arena))
		return false;
	if (exception->names.count && !patterns_match(&exception->name_patterns, request->container.name))
		return false;
	if (exception->labels.count && !labels_fit(&exception->label_patterns, &request->container.labels, arena))
		return false;
	if (exception->groups.count && !caller_in_groups(&situation->caller, &exception->group_patterns))
		return false;
	return !exception->users.count || user_fits(&exception->user_patterns, situation->user ? situation->user : "");
}

static bool names(const StringList *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], word))
			return true;
	return false;
}

/* What was too long to be shown whole is no value. */
static bool has_value(const Exception *exception, const ExceptionCase *about)
{
	return !strstr(about->what, CUT) && names(&exception->values, about->what) && (!*about->also || names(&exception->values, about->also));
}

static bool is_about(const Exception *exception, const ExceptionCase *about, const Request *request, Arena *arena)
{
	if (!names(&exception->rules, about->rule) || (exception->read_only && !about->read_only))
		return false;
	if (exception->values.count && !has_value(exception, about))
		return false;
	return !exception->commands.count || runs_one_of(request, &exception->commands, arena);
}

/* `about` NULL: of a rule's own list. */
static const Exception *find(const ExceptionList *list, const ExceptionCase *about, const Request *request, const Situation *situation, Arena *arena,
	const Exception **ret_expired)
{
	*ret_expired = NULL;
	for (size_t i = 0; i < list->count; i++) {
		const Exception *exception = &list->items[i];
		if ((about && !is_about(exception, about, request, arena)) || !covers(exception, request, situation, arena))
			continue;
		/* Without a clock nothing that ends is in force. */
		if (exception->expires_us == INT64_MAX || (situation->now_us > 0 && situation->now_us < exception->expires_us))
			return exception;
		*ret_expired = exception;
	}
	return NULL;
}

const Exception *exception_find(const ExceptionList *list, const Request *request, const Situation *situation, Arena *arena, const Exception **ret_expired)
{
	return find(list, NULL, request, situation, arena, ret_expired);
}

const Exception *exception_find_case(const ExceptionList *list, const ExceptionCase *about, const Request *request, const Situation *situation, Arena *arena,
	const Exception **ret_expired)
{
	return find(list, about, request, situation, arena, ret_expired);
}

/* As they are written: wherever a rule stands. */
static void count_in(const YamlNode *node, int64_t now_us, uint64_t *ret_active, uint64_t *ret_expired)
{
	for (size_t i = 0; i < node->count; i++) {
		const YamlNode *item = node->items[i];
		bool list = node->kind == YAML_MAP && !strcmp(node->keys[i]->text, "exceptions") && item->kind == YAML_LIST;
		for (size_t e = 0; list && e < item->count; e++) {
			const YamlNode *expires = field_find(item->items[e], "expires");
			int64_t end_us = INT64_MAX;
			bool ended = expires && expires->kind == YAML_SCALAR && date_parse(expires->text, &end_us) && end_us <= now_us;
			*(ended ? ret_expired : ret_active) += 1;
		}
		if (!list && item->kind != YAML_SCALAR)
			count_in(item, now_us, ret_active, ret_expired);
	}
}

void exception_count(const Policy *policy, int64_t now_us, uint64_t *ret_active, uint64_t *ret_expired)
{
	*ret_active = *ret_expired = 0;
	count_in(policy->source, now_us, ret_active, ret_expired);
}
