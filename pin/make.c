/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <grp.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include "pin/below.h"
#include "pin/make.h"

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

/* Those whose ids the kernel maps, and that are this machine's own: no server and no other process of the user's is behind them. */
static const uint32_t types[] = { EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, TMPFS_MAGIC };

static bool fail(PinMade *made, PinStep step, int error)
{
	made->step = step;
	made->error = error;
	return false;
}

static bool check_descriptor(const PinPlan *plan, PinMade *made)
{
	struct stat status;
	int flags = fcntl(plan->directory, F_GETFL);

	if (flags < 0)
		return fail(made, PIN_STEP_DESCRIPTOR, EBADF);
	if ((flags & O_PATH) || (flags & O_ACCMODE) == O_WRONLY)
		return fail(made, PIN_STEP_DESCRIPTOR, EACCES);
	if (fstat(plan->directory, &status) < 0)
		return fail(made, PIN_STEP_LOOK, errno);
	if (!S_ISDIR(status.st_mode))
		return fail(made, PIN_STEP_DESCRIPTOR, ENOTDIR);
	if (status.st_uid != plan->uid)
		return fail(made, PIN_STEP_DESCRIPTOR, EPERM);
	if (status.st_nlink == 0)
		return fail(made, PIN_STEP_DESCRIPTOR, ENOENT);
	made->device = status.st_dev;
	made->inode = status.st_ino;
	return true;
}

/* f_fsid is the disk's own with these (from its UUID), where the number of the device may be another after each start of the machine. */
static uint64_t id_of(const struct statfs *status, uint64_t device)
{
	bool own = (uint32_t)status->f_type == EXT4_SUPER_MAGIC || (uint32_t)status->f_type == BTRFS_SUPER_MAGIC;
	uint32_t parts[2];

	memcpy(parts, &status->f_fsid, sizeof parts);
	return own && (parts[0] || parts[1]) ? (uint64_t)parts[1] << 32 | parts[0] : device;
}

static bool check_type(const PinPlan *plan, PinMade *made)
{
	struct statfs status;

	if (fstatfs(plan->directory, &status) < 0)
		return fail(made, PIN_STEP_LOOK, errno);
	made->device = id_of(&status, made->device);
	if (plan->path && (made->device != plan->device || made->inode != plan->inode))
		return fail(made, PIN_STEP_CHANGED, ESTALE);
	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if ((uint32_t)status.f_type == types[i])
			return true;
	return fail(made, PIN_STEP_TYPE, EOPNOTSUPP);
}

/* What is mounted in it would not be in the pin. */
static bool check_below(const PinPlan *plan, PinMade *made)
{
	char link[48], path[LIMIT_PATH_BYTES];
	struct statx status;

	(void)snprintf(link, sizeof link, "/proc/self/fd/%d", plan->directory);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length < 0 || statx(plan->directory, "", AT_EMPTY_PATH, STATX_MNT_ID, &status) < 0 || !(status.stx_mask & STATX_MNT_ID))
		return fail(made, PIN_STEP_LOOK, errno);
	path[length] = '\0';
	if ((plan->flags & PIN_KEEP) && (size_t)length >= sizeof made->origin)
		return fail(made, PIN_STEP_LOOK, ENAMETOOLONG);
	(void)g_strlcpy(made->origin, path, sizeof made->origin);
	switch (below_look("/proc/self/mountinfo", status.stx_mnt_id, path)) {
	case BELOW_NOTHING:
		return true;
	case BELOW_FOREIGN:
		return fail(made, PIN_STEP_NAMESPACE, EINVAL);
	case BELOW_MOUNTS:
		return fail(made, PIN_STEP_BELOW, EBUSY);
	case BELOW_UNKNOWN:
		break;
	}
	return fail(made, PIN_STEP_LOOK, EIO);
}

static bool attach(const PinPlan *plan, int tree, PinMade *made)
{
	struct mount_attr attributes = {
		.attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (plan->flags & PIN_READ_ONLY ? MOUNT_ATTR_RDONLY : 0),
		.propagation = MS_PRIVATE, /* what is mounted in the directory later stays out of the pin */
		.userns_fd = (uint64_t)plan->userns,
	};

	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes) < 0)
		return fail(made, PIN_STEP_IDMAP, errno);
	if (syscall(SYS_move_mount, tree, "", plan->place, plan->name, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return fail(made, PIN_STEP_ATTACH, errno);
	return true;
}

static bool become(uid_t uid, gid_t gid, const gid_t *groups, size_t count)
{
	return setgroups(count, groups) == 0 && syscall(SYS_setresgid, -1, gid, -1) == 0 && syscall(SYS_setresuid, -1, uid, -1) == 0;
}

/* With the owner's rights and no other: what they may not reach any more is not reached for them. */
static int open_as_owner(const PinPlan *plan)
{
	const struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS };
	g_autofree gid_t *groups = g_new(gid_t, plan->owner->groups->len + 1);
	int fd = -1;

	for (guint i = 0; i < plan->owner->groups->len; i++)
		groups[i] = g_array_index(plan->owner->groups, UserGroup, i).gid;
	if (become(plan->uid, plan->owner->gid, groups, plan->owner->groups->len))
		fd = (int)syscall(SYS_openat2, AT_FDCWD, plan->path, &how, sizeof how);
	int error = errno;
	if (syscall(SYS_setresuid, -1, 0, -1) < 0 || syscall(SYS_setresgid, -1, 0, -1) < 0)
		_exit(1);
	errno = error;
	return fd;
}

static void make(const PinPlan *plan, PinMade *ret)
{
	*ret = (PinMade){ .step = PIN_STEP_DONE };
	if (!check_descriptor(plan, ret) || !check_type(plan, ret) || !check_below(plan, ret))
		return;
	int tree = (int)syscall(SYS_open_tree, plan->directory, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0) {
		(void)fail(ret, PIN_STEP_CLONE, errno);
		return;
	}
	(void)attach(plan, tree, ret);
	(void)close(tree);
}

static void make_or_open(const PinPlan *plan, PinMade *ret)
{
	PinPlan found = *plan;

	if (plan->path && (found.directory = open_as_owner(plan)) < 0) {
		*ret = (PinMade){ .step = PIN_STEP_OPEN, .error = errno };
		return;
	}
	make(&found, ret);
}

int pin_make_apart(const PinPlan *plan, int answer)
{
	PinMade made;
	pid_t pid = fork();

	if (pid == 0) {
		make_or_open(plan, &made);
		_exit(write(answer, &made, sizeof made) == (ssize_t)sizeof made ? 0 : 1);
	}
	int fd = pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
	return fd < 0 ? -errno : fd;
}
