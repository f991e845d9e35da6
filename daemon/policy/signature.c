/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/check/check.h"
#include "policy/signature.h"

#define SCHEME "sha256:"
#define DIGITS 64u

bool signature_digest_valid(const char *digest)
{
	const char *digits = digest + strlen(SCHEME);

	return g_str_has_prefix(digest, SCHEME) && strlen(digits) == DIGITS && strspn(digits, "0123456789abcdef") == DIGITS;
}

const SignatureTrust *policy_signature_entry(const Policy *policy, size_t place)
{
	return place < policy->images.signatures.count ? &policy->images.signatures.items[place].trust : NULL;
}

const SignatureTrust *policy_signature_trust(const Policy *policy, const ImageRef *image, Arena *arena)
{
	const SignatureRows *rows = &policy->images.signatures;

	for (size_t i = 0; i < rows->count; i++)
		if (registries_have(&rows->items[i].registries, image, arena))
			return &rows->items[i].trust;
	return NULL;
}

bool signature_is_of(const Request *request, const ImageRef *source)
{
	const ImageRef *image = &request->image;

	return signature_digest_valid(image->text) || (*source->registry && !strcmp(source->registry, image->registry) && !strcmp(source->repository, image->repository));
}

const char *signature_subject(const Request *request)
{
	if (*request->image.digest)
		return request->image.digest;
	/* The node that runs a service pulls what the name means there. */
	return request->kind == KIND_SERVICE ? "" : request->image_id;
}
