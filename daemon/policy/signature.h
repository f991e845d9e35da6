/* SPDX-License-Identifier: MIT
 *
 * Whose signatures a policy believes (rules.images.signatures).  The first entry whose registries have an image's name is the one that counts
 * for it.  Pure, any thread; what is in the files of keys store_load() has read.
 */
#pragma once

#include "policy/policy.h"

/* One of an entry's files, as it was read. */
typedef struct SignatureFile {
	const char *path, *bytes;
	size_t length;
} SignatureFile;

typedef struct SignatureFiles {
	SignatureFile *items;
	size_t count;
} SignatureFiles;

/* What one entry says. */
typedef struct SignatureTrust {
	const char *adapter;   /* "cosign" or "skopeo" */
	StringList keys;       /* paths */
	const char *identity, *issuer; /* of a certificate, without keys; "" */
	const char *roots;     /* a path: by whom such a certificate must be issued; "": by sigstore's own */
	const char *containers_policy, *bundles; /* paths; "" */
	SignatureFiles files;  /* of its keys, its roots, or its containers_policy */
	const char *problem;   /* "", or why nothing can be checked by it */
	const char *revision;  /* a digest of all that it believes: what was verified by another one does not count; "" with a problem */
} SignatureTrust;

/* The entry for an image of this name; NULL: none, so that nothing vouches for it. */
const SignatureTrust *policy_signature_trust(const Policy *policy, const ImageRef *image, Arena *arena);
/* By its place; NULL: there are no more. */
const SignatureTrust *policy_signature_entry(const Policy *policy, size_t place);
/* What signatures are bound to: the digest that the name has, else the id that Docker has for it.  "": not known. */
const char *signature_subject(const Request *request);
/* Whether what is signed under that name is what the request names: the same repository, or it names an image by its id, whatever that is called. */
bool signature_is_of(const Request *request, const ImageRef *source);
/* "sha256:" and 64 digits. */
bool signature_digest_valid(const char *digest);
