/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "core/config-keys.h"
#include "core/config-show.h"
#include "core/paths.h"
#include "scratch.h"

static Config *load(const char *dir, const char *text, char **ret_problem)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autofree char *file = g_build_filename(dir, "config.yaml", NULL);

	if (text)
		scratch_put(dir, "config.yaml", text);
	Config *config = config_load(file, diagnostics);
	*ret_problem = diagnostics_first_error(diagnostics);
	g_assert_true((config == NULL) == (*ret_problem != NULL));
	return config;
}

static void test_defaults(void)
{
	static const char *const texts[] = { NULL, "", "# nothing\n", "active_policy: default\n" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *problem = NULL;
		g_autoptr(Config) config = load(dir, texts[i], &problem);
		g_assert_cmpstr(config->active_policy, ==, "default");
		g_assert_cmpint(config->fail_mode, ==, FAIL_CLOSED);
		g_assert_cmpuint(config->reload_quiet_ms, ==, LIMIT_RELOAD_QUIET_MS);
		g_assert_cmpint(config->log_reads, ==, LOG_READS_FOLDED);
		g_assert_false(config->audit.durable);
		g_assert_true(config->audit.pack);
		g_assert_cmpstr(config->metrics_socket, ==, "");
		g_assert_cmpint(config->audit.rotate_bytes, ==, LIMIT_SEGMENT_BYTES);
		g_assert_cmpint(config->audit.keep_us + config->audit.keep_bytes, ==, 0);
		g_assert_cmpuint(config->seal_interval_s, ==, 600);
		g_assert_cmpuint(config->docker_patience_s, ==, LIMIT_FACT_PATIENCE_S);
		g_assert_true(config->scanning.enabled);
		g_assert_false(config->scanning.verify_secrets);
		g_assert_cmpint(config->scanning.offline, ==, OFFLINE_AUTO);
	}
}

static void test_all_keys(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *problem = NULL;
	g_autoptr(Config) config = load(dir, "active_policy: strict\nfail_mode: open\naudit:\n  seal_interval: 90s\n  log_reads: false\n  durability: disk\n  rotate: {size: 1M, age: 1h}\n  compress: none\n  retention: {days: 30, size: 2G}\nmetrics: {socket: /run/m}\nreload: {quiet_ms: 50}\ndocker: {patience: 1m60000ms}\nscanning:\n  enabled: false\n  offline: true\n  timeout: 90s\n  push_wait: 20s\n"
			"  verify_secrets: true\n  program_dirs: [/opt/scanners]\n", &problem);

	g_assert_cmpstr(config->active_policy, ==, "strict");
	g_assert_cmpint(config->fail_mode, ==, FAIL_OPEN);
	g_assert_cmpuint(config->reload_quiet_ms, ==, 50);
	g_assert_cmpint(config->log_reads, ==, LOG_READS_NONE);
	g_assert_true(config->audit.durable);
	g_assert_false(config->audit.pack);
	g_assert_cmpstr(config->metrics_socket, ==, "/run/m");
	g_assert_cmpint(config->audit.rotate_bytes, ==, 1024 * 1024);
	g_assert_cmpint(config->audit.rotate_age_us, ==, INT64_C(3600) * G_USEC_PER_SEC);
	g_assert_cmpint(config->audit.keep_us, ==, INT64_C(30) * 24 * 3600 * G_USEC_PER_SEC);
	g_assert_cmpint(config->audit.keep_bytes, ==, INT64_C(2) << 30);
	g_assert_cmpuint(config->seal_interval_s, ==, 90);
	g_assert_cmpuint(config->docker_patience_s, ==, 120);
	g_assert_false(config->scanning.enabled);
	g_assert_true(config->scanning.verify_secrets);
	g_assert_cmpint(config->scanning.offline, ==, OFFLINE_YES);
	g_assert_cmpuint(config->scanning.timeout_s, ==, 90);
	g_assert_cmpuint(config->scanning.push_wait_s, ==, 20);
	g_assert_cmpstr(config->scanning.program_dirs[0], ==, "/opt/scanners");
}

/* Also the flag that it was once. */
static void test_log_reads(void)
{
	static const struct {
		const char *word;
		LogReads value;
	} rows[] = { { "folded", LOG_READS_FOLDED }, { "all", LOG_READS_ALL }, { "none", LOG_READS_NONE }, { "true", LOG_READS_ALL }, { "false", LOG_READS_NONE } };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *problem = NULL, *text = g_strdup_printf("audit: {log_reads: %s}\n", rows[i].word);
		g_autoptr(Config) config = load(dir, text, &problem);
		g_assert_cmpint(config->log_reads, ==, rows[i].value);
	}
}

static void test_bad(void)
{
	static const struct { const char *text, *message; } rows[] = {
		{ "activ_policy: x\n", "config.yaml:1:1: activ_policy: unknown key; did you mean active_policy?" },
		{ "active_policy: ../x\n", "config.yaml:1:16: active_policy: a policy's name has" },
		{ "active_policy: [a]\n", "config.yaml:1:16: active_policy: expected text, found a list" },
		{ "fail_mode: maybe\n", "config.yaml:1:12: fail_mode: expected closed or open" },
		{ "audit: {log_read: true}\n", "config.yaml:1:9: audit.log_read: unknown key; did you mean log_reads?" },
		{ "audit: {log_reads: some}\n", "config.yaml:1:20: audit.log_reads: expected folded, all or none" },
		{ "audit: {durability: ram}\n", "config.yaml:1:21: audit.durability: expected process or disk" },
		{ "metrics: {socket: m}\n", "config.yaml:1:19: metrics.socket: expected the absolute path of a socket" },
		{ "metrics: {socket: /1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890}\n",
			"metrics.socket: expected the absolute path of a socket" },
		{ "audit: {compress: gzip}\n", "config.yaml:1:19: audit.compress: expected zstd or none" },
		{ "audit: {rotate: {size: 1K}}\n", "audit.rotate.size: expected a size of 1M to 1G" },
		{ "audit: {rotate: {size: 2G}}\n", "audit.rotate.size: expected a size of 1M to 1G" },
		{ "audit: {rotate: {age: 59s}}\n", "audit.rotate.age: expected a duration of one minute to a year" },
		{ "audit: {retention: {days: 0}}\n", "audit.retention.days: expected a number from 1 to 36500" },
		{ "audit: {retention: {size: 1M}}\n", "audit.retention.size: expected a size of at least 2M" },
		{ "reload: {quiet_ms: 0}\n", "config.yaml:1:20: reload.quiet_ms: expected a number from 10 to 60000" },
		{ "scanning: {offline: sometimes}\n", "config.yaml:1:21: scanning.offline: expected true or false" },
		{ "docker: {patience: 0s}\n", "config.yaml:1:20: docker.patience: expected a duration" },
		{ "scanning: {timeout: 0s}\n", "config.yaml:1:21: scanning.timeout: expected a duration" },
		{ "scanning: {program_dirs: [bin]}\n", "scanning.program_dirs: expected absolute paths" },
		{ "a: b: c\n", "this is not valid YAML" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *problem = NULL;
		g_assert_null(load(dir, rows[i].text, &problem));
		if (!strstr(problem, rows[i].message))
			g_error("'%s' does not say '%s'", problem, rows[i].message);
	}
}

static void test_too_large(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *text = g_strnfill(LIMIT_CONFIG_BYTES + 1, '#'), *problem = NULL;

	g_assert_null(load(dir, text, &problem));
	g_assert_nonnull(strstr(problem, "at most"));
}

static void test_install(void)
{
	g_autoptr(Scratch) dir = scratch_new();
	g_autofree char *file = g_build_filename(dir, "config.yaml", NULL), *problem = NULL;

	g_assert_true(config_install(file, NULL));
	g_autoptr(Config) config = load(dir, NULL, &problem);
	g_assert_cmpstr(config->active_policy, ==, "default");
	scratch_put(dir, "config.yaml", "# mine\n");
	g_assert_true(config_install(file, NULL));
	g_autofree char *kept = scratch_get(dir, "config.yaml");
	g_assert_cmpstr(kept, ==, "# mine\n");
}

/* Everything but the one value stays as the administrator wrote it. */
static void test_set_active_policy(void)
{
	static const struct { const char *before, *after; } rows[] = {
		{ "active_policy: default\n", "active_policy: strict\n" },
		{ "# a\nactive_policy:   default   # why\nfail_mode: open\n", "# a\nactive_policy:   strict   # why\nfail_mode: open\n" },
		{ "active_policy:\n", "active_policy: strict\n" },
		{ "active_policy: default", "active_policy: strict" },
		{ "active_policy: \"default\"\r\nfail_mode: open\r\n", "active_policy: strict\r\nfail_mode: open\r\n" },
		{ "fail_mode: open\n", "active_policy: strict\nfail_mode: open\n" },
		{ "audit:\n  active_policy: no\n", "active_policy: strict\naudit:\n  active_policy: no\n" },
		{ "", "active_policy: strict\n" },
	};
	/* A file that says nothing: what was applied before it. */
	static const struct { const char *before, *otherwise, *after; } empty[] = {
		{ "# nothing\n", "# was\nactive_policy: x\nfail_mode: open\n", "# was\nactive_policy: strict\nfail_mode: open\n" },
		{ NULL, "active_policy: x\n", "active_policy: strict\n" },
		{ NULL, NULL, "active_policy: strict\n" },
		{ "fail_mode: open\n", "active_policy: x\n", "active_policy: strict\nfail_mode: open\n" },
		{ "[\n", "active_policy: x\n", "active_policy: strict\n[\n" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *file = g_build_filename(dir, "config.yaml", NULL);
		scratch_put(dir, "config.yaml", rows[i].before);
		g_assert_true(config_set_active_policy(file, NULL, "strict", NULL));
		g_autofree char *after = scratch_get(dir, "config.yaml");
		g_assert_cmpstr(after, ==, rows[i].after);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(empty); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *file = g_build_filename(dir, "config.yaml", NULL);
		if (empty[i].before)
			scratch_put(dir, "config.yaml", empty[i].before);
		g_assert_true(config_set_active_policy(file, empty[i].otherwise, "strict", NULL));
		g_autofree char *after = scratch_get(dir, "config.yaml");
		g_assert_cmpstr(after, ==, empty[i].after);
	}
}

static void test_says(void)
{
	static const struct { const char *text; bool there, says_nothing, names_policy; } rows[] = {
		{ NULL, false, true, false }, { "", true, true, false }, { "# active_policy: x\n", true, true, false }, { "---\n", true, true, false }, { "{}\n", true, true, false },
		{ "fail_mode: closed\n", true, false, false }, { "active_policy: x\n", true, false, true },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Scratch) dir = scratch_new();
		g_autofree char *problem = NULL;
		g_autoptr(Config) config = load(dir, rows[i].text, &problem);
		g_assert_cmpint(config->there, ==, rows[i].there);
		g_assert_cmpint(config->says_nothing, ==, rows[i].says_nothing);
		g_assert_cmpint(config->names_policy, ==, rows[i].names_policy);
		g_assert_cmpstr(config->text, ==, rows[i].text ? rows[i].text : "");
	}
}

static void test_paths(void)
{
	g_autoptr(Paths) system = paths_new("/etc/sentinel");
	g_autoptr(Paths) other = paths_new("/x/y/");
	g_autoptr(GError) error = NULL;

	g_assert_cmpstr(system->audit_dir, ==, "/var/lib/sentinel/audit");
	g_assert_cmpstr(system->cache_dir, ==, "/var/cache/sentinel");
	g_assert_cmpstr(other->config_file, ==, "/x/y/config.yaml");
	g_assert_cmpstr(other->policies_dir, ==, "/x/y/policies");
	g_assert_cmpstr(other->audit_dir, ==, "/x/y/audit");
	g_setenv("SENTINEL_CONFIG_DIR", "/from/env", TRUE);
	g_autoptr(Paths) set = paths_new(NULL);
	g_assert_cmpstr(set->config_dir, ==, "/from/env");
	g_unsetenv("SENTINEL_CONFIG_DIR");

	g_autoptr(Scratch) dir = scratch_new();
	scratch_put(dir, "file", "");
	g_autofree char *below = g_build_filename(dir, "file", "below", NULL);
	g_autoptr(Paths) impossible = paths_new(below);
	g_assert_false(paths_prepare(impossible, &error));
	g_assert_nonnull(strstr(error->message, below));
	g_assert_nonnull(strstr(error->message, "--config-dir"));
}

/* What containers must not get, also where links lead to. */
static void test_own(void)
{
	g_autoptr(Scratch) scratch = scratch_new();
	g_autofree char *dir = g_build_filename(scratch, "elsewhere", NULL), *link = g_build_filename(scratch, "link", NULL);
	g_autofree char *audit = g_build_filename(dir, "audit", NULL), *socket = g_build_filename(dir, "s.sock", NULL), *named = g_build_filename(link, "s.sock", NULL);
	const char *const expected[] = { link, dir, audit, socket, named };
	g_autoptr(Paths) paths = paths_new(link);

	g_assert_cmpint(mkdir(dir, 0700), ==, 0);
	g_assert_cmpint(symlink(dir, link), ==, 0);
	g_assert_true(paths_prepare(paths, NULL));
	g_assert_false(g_strv_contains(paths_own(paths), socket));
	paths_add_own(paths, named);
	paths_add_own(paths, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_test_message("%s", expected[i]);
		g_assert_true(g_strv_contains(paths_own(paths), expected[i]));
	}
}

static void add_keys(const Section *section, const char *before, GPtrArray *keys)
{
	for (size_t i = 0; i < section->count; i++) {
		const Field *field = &section->fields[i];
		g_autofree char *key = g_strconcat(before, field->name, NULL), *inner = g_strconcat(key, ".", NULL);
		if (field->read == field_section)
			add_keys(field->detail, inner, keys);
		else
			g_ptr_array_add(keys, g_steal_pointer(&key));
	}
}

/* What is shown is every key that there is. */
static void test_described(void)
{
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free), diagnostics = diagnostics_new();
	g_autoptr(Arena) arena = arena_new();
	static const char text[] = "audit:\n  rotate: {size: 3M,\n           age: 90m}\nreload: {quiet_ms: 20}\ndocker: {}\n";
	g_autoptr(Config) config = config_parse("config.yaml", text, strlen(text), diagnostics);
	size_t count;

	g_assert_nonnull(config);
	const ConfigRow *rows = config_describe(config, arena, &count);
	add_keys(&config_section, "", keys);
	g_assert_cmpuint(count, ==, keys->len);
	for (guint i = 0; i < keys->len; i++) {
		const char *key = g_ptr_array_index(keys, i);
		const unsigned line = !strcmp(key, "audit.rotate.size") ? 2 : !strcmp(key, "audit.rotate.age") ? 3 : !strcmp(key, "reload.quiet_ms") ? 4 : 0;
		g_test_message("%s", key);
		g_assert_cmpstr(rows[i].key, ==, key);
		g_assert_cmpuint(rows[i].line, ==, line);
		if (line == 3)
			g_assert_cmpstr(rows[i].value, ==, "90m");
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config/defaults", test_defaults);
	g_test_add_func("/config/all-keys", test_all_keys);
	g_test_add_func("/config/log-reads", test_log_reads);
	g_test_add_func("/config/bad", test_bad);
	g_test_add_func("/config/too-large", test_too_large);
	g_test_add_func("/config/install", test_install);
	g_test_add_func("/config/set-active-policy", test_set_active_policy);
	g_test_add_func("/config/paths", test_paths);
	g_test_add_func("/config/own-paths", test_own);
	g_test_add_func("/config/says", test_says);
	g_test_add_func("/config/described", test_described);
	return g_test_run();
}
