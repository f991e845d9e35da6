/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/timer.h"
#include "pin/message.h"
#include "pin/process.h"
#include "pin/serve.h"
#include "pin/session.h"

#define MS_US UINT64_C(1000)
#define SECOND_US UINT64_C(1000000)

typedef struct Service {
	PinKeeper *keeper;
	sd_event *event;
	sd_event_source *listening, *expiry, *idle;
	SessionMonitor *logins; /* NULL: no logind, or none that can be heard; then it is looked at once a minute */
	GQueue connections;     /* Connection * */
	GQueue jobs;            /* PinJob * */
	Processes *processes;
	PinAnswer answer;       /* on its way: too large for a stack */
} Service;

typedef struct Connection {
	Service *service;
	sd_event_source *source;
	int fd;
} Connection;

/* One pin that is being made. */
typedef struct PinJob {
	Service *service;
	Connection *connection; /* NULL: it is gone */
	PinQuestion question;
	char name[PIN_NAME_LENGTH + 8];
	Process *process;
	int pipe;
	sd_event_source *source, *deadline;
} PinJob;

static void set_timers(Service *service)
{
	uint64_t end_us = pin_table_next_end(service->keeper->table), now_us = (uint64_t)g_get_real_time();
	bool idle = pin_table_count(service->keeper->table) == 0 && g_queue_is_empty(&service->connections) &&
		    g_queue_is_empty(&service->jobs) && processes_late(service->processes) == 0;

	if (!pin_table_count(service->keeper->table))
		(void)timer_stop(service->expiry);
	else /* the clock may be set: it is looked at once a minute at least */
		(void)timer_start(service->expiry, MIN(end_us > now_us ? end_us - now_us : 0, LIMIT_PIN_IDLE_S * SECOND_US));
	(void)(idle ? timer_start(service->idle, LIMIT_PIN_IDLE_S * SECOND_US) : timer_stop(service->idle));
}

static void close_connection(Connection *connection)
{
	Service *service = connection->service;

	for (GList *link = service->jobs.head; link; link = link->next)
		if (((PinJob *)link->data)->connection == connection)
			((PinJob *)link->data)->connection = NULL;
	(void)g_queue_remove(&service->connections, connection);
	sd_event_source_disable_unref(connection->source);
	(void)close(connection->fd);
	g_free(connection);
	(void)sd_event_source_set_enabled(service->listening, SD_EVENT_ON);
	set_timers(service);
}

/* False: the connection is closed. */
static bool send_answer(Connection *connection, const PinAnswer *answer)
{
	ssize_t length = (ssize_t)pin_answer_size(answer);

	if (send(connection->fd, answer, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL) == length)
		return true;
	close_connection(connection);
	return false;
}

static void begin_answer(Service *service, const PinQuestion *question)
{
	memset(&service->answer, 0, sizeof service->answer);
	service->answer.number = question->number;
}

static void free_job(PinJob *job)
{
	(void)g_queue_remove(&job->service->jobs, job);
	sd_event_source_disable_unref(job->source);
	sd_event_source_disable_unref(job->deadline);
	(void)close(job->pipe);
	g_free(job);
}

/* Nobody knows the name of a pin whose caller is gone. */
static void end_job(PinJob *job, const PinMade *made)
{
	Service *service = job->service;
	Connection *connection = job->connection;

	process_leave(&job->process, made->step == PIN_STEP_TIME);
	begin_answer(service, &job->question);
	pin_keeper_finish(service->keeper, &job->question, job->name, made, &service->answer);
	if (service->answer.result == PIN_OK && (!connection || !send_answer(connection, &service->answer)))
		(void)pin_keeper_drop(service->keeper, job->name);
	else if (service->answer.result != PIN_OK && connection)
		(void)send_answer(connection, &service->answer);
	free_job(job);
	set_timers(service);
}

static int on_made(sd_event_source *source, int fd, uint32_t events, void *data)
{
	PinMade made;

	(void)source;
	(void)events;
	if (read(fd, &made, sizeof made) != (ssize_t)sizeof made)
		made = (PinMade){ .step = PIN_STEP_LOOK, .error = EIO };
	end_job(data, &made);
	return 0;
}

static int on_deadline(sd_event_source *source, uint64_t us, void *data)
{
	const PinMade late = { .step = PIN_STEP_TIME, .error = ETIMEDOUT };

	(void)source;
	(void)us;
	end_job(data, &late);
	return 0;
}

/* Those that are late count, or somebody whose file system does not answer would have as many as there may be. */
static PinMaking count_jobs(const Service *service, uint32_t uid)
{
	PinMaking making = { processes_late_of(service->processes, uid), service->jobs.length + processes_late(service->processes) };

	for (const GList *link = service->jobs.head; link; link = link->next)
		making.own += ((const PinJob *)link->data)->question.uid == uid;
	return making;
}

static void on_process_end(void *data)
{
	set_timers(data);
}

/* 0, or a negative errno: the job ends as failed. */
static int start_job(PinJob *job, int directory, int userns)
{
	Service *service = job->service;
	const PinPlan plan = {
		.directory = directory,
		.uid = job->question.uid,
		.flags = job->question.flags,
		.userns = userns,
		.place = service->keeper->place.visible,
		.name = job->name,
	};
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	job->pipe = ends[0];
	r = pin_make_apart(&plan, ends[1]);
	(void)close(ends[1]);
	if (r < 0)
		return r;
	int process = r;
	r = process_watch(service->processes, process, job->question.uid, &job->process);
	(void)close(process);
	if (r < 0 || (r = sd_event_add_io(service->event, &job->source, ends[0], EPOLLIN, on_made, job)) < 0 ||
		(r = timer_new(service->event, &job->deadline, on_deadline, job)) < 0)
		return r;
	return timer_start(job->deadline, LIMIT_PIN_MAKE_MS * MS_US);
}

static void make(Connection *connection, const PinQuestion *question, int directory)
{
	Service *service = connection->service;
	PinJob *job = g_new0(PinJob, 1);
	int userns;

	*job = (PinJob){ .service = service, .connection = connection, .question = *question, .pipe = -1 };
	if (!pin_keeper_prepare(service->keeper, question, count_jobs(service, question->uid), &service->answer, job->name, &userns)) {
		g_free(job);
		(void)send_answer(connection, &service->answer);
		return;
	}
	g_queue_push_tail(&service->jobs, job);
	int r = start_job(job, directory, userns);
	if (r < 0) {
		const PinMade failed = { .step = PIN_STEP_LOOK, .error = -r };
		end_job(job, &failed);
	}
}

static int on_question(sd_event_source *source, int fd, uint32_t events, void *data)
{
	Connection *connection = data;
	Service *service = connection->service;
	PinQuestion question;
	int directory;

	(void)source;
	(void)events;
	if (!pin_message_receive(fd, &question, &directory)) {
		close_connection(connection);
		return 0;
	}
	pin_keeper_expire(service->keeper, (uint64_t)g_get_real_time());
	begin_answer(service, &question);
	if (question.ask == PIN_MAKE) {
		make(connection, &question, directory);
	} else {
		pin_keeper_answer(service->keeper, &question, &service->answer);
		(void)send_answer(connection, &service->answer);
	}
	if (directory >= 0)
		(void)close(directory);
	set_timers(service);
	return 0;
}

/* While there are as many as may be, others wait in the socket's queue. */
static int on_connection(sd_event_source *source, int fd, uint32_t events, void *data)
{
	Service *service = data;
	Connection *connection;
	int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (accepted < 0)
		return 0;
	connection = g_new0(Connection, 1);
	*connection = (Connection){ .service = service, .fd = accepted };
	g_queue_push_tail(&service->connections, connection);
	if (sd_event_add_io(service->event, &connection->source, accepted, EPOLLIN, on_question, connection) < 0)
		close_connection(connection);
	if (service->connections.length >= LIMIT_PIN_CONNECTIONS)
		(void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
	set_timers(service);
	return 0;
}

static int on_expiry(sd_event_source *source, uint64_t us, void *data)
{
	Service *service = data;

	(void)source;
	(void)us;
	pin_keeper_expire(service->keeper, (uint64_t)g_get_real_time());
	pin_keeper_log_out(service->keeper);
	set_timers(service);
	return 0;
}

static void on_login(void *data)
{
	Service *service = data;

	pin_keeper_log_out(service->keeper);
	set_timers(service);
}

static int on_idle(sd_event_source *source, uint64_t us, void *data)
{
	(void)us;
	(void)data;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int set_up(Service *service, int socket)
{
	sigset_t mask;
	int r;

	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGTERM);
	(void)sigaddset(&mask, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
		return -errno;
	if ((r = sd_event_add_signal(service->event, NULL, SIGTERM, NULL, NULL)) < 0 ||
		(r = sd_event_add_io(service->event, &service->listening, socket, EPOLLIN, on_connection, service)) < 0 ||
		(r = timer_new(service->event, &service->expiry, on_expiry, service)) < 0 ||
		(r = timer_new(service->event, &service->idle, on_idle, service)) < 0)
		return r;
	service->logins = session_monitor_new(service->event, on_login, service);
	pin_keeper_log_out(service->keeper); /* what ended while nobody was here */
	set_timers(service);
	return 0;
}

static void clear(Service *service)
{
	const PinMade ended = { .step = PIN_STEP_TIME, .error = EINTR };

	while (!g_queue_is_empty(&service->jobs))
		end_job(g_queue_peek_head(&service->jobs), &ended);
	while (!g_queue_is_empty(&service->connections))
		close_connection(g_queue_peek_head(&service->connections));
	processes_free(service->processes);
	sd_event_source_disable_unref(service->listening);
	sd_event_source_disable_unref(service->expiry);
	sd_event_source_disable_unref(service->idle);
	session_monitor_free(service->logins);
	sd_event_unref(service->event);
	g_free(service);
}

int pin_serve(PinKeeper *keeper, int socket)
{
	Service *service = g_new0(Service, 1);
	int r = sd_event_new(&service->event);

	service->keeper = keeper;
	service->processes = processes_new(service->event, on_process_end, service);
	if (r >= 0)
		r = set_up(service, socket);
	if (r >= 0)
		r = sd_event_loop(service->event);
	clear(service);
	return r;
}
