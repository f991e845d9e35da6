/* SPDX-License-Identifier: MIT
 *
 * Where pins are: a small tmpfs that only root enters and nobody writes in, so that Docker cannot make a source there that is missing.
 * The helper makes the places through a mount of it that nobody else sees.
 */
#pragma once

#include <stdbool.h>

typedef struct PinPlace {
	int visible;  /* the directory of pins */
	int writable; /* the same, on a mount of our own */
} PinPlace;

/* Mounted when it is not; `ret_fresh`: it was not, so there are no pins.  0, or a negative errno. */
int pin_place_open(const char *dir, PinPlace *ret, bool *ret_fresh);
/* An empty directory for a new pin, under a name that never was (PIN_NAME_LENGTH digits).  0, or a negative errno. */
int pin_place_new(const PinPlace *place, char *ret_name);
/* The same under a name that was given before.  0, or a negative errno. */
int pin_place_add(const PinPlace *place, const char *name);
/* What is there under the name is unmounted, for whoever does not use it already, and the name is gone. */
void pin_place_remove(const PinPlace *place, const char *name);
/* Whether a pin is mounted there. */
bool pin_place_holds(const PinPlace *place, const char *name);
/* Removes all that `keep` does not want. */
void pin_place_sweep(const PinPlace *place, bool (*keep)(const char *name, void *data), void *data);
