/* SPDX-License-Identifier: MIT
 *
 * The fields of a head: which there may be, how often, and what they mean.
 */
#pragma once

#include "proxy/head.h"

typedef struct Fields {
	Head *head;
	bool answer;    /* Docker's; else a client's request */
	uint64_t seen;  /* rows of the table that came */
} Fields;

bool fields_take(Fields *fields, const Field *field, const char **ret_problem);
/* After the last one: what they mean together. */
bool fields_end(const Fields *fields, const char **ret_problem);
