/* SPDX-License-Identifier: MIT
 *
 * org.freedesktop.PolicyKit1 for tests: answers as it is told and remembers what it was asked.
 */
#pragma once

#include "bus-fixture.h"

/* Owns the name on the fixture's bus, in a process of its own. */
GPid mock_polkit_start(const BusFixture *fixture);
void mock_polkit_stop(GPid pid);
/* The same in this process, until it is killed; of the fixture: dir and address. */
int mock_polkit_serve(const BusFixture *fixture);
/* yes, no, challenge, dismissed, full (too many wait), bare (a yes that is no answer of polkit's) or hang for the action with this last word; the others are "no". */
void mock_polkit_say(const BusFixture *fixture, const char *action, const char *answer);
/* Forgets what it was told and asked. */
void mock_polkit_clear(const BusFixture *fixture);
/* The questions since then: "ACTION INTERACTIVE POLICY MODE\n" each. */
char *mock_polkit_questions(const BusFixture *fixture);
/* One line a question: the action and the names of its details, with tabs between. */
char *mock_polkit_details(const BusFixture *fixture);
