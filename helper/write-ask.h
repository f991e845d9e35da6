/* SPDX-License-Identifier: MIT
 *
 * Whether a change may be written: the bus is asked who the caller is, and polkit whether they may.
 */
#pragma once

#include "helper/write-serve.h"

WriteResult write_ask(const WriteAsk *ask, uid_t *ret_uid, void *data);
