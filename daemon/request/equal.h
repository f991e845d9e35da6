/* SPDX-License-Identifier: MIT */
#pragma once

#include "request/request.h"

/* Whether two Requests ask for the same.  What says only how they came is left out: method, uri, summary, and where a mount
 * was said; lists whose order the docker CLI does not keep count as sets.  A difference is described for people in *difference
 * (from `arena`); no values of environment variables or labels are in it. */
bool request_equal(const Request *a, const Request *b, Arena *arena, const char **difference);
