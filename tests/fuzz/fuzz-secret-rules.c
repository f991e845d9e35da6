/* SPDX-License-Identifier: MIT
 *
 * Rules for secrets of a site's own: whatever the file, rules or an error with a place, no crash; what the rules find lies within a text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "scan/own-rules.h"
#include "scan/secret/text/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] = "TOKEN=shop_live_q7w8e9r0t1y2u3i4\nkey: shop_q7w8e9r0t1y2\n-----BEGIN x\na:b@c \xff\xfe shop_shop_\n";

static void found(const EngineMatch *match, void *data)
{
	(void)data;
	if (match->secret.length && (match->secret.at < text || match->secret.length > (size_t)(text + sizeof text - 1 - match->secret.at)))
		abort();
}

static bool go_on(void *data)
{
	(void)data;
	return false;
}

static void use(const RuleTable *tables)
{
	const EngineCalls calls = { found, go_on, NULL };
	g_autoptr(SecretEngine) engine = engine_new_alone(tables, calls);
	const Piece piece = { .path = "/app/x.conf", .place = place_of("/app/x.conf"), .text = text, .length = sizeof text - 1, .to = sizeof text - 1, .line = 1 };

	(void)engine_look(engine, &piece);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(GPtrArray) diagnostics = diagnostics_new();
	g_autofree char *copy = g_strndup((const char *)data, size);
	const RuleTable *tables = own_rules_parse(OWN_RULES_FILE, copy, size, arena, diagnostics);

	if ((tables == NULL) != diagnostics_have_error(diagnostics))
		abort();
	if (tables)
		use(tables);
	(void)own_rules_meant(copy);
	return 0;
}
