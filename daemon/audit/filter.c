/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "audit/filter.h"
#include "audit/words.h"
#include "base/error.h"
#include "base/limits.h"
#include "request/endpoint.h"

static bool given(const char *text)
{
	return text && *text;
}

bool filter_is_bare(const char *image)
{
	const char *slash = strrchr(image, '/');

	return !strpbrk(slash ? slash : image, ":@");
}

bool filter_is_image(const char *wanted, const char *image)
{
	size_t length = strlen(wanted);

	if (strncmp(wanted, image, length) != 0)
		return false;
	return !image[length] || ((image[length] == ':' || image[length] == '@') && filter_is_bare(wanted));
}

/* "docker exec (start)" is a part of "docker exec". */
static bool is_called(const char *command, const char *wanted)
{
	size_t length = strlen(wanted);

	return strncmp(command, wanted, length) == 0 && (!command[length] || g_str_has_prefix(command + length, " ("));
}

static bool stands_for(const char *wanted, const Endpoint *endpoint)
{
	const char *docker = "docker ", *command = endpoint->command;
	bool bare = g_str_has_prefix(command, docker) && !g_str_has_prefix(wanted, docker);

	if (!strcmp(endpoint->id, wanted) || is_called(command, wanted))
		return true;
	return bare && is_called(command + strlen(docker), wanted);
}

/* docker run is a create call and those that follow it; what is judged is the create call. */
static const char *other_name(const char *command)
{
	return !strcmp(command, "run") || !strcmp(command, "docker run") ? "create" : command;
}

const char **filter_endpoints(const char *command)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new();
	const char *wanted = other_name(command);

	for (size_t i = 0; i < endpoint_count; i++)
		if (stands_for(wanted, &endpoints[i]) && !g_ptr_array_find_with_equal_func(found, endpoints[i].id, g_str_equal, NULL))
			g_ptr_array_add(found, (gpointer)(uintptr_t)endpoints[i].id);
	if (g_str_has_prefix(command, "sentinel."))
		g_ptr_array_add(found, (gpointer)(uintptr_t)command);
	g_ptr_array_add(found, NULL);
	return (const char **)(uintptr_t)g_ptr_array_free(g_steal_pointer(&found), FALSE);
}

bool filter_check(const AuditFilter *filter, GError **error)
{
	if (given(filter->text) && !words_any(filter->text)) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID,
			"the text has no word to look for: words are letters and digits, and nginx* is all that begins so");
		return false;
	}
	if (!given(filter->command))
		return true;
	g_autofree const char **ids = filter_endpoints(filter->command);
	if (*ids)
		return true;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_INVALID,
		"no call of Docker's is known as the command \"%.*s\": expected one such as run, exec, \"volume create\", or the name of a "
		"call such as container.create",
		(int)LIMIT_METHOD_BYTES, filter->command);
	return false;
}

static bool has_rule(const AuditLine *line, const char *rule)
{
	for (size_t i = 0; i < line->finding_count; i++)
		if (!strcmp(line->findings[i].rule, rule))
			return true;
	return false;
}

static bool is_command(const AuditLine *line, const char *command)
{
	g_autofree const char **ids = filter_endpoints(command);

	for (size_t i = 0; ids[i]; i++)
		if (!strcmp(ids[i], line->endpoint))
			return true;
	return false;
}

static bool is_at(const AuditFilter *filter, int64_t time_us)
{
	const uint64_t time = (uint64_t)MAX(time_us, 0);

	return time >= filter->since_us && (!filter->until_us || time < filter->until_us);
}

/* An event has no decision, score, rule and image to ask for. */
static bool is_kind(const AuditFilter *filter, const AuditLine *line)
{
	if (!audit_line_is_event(line))
		return filter->kind != FILTER_EVENTS;
	return filter->kind != FILTER_DECISIONS && !given(filter->decision) && !given(filter->image) && !given(filter->rule) && !filter->min_score;
}

bool filter_kind_parse(const char *word, FilterKind *ret)
{
	static const char *const words[] = { [FILTER_DECISIONS] = "decision", [FILTER_EVENTS] = "event", [FILTER_ALL] = "any" };

	for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
		if (!strcmp(word, words[i])) {
			*ret = (FilterKind)i;
			return true;
		}
	}
	return false;
}

bool filter_matches(const AuditFilter *filter, const AuditLine *line)
{
	if (!is_kind(filter, line) || !is_at(filter, line->time_us) || (uint64_t)MAX(line->score, 0) < filter->min_score)
		return false;
	if ((given(filter->decision) && strcmp(filter->decision, line->decision) != 0) ||
		(given(filter->user) && strcmp(filter->user, line->user) != 0))
		return false;
	if (given(filter->image) && !filter_is_image(filter->image, line->image))
		return false;
	if (given(filter->rule) && !has_rule(line, filter->rule))
		return false;
	return (!given(filter->command) || is_command(line, filter->command)) && (!given(filter->text) || words_match(line, filter->text));
}
