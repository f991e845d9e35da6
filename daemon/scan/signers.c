/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "request/json.h"
#include "scan/signers.h"

#define REJECTED "Source image rejected"

/* The files in @archive are those of signers.h.  With a key nobody's log is needed to know whose signature it is, so nobody else is asked than the registry. */
static const char *const cosign_key[] = { "verify", "--key=@archive/key", "--private-infrastructure=true", "--output=json", "--", "@subject", NULL };
static const char *const cosign_bundle[] = {
	"verify", "--key=@archive/key", "--private-infrastructure=true", "--offline=true", "--payload=@archive/payload", "--signature=@archive/signature",
	"--output=json", "--", "@subject", NULL,
};
/* Without a log nobody knows when it was signed: the certificate must be good now. */
#define COSIGN_IDENTITY "verify", "--certificate-identity=@identity", "--certificate-oidc-issuer=@issuer"
#define COSIGN_NO_LOG "--insecure-ignore-sct=true", "--private-infrastructure=true"
static const char *const cosign_identity[] = { COSIGN_IDENTITY, "--output=json", "--", "@subject", NULL };
static const char *const cosign_roots[] = { COSIGN_IDENTITY, "--ca-roots=@archive/roots", COSIGN_NO_LOG, "--output=json", "--", "@subject", NULL };
static const char *const cosign_trusted[] = { COSIGN_IDENTITY, "--trusted-root=@archive/roots", COSIGN_NO_LOG, "--output=json", "--", "@subject", NULL };
static const char *const cosign_logged[] = { COSIGN_IDENTITY, "--trusted-root=@archive/roots", "--output=json", "--", "@subject", NULL };

/* skopeo has no word for checking alone: what it fetches goes with the sandbox.  Of an index it fetches nothing else. */
#define SKOPEO_COPY "copy", "--quiet", "--multi-arch=index-only", "--preserve-digests", "--retry-times=0", "docker://@subject", "dir:@directory/image"
static const char *const skopeo_words[] = { "--policy=@archive/policy.json", SKOPEO_COPY, NULL };
static const char *const skopeo_attached[] = { "--policy=@archive/policy.json", "--registries.d=@archive/registries.d", SKOPEO_COPY, NULL };

static const ScannerName names[SIGNER_COUNT] = {
	[SIGNER_COSIGN_KEY] = { .name = "cosign-key" }, [SIGNER_COSIGN_BUNDLE] = { .name = "cosign-bundle" }, [SIGNER_COSIGN_IDENTITY] = { .name = "cosign-identity" },
	[SIGNER_COSIGN_ROOTS] = { .name = "cosign-roots" }, [SIGNER_COSIGN_TRUSTED] = { .name = "cosign-trusted" }, [SIGNER_COSIGN_LOGGED] = { .name = "cosign-logged" },
	[SIGNER_SKOPEO] = { .name = "skopeo" }, [SIGNER_SKOPEO_ATTACHED] = { .name = "skopeo-attached" },
};
static const ScannerName all = { .name = "signatures" };

const Scanner signers[SIGNER_COUNT] = {
	[SIGNER_COSIGN_KEY] = { .is = &names[SIGNER_COSIGN_KEY], .program = "cosign", .verifies = true, .words = cosign_key },
	[SIGNER_COSIGN_BUNDLE] = { .is = &names[SIGNER_COSIGN_BUNDLE], .program = "cosign", .verifies = true, .words = cosign_bundle },
	[SIGNER_COSIGN_IDENTITY] = { .is = &names[SIGNER_COSIGN_IDENTITY], .program = "cosign", .verifies = true, .words = cosign_identity },
	[SIGNER_COSIGN_ROOTS] = { .is = &names[SIGNER_COSIGN_ROOTS], .program = "cosign", .verifies = true, .words = cosign_roots },
	[SIGNER_COSIGN_TRUSTED] = { .is = &names[SIGNER_COSIGN_TRUSTED], .program = "cosign", .verifies = true, .words = cosign_trusted },
	[SIGNER_COSIGN_LOGGED] = { .is = &names[SIGNER_COSIGN_LOGGED], .program = "cosign", .verifies = true, .words = cosign_logged },
	[SIGNER_SKOPEO] = { .is = &names[SIGNER_SKOPEO], .program = "skopeo", .verifies = true, .words = skopeo_words, .answers_in_file = true, .answer = "image/manifest.json" },
	[SIGNER_SKOPEO_ATTACHED] = { .is = &names[SIGNER_SKOPEO_ATTACHED], .program = "skopeo", .verifies = true, .words = skopeo_attached, .answers_in_file = true,
		.answer = "image/manifest.json" },
};
const Scanner signature_scanner = { .is = &all, .program = "", .verifies = true };

const Scanner *signer_find(const char *name)
{
	for (size_t i = 0; i < SIGNER_COUNT; i++)
		if (!strcmp(names[i].name, name))
			return &signers[i];
	return NULL;
}

/* One signature that cosign has verified: critical.image.docker-manifest-digest is what was signed. */
typedef struct Payload {
	const char *digest;
} Payload;

typedef struct Payloads {
	const char *digest;
	size_t count, others;
} Payloads;

static bool read_image(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD("docker-manifest-digest", Payload, digest, json_string) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_critical(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("image", read_image) };

	return json_object(json, fields, G_N_ELEMENTS(fields), target);
}

static bool read_payload(Json *json, void *target)
{
	static const JsonField fields[] = { JSON_FIELD_SELF("critical", read_critical) };
	Payloads *payloads = target;
	Payload payload = { .digest = "" };

	if (!json_object(json, fields, G_N_ELEMENTS(fields), &payload))
		return false;
	if (strcmp(payload.digest, payloads->digest) == 0)
		payloads->count++;
	else
		payloads->others++;
	return true;
}

static bool says_good(const RunResult *result, const char *digest, Arena *arena)
{
	Payloads payloads = { .digest = digest };
	Json json = json_begin(result->text, result->length, arena);

	return json_array(&json, read_payload, &payloads) && json_finish(&json) && payloads.count && !payloads.others;
}

/* What was checked is what was copied: its manifest has the digest. */
static bool is_copied(const RunResult *result, const char *digest)
{
	g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)result->text, result->length);

	return !strcmp(digest + strlen("sha256:"), sum);
}

/* cosign's cmd/cosign/errors/exit_codes.go: there is no signature, no such image, or none that this key or identity made.  Of the bundles of
 * cosign 3 it says the last with a status for everything. */
static const char *cosign_none(const RunResult *result)
{
	static const struct { int status; const char *why; } rows[] = {
		{ 10, "the registry has no signature of it" }, { 11, "the registry has no such image" }, { 12, "no signature of it is by what the policy believes" },
		{ 13, "its signature has no certificate" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].status == result->exit_status)
			return rows[i].why;
	return result->exit_status == 1 && strstr(result->log, "no matching attestations: ") && !strstr(result->log, "dial tcp") ? "no signature of it is by what the policy believes" : NULL;
}

/* The commonest reasons by what is written; nothing of that is shown: it may hold a name of the network, or worse. */
static const char *guess(const RunResult *result)
{
	static const struct { const char *text, *why; } rows[] = {
		{ "connection refused", "the registry cannot be reached" }, { "no such host", "the registry cannot be found" }, { "i/o timeout", "the registry does not answer" },
		{ "network is unreachable", "the registry cannot be reached" }, { "server misbehaving", "the registry cannot be found" }, { "x509:", "the registry's certificate is not trusted" },
		{ "certificate signed by unknown authority", "the registry's certificate is not trusted" }, { "UNAUTHORIZED", "the registry asks for a login" },
		{ "unauthorized", "the registry asks for a login" }, { "DENIED", "the registry refuses to be asked" }, { "MANIFEST_UNKNOWN", "the registry does not have it" },
		{ "manifest unknown", "the registry does not have it" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strstr(result->log, rows[i].text))
			return rows[i].why;
	return NULL;
}

SignatureAnswer signer_answer(SignerId id, const RunResult *result, const char *digest, Arena *arena, const char **ret_why)
{
	const char *program = signers[id].program;
	const bool by_skopeo = id == SIGNER_SKOPEO || id == SIGNER_SKOPEO_ATTACHED;
	const char *none = by_skopeo ? (strstr(result->log, REJECTED) ? "no signature of it is by what the policy believes" : NULL) : cosign_none(result);

	*ret_why = "";
	if (result->problem) {
		*ret_why = arena_printf(arena, "%s: %s", program, result->problem);
		if (result->problem == run_problems[RUN_NOT_INSTALLED])
			*ret_why = arena_printf(arena, "%s is not installed", program);
		return SIGNATURE_UNKNOWN;
	}
	if (result->exit_status == 0 && (by_skopeo ? is_copied(result, digest) : says_good(result, digest, arena)))
		return SIGNATURE_GOOD;
	if (result->exit_status == 0) {
		*ret_why = arena_printf(arena, "what %s answered is not of this image, or cannot be read", program);
		return SIGNATURE_UNKNOWN;
	}
	if (none) {
		*ret_why = none;
		return SIGNATURE_NONE;
	}
	const char *why = guess(result);
	*ret_why = arena_printf(arena, "it could not be checked: %s", why ? why : arena_printf(arena, "%s ended with status %d", program, result->exit_status));
	return SIGNATURE_UNKNOWN;
}
