/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/text.h"
#include "core/kept.h"

/* The members `argv`, `ports`, `volumes` and `memory` of a record, each only where there is something.  `kept` NULL: none. */
void record_put_names(Buffer *out, const KeptCall *kept, Arena *arena);
