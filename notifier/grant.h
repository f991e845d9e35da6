/* SPDX-License-Identifier: MIT
 *
 * "Allow once": CreateGrant, for which polkit asks an administrator.
 */
#pragma once

#include "notifier/guard.h"
#include "notifier/screen.h"

void grant_ask(Guard *guard, Screen *screen, Bubble *bubble);
