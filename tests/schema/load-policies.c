/* SPDX-License-Identifier: MIT
 *
 * Loads each file that is named and prints "good FILE" or "bad FILE" and the first error.
 */
#include <stdio.h>
#include "policy/policy.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		g_autoptr(GPtrArray) diagnostics = diagnostics_new();
		g_autofree char *text = NULL;
		gsize length = 0;
		if (!g_file_get_contents(argv[i], &text, &length, NULL))
			return 2;
		g_autoptr(Policy) policy = policy_parse(argv[i], text, length, diagnostics);
		g_autofree char *problem = diagnostics_first_error(diagnostics);
		(void)printf("%s\t%s\t%s\n", policy ? "good" : "bad", argv[i], problem ? problem : "");
	}
	return 0;
}
