/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>
#include "dbus/names.h"
#include "notifier/actions.h"
#include "notifier/call.h"
#include "notifier/grant.h"
#include "notifier/program.h"
#include "notifier/say.h"

#define COPIED "Copied: "
#define INSTEAD "Instead: "
#define NOT_COPIED "It could not be copied: "

bool actions_prepare(Bubble *bubble, void *data)
{
	return remedy_prepare(bubble, &((Actions *)data)->remedy);
}

/* What cannot be copied must have room where it is shown. */
static unsigned fixed_offered(const News *news)
{
	if (!news->fixed)
		return 0;
	if (program_has_clipboard())
		return ACTION_COPY;
	return g_utf8_strlen(news->fixed, -1) + (glong)strlen(INSTEAD) < (glong)LIMIT_NOTIFIER_TEXT ? ACTION_SHOW : 0;
}

unsigned actions_offered(const News *news, void *data)
{
	const Actions *actions = data;
	unsigned offered = 0;

	if (news->kind != NEWS_DENIED && news->kind != NEWS_WARNED)
		return 0;
	if (news->id && program_has_terminal())
		offered |= ACTION_WHY;
	offered |= fixed_offered(news);
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

/* What was copied is said, before anybody pastes it: as docker run, which docker create cannot be told from. */
static void give_fixed(Actions *actions, Bubble *bubble, bool copy)
{
	const char *line = bubble->news->fixed;
	g_autoptr(GError) error = NULL;

	if (!line)
		return;
	bool copied = copy && program_copy(line, &error);
	if (error)
		say("%s", error->message);
	g_autofree char *note = g_strconcat(copied ? COPIED : error ? NOT_COPIED : INSTEAD, line, NULL);
	board_note(bubble, note, false);
	screen_wake(actions->screen);
}

void actions_run(Bubble *bubble, BubbleAction action, void *data)
{
	Actions *actions = data;

	if (action == ACTION_WHY)
		show(actions, bubble);
	else if (action == ACTION_ALLOW)
		grant_ask(actions->guard, actions->screen, bubble);
	else if (action == ACTION_COPY || action == ACTION_SHOW)
		give_fixed(actions, bubble, action == ACTION_COPY);
}
