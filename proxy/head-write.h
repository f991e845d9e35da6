/* SPDX-License-Identifier: MIT
 *
 * A head that is sent on, written anew from what was read.
 */
#pragma once

#include <glib.h>
#include "proxy/head.h"

/* To Docker, always HTTP/1.1.  `mark`: of the judge (NULL: none); `framing`, `length`: of the body as it is sent on. */
void head_write_request(const Head *head, Framing framing, uint64_t length, const char *mark, GString *ret);
/* To a client; `close`: nothing comes after it. */
void head_write_answer(const Head *head, Framing framing, bool close, GString *ret);
