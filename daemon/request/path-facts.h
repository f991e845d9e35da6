/* SPDX-License-Identifier: MIT
 *
 * What a host path is, as far as a policy judges it: who could make it another one between the judgement and the mount, by
 * which other names it is known, and who on the host can come to what is written there.  Plain data in the request's arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PathNode {
	const char *path; /* without links */
	uint64_t device, inode;
	uint32_t mode; /* st_mode */
	uint32_t uid, gid;
	bool acl;     /* somebody is named in its access list (acl(5)), or that cannot be told */
	bool members; /* its group has members beside root, or they cannot be listed; only where that matters */
} PathNode;

/* A name was looked up in a directory on the way. */
typedef struct PathStep {
	PathNode directory;
	bool local; /* its file system is one that this machine alone changes */
	bool exists, link; /* the name, and whether it is a link */
	uint32_t entry_uid; /* who owns it */
} PathStep;

/* A place of the host at which something of the source shows. */
typedef struct PathWay {
	const char *path;
	PathNode *items; /* from "/" to the source itself */
	size_t count;
	bool known;    /* every node could be looked at */
	bool harmless; /* the mount there is nosuid and nodev */
	bool below;    /* of a writable mount below the source: it comes along, and :ro does not hold for it */
} PathWay;

typedef struct PathStepList {
	PathStep *items;
	size_t count;
} PathStepList;

typedef struct PathWayList {
	PathWay *items;
	size_t count;
} PathWayList;

typedef struct PathNameList {
	const char **items;
	size_t count;
} PathNameList;

typedef struct PathFacts {
	const char *problem;  /* why the rest is not known; "" : it is */
	const char *resolved; /* every link followed; what is missing stays as it is written */
	bool exists;
	PathNode source;    /* when it exists */
	PathStepList steps; /* in the order of the way, also through links and back from ".." */
	PathNameList names; /* other paths by which it, or a part of it, is known: bind mounts of it and of what lies above or below */
	PathWayList ways;   /* only when the policy wants them */
} PathFacts;
