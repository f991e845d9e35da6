/* SPDX-License-Identifier: MIT */
#pragma once

#include "proxy/head.h"

/* Whether a request target has one reading: a path of this host, as short as it can be written, and a query.  Absolute ones, "*", what a router would
 * clean (moby's is gorilla/mux, which answers such a path by sending elsewhere) and escapes for what divides a path are refused. */
bool target_check(Piece target, const char **ret_problem);
