/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "policy/model.h"
#include "policy/store-keys.h"

static bool has_changed(const SignatureTrust *trust)
{
	g_autoptr(Arena) arena = arena_new();
	SignatureTrust now = *trust;

	signature_trust_read(&now, arena);
	return strcmp(now.revision, trust->revision) != 0;
}

bool store_keys_changed(const Policy *policy)
{
	for (size_t i = 0; policy && i < policy->images.signatures.count; i++)
		if (has_changed(&policy->images.signatures.items[i].trust))
			return true;
	return false;
}
