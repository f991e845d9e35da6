/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/error.h"
#include "base/limits.h"
#include "core/config-keys.h"

#define ACTIVE_KEY "active_policy:"
#define SECOND_US ((int64_t)1000 * 1000)
#define DAY_US (24 * 3600 * SECOND_US)
#define SCAN_TIMEOUT_S 900u
#define PUSH_WAIT_S 60u
#define SEAL_INTERVAL_S 600u

static const char default_text[] =
	"# Docker Sentinel: sentineld(8) reads this file again when it changes.\n"
	"# Every key has a default; an unknown key is an error and the old settings stay.\n"
	"\n"
	"# The policy in force: policies/NAME.yaml beside this file.\n"
	"active_policy: default\n"
	"\n"
	"# What happens to calls that change something while the audit trail cannot be\n"
	"# written: closed (they are denied) or open.\n"
	"fail_mode: closed\n"
	"\n"
	"audit:\n"
	"  log_reads: folded    # allowed read-only calls: counted, a line a minute; all: each has a line; none\n"
	"  durability: process  # disk: a line is on the disk before the answer, which then takes as long as that\n"
	"  rotate: {size: 64M, age: 1d}  # when a file of the trail is finished\n"
	"  # compress: none  # finished files stay as they are; zstd (the default) packs them\n"
	"  # retention: {days: 365, size: 10G}  # older files go, and the oldest when all are bigger; without: none\n"
	"  seal_interval: 10m   # how often the newest hash goes into the system's journal\n"
	"\n"
	"# metrics:\n"
	"#   socket: /run/sentinel-metrics/socket  # counters for monitoring by HTTP, GET /metrics\n"
	"\n"
	"reload:\n"
	"  quiet_ms: 500        # how long a file must be quiet before it is read\n"
	"\n"
	"docker:\n"
	"  patience: 60s        # how long an answer of a Docker that is alive is waited for\n"
	"\n"
	"scanning:\n"
	"  enabled: true        # false: nothing is scanned, and what must be scanned is denied\n"
	"  offline: auto        # true: scanners use the databases that they have; auto: when there is no network\n"
	"  timeout: 15m         # of one scanner\n"
	"  push_wait: 60s       # so long a push waits for the scan of its image; then it is denied\n"
	"  verify_secrets: false  # true: TruffleHog tries what it finds on the services that it is for\n"
	"\n"
	"# sockets:                # sockets of Sentinel's, which speak Docker's API: sentinel-proxy(8)\n"
	"#   docker: {group: docker, policy: active}  # /run/sentinel/docker.sock\n";

/* The text of `file`; NULL with ENOENT when it does not exist. */
static char *read_text(const char *file, gsize *ret_length, GError **error)
{
	struct stat status;
	char *text = NULL;

	if (stat(file, &status) == 0 && (!S_ISREG(status.st_mode) || status.st_size > LIMIT_CONFIG_BYTES)) {
		g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_LIMIT, "%s is not a file of at most %u bytes", file, LIMIT_CONFIG_BYTES);
		return NULL;
	}
	(void)g_file_get_contents(file, &text, ret_length, error);
	return text;
}

AuditSettings audit_settings_default(void)
{
	return (AuditSettings){ .rotate_bytes = LIMIT_SEGMENT_BYTES, .rotate_age_us = (int64_t)LIMIT_SEGMENT_AGE_S * SECOND_US, .pack = true };
}

ScanSettings scan_settings_default(void)
{
	static char *none[] = { NULL };

	return (ScanSettings){ .enabled = true, .timeout_s = SCAN_TIMEOUT_S, .push_wait_s = PUSH_WAIT_S, .program_dirs = none };
}

ScanSettings scan_settings_copy(const ScanSettings *settings)
{
	ScanSettings copy = *settings;

	copy.program_dirs = g_strdupv(settings->program_dirs);
	return copy;
}

void scan_settings_clear(ScanSettings *settings)
{
	g_strfreev(settings->program_dirs);
	settings->program_dirs = NULL;
}

static char **copy_list(const StringList *list)
{
	char **copy = g_new0(char *, list->count + 1);

	for (size_t i = 0; i < list->count; i++)
		copy[i] = g_strdup(list->items[i]);
	return copy;
}

static Config *config_new(const ConfigValues *values)
{
	Config *config = g_new0(Config, 1);

	*config = (Config){
		.active_policy = g_strdup(values->active_policy), .metrics_socket = g_strdup(values->metrics_socket), .fail_mode = values->fail_mode, .reload_quiet_ms = (unsigned)values->quiet_ms,
		.audit = values->audit, .log_reads = values->log_reads, .seal_interval_s = (unsigned)(values->seal_us / SECOND_US), .docker_patience_s = (unsigned)(values->patience_us / SECOND_US),
		.scanning = {
			.enabled = values->scanning, .offline = values->offline, .verify_secrets = values->verify_secrets,
			.timeout_s = (unsigned)(values->timeout_us / SECOND_US), .push_wait_s = (unsigned)(values->push_wait_us / SECOND_US), .program_dirs = copy_list(&values->program_dirs),
		},
	};
	config->audit.keep_us = values->keep_days * DAY_US;
	return config;
}

Config *config_parse(const char *file, const char *text, gsize length, GPtrArray *diagnostics)
{
	ConfigValues values = { .audit = audit_settings_default(), .active_policy = "default", .metrics_socket = "", .fail_mode = FAIL_CLOSED, .quiet_ms = LIMIT_RELOAD_QUIET_MS, .log_reads = LOG_READS_FOLDED,
		.scanning = true, .timeout_us = SCAN_TIMEOUT_S * SECOND_US, .push_wait_us = PUSH_WAIT_S * SECOND_US, .patience_us = LIMIT_FACT_PATIENCE_S * SECOND_US, .seal_us = SEAL_INTERVAL_S * SECOND_US };
	g_autoptr(Arena) arena = arena_new();
	Loader loader = { file, arena, diagnostics, 0 };
	YamlNode *root = yaml_parse(file, text, length, arena, diagnostics);

	if (root && !yaml_is_null(root))
		section_read(&loader, root, NULL, &config_section, &values);
	if (!root || diagnostics_have_error(diagnostics))
		return NULL;
	Config *config = config_new(&values);
	config->text = g_strdup(text);
	if (values.sockets.count)
		config->sockets = socket_set_new(&values.sockets, g_steal_pointer(&arena));
	config->there = true;
	config->says_nothing = yaml_is_null(root) || !root->count;
	config->names_policy = field_find(root, "active_policy") != NULL;
	return config;
}

Config *config_load(const char *file, GPtrArray *diagnostics)
{
	g_autoptr(GError) error = NULL;
	gsize length = 0;
	g_autofree char *text = read_text(file, &length, &error);
	bool absent = !text && g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);

	if (!text && !absent) {
		diagnostics_add(diagnostics, DIAGNOSTIC_ERROR, file, 0, 0, "%s", error->message);
		return NULL;
	}
	Config *config = config_parse(file, absent ? "" : text, length, diagnostics);
	if (config)
		config->there = !absent;
	return config;
}

void config_free(Config *config)
{
	if (!config)
		return;
	g_free(config->active_policy);
	g_free(config->metrics_socket);
	g_free(config->text);
	socket_set_unref(config->sockets);
	scan_settings_clear(&config->scanning);
	g_free(config);
}

/* Whole or not at all, also when the power goes. */
static bool replace(const char *file, const char *text, gsize length, GError **error)
{
	return g_file_set_contents_full(file, text, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, error);
}

bool config_install(const char *file, GError **error)
{
	return access(file, F_OK) == 0 || replace(file, default_text, strlen(default_text), error);
}

/* The value of the top-level key: where it begins and ends in its line.  NULL: the key is not there. */
static const char *find_value(const char *text, const char **ret_end)
{
	for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (strncmp(line, ACTIVE_KEY, strlen(ACTIVE_KEY)) != 0)
			continue;
		const char *value = line + strlen(ACTIVE_KEY);
		value += strspn(value, " \t");
		*ret_end = value + strcspn(value, " \t\r\n#");
		return value;
	}
	return NULL;
}

static bool says_nothing(const char *file, const char *text, gsize length)
{
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autoptr(Config) config = text ? config_parse(file, text, length, diagnostics) : NULL;

	return !text || (config && config->says_nothing);
}

bool config_put(const char *file, const char *text, GError **error)
{
	if (text)
		return replace(file, text, strlen(text), error);
	if (remove(file) == 0 || errno == ENOENT)
		return true;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_IO, "cannot remove %s: %s", file, g_strerror(errno));
	return false;
}

bool config_set_active_policy(const char *file, const char *otherwise, const char *name, GError **error)
{
	g_autoptr(GError) problem = NULL;
	gsize length = 0;
	g_autofree char *text = read_text(file, &length, &problem);
	g_autoptr(GString) changed = g_string_new(NULL);
	const char *end = NULL;

	if (!text && !g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	if (otherwise && says_nothing(file, text, length)) {
		g_free(text);
		text = g_strdup(otherwise);
	}
	const char *value = text ? find_value(text, &end) : NULL;
	if (value) {
		g_string_append_len(changed, text, value - text);
		g_string_append_printf(changed, "%s%s%s", value[-1] == ':' ? " " : "", name, end);
	} else {
		g_string_append_printf(changed, ACTIVE_KEY " %s\n%s", name, text ? text : "");
	}
	return replace(file, changed->str, changed->len, error);
}
