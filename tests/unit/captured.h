/* SPDX-License-Identifier: MIT
 *
 * Calls of the docker command that were captured: tests/data/requests/judged.jsonl.
 */
#pragma once

#include <string.h>
#include <glib.h>
#include "request/api.h"
#include "request/host-view.h"
#include "request/json.h"

typedef struct CapturedCall {
	const char *method, *uri, *body;
} CapturedCall;

/* A line for each. */
static inline char **captured(void)
{
	g_autofree char *path = g_build_filename(g_getenv("G_TEST_SRCDIR"), "..", "data", "requests", "judged.jsonl", NULL), *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	char **lines = g_strsplit(g_strchomp(text), "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), >, 500);
	return lines;
}

static inline Request *captured_read(const CapturedCall *row, Arena *arena)
{
	const ApiCall call = {
		.method = row->method, .uri = row->uri, .body = row->body, .body_length = row->body ? strlen(row->body) : 0, .content_type = row->body ? "application/json" : "",
		.content_length = row->body ? "30" : "0",
	};

	return api_read(&call, arena);
}

/* On a host of which nothing is known. */
static inline const Request *captured_assume(const CapturedCall *row, Arena *arena)
{
	return host_view_assume(captured_read(row, arena), arena);
}

static inline const Request *captured_call(const char *line, Arena *arena)
{
	static const JsonField fields[] = {
		JSON_FIELD("method", CapturedCall, method, json_string), JSON_FIELD("uri", CapturedCall, uri, json_string), JSON_FIELD("body", CapturedCall, body, json_string),
	};
	Json json = json_begin(line, strlen(line), arena);
	CapturedCall row = { 0 };

	g_assert_true(json_object(&json, fields, G_N_ELEMENTS(fields), &row) && row.method && row.uri);
	return captured_assume(&row, arena);
}
