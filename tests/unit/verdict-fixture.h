/* SPDX-License-Identifier: MIT
 *
 * A verdict of a scanner, and the table that it stands in.
 */
#pragma once

#include "policy/verdict.h"
#include "policy-fixture.h"

#define ID "sha256:00000000000000000000000000000000000000000000000000000000000000aa"
#define OTHER "sha256:00000000000000000000000000000000000000000000000000000000000000bb"
#define HOUR_US (INT64_C(3600) * 1000 * 1000)

static inline Verdict *verdict(const char *image, const char *scanner, bool secrets, bool whole, int64_t age_h, unsigned critical, unsigned high, unsigned medium)
{
	Verdict *v = verdict_new();

	v->image_id = image;
	v->scanner = scanner;
	v->secrets = secrets;
	v->whole = whole;
	v->detail = whole ? "" : "trivy: trivy is not installed (looked for it in /usr/bin)";
	v->time_us = FIXTURE_NOW - age_h * HOUR_US;
	v->critical = critical;
	v->high = high;
	v->medium = medium;
	return v;
}

static inline void put(VerdictTable **table, Verdict *v)
{
	VerdictTable *changed = verdict_table_with(*table, v);

	verdict_table_unref(*table);
	*table = changed;
}
