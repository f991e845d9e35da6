/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "base/scanner-names.h"

#define BOOL_YES true
#define BOOL_NO false
#define OTHER_NONE NULL
#define OTHER_ONE(word) word
#define SCANNER_ROW(id, name, vulnerabilities, secrets, images, other) { name, OTHER_##other, BOOL_##vulnerabilities, BOOL_##secrets },

const ScannerName scanner_names[SCANNER_NAMES] = { SCANNERS(SCANNER_ROW) };

const ScannerName *scanner_name_find(const char *word)
{
	for (size_t i = 0; i < SCANNER_NAMES; i++)
		if (!strcmp(scanner_names[i].name, word) || (scanner_names[i].other && !strcmp(scanner_names[i].other, word)))
			return &scanner_names[i];
	return NULL;
}
