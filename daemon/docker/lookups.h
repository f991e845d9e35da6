/* SPDX-License-Identifier: MIT
 *
 * The Lookup of core/lookup.h on the real Docker: questions from any thread, asked on the main
 * thread, answers kept while Docker's event stream is heard.
 */
#pragma once

#include <systemd/sd-event.h>
#include <glib.h>
#include "core/image-source.h"
#include "core/lookup.h"
#include "docker/events.h"

typedef struct Lookups Lookups;

/* `host`: NULL for Docker's usual socket.  Where nobody listens and that is not `required`, requests
 * are judged by what they say (FACT_NOBODY); else the answer is FACT_FAILED. */
Lookups *lookups_new(sd_event *event, const char *host, bool required, GError **error);
/* What waits fails at once, and so does what comes after.  Main thread, before those who ask end. */
void lookups_stop(Lookups *lookups);
void lookups_free(Lookups *lookups); /* NULL is accepted */
/* Images by way of the same Docker; lives as long as it does. */
ImageSource lookups_image_source(Lookups *lookups);
/* Hears of images that come (docker/events.h), as long as events are heard: see to that with lookups_listen(). */
void lookups_set_image_observer(Lookups *lookups, EventsArrivalFn observer, void *data);
void lookups_set_pull_observer(Lookups *lookups, EventsImageFn observer, void *data);
void lookups_set_container_observer(Lookups *lookups, EventsImageFn heard, EventsImageFn gone, void *data);
void lookups_set_version_observer(Lookups *lookups, EventsImageFn observer, void *data);
void lookups_listen(Lookups *lookups); /* when Docker has called or answered */
const char *lookups_socket(const Lookups *lookups); /* where Docker listens */
const Lookup *lookups_get(Lookups *lookups); /* lives as long as it does */
/* How long one answer is waited for, of a Docker that answers pings meanwhile.  Main thread. */
void lookups_set_patience(Lookups *lookups, unsigned seconds);
