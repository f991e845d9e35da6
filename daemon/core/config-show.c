/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>
#include "core/config-keys.h"
#include "core/config-show.h"

#define SECOND_US ((int64_t)1000 * 1000)

typedef const char *Show(const Config *config, Arena *arena);

/* As it would be written: in the largest unit that it is a whole number of. */
static const char *in_units(Arena *arena, int64_t value, const char *units, const int64_t *steps, size_t count)
{
	size_t unit = 0;

	while (value && unit + 1 < count && value % steps[unit] == 0)
		value /= steps[unit++];
	return units[unit] == ' ' ? arena_printf(arena, "%" PRId64, value) : arena_printf(arena, "%" PRId64 "%c", value, units[unit]);
}

static const char *show_seconds(Arena *arena, int64_t seconds)
{
	static const int64_t steps[] = { 60, 60, 24 };

	return in_units(arena, seconds, "smhd", steps, 4);
}

static const char *show_bytes(Arena *arena, int64_t bytes)
{
	static const int64_t steps[] = { 1024, 1024, 1024 };

	return in_units(arena, bytes, " KMG", steps, 4);
}

static const char *flag(bool on)
{
	return on ? "true" : "false";
}

static const char *show_policy(const Config *config, Arena *arena)
{
	return arena_strdup(arena, config->active_policy);
}

static const char *show_fail_mode(const Config *config, Arena *arena)
{
	(void)arena;
	return config->fail_mode == FAIL_OPEN ? "open" : "closed";
}

static const char *show_reads(const Config *config, Arena *arena)
{
	static const char *const words[] = { [LOG_READS_NONE] = "none", [LOG_READS_ALL] = "all", [LOG_READS_FOLDED] = "folded" };

	(void)arena;
	return words[config->log_reads];
}

static const char *show_durability(const Config *config, Arena *arena)
{
	(void)arena;
	return config->audit.durable ? "disk" : "process";
}

static const char *show_rotate_size(const Config *config, Arena *arena)
{
	return show_bytes(arena, config->audit.rotate_bytes);
}

static const char *show_rotate_age(const Config *config, Arena *arena)
{
	return show_seconds(arena, config->audit.rotate_age_us / SECOND_US);
}

static const char *show_compress(const Config *config, Arena *arena)
{
	(void)arena;
	return config->audit.pack ? "zstd" : "none";
}

static const char *show_keep_days(const Config *config, Arena *arena)
{
	return config->audit.keep_us ? arena_printf(arena, "%" PRId64, config->audit.keep_us / (24 * 3600 * SECOND_US)) : "";
}

static const char *show_keep_size(const Config *config, Arena *arena)
{
	return config->audit.keep_bytes ? show_bytes(arena, config->audit.keep_bytes) : "";
}

static const char *show_seal(const Config *config, Arena *arena)
{
	return show_seconds(arena, config->seal_interval_s);
}

static const char *show_socket(const Config *config, Arena *arena)
{
	return arena_strdup(arena, config->metrics_socket);
}

static const char *show_quiet(const Config *config, Arena *arena)
{
	return arena_printf(arena, "%u", config->reload_quiet_ms);
}

static const char *show_patience(const Config *config, Arena *arena)
{
	return show_seconds(arena, config->docker_patience_s);
}

static const char *show_scanning(const Config *config, Arena *arena)
{
	(void)arena;
	return flag(config->scanning.enabled);
}

static const char *show_offline(const Config *config, Arena *arena)
{
	static const char *const words[] = { [OFFLINE_AUTO] = "auto", [OFFLINE_NO] = "false", [OFFLINE_YES] = "true" };

	(void)arena;
	return words[config->scanning.offline];
}

static const char *show_push_wait(const Config *config, Arena *arena)
{
	return show_seconds(arena, config->scanning.push_wait_s);
}

static const char *show_timeout(const Config *config, Arena *arena)
{
	return show_seconds(arena, config->scanning.timeout_s);
}

static const char *show_verify(const Config *config, Arena *arena)
{
	(void)arena;
	return flag(config->scanning.verify_secrets);
}

static const char *show_directories(const Config *config, Arena *arena)
{
	g_autofree char *joined = g_strjoinv(", ", config->scanning.program_dirs);

	return arena_printf(arena, "[%s]", joined);
}

static const char *show_sockets(const Config *config, Arena *arena)
{
	const Sockets *sockets = socket_set_all(config->sockets);
	g_autoptr(GString) names = g_string_new("[");

	for (size_t i = 0; sockets && i < sockets->count; i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "", sockets->items[i].name);
	return arena_printf(arena, "%s]", names->str);
}

static const struct {
	const char *key;
	Show *show;
} rows[] = {
	{ "active_policy", show_policy },
	{ "fail_mode", show_fail_mode },
	{ "audit.log_reads", show_reads },
	{ "audit.durability", show_durability },
	{ "audit.rotate.size", show_rotate_size },
	{ "audit.rotate.age", show_rotate_age },
	{ "audit.compress", show_compress },
	{ "audit.retention.days", show_keep_days },
	{ "audit.retention.size", show_keep_size },
	{ "audit.seal_interval", show_seal },
	{ "metrics.socket", show_socket },
	{ "reload.quiet_ms", show_quiet },
	{ "docker.patience", show_patience },
	{ "scanning.enabled", show_scanning },
	{ "scanning.offline", show_offline },
	{ "scanning.timeout", show_timeout },
	{ "scanning.push_wait", show_push_wait },
	{ "scanning.verify_secrets", show_verify },
	{ "scanning.program_dirs", show_directories },
	{ "sockets", show_sockets },
};

/* 0: the key is not there. */
static unsigned line_of(const YamlNode *root, const char *key)
{
	g_auto(GStrv) names = g_strsplit(key, ".", -1);
	unsigned line = 0;

	for (char **name = names; *name; name++) {
		const YamlNode *value = root && root->kind == YAML_MAP ? field_find(root, *name) : NULL;
		for (size_t i = 0; value && i < root->count; i++)
			if (root->items[i] == value)
				line = root->keys[i]->line;
		if (!value || yaml_is_null(value))
			return 0;
		root = value;
	}
	return line;
}

const ConfigRow *config_describe(const Config *config, Arena *arena, size_t *ret_count)
{
	ConfigRow *described = arena_alloc(arena, sizeof rows / sizeof *rows * sizeof(ConfigRow));
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	const YamlNode *root = yaml_parse("config.yaml", config->text, strlen(config->text), arena, diagnostics);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		described[i] = (ConfigRow){ rows[i].key, rows[i].show(config, arena), line_of(root, rows[i].key) };
	*ret_count = G_N_ELEMENTS(rows);
	return described;
}
