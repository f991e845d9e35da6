/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "authz/call.h"
#include "base/limits.h"
#include "base/pulse.h"
#include "request/print.h"

static const char activate_body[] = "{\"Implements\":[\"authz\"]}";
static const char malformed_body[] = "{\"Err\":\"sentinel: the message is not one that dockerd sends\"}";
static const char too_large_body[] = "{\"Err\":\"sentinel: the message is too large\"}";
static const char unknown_body[] = "{\"Err\":\"sentinel: no such plugin call\"}";

static const char allowed_body[] = "{\"Allow\":true}";
const PluginAnswer plugin_allowed = { 200, allowed_body, sizeof allowed_body - 1 };

static const char again_body[] = "{\"Err\":\"sentinel: ask again, another instance is about to answer\"}";
const PluginAnswer plugin_again = { PLUGIN_AGAIN, again_body, sizeof again_body - 1 };

/* Neither this nor the one below is a decision, so they are in no journal. */
static const char ending_body[] = "{\"Allow\":false,\"Msg\":\"⛔ DOCKER SENTINEL IS ENDING\\n"
				  "🚫 It was told to end, and cannot ask Docker any more what this call is about: nothing was done\\n"
				  "💡 Suggested fix:\\n"
				  " → Try again when it runs: systemctl status sentineld\"}";
const PluginAnswer plugin_ending = { 200, ending_body, sizeof ending_body - 1 };

/* It says the same of every call. */
static const char stopped_body[] = "{\"Allow\":false,\"Msg\":\"⛔ DOCKER SENTINEL IS STOPPED\\n"
				   "🚫 An administrator stopped the guard that Docker is told to ask: Docker denies everything until it runs again\\n"
				   "💡 Suggested fixes:\\n"
				   " → Start it: sudo sentinel authz start (it also starts when the machine boots)\\n"
				   " → Use Docker without it: sudo sentinel authz uninstall\"}";

#define ANSWER(status, text) ((PluginAnswer){ (status), (text), sizeof(text) - 1 })

static PluginAnswer answer_request(const Plugin *plugin, const char *message, size_t length, const CallWait *wait, Arena *arena, Call **ret_call)
{
	PluginAnswer answer = { 0 };
	Envelope envelope;

	if (!envelope_read(message, length, arena, &envelope))
		return ANSWER(400, malformed_body);
	if (plugin->marks && *envelope.mark && marks_take(plugin->marks, envelope.mark, &envelope.call, g_get_monotonic_time()))
		return plugin_allowed;
	Call *call = call_new(plugin, &envelope, wait, arena);
	*ret_call = call; /* before it waits: it may be resumed at once */
	if (call_go_on(call, &answer))
		*ret_call = NULL;
	return answer;
}

#define CREATED 201

/* Docker's answer to a create: the id of the container, or "" when there is none. */
static const char *created_id(const Envelope *envelope, Arena *arena)
{
	const JsonField field = { "Id", strlen("Id"), 0, json_string };
	const char *id = "";
	Json json = json_begin(envelope->answer.bytes, envelope->answer.length, arena);

	if (envelope->status != CREATED || !envelope->answer.length || !json_object(&json, &field, 1, &id) || !json_finish(&json))
		return "";
	return id;
}

static bool grants_expect(const Plugin *plugin)
{
	return plugin->grants && grant_expects(plugin->grants);
}

static bool pins_expect(const Plugin *plugin)
{
	return plugin->pinning && pinning_expects(plugin->pinning);
}

static bool names_expect(const Plugin *plugin)
{
	return (plugin->pulls && pulls_expect(plugin->pulls)) || (plugin->pushes && pushes_expect(plugin->pushes)) || (plugin->builds && builds_expect(plugin->builds));
}

void plugin_settle(const Plugin *plugin, const Envelope *envelope, Arena *arena)
{
	if (grants_expect(plugin))
		grant_bind(plugin->grants, call_print(&envelope->call, arena), created_id(envelope, arena));
	if (pins_expect(plugin))
		pinning_made(plugin->pinning, api_read(&envelope->call, arena), call_print(&envelope->call, arena), envelope->status == CREATED, created_id(envelope, arena));
	if (plugin->pulls && pulls_expect(plugin->pulls))
		pulls_ended(plugin->pulls, api_read(&envelope->call, arena), g_get_monotonic_time());
	if (plugin->builds && builds_expect(plugin->builds))
		builds_ended(plugin->builds, api_read(&envelope->call, arena), g_get_monotonic_time());
	if (plugin->pushes && pushes_expect(plugin->pushes))
		pushes_leave(plugin->pushes, api_read(&envelope->call, arena));
}

/* The deed is done: only what a grant let through is looked at, and what gives names to images.  What a socket let through, that tells. */
static PluginAnswer take_result(const Plugin *plugin, const char *message, size_t length, Arena *arena)
{
	Envelope envelope;

	if ((!grants_expect(plugin) && !pins_expect(plugin) && !names_expect(plugin)) || !envelope_read(message, length, arena, &envelope))
		return plugin_allowed;
	if (!plugin->marks || !*envelope.mark || !marks_taken(plugin->marks, envelope.mark))
		plugin_settle(plugin, &envelope, arena);
	return plugin_allowed;
}

static PluginAnswer dispatch(const Plugin *plugin, const char *path, const char *message, size_t length, const CallWait *wait, Arena *arena,
	Call **ret_call)
{
	if (length > LIMIT_MESSAGE_BYTES)
		return ANSWER(400, too_large_body);
	if (!strcmp(path, "/AuthZPlugin.AuthZReq") && plugin->stopped)
		return ANSWER(200, stopped_body);
	if (!strcmp(path, "/AuthZPlugin.AuthZReq"))
		return answer_request(plugin, message, length, wait, arena, ret_call);
	if (!strcmp(path, "/AuthZPlugin.AuthZRes"))
		return take_result(plugin, message, length, arena);
	if (!strcmp(path, "/Plugin.Activate"))
		return ANSWER(200, activate_body);
	return ANSWER(404, unknown_body);
}

PluginAnswer plugin_answer(const Plugin *plugin, const char *path, const char *message, size_t length, const CallWait *wait, Arena *arena,
	Call **ret_call)
{
	*ret_call = NULL;
	pulse_begin(PULSE_AUTHZ);
	PluginAnswer answer = dispatch(plugin, path, message, length, wait, arena, ret_call);
	pulse_end(PULSE_AUTHZ);
	return answer;
}
