/* SPDX-License-Identifier: MIT
 *
 * Whose container is gone has no pin any more, and Docker is asked for nobody.  Docker, the helper that keeps pins and the thread that asks it are
 * played by this file.
 */
#include <string.h>
#include "base/limits.h"
#include "base/pin-client.h"
#include "request/list.h"
#include "service/pinned.h"

#define PAGES 3u

/* A page of the helper's list: letters, large ones of pins that are kept, digits of pins that are no container's; "" is the end. */
static struct {
	const char *pages[PAGES];
	unsigned page, lists; /* the next one; questions for one */
	bool silent, refuses;
	uint64_t cursors[PAGES + 1];
	GString *ended;
} helper;

static struct {
	JobFn run, done;
	void *job;
	bool full;
	unsigned submitted;
} work;

static struct {
	EventsImageFn heard, gone;
	void *data;
	unsigned listens;
	FactList *facts; /* that were asked for; NULL: nothing */
	Arena *arena;
	LookupFn done;
	void *done_data;
} docker;

PinClient *pin_client_new(const char *socket)
{
	g_assert_cmpstr(socket, ==, "/helper");
	return (PinClient *)&helper;
}

void pin_client_free(PinClient *client)
{
	g_assert_true(client == (PinClient *)&helper);
}

static void fill_page(const char *page, uint64_t first, PinAnswer *answer)
{
	for (; *page; page++) {
		PinItem *item = &answer->items[answer->count++];
		*item = (PinItem){ .serial = first + answer->count, .state = !g_ascii_isdigit(*page) ? PIN_BOUND : *page == '1' ? PIN_TAKEN : PIN_UNUSED, .flags = g_ascii_isupper(*page) ? PIN_KEEP : 0 };
		(void)g_snprintf(item->container, sizeof item->container, "%c", g_ascii_tolower(*page));
	}
}

bool pin_client_ask(PinClient *client, const PinQuestion *question, int directory, unsigned patience_ms, const PinAnswer **ret)
{
	static PinAnswer answer;

	(void)client;
	g_assert_cmpint(directory, ==, -1);
	g_assert_cmpuint(patience_ms, ==, LIMIT_PIN_ASK_MS);
	answer = (PinAnswer){ .result = helper.refuses ? PIN_FAILED : PIN_OK };
	*ret = &answer;
	if (question->ask == PIN_END) {
		g_string_append(helper.ended, question->container);
		return !helper.silent;
	}
	g_assert_cmpint(question->ask, ==, PIN_LIST);
	g_assert_cmpuint(question->uid, ==, 0);
	helper.cursors[helper.lists++ % G_N_ELEMENTS(helper.cursors)] = question->cursor;
	if (helper.page < PAGES && helper.pages[helper.page])
		fill_page(helper.pages[helper.page], helper.page * 10, &answer);
	helper.page++;
	return !helper.silent;
}

bool worker_submit(Worker *worker, JobFn run, JobFn done, void *job)
{
	g_assert_null(worker);
	g_assert_null(work.run);
	if (work.full)
		return false;
	work.run = run;
	work.done = done;
	work.job = job;
	work.submitted++;
	return true;
}

void lookups_set_container_observer(Lookups *lookups, EventsImageFn heard, EventsImageFn gone, void *data)
{
	(void)lookups;
	docker.heard = heard;
	docker.gone = gone;
	docker.data = data;
}

void lookups_listen(Lookups *lookups)
{
	(void)lookups;
	docker.listens++;
}

static void ask_docker(void *data, FactList *facts, Arena *arena, LookupFn done, void *done_data)
{
	(void)data;
	g_assert_null(docker.facts);
	docker.facts = facts;
	docker.arena = arena;
	docker.done = done;
	docker.done_data = done_data;
}

const Lookup *lookups_get(Lookups *lookups)
{
	static const Lookup lookup = { .ask = ask_docker };

	(void)lookups;
	return &lookup;
}

static void do_work(void)
{
	const JobFn run = work.run, done = work.done;

	g_assert_nonnull(run);
	work.run = NULL;
	run(work.job);
	done(work.job);
}

/* Names in the order in which Docker was asked for them. */
static void expect_asked(const char *names)
{
	g_autoptr(GString) asked = g_string_new(NULL);

	for (size_t i = 0; docker.facts && i < docker.facts->count; i++) {
		g_assert_cmpint(docker.facts->items[i].kind, ==, FACT_CONTAINER);
		g_assert_cmpint(docker.facts->items[i].state, ==, FACT_OPEN);
		g_string_append(asked, docker.facts->items[i].name);
	}
	g_assert_cmpstr(asked->str, ==, names);
}

static void docker_says(FactState state)
{
	FactList *facts = docker.facts;

	docker.facts = NULL;
	for (size_t i = 0; i < facts->count; i++)
		facts->items[i].state = state;
	docker.done(docker.done_data);
}

static void expect_ended(const char *containers)
{
	g_assert_cmpstr(helper.ended->str, ==, containers);
	g_string_truncate(helper.ended, 0);
}

static void start(Pinned *pinned, const char *page)
{
	memset(&work, 0, sizeof work);
	memset(&docker, 0, sizeof docker);
	memset(&helper, 0, sizeof helper);
	helper.ended = g_string_new(NULL);
	helper.pages[0] = page;
	*pinned = (Pinned){ .socket = "/helper" };
	pinned_start(pinned);
	g_assert_true(pinned->asked);
}

/* As start(), and the helper has answered. */
static void start_known(Pinned *pinned, const char *page)
{
	start(pinned, page);
	do_work();
	g_assert_true(pinned->known);
	g_assert_false(pinned->asked);
	expect_asked("");
}

static void stop(Pinned *pinned)
{
	pinned_stop(pinned);
	g_assert_null(pinned->book);
	g_string_free(helper.ended, TRUE);
}

/* All pages are read; what is bound is known; Docker, which may not run, is not asked. */
static void test_list(void)
{
	Pinned pinned;

	start(&pinned, "aB0");
	helper.pages[1] = "c1";
	do_work();
	expect_asked("");
	g_assert_cmpuint(helper.lists, ==, 3);
	g_assert_cmpuint(helper.cursors[0], ==, 0);
	g_assert_cmpuint(helper.cursors[1], ==, 3);
	g_assert_cmpuint(helper.cursors[2], ==, 12);
	g_assert_true(pin_book_remove(pinned.book, "a"));
	g_assert_true(pin_book_remove(pinned.book, "b"));
	g_assert_true(pin_book_remove(pinned.book, "c"));
	g_assert_true(pin_book_empty(pinned.book));
	stop(&pinned);
}

/* When Docker is heard, it is asked for what may have ended meanwhile: what is kept only when that may be. */
static void test_heard(void)
{
	static const struct { const char *page; bool missed; FactState state; const char *asked, *ended; } rows[] = {
		{ "abC", false, FACT_ABSENT, "ab", "ab" }, { "abC", true, FACT_ABSENT, "abc", "abc" }, { "abC", true, FACT_KNOWN, "abc", "" }, { "abC", true, FACT_FAILED, "abc", "" },
		{ "abC", false, FACT_NOBODY, "ab", "" }, { "C", false, FACT_ABSENT, "", "" }, { "", true, FACT_ABSENT, "", "" },
		/* a container with one that is kept and one that is not */
		{ "acC", true, FACT_ABSENT, "ac", "ac" }, { "acC", false, FACT_ABSENT, "a", "a" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Pinned pinned;
		start_known(&pinned, rows[i].page);
		if (rows[i].missed)
			pin_book_miss(pinned.book);
		helper.page = 0;
		docker.heard("", docker.data);
		g_assert_true(pinned.open);
		do_work();
		g_assert_false(pinned.open);
		expect_asked(rows[i].asked);
		g_assert_false(pin_book_missed(pinned.book));
		if (*rows[i].asked)
			docker_says(rows[i].state);
		if (*rows[i].ended)
			do_work();
		g_assert_null(work.run);
		expect_ended(rows[i].ended);
		for (const char *at = rows[i].ended; *at; at++) {
			const char name[] = { *at, 0 };
			g_assert_false(pin_book_remove(pinned.book, name));
		}
		stop(&pinned);
	}
}

/* Of a container that goes the helper is told when it may have a pin. */
static void test_gone(void)
{
	Pinned pinned;

	start(&pinned, "ab");
	const JobFn run = work.run, done = work.done;
	void *job = work.job;
	work.run = NULL;
	docker.gone("x", docker.data); /* nobody knows yet */
	do_work();
	expect_ended("x");
	run(job);
	done(job);
	docker.gone("x", docker.data);
	g_assert_null(work.run);
	docker.gone("a", docker.data);
	do_work();
	expect_ended("a");
	docker.gone("a", docker.data);
	g_assert_null(work.run);
	work.full = true;
	docker.gone("b", docker.data); /* it ends with its time */
	expect_ended("");
	stop(&pinned);
}

/* A helper that says nothing is not asked for the second one. */
static void test_silent(void)
{
	Pinned pinned;

	start_known(&pinned, "ab");
	helper.page = 0;
	docker.heard("", docker.data);
	do_work();
	docker_says(FACT_ABSENT);
	helper.silent = true;
	do_work();
	expect_ended("a");
	stop(&pinned);
}

static void tick(Pinned *pinned, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		pinned_tick(pinned);
}

/* It is asked again until it answers, and then until Docker was asked for what it was heard for. */
static void test_again(void)
{
	Pinned pinned;

	start(&pinned, "a");
	tick(&pinned, 2 * LIMIT_EVENTS_RETRY_S); /* it is being asked */
	g_assert_cmpuint(work.submitted, ==, 1);
	helper.silent = true;
	do_work();
	g_assert_false(pinned.known);
	tick(&pinned, LIMIT_EVENTS_RETRY_S - 1);
	g_assert_cmpuint(work.submitted, ==, 1);
	work.full = true;
	tick(&pinned, 1);
	g_assert_false(pinned.asked);
	work.full = false;
	tick(&pinned, LIMIT_EVENTS_RETRY_S);
	g_assert_cmpuint(work.submitted, ==, 2);
	helper.silent = false;
	helper.page = 0;
	do_work();
	g_assert_true(pinned.known);
	tick(&pinned, 2 * LIMIT_EVENTS_RETRY_S);
	g_assert_cmpuint(work.submitted, ==, 2);
	helper.silent = true;
	docker.heard("", docker.data);
	do_work();
	g_assert_true(pinned.open && pinned.known);
	tick(&pinned, LIMIT_EVENTS_RETRY_S);
	g_assert_cmpuint(work.submitted, ==, 4);
	helper.silent = false;
	helper.page = 0;
	do_work();
	expect_asked("a");
	docker_says(FACT_KNOWN);
	stop(&pinned);
}

/* Docker is listened to while a container has a pin; a list that is refused has none. */
static void test_listens(void)
{
	Pinned pinned;

	start(&pinned, "a");
	helper.refuses = true;
	do_work();
	g_assert_true(pinned.known && pin_book_empty(pinned.book));
	g_assert_cmpuint(helper.lists, ==, 1);
	tick(&pinned, 3);
	g_assert_cmpuint(docker.listens, ==, 0);
	pin_book_add(pinned.book, "a");
	tick(&pinned, 3);
	g_assert_cmpuint(docker.listens, ==, 3);
	stop(&pinned);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pinned/list", test_list);
	g_test_add_func("/pinned/heard", test_heard);
	g_test_add_func("/pinned/gone", test_gone);
	g_test_add_func("/pinned/silent", test_silent);
	g_test_add_func("/pinned/again", test_again);
	g_test_add_func("/pinned/listens", test_listens);
	return g_test_run();
}
