/* SPDX-License-Identifier: MIT
 *
 * What a proxy and the judge say to each other (SOCK_SEQPACKET, one packet each; authz/judge.c, proxy/judge.c).  Both are of this machine and of one
 * version: they are restarted together.
 */
#pragma once

#include <stdint.h>
#include "base/limits.h"

#define JUDGE_VERSION 2u
#define JUDGE_MARK_DIGITS 32u /* of a mark: 128 bits */
/* Instead of one, of what is sent to another upstream than Docker's own socket: should Docker listen there all the same, its plugin sees that the call came by a socket. */
#define JUDGE_NO_MARK "elsewhere"
#define JUDGE_SOCKET "/run/sentinel-judge/socket"

typedef enum JudgeAsk {
	JUDGE_ASK = 1, /* may this call be made */
	JUDGE_DONE,    /* a call that may be made is over; the texts are all empty but `body`, which is Docker's answer */
} JudgeAsk;

/* Texts behind the groups, in this order, none ended by a NUL.  CONTAINER: the id of the one that the caller is in; STRANGER: why it is none of this machine's users; both may be empty. */
typedef enum JudgeText { JUDGE_TEXT_SOCKET, JUDGE_TEXT_PROGRAM, JUDGE_TEXT_CONTAINER, JUDGE_TEXT_STRANGER, JUDGE_TEXT_METHOD, JUDGE_TEXT_TARGET, JUDGE_TEXT_TYPE, JUDGE_TEXT_LENGTH, JUDGE_TEXT_BODY, JUDGE_TEXTS } JudgeText;

#define JUDGE_HAS_TYPE 1u   /* there is a Content-Type */
#define JUDGE_HAS_BODY 2u   /* the body is all there: in the packet, or in the descriptor that comes with it */
#define JUDGE_DESCRIPTOR 4u /* ... in that one, sealed against every change (memfd_create(2)) */

typedef struct JudgeQuestion {
	uint32_t version, ask;
	uint64_t number; /* of the call, among those of this connection */
	uint32_t uid, gid;
	int32_t pid;
	int32_t status;  /* DONE: of Docker's answer; 0: there was none */
	uint32_t flags, groups;
	uint64_t body_bytes; /* in the descriptor */
	uint32_t texts[JUDGE_TEXTS]; /* bytes of each */
} JudgeQuestion;

typedef enum JudgeVerdict {
	JUDGE_ALLOWED = 1,
	JUDGE_DENIED,  /* by the policy: a text for people follows */
	JUDGE_REFUSED, /* it could not be judged: likewise */
} JudgeVerdict;

/* Texts behind the answer: what people are told; ALLOWED: the path of the socket that it is sent to (empty: Docker's own); the target that it is sent with
 * (empty: its own); labels, a line each, without all of which a container is not shown (empty: any is). */
typedef enum JudgeSays { JUDGE_SAYS_TEXT, JUDGE_SAYS_UPSTREAM, JUDGE_SAYS_TARGET, JUDGE_SAYS_LABELS, JUDGE_SAYS } JudgeSays;

#define JUDGE_FOLLOWED 2u /* what becomes of it matters: else DONE may come behind the next question */
#define JUDGE_SHOW_ANSWER 1u /* DONE is to come before the client sees Docker's answer, with its body */
#define JUDGE_HIDE_ENVIRONMENT 4u /* members of the answer that are named Env are left out */

typedef struct JudgeAnswer {
	uint32_t version, verdict;
	uint64_t number;
	uint32_t flags;
	uint32_t texts[JUDGE_SAYS]; /* bytes of each */
	char mark[JUDGE_MARK_DIGITS];
} JudgeAnswer;
