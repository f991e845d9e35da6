/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/limits.h"
#include "base/log.h"
#include "base/pin-client.h"
#include "request/list.h"
#include "service/pinned.h"

/* Containers of which the helper is told, or that it tells of. */
typedef struct Errand {
	Pinned *pinned;
	bool answered;
	GPtrArray *containers; /* char * */
	GPtrArray *kept;       /* of what the helper tells: those with a pin that is kept */
} Errand;

static Errand *errand_new(Pinned *pinned)
{
	Errand *errand = g_new0(Errand, 1);

	*errand = (Errand){ .pinned = pinned, .containers = g_ptr_array_new_with_free_func(g_free), .kept = g_ptr_array_new_with_free_func(g_free) };
	return errand;
}

static void errand_free(void *data)
{
	Errand *errand = data;

	g_ptr_array_unref(errand->containers);
	g_ptr_array_unref(errand->kept);
	g_free(errand);
}

/* A thread of the worker's.  Who does not answer has no pin to end, or ends it with its time. */
static void tell(void *data)
{
	const Errand *errand = data;
	PinClient *client = pin_client_new(errand->pinned->socket);
	PinQuestion question = { .ask = PIN_END };
	const PinAnswer *answer;

	for (guint i = 0; i < errand->containers->len; i++) {
		(void)g_strlcpy(question.container, g_ptr_array_index(errand->containers, i), sizeof question.container);
		if (pin_client_ask(client, &question, -1, LIMIT_PIN_ASK_MS, &answer))
			continue;
		log_warning("the helper that makes pins does not answer; pins of containers that were removed end with their time");
		break;
	}
	pin_client_free(client);
}

static void submit_tell(Errand *errand)
{
	if (!errand->containers->len || !worker_submit(errand->pinned->worker, tell, errand_free, errand))
		errand_free(errand);
}

/* From inside an event of Docker's. */
static void on_gone(const char *container, void *data)
{
	Pinned *pinned = data;

	if (!pin_book_remove(pinned->book, container) && pinned->known)
		return;
	Errand *errand = errand_new(pinned);
	g_ptr_array_add(errand->containers, g_strdup(container));
	submit_tell(errand);
}

/* A thread of the worker's. */
static void list(void *data)
{
	Errand *errand = data;
	PinClient *client = pin_client_new(errand->pinned->socket);
	PinQuestion question = { .ask = PIN_LIST };
	const PinAnswer *answer;

	while ((errand->answered = pin_client_ask(client, &question, -1, LIMIT_PIN_ASK_MS, &answer)) && answer->result == PIN_OK && answer->count) {
		for (uint32_t i = 0; i < answer->count; i++) {
			const PinItem *item = &answer->items[i];
			if (item->state == PIN_BOUND)
				g_ptr_array_add(item->flags & PIN_KEEP ? errand->kept : errand->containers, g_strdup(item->container));
		}
		question.cursor = answer->items[answer->count - 1].serial;
	}
	pin_client_free(client);
}

/* Docker's answers about containers, each of which had a pin before it was asked. */
typedef struct Inquiry {
	Pinned *pinned;
	Arena *arena;
	FactList facts;
} Inquiry;

static void inquiry_free(Inquiry *inquiry)
{
	arena_free(inquiry->arena);
	g_free(inquiry);
}

static void on_answers(void *data)
{
	Inquiry *inquiry = data;
	Errand *errand = errand_new(inquiry->pinned);

	for (size_t i = 0; i < inquiry->facts.count; i++)
		if (inquiry->facts.items[i].state == FACT_ABSENT && pin_book_remove(inquiry->pinned->book, inquiry->facts.items[i].name))
			g_ptr_array_add(errand->containers, g_strdup(inquiry->facts.items[i].name));
	submit_tell(errand);
	inquiry_free(inquiry);
}

static void write_down(const Pinned *pinned, const GPtrArray *containers)
{
	for (guint i = 0; i < containers->len; i++)
		pin_book_add(pinned->book, g_ptr_array_index(containers, i));
}

static void add_questions(Inquiry *inquiry, const GPtrArray *containers, GPtrArray *but)
{
	for (guint i = 0; i < containers->len; i++) {
		const char *container = g_ptr_array_index(containers, i);
		const Fact fact = { .kind = FACT_CONTAINER, .name = arena_strdup(inquiry->arena, container), .state = FACT_OPEN };
		if (!but || !g_ptr_array_find_with_equal_func(but, container, g_str_equal, NULL))
			LIST_APPEND(inquiry->arena, &inquiry->facts, fact);
	}
}

static void inquire(Inquiry *inquiry, const Errand *errand, bool all)
{
	add_questions(inquiry, errand->containers, all ? NULL : errand->kept);
	if (all)
		add_questions(inquiry, errand->kept, errand->containers);
}

static void on_list(void *data)
{
	Errand *errand = data;
	Pinned *pinned = errand->pinned;
	const Lookup *lookup = lookups_get(pinned->lookups);
	Inquiry *inquiry = g_new0(Inquiry, 1);

	*inquiry = (Inquiry){ .pinned = pinned, .arena = arena_new() };
	pinned->asked = false;
	pinned->known |= errand->answered;
	write_down(pinned, errand->kept);
	write_down(pinned, errand->containers);
	if (errand->answered && pinned->open) {
		inquire(inquiry, errand, pin_book_missed(pinned->book));
		pinned->open = false;
	}
	errand_free(errand);
	if (inquiry->facts.count)
		lookup->ask(lookup->data, &inquiry->facts, inquiry->arena, on_answers, inquiry);
	else
		inquiry_free(inquiry); /* Docker is asked nothing for nobody */
}

static void ask_helper(Pinned *pinned)
{
	Errand *errand = errand_new(pinned);

	pinned->ticks = 0;
	pinned->asked = worker_submit(pinned->worker, list, on_list, errand);
	if (!pinned->asked)
		errand_free(errand);
}

/* From inside the stream of Docker's events. */
static void on_heard(const char *nothing, void *data)
{
	Pinned *pinned = data;

	(void)nothing;
	pinned->open = true;
	ask_helper(pinned);
}

void pinned_start(Pinned *pinned)
{
	pinned->book = pin_book_new();
	lookups_set_container_observer(pinned->lookups, on_heard, on_gone, pinned);
	ask_helper(pinned); /* those that were there before this process */
}

void pinned_tick(Pinned *pinned)
{
	if ((!pinned->known || pinned->open) && !pinned->asked && ++pinned->ticks >= LIMIT_EVENTS_RETRY_S)
		ask_helper(pinned);
	if (!pin_book_empty(pinned->book))
		lookups_listen(pinned->lookups);
}

void pinned_stop(Pinned *pinned)
{
	pin_book_free(pinned->book);
	pinned->book = NULL;
}
