/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/pin-wire.h"
#include "pin/place.h"

#define TRIES 8u /* while a pin is attached and removed at the same moment */

static bool is_mount_root(int fd, const char *name)
{
	struct statx status;

	return statx(fd, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &status) == 0 &&
	       (status.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

static int configure(int context)
{
	static const struct {
		const char *key, *value;
	} options[] = { { "source", "sentinel-pins" }, { "mode", "0700" }, { "size", "1m" }, { "nr_inodes", "2048" } };

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
		if (syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, options[i].key, options[i].value, 0) < 0)
			return -errno;
	return syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0 ? -errno : 0;
}

/* Read-only from the first moment on, also where it comes by propagation; what is mounted in it later stays in this namespace. */
static int mount_here(const char *dir)
{
	int context = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC), r = context < 0 ? -errno : configure(context);
	int tree = r < 0 ? -1
			 : (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
				   MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);

	if (r >= 0 && (tree < 0 || syscall(SYS_move_mount, tree, "", AT_FDCWD, dir, MOVE_MOUNT_F_EMPTY_PATH) < 0 ||
			      mount(NULL, dir, NULL, MS_PRIVATE, NULL) < 0))
		r = -errno;
	if (tree >= 0)
		(void)close(tree);
	if (context >= 0)
		(void)close(context);
	return r;
}

/* The mount that others see is read-only; this one is of the same file system, and is nowhere. */
static int open_writable(int visible)
{
	struct mount_attr attributes = { .attr_clr = MOUNT_ATTR_RDONLY };
	int fd = (int)syscall(SYS_open_tree, visible, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (fd < 0 || syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attributes, sizeof attributes) < 0) {
		int r = -errno;
		if (fd >= 0)
			(void)close(fd);
		return r;
	}
	return fd;
}

int pin_place_open(const char *dir, PinPlace *ret, bool *ret_fresh)
{
	struct stat status;
	int r;

	if (g_mkdir_with_parents(dir, 0755) < 0)
		return -errno;
	*ret_fresh = !is_mount_root(AT_FDCWD, dir);
	if (*ret_fresh && (r = mount_here(dir)) < 0)
		return r;
	*ret = (PinPlace){ .visible = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW), .writable = -1 };
	if (ret->visible < 0 || fstat(ret->visible, &status) < 0)
		return -errno;
	if (status.st_uid != geteuid() || (status.st_mode & 0077))
		return -EPERM;
	ret->writable = open_writable(ret->visible);
	return ret->writable < 0 ? ret->writable : 0;
}

int pin_place_add(const PinPlace *place, const char *name)
{
	return mkdirat(place->writable, name, 0700) < 0 ? -errno : 0;
}

int pin_place_new(const PinPlace *place, char *ret_name)
{
	unsigned char bytes[PIN_NAME_LENGTH / 2];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		return -EIO;
	for (size_t i = 0; i < sizeof bytes; i++)
		(void)snprintf(ret_name + 2 * i, 3, "%02x", bytes[i]);
	return pin_place_add(place, ret_name);
}

bool pin_place_holds(const PinPlace *place, const char *name)
{
	return is_mount_root(place->visible, name);
}

void pin_place_remove(const PinPlace *place, const char *name)
{
	char path[64 + PIN_NAME_LENGTH];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d/%s", place->visible, name);
	for (unsigned i = 0; i < TRIES; i++) {
		while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
			;
		if (unlinkat(place->writable, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return;
	}
}

void pin_place_sweep(const PinPlace *place, bool (*keep)(const char *name, void *data), void *data)
{
	int fd = openat(place->visible, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	if (!dir)
		return;
	for (const struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_name[0] != '.' && !keep(entry->d_name, data))
			g_ptr_array_add(names, g_strdup(entry->d_name));
	(void)closedir(dir);
	for (guint i = 0; i < names->len; i++)
		pin_place_remove(place, g_ptr_array_index(names, i));
}
