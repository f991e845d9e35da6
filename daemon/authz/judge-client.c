/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "authz/call-internal.h"
#include "authz/judge-client.h"
#include "base/log.h"
#include "base/pulse.h"
#include "core/dockerd.h"

static const char ending[] = "⛔ DOCKER SENTINEL IS ENDING: nothing was done. Try again when it runs: systemctl status sentineld";
static const char crowded[] = "⛔ DOCKER SENTINEL: too much is being judged at a time: nothing was done. Try again.";

static void call_free(JudgeCall *call)
{
	Judge *judge = call->judge;

	if (*call->mark)
		marks_end(judge->plugin.marks, call->mark);
	asked_clear(&call->asked);
	arena_free(call->arena);
	g_free(call->upstream);
	judge->calls--;
	judge->bodies -= call->bytes;
	g_free(call);
}

/* It stays while it waits: somebody is going to say that it may go on. */
static void call_forget(JudgeCall *call)
{
	call->client = NULL;
	if (!call->call)
		call_free(call);
}

static void forget(void *call)
{
	call_forget(call);
}

void judge_client_end(JudgeClient *client)
{
	(void)g_ptr_array_remove_fast(client->judge->clients, client);
	g_hash_table_unref(client->calls);
	(void)sd_event_source_disable_unref(client->source);
	(void)close(client->fd);
	g_queue_clear_full(&client->answers, (GDestroyNotify)g_bytes_unref);
	g_free(client);
}

/* False: the proxy is gone. */
static bool flush(JudgeClient *client)
{
	GBytes *bytes;

	while ((bytes = g_queue_peek_head(&client->answers))) {
		gsize length;
		const void *data = g_bytes_get_data(bytes, &length);
		if (send(client->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
			if (errno != EAGAIN && errno != ENOBUFS)
				return false;
			break;
		}
		g_bytes_unref(g_queue_pop_head(&client->answers));
	}
	(void)sd_event_source_set_io_events(client->source, g_queue_is_empty(&client->answers) ? EPOLLIN : EPOLLIN | EPOLLOUT);
	return true;
}

static void say(JudgeClient *client, const JudgeAnswer *answer, const char *const texts[JUDGE_SAYS])
{
	GByteArray *packet = g_byte_array_new();
	JudgeAnswer head = *answer;

	head.version = JUDGE_VERSION;
	for (int i = 0; i < JUDGE_SAYS; i++)
		head.texts[i] = texts[i] ? (uint32_t)MIN(strlen(texts[i]), (size_t)LIMIT_JUDGE_INLINE_BYTES) : 0;
	(void)g_byte_array_append(packet, (const guint8 *)&head, sizeof head);
	for (int i = 0; i < JUDGE_SAYS; i++)
		(void)g_byte_array_append(packet, (const guint8 *)texts[i], head.texts[i]);
	g_queue_push_tail(&client->answers, g_byte_array_free_to_bytes(packet));
	(void)flush(client); /* that it is gone, its socket says */
}

static void end_with(JudgeCall *call, JudgeVerdict verdict, const char *text)
{
	JudgeClient *client = call->client;

	const char *const texts[JUDGE_SAYS] = { [JUDGE_SAYS_TEXT] = text };

	say(client, &(JudgeAnswer){ .verdict = verdict, .number = call->number }, texts);
	(void)g_hash_table_remove(client->calls, &call->number);
}

/* Whether it matters what Docker does with it: to grants and pins, builds, pushes and pulls. */
static bool is_followed(const Request *request)
{
	return request->kind == KIND_CONTAINER_CREATE || request->kind == KIND_EXEC_CREATE || request->kind == KIND_IMAGE_BUILD || request->kind == KIND_BUILDKIT ||
	       !strcmp(request->endpoint, "container.commit") || pushes_concern(request);
}

static void allow(JudgeCall *call, const Request *request)
{
	const Plugin *plugin = call->plugin;
	const char *const texts[JUDGE_SAYS] = { [JUDGE_SAYS_UPSTREAM] = call->upstream, [JUDGE_SAYS_TARGET] = call->filter.target, [JUDGE_SAYS_LABELS] = call->filter.labels };
	bool shows = request->kind == KIND_CONTAINER_CREATE || request->kind == KIND_EXEC_CREATE, followed = is_followed(request);
	JudgeAnswer answer = { .verdict = JUDGE_ALLOWED, .number = call->number,
		.flags = (shows ? JUDGE_SHOW_ANSWER : 0) | (followed ? JUDGE_FOLLOWED : 0) | (call->filter.hides_environment ? JUDGE_HIDE_ENVIRONMENT : 0) };

	/* Another upstream has no plugin of ours behind it, and who listens there could use the mark at Docker's own socket. */
	if (!*call->upstream && !marks_make(plugin->marks, &call->asked.envelope.call, g_get_monotonic_time(), call->mark)) {
		*call->mark = 0;
		plugin_settle(plugin, &call->asked.envelope, call->arena);
		end_with(call, JUDGE_REFUSED, crowded);
		return;
	}
	memcpy(answer.mark, call->mark, sizeof answer.mark);
	say(call->client, &answer, texts);
	if (!followed) {
		asked_clear(&call->asked);
		call->judge->bodies -= call->bytes;
		call->bytes = 0;
		arena_free(g_steal_pointer(&call->arena));
	}
}

static void finish(JudgeCall *call, const Call *judged, const PluginAnswer *answer)
{
	if (answer->body == plugin_allowed.body)
		allow(call, judged->request);
	else if (answer->body == plugin_ending.body)
		end_with(call, JUDGE_REFUSED, ending);
	else
		end_with(call, JUDGE_DENIED, decision_explain(judged->decision, judged->id, call->arena));
}

/* What it waits for will say so. */
static void stay(void *data)
{
	(void)data;
}

/* By whose policy, and as whom, it is judged.  False: it is refused. */
static bool choose(JudgeCall *call)
{
	Envelope *envelope = &call->asked.envelope;
	SocketChoice choice;

	envelope->world = world_acquire(call->plugin->cell);
	bool chosen = socket_choose(envelope->world->sockets, envelope->socket, &call->asked.caller, envelope->stranger, envelope->world->policy, call->arena, &choice, &envelope->refused);
	envelope->user = choice.user;
	if (!chosen || !read_filter(choice.socket, &envelope->call, call->arena, &call->filter, &envelope->refused)) {
		end_with(call, JUDGE_DENIED, call_refuse(call->plugin, envelope, call->arena));
		return false;
	}
	envelope->policy = choice.policy;
	call->asked.caller = choice.caller;
	if (call->filter.target)
		envelope->call.uri = call->filter.target; /* that is what is sent */
	call->upstream = g_strdup(choice.socket->upstream);
	if (*call->upstream)
		call->plugin = &call->judge->foreign;
	return true;
}

static void judge(JudgeCall *call)
{
	const CallWait wait = { stay, judge_resume, call, *call->upstream ? 0 : dockerd_process(call->arena) };
	PluginAnswer answer;

	Call *judged = call_new(call->plugin, &call->asked.envelope, &wait, call->arena);
	call->asked.envelope.world = NULL; /* the call has it */
	call->call = judged; /* before it waits: it may be resumed at once */
	if (call_go_on(judged, &answer)) {
		call->call = NULL;
		finish(call, judged, &answer);
	} else {
		call->judge->waiting++;
	}
}

static void begin(JudgeCall *call)
{
	pulse_begin(PULSE_JUDGE);
	if (choose(call))
		judge(call);
	pulse_end(PULSE_JUDGE);
}

void judge_go_on(JudgeCall *call)
{
	Call *judged = call->call;
	PluginAnswer answer;

	if (!call->client) {
		call->judge->waiting--;
		call_drop(judged);
		call_free(call);
		return;
	}
	pulse_begin(PULSE_JUDGE);
	if (call_go_on(judged, &answer)) {
		call->judge->waiting--;
		call->call = NULL;
		finish(call, judged, &answer);
	}
	pulse_end(PULSE_JUDGE);
}

static bool has_room(const Judge *judge, const JudgeAsked *asked)
{
	return judge->calls < LIMIT_JUDGE_CALLS && judge->bodies + asked->envelope.call.body_length <= LIMIT_JUDGE_BODIES_BYTES;
}

/* False: no proxy asks this. */
static bool ask(JudgeClient *client, JudgeAsked *asked, Arena *arena)
{
	Judge *judge = client->judge;

	if (g_hash_table_contains(client->calls, &asked->question.number))
		return false;
	if (!has_room(judge, asked)) {
		const char *const texts[JUDGE_SAYS] = { [JUDGE_SAYS_TEXT] = crowded };
		say(client, &(JudgeAnswer){ .verdict = JUDGE_REFUSED, .number = asked->question.number }, texts);
		asked_clear(asked);
		arena_free(arena);
		return true;
	}
	JudgeCall *call = g_new0(JudgeCall, 1);
	*call = (JudgeCall){ .judge = judge, .plugin = &judge->plugin, .client = client, .asked = *asked, .number = asked->question.number, .bytes = asked->envelope.call.body_length, .arena = arena };
	call->asked.envelope.caller = &call->asked.caller;
	judge->calls++;
	judge->bodies += call->bytes;
	(void)g_hash_table_insert(client->calls, &call->number, call);
	begin(call);
	return true;
}

static bool done(JudgeClient *client, JudgeAsked *asked, Arena *arena)
{
	JudgeCall *call = g_hash_table_lookup(client->calls, &asked->question.number);

	if (!call || call->call)
		return false;
	if (call->arena) {
		Envelope *envelope = &call->asked.envelope;
		envelope->status = asked->question.status;
		envelope->answer = (JsonBytes){ asked->body, asked->question.texts[JUDGE_TEXT_BODY] };
		plugin_settle(call->plugin, envelope, arena);
	}
	(void)g_hash_table_remove(client->calls, &call->number);
	asked_clear(asked);
	arena_free(arena);
	return true;
}

/* One packet; false: the connection is over. */
static bool take(JudgeClient *client)
{
	Judge *judge = client->judge;
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec place = { judge->packet, LIMIT_JUDGE_PACKET_BYTES };
	struct msghdr message = { .msg_iov = &place, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	ssize_t length = recvmsg(client->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int descriptor = -1;
	JudgeAsked asked = { .map = NULL };

	if (length < 0)
		return errno == EAGAIN || errno == EINTR;
	const struct cmsghdr *passed = CMSG_FIRSTHDR(&message);
	if (passed && passed->cmsg_type == SCM_RIGHTS)
		memcpy(&descriptor, CMSG_DATA(passed), sizeof descriptor);
	Arena *arena = arena_new();
	bool good = length && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) && judge_read(judge->packet, (size_t)length, descriptor, judge->accounts, arena, &asked);
	if (descriptor >= 0)
		(void)close(descriptor);
	if (good && (asked.question.ask == JUDGE_ASK ? ask(client, &asked, arena) : done(client, &asked, arena)))
		return true;
	asked_clear(&asked);
	if (length)
		log_warning("a socket asked the judge what none asks; its connection is closed");
	arena_free(arena);
	return false;
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *data)
{
	JudgeClient *client = data;
	bool lives = true;

	(void)source;
	(void)fd;
	if (events & EPOLLOUT)
		lives = flush(client);
	if (lives && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		lives = take(client);
	if (!lives)
		judge_client_end(client);
	return 0;
}

bool judge_client_add(Judge *judge, int fd)
{
	JudgeClient *client = g_new0(JudgeClient, 1);

	client->judge = judge;
	client->fd = fd;
	if (sd_event_add_io(judge->event, &client->source, fd, EPOLLIN, on_client, client) < 0) {
		g_free(client);
		return false;
	}
	client->calls = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, forget);
	g_queue_init(&client->answers);
	g_ptr_array_add(judge->clients, client);
	return true;
}
