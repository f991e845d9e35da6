/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "authz/judge-read.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* What is still to be read of a packet. */
typedef struct Rest {
	const char *at;
	size_t length;
} Rest;

static bool take(Rest *rest, size_t length, const char **ret)
{
	if (rest->length < length)
		return false;
	*ret = rest->at;
	rest->at += length;
	rest->length -= length;
	return true;
}

/* Printable, or nothing: what a proxy has read of a head is. */
static bool take_text(Rest *rest, size_t length, Arena *arena, const char **ret)
{
	const char *bytes;

	if (!take(rest, length, &bytes))
		return false;
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != '\t' && (bytes[i] < ' ' || bytes[i] >= 0x7f))
			return false;
	*ret = arena_strndup(arena, bytes, length);
	return true;
}

/* A process may have left groups that the database gives its user, and have others. */
static void read_caller(const JudgeQuestion *question, const uint32_t *gids, Accounts *accounts, Arena *arena, Caller *ret)
{
	const UserAccount *account = accounts_get(accounts, question->uid);
	Candidate *candidate = arena_alloc(arena, sizeof *candidate);
	UserGroup *groups = arena_alloc(arena, (question->groups + 1) * sizeof *groups);

	for (uint32_t i = 0; i < question->groups; i++) {
		groups[i] = (UserGroup){ gids[i], arena_printf(arena, "%u", gids[i]) };
		for (guint j = 0; j < account->groups->len; j++)
			if (g_array_index(account->groups, UserGroup, j).gid == gids[i])
				groups[i].name = arena_strdup(arena, g_array_index(account->groups, UserGroup, j).name);
	}
	*candidate = (Candidate){ arena_strdup(arena, account->name), question->uid, question->gid, groups, question->groups };
	*ret = (Caller){ candidate, 1, true };
}

static bool map_body(int descriptor, JudgeAsked *asked)
{
	uint64_t bytes = asked->question.body_bytes;
	struct stat status;

	if (descriptor < 0 || !bytes || bytes > LIMIT_JUDGE_BODY_BYTES || fstat(descriptor, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size != (off_t)bytes)
		return false;
	int seals = fcntl(descriptor, F_GET_SEALS);
	if (seals < 0 || (seals & SEALS) != SEALS)
		return false;
	void *map = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
	if (map == MAP_FAILED)
		return false;
	asked->map = map;
	asked->map_bytes = bytes;
	asked->envelope.call.body = map;
	asked->envelope.call.body_length = bytes;
	return true;
}

/* In the packet, which is the caller's to use again: the call has its own. */
static bool keep_body(const char *bytes, int descriptor, Arena *arena, JudgeAsked *asked)
{
	const JudgeQuestion *question = &asked->question;
	size_t length = question->texts[JUDGE_TEXT_BODY];

	if (question->flags & JUDGE_DESCRIPTOR)
		return (question->flags & JUDGE_HAS_BODY) && !length && map_body(descriptor, asked);
	if (!(question->flags & JUDGE_HAS_BODY) && question->ask == JUDGE_ASK)
		return !length;
	asked->body = memcpy(arena_bytes(arena, length + 1), bytes, length);
	if (question->ask == JUDGE_ASK && length) {
		asked->envelope.call.body = asked->body;
		asked->envelope.call.body_length = length;
	}
	return true;
}

static bool read_texts(Rest *rest, const JudgeQuestion *question, Arena *arena, Envelope *ret, const char **ret_body)
{
	const char **places[] = { &ret->socket, &ret->program, &ret->container, &ret->stranger, &ret->call.method, &ret->call.uri, &ret->call.content_type, &ret->call.content_length };

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
		if (!take_text(rest, question->texts[i], arena, places[i]))
			return false;
	return take(rest, question->texts[JUDGE_TEXT_BODY], ret_body) && !rest->length;
}

bool judge_read(const char *packet, size_t length, int descriptor, Accounts *accounts, Arena *arena, JudgeAsked *ret)
{
	Rest rest = { packet, length };
	const char *bytes, *body;
	uint32_t gids[LIMIT_JUDGE_GROUPS];

	*ret = (JudgeAsked){ .body = "" };
	JudgeQuestion *question = &ret->question;
	if (!take(&rest, sizeof *question, &bytes))
		return false;
	memcpy(question, bytes, sizeof *question);
	if (question->version != JUDGE_VERSION || (question->ask != JUDGE_ASK && question->ask != JUDGE_DONE) || question->groups > LIMIT_JUDGE_GROUPS ||
		!take(&rest, question->groups * sizeof *gids, &bytes))
		return false;
	memcpy(gids, bytes, question->groups * sizeof *gids);
	ret->envelope = (Envelope){ .user = "", .mark = "", .socket = "", .program = "", .container = "", .stranger = "", .call = { .method = "", .uri = "", .content_type = "", .content_length = "", .whole = true } };
	if (!read_texts(&rest, question, arena, &ret->envelope, &body) || !keep_body(body, descriptor, arena, ret))
		return false;
	if (question->ask == JUDGE_DONE)
		return true;
	if (!*ret->envelope.socket || !*ret->envelope.call.method || !*ret->envelope.call.uri || question->uid == USER_NO_ID)
		return false;
	ret->envelope.call.empty_content_type = (question->flags & JUDGE_HAS_TYPE) && !*ret->envelope.call.content_type;
	read_caller(question, gids, accounts, arena, &ret->caller);
	ret->envelope.user = ret->caller.candidates[0].name;
	return true;
}

void asked_clear(JudgeAsked *asked)
{
	if (asked->map)
		(void)munmap(asked->map, asked->map_bytes);
	asked->map = NULL;
	asked->map_bytes = 0;
}
