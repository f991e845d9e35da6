/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "base/limits.h"
#include "core/config-keys.h"
#include "policy/store.h"

#define SECOND_US ((int64_t)1000 * 1000)
#define DAY_US (24 * 3600 * SECOND_US)
#define LONGEST_PID 12u /* what authz/listen.c adds to it for a moment */

static void read_fail_mode(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	const char *word = "";

	field_text(loader, node, path, field, &word);
	if (!strcmp(word, "open") || !strcmp(word, "closed"))
		*(FailMode *)target = strcmp(word, "open") == 0 ? FAIL_OPEN : FAIL_CLOSED;
	else if (*word)
		field_error(loader, node, path, "expected closed or open");
}

static void read_policy_name(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	const char **name = target;

	field_text(loader, node, path, field, target);
	if (node->kind == YAML_SCALAR && *node->text && !store_name_valid(*name))
		field_error(loader, node, path, "a policy's name has letters, digits, '-', '_' and '.'");
}

static void read_offline(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	const char *word = "";
	bool offline = false;

	if (node->kind == YAML_SCALAR && !strcmp(node->text, "auto")) {
		field_text(loader, node, path, field, &word);
		*(Offline *)target = OFFLINE_AUTO;
		return;
	}
	field_flag(loader, node, path, field, &offline);
	*(Offline *)target = offline ? OFFLINE_YES : OFFLINE_NO;
}

/* It was a flag once: true is all, false none. */
static void read_log_reads(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	static const struct {
		const char *word;
		LogReads value;
	} words[] = { { "folded", LOG_READS_FOLDED }, { "all", LOG_READS_ALL }, { "none", LOG_READS_NONE }, { "true", LOG_READS_ALL }, { "false", LOG_READS_NONE } };
	const char *word = "";

	field_text(loader, node, path, field, &word);
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (!strcmp(word, words[i].word)) {
			*(LogReads *)target = words[i].value;
			return;
		}
	}
	if (*word)
		field_error(loader, node, path, "expected folded, all or none");
}

static void read_timeout(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	int64_t *timeout_us = target;

	field_duration(loader, node, path, field, target);
	if (*timeout_us < SECOND_US || *timeout_us > DAY_US)
		field_error(loader, node, path, "expected a duration of one second to one day");
}

static void read_directories(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	const StringList *directories = target;

	field_words(loader, node, path, field, target);
	for (size_t i = 0; i < directories->count; i++)
		if (*directories->items[i] != '/')
			field_error(loader, node, path, "expected absolute paths of directories");
}

static void read_socket(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	const char **socket = target;
	const struct sockaddr_un room;

	field_text(loader, node, path, field, target);
	if (**socket && (**socket != '/' || strlen(*socket) + LONGEST_PID >= sizeof room.sun_path))
		field_error(loader, node, path, "expected the absolute path of a socket, of at most 95 bytes");
}

static void read_durability(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	const char *word = "";

	field_text(loader, node, path, field, &word);
	if (!strcmp(word, "disk") || !strcmp(word, "process"))
		*(bool *)target = strcmp(word, "disk") == 0;
	else if (*word)
		field_error(loader, node, path, "expected process or disk");
}

static void read_compress(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	const char *word = "";

	field_text(loader, node, path, field, &word);
	if (!strcmp(word, "zstd") || !strcmp(word, "none"))
		*(bool *)target = strcmp(word, "zstd") == 0;
	else if (*word)
		field_error(loader, node, path, "expected zstd or none");
}

static void read_rotate_size(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	const int64_t *bytes = target;

	field_size(loader, node, path, field, target);
	if (*bytes < LIMIT_SEGMENT_LEAST_BYTES || *bytes > LIMIT_SEGMENT_MOST_BYTES)
		field_error(loader, node, path, "expected a size of 1M to 1G");
}

static void read_rotate_age(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	const int64_t *age_us = target;

	field_duration(loader, node, path, field, target);
	if (*age_us < 60 * SECOND_US || *age_us > 366 * DAY_US)
		field_error(loader, node, path, "expected a duration of one minute to a year");
}

static void read_keep_size(Loader *loader, const YamlNode *node, const KeyPath *path, const Field *field, void *target)
{
	const int64_t *bytes = target;

	field_size(loader, node, path, field, target);
	if (*bytes < 2 * (int64_t)LIMIT_SEGMENT_LEAST_BYTES)
		field_error(loader, node, path, "expected a size of at least 2M");
}

#define GROUP(name, section) { name, field_section, 0, &(section) }

static const Range quiet_range = { 10, 60000 };
static const Range days_range = { 1, 36500 };
static const Field rotate_fields[] = {
	{ "size", read_rotate_size, offsetof(ConfigValues, audit.rotate_bytes), NULL },
	{ "age", read_rotate_age, offsetof(ConfigValues, audit.rotate_age_us), NULL },
};
static const Section rotate_section = { rotate_fields, G_N_ELEMENTS(rotate_fields), sizeof(ConfigValues), NULL, NULL, NULL };
static const Field retention_fields[] = {
	{ "days", field_number, offsetof(ConfigValues, keep_days), &days_range },
	{ "size", read_keep_size, offsetof(ConfigValues, audit.keep_bytes), NULL },
};
static const Section retention_section = { retention_fields, G_N_ELEMENTS(retention_fields), sizeof(ConfigValues), NULL, NULL, NULL };
static const Field audit_fields[] = {
	{ "log_reads", read_log_reads, offsetof(ConfigValues, log_reads), NULL },
	{ "durability", read_durability, offsetof(ConfigValues, audit.durable), NULL },
	GROUP("rotate", rotate_section),
	{ "compress", read_compress, offsetof(ConfigValues, audit.pack), NULL },
	GROUP("retention", retention_section),
	{ "seal_interval", read_timeout, offsetof(ConfigValues, seal_us), NULL },
};
static const Section audit_section = { audit_fields, G_N_ELEMENTS(audit_fields), sizeof(ConfigValues), NULL, NULL, NULL };
static const Field metrics_fields[] = { { "socket", read_socket, offsetof(ConfigValues, metrics_socket), NULL } };
static const Section metrics_section = { metrics_fields, G_N_ELEMENTS(metrics_fields), sizeof(ConfigValues), NULL, NULL, NULL };
static const Field reload_fields[] = { { "quiet_ms", field_number, offsetof(ConfigValues, quiet_ms), &quiet_range } };
static const Section reload_section = { reload_fields, G_N_ELEMENTS(reload_fields), sizeof(ConfigValues), NULL, NULL, NULL };
static const Field docker_fields[] = { { "patience", read_timeout, offsetof(ConfigValues, patience_us), NULL } };
static const Section docker_section = { docker_fields, G_N_ELEMENTS(docker_fields), sizeof(ConfigValues), NULL, NULL, NULL };
static const Field scanning_fields[] = {
	{ "enabled", field_flag, offsetof(ConfigValues, scanning), NULL },
	{ "offline", read_offline, offsetof(ConfigValues, offline), NULL },
	{ "timeout", read_timeout, offsetof(ConfigValues, timeout_us), NULL },
	{ "push_wait", read_timeout, offsetof(ConfigValues, push_wait_us), NULL },
	{ "verify_secrets", field_flag, offsetof(ConfigValues, verify_secrets), NULL },
	{ "program_dirs", read_directories, offsetof(ConfigValues, program_dirs), NULL },
};
static const Section scanning_section = { scanning_fields, G_N_ELEMENTS(scanning_fields), sizeof(ConfigValues), NULL, NULL, NULL };
static const Field config_fields[] = {
	{ "active_policy", read_policy_name, offsetof(ConfigValues, active_policy), NULL },
	{ "fail_mode", read_fail_mode, offsetof(ConfigValues, fail_mode), NULL },
	GROUP("audit", audit_section),
	GROUP("metrics", metrics_section),
	GROUP("reload", reload_section),
	GROUP("docker", docker_section),
	GROUP("scanning", scanning_section),
	{ "sockets", read_sockets, offsetof(ConfigValues, sockets), NULL },
};
const Section config_section = { config_fields, G_N_ELEMENTS(config_fields), sizeof(ConfigValues), NULL, NULL, NULL };
