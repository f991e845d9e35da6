/* SPDX-License-Identifier: MIT
 *
 * Docker's event stream, heard to know when a kept answer is no longer good; and what there is to say
 * of the Docker that is met.
 * Main thread.
 */
#pragma once

#include <systemd/sd-event.h>
#include "docker/client.h"
#include "docker/memory.h"
#include "docker/probes.h"

typedef struct Events Events;

/* `probes`: NULL for an instance that Docker does not ask. */
Events *events_new(sd_event *event, Client *client, Memory *memory, Probes *probes);
/* An image was built, pulled, loaded, imported or given a name; called from inside an event: it must not start a
 * call of the client's by itself. */
typedef void (*EventsImageFn)(const char *image, void *data);
/* `name`: as people call it, "app:1"; its id when Docker says none.  `made`: it may have been built here; else it came from elsewhere. */
typedef void (*EventsArrivalFn)(const char *image, const char *name, bool made, void *data);
void events_set_image_observer(Events *events, EventsArrivalFn observer, void *data);
/* Of a pull that has succeeded: with its name as Docker writes it, "busybox:1.36". */
void events_set_pull_observer(Events *events, EventsImageFn observer, void *data);
/* A container was removed: `gone`, with its id; what was removed before events were heard is told by nobody: `heard`, with "", is called
 * whenever they begin to be. */
void events_set_container_observer(Events *events, EventsImageFn heard, EventsImageFn gone, void *data);
/* Hears of each version that is met. */
void events_set_version_observer(Events *events, EventsImageFn observer, void *data);
void events_free(Events *events); /* NULL is accepted */
/* Somebody asks Docker: begins to listen when it does not yet.  It is tried again only after
 * LIMIT_EVENTS_RETRY_S, at once when it worked and Docker calls; until it works nothing is kept. */
void events_want(Events *events);
/* A call of Docker's has come.  True: its events are heard; `ret_first`: it is the first one that came unheard.  Any thread. */
bool events_meet(Events *events, bool *ret_first);
void events_answered(Events *events); /* any thread */
/* Nobody asks, but what is heard is of use: listens to a Docker that has called or answered.  Where systemd listens for Docker, connecting to it would
 * start one that was stopped. */
void events_keep(Events *events);
