/* SPDX-License-Identifier: MIT
 *
 * What an administrator does over the bus, in the audit trail before it is done.  Any thread.
 */
#include <errno.h>
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/users.h"
#include "bus/tell.h"

bool work_tell(Work *work, const AuditEvent *event)
{
	g_autofree char *by = user_name(USER_DATABASE, work->uid);
	AuditEvent told = *event;

	told.user = text_printable(work->arena, by, LIMIT_RECORD_FIELD);
	told.summary = text_printable(work->arena, event->summary, LIMIT_RECORD_FIELD);
	int r = audit_event_write(work->context->ledger, &told);
	/* A private instance beside the one that holds the trail does what its caller could do by hand. */
	if (r == 0 || (r == -ENOLCK && !work->context->serves))
		return true;
	if (!work->error)
		g_set_error(&work->error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "this cannot be written to the audit trail in %s (%s) and was not done; is there room on that disk?",
			work->context->paths->audit_dir, g_strerror(-r));
	return false;
}
