/* SPDX-License-Identifier: MIT
 *
 * The parts of the service that connect others.  Those who are connected are played by the test, whose functions stand where the library's would:
 * they note what they are told to do.
 */
#pragma once

#include <string.h>
#include "policy-fixture.h"

/* What was done, a word each. */
static GString *done;

static inline void note(const char *word)
{
	g_string_append_printf(done, "%s%s", done->len ? " " : "", word);
}

static inline void expect(const char *words)
{
	g_assert_cmpstr(done->str, ==, words);
	g_string_truncate(done, 0);
}

static inline void publish(WorldCell *cell, const char *rules)
{
	g_autoptr(Policy) policy = fixture_policy(rules);

	(void)world_publish(cell, policy, FAIL_CLOSED, LOG_READS_ALL);
}
