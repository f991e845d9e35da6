/* SPDX-License-Identifier: MIT
 *
 * A plugin without its socket, on a journal in memory.
 */
#pragma once

#include <string.h>
#include "authz/call.h"
#include "base/limits.h"
#include "scratch.h"

#define REQUEST "/AuthZPlugin.AuthZReq"
#define LINE_BYTES 65536

/* A journal in memory that can be told to fail. */
typedef struct Memory {
	uint64_t next_id;
	int failure;
	char last[LINE_BYTES];
	unsigned lines;
} Memory;

static inline uint64_t take_id(void *data)
{
	return ++((Memory *)data)->next_id;
}

static inline int append(void *data, const char *line, size_t length)
{
	Memory *memory = data;

	if (memory->failure)
		return memory->failure;
	g_assert_cmpuint(length, <, LINE_BYTES);
	memcpy(memory->last, line, length);
	memory->last[length] = 0;
	memory->lines++;
	return 0;
}

typedef struct Fixture {
	Memory memory;
	Ledger ledger;
	Status status;
	Plugin plugin;
	Arena *arena;
} Fixture;

static inline void publish(Fixture *f, const char *mode, FailMode fail_mode, LogReads log_reads)
{
	g_autofree char *text = g_strdup_printf("name: p\nmode: %s\nrules:\n  privileged: {action: block}\n", mode);
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Policy) policy = policy_parse("p.yaml", text, strlen(text), diagnostics);

	g_assert_nonnull(policy);
	(void)world_publish(f->plugin.cell, policy, fail_mode, log_reads);
}

static inline void set_up(Fixture *f, gconstpointer data)
{
	(void)data;
	f->arena = arena_new();
	f->ledger = (Ledger){ &f->memory, take_id, append };
	f->plugin = (Plugin){ .cell = world_cell_new(), .status = &f->status, .ledger = &f->ledger };
	publish(f, "enforce", FAIL_CLOSED, LOG_READS_ALL);
}

static inline void tear_down(Fixture *f, gconstpointer data)
{
	(void)data;
	world_cell_free(f->plugin.cell);
	arena_free(f->arena);
}

static inline PluginAnswer ask(Fixture *f, const char *path, const char *message)
{
	const CallWait wait = { NULL, NULL, NULL };
	Call *call;
	PluginAnswer answer = plugin_answer(&f->plugin, path, message, strlen(message), &wait, f->arena, &call);

	g_assert_null(call);
	return answer;
}

static G_GNUC_UNUSED const char *envelope(Fixture *f, const char *method, const char *uri, const char *body)
{
	g_autofree char *base64 = body ? g_base64_encode((const guchar *)body, strlen(body)) : NULL;

	return arena_printf(f->arena, "{\"RequestMethod\":\"%s\",\"RequestUri\":\"%s\"%s%s%s,\"RequestHeaders\":{\"Content-Type\":\"application/json\",\"Content-Length\":\"%zu\"}}\n",
		method, uri, body ? ",\"RequestBody\":\"" : "", body ? base64 : "", body ? "\"" : "", body ? strlen(body) : (size_t)0);
}

static const char privileged[] G_GNUC_UNUSED = "{\"Image\":\"ubuntu\",\"Env\":[\"PASSWORD=hunter2\"],\"HostConfig\":{\"Privileged\":true}}";
static const char harmless[] G_GNUC_UNUSED = "{\"Image\":\"ubuntu\",\"Env\":[\"PASSWORD=hunter2\"]}";
