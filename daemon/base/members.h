/* SPDX-License-Identifier: MIT
 *
 * Whether a group has members beside root, as the files of this machine say (passwd(5), group(5), nsswitch.conf(5)).
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* The files; others in tests. */
typedef struct MemberFiles {
	const char *passwd, *group, *nsswitch;
} MemberFiles;

extern const MemberFiles member_files;

/* True also when they cannot all be listed: a file cannot be read, or other services than these files are asked for users or groups. */
bool group_has_members(const MemberFiles *files, gid_t gid);
