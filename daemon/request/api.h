/* SPDX-License-Identifier: MIT
 *
 * Front door 1: what dockerd says about one API call (moby pkg/authorization/api.go) -> Request.
 */
#pragma once

#include "request/request.h"

typedef struct ApiCall {
	const char *method;  /* "POST" */
	const char *uri;     /* raw request target */
	const char *body;    /* decoded bytes, NULL when dockerd showed none */
	size_t body_length;
	const char *content_type;   /* "" when absent */
	const char *content_length; /* "" when absent */
	bool empty_content_type;    /* the header is there and says nothing */
	bool whole;                 /* it came to a socket, which reads every body that Docker could: larger ones, too */
} ApiCall;

/* Never fails: what cannot be judged comes back with `problem` set.  Any thread. */
Request *api_read(const ApiCall *call, Arena *arena);
