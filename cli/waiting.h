/* SPDX-License-Identifier: MIT
 *
 * For calls that read the whole trail: on a terminal, what the service is doing and since when, until it answers.
 */
#pragma once

#include <pthread.h>
#include "cli/cli.h"

typedef struct Waiting {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool answered, shown;
	const char *what;
} Waiting;

/* `member`: the method that is called.  Nothing is shown for one that is quick, nor where polkit's agent may ask something. */
void waiting_begin(Waiting *waiting, const Cli *cli, const char *member);
void waiting_end(Waiting *waiting);
/* How far something is, where that is known; freed by the caller. */
char *waiting_bar(unsigned percent);
