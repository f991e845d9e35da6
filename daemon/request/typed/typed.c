/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/text.h"
#include "request/argv/argv.h"
#include "request/equal.h"
#include "request/list.h"
#include "request/query.h"
#include "request/typed/member.h"
#include "request/typed/typed.h"

#define OBJECT(json, members, typing) typed_object(json, members, G_N_ELEMENTS(members), typing)

static bool read_image(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_string(json, &typing->image);
}

static bool read_command(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_strings(json, &typing->command);
}

static bool read_entrypoint(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	if (json_null(json))
		return true;
	typing->entrypoint_set = true;
	return json_strings(json, &typing->entrypoint);
}

static bool read_in(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_bool(json, &typing->in);
}

static bool read_out(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_bool(json, &typing->out);
}

static bool read_err(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_bool(json, &typing->err);
}

/* Follows from --interactive and --attach. */
static bool read_once(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing G_GNUC_UNUSED)
{
	bool once;

	return json_bool(json, &once);
}

static bool is_among(const StringList *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], text))
			return true;
	return false;
}

static bool add_port(Json *json, const char *key, void *data)
{
	Typing *typing = data;

	LIST_APPEND(typing->arena, &typing->exposed, key);
	return typed_empty(json, NULL, typing);
}

static bool read_exposed(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_map(json, add_port, typing);
}

/* An anonymous volume: with a colon it would be another thing. */
static bool add_volume(Json *json, const char *key, void *data)
{
	if (strchr(key, ':'))
		return false;
	typed_flag(data, "--volume", key);
	return typed_empty(json, NULL, data);
}

static bool read_volumes(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_map(json, add_volume, typing);
}

/* What the CLI writes for --network alone: a name, and nothing of it. */
static bool add_network(Json *json, const char *key, void *data)
{
	Typing *typing = data;

	LIST_APPEND(typing->arena, &typing->networks, key);
	return typed_empty(json, NULL, typing);
}

static bool read_endpoints(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	return json_map(json, add_network, typing);
}

static bool read_networking(Json *json, const char *flag G_GNUC_UNUSED, Typing *typing)
{
	static const TypedMember members[] = { { "EndpointsConfig", read_endpoints, NULL } };

	return OBJECT(json, members, typing);
}

/* Env, Labels, Healthcheck and all that is not here must be empty. */
static const TypedMember config[] = {
	{ "Hostname", typed_text, "--hostname" }, { "Domainname", typed_text, "--domainname" }, { "User", typed_text, "--user" }, { "AttachStdin", read_in, NULL },
	{ "AttachStdout", read_out, NULL }, { "AttachStderr", read_err, NULL }, { "Tty", typed_switch, "--tty" }, { "OpenStdin", typed_switch, "--interactive" },
	{ "StdinOnce", read_once, NULL }, { "Cmd", read_command, NULL }, { "Image", read_image, NULL }, { "Volumes", read_volumes, NULL },
	{ "WorkingDir", typed_text, "--workdir" }, { "Entrypoint", read_entrypoint, NULL }, { "ExposedPorts", read_exposed, NULL },
	{ "StopSignal", typed_text, "--stop-signal" }, { "HostConfig", typed_host_config, NULL }, { "NetworkingConfig", read_networking, NULL },
};

static bool read_body(const ApiCall *call, Typing *typing)
{
	Json json = json_begin(call->body, call->body_length, typing->arena);

	return OBJECT(&json, config, typing) && json_finish(&json);
}

/* Names of the container and the platform; nothing else is known to make no difference. */
static bool read_query(const ApiCall *call, Typing *typing)
{
	const char *mark = strchr(call->uri, '?');
	PairList query = { 0 };

	if (mark && !query_parse(mark + 1, &query, typing->arena))
		return false;
	for (size_t i = 0; i < query.count; i++) {
		const Pair *pair = &query.items[i];
		const char *flag = !strcmp(pair->key, "name") ? "--name" : !strcmp(pair->key, "platform") ? "--platform" : NULL;
		if (!*pair->value)
			continue;
		if (!flag)
			return false;
		typed_flag(typing, flag, pair->value);
	}
	return true;
}

/* All, or none: the CLI's own words for less are left to who typed them. */
static bool add_attach(Typing *typing)
{
	bool detached = !typing->out && !typing->err && !typing->in;

	if (detached)
		typed_flag(typing, "--detach", NULL);
	return detached || (typing->out && typing->err && typing->in == is_among(&typing->flags, "--interactive"));
}

static bool add_networks(Typing *typing)
{
	const char *mode = typing->network_mode;

	for (size_t i = 0; i < typing->networks.count; i++)
		if (strcmp(typing->networks.items[i], *mode ? mode : "default") != 0)
			return false;
	if (*mode && strcmp(mode, "default") != 0)
		typed_flag(typing, "--network", mode);
	return true;
}

static bool add_others(Typing *typing)
{
	for (size_t i = 0; i < typing->published.count; i++)
		if (!is_among(&typing->exposed, typing->published.items[i]))
			return false;
	for (size_t i = 0; i < typing->exposed.count; i++)
		if (!is_among(&typing->published, typing->exposed.items[i]))
			typed_flag(typing, "--expose", typing->exposed.items[i]);
	if (typing->unconfined)
		typed_flag(typing, "--security-opt", "systempaths=unconfined");
	if (typing->entrypoint_set && typing->entrypoint.count != 1)
		return false;
	if (typing->entrypoint_set)
		typed_flag(typing, "--entrypoint", typing->entrypoint.items[0]);
	return typing->unconfined != 1;
}

static void add_words(const StringList *words, Arena *arena, StringList *ret)
{
	for (size_t i = 0; i < words->count; i++)
		LIST_APPEND(arena, ret, words->items[i]);
}

static bool is_fine(const StringList *words, Arena *arena)
{
	size_t bytes = 0;

	for (size_t i = 0; i < words->count; i++) {
		if (strcmp(text_printable(arena, words->items[i], LIMIT_TYPED_BYTES), words->items[i]) != 0)
			return false;
		bytes += strlen(words->items[i]) + 1;
	}
	return bytes <= LIMIT_TYPED_BYTES;
}

/* The proof: front door 2 makes the same of the words as front door 1 of the call. */
static bool is_same(const ApiCall *call, const StringList *words, Arena *arena)
{
	static Pair none[] = { { "DOCKER_BUILDKIT", "0" } }; /* nothing else is set */
	static const PairList env = { none, 1 }, files = { NULL, 0 };
	const ArgvContext context = { .env = &env, .files = &files };
	const char *difference;
	Request *back = argv_read(words->items, words->count, &context, arena, NULL);

	if (!back)
		return false;
	Request *asked = api_read(call, arena);
	if (!asked->container.networks.count) /* older clients name the mode alone */
		asked->container.networks = back->container.networks;
	return request_equal(back, asked, arena, &difference);
}

bool typed_words(const ApiCall *call, Arena *arena, StringList *ret)
{
	Typing typing = { .arena = arena, .image = "", .network_mode = "", .restart = "" };

	*ret = (StringList){ 0 };
	if (!call->body || !read_query(call, &typing) || !read_body(call, &typing) || !*typing.image || *typing.image == '-')
		return false;
	if (!add_attach(&typing) || !add_networks(&typing) || !add_others(&typing))
		return false;
	LIST_APPEND(arena, ret, "run");
	add_words(&typing.flags, arena, ret);
	LIST_APPEND(arena, ret, typing.image);
	add_words(&typing.command, arena, ret);
	return is_fine(ret, arena) && is_same(call, ret, arena);
}
