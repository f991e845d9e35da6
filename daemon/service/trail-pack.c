/* SPDX-License-Identifier: MIT
 *
 * audit.compress: on a thread of its own, behind all others: a large file takes seconds.
 */
#include <errno.h>
#include "audit/pack.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/pulse.h"
#include "service/trail.h"

#define PLAIN 1u /* the one that was put away last: whoever reads the trail by the files' names has until the next one to read it */

typedef struct PackJob {
	Trail *trail;
	Journal *journal; /* it stays until the end, and the packer ends before */
	char *dir;
	PackResult result;
	int r;
} PackJob;

static bool may_go_on(void *data)
{
	pulse_beat();
	return !atomic_load(&((const PackJob *)data)->trail->ending);
}

static void run(void *data)
{
	PackJob *job = data;

	job->r = pack_run(job->journal, job->dir, PLAIN, may_go_on, job, &job->result);
}

/* The next one follows at once; a removal that came between is no failure. */
static void done(void *data)
{
	PackJob *job = data;
	Trail *trail = job->trail;
	const bool failed = job->r < 0 && job->r != -ECANCELED && job->r != -ESTALE;

	trail->packing = false;
	if (job->result.name) {
		log_info("%s/%s is packed: %" G_GINT64_FORMAT " bytes instead of %" G_GINT64_FORMAT, job->dir, job->result.name,
			job->result.after, job->result.before);
		trail->pack_due_us = 0;
	}
	if (failed && !trail->packing_failed)
		log_warning("a finished file of the audit trail in %s cannot be packed now, and stays as it is: %s", job->dir,
			g_strerror(-job->r));
	trail->packing_failed = failed;
	g_free(job->result.name);
	g_free(job->dir);
	g_free(job);
}

void trail_pack(Trail *trail, Journal *journal)
{
	const int64_t now = g_get_monotonic_time();

	if (!trail->packer || !trail->settings.pack || trail->packing || now < trail->pack_due_us)
		return;
	PackJob *job = g_new0(PackJob, 1);
	*job = (PackJob){ .trail = trail, .journal = journal, .dir = g_strdup(trail->dir) };
	trail->pack_due_us = now + (int64_t)LIMIT_PACK_S * G_USEC_PER_SEC;
	trail->packing = worker_submit(trail->packer, run, done, job);
	if (trail->packing)
		return;
	g_free(job->dir);
	g_free(job);
}

void trail_give_up_packing(Trail *trail)
{
	atomic_store(&trail->ending, true);
}
