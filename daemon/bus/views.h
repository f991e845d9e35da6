/* SPDX-License-Identifier: MIT
 *
 * Views of the host's paths for threads that judge now and then.  Any thread.
 */
#pragma once

#include "request/host-view.h"

typedef struct Views Views;

Views *views_new(const char *pin_socket); /* borrowed */
void views_free(Views *views);
/* One that nobody else has meanwhile. */
HostView *views_borrow(Views *views);
void views_give_back(Views *views, HostView *view);
