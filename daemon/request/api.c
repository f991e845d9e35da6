/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/api.h"
#include "request/checkpoint.h"
#include "request/container.h"
#include "request/driver.h"
#include "request/endpoint.h"
#include "request/image.h"
#include "request/list.h"
#include "request/query.h"
#include "request/service.h"
#include "request/summary.h"
#include "request/use.h"

#define SHOWN_URI_BYTES 512u

static bool refuse(Request *request, RequestProblem problem, const char *detail)
{
	request->problem = problem;
	request->problem_detail = detail;
	return false;
}

/* What one endpoint takes from its query; false when a name that matters is there twice. */
typedef bool (*QueryReader)(Request *request, const PairList *query, Arena *arena);

static bool query_create(Request *request, const PairList *query, Arena *arena G_GNUC_UNUSED)
{
	const QueryWant wants[] = { { "name", &request->container.name } };
	bool once = query_take(query, wants, G_N_ELEMENTS(wants));

	request->subject = request->container.name;
	return once;
}

/* image/create: fromImage and tag, or fromSrc with repo (moby image_routes.go, postImagesCreate). */
static bool query_pull(Request *request, const PairList *query, Arena *arena)
{
	const char *image, *tag, *source, *repository;
	const QueryWant wants[] = { { "fromImage", &image }, { "tag", &tag }, { "fromSrc", &source }, { "repo", &repository } };
	bool once = query_take(query, wants, G_N_ELEMENTS(wants));

	if (!*image) {
		request->endpoint = "image.import";
		request->remote = strcmp(source, "-") != 0 ? source : "";
		image = repository;
	}
	request->image = image_parse(image, arena);
	if (strchr(tag, ':'))
		request->image.digest = tag;
	else if (*tag)
		request->image.tag = tag;
	return once;
}

static bool query_push(Request *request, const PairList *query, Arena *arena)
{
	const char *tag;
	const QueryWant wants[] = { { "tag", &tag } };
	bool once = query_take(query, wants, G_N_ELEMENTS(wants));

	request->image = image_parse(request->subject, arena);
	if (*tag)
		request->image.tag = tag;
	return once;
}

static bool query_tag(Request *request, const PairList *query, Arena *arena)
{
	const char *repository, *tag;
	const QueryWant wants[] = { { "repo", &repository }, { "tag", &tag } };
	bool once = query_take(query, wants, G_N_ELEMENTS(wants));

	request->image = image_parse(repository, arena);
	if (*tag)
		request->image.tag = tag;
	return once;
}

static bool query_commit(Request *request, const PairList *query, Arena *arena)
{
	const char *repository, *tag;
	const QueryWant wants[] = { { "container", &request->subject }, { "repo", &repository }, { "tag", &tag } };
	bool once = query_take(query, wants, G_N_ELEMENTS(wants));

	request->image = image_parse(repository, arena);
	if (*tag)
		request->image.tag = tag;
	return once;
}

static bool query_plugin(Request *request, const PairList *query, Arena *arena)
{
	const char *remote;
	const QueryWant wants[] = { { "remote", &remote } };
	bool once = query_take(query, wants, G_N_ELEMENTS(wants));

	request->image = image_parse(remote, arena);
	return once;
}

/* Lists and maps are JSON inside the query (moby build_routes.go). */
static bool read_json(const char *text, JsonReader read, void *target, Arena *arena)
{
	Json json = json_begin(text, strlen(text), arena);

	return !*text || (read(&json, target) && json_finish(&json));
}

/* {"NAME": "value"} -> NAME=value; a null value is taken from the builder's own environment. */
static bool read_argument(Json *json, const char *key, void *target)
{
	const char *value = "";

	if (!json_string(json, &value))
		return false;
	LIST_APPEND(json->arena, (StringList *)target, arena_printf(json->arena, "%s=%s", key, value));
	return true;
}

static bool read_arguments(Json *json, void *target)
{
	return json_map(json, read_argument, target);
}

static bool query_build(Request *request, const PairList *query, Arena *arena)
{
	const char *version, *arguments, *labels;
	ContainerSpec *spec = &request->container;
	const QueryWant wants[] = {
		{ "networkmode", &spec->network_mode }, { "cgroupparent", &spec->cgroup_parent }, { "remote", &request->remote },
		{ "version", &version }, { "buildargs", &arguments }, { "labels", &labels },
	};
	bool once = query_take(query, wants, G_N_ELEMENTS(wants));

	if (!strcmp(version, "2"))
		request->kind = KIND_BUILDKIT;
	for (size_t i = 0; i < query->count; i++)
		if (!strcmp(query->items[i].key, "t"))
			LIST_APPEND(arena, &request->tags, query->items[i].value);
		else if (!strcmp(query->items[i].key, "extrahosts"))
			LIST_APPEND(arena, &spec->extra_hosts, query->items[i].value);
		else if (!strcmp(query->items[i].key, "securityopt"))
			LIST_APPEND(arena, &spec->security_opt, query->items[i].value);
	if (request->tags.count)
		request->image = image_parse(request->tags.items[0], arena);
	return once && read_json(arguments, read_arguments, &spec->env, arena) && read_json(labels, json_pairs, &spec->labels, arena);
}

/* ps runs as root and sees every process; dockerd keeps the lines whose column PID is one of the container's (moby daemon/top_unix.go).
 * Another column of that name shows the host's: "-eorss=PID". */
static bool query_top(Request *request G_GNUC_UNUSED, const PairList *query, Arena *arena G_GNUC_UNUSED)
{
	const char *arguments;
	const QueryWant wants[] = { { "ps_args", &arguments } };

	return query_take(query, wants, G_N_ELEMENTS(wants)) && !strstr(strchrnul(arguments, '='), "PID");
}

/* An endpoint that is read further than its row says. */
typedef struct Door {
	const char *id;
	QueryReader query;
	bool (*body)(Json *json, Request *request);
} Door;

static const Door doors[] = {
	{ "container.create", query_create, container_read_create },
	{ "container.update", NULL, container_read_update },
	{ "container.start", checkpoint_query_start, container_read_start },
	{ "container.top", query_top, NULL },
	{ "checkpoint.create", NULL, checkpoint_read },
	{ "checkpoint.delete", checkpoint_query, NULL },
	{ "checkpoint.list", checkpoint_query, NULL },
	{ "exec.create", NULL, container_read_exec },
	{ "image.create", query_pull, NULL },
	{ "image.push", query_push, NULL },
	{ "image.tag", query_tag, NULL },
	{ "image.build", query_build, NULL },
	{ "container.commit", query_commit, NULL },
	{ "plugin.pull", query_plugin, NULL },
	{ "plugin.upgrade", query_plugin, NULL },
	{ "network.create", NULL, network_read },
	{ "network.connect", NULL, network_read_connect },
	{ "service.create", NULL, service_read },
	{ "service.update", service_query, service_read },
	{ "volume.create", NULL, volume_read },
};

static const Door *find_door(const char *id)
{
	for (size_t i = 0; i < G_N_ELEMENTS(doors); i++)
		if (!strcmp(doors[i].id, id))
			return &doors[i];
	return NULL;
}

/* Go's ParseForm puts such a body in front of the query, and dockerd does not show it. */
static bool overrides_query(const char *content_type)
{
	return !g_ascii_strncasecmp(content_type, "application/x-www-form-urlencoded", strlen("application/x-www-form-urlencoded")) ||
	       !g_ascii_strncasecmp(content_type, "multipart/", strlen("multipart/"));
}

/* No body is shown: is there one?  A body sent in chunks leaves a Content-Type and no length. */
static bool may_be_hidden(const ApiCall *call)
{
	return *call->content_length ? strcmp(call->content_length, "0") != 0 : *call->content_type != 0;
}

/* Docker takes a form of what a call sends by its first Content-Type and shows the last (Go net/http, Request.ParseForm: POST, PUT and PATCH): without
 * any, or without a body, there is none.  A body that is shown was JSON by the first. */
static bool may_be_form(const ApiCall *call)
{
	bool parsed = !strcmp(call->method, "POST") || !strcmp(call->method, "PUT") || !strcmp(call->method, "PATCH");

	return parsed && !call->body && (*call->content_type || call->empty_content_type) && strcmp(call->content_length, "0") != 0;
}

/* Calls that are meant to send what nobody sees; docker cp, load and the channels of BuildKit say nothing in the query that is judged. */
static bool sends(const Request *request, const Endpoint *row)
{
	bool pulls = !strcmp(request->endpoint, "image.create");
	bool fetches = *request->remote != 0;

	return row->body == BODY_RAW && !pulls && !(fetches && (request->kind == KIND_IMAGE_BUILD || request->kind == KIND_IMAGE_PULL));
}

static bool check_form(Request *request, const ApiCall *call, const Endpoint *row)
{
	if (!request->mutates || !may_be_form(call))
		return true;
	if (!sends(request, row))
		return refuse(request, PROBLEM_AMBIGUOUS_BODY, "a body that is not shown could override the query; this call needs none");
	request->unseen_body = request->kind == KIND_IMAGE_BUILD || request->kind == KIND_IMAGE_PULL;
	return true;
}

static bool check_body(Request *request, const ApiCall *call, const Endpoint *row)
{
	if (request->mutates && overrides_query(call->content_type))
		return refuse(request, PROBLEM_AMBIGUOUS_BODY, "a form in the body would override the query");
	if (row->body == BODY_NEEDED && !call->body)
		return refuse(request, PROBLEM_BODY_MISSING, "the body that this call needs was not shown to Sentinel");
	if (row->body == BODY_OPTIONAL && !call->body && may_be_hidden(call))
		return refuse(request, PROBLEM_BODY_MISSING, "the call has a body that was not shown to Sentinel");
	if (call->body_length > LIMIT_BODY_BYTES && !call->whole)
		return refuse(request, PROBLEM_BODY_MISSING, "the body is larger than Docker itself takes");
	return true;
}

static bool read_query(Request *request, const Door *door, const char *text, Arena *arena)
{
	PairList query;

	if (!query_parse(text, &query, arena))
		return refuse(request, PROBLEM_UNKNOWN_ENDPOINT, "the query cannot be decoded in one way");
	if (door && door->query && !door->query(request, &query, arena))
		return refuse(request, PROBLEM_UNKNOWN_ENDPOINT, "a query parameter is there twice or is not what it should be");
	return true;
}

static bool read_body(Request *request, const Door *door, const ApiCall *call, const Endpoint *row, Arena *arena)
{
	if (!call->body || row->body == BODY_NONE || row->body == BODY_RAW)
		return true;
	Json json = json_begin(call->body, call->body_length, arena);
	if (row->body == BODY_NEEDED && json_null(&json))
		return refuse(request, PROBLEM_BODY_MISSING, "the body is null, which says nothing");
	bool good = door && door->body ? door->body(&json, request) : json_skip(&json, NULL) && json_finish(&json);

	return good || refuse(request, PROBLEM_AMBIGUOUS_BODY, arena_printf(arena, "the body is not plain JSON: %s", json.problem));
}

static bool has_control(const char *uri)
{
	for (const char *at = uri; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return true;
	return false;
}

/* A GET that we do not know reads, whatever its path; one that does more must be written plainly.  Returns its row, or NULL. */
static const Endpoint *read_call(Request *request, const ApiCall *call, Arena *arena)
{
	bool get = !strcmp(call->method, "GET") || !strcmp(call->method, "HEAD");

	if (strlen(call->uri) > LIMIT_URI_BYTES) {
		(void)refuse(request, PROBLEM_UNKNOWN_ENDPOINT, "the request target is too long");
		return NULL;
	}
	if (has_control(call->uri)) {
		(void)refuse(request, PROBLEM_UNKNOWN_ENDPOINT, "the request target holds control characters or spaces");
		return NULL;
	}
	Target target = target_parse(call->uri, arena);
	const Endpoint *row = endpoint_find(call->method, target.path, arena, &request->subject);
	request->kind = row ? row->kind : get ? KIND_READ : KIND_UNKNOWN;
	request->endpoint = row ? row->id : "";
	request->use = use_of(request->endpoint);
	request->mutates = request->kind != KIND_READ || request->use;
	bool asks = row && !strcmp(row->id, "container.top"); /* a read whose query says what is read */
	if (get && !request->mutates && !asks)
		return row;
	if (target.problem) {
		(void)refuse(request, PROBLEM_UNKNOWN_ENDPOINT, target.problem);
		return row;
	}
	if (!row) {
		(void)refuse(request, PROBLEM_UNKNOWN_ENDPOINT, "Sentinel does not know this call");
		return NULL;
	}
	if (!endpoint_takes(row, request->subject)) {
		(void)refuse(request, PROBLEM_UNKNOWN_ENDPOINT, "a name in the path has more than one part");
		return row;
	}
	const Door *door = find_door(row->id);
	if (check_body(request, call, row) && read_query(request, door, target.query, arena) && check_form(request, call, row) && read_body(request, door, call, row, arena))
		use_apply(request, arena);
	return row;
}

Request *api_read(const ApiCall *call, Arena *arena)
{
	Request *request = request_new(arena);

	request->method = text_printable(arena, call->method, LIMIT_METHOD_BYTES);
	request->uri = text_printable(arena, call->uri, SHOWN_URI_BYTES);
	const Endpoint *row = read_call(request, call, arena);
	/* Whole: Docker is asked about it. */
	request->subject = text_printable(arena, request->subject, LIMIT_URI_BYTES);
	request->summary = summary_write(request, row, arena);
	return request;
}
