/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "pin/keep.h"
#include "pin/message.h"

#define FEW 4u /* descriptors that are taken from a message, to close them */

static int take_descriptors(struct msghdr *message, int *ret)
{
	int count = 0, all[FEW];

	for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		size_t here = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(all, CMSG_DATA(part), here * sizeof(int));
		for (size_t i = 0; i < here; i++, count++)
			if (count == 0)
				*ret = all[i];
			else
				(void)close(all[i]);
	}
	return count;
}

static bool receive(int fd, PinQuestion *ret, int *ret_directory)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(FEW * sizeof(int))];
	} control = { 0 };
	struct iovec part = { ret, sizeof *ret };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
	ssize_t length = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int count = length < 0 ? 0 : take_descriptors(&message, ret_directory);

	return length == (ssize_t)sizeof *ret && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) && pin_question_valid(ret) &&
	       count == (ret->ask == PIN_MAKE ? 1 : 0);
}

bool pin_message_receive(int fd, PinQuestion *ret, int *ret_directory)
{
	*ret_directory = -1;
	if (receive(fd, ret, ret_directory))
		return true;
	if (*ret_directory >= 0)
		(void)close(*ret_directory);
	*ret_directory = -1;
	return false;
}
