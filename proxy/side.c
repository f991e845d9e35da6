/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include <glib.h>
#include "proxy/side.h"

bool side_begin(Side *side, sd_event *event, int fd, sd_event_io_handler_t handler, void *data)
{
	*side = SIDE_INIT;
	if (sd_event_add_io(event, &side->source, fd, 0, handler, data) < 0)
		return false;
	side->fd = fd;
	return true;
}

void side_drop(Side *side)
{
	bytes_clear(&side->out);
	side->written = 0;
}

void side_close(Side *side)
{
	if (side->fd < 0)
		return;
	(void)sd_event_source_disable_unref(side->source);
	(void)close(side->fd);
	side_drop(side);
	*side = SIDE_INIT;
}

void side_watch(Side *side, uint32_t events)
{
	if (side->fd < 0 || side->events == events)
		return;
	side->events = events;
	(void)sd_event_source_set_io_events(side->source, events);
}

void side_mute(Side *side, bool mute)
{
	if (side->fd >= 0)
		(void)sd_event_source_set_enabled(side->source, mute ? SD_EVENT_OFF : SD_EVENT_ON);
}

/* How much of it went; less than 0: nobody is there. */
static ssize_t send_some(const Side *side, const char *bytes, size_t length)
{
	size_t sent = 0;

	while (sent < length) {
		ssize_t part = send(side->fd, bytes + sent, length - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (part < 0 && errno == EAGAIN)
			break;
		if (part < 0 && errno != EINTR)
			return -1;
		sent += (size_t)MAX(part, 0);
	}
	return (ssize_t)sent;
}

bool side_write(Side *side, const char *bytes, size_t length)
{
	ssize_t sent = side->out.length || !length ? 0 : send_some(side, bytes, length);

	if (sent < 0)
		return false;
	if ((size_t)sent < length)
		bytes_add(&side->out, bytes + sent, length - (size_t)sent);
	return true;
}

bool side_flush(Side *side)
{
	ssize_t sent = side->out.length ? send_some(side, side->out.at + side->written, side->out.length - side->written) : 0;

	if (sent < 0)
		return false;
	side->written += (size_t)sent;
	if (side->written == side->out.length)
		side_drop(side);
	return true;
}

bool side_waits(const Side *side)
{
	return side->out.length > 0;
}

void side_shut(Side *side)
{
	if (side->shut || side->out.length || side->fd < 0)
		return;
	side->shut = true;
	(void)shutdown(side->fd, SHUT_WR);
}
