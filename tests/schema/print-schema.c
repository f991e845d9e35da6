/* SPDX-License-Identifier: MIT
 *
 * Writes policy.schema.json from the loader's own tables:
 * build/tests/schema/print-schema > policies/policy.schema.json
 */
#include <json-glib/json-glib.h>
#include <stdio.h>
#include "policy/schema/print.h"

int main(void)
{
	g_autoptr(Arena) arena = arena_new();
	g_autoptr(JsonGenerator) generator = json_generator_new();
	Buffer out = BUFFER_INIT(arena);

	schema_print_json(&out);
	g_autoptr(JsonNode) root = json_from_string(out.data, NULL);
	if (!root)
		return 1;
	json_generator_set_root(generator, root);
	json_generator_set_pretty(generator, TRUE);
	g_autofree char *text = json_generator_to_data(generator, NULL);
	return puts(text) < 0;
}
