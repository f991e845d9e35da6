/* SPDX-License-Identifier: MIT
 *
 * The way to the judge (base/judge-wire.h).  When it is not there nothing is let through.
 */
#pragma once

#include <systemd/sd-event.h>
#include "base/judge-wire.h"
#include "proxy/body.h"
#include "proxy/head.h"
#include "proxy/peer.h"

typedef struct JudgeLink JudgeLink;

typedef struct Verdict {
	JudgeVerdict verdict; /* 0: there is no judge */
	bool show_answer, followed;
	char mark[JUDGE_MARK_DIGITS + 1];
	const char *upstream, *target, *labels; /* JUDGE_SAYS_...; likewise good */
	bool hides_environment;
	const char *text; /* for people; good until connection_verdict() returns */
} Verdict;

/* What is asked about a call; `length`: the Content-Length that is sent on, "" for none. */
typedef struct JudgeCase {
	const char *socket, *length;
	const PeerWho *who;
	const Head *head;
	const Body *body; /* NULL: it is not all there */
} JudgeCase;

struct Connection;

typedef void (*JudgeRoomFn)(void *data);

/* `has_room`: after judge_link_is_full(), it is not any more. */
JudgeLink *judge_link_new(sd_event *event, const char *path, JudgeRoomFn has_room, void *data);
void judge_link_free(JudgeLink *link);
/* Too many questions wait: the call is to be asked about later. */
bool judge_link_is_full(JudgeLink *link);
/* 0: there is no judge; else the number of the call, and connection_verdict() comes later, also when the judge goes. */
uint64_t judge_link_ask(JudgeLink *link, const JudgeCase *what, struct Connection *connection);
/* The call is over: with this of Docker's answer (0: none), and this of its body.  Of a judge that has gone since it is no matter. */
void judge_link_done(JudgeLink *link, uint64_t number, int status, const char *body, size_t length);
/* The same of one that nobody follows: it is told behind the next question, or each second. */
void judge_link_over(JudgeLink *link, uint64_t number, int status);
void judge_link_tick(JudgeLink *link);
/* The verdict about it is to nobody any more: it is taken back when it comes. */
void judge_link_forget(JudgeLink *link, uint64_t number);
