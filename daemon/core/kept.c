/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/scanner-names.h"
#include "core/kept.h"
#include "policy/check/secret-shape.h"
#include "policy/signature.h"
#include "policy/verdict.h"
#include "request/image.h"
#include "request/list.h"

#define HIDDEN "(hidden)"
#define HIDDEN_SECRET "(hidden, has the form of a secret)"
/* What the judge reads instead: of no form that it knows, whatever the name, and a token of a public form. */
#define PLAIN_VALUE "true"
#define SECRET_VALUE "AKIA0000000000000000"

/* A text that is looked through together with the others. */
typedef struct Slot {
	const char **text;
	const char *member, *name; /* name: what the text is given for, "" */
	size_t at, length;
} Slot;

typedef struct Hiding {
	Arena *arena;
	Buffer text;
	struct { Slot *items; size_t count; } slots;
	StringList *hidden;
} Hiding;

static void name_hidden(StringList *hidden, const char *member, Arena *arena)
{
	for (size_t i = 0; i < hidden->count; i++)
		if (!strcmp(hidden->items[i], member))
			return;
	LIST_APPEND(arena, hidden, member);
}

static void hide_env(Hiding *hiding, StringList *env)
{
	StringList copy = { 0 };

	for (size_t i = 0; i < env->count; i++) {
		const char *word = env->items[i], *value = strchr(word, '=');
		if (value && value[1]) {
			const char *name = arena_strndup(hiding->arena, word, (size_t)(value - word));
			word = arena_printf(hiding->arena, "%s=%s", name, secret_shaped(name, value + 1) ? HIDDEN_SECRET : HIDDEN);
			name_hidden(hiding->hidden, "env", hiding->arena);
		}
		LIST_APPEND(hiding->arena, &copy, word);
	}
	*env = copy;
}

static void hide_labels(Hiding *hiding, PairList *labels)
{
	PairList copy = { 0 };

	for (size_t i = 0; i < labels->count; i++) {
		const Pair pair = { labels->items[i].key, *labels->items[i].value ? HIDDEN : "" };
		if (*pair.value)
			name_hidden(hiding->hidden, "labels", hiding->arena);
		LIST_APPEND(hiding->arena, &copy, pair);
	}
	*labels = copy;
}

/* Query values can hold anything (build arguments): only their names are kept. */
static const char *hide_query(Hiding *hiding, const char *uri)
{
	const char *mark = strchr(uri, '?');
	Buffer out = BUFFER_INIT(hiding->arena);
	bool value = false;

	if (!mark)
		return uri;
	buffer_append(&out, uri, (size_t)(mark - uri));
	for (const char *at = mark; *at; at++) {
		value = value && *at != '&';
		if (!value)
			buffer_append(&out, at, 1);
		value = value || *at == '=';
	}
	if (strcmp(out.data, uri) != 0)
		name_hidden(hiding->hidden, "uri", hiding->arena);
	return out.data;
}

static void add_slot(Hiding *hiding, const char **text, const char *member, const char *name, char between)
{
	const Slot slot = { text, member, name, hiding->text.length, strlen(*text) };

	if (!slot.length)
		return;
	buffer_append(&hiding->text, *text, slot.length);
	buffer_append(&hiding->text, &between, 1);
	LIST_APPEND(hiding->arena, &hiding->slots, slot);
}

/* One line: what a flag names may stand in the next word. */
static void add_words(Hiding *hiding, StringList *words, const char *member)
{
	StringList copy = { 0 };

	for (size_t i = 0; i < words->count; i++)
		LIST_APPEND(hiding->arena, &copy, words->items[i]);
	*words = copy;
	for (size_t i = 0; i < words->count; i++)
		add_slot(hiding, &words->items[i], member, "", i + 1 == words->count ? '\n' : ' ');
}

static void add_pairs(Hiding *hiding, PairList *pairs, const char *member)
{
	PairList copy = { 0 };

	for (size_t i = 0; i < pairs->count; i++)
		LIST_APPEND(hiding->arena, &copy, pairs->items[i]);
	*pairs = copy;
	for (size_t i = 0; i < pairs->count; i++) {
		buffer_printf(&hiding->text, "%s=", pairs->items[i].key);
		add_slot(hiding, &pairs->items[i].value, member, pairs->items[i].key, '\n');
	}
}

static void add_texts(Hiding *hiding, Request *copy)
{
	ContainerSpec *spec = &copy->container;
	const struct { PairList *pairs; const char *member; } lists[] = {
		{ &spec->annotations, "annotations" }, { &spec->log_options, "log_options" }, { &spec->storage_options, "storage_options" },
		{ &spec->sysctls, "sysctls" }, { &spec->endpoint_options, "endpoint_options" }, { &copy->options, "options" }, { &copy->network.ipam_options, "ipam_options" },
	};

	add_words(hiding, &spec->command, "command");
	add_words(hiding, &spec->entrypoint, "entrypoint");
	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		add_pairs(hiding, lists[i].pairs, lists[i].member);
	add_slot(hiding, &copy->remote, "remote", "", '\n');
	add_slot(hiding, &copy->problem_detail, "problem_detail", "", '\n');
}

/* The part of the slot's text that is a credential, from `at` of all texts on. */
static void hide_part(Hiding *hiding, Slot *slot, size_t at, size_t length)
{
	const size_t from = MAX(at, slot->at), to = MIN(at + length, slot->at + slot->length);

	if (from >= to || !slot->length)
		return;
	name_hidden(hiding->hidden, slot->member, hiding->arena);
	*slot->text = arena_printf(hiding->arena, "%.*s%s", (int)(from - slot->at), hiding->text.data + slot->at, HIDDEN);
	slot->length = 0; /* what follows in it is gone too */
}

static void found(void *data, size_t at, size_t length)
{
	Hiding *hiding = data;

	for (size_t i = 0; i < hiding->slots.count; i++)
		hide_part(hiding, &hiding->slots.items[i], at, length);
}

static void look_through(Hiding *hiding, const Redactor *redactor)
{
	bool looked = !hiding->slots.count || (redactor && redactor->find(redactor->data, hiding->text.data, hiding->text.length, found, hiding));

	for (size_t i = 0; i < hiding->slots.count; i++) {
		Slot *slot = &hiding->slots.items[i];
		if (!looked || (slot->length && secret_shaped(slot->name, *slot->text)))
			hide_part(hiding, slot, slot->at, MAX(slot->length, 1));
	}
}

static Request *hide(const Request *request, const Redactor *redactor, StringList *hidden, Arena *arena)
{
	Request *copy = arena_alloc(arena, sizeof *copy);
	Hiding hiding = { .arena = arena, .text = BUFFER_INIT(arena), .hidden = hidden };

	*copy = *request;
	copy->uri = hide_query(&hiding, request->uri);
	hide_env(&hiding, &copy->container.env);
	hide_labels(&hiding, &copy->container.labels);
	add_texts(&hiding, copy);
	look_through(&hiding, redactor);
	if (request->stored)
		copy->stored = hide(request->stored, redactor, hidden, arena);
	return copy;
}

static void add_verdicts(KeptVerdicts *list, const VerdictTable *table, const char *image_id, Arena *arena)
{
	for (size_t i = 0; *image_id && i < SCANNER_NAMES; i++)
		for (unsigned secrets = 0; secrets < 2; secrets++) {
			const Verdict *verdict = verdict_table_find(table, image_id, scanner_names[i].name, secrets);
			if (!verdict || verdict->signatures)
				continue;
			const KeptVerdict kept = {
				image_id, scanner_names[i].name, secrets, verdict->whole, verdict->time_us, verdict->critical, verdict->high, verdict->medium, verdict->verified,
			};
			LIST_APPEND(arena, list, kept);
		}
}

static void add_signatures_of(KeptSignedList *list, const Request *request, const VerdictTable *table, const char *image_id, Arena *arena)
{
	const Verdict *verdict = *image_id ? verdict_table_find(table, image_id, VERDICT_SIGNATURES, false) : NULL;

	for (size_t i = 0; verdict && i < verdict->names.count; i++) {
		const VerdictSigned *one = &verdict->names.items[i];
		const ImageRef source = image_parse(one->image, arena);
		const KeptSigned kept = { image_id, one->image, one->revision, one->time_us, one->good, one->answered };
		if (signature_is_of(request, &source))
			LIST_APPEND(arena, list, kept);
	}
}

static void add_signatures(KeptSignedList *list, const Request *request, const VerdictTable *table, Arena *arena)
{
	const char *subject = signature_subject(request);

	add_signatures_of(list, request, table, subject, arena);
	if (strcmp(subject, request->image_id) != 0)
		add_signatures_of(list, request, table, request->image_id, arena);
}

const KeptCall *kept_new(const Request *request, const Situation *situation, unsigned wants, unsigned paths, const Redactor *redactor, Arena *arena)
{
	KeptCall *kept = arena_alloc(arena, sizeof *kept);

	*kept = (KeptCall){ .form = KEPT_FORM, .wants = wants, .paths = paths, .scans = situation->verdicts != NULL, .caller = situation->caller };
	kept->request = hide(request, redactor, &kept->hidden, arena);
	if (situation->builder) {
		kept->builder = arena_alloc(arena, sizeof *kept->builder);
		*kept->builder = *situation->builder;
	}
	if (kept->scans) {
		add_verdicts(&kept->verdicts, situation->verdicts, request->image_id, arena);
		add_signatures(&kept->signatures, request, situation->verdicts, arena);
		if (request->stored) {
			add_verdicts(&kept->verdicts, situation->verdicts, request->stored->image_id, arena);
			add_signatures(&kept->signatures, request->stored, situation->verdicts, arena);
		}
	}
	return kept;
}

#define N(Struct, member, form, detail) NORMAL(Struct, member, NORMAL_##form, detail)
static const NormalMember group_members[] = { N(UserGroup, gid, SMALL, NULL), N(UserGroup, name, TEXT, NULL) };
static const NormalPart group = NORMAL_PART_OF(UserGroup, group_members);
static const NormalMember candidate_members[] = {
	N(Candidate, name, TEXT, NULL), N(Candidate, uid, SMALL, NULL), N(Candidate, gid, SMALL, NULL), N(Candidate, groups, LIST, &group),
};
static const NormalPart candidate = NORMAL_PART_OF(Candidate, candidate_members);
static const NormalMember caller_members[] = { N(Caller, candidates, LIST, &candidate), N(Caller, complete, FLAG, NULL) };
static const NormalPart caller = NORMAL_PART_OF(Caller, caller_members);
static const NormalMember verdict_members[] = {
	N(KeptVerdict, image_id, TEXT, NULL), N(KeptVerdict, scanner, TEXT, NULL), N(KeptVerdict, secrets, FLAG, NULL), N(KeptVerdict, whole, FLAG, NULL),
	N(KeptVerdict, time_us, NUMBER, NULL), N(KeptVerdict, critical, SMALL, NULL), N(KeptVerdict, high, SMALL, NULL), N(KeptVerdict, medium, SMALL, NULL),
	N(KeptVerdict, verified, SMALL, NULL),
};
static const NormalPart verdict = NORMAL_PART_OF(KeptVerdict, verdict_members);
static const NormalMember signed_members[] = {
	N(KeptSigned, image_id, TEXT, NULL), N(KeptSigned, image, TEXT, NULL), N(KeptSigned, revision, TEXT, NULL), N(KeptSigned, time_us, NUMBER, NULL),
	N(KeptSigned, good, FLAG, NULL), N(KeptSigned, answered, FLAG, NULL),
};
static const NormalPart signature = NORMAL_PART_OF(KeptSigned, signed_members);
static const NormalMember kept_members[] = {
	N(KeptCall, form, NUMBER, NULL), N(KeptCall, wants, SMALL, NULL), N(KeptCall, paths, SMALL, NULL), N(KeptCall, scans, FLAG, NULL), N(KeptCall, request, POINTER, &normal_request),
	N(KeptCall, caller, PART, &caller), N(KeptCall, builder, POINTER, &normal_builder), N(KeptCall, verdicts, LIST, &verdict), N(KeptCall, hidden, WORDS, NULL),
	N(KeptCall, signatures, LIST, &signature),
};
static const NormalPart kept_part = NORMAL_PART_OF(KeptCall, kept_members);

void kept_put(Buffer *out, const KeptCall *kept)
{
	normal_put(out, &kept_part, kept);
}

static void stand_in(StringList *env, Arena *arena)
{
	for (size_t i = 0; i < env->count; i++) {
		const char *word = env->items[i], *value = strchr(word, '=');
		if (value && value[1])
			env->items[i] = arena_printf(arena, "%.*s=%s", (int)(value - word), word, strcmp(value + 1, HIDDEN_SECRET) != 0 ? PLAIN_VALUE : SECRET_VALUE);
	}
}

static void complete(Request *request, Arena *arena)
{
	stand_in(&request->container.env, arena);
	request->summary = request->fit = "";
	if (!request->stored)
		return;
	Request *stored = arena_alloc(arena, sizeof *stored);
	*stored = *request->stored;
	complete(stored, arena);
	request->stored = stored;
}

bool kept_get(Json *json, KeptCall *ret)
{
	if (!normal_get(json, &kept_part, ret) || ret->form != KEPT_FORM || !ret->request)
		return false;
	complete(ret->request, json->arena);
	return true;
}

bool kept_hides(const KeptCall *kept, const char *member)
{
	for (size_t i = 0; i < kept->hidden.count; i++)
		if (!strcmp(kept->hidden.items[i], member))
			return true;
	return false;
}
