/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "authz/read-filter.h"
#include "base/text.h"
#include "request/endpoint.h"
#include "request/json.h"
#include "request/list.h"
#include "request/query.h"

typedef enum Way {
	WAY_NONE, /* it tells what is to be hidden, or may */
	WAY_OPEN, /* it tells nothing of it */
	WAY_ASKED, /* Docker itself leaves it out, when it is asked for those with the labels */
	WAY_CUT,  /* it is left out of the answer */
} Way;

/* How labels of containers, and environments, stand in answers (moby api/swagger.yaml). */
static const struct { const char *id; Way containers, environment; } ways[] = {
	{ "system.ping", WAY_OPEN, WAY_OPEN },
	{ "system.version", WAY_OPEN, WAY_OPEN },
	{ "system.info", WAY_OPEN, WAY_OPEN },
	{ "system.events", WAY_ASKED, WAY_OPEN },
	{ "container.list", WAY_ASKED, WAY_OPEN },
	{ "container.inspect", WAY_CUT, WAY_CUT },
	{ "container.logs", WAY_NONE, WAY_OPEN },
	{ "container.stats", WAY_NONE, WAY_OPEN },
	{ "container.changes", WAY_NONE, WAY_OPEN },
	{ "image.list", WAY_OPEN, WAY_OPEN },
	{ "image.inspect", WAY_OPEN, WAY_CUT },
	{ "image.history", WAY_OPEN, WAY_NONE },
	{ "network.list", WAY_OPEN, WAY_OPEN },
	{ "network.inspect", WAY_NONE, WAY_OPEN },
	{ "volume.list", WAY_OPEN, WAY_OPEN },
	{ "volume.inspect", WAY_OPEN, WAY_OPEN },
};

/* What a filter of Docker's lists (moby api/types/filters: {"label":{"a":true}}, or the older {"label":["a"]}). */
typedef struct Filter {
	const char *name;
	StringList values;
} Filter;

typedef struct Filters {
	Filter *items;
	size_t count;
} Filters;

static bool add_value(Json *json, const char *value, void *target)
{
	Filter *filter = target;
	bool on = false;

	if (!json_bool(json, &on))
		return false;
	LIST_APPEND(json->arena, &filter->values, value);
	return on || json_refuse(json, "a filter that is switched off is read in more ways than one");
}

static bool add_filter(Json *json, const char *name, void *target)
{
	Filters *filters = target;
	Filter filter = { .name = name };
	bool good = json_peek(json) == '[' ? json_strings(json, &filter.values) : json_map(json, add_value, &filter);

	LIST_APPEND(json->arena, filters, filter);
	return good;
}

static bool parse_filters(const char *text, Arena *arena, Filters *ret)
{
	Json json = json_begin(text, strlen(text), arena);

	return !*text || (json_map(&json, add_filter, ret) && json_finish(&json));
}

static void add_labels(Filters *filters, const StringList *labels, Arena *arena)
{
	Filter *filter = NULL;

	for (size_t i = 0; i < filters->count; i++)
		if (!strcmp(filters->items[i].name, "label"))
			filter = &filters->items[i];
	if (!filter) {
		const Filter label = { .name = "label" };
		LIST_APPEND(arena, filters, label);
		filter = &filters->items[filters->count - 1];
	}
	for (size_t i = 0; i < labels->count; i++)
		LIST_APPEND(arena, &filter->values, labels->items[i]);
}

static const char *write_filters(const Filters *filters, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	for (size_t i = 0; i < filters->count; i++) {
		buffer_puts(&out, i ? "," : "{");
		buffer_json_string(&out, filters->items[i].name, 0);
		buffer_puts(&out, ":{");
		for (size_t v = 0; v < filters->items[i].values.count; v++) {
			buffer_puts(&out, v ? "," : "");
			buffer_json_string(&out, filters->items[i].values.items[v], 0);
			buffer_puts(&out, ":true");
		}
		buffer_puts(&out, "}");
	}
	buffer_puts(&out, "}");
	return out.data;
}

static void put_pair(Buffer *out, const char *key, const char *value, char before)
{
	g_autofree char *name = g_uri_escape_string(key, NULL, FALSE), *text = g_uri_escape_string(value, NULL, FALSE);

	buffer_printf(out, "%c%s=%s", before, name, text);
}

/* The same question, for those with the labels; NULL: it cannot be read in one way. */
static const char *ask_for_labels(const char *uri, const char *query, const StringList *labels, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);
	PairList pairs = { 0 };
	Filters filters = { 0 };
	const char *text = "";
	const QueryWant want = { "filters", &text };

	if (!query_parse(query, &pairs, arena) || !query_take(&pairs, &want, 1) || !parse_filters(text, arena, &filters))
		return NULL;
	add_labels(&filters, labels, arena);
	buffer_append(&out, uri, strcspn(uri, "?"));
	put_pair(&out, "filters", write_filters(&filters, arena), '?');
	for (size_t i = 0; i < pairs.count; i++)
		if (strcmp(pairs.items[i].key, "filters") != 0)
			put_pair(&out, pairs.items[i].key, pairs.items[i].value, '&');
	return out.data;
}

static const char *join(const StringList *labels, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	for (size_t i = 0; i < labels->count; i++)
		buffer_printf(&out, "%s%s", i ? "\n" : "", labels->items[i]);
	return out.data ? out.data : "";
}

static void find_ways(const ApiCall *call, const char *path, Arena *arena, Way *ret_containers, Way *ret_environment)
{
	const char *subject;
	const Endpoint *row = endpoint_find(call->method, path, arena, &subject);
	bool reads = !strcmp(call->method, "GET") || (row && !strcmp(row->id, "system.ping"));

	*ret_containers = *ret_environment = WAY_NONE;
	for (size_t i = 0; row && reads && i < G_N_ELEMENTS(ways); i++) {
		if (!strcmp(ways[i].id, row->id)) {
			*ret_containers = ways[i].containers;
			*ret_environment = ways[i].environment;
		}
	}
}

bool read_filter(const Socket *socket, const ApiCall *call, Arena *arena, ReadFilter *ret, Refused *ret_refused)
{
	bool labels = socket->labels.count > 0;
	Way containers, environment;

	*ret = (ReadFilter){ .labels = "" };
	if (!labels && !socket->hides_environment)
		return true;
	Target target = target_parse(call->uri, arena);
	find_ways(call, target.path, arena, &containers, &environment);
	if (target.problem || (labels && !containers) || (socket->hides_environment && !environment)) {
		*ret_refused = (Refused){ REFUSAL_READ, "of this call nobody knows what it tells" };
		return false;
	}
	if (labels && containers == WAY_ASKED && !(ret->target = ask_for_labels(call->uri, target.query, &socket->labels, arena))) {
		*ret_refused = (Refused){ REFUSAL_READ, "these filters can be read in more ways than one" };
		return false;
	}
	if (labels && containers == WAY_CUT)
		ret->labels = join(&socket->labels, arena);
	ret->hides_environment = socket->hides_environment && environment == WAY_CUT;
	return true;
}
