/* SPDX-License-Identifier: MIT
 *
 * How values of a service become members of the call.
 */
#pragma once

#include "cli/compose.h"

typedef struct Key Key;
typedef void Take(ComposeBuild *build, const Key *key, JsonNode *value);
struct Key {
	const char *name;
	Take *take;     /* NULL: Docker is not asked about it */
	const char *to; /* the member of the call's body, behind a '/' of its HostConfig */
};

void take_misunderstood(ComposeBuild *build, const Key *key);
Take take_text, take_mode, take_bool, take_bytes, take_number, take_cpus, take_list, take_words, take_environment, take_map;
