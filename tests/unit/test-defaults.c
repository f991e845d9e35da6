/* SPDX-License-Identifier: MIT
 *
 * What Docker's administrator chose for all containers is nobody's wish; what only looks like it is judged.
 */
#include <string.h>
#include "request/api.h"
#include "request/defaults.h"

#define FILE_TEXT                                                                                                                                    \
	"{\"debug\":true,\"log-driver\":\"syslog\",\"log-opts\":{\"syslog-address\":\"unixgram:///run/log\",\"tag\":\"x\"},"                           \
	"\"default-ulimits\":{\"nofile\":{\"Name\":\"nofile\",\"Hard\":2000,\"Soft\":1000}},\"default-shm-size\":\"32M\"}"
#define WORDS "dockerd\0--log-driver\0syslog\0--log-opt=syslog-address=unixgram:///run/log\0--log-opt\0tag=x\0--default-ulimit\0nofile=1000:2000\0--default-shm-size=32m"

static char *text_of(const Defaults *defaults)
{
	GString *text = g_string_new(defaults->log_driver);

	for (size_t i = 0; i < defaults->log_options.count; i++)
		g_string_append_printf(text, " %s=%s", defaults->log_options.items[i].key, defaults->log_options.items[i].value);
	for (size_t i = 0; i < defaults->ulimits.count; i++)
		g_string_append_printf(text, " %s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, defaults->ulimits.items[i].name, defaults->ulimits.items[i].soft,
			defaults->ulimits.items[i].hard);
	g_string_append_printf(text, " %" G_GINT64_FORMAT, defaults->shm_size >> 20);
	return g_string_free(text, FALSE);
}

static void test_read(void)
{
	static const char both[] = "syslog syslog-address=unixgram:///run/log tag=x nofile:1000:2000 32";
	static const struct { const char *file, *words; size_t length; const char *found; } rows[] = {
		{ NULL, "dockerd", sizeof "dockerd", "json-file 64" },
		{ "{}", "dockerd\0--debug", sizeof "dockerd\0--debug", "json-file 64" },
		{ FILE_TEXT, "dockerd", sizeof "dockerd", both },
		{ NULL, WORDS, sizeof WORDS, both },
		{ "{\"log-opts\":null,\"default-ulimits\":{}}", "dockerd", sizeof "dockerd", "json-file 64" },
		{ NULL, "dockerd\0--default-ulimit\0core=5", sizeof "dockerd\0--default-ulimit\0core=5", "json-file core:5:5 64" },
		{ NULL, "dockerd\0--log-options\0a=b", sizeof "dockerd\0--log-options\0a=b", "json-file 64" },
		/* what Docker would not start with */
		{ "{", "dockerd", sizeof "dockerd", NULL },
		{ "{\"log-opts\":{\"a\":1}}", "dockerd", sizeof "dockerd", NULL },
		{ "{\"default-ulimits\":{\"nofile\":7}}", "dockerd", sizeof "dockerd", NULL },
		{ "{\"default-shm-size\":\"much\"}", "dockerd", sizeof "dockerd", NULL },
		{ NULL, "dockerd\0--default-ulimit\0nofile", sizeof "dockerd\0--default-ulimit\0nofile", NULL },
		{ NULL, "dockerd\0--default-ulimit\0nofile=1x", sizeof "dockerd\0--default-ulimit\0nofile=1x", NULL },
		{ NULL, "dockerd\0--default-ulimit", sizeof "dockerd\0--default-ulimit", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Defaults defaults;
		bool good = defaults_read(rows[i].file, rows[i].file ? strlen(rows[i].file) : 0, rows[i].words, rows[i].length, arena, &defaults);
		g_autofree char *text = good ? text_of(&defaults) : NULL;
		g_test_message("%zu", i);
		g_assert_cmpstr(text, ==, rows[i].found);
	}
}

static const Request *create(const char *host_config, Arena *arena)
{
	const char *body = arena_printf(arena, "{\"Image\":\"b\",\"HostConfig\":{%s}}", host_config);
	const ApiCall call = { .method = "POST", .uri = "/v1.41/containers/create", .body = body, .body_length = strlen(body), .content_type = "application/json", .content_length = "9" };

	return api_read(&call, arena);
}

static void test_apply(void)
{
	static const struct { const char *host; const char *driver; size_t options, ulimits; int64_t shm; } rows[] = {
		{ "\"ShmSize\":0", "", 0, 0, 0 },
		{ "\"LogConfig\":{\"Type\":\"syslog\",\"Config\":{\"syslog-address\":\"unixgram:///run/log\",\"tag\":\"x\"}}", "", 0, 0, 0 },
		{ "\"LogConfig\":{\"Config\":{\"syslog-address\":\"unixgram:///run/log\"}}", "", 0, 0, 0 },
		/* another value, another name, another driver */
		{ "\"LogConfig\":{\"Type\":\"syslog\",\"Config\":{\"syslog-address\":\"unixgram:///run/systemd/x\",\"tag\":\"x\"}}", "", 1, 0, 0 },
		{ "\"LogConfig\":{\"Type\":\"syslog\",\"Config\":{\"address\":\"unixgram:///run/log\"}}", "", 1, 0, 0 },
		{ "\"LogConfig\":{\"Type\":\"gelf\",\"Config\":{\"syslog-address\":\"unixgram:///run/log\",\"tag\":\"x\"}}", "gelf", 2, 0, 0 },
		{ "\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":1000,\"Hard\":2000}]", "", 0, 0, 0 },
		{ "\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":1000,\"Hard\":2001},{\"Name\":\"nproc\",\"Soft\":1000,\"Hard\":2000}]", "", 0, 2, 0 },
		{ "\"ShmSize\":33554432", "", 0, 0, 0 },
		{ "\"ShmSize\":67108864", "", 0, 0, 67108864 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		Defaults defaults;
		g_assert_true(defaults_read(FILE_TEXT, strlen(FILE_TEXT), "dockerd", sizeof "dockerd", arena, &defaults));
		const Request *asked = create(rows[i].host, arena);
		Request use = *asked;
		use.kind = KIND_CONTAINER_START;
		use.container = (ContainerSpec){ .log_driver = "" };
		use.stored = asked;
		const Request *seen[] = { defaults_apply(&defaults, asked, arena), defaults_apply(&defaults, &use, arena)->stored };
		g_test_message("%s", rows[i].host);
		for (size_t s = 0; s < G_N_ELEMENTS(seen); s++) {
			g_assert_cmpstr(seen[s]->container.log_driver, ==, rows[i].driver);
			g_assert_cmpuint(seen[s]->container.log_options.count, ==, rows[i].options);
			g_assert_cmpuint(seen[s]->container.ulimits.count, ==, rows[i].ulimits);
			g_assert_cmpint(seen[s]->container.shm_size, ==, rows[i].shm);
		}
	}
}

/* An update says what shall be, and the nodes of a swarm have defaults of their own. */
static void test_others(void)
{
	static const RequestKind kinds[] = { KIND_CONTAINER_UPDATE, KIND_SERVICE };

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(Arena) arena = arena_new();
		Defaults defaults;
		g_assert_true(defaults_read(FILE_TEXT, strlen(FILE_TEXT), "dockerd", sizeof "dockerd", arena, &defaults));
		Request asked = *create("\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":1000,\"Hard\":2000}]", arena);
		asked.kind = kinds[i];
		g_assert_cmpuint(defaults_apply(&defaults, &asked, arena)->container.ulimits.count, ==, 1);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/defaults/read", test_read);
	g_test_add_func("/defaults/apply", test_apply);
	g_test_add_func("/defaults/others", test_others);
	return g_test_run();
}
