/* SPDX-License-Identifier: MIT
 *
 * Policies from a repository.  A bundle is a directory, or the same below an https address: manifest.json, which names policies by size and
 * SHA-256 and has a number and an end, its signature manifest.json.minisig (minisign), and the policies' files.  Each file here is one step
 * of "policy fetch"; a step that refuses says why in a Problem, and nothing was changed.
 */
#pragma once

#include "cli/cli.h"

#define BUNDLE_MANIFEST "manifest.json"
#define BUNDLE_SIGNATURE BUNDLE_MANIFEST ".minisig"
#define BUNDLE_FORMAT "sentinel-policies-1"

/* Why it does not go on; what is told, and what is kept for "doctor". */
typedef struct Problem {
	ExitCode code;
	const char *word; /* of the JSON error */
	char *text;
} Problem;

/* The code; the first problem counts. */
int problem_set(Problem *problem, ExitCode code, const char *word, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* policy-bundle-conf.c: fetch.conf and the keys, which nobody but root may have written. */
typedef struct BundleKey {
	char *name;
	GBytes *text; /* minisign's file */
	bool may_relax;
} BundleKey;

typedef struct BundleConf {
	char *file;
	char *source; /* https://HOST/PATH or /DIRECTORY, without a slash at the end */
	char *policy; /* which of the bundle's policies this machine takes */
	char *ca;     /* of the server; NULL: those that the system knows */
	int64_t most_denied; /* recorded calls that it may newly deny; -1: any, they are only told of */
	int64_t since_us;    /* the span of records that is judged again */
	GPtrArray *keys;     /* BundleKey */
} BundleConf;

/* `file` NULL: the installed one, with --local that of its directory.  0, or the exit code. */
int bundle_conf_read(const Cli *cli, const char *file, BundleConf *ret, Problem *problem);
void bundle_conf_clear(BundleConf *conf);

/* policy-bundle-source.c: at most `limit` bytes of one file of the repository.  0, or the exit code. */
int bundle_get(const BundleConf *conf, const char *name, gsize limit, GBytes **ret, Problem *problem);

/* policy-bundle-verify.c: which key signed; the text is written into `dir`, which is the caller's alone.  0, or the exit code. */
int bundle_verify(const BundleConf *conf, const char *dir, GBytes *manifest, GBytes *signature, const BundleKey **ret, Problem *problem);

/* policy-bundle-manifest.c */
typedef struct BundlePolicy {
	char *name, *file, *sha256;
	int64_t size;
} BundlePolicy;

typedef struct Bundle {
	int64_t number, expires_us;
	char *digest;        /* SHA-256 of the manifest */
	GPtrArray *policies; /* BundlePolicy */
} Bundle;

/* Of a manifest whose signature is good.  0, or the exit code. */
int bundle_read(GBytes *manifest, Bundle *ret, Problem *problem);
void bundle_clear(Bundle *bundle);
/* An empty one. */
void bundle_start(Bundle *ret);
void bundle_add(Bundle *bundle, const char *name, const char *file, GBytes *text);
/* The text of manifest.json. */
char *bundle_text(const Bundle *bundle);

/* policy-bundle-state.c: what daemon/core/fetched.h reads. */
typedef struct BundleState {
	char *dir;
	int lock;
	bool begun;     /* there is a record of the last number */
	int64_t number; /* accepted last; never lowered */
	char *digest;   /* of its manifest; "" after --begin */
} BundleState;

/* The directory (NULL: as with bundle_conf_read()), with its lock: one fetch at a time.  0, or the exit code. */
int bundle_state_open(const Cli *cli, const char *dir, BundleState *ret, Problem *problem);
void bundle_state_close(BundleState *state);
/* Without a record: the number that counts as the last one. */
int bundle_state_begin(const BundleState *state, int64_t number, Problem *problem);
/* Before the policy is put in force: the record, beside its place.  Then: in its place.  0, or the exit code. */
int bundle_state_prepare(const BundleState *state, const Bundle *bundle, const BundleConf *conf, const BundleKey *key, Problem *problem);
int bundle_state_commit(const BundleState *state, Problem *problem);
/* What came of this try; `error` NULL: all is in order. */
void bundle_state_tell(const BundleState *state, const char *error);

/* policy-adopt.c: what the service says of the policy, and then: in force. */
typedef struct BundleVerdict {
	uint64_t same, denied, allowed, unknown; /* of the recorded calls */
} BundleVerdict;

int bundle_judge(Cli *cli, const BundleConf *conf, const char *yaml, BundleVerdict *ret, Problem *problem);
int bundle_adopt(Cli *cli, const char *name, const char *yaml, const BundleKey *key, Problem *problem);
/* Only whether it loads and passes its own tests. */
int bundle_test(Cli *cli, const char *name, const char *yaml, Problem *problem);
