/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>
#include "base/accounts.h"
#include "base/limits.h"

struct Accounts {
	GHashTable *known; /* uid -> UserAccount */
	struct timespec times[2];
};

static void free_account(void *account)
{
	user_account_free(account);
}

Accounts *accounts_new(void)
{
	Accounts *accounts = g_new0(Accounts, 1);

	accounts->known = g_hash_table_new_full(NULL, NULL, NULL, free_account);
	return accounts;
}

void accounts_free(Accounts *accounts)
{
	if (!accounts)
		return;
	g_hash_table_unref(accounts->known);
	g_free(accounts);
}

static void note_time(const char *file, struct timespec *ret)
{
	struct stat status = { 0 };

	(void)stat(file, &status);
	*ret = status.st_mtim;
}

const UserAccount *accounts_get(Accounts *accounts, uid_t uid)
{
	gpointer key = GUINT_TO_POINTER(uid), account;
	struct timespec times[2] = { { 0 } };

	note_time(USER_DATABASE, &times[0]);
	note_time(GROUP_DATABASE, &times[1]);
	if (memcmp(times, accounts->times, sizeof times) != 0 || g_hash_table_size(accounts->known) > LIMIT_LOOK_USERS) {
		g_hash_table_remove_all(accounts->known);
		memcpy(accounts->times, times, sizeof times);
	}
	if (!(account = g_hash_table_lookup(accounts->known, key)))
		(void)g_hash_table_insert(accounts->known, key, account = user_account_new(USER_DATABASE, GROUP_DATABASE, uid));
	return account;
}
