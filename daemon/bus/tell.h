/* SPDX-License-Identifier: MIT */
#pragma once

#include "bus/work.h"
#include "core/audit-event.h"

/* With the caller as its user.  False: it cannot be written, and the work must not be done (`error` says so).  Any thread. */
bool work_tell(Work *work, const AuditEvent *event);
