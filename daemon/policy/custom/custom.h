/* SPDX-License-Identifier: MIT
 *
 * Custom rules: found by an index of what their conditions need, then judged.
 */
#pragma once

#include "policy/model.h"

/* After the rules were read. */
void custom_compile(CustomRules *rules, Arena *arena);

/* A rule whose condition holds; `gave_up`: nobody knows, a regular expression took too long. */
typedef void (*CustomFn)(const CustomRule *rule, bool gave_up, void *data);
void custom_find(const CustomRules *rules, const Request *request, const char *who, Arena *arena, CustomFn found, void *data);
/* Calls that no custom rule judges. */
bool custom_spares(const char *endpoint);
