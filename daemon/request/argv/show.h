/* SPDX-License-Identifier: MIT */
#pragma once

#include "request/argv/line.h"

/* Fills `ret` with what a finding can be traced to, and with argv as people may see it. */
void argv_show(const Line *line, const char *const *argv, size_t argc, ArgvReading *ret);
