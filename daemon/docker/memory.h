/* SPDX-License-Identifier: MIT
 *
 * Docker's answers, kept until it tells of a change.  Any thread.
 */
#pragma once

#include <glib.h>
#include "request/facts.h"

typedef struct Memory Memory;

Memory *memory_new(void);
void memory_free(Memory *memory);

/* Nothing is kept before memory_open(): only while Docker's events are heard is a kept answer good. */
void memory_open(Memory *memory);
void memory_close(Memory *memory); /* forgets everything */
void memory_forget(Memory *memory, FactKind kind);

/* Taken before Docker is asked: an answer is not kept when something changed meanwhile. */
uint64_t memory_epoch(Memory *memory, FactKind kind);
/* A FACT_DAEMON, a FACT_SERVICE and a FACT_EXEC are never kept: no event that is listened to tells of them. */
void memory_keep(Memory *memory, const Fact *fact, uint64_t epoch);
/* Puts the answer into `fact`; false when there is none. */
bool memory_recall(Memory *memory, Fact *fact, Arena *arena);
