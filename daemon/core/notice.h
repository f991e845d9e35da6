/* SPDX-License-Identifier: MIT
 *
 * Decisions on their way from the deciding threads to the main thread, which tells the bus.
 * Bounded: when main is behind, the oldest waiting notice is dropped and counted (the journal has all).
 */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>
#include <glib.h>
#include "policy/decision.h"

typedef struct Notice {
	uint64_t id;
	Outcome outcome;
	unsigned score;
	uint64_t grant; /* that let it through; 0: none */
	char user[64], summary[256], policy[65], rule[64]; /* rule: of the worst finding, "" without one */
} Notice;

typedef struct NoticeQueue NoticeQueue;
typedef void (*NoticeFn)(const Notice *notice, void *data);

/* Main thread; `deliver` runs there. */
NoticeQueue *notice_queue_new(sd_event *event, GError **error);
void notice_queue_free(NoticeQueue *queue);
void notice_queue_set_handler(NoticeQueue *queue, NoticeFn deliver, void *data);
/* Any thread.  Wakes main only when the queue was empty. */
void notice_push(NoticeQueue *queue, const Notice *notice);
uint64_t notice_dropped(NoticeQueue *queue);
