/* SPDX-License-Identifier: MIT
 *
 * A pin goes to the first container that is made with it: what the helper is asked on the way.  Its part is played by a thread.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "authz/pinning.h"
#include "request/api.h"
#include "scratch.h"

#define A "0123456789abcdef0123456789abcdef"
#define B "fedcba9876543210fedcba9876543210"
#define PATH_A PIN_DIR "/" A
#define PATH_B PIN_DIR "/" B
#define ID "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define PRINT "00000000000000ff0123456789abcdef"
#define TOKEN UINT64_C(0xff)
#define MOST 4u

typedef struct Helper {
	int listener;
	pthread_t thread;
	PinQuestion asked[MOST]; /* read when the thread has answered */
	_Atomic unsigned count;
	_Atomic unsigned refused; /* so many are answered before one is refused; MOST: none is */
} Helper;

typedef struct Bed {
	char *dir;
	Helper helper;
	PinBook *book;
	Pinning *pinning;
	Arena *arena;
} Bed;

static void *serve(void *data)
{
	static PinAnswer answer;
	Helper *helper = data;
	PinQuestion question;
	int fd = accept(helper->listener, NULL, NULL);

	while (fd >= 0 && recv(fd, &question, sizeof question, 0) == (ssize_t)sizeof question) {
		unsigned index = atomic_load(&helper->count);
		g_assert_cmpuint(index, <, MOST);
		helper->asked[index] = question;
		answer = (PinAnswer){ .number = question.number, .result = index == atomic_load(&helper->refused) ? PIN_NOT_FOUND : PIN_OK };
		atomic_store(&helper->count, index + 1);
		g_assert_cmpint(send(fd, &answer, pin_answer_size(&answer), MSG_NOSIGNAL), >, 0);
	}
	if (fd >= 0)
		(void)close(fd);
	return NULL;
}

static void set_up(Bed *bed, gconstpointer data)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)data;
	bed->dir = scratch_new();
	g_autofree char *path = g_build_filename(bed->dir, "pins", NULL);
	(void)g_strlcpy(address.sun_path, path, sizeof address.sun_path);
	bed->helper = (Helper){ .listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), .refused = MOST };
	g_assert_cmpint(bind(bed->helper.listener, (const struct sockaddr *)&address, sizeof address), ==, 0);
	g_assert_cmpint(listen(bed->helper.listener, 1), ==, 0);
	g_assert_cmpint(pthread_create(&bed->helper.thread, NULL, serve, &bed->helper), ==, 0);
	bed->book = pin_book_new();
	bed->pinning = pinning_new(path, bed->book);
	bed->arena = arena_new();
}

static void tear_down(Bed *bed, gconstpointer data)
{
	(void)data;
	pinning_free(bed->pinning);
	(void)shutdown(bed->helper.listener, SHUT_RDWR); /* nobody may have come */
	(void)pthread_join(bed->helper.thread, NULL);
	(void)close(bed->helper.listener);
	pin_book_free(bed->book);
	arena_free(bed->arena);
	scratch_free(bed->dir);
}

static Request *read_call(const char *uri, const char *body, Arena *arena)
{
	const ApiCall call = { .method = "POST", .uri = uri, .body = body, .body_length = strlen(body), .content_type = "application/json", .content_length = "2" };

	return api_read(&call, arena);
}

/* With what was seen of the two pins that it names, of a volume and of another directory. */
static Request *read_create(const PinFacts *first, const PinFacts *second, Arena *arena)
{
	Request *request = read_call("/v1.41/containers/create",
		"{\"Image\":\"a:1\",\"HostConfig\":{\"Binds\":[\"" PATH_A ":/a\",\"" PATH_B ":/b\",\"data:/c\",\"/srv:/d\",\"" PATH_A "/x:/e\"]}}", arena);

	g_assert_cmpuint(request->container.mounts.count, ==, 5);
	request->container.mounts.items[0].pin = first;
	request->container.mounts.items[1].pin = second;
	return request;
}

static void expect_asked(const Bed *bed, unsigned index, PinAsk what, const char *name, const char *container)
{
	const PinQuestion *asked = &bed->helper.asked[index];

	g_assert_cmpuint(atomic_load(&bed->helper.count), >, index);
	g_assert_cmpuint(asked->ask, ==, what);
	g_assert_cmpuint(asked->token, ==, TOKEN);
	g_assert_cmpstr(asked->name, ==, name);
	g_assert_cmpstr(asked->container, ==, container);
}

static const PinFacts first = { .known = true, .live = true, .state = PIN_UNUSED, .name = A, .container = "" };
static const PinFacts second = { .known = true, .live = true, .state = PIN_UNUSED, .name = B, .container = "" };
static const PinFacts dead = { .known = true, .state = PIN_UNUSED, .name = B, .container = "" };
static const PinFacts bound = { .known = true, .live = true, .state = PIN_BOUND, .name = B, .container = ID };

static void test_take(Bed *bed, gconstpointer data)
{
	(void)data;
	g_assert_true(pinning_take(bed->pinning, read_create(&first, &second, bed->arena), PRINT));
	expect_asked(bed, 0, PIN_TAKE, A, "");
	expect_asked(bed, 1, PIN_TAKE, B, "");
	g_assert_cmpuint(atomic_load(&bed->helper.count), ==, 2);
	g_assert_true(pin_book_empty(bed->book));
}

/* Nothing of what is none, and of what a policy that denies nothing lets through. */
static void test_take_nothing(Bed *bed, gconstpointer data)
{
	(void)data;
	g_assert_true(pinning_take(bed->pinning, read_create(NULL, &dead, bed->arena), PRINT));
	g_assert_true(pinning_take(bed->pinning, read_create(NULL, &bound, bed->arena), PRINT));
	g_assert_cmpuint(atomic_load(&bed->helper.count), ==, 0);
}

/* Somebody was quicker. */
static void test_taken(Bed *bed, gconstpointer data)
{
	(void)data;
	atomic_store(&bed->helper.refused, 1);
	g_assert_false(pinning_take(bed->pinning, read_create(&first, &second, bed->arena), PRINT));
	g_assert_cmpuint(atomic_load(&bed->helper.count), ==, 2);
}

/* A helper that is gone gives nobody a pin. */
static void test_gone(Bed *bed, gconstpointer data)
{
	g_autofree char *path = g_build_filename(bed->dir, "nothing", NULL);
	Pinning *alone = pinning_new(path, bed->book);

	(void)data;
	g_assert_false(pinning_take(alone, read_create(&first, NULL, bed->arena), PRINT));
	pinning_made(alone, read_create(&first, NULL, bed->arena), PRINT, true, ID);
	g_assert_true(pin_book_empty(bed->book));
	pinning_free(alone);
	pinning_free(NULL);
}

static void test_made(Bed *bed, gconstpointer data)
{
	(void)data;
	g_assert_true(pinning_expects(bed->pinning));
	atomic_store(&bed->helper.refused, 0);
	pinning_made(bed->pinning, read_create(NULL, NULL, bed->arena), PRINT, true, ID);
	expect_asked(bed, 0, PIN_BIND, A, ID); /* which is not this call's */
	expect_asked(bed, 1, PIN_BIND, B, ID);
	g_assert_cmpuint(atomic_load(&bed->helper.count), ==, 2);
	g_assert_true(pin_book_remove(bed->book, ID));
}

/* None was made: the pins are free again, and no container has any. */
static void test_not_made(Bed *bed, gconstpointer data)
{
	(void)data;
	pinning_made(bed->pinning, read_create(NULL, NULL, bed->arena), PRINT, false, "");
	expect_asked(bed, 0, PIN_BIND, A, "");
	expect_asked(bed, 1, PIN_BIND, B, "");
	pinning_made(bed->pinning, read_create(NULL, NULL, bed->arena), PRINT, false, ID);
	expect_asked(bed, 2, PIN_BIND, A, "");
	g_assert_true(pin_book_empty(bed->book));
}

/* One of which nobody knows the id keeps what it took from everybody; and what is no create has nothing to do with it. */
static void test_unknown(Bed *bed, gconstpointer data)
{
	(void)data;
	pinning_made(bed->pinning, read_create(NULL, NULL, bed->arena), PRINT, true, "");
	pinning_made(bed->pinning, read_call("/v1.41/containers/web/start", "", bed->arena), PRINT, true, ID);
	g_assert_cmpuint(atomic_load(&bed->helper.count), ==, 0);
	g_assert_true(pin_book_empty(bed->book));
}

/* The same create again, another one, and what no create had before. */
static void test_compare(Bed *bed, gconstpointer data)
{
	static const PinFacts had = { .known = true, .live = true, .state = PIN_UNUSED, .token = TOKEN, .name = B, .container = "" },
			      others = { .known = true, .live = true, .state = PIN_UNUSED, .token = TOKEN + 2, .name = B, .container = "" },
			      taken = { .known = true, .live = true, .state = PIN_TAKEN, .token = TOKEN + 2, .name = B, .container = "" };
	static const struct { const PinFacts *pin; bool named; } rows[] = { { &had, false }, { &others, true }, { &taken, false }, { &second, false }, { NULL, false } };

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Request *request = read_create(&first, rows[i].pin, bed->arena), *compared = pinning_compare(request, PRINT, bed->arena);
		g_assert_true((compared != request) == rows[i].named);
		g_assert_true(compared->container.mounts.items[0].pin == &first);
		g_assert_true(request->container.mounts.items[1].pin == rows[i].pin);
		if (rows[i].named)
			g_assert_true(compared->container.mounts.items[1].pin->named_before);
	}
	g_assert_cmpuint(atomic_load(&bed->helper.count), ==, 0);
}

/* Only what removes containers is missed. */
static void test_unheard(Bed *bed, gconstpointer data)
{
	static const struct { const char *method, *uri; bool missed; } rows[] = {
		{ "DELETE", "/v1.41/containers/web", true }, { "POST", "/v1.41/containers/prune", true }, { "POST", "/v1.41/containers/web/stop", false },
		{ "DELETE", "/v1.41/images/web", false },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const ApiCall call = { .method = rows[i].method, .uri = rows[i].uri, .body = "", .content_type = "", .content_length = "" };
		pinning_unheard(bed->pinning, api_read(&call, bed->arena));
		g_assert_cmpint(pin_book_missed(bed->book), ==, rows[i].missed);
	}
}

int main(int argc, char **argv)
{
	static const struct { const char *path; void (*test)(Bed *bed, gconstpointer data); } tests[] = {
		{ "/pin-taking/take", test_take }, { "/pin-taking/take-nothing", test_take_nothing }, { "/pin-taking/taken", test_taken }, { "/pin-taking/gone", test_gone },
		{ "/pin-taking/made", test_made }, { "/pin-taking/not-made", test_not_made }, { "/pin-taking/unknown", test_unknown }, { "/pin-taking/unheard", test_unheard },
		{ "/pin-taking/compare", test_compare },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Bed, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
