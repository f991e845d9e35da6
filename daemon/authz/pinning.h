/* SPDX-License-Identifier: MIT
 *
 * A pin goes to the first container that is made with it: taken before the create is allowed, bound to the container's id when Docker
 * says it.  The thread that answers Docker.
 */
#pragma once

#include "core/pin-book.h"
#include "request/pins.h"

typedef struct Pinning Pinning;

/* Containers that have pins are written into `book` (core/pin-book.h). */
Pinning *pinning_new(const char *pin_socket, PinBook *book);
void pinning_free(Pinning *pinning); /* NULL is accepted */
/* The same create with what `print` says of its pins: whether another one named them before.  `request` itself when none did. */
const Request *pinning_compare(const Request *request, const char *print, Arena *arena);
/* The pins of a create that is about to be allowed; `print` is the call's (request/print.h).  False: one of them is not to be had any more.
 */
bool pinning_take(Pinning *pinning, const Request *request, const char *print);
/* Whether an answer of Docker's to a create is of interest. */
bool pinning_expects(const Pinning *pinning);
/* A call that is about to be allowed while nobody hears Docker's events: it may remove a container that has a pin. */
void pinning_unheard(Pinning *pinning, const Request *request);
/* What came of the create.  `made` with "" : nobody knows which container; the pin stays taken, and nothing starts with it. */
void pinning_made(Pinning *pinning, const Request *request, const char *print, bool made, const char *container);
