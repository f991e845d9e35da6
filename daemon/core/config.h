/* SPDX-License-Identifier: MIT
 *
 * config.yaml.  Every key has a default; unknown keys are errors.  Read on the worker thread (or at start).
 */
#pragma once

#include "core/sockets.h"
#include "policy/policy.h"

typedef enum FailMode { FAIL_CLOSED, FAIL_OPEN } FailMode;

/* audit.log_reads: what becomes of reads that are let through without a finding. */
typedef enum LogReads { LOG_READS_NONE, LOG_READS_ALL, LOG_READS_FOLDED } LogReads;

typedef enum Offline { OFFLINE_AUTO, OFFLINE_NO, OFFLINE_YES } Offline;

/* scanning: how scanners are run; which ones, and what follows from it, is the policy's. */
typedef struct ScanSettings {
	bool enabled;
	Offline offline; /* auto: when this process can have no network */
	bool verify_secrets;
	unsigned timeout_s; /* of one scanner */
	unsigned push_wait_s; /* so long a push waits for the scan of its image; then it is denied */
	char **program_dirs; /* searched before the usual ones */
} ScanSettings;

/* audit: how the trail is written, when its files are finished, and when they go. */
typedef struct AuditSettings {
	bool durable;             /* durability: disk: a line is on the disk before the answer goes out */
	int64_t rotate_bytes, rotate_age_us;
	int64_t keep_us, keep_bytes; /* retention; 0: no limit */
	bool pack;                   /* compress: zstd: finished files are packed */
} AuditSettings;

typedef struct Config {
	char *active_policy; /* "default" */
	FailMode fail_mode;  /* closed; open: mutating calls go on when the journal cannot be written */
	unsigned reload_quiet_ms;
	LogReads log_reads; /* folded: counted, a line a minute (core/folds.h) */
	AuditSettings audit;
	unsigned seal_interval_s; /* audit.seal_interval */
	char *metrics_socket; /* metrics.socket: where monitoring's text is served; "": nowhere */
	unsigned docker_patience_s; /* for one answer of a Docker that is alive */
	ScanSettings scanning;
	SocketSet *sockets; /* NULL: there are none */
	char *text;        /* what was read, "" without a file */
	bool there;        /* there is a file */
	bool says_nothing; /* no file, or no key in it */
	bool names_policy; /* it says active_policy */
} Config;

AuditSettings audit_settings_default(void);
/* What holds without a config.yaml; frees nothing. */
ScanSettings scan_settings_default(void);
void scan_settings_clear(ScanSettings *settings);
ScanSettings scan_settings_copy(const ScanSettings *settings);

/* A file that does not exist gives the defaults.  NULL when there is an error in `diagnostics`. */
Config *config_load(const char *file, GPtrArray *diagnostics);
/* The same of a text; `file` is for the messages. */
Config *config_parse(const char *file, const char *text, gsize length, GPtrArray *diagnostics);
void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

/* Writes the default config.yaml (commented) if there is none. */
bool config_install(const char *file, GError **error);
/* Changes active_policy and keeps every other byte (comments, order); temp + fsync + rename.  `otherwise` is the text that
 * is changed when the file says nothing; NULL: none. */
bool config_set_active_policy(const char *file, const char *otherwise, const char *name, GError **error);
/* Puts a whole text into its place; NULL: removes the file. */
bool config_put(const char *file, const char *text, GError **error);
