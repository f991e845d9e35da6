/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "audit/private.h"

#define PRIVATE_MODE 0640

int private_open(const char *path, int flags)
{
	struct stat status;
	int fd = open(path, flags | O_CREAT | O_EXCL, PRIVATE_MODE);

	if (fd >= 0) {
		(void)fchmod(fd, PRIVATE_MODE);
		return fd;
	}
	if (errno != EEXIST)
		return -1;
	fd = open(path, flags);
	/* Who may not (another one's file) goes on with what is there. */
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 07777 & ~PRIVATE_MODE))
		(void)fchmod(fd, status.st_mode & PRIVATE_MODE);
	return fd;
}

bool private_is_file(const char *path)
{
	struct stat status;

	return lstat(path, &status) < 0 || S_ISREG(status.st_mode);
}
