/* SPDX-License-Identifier: MIT
 *
 * What one sender may have under way at a time: calls that wait for an authorization or for the worker.
 */
#include "base/limits.h"
#include "bus/internal.h"

bool quota_take(Bus *bus, const char *sender)
{
	unsigned *count = g_hash_table_lookup(bus->calls, sender ? sender : "");

	if (!count) {
		count = g_new0(unsigned, 1);
		g_hash_table_insert(bus->calls, g_strdup(sender ? sender : ""), count);
	}
	if (*count == LIMIT_CALLS_PER_SENDER)
		return false;
	++*count;
	return true;
}

void quota_give_back(Bus *bus, const char *sender)
{
	unsigned *count = g_hash_table_lookup(bus->calls, sender ? sender : "");

	if (count && --*count == 0)
		(void)g_hash_table_remove(bus->calls, sender ? sender : "");
}

/* A call on its way through the worker. */
typedef struct Job {
	Bus *bus;
	char *sender;
	JobFn work, done;
	void *data;
} Job;

static void job_work(void *data)
{
	const Job *job = data;

	job->work(job->data);
}

static void job_done(void *data)
{
	Job *job = data;

	quota_give_back(job->bus, job->sender);
	job->done(job->data);
	g_free(job->sender);
	g_free(job);
}

bool bus_submit(Bus *bus, sd_bus_message *call, JobFn work, JobFn done, void *data)
{
	const char *sender = sd_bus_message_get_sender(call);

	if (!quota_take(bus, sender))
		return false;
	Job *job = g_new0(Job, 1);
	*job = (Job){ bus, g_strdup(sender), work, done, data };
	if (worker_submit(bus->context->worker, job_work, job_done, job))
		return true;
	quota_give_back(bus, sender);
	g_free(job->sender);
	g_free(job);
	return false;
}
