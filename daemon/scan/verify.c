/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "base/text.h"
#include "policy/signature.h"
#include "policy/store-keys.h"
#include "request/image.h"
#include "request/json.h"
#include "request/list.h"
#include "scan/agent.h"
#include "scan/signers.h"
#include "scan/verify.h"

#define MS_S 1000u
#define SHOWN_BYTES 300u
#define SECOND_US ((int64_t)1000 * 1000)
/* Another user reads them, by a descriptor of the directory; nothing of it is secret. */
#define FILE_MODE 0444
#define DIRECTORY_MODE 0755
#define PEM "-----BEGIN PUBLIC KEY-----"
#define PEM_CERTIFICATE "-----BEGIN CERTIFICATE-----"

/* The check of one name. */
typedef struct NameCheck {
	ScanWork *work;
	const ScanTask *task; /* of the whole */
	const SignatureTrust *trust;
	const char *subject, *digest; /* "a.net/app@sha256:...", its digest */
	const char *directory;
	const char *why;              /* of the last answer */
} NameCheck;

static bool put(const char *directory, const char *name, const void *bytes, size_t length)
{
	g_autofree char *path = g_build_filename(directory, name, NULL);

	return g_file_set_contents(path, bytes, (gssize)length, NULL) && chmod(path, FILE_MODE) == 0;
}

static bool make(const char *path)
{
	return mkdir(path, DIRECTORY_MODE) == 0 && chmod(path, DIRECTORY_MODE) == 0;
}

/* A policy that believes this key alone, of whatever it is a key: PEM is for signatures that lie beside the image, all else is for GnuPG. */
static bool put_policy(const char *directory, const SignatureFile *key, bool pem, Arena *arena)
{
	static const char attached[] = "default-docker:\n  use-sigstore-attachments: true\n";
	g_autofree char *data = g_base64_encode((const guchar *)key->bytes, key->length), *registries = g_build_filename(directory, SIGNER_REGISTRIES, NULL);
	const char *text = arena_printf(arena,
		"{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{\"\":[{\"type\":\"%s\",%s\"keyData\":\"%s\",\"signedIdentity\":{\"type\":\"matchRepository\"}}]}}}\n",
		pem ? "sigstoreSigned" : "signedBy", pem ? "" : "\"keyType\":\"GPGKeys\",", data);

	return put(directory, SIGNER_POLICY, text, strlen(text)) && (!pem || (make(registries) && put(registries, "sigstore.yaml", attached, strlen(attached))));
}

/* True: there is a bundle of this digest. */
static bool put_bundle(const NameCheck *check, const char *directory)
{
	static const char *const names[][2] = { { ".payload", SIGNER_PAYLOAD }, { ".sig", SIGNER_SIGNATURE } };
	const char *hex = check->digest + strlen("sha256:");

	for (size_t i = 0; *check->trust->bundles && i < G_N_ELEMENTS(names); i++) {
		SignatureFile file;
		const char *path = arena_printf(check->work->arena, "%s/%s%s", check->trust->bundles, hex, names[i][0]);
		if (signature_file_read(path, check->work->arena, &file) || !put(directory, names[i][1], file.bytes, file.length))
			return false;
	}
	return *check->trust->bundles;
}

static bool count_log(Json *json, void *target)
{
	++*(unsigned *)target;
	return json_skip(json, NULL);
}

static bool read_logs(Json *json, void *target)
{
	return json_array(json, count_log, target);
}

/* Certificates as PEM, or what cosign calls a trusted root: JSON, which says whether there is a log that signatures must be in. */
static SignerId roots_kind(const SignatureFile *file, Arena *arena)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("tlogs", read_logs) };
	Json json = json_begin(file->bytes, file->length, arena);
	unsigned logs = 0;

	if (g_strstr_len(file->bytes, (gssize)file->length, PEM_CERTIFICATE) && file->bytes[0] != '{')
		return SIGNER_COSIGN_ROOTS;
	return json_object(&json, fields, G_N_ELEMENTS(fields), &logs) && json_finish(&json) && !logs ? SIGNER_COSIGN_TRUSTED : SIGNER_COSIGN_LOGGED;
}

/* What the program finds in the directory, and which way it is called.  `key` NULL: by no key of the entry's.  False: it cannot be written. */
static bool prepare(const NameCheck *check, const SignatureFile *key, const char *directory, SignerId *ret)
{
	const bool by_skopeo = !strcmp(check->trust->adapter, "skopeo");
	const SignatureFiles *files = &check->trust->files;

	if (*check->trust->containers_policy) {
		*ret = SIGNER_SKOPEO;
		return files->count && put(directory, SIGNER_POLICY, files->items[0].bytes, files->items[0].length);
	}
	if (*check->trust->roots) {
		*ret = files->count ? roots_kind(&files->items[0], check->work->arena) : SIGNER_COSIGN_ROOTS;
		return files->count && put(directory, SIGNER_ROOTS, files->items[0].bytes, files->items[0].length);
	}
	if (!key) {
		*ret = SIGNER_COSIGN_IDENTITY;
		return true;
	}
	if (by_skopeo) {
		const bool pem = g_strstr_len(key->bytes, (gssize)key->length, PEM) != NULL;
		*ret = pem ? SIGNER_SKOPEO_ATTACHED : SIGNER_SKOPEO;
		return put_policy(directory, key, pem, check->work->arena);
	}
	*ret = put_bundle(check, directory) ? SIGNER_COSIGN_BUNDLE : SIGNER_COSIGN_KEY;
	return put(directory, SIGNER_KEY, key->bytes, key->length);
}

static SignatureAnswer ask(NameCheck *check, const SignatureFile *key)
{
	ScanWork *work = check->work;
	g_autofree char *inputs = g_strdup_printf("%s/check-XXXXXX", check->directory), *own = g_build_filename(check->directory, "work", NULL);
	ScanTask task = *check->task;
	RunResult result = { 0 };
	SignerId id;

	bool made = g_mkdtemp(inputs) && chmod(inputs, DIRECTORY_MODE) == 0 && g_mkdir_with_parents(own, DIRECTORY_MODE) == 0;
	if (!made || !prepare(check, key, inputs, &id)) {
		check->why = arena_printf(work->arena, "nothing can be written to %s", work->scans_dir);
		return SIGNATURE_UNKNOWN;
	}
	task.kind = SCAN_SIGNATURE;
	task.archive = inputs;
	task.directory = own;
	task.directory_fd = remote_used() ? open(inputs, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : 0;
	task.timeout_ms = MIN(task.timeout_ms, LIMIT_SIGNATURE_S * MS_S);
	task.subject = check->subject;
	task.identity = check->trust->identity;
	task.issuer = check->trust->issuer;
	if (task.directory_fd < 0) {
		check->why = "it cannot be handed to a sandbox";
		return SIGNATURE_UNKNOWN;
	}
	scanner_ask(&signers[id], &task, work->arena, &result);
	SignatureAnswer answer = signer_answer(id, &result, check->digest, work->arena, &check->why);
	run_result_clear(&result);
	if (task.directory_fd > 0)
		(void)close(task.directory_fd);
	return answer;
}

/* One of the keys is enough.  What could not be checked with one key is not tried with the next: the registry is the same. */
static SignatureAnswer ask_all(NameCheck *check)
{
	const SignatureTrust *trust = check->trust;
	SignatureAnswer answer = SIGNATURE_NONE;

	if (*trust->problem || !*trust->revision) {
		check->why = *trust->problem ? trust->problem : "its keys were not read";
		return SIGNATURE_UNKNOWN;
	}
	if (!trust->keys.count)
		return ask(check, NULL);
	for (size_t i = 0; i < trust->files.count && answer == SIGNATURE_NONE; i++)
		answer = ask(check, &trust->files.items[i]);
	return answer;
}

/* The names with digests that the image has: of one that is named by its digest just that. */
static bool find_names(ScanWork *work, StringList *ret, GError **error)
{
	const ImageRef image = image_parse(work->order.image, work->arena);

	if (*image.digest && !strcmp(image.digest, work->order.image_id)) {
		LIST_APPEND(work->arena, ret, work->order.image);
		return true;
	}
	return work->source->names(work->source->data, work->order.image_id, &work->cancelled, work->arena, ret, error);
}

/* "a.net/app@sha256:...", without a tag; NULL: nothing that can be asked about. */
static const char *subject_of(const ImageRef *image, Arena *arena)
{
	return *image->registry && signature_digest_valid(image->digest) ? arena_printf(arena, "%s/%s@%s", image->registry, image->repository, image->digest) : NULL;
}

typedef struct Result {
	Verdict *verdict;
	const char *why; /* of the first name that is not signed */
	unsigned good, none, unknown;
} Result;

static void take_name(ScanWork *work, const ScanTask *task, const char *name, const char *directory, Result *result)
{
	Arena *arena = work->arena;
	const ImageRef image = image_parse(name, arena);
	NameCheck check = { .work = work, .task = task, .trust = policy_signature_trust(work->policy, &image, arena), .subject = subject_of(&image, arena), .directory = directory, .why = "" };

	if (!check.trust || !check.subject)
		return;
	check.digest = image.digest;
	SignatureAnswer answer = ask_all(&check);
	const VerdictSigned one = {
		.image = arena_strdup(result->verdict->arena, check.subject), .revision = arena_strdup(result->verdict->arena, check.trust->revision), .time_us = g_get_real_time(),
		.good = answer == SIGNATURE_GOOD, .answered = answer != SIGNATURE_UNKNOWN,
	};
	LIST_APPEND(result->verdict->arena, &result->verdict->names, one);
	result->good += answer == SIGNATURE_GOOD;
	result->none += answer == SIGNATURE_NONE;
	result->unknown += answer == SIGNATURE_UNKNOWN;
	if (answer != SIGNATURE_GOOD && !*result->why)
		result->why = check.why;
}

static ScanReport report_of(const Result *result, const ScanWork *work)
{
	ScanReport report = { .scanner = signature_scanner.is->name, .version = "", .outcome = SCAN_CLEAN, .detail = "" };

	if (result->good)
		return report;
	if (result->unknown)
		return scan_failure(report.scanner, arena_strdup(work->arena, result->why));
	ScanFinding *finding = arena_alloc(work->arena, sizeof *finding);
	*finding = reading_finding(SCAN_SIGNATURE);
	finding->severity = SCAN_HIGH;
	finding->id = "unsigned";
	finding->title = text_printable(work->arena, result->why, SHOWN_BYTES);
	report.outcome = SCAN_FOUND;
	report.items = finding;
	report.count = 1;
	return report;
}

void verify_step(ScanWork *work, const ScanTask *task, size_t step, const char *directory)
{
	g_autoptr(GError) error = NULL;
	StringList names = { 0 };
	Result result = { .verdict = verdict_new(), .why = "" };
	Verdict *verdict = work->verdicts[step] = result.verdict;

	verdict->image_id = arena_strdup(verdict->arena, work->order.image_id);
	verdict->scanner = VERDICT_SIGNATURES;
	verdict->signatures = true;
	if (!work->policy || !policy_signature_entry(work->policy, 0)) {
		result.unknown = 1;
		result.why = "the policy in force has no images.signatures";
	} else if (!find_names(work, &names, &error)) {
		result.unknown = 1;
		result.why = arena_strdup(work->arena, error->message);
	}
	for (size_t i = 0; i < MIN(names.count, LIMIT_SIGNATURE_NAMES) && !atomic_load(&work->cancelled); i++)
		take_name(work, task, names.items[i], directory, &result);
	if (!*result.why && !result.good)
		result.why = "nothing shows a registry that it came from and that images.signatures has";
	work->reports[step] = report_of(&result, work);
	verdict->whole = result.good || !result.unknown;
	verdict->detail = result.good ? "" : arena_strdup(verdict->arena, result.why);
	verdict->time_us = g_get_real_time();
}

bool verify_made_lately(const Verdict *verdict, const Policy *policy, const char *image)
{
	int64_t age = g_get_real_time() - verdict->time_us;
	g_autoptr(Arena) arena = arena_new();
	const ImageRef named = image_parse(image, arena);

	if (age < 0 || age >= LIMIT_SCAN_RETRY_S * SECOND_US)
		return false;
	for (size_t i = 0; i < verdict->names.count; i++) {
		const ImageRef one = image_parse(verdict->names.items[i].image, arena);
		const SignatureTrust *trust = policy_signature_trust(policy, &one, arena);
		bool same = signature_digest_valid(image) || (!strcmp(one.registry, named.registry) && !strcmp(one.repository, named.repository));
		/* One that was good is asked about again when it got too old meanwhile. */
		if (same && trust && !verdict->names.items[i].good && !strcmp(trust->revision, verdict->names.items[i].revision))
			return true;
	}
	return !verdict->names.count;
}
