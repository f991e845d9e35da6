/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>
#include "pin/refusal.h"

#define ANY 0

#define OLD_KERNEL "this kernel has no idmapped mounts: Linux 5.12 or newer is needed"
#define WRONG_TYPE                                                                                                                         \
	"pins are possible on ext4, xfs, btrfs, f2fs and (from Linux 6.3 on) tmpfs, not on the file system of this directory: move the "   \
	"project to one of these"

/* The first row of the step with the error, or with ANY, counts. */
static const struct {
	PinStep step;
	int error;
	const char *text;
} rows[] = {
	{ PIN_STEP_DESCRIPTOR, EACCES, "the descriptor was not opened for reading (O_RDONLY): it proves no right to the directory" },
	{ PIN_STEP_DESCRIPTOR, ENOTDIR, "what was passed is no directory" },
	{ PIN_STEP_DESCRIPTOR, ENOENT, "the directory has been deleted" },
	{ PIN_STEP_DESCRIPTOR, EPERM, "the directory belongs to somebody else: pins are for one's own directories" },
	{ PIN_STEP_DESCRIPTOR, ANY, "there is no such descriptor" },
	{ PIN_STEP_OPEN, ENOENT, "there is no such directory" },
	{ PIN_STEP_OPEN, ENOTDIR, "what is there is no directory" },
	{ PIN_STEP_OPEN, ELOOP, "its path leads through a link of /proc" },
	{ PIN_STEP_OPEN, ANY, "its owner may not open it" },
	{ PIN_STEP_CHANGED, ANY, "another directory is there now" },
	{ PIN_STEP_LOOK, ENAMETOOLONG, "its path is too long to be kept: move the project up, or leave out --keep" },
	{ PIN_STEP_LOOK, ANY, "the directory cannot be looked at" },
	{ PIN_STEP_TYPE, ANY, WRONG_TYPE },
	{ PIN_STEP_NAMESPACE, ANY,
		"the directory was opened where the mounts are not the host's own (in a container, a sandbox or a service with private "
		"mounts): call from a login on the host" },
	{ PIN_STEP_BELOW, ANY,
		"something is mounted in the directory, which a pin would not show: unmount it, or pin a directory without mounts" },
	{ PIN_STEP_CLONE, ENOSYS, OLD_KERNEL },
	{ PIN_STEP_CLONE, EINVAL,
		"the directory was opened where the mounts are not the host's own (in a container, a sandbox or a service with private "
		"mounts): call from a login on the host" },
	{ PIN_STEP_CLONE, ENOSPC, "there are too many mounts on this host (fs.mount-max): drop pins that are not needed" },
	{ PIN_STEP_CLONE, ANY, "the kernel did not clone the mount of the directory" },
	{ PIN_STEP_IDMAP, ENOSYS, OLD_KERNEL },
	{ PIN_STEP_IDMAP, EINVAL, "this kernel cannot map the owner on the file system of this directory: " WRONG_TYPE },
	{ PIN_STEP_IDMAP, EPERM,
		"the owner of files is mapped already where the directory is (another idmapped mount, as of systemd-homed or a pin)" },
	{ PIN_STEP_IDMAP, ANY, "the kernel did not map the owner" },
	{ PIN_STEP_ATTACH, ENOSPC, "there are too many mounts on this host (fs.mount-max): drop pins that are not needed" },
	{ PIN_STEP_ATTACH, ANY, "the kernel did not attach the pin below /run/sentinel/pins" },
	{ PIN_STEP_USERNS, ENOSPC, "there are too many user namespaces on this host (user.max_user_namespaces)" },
	{ PIN_STEP_USERNS, EINVAL, "this kernel has no user namespaces, or they are switched off (user.max_user_namespaces)" },
	{ PIN_STEP_USERNS, ANY, "the kernel did not make the user namespace that maps the owner" },
	{ PIN_STEP_PLACE, ENOSPC, "/run/sentinel/pins is full: drop pins that are not needed" },
	{ PIN_STEP_PLACE, ANY, "a place below /run/sentinel/pins could not be made" },
	{ PIN_STEP_WRITE, ENOSPC, "/run is full: nobody would know of the pin after a restart, so it was not made" },
	{ PIN_STEP_KEEP, ENOSPC, "/var is full: the pin could not be kept, so it was not made" },
	{ PIN_STEP_KEEP, ANY, "the list of kept pins (/var/lib/sentinel-pins) could not be written, so it was not made" },
	{ PIN_STEP_WRITE, ANY, "the list of pins could not be written, so it was not made" },
	{ PIN_STEP_TIME, ANY, "the file system of the directory did not answer in time" },
};

const char *pin_refusal(PinStep step, int error)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].step == step && (rows[i].error == ANY || rows[i].error == error))
			return rows[i].text;
	return "";
}
