/* SPDX-License-Identifier: MIT
 *
 * Which images were pulled from where their names say: what makes an answer of Docker's certain, and what is remembered.
 */
#include <string.h>
#include "base/limits.h"
#include "core/pulls.h"
#include "core/seal.h"
#include "request/api.h"
#include "request/image.h"
#include "scratch.h"

#define ID(digit) "sha256:" digit digit digit digit digit digit digit digit
#define ONE ID("11111111")
#define TWO ID("22222222")
#define DOCKER 100
#define SECOND ((int64_t)1000 * 1000)

static const Request *read_call(const char *uri, Arena *arena)
{
	const ApiCall call = { .method = "POST", .uri = uri, .content_type = "", .content_length = "0" };

	return api_read(&call, arena);
}

static bool know(Pulls *pulls, const char *name, const char *id)
{
	g_autoptr(Arena) arena = arena_new();
	const ImageRef image = image_parse(name, arena);

	return pulls_know(pulls, &image, id);
}

/* Letters: p and P a pull of nginx:1 begins and ends, q and Q another one's; t and T a tag, l and L a load, b and B a build, i and I an import, e Docker's
 * event, k its answer that the name means ONE, w eleven seconds, d another dockerd. */
static void play(Pulls *pulls, const char *story, Arena *arena)
{
	static const struct { char letter; const char *uri; } calls[] = {
		{ 'p', "/v1.41/images/create?fromImage=nginx&tag=1" }, { 'q', "/v1.41/images/create?fromImage=quay.io/a/b&tag=1" },
		{ 't', "/v1.41/images/x/tag?repo=nginx&tag=1" }, { 'l', "/v1.41/images/load" }, { 'b', "/v1.41/build?t=nginx:1" },
		{ 'i', "/v1.41/images/create?fromSrc=-&repo=nginx&tag=1" }, { 's', "/v1.41/session" }, { 'c', "/v1.41/commit?container=c&repo=nginx&tag=1" },
		{ 'r', "/v1.41/containers/c/start" },
	};
	int64_t now_us = 1000 * SECOND, number = 0;
	pid_t docker = DOCKER;

	for (const char *at = story; *at; at++) {
		now_us += *at == 'w' ? 11 * SECOND : SECOND / 1000;
		docker += *at == 'd';
		if (*at == 'e')
			number = pulls_arrived(pulls, "nginx:1");
		if (*at == 'k')
			(void)pulls_keep(pulls, "nginx:1", number, ONE);
		for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
			const Request *request = read_call(calls[i].uri, arena);
			if (*at == calls[i].letter)
				pulls_begun(pulls, request, docker, now_us);
			else if (*at == g_ascii_toupper(calls[i].letter))
				pulls_ended(pulls, request, now_us);
		}
	}
}

static void test_certain(void)
{
	static const struct { const char *story; bool kept; } rows[] = {
		{ "pekP", true }, { "pPek", true }, { "ek", false }, { "pk", false }, { "qek", false }, { "pqekQP", true }, { "ppePkP", true },
		/* Something else is at names meanwhile, or nobody knows whether it is. */
		{ "tpekPT", false }, { "tTpekP", true }, { "ptTekP", false }, { "petTkP", false }, { "petkPT", false }, { "pPtTek", false },
		{ "lpekP", false }, { "plekP", false }, { "lLpekP", true }, { "bpekP", false }, { "bBpekP", true }, { "ipekP", false }, { "piIekP", false },
		{ "spekP", false }, { "psSekP", false }, { "cCpekP", true }, { "pcCekP", false }, { "prekRP", true },
		/* A second pull does not make certain what was doubtful, unless the first is long over. */
		{ "ptTpekPP", false }, { "ptTPpekP", false }, { "ptTPwpekP", true }, { "pPwtTek", false }, { "petTPwpk", false }, { "pPwtTpekP", true },
		/* Another Docker has nothing running. */
		{ "ldpek", true }, { "pdek", true }, { "pdtek", false }, { "pdqek", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Pulls *pulls = pulls_open(NULL);
		g_test_message("%s", rows[i].story);
		play(pulls, rows[i].story, arena);
		g_assert_true(know(pulls, "nginx:1", ONE) == rows[i].kept);
		pulls_close(pulls);
	}
}

/* By the name with its tag and by the image. */
static void test_known(void)
{
	static const struct { const char *name, *id; bool known; } rows[] = {
		{ "nginx:1", ONE, true }, { "docker.io/library/nginx:1", ONE, true }, { "nginx:1", TWO, false }, { "nginx", ONE, false }, { "nginx:2", ONE, false },
		{ "quay.io/library/nginx:1", ONE, false }, { "nginx@" ONE, ONE, false }, { "nginx:1", "", false }, { "NGINX:1", ONE, false },
	};
	g_autoptr(Arena) arena = arena_new();
	Pulls *pulls = pulls_open(NULL);

	play(pulls, "pekP", arena);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		Request stored = { .image = image_parse(rows[i].name, arena), .image_id = rows[i].id, .image_local = true, .image_here = true };
		Request request = { .image = image_parse("", arena), .image_id = "", .stored = &stored };
		g_test_message("%s %s", rows[i].name, rows[i].id);
		g_assert_true(know(pulls, rows[i].name, rows[i].id) == rows[i].known);
		g_assert_true(pulls_apply(pulls, &stored, arena)->image_local == !rows[i].known);
		g_assert_true(pulls_apply(pulls, &request, arena)->stored->image_local == !rows[i].known);
		stored.image_here = false; /* it is gone, and its id is that of what was */
		g_assert_true(pulls_apply(pulls, &stored, arena)->image_local);
	}
	g_assert_cmpint(pulls_arrived(pulls, "nginx"), ==, 0);
	g_assert_cmpint(pulls_arrived(pulls, "nginx@" ONE), ==, 0);
	g_assert_false(pulls_keep(pulls, "nginx:1", pulls_arrived(pulls, "nginx:1"), "sha256:1"));
	g_assert_false(pulls_expect(pulls));
	play(pulls, "p", arena);
	g_assert_true(pulls_expect(pulls));
	pulls_close(pulls);
}

static void pull(Pulls *pulls, const char *name, Arena *arena)
{
	const Request *request = read_call(arena_printf(arena, "/v1.41/images/create?fromImage=%s", name), arena);
	int64_t now_us = g_get_monotonic_time();

	pulls_begun(pulls, request, DOCKER, now_us);
	(void)pulls_keep(pulls, name, pulls_arrived(pulls, name), ONE);
	pulls_ended(pulls, request, now_us);
}

static void test_kept(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *file = g_build_filename(dir, "pulls", NULL), *key = g_build_filename(dir, "key", NULL);
	g_autoptr(Arena) arena = arena_new();
	Pulls *pulls;

	g_assert_true(seal_open(key, NULL));
	pulls = pulls_open(file);
	play(pulls, "pekP", arena);
	pull(pulls, "quay.io/a/b:1", arena);
	pulls_close(pulls);
	pulls = pulls_open(file);
	g_assert_true(know(pulls, "nginx:1", ONE) && know(pulls, "quay.io/a/b:1", ONE));
	pulls_close(pulls);
	/* Not of our own hand. */
	scratch_put(dir, "pulls", ONE " docker.io/library/nginx:1\n");
	pulls = pulls_open(file);
	g_assert_false(know(pulls, "nginx:1", ONE));
	pulls_close(pulls);
}

static void test_oldest(void)
{
	g_autoptr(Arena) arena = arena_new();
	Pulls *pulls = pulls_open(NULL);

	for (unsigned i = 0; i < LIMIT_PULLS + 1; i++)
		pull(pulls, arena_printf(arena, "many:%u", i), arena);
	g_assert_false(know(pulls, "many:0", ONE));
	g_assert_true(know(pulls, "many:1", ONE) && know(pulls, arena_printf(arena, "many:%u", LIMIT_PULLS), ONE));
	pulls_close(pulls);
}

/* More names at a time than are watched: those beyond are not counted, and none of the others is lost. */
static void test_watched(void)
{
	g_autoptr(Arena) arena = arena_new();
	Pulls *pulls = pulls_open(NULL);

	for (unsigned i = 0; i <= LIMIT_PULLS_WATCHED; i++)
		pulls_begun(pulls, read_call(arena_printf(arena, "/v1.41/images/create?fromImage=many&tag=%u", i), arena), DOCKER, SECOND + i);
	for (unsigned i = 0; i <= LIMIT_PULLS_WATCHED; i++)
		g_assert_true((pulls_arrived(pulls, arena_printf(arena, "many:%u", i)) != 0) == (i < LIMIT_PULLS_WATCHED));
	pulls_close(pulls);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pulls/certain", test_certain);
	g_test_add_func("/pulls/known", test_known);
	g_test_add_func("/pulls/kept", test_kept);
	g_test_add_func("/pulls/oldest", test_oldest);
	g_test_add_func("/pulls/watched", test_watched);
	return g_test_run();
}
