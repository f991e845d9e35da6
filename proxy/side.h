/* SPDX-License-Identifier: MIT
 *
 * One end of a connection: what is to be written, and what it is watched for.
 */
#pragma once

#include <systemd/sd-event.h>
#include "proxy/bytes.h"

typedef struct Side {
	int fd; /* -1: it is closed */
	sd_event_source *source;
	Bytes out; /* could not be written yet */
	size_t written; /* of it */
	uint32_t events; /* that it is watched for */
	bool ended;  /* nothing more comes from it */
	bool shut;   /* nothing more goes to it */
	bool hung_up; /* it is gone altogether */
} Side;

#define SIDE_INIT ((Side){ .fd = -1 })

bool side_begin(Side *side, sd_event *event, int fd, sd_event_io_handler_t handler, void *data);
void side_close(Side *side);
void side_watch(Side *side, uint32_t events);
/* Written as far as it goes; the rest waits.  False: nobody is there. */
bool side_write(Side *side, const char *bytes, size_t length);
bool side_flush(Side *side);
bool side_waits(const Side *side); /* something is to be written */
void side_mute(Side *side, bool mute); /* nothing is told of it */
void side_drop(Side *side); /* what waits is not written */
/* Nothing more goes to it, when all has been written. */
void side_shut(Side *side);
