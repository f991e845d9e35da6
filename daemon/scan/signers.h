/* SPDX-License-Identifier: MIT
 *
 * The programs that check signatures: each row is one way to call one.  All find the files of a check in one directory (verify.c).
 */
#pragma once

#include "scan/scanner.h"

#define SIGNER_KEY "key"
#define SIGNER_POLICY "policy.json"
#define SIGNER_REGISTRIES "registries.d"
#define SIGNER_PAYLOAD "payload"
#define SIGNER_SIGNATURE "signature"
#define SIGNER_ROOTS "roots"

typedef enum SignerId {
	SIGNER_COSIGN_KEY,      /* by a key; the signature from the registry */
	SIGNER_COSIGN_BUNDLE,   /* by a key; the signature from a file */
	SIGNER_COSIGN_IDENTITY, /* by the certificate of who signed it */
	SIGNER_COSIGN_ROOTS,    /* ... that an authority of the site's own has issued */
	SIGNER_COSIGN_TRUSTED,  /* ... that one of a sigstore of the site's own has issued, which has no log */
	SIGNER_COSIGN_LOGGED,   /* ... which has one: it must be there */
	SIGNER_SKOPEO,          /* by a containers policy; where signatures are this machine's registries.d says */
	SIGNER_SKOPEO_ATTACHED, /* ... they are in the registry, beside the image */
	SIGNER_COUNT
} SignerId;

extern const Scanner signers[SIGNER_COUNT];
/* Stands for all of them in an order: which one is called the policy says (verify.c). */
extern const Scanner signature_scanner;

const Scanner *signer_find(const char *name); /* NULL: there is none */

typedef enum SignatureAnswer { SIGNATURE_UNKNOWN, SIGNATURE_NONE, SIGNATURE_GOOD } SignatureAnswer;

/* What it said of the image with this digest; `ret_why` is for people, of our own words: what a program says may hold anything. */
SignatureAnswer signer_answer(SignerId id, const RunResult *result, const char *digest, Arena *arena, const char **ret_why);
