/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/* Whether NAME=value is likely to hold a secret: by the words of the name, or by the published form of
 * a vendor's tokens.  File names, switches and numbers are no secrets, whatever they are called. */
bool secret_shaped(const char *name, const char *value);
