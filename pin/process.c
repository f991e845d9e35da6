/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "pin/process.h"

struct Processes {
	sd_event *event;
	void (*ended)(void *data);
	void *data;
	GQueue all; /* Process * */
};

struct Process {
	Processes *processes;
	Process **handle; /* NULL: nobody waits for it */
	sd_event_source *source;
	uint32_t uid;
	bool late;
};

Processes *processes_new(sd_event *event, void (*ended)(void *data), void *data)
{
	Processes *processes = g_new0(Processes, 1);

	*processes = (Processes){ .event = event, .ended = ended, .data = data };
	return processes;
}

static void process_free(Process *process)
{
	if (process->handle)
		*process->handle = NULL;
	(void)g_queue_remove(&process->processes->all, process);
	sd_event_source_disable_unref(process->source);
	g_free(process);
}

void processes_free(Processes *processes)
{
	if (!processes)
		return;
	while (!g_queue_is_empty(&processes->all))
		process_free(g_queue_peek_head(&processes->all));
	g_free(processes);
}

static int on_exit_of(sd_event_source *source, const siginfo_t *info, void *data)
{
	Process *process = data;
	const Processes *processes = process->processes;

	(void)source;
	(void)info;
	process_free(process);
	processes->ended(processes->data);
	return 0;
}

int process_watch(Processes *processes, int pidfd, uint32_t uid, Process **ret)
{
	Process *process = g_new0(Process, 1);
	int own = fcntl(pidfd, F_DUPFD_CLOEXEC, 3), r = own < 0 ? -errno : 0;

	*process = (Process){ .processes = processes, .handle = ret, .uid = uid };
	if (r < 0 || (r = sd_event_add_child_pidfd(processes->event, &process->source, own, WEXITED, on_exit_of, process)) < 0) {
		if (own >= 0)
			(void)close(own);
		g_free(process);
		return r;
	}
	g_queue_push_tail(&processes->all, process);
	*ret = process;
	return sd_event_source_set_child_pidfd_own(process->source, 1);
}

void process_leave(Process **process, bool late)
{
	Process *left = *process;

	if (!left)
		return;
	left->handle = NULL;
	left->late = late;
	if (late)
		(void)sd_event_source_send_child_signal(left->source, SIGKILL, NULL, 0);
	*process = NULL;
}

unsigned processes_late_of(const Processes *processes, uint32_t uid)
{
	unsigned count = 0;

	for (const GList *link = processes->all.head; link; link = link->next)
		count += ((const Process *)link->data)->late && ((const Process *)link->data)->uid == uid;
	return count;
}

unsigned processes_late(const Processes *processes)
{
	unsigned count = 0;

	for (const GList *link = processes->all.head; link; link = link->next)
		count += ((const Process *)link->data)->late;
	return count;
}
