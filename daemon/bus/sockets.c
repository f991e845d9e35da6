/* SPDX-License-Identifier: MIT
 *
 * The interface Sockets: those of config.yaml.
 */
#include "bus/task.h"
#include "core/socket-look.h"
#include "core/world.h"

typedef struct Listed {
	const World *world;
	const SocketSeen *seen;
} Listed;

static void list_work(Work *work)
{
	Listed *listed = work->data;

	listed->world = world_acquire(work->context->cell);
	listed->seen = socket_look(listed->world->sockets, SOCKET_TABLE, work->arena);
}

static const char *join(const StringList *words, Arena *arena)
{
	const char *joined = "";

	for (size_t i = 0; i < words->count; i++)
		joined = arena_printf(arena, "%s%s%s", joined, i ? ", " : "", words->items[i]);
	return joined;
}

/* "users alice, bob; groups wheel: strict" for each. */
static const char *describe_rules(const SocketRules *rules, Arena *arena)
{
	const char *all = "";

	for (size_t i = 0; i < rules->count; i++) {
		const SocketRule *rule = &rules->items[i];
		all = arena_printf(arena, "%s%s%s%s%s%s%s: %s", all, i ? " | " : "", rule->users.count ? "users " : "", join(&rule->users, arena), rule->users.count && rule->groups.count ? "; " : "",
			rule->groups.count ? "groups " : "", join(&rule->groups, arena), rule->policy);
	}
	return all;
}

static int append_one(sd_bus_message *reply, const SocketSet *set, const Socket *socket, const SocketSeen *seen, Arena *arena)
{
	return sd_bus_message_append(reply, "a{sv}", 13, "name", "s", socket->name, "path", "s", socket_path(socket, arena), "owner", "s", socket->owner, "group", "s", socket->group, "mode", "s",
		arena_printf(arena, "%04o", socket->mode), "identity", "s", socket->fixed ? "fixed" : "peer", "policy", "s", socket->policy, "policies", "s", describe_rules(&socket->rules, arena), "upstream",
		"s", socket->upstream, "labels", "s", join(&socket->labels, arena), "hides_environment", "b", (int)socket->hides_environment, "listens", "b", (int)seen->listens, "problem", "s",
		socket_problem(set, socket, arena));
}

static int list_answer(Task *task, sd_bus_message *reply)
{
	const Listed *listed = task->work.data;
	const Sockets *sockets = socket_set_all(listed->world->sockets);
	int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

	for (size_t i = 0; r >= 0 && sockets && i < sockets->count; i++)
		r = append_one(reply, listed->world->sockets, &sockets->items[i], &listed->seen[i], task->work.arena);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void list_clear(void *data)
{
	const Listed *listed = data;

	if (listed->world)
		world_release(listed->world);
}

const Handler sockets_list = { sizeof(Listed), NULL, list_work, list_answer, list_clear };
