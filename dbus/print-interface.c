/* SPDX-License-Identifier: MIT
 *
 * Writes the introspection data of the interfaces that are named, from the service's own tables:
 * print-interface OBJECT NAME...; OBJECT may be "".
 */
#include <stdio.h>
#include "bus/method.h"

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	for (int i = 2; i < argc; i++)
		if (!interface_find(argv[i]))
			return 2;
	g_autofree char *text = introspect(*argv[1] ? argv[1] : NULL, (const char *const *)(argv + 2), (size_t)argc - 2);
	return fputs(text, stdout) < 0;
}
