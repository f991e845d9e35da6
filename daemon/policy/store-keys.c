/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "policy/containers-policy.h"
#include "policy/model.h"
#include "policy/store-keys.h"
#include "request/list.h"

/* A name that leads to something else than a file is none: a pipe would make who reads it wait. */
const char *signature_file_read(const char *path, Arena *arena, SignatureFile *ret)
{
	struct stat status;
	const char *problem = NULL;
	g_autofree char *bytes = g_malloc(LIMIT_SIGNATURE_FILE_BYTES + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t got, length = 0;

	*ret = (SignatureFile){ path, "", 0 };
	if (fd < 0)
		return g_strerror(errno);
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		problem = "it is not a regular file";
	while (!problem && length <= (ssize_t)LIMIT_SIGNATURE_FILE_BYTES && (got = read(fd, bytes + length, LIMIT_SIGNATURE_FILE_BYTES + 1 - (size_t)length)) != 0) {
		if (got < 0)
			problem = g_strerror(errno);
		else
			length += got;
	}
	(void)close(fd);
	if (!problem && length > (ssize_t)LIMIT_SIGNATURE_FILE_BYTES)
		problem = "it is too large for a key";
	else if (!problem && !length)
		problem = "it is empty";
	if (!problem) {
		ret->bytes = memcpy(arena_alloc(arena, (size_t)length), bytes, (size_t)length);
		ret->length = (size_t)length;
	}
	return problem;
}

static void add(GChecksum *sum, const char *bytes, size_t length)
{
	const uint64_t size = length; /* so that no two lists of texts are the same bytes */

	g_checksum_update(sum, (const guchar *)&size, sizeof size);
	g_checksum_update(sum, (const guchar *)bytes, (gssize)length);
}

static void take(SignatureTrust *trust, const char *path, Arena *arena)
{
	SignatureFile file;
	const char *problem = signature_file_read(path, arena, &file);

	if (problem && !*trust->problem)
		trust->problem = arena_printf(arena, "%s cannot be read: %s", path, problem);
	else if (!problem)
		LIST_APPEND(arena, &trust->files, file);
}

/* The keys that a containers policy names are a part of what it believes. */
static void take_containers_policy(SignatureTrust *trust, Arena *arena)
{
	StringList named = { 0 };

	take(trust, trust->containers_policy, arena);
	if (*trust->problem || !trust->files.count)
		return;
	const char *problem = containers_policy_read(trust->files.items[0].bytes, trust->files.items[0].length, arena, &named);
	if (problem)
		trust->problem = arena_printf(arena, "%s is no policy to check signatures by: %s", trust->containers_policy, problem);
	for (size_t i = 0; i < named.count && !*trust->problem; i++)
		take(trust, named.items[i], arena);
}

static void take_all(SignatureTrust *trust, Arena *arena)
{
	for (size_t i = 0; i < trust->keys.count; i++)
		take(trust, trust->keys.items[i], arena);
	if (*trust->roots)
		take(trust, trust->roots, arena);
	if (*trust->containers_policy)
		take_containers_policy(trust, arena);
}

static void seal(SignatureTrust *trust, Arena *arena)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	const char *const texts[] = { trust->adapter, trust->identity, trust->issuer };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		add(sum, texts[i], strlen(texts[i]));
	for (size_t i = 0; i < trust->files.count; i++)
		add(sum, trust->files.items[i].bytes, trust->files.items[i].length);
	trust->revision = arena_strdup(arena, g_checksum_get_string(sum));
}

void signature_trust_read(SignatureTrust *trust, Arena *arena)
{
	trust->files = (SignatureFiles){ 0 };
	trust->problem = trust->revision = "";
	take_all(trust, arena);
	if (!*trust->problem)
		seal(trust, arena);
}

void store_read_keys(Policy *policy, const char *file, GPtrArray *diagnostics)
{
	for (size_t i = 0; i < policy->images.signatures.count; i++) {
		SignatureTrust *trust = &policy->images.signatures.items[i].trust;
		signature_trust_read(trust, policy->arena);
		if (*trust->problem)
			diagnostics_add(diagnostics, DIAGNOSTIC_WARNING, file, 0, 0, "rules.images.signatures[%zu]: %s; nothing is signed by this entry", i, trust->problem);
	}
}
