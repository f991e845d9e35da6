/* SPDX-License-Identifier: MIT
 *
 * A tree as YAML, for people: block style, texts in quotes where they need some.
 */
#pragma once

#include <json-glib/json-glib.h>

void yaml_write(GString *out, JsonObject *object);
