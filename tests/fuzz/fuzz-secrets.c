/* SPDX-License-Identifier: MIT
 *
 * Whatever a text says, in whatever file: what is found lies within the text.
 */
#include <stdint.h>
#include <stdlib.h>
#include "scan/secret/text/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says which. */
static const char *const paths[] = {
	"/app/x.conf", "/app/x.py", "/app/x.txt", "/etc/shadow", "/root/.netrc", "/root/.pgpass", "/root/.docker/config.json", "/root/.kube/config", "/app/.env",
	"/srv/wp-config.php", "/srv/dump.sql", "/root/.npmrc", "/app/settings.py", "/app/terraform.tfstate", "/root/.m2/settings.xml", "/a/filezilla.xml", "/a/x.p12",
};

static const Piece *looked_at;

static void found(const EngineMatch *match, void *data)
{
	(void)data;
	const char *begin = looked_at->text, *end = begin + looked_at->length;
	if (match->secret.at < begin || match->secret.length > (size_t)(end - match->secret.at) || match->line < 1)
		abort();
}

static bool go_on(void *data)
{
	(void)data;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static SecretEngine *engine;
	const EngineCalls calls = { found, go_on, NULL };

	if (!engine)
		engine = engine_new(NULL, calls);
	if (!size)
		return 0;
	const char *path = paths[data[0] % G_N_ELEMENTS(paths)];
	g_autofree char *text = g_malloc(MAX(size - 1, 1));
	for (size_t i = 1; i < size; i++)
		text[i - 1] = (char)data[i];
	const Piece piece = { .path = path, .place = place_of(path), .text = text, .length = size - 1, .to = size - 1, .line = 1 };
	looked_at = &piece;
	(void)engine_look(engine, &piece);
	return 0;
}
