/* SPDX-License-Identifier: MIT */
#include <systemd/sd-daemon.h>
#include "base/limits.h"
#include "base/timer.h"
#include "service/drain.h"

#define STEP_US ((uint64_t)5 * 1000)
#define SETTLE_US ((uint64_t)50 * 1000)
#define DRAIN_US (LIMIT_DRAIN_MS * (uint64_t)1000)

/* No call that needs Docker, or a scan, is answered from now on. */
static void part(Drain *drain)
{
	server_part(drain->server);
	lookups_stop(drain->lookups);
	jobs_wait_no_more(drain->jobs);
	pushes_wait_no_more(drain->pushes);
	drain->parted = true;
}

/* Nobody comes after us at a socket of our own.  Calls that wait for Docker need this loop, and new connections: Docker asks about our
 * own questions, too, and tries again after 1, 2 and 4 s when one of its connections broke (moby pkg/plugins/client.go, backoff).  So
 * the socket is left when there is nothing to answer; where calls never cease, nothing new waits for Docker from half of the time on. */
static void answer_all(Drain *drain, uint64_t now)
{
	bool late = now >= drain->until_us - DRAIN_US / 2;

	if (late)
		server_ask_no_more(drain->server);
	if (late ? server_waits(drain->server) : server_busy(drain->server))
		return;
	server_quiesce(drain->server);
	drain->quiesced = true;
	part(drain);
}

/* Where systemd holds the socket, what would have to wait for Docker is asked again, of the one that comes after us.  On a new connection:
 * dockerd must have noticed first that those which it keeps have ended, for a call that was sent on cannot be repeated (net/http sets no
 * GetBody there). */
static void hand_over(Drain *drain, uint64_t now, unsigned idle)
{
	if (idle || !drain->settled_us)
		drain->settled_us = idle ? 0 : now;
	if (!idle && now >= drain->settled_us + SETTLE_US)
		part(drain);
}

static int on_step(sd_event_source *source, uint64_t now, void *data)
{
	Drain *drain = data;
	unsigned idle = 0, open = drain->quiesced ? server_let_go(drain->server, &idle) : 0;

	if (!drain->quiesced)
		answer_all(drain, now);
	else if (!drain->parted)
		hand_over(drain, now, idle);
	if (now < drain->until_us && (!drain->quiesced || open))
		return timer_start(source, STEP_US);
	if (!drain->parted)
		part(drain);
	return sd_event_exit(drain->event, 0);
}

int drain_set_up(Drain *drain, sd_event *event)
{
	drain->event = event;
	return timer_new(event, &drain->timer, on_step, drain);
}

int drain_begin(Drain *drain, Server *server, Lookups *lookups, ScanJobs *jobs, Pushes *pushes)
{
	uint64_t now;

	if (drain->until_us || !server || sd_event_now(drain->event, CLOCK_MONOTONIC, &now) < 0)
		return sd_event_exit(drain->event, 0);
	(void)sd_notify(0, "STOPPING=1");
	drain->server = server;
	drain->lookups = lookups;
	drain->jobs = jobs;
	drain->pushes = pushes;
	drain->until_us = now + DRAIN_US;
	server_retire(server);
	if (server_hands_over(server))
		server_quiesce(server);
	drain->quiesced = server_hands_over(server);
	return timer_start(drain->timer, 0) < 0 ? sd_event_exit(drain->event, 0) : 0;
}

void drain_clear(Drain *drain)
{
	sd_event_source_unref(drain->timer);
}
