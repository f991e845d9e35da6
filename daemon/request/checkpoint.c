/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "request/checkpoint.h"
#include "request/mounts.h"

/* `within`: what must not be anybody's but root's for it. */
static void add_directory(Request *request, const char *directory, const char *within, bool read_only, Arena *arena)
{
	if (*directory)
		mounts_add_path(&request->container, arena_printf(arena, "%s/%s", directory, within), "", read_only, "checkpoint", arena);
}

bool checkpoint_query(Request *request, const PairList *query, Arena *arena)
{
	const char *directory;
	const QueryWant wants[] = { { "dir", &directory } };
	bool once = query_take(query, wants, G_N_ELEMENTS(wants));

	add_directory(request, directory, "", strcmp(request->endpoint, "checkpoint.list") == 0, arena);
	return once;
}

/* A start joins the name to the directory as it is; a create takes plain names only. */
static bool is_plain(const char *name)
{
	return !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Whoever can write into a checkpoint says what its processes may do when they are restored. */
bool checkpoint_query_start(Request *request, const PairList *query, Arena *arena)
{
	const char *directory, *checkpoint;
	const QueryWant wants[] = { { "checkpoint-dir", &directory }, { "checkpoint", &checkpoint } };
	bool good = query_take(query, wants, G_N_ELEMENTS(wants)) && is_plain(checkpoint);

	add_directory(request, directory, arena_printf(arena, "%s/descriptors.json", checkpoint), false, arena);
	return good;
}

typedef struct Checkpoint {
	const char *id, *directory;
} Checkpoint;

bool checkpoint_read(Json *json, Request *request)
{
	static const JsonField fields[] = {
		JSON_FIELD("CheckpointID", Checkpoint, id, json_string), JSON_FIELD("CheckpointDir", Checkpoint, directory, json_string),
	};
	Checkpoint checkpoint = { "", "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &checkpoint) || !json_finish(json))
		return false;
	add_directory(request, checkpoint.directory, checkpoint.id, false, json->arena);
	return true;
}
