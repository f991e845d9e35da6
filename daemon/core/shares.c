/* SPDX-License-Identifier: MIT */
#include "base/users.h"
#include "core/shares.h"

unsigned share_bound(const StringList *who, unsigned limit)
{
	return who->count > 1 ? limit / 2 : limit;
}

const char *share_of(const StringList *who, unsigned more, unsigned limit, ShareFn count, const void *data)
{
	const char *const unknown[] = { USER_UNSEEN };
	const char *const *users = who->count ? (const char *const *)who->items : unknown;
	const unsigned bound = share_bound(who, limit);
	const char *best = NULL;
	unsigned most = 0;

	for (size_t i = 0; i < MAX(who->count, 1u); i++) {
		const unsigned has = count(users[i], data);
		if (more > bound || has > bound - more || (best && has <= most))
			continue;
		best = who->count ? users[i] : USER_UNSEEN;
		most = has;
	}
	return best;
}
