/* SPDX-License-Identifier: MIT
 *
 * What a Docker of the test's own answers: what is kept of it and what an event makes stale, images, and who is told of them.
 */
#include "docker-fixture.h"

static void test_answers(Fixture *f, gconstpointer data)
{
	(void)data;
	Fact fact = ask(f, FACT_VOLUME, "data");
	g_assert_cmpint(fact.state, ==, FACT_KNOWN);
	g_assert_nonnull(strstr(fact.json, "\"local\""));
	g_assert_cmpint(ask(f, FACT_VOLUME, "absent").state, ==, FACT_ABSENT);
	g_assert_cmpint(ask(f, FACT_IMAGE, "a/b?c").state, ==, FACT_KNOWN);
	g_assert_cmpint(ask(f, FACT_VOLUME, "longest").state, ==, FACT_KNOWN);
	g_assert_cmpint(ask(f, FACT_VOLUME, "longer").state, ==, FACT_FAILED);
	g_assert_cmpint(ask(f, FACT_VOLUME, "../images/x").state, ==, FACT_ABSENT); /* one name, escaped */
	g_assert_cmpint(ask(f, FACT_CONTAINER, "refused").state, ==, FACT_FAILED);
	g_assert_cmpuint(atomic_load(&f->docker.marked), >=, 5);
}

/* Each kind is asked for where Docker has it. */
static void test_places(Fixture *f, gconstpointer data)
{
	static const char *const names[FACT_KIND_COUNT] = {
		[FACT_VOLUME] = "there", [FACT_CONTAINER] = "there", [FACT_IDS] = FACT_CONTAINERS, [FACT_IMAGES] = FACT_IMAGE_LIST, [FACT_IMAGE] = "there", [FACT_NETWORK] = "there",
		[FACT_DAEMON] = "version", [FACT_EXEC] = "there", [FACT_SERVICE] = "there", [FACT_ENGINE] = "info",
	};

	(void)data;
	for (size_t i = 0; i < FACT_KIND_COUNT; i++) {
		g_test_message("%zu", i);
		g_assert_cmpint(ask(f, (FactKind)i, names[i]).state, ==, FACT_KNOWN);
	}
}

/* Whether an answer comes from what is kept. */
static bool is_kept(Fixture *f, FactKind kind, const char *name)
{
	unsigned calls = atomic_load(&f->docker.calls);

	(void)ask(f, kind, name);
	return atomic_load(&f->docker.calls) == calls;
}

static void test_kept(Fixture *f, gconstpointer data)
{
	static const char event[] = "27\r\n{\"Type\":\"volume\",\"Action\":\"destroy\"}\n\r\n";

	(void)data;
	for (unsigned tries = 0; !is_kept(f, FACT_VOLUME, "data"); tries++) {
		g_assert_cmpuint(tries, <, 1000); /* until the stream is heard */
		spin(f, 10);
	}
	unsigned calls = atomic_load(&f->docker.calls);
	for (int i = 0; i < 5; i++)
		g_assert_cmpint(ask(f, FACT_VOLUME, "data").state, ==, FACT_KNOWN);
	g_assert_cmpuint(atomic_load(&f->docker.calls), ==, calls);

	tell_event(&f->docker, event);
	for (unsigned tries = 0; is_kept(f, FACT_VOLUME, "data"); tries++) {
		g_assert_cmpuint(tries, <, 1000);
		spin(f, 10);
	}
	g_assert_true(is_kept(f, FACT_VOLUME, "data"));
	(void)close(atomic_exchange(&f->docker.events, -1)); /* not heard any more: nothing is kept */
	for (unsigned tries = 0; is_kept(f, FACT_VOLUME, "data"); tries++) {
		g_assert_cmpuint(tries, <, 1000);
		spin(f, 10);
	}
	g_assert_false(is_kept(f, FACT_VOLUME, "data"));
}

/* An event makes stale what it is about, and nothing else. */
static void test_stale(Fixture *f, gconstpointer data)
{
	static const struct { FactKind kind; const char *name, *type; } rows[] = {
		{ FACT_CONTAINER, "c", "container" }, { FACT_IDS, "containers", "container" }, { FACT_VOLUME, "v", "volume" }, { FACT_IMAGE, "i", "image" },
		{ FACT_NETWORK, "n", "network" }, { FACT_ENGINE, "info", "daemon" },
	};

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *line = g_strdup_printf("{\"Type\":\"%s\",\"Action\":\"x\"}\n", rows[i].type), *chunk = g_strdup_printf("%zx\r\n%s\r\n", strlen(line), line);
		for (size_t j = 0; j < G_N_ELEMENTS(rows); j++)
			for (unsigned tries = 0; !is_kept(f, rows[j].kind, rows[j].name); tries++) {
				g_assert_cmpuint(tries, <, 1000); /* until the stream is heard */
				spin(f, 10);
			}
		tell_event(&f->docker, chunk);
		for (unsigned tries = 0; is_kept(f, rows[i].kind, rows[i].name); tries++) {
			g_assert_cmpuint(tries, <, 1000);
			spin(f, 10);
		}
		for (size_t j = 0; j < G_N_ELEMENTS(rows); j++)
			if (j != i && is_kept(f, rows[j].kind, rows[j].name) != (strcmp(rows[j].type, rows[i].type) != 0))
				g_error("an event of type %s and %s", rows[i].type, rows[j].name);
	}
}

/* An image comes whole or not at all, under our mark, and not after it was cancelled. */
static void test_save(Fixture *f, gconstpointer data)
{
	static const struct { const char *id, *problem; bool cancelled; } rows[] = {
		{ "sha256:1", NULL, false }, { "sha256:2", "cancelled", true }, { "sha256:3", "HTTP 500", false }, { "sha256:4", "no such image", false },
		{ "sha256:5", NULL, false }, { "sha256:6", NULL, false },
	};
	const ImageSource source = lookups_image_source(f->lookups);

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *file = g_build_filename(f->dir, "image.tar", NULL);
		_Atomic bool cancelled = rows[i].cancelled;
		ImageTransfer transfer = { 0 };
		FILE *out = fopen(file, "we");
		unsigned marked = atomic_load(&f->docker.marked);
		bool saved = source.save(source.data, rows[i].id, fileno(out), &transfer, &cancelled, &error);
		(void)fclose(out);
		g_assert_cmpint(saved, ==, !rows[i].problem);
		g_autofree char *text = scratch_get(f->dir, "image.tar");
		g_assert_cmpstr(text, ==, saved ? "the image" : "");
		g_assert_cmpuint(atomic_load(&transfer.bytes), ==, strlen(text));
		g_assert_cmpuint(atomic_load(&transfer.layers), ==, strcmp(rows[i].id, "sha256:5") ? 0 : 2);
		g_assert_cmpuint(atomic_load(&transfer.total), ==, strcmp(rows[i].id, "sha256:5") ? 0 : 4096);
		if (!saved)
			g_assert_nonnull(strstr(error->message, rows[i].problem));
		g_assert_true(rows[i].cancelled || atomic_load(&f->docker.marked) == marked + 2);
	}
}

/* Images that come are told of, those that go are not, and nothing of what other things do. */
/* A call of Docker's comes, unheard, and its events are heard soon. */
static void call_in(Fixture *f)
{
	const Lookup *lookup = lookups_get(f->lookups);

	atomic_store(&f->docker.events, -1);
	g_assert_false(lookup->met(lookup->data));
	for (int i = 0; i < 100 && !lookup->met(lookup->data); i++)
		spin(f, 20);
	g_assert_true(lookup->met(lookup->data));
}

/* Where systemd listens for a Docker that was stopped, a connection would start it: only who calls or answers is listened to. */
static void test_met(Fixture *f, gconstpointer data)
{
	const Lookup *lookup = lookups_get(f->lookups);

	(void)data;
	for (int i = 0; i < 10; i++) {
		lookups_listen(f->lookups);
		spin(f, 5);
	}
	g_assert_cmpint(atomic_load(&f->docker.events), <, 0);
	call_in(f);
	(void)shutdown(atomic_load(&f->docker.events), SHUT_RDWR); /* it is lost, */
	(void)close(atomic_exchange(&f->docker.events, -1));
	spin(f, 100);
	for (int i = 0; i < 10; i++) {
		lookups_listen(f->lookups);
		spin(f, 5);
	}
	g_assert_cmpint(atomic_load(&f->docker.events), <, 0);
	call_in(f); /* and calls again: nobody waits before it is heard */
	unsigned calls = atomic_load(&f->docker.calls);
	for (int i = 0; i < 10; i++) {
		g_assert_true(lookup->met(lookup->data));
		spin(f, 5);
	}
	g_assert_cmpuint(atomic_load(&f->docker.calls), ==, calls); /* once */
	(void)close(atomic_load(&f->docker.events));
}

static GString *came;

static void on_image(const char *image, const char *name, bool made, void *data)
{
	(void)data;
	g_string_append_printf(came, "%s=%s%s ", image, name, made ? "!" : "");
}

static void test_images(Fixture *f, gconstpointer data)
{
	static const char lines[] = "{\"Type\":\"image\",\"Action\":\"tag\",\"Actor\":{\"ID\":\"sha256:1\"}}\n{\"Type\":\"image\",\"Action\":\"untag\",\"Actor\":{\"ID\":\"sha256:2\"}}\n"
				    "{\"Type\":\"container\",\"Action\":\"create\",\"Actor\":{\"ID\":\"x\"}}\n{\"Type\":\"image\",\"Action\":\"pull\",\"Actor\":{\"ID\":\"a:1\",\"Attributes\":{\"name\":\"a\"}}}\n"
				    "{\"Type\":\"image\",\"Action\":\"tag\",\"Actor\":{\"ID\":\"sha256:4\",\"Attributes\":{\"x\":\"y\",\"name\":\"app:1\"}}}\n"
				    "{\"Type\":\"image\",\"Action\":\"save\",\"Actor\":{\"ID\":\"sha256:3\"}}\nnonsense\n{\"Type\":\"image\",\"Action\":\"load\"}\n";
	g_autofree char *chunk = g_strdup_printf("%zx\r\n%s\r\n", strlen(lines), lines);

	(void)data;
	came = g_string_new(NULL);
	lookups_set_image_observer(f->lookups, on_image, NULL);
	call_in(f);
	tell_event(&f->docker, chunk);
	for (int i = 0; i < 20; i++)
		spin(f, 5);
	g_assert_cmpstr(came->str, ==, "sha256:1=sha256:1! a:1=a:1 sha256:4=app:1! ");
	(void)close(atomic_load(&f->docker.events));
	(void)g_string_free(came, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/docker/answers", Fixture, NULL, set_up, test_answers, tear_down);
	g_test_add("/docker/places", Fixture, NULL, set_up, test_places, tear_down);
	g_test_add("/docker/kept", Fixture, NULL, set_up, test_kept, tear_down);
	g_test_add("/docker/stale", Fixture, NULL, set_up, test_stale, tear_down);
	g_test_add("/docker/save", Fixture, NULL, set_up, test_save, tear_down);
	g_test_add("/docker/met", Fixture, NULL, set_up, test_met, tear_down);
	g_test_add("/docker/images", Fixture, NULL, set_up, test_images, tear_down);
	return g_test_run();
}
