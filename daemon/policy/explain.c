/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include "base/limits.h"
#include "base/text.h"
#include "policy/policy.h"

static void put_finding(Buffer *out, const Finding *finding, Arena *arena)
{
	g_autofree char *severity = g_ascii_strup(severity_name(finding->severity), -1);

	buffer_printf(out, "🚫 [%s] %s\n", severity, text_printable(arena, finding->message, LIMIT_RECORD_FIELD));
}

/* What blocks; when only the sum is too high, everything that adds to it. */
static void put_findings(Buffer *out, const Decision *decision, Arena *arena)
{
	bool blocked = decision->finding_count && decision->findings[0].action == ACTION_BLOCK;

	for (size_t i = 0; i < decision->finding_count; i++)
		if (!blocked || decision->findings[i].action == ACTION_BLOCK)
			put_finding(out, &decision->findings[i], arena);
	if (!blocked)
		buffer_printf(out, "🚫 The risk score is above the limit of %u\n", decision->max_score);
}

const char *decision_explain(const Decision *decision, uint64_t id, Arena *arena)
{
	Buffer out = BUFFER_INIT(arena);

	buffer_printf(&out, "⛔ BLOCKED BY SENTINEL (Risk Score: %u/100)\n", decision->score);
	if (decision->heading)
		buffer_printf(&out, "%s\n", decision->heading);
	put_findings(&out, decision, arena);
	if (decision->mitigation_count)
		buffer_puts(&out, "💡 Suggested fixes:\n");
	for (size_t i = 0; i < decision->mitigation_count; i++)
		buffer_printf(&out, " → %s\n", decision->mitigations[i]);
	if (id)
		buffer_printf(&out, "Decision %" PRIu64 ", policy %s. To look it up: sentinel audit show %" PRIu64, id,
			*decision->policy ? text_printable(arena, decision->policy, LIMIT_POLICY_NAME) : "(none)", id);
	else
		out.data[--out.length] = 0;
	return out.data;
}
