/* SPDX-License-Identifier: MIT
 *
 * The keys of config.yaml, and what they are read into.
 */
#pragma once

#include "core/config.h"
#include "policy/schema/field.h"

/* As they stand in the file. */
typedef struct ConfigValues {
	AuditSettings audit;
	int64_t keep_days;
	const char *active_policy, *metrics_socket;
	FailMode fail_mode;
	int64_t quiet_ms;
	LogReads log_reads;
	bool scanning, verify_secrets;
	Offline offline;
	int64_t timeout_us, push_wait_us, patience_us, seal_us;
	StringList program_dirs;
	Sockets sockets;
} ConfigValues;

extern const Section config_section;
