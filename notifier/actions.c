/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include "dbus/names.h"
#include "notifier/actions.h"
#include "notifier/call.h"
#include "notifier/grant.h"
#include "notifier/program.h"
#include "notifier/say.h"

unsigned actions_offered(const News *news, void *data)
{
	const Actions *actions = data;
	unsigned offered = 0;

	if (news->kind != NEWS_DENIED && news->kind != NEWS_WARNED)
		return 0;
	if (news->id && program_has_terminal())
		offered |= ACTION_WHY;
	if (news->grantable && actions->guard->bus)
		offered |= ACTION_ALLOW;
	return offered;
}

/* A server that says it a thousand times opens one terminal a while. */
static void show(Actions *actions, const Bubble *bubble)
{
	g_autoptr(GError) error = NULL;
	uint64_t now = call_now_us();

	if (actions->shown_us && now - actions->shown_us < LIMIT_NOTIFIER_TERMINAL_MS * (uint64_t)1000)
		return;
	actions->shown_us = now;
	if (!program_show_decision(bubble->news->id, &error))
		say("%s; type: sentinel audit show %" PRIu64, error->message, bubble->news->id);
}

void actions_run(Bubble *bubble, BubbleAction action, void *data)
{
	Actions *actions = data;

	if (action == ACTION_WHY)
		show(actions, bubble);
	else if (action == ACTION_ALLOW)
		grant_ask(actions->guard, actions->screen, bubble);
}
