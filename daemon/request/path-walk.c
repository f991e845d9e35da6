/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "base/limits.h"
#include "request/list.h"
#include "request/path-walk.h"
#include "request/viewer.h"

typedef struct PathWalk {
	PathFacts *facts;
	Arena *arena;
	int fd;               /* where it is; -1 behind what is missing */
	char done[PATH_MAX];  /* the path of that, without a trailing '/'; "" is the root */
	char rest[PATH_MAX];  /* what is still to come */
	PathNode here;
	unsigned links;
	bool file; /* it stands on something that is no directory: only the end of a path may be that */
} PathWalk;

static bool fail(PathWalk *walk, const char *problem)
{
	walk->facts->problem = problem;
	return false;
}

static bool fail_errno(PathWalk *walk, const char *path)
{
	return fail(walk, arena_printf(walk->arena, "%s cannot be looked at: %s", path, g_strerror(errno)));
}

static const char *place_of(const PathWalk *walk)
{
	return *walk->done ? arena_strdup(walk->arena, walk->done) : "/";
}

static bool fail_closed(PathWalk *walk)
{
	return fail(walk, arena_printf(walk->arena, "%s is closed to who asks", place_of(walk)));
}

/* A list with more than the three classes has an attribute; a descriptor without rights is asked by its name in /proc. */
static bool has_acl(int fd)
{
	char name[32];

	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	return getxattr(name, "system.posix_acl_access", NULL, 0) >= 0 || (errno != ENODATA && errno != EOPNOTSUPP);
}

static void note_node(PathWalk *walk, int fd, const struct stat *status, PathNode *ret)
{
	*ret = (PathNode){
		.path = place_of(walk), .device = status->st_dev, .inode = status->st_ino, .mode = status->st_mode, .uid = status->st_uid,
		.gid = status->st_gid, .acl = !S_ISLNK(status->st_mode) && has_acl(fd),
	};
}

/* Takes the descriptor. */
static bool stand_on(PathWalk *walk, int fd, const struct stat *status)
{
	if (walk->fd >= 0)
		(void)close(walk->fd);
	walk->fd = fd;
	note_node(walk, fd, status, &walk->here);
	walk->file = !S_ISDIR(status->st_mode);
	return true;
}

static PathStep *add_step(PathWalk *walk)
{
	PathStepList *steps = &walk->facts->steps;
	const PathStep step = { .directory = walk->here };

	if (steps->count == LIMIT_PATH_STEPS)
		return NULL;
	LIST_APPEND(walk->arena, steps, step);
	return &steps->items[steps->count - 1];
}

/* Puts a link's target in front of what is to come. */
static bool follow(PathWalk *walk, int fd)
{
	char target[PATH_MAX], rest[PATH_MAX];
	struct statfs system;
	ssize_t length = readlinkat(fd, "", target, sizeof target - 1);

	if (length <= 0 || length == (ssize_t)sizeof target - 1)
		return fail(walk, "a link on the way cannot be read");
	if (fstatfs(fd, &system) < 0 || system.f_type == PROC_SUPER_MAGIC)
		return fail(walk, "it leads through a link in /proc, which is another one for each process");
	target[length] = 0;
	if (++walk->links > LIMIT_PATH_LINKS || snprintf(rest, sizeof rest, "%s/%s", target, walk->rest) >= (int)sizeof rest)
		return fail(walk, "there are too many links on the way");
	memcpy(walk->rest, rest, strlen(rest) + 1);
	if (*target != '/')
		return true;
	struct stat status;
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	*walk->done = 0;
	if (root < 0 || fstat(root, &status) < 0) {
		if (root >= 0)
			(void)close(root);
		return fail_errno(walk, "/");
	}
	return stand_on(walk, root, &status);
}

static bool go_up(PathWalk *walk)
{
	struct stat status;
	char *slash = strrchr(walk->done, '/');

	if (walk->file)
		return fail(walk, "something on the way is no directory");
	if (walk->fd < 0)
		return fail(walk, "it goes back from a directory that is not there");
	if (!viewer_may_search(&walk->here))
		return fail_closed(walk);
	if (slash)
		*slash = 0;
	int fd = openat(walk->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0) {
		if (fd >= 0)
			(void)close(fd);
		return fail_errno(walk, place_of(walk));
	}
	return stand_on(walk, fd, &status);
}

/* From here on nothing is there. */
static bool miss(PathWalk *walk, const char *here)
{
	if (walk->fd >= 0)
		(void)close(walk->fd);
	walk->fd = -1;
	walk->facts->exists = false;
	memcpy(walk->done, here, strlen(here) + 1);
	return true;
}

static bool go_down(PathWalk *walk, const char *name)
{
	char here[PATH_MAX];
	struct stat status;

	if (snprintf(here, sizeof here, "%s/%s", walk->done, name) >= (int)sizeof here)
		return fail(walk, "the path is too long");
	if (walk->fd < 0)
		return miss(walk, here);
	if (walk->file)
		return fail(walk, "something on the way is no directory");
	if (!viewer_may_search(&walk->here))
		return fail_closed(walk);
	PathStep *step = add_step(walk);
	if (!step)
		return fail(walk, "the way is too long");
	int fd = openat(walk->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? miss(walk, here) : fail_errno(walk, here);
	if (fstat(fd, &status) < 0) {
		(void)close(fd);
		return fail_errno(walk, here);
	}
	step->exists = true;
	step->link = S_ISLNK(status.st_mode);
	step->entry_uid = status.st_uid;
	if (step->link) {
		bool good = follow(walk, fd);
		(void)close(fd);
		return good;
	}
	memcpy(walk->done, here, strlen(here) + 1);
	return stand_on(walk, fd, &status);
}

/* Takes the next name off what is to come. */
static bool advance(PathWalk *walk)
{
	char name[NAME_MAX + 1];
	size_t length = strcspn(walk->rest, "/"), skip = length + strspn(walk->rest + length, "/");

	if (length >= sizeof name)
		return fail(walk, "a name on the way is too long");
	memcpy(name, walk->rest, length);
	name[length] = 0;
	memmove(walk->rest, walk->rest + skip, strlen(walk->rest + skip) + 1);
	if (!*name || !strcmp(name, "."))
		return true;
	return !strcmp(name, "..") ? go_up(walk) : go_down(walk, name);
}

void path_walk(const char *path, Arena *arena, PathFacts *ret)
{
	struct stat status;
	PathWalk walk = { .facts = ret, .arena = arena, .fd = -1 };

	*ret = (PathFacts){ .problem = "", .resolved = "", .exists = true };
	if (strlen(path) >= sizeof walk.rest) {
		(void)fail(&walk, "the path is too long");
		return;
	}
	memcpy(walk.rest, path, strlen(path) + 1);
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || fstat(root, &status) < 0)
		(void)fail_errno(&walk, "/");
	else
		(void)stand_on(&walk, root, &status);
	while (!*ret->problem && *walk.rest)
		(void)advance(&walk);
	if (!*ret->problem) {
		ret->resolved = place_of(&walk);
		ret->source = walk.here;
	}
	if (walk.fd >= 0)
		(void)close(walk.fd);
}
