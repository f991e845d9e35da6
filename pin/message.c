/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
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

static bool ended(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static bool named(const PinQuestion *question)
{
	return pin_is_hex(question->name, PIN_NAME_LENGTH);
}

bool pin_question_valid(const PinQuestion *question)
{
	if (!ended(question->name, sizeof question->name) || !ended(question->container, sizeof question->container))
		return false;
	switch ((PinAsk)question->ask) {
	case PIN_MAKE:
		return question->map < PIN_MAP_COUNT && pin_flags_valid(question->flags, PIN_ASKED_FLAGS) && question->seconds <= LIMIT_PIN_S &&
		       (question->seconds == 0) == ((question->flags & PIN_KEEP) != 0);
	case PIN_LIST:
		return true;
	case PIN_DROP:
	case PIN_LOOK:
		return named(question);
	case PIN_TAKE:
		return named(question) && question->token != 0;
	case PIN_BIND:
		return named(question) && question->token != 0 &&
		       (!*question->container || pin_is_hex(question->container, PIN_CONTAINER_LENGTH));
	case PIN_END:
		return pin_is_hex(question->container, PIN_CONTAINER_LENGTH);
	case PIN_ASK_COUNT:
		break;
	}
	return false;
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
